"""A model and its labels: do last activations, losses, units, labels and metrics fit together?"""

from typing import Any

from lossbook.pairing.report import Report


def check_pairing(model: Any, y: Any = None, *, x: Any = None, loss: Any = None) -> Report:
    """Look at a model, and say in plain words what does not fit and what would.

    `model` is one of

    - a compiled Keras model: Sequential, Functional or subclassed;
    - a PyTorch module, with its `loss`: a module such as `nn.CrossEntropyLoss()`, a function of
      `torch.nn.functional`, or one of your own of `(outputs, y)`; for several outputs also a dict
      or list of losses;
    - an estimator of scikit-learn, LightGBM or XGBoost, or the dict of parameters that
      `lightgbm.train` and `xgboost.train` take.

    Nothing in it is changed. `y` are its labels, as `fit` or the loss takes them: an array
    `(n,)` or `(n, …)`, or a list or dict of them for several outputs. `x` is a batch of inputs; it
    is needed for a Keras model that has not been built and has no graph, and for a PyTorch module
    whose inputs cannot be guessed from its first layer. A few samples are enough.

    A loss of your own is called on small random labels and outputs, with its printing held back,
    to see whether it is a known one. In PyTorch it is also called on what the module puts out and
    on `y`, and each loss of PyTorch's that it calls inside is judged, so that a sum of losses over
    several outputs is seen part by part.

    Returns a `Report`: true if something was judged, and nothing was found. What cannot be seen
    (the inside of a custom layer, a loss of your own that is none of the known ones) is listed
    there and is no finding.

    Raises ValueError if a Keras model is not compiled, a PyTorch module comes without its loss,
    or labels do not match the outputs by number or name; TypeError if `model` is none of the
    above, or `y` no array.
    """
    for module in type(model).__mro__:
        library = module.__module__.split(".")[0]
        if library == "torch":
            from lossbook.pairing.torch_check import check as of_torch

            return of_torch(model, y, x, loss)
        if library in ("sklearn", "lightgbm", "xgboost"):
            from lossbook.pairing.estimators import check as of_estimator

            return of_estimator(model, y, x)
        if library == "keras":
            break
    if isinstance(model, dict):
        from lossbook.pairing.estimators import check_parameters

        return check_parameters(model, y)
    from lossbook.pairing.keras_check import check as of_keras

    return of_keras(model, y, x, loss)

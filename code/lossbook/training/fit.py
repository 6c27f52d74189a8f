"""Seeding, `fit` and `predict`."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lossbook._lazy import keras, tf
from lossbook.training.history import History, TrainingError
from lossbook.training.progress import Progress

FORWARD_BATCH = 1000
"""Samples at a time in `predict`, so that their activations fit into memory."""


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and Keras: networks made next start from the same weights each time."""
    keras.utils.set_random_seed(seed)


def fit(
    model: Any,
    x: Any,
    y: Any,
    *,
    epochs: int,
    batch_size: int = 32,
    seed: int = 0,
    shuffle: bool = True,
    validation: tuple[Any, Any] | None = None,
    progress: bool = True,
    **others: Any,
) -> History:
    """Train a compiled Keras model and return its History.

    Each epoch is one TensorFlow graph that calls the model's own `train_step` on one batch after
    another, which is faster for small networks. With `shuffle=False` the batches, the steps, the
    weights and the history are those of `model.fit(x, y, epochs=epochs, batch_size=batch_size,
    shuffle=False)`, to rounding. With shuffling they differ only by the order of the samples, which
    `seed` fixes, drawn anew for each epoch. The steps run as a graph also where the model was
    compiled with `run_eagerly=True`.

    `x` is `(n, …)`, `y` `(n,)` or `(n, …)`; floats become Keras's float type. `validation`, a pair
    `(x, y)`, is evaluated after each epoch in batches of the same size, under names that begin
    with "val_".

    For what it does not take there is `model.fit`: data sets and generators, several inputs or
    outputs, callbacks, sample and class weights, `validation_split`, metrics with more than one
    value; Keras on PyTorch or on JAX.

    Interrupted, it leaves the results of the epochs that ended in `model.history`. Raises
    TrainingError if the data do not fit together, or as soon as an epoch's loss or a weight after
    it is not finite; the weights are then those of the epoch before, although the optimizer's own
    state is not.
    """
    _refuse(others)
    if not getattr(model, "compiled", False):
        raise TrainingError("the model has no loss and no optimizer yet: call model.compile first")
    if epochs < 1 or batch_size < 1:
        raise TrainingError(
            f"epochs and batch_size must be at least 1; they are {epochs} and {batch_size}"
        )
    x, y = _samples("x and y", x, y)
    _make_variables(model, x[:1], y[:1])
    train = _pass_over(model, model.train_step, x, y, batch_size)
    validate = None
    if validation is not None:
        if len(validation) != 2:
            raise TrainingError(
                f"validation must be a pair (x, y), not {len(validation)} things; for validation "
                "with weights use model.fit"
            )
        x_val, y_val = _samples("validation's x and y", *validation)
        validate = _pass_over(model, model.test_step, x_val, y_val, batch_size)
    rng = np.random.default_rng(seed)
    n = len(x)
    del x, y  # the graph has its own copy
    shown = Progress(epochs, shown=progress)
    rows: list[dict[str, float]] = []
    for epoch in range(1, epochs + 1):
        before = model.get_weights()
        row = train(rng.permutation(n) if shuffle else np.arange(n))
        if wrong := _not_finite(row["loss"], model, before):
            model.set_weights(before)
            raise TrainingError(
                f"{wrong} in epoch {epoch}: look for values in x or y that are "
                "not finite, labels outside the loss's support, a logarithm of zero, or a "
                "learning rate that is too high. The weights are those from before this epoch"
            )
        if validate is not None:
            scores = validate(np.arange(len(x_val)))
            row |= {f"val_{name}": value for name, value in scores.items()}
        rows.append(row)
        model.history = History({k: np.array([row[k] for row in rows]) for k in rows[0]})
        shown.epoch(epoch, row)
    model.optimizer.finalize_variable_values(model.trainable_variables)
    return model.history


def _not_finite(loss: float, model: Any, before: Sequence[np.ndarray]) -> str:
    """What was finite before the epoch and no longer is, or "" if nothing.

    The loss does not tell all: TensorFlow's relu gives 0 for NaN on a CPU, so that weights which
    are NaN can stand behind a loss that looks right.
    """
    if not math.isfinite(loss):
        return f"the loss is {loss}"
    for variable, earlier, now in zip(model.weights, before, model.get_weights(), strict=True):
        if np.isfinite(earlier).all() and not np.isfinite(now).all():
            return f"the loss is {loss:.3g}, but the weights {variable.path} are not finite"
    return ""


def _refuse(others: Mapping[str, Any]) -> None:
    if others:
        raise TrainingError(
            f"training.fit does not take {', '.join(others)}: for that use model.fit"
        )
    if keras.backend.backend() != "tensorflow":
        raise TrainingError(
            f"training.fit needs Keras on TensorFlow, and it runs on {keras.backend.backend()}: "
            "use model.fit"
        )


def predict(model: Any, x: Any) -> np.ndarray:
    """What the model puts out for `x`, as an array `(n, units)`.

    As `model.predict`, which builds a graph for each model and warns if there are many models;
    but for models with one input and one output. Raises TrainingError if there are more.
    """
    x = _as_array("x", x)
    parts = []
    for start in range(0, max(len(x), 1), FORWARD_BATCH):
        put_out = model(x[start : start + FORWARD_BATCH], training=False)
        if isinstance(put_out, list | tuple | Mapping):
            raise TrainingError(
                f"training.predict takes models with one output, and this one has {len(put_out)}: "
                "use model.predict"
            )
        parts.append(keras.ops.convert_to_numpy(put_out))
    return np.concatenate(parts)


def _samples(which: str, x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays of as many samples. Raises TrainingError if they are not."""
    first, _, second = which.rpartition(" and ")
    x, y = _as_array(first, x), _as_array(second, y)
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y) or len(x) == 0:
        raise TrainingError(
            f"{which} need the same number of samples, at least one; their shapes are {x.shape} "
            f"and {y.shape}"
        )
    return x, y


def _as_array(which: str, values: Any) -> np.ndarray:
    """Floats in Keras's float type, which is what the layers compute in; the rest as it is."""
    several = isinstance(values, Mapping) and not hasattr(values, "dtype")
    if isinstance(values, list | tuple) and len(values) and hasattr(values[0], "shape"):
        several = len({np.shape(value) for value in values}) > 1 or np.ndim(values[0]) > 1
    if several:
        raise TrainingError(
            f"{which} holds {len(values)} arrays, and training.fit takes one: for several inputs "
            "or outputs use model.fit"
        )
    if not hasattr(values, "__array__") and not isinstance(values, list | tuple | int | float):
        raise TrainingError(
            f"{which} is a {type(values).__name__}, and training.fit takes arrays: for data sets "
            "and generators use model.fit"
        )
    values = np.asarray(values)
    if np.issubdtype(values.dtype, np.floating):
        return values.astype(keras.config.floatx(), copy=False)
    return values


def _make_variables(model: Any, x: np.ndarray, y: np.ndarray) -> None:
    """The metrics' and the optimizer's variables: a graph with a loop in it may not make any."""
    model.test_step((x, y))
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _pass_over(
    model: Any, step: Callable[[Any], Any], x: np.ndarray, y: np.ndarray, batch_size: int
) -> Callable[[np.ndarray], dict[str, float]]:
    """A function that runs `step` on all samples in a given order and returns the results.

    Going back to Python after each batch costs about as much as a small network's step does, so
    the loop over the batches is in the graph. The last batch is smaller if need be.
    """
    inputs, targets = tf.convert_to_tensor(x), tf.convert_to_tensor(y)
    n, size = len(x), min(batch_size, len(x))
    whole = n // size

    @tf.function(autograph=False)
    def run(inputs: Any, targets: Any, order: Any) -> None:
        def batch(start: Any, length: int) -> None:
            chosen = tf.slice(order, [start], [length])
            step((tf.gather(inputs, chosen), tf.gather(targets, chosen)))

        def next_batch(i: Any) -> Any:
            batch(i * size, size)
            return i + 1

        tf.while_loop(lambda i: i < whole, next_batch, [0], parallel_iterations=1)
        if n % size:
            batch(whole * size, n % size)

    # Traced here, not at the first call: TensorFlow warns of functions that are traced often.
    graph = run.get_concrete_function(inputs, targets, tf.TensorSpec([n], tf.int32))

    def passed(order: np.ndarray) -> dict[str, float]:
        model.reset_metrics()
        graph(inputs, targets, tf.constant(order, tf.int32))
        return _as_floats(model.get_metrics_result())

    return passed


def _as_floats(results: Mapping[str, Any]) -> dict[str, float]:
    for name, value in results.items():
        if np.ndim(value) > 0:
            raise TrainingError(
                f"the metric {name} gives {np.size(value)} values, and training.fit keeps one a "
                "metric: give it an average, or use model.fit"
            )
    return {name: float(value) for name, value in results.items()}

"""Seeding, and `fit`."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook._lazy import keras, tf
from lossbook.training.history import History, TrainingError
from lossbook.training.progress import Progress

EVALUATION_BATCH = 1000


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and Keras, so that the next network's weights are the same each time."""
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
) -> History:
    """Train a compiled Keras model and return its History.

    As `model.fit(x, y, epochs=epochs, batch_size=batch_size)`, faster: the same steps with the
    same optimizer, loss and metrics. `x` is `(n, …)`, `y` `(n,)` or `(n, …)`; `seed` decides the
    order of the samples, drawn anew each epoch. `validation`, a pair `(x, y)`, is evaluated after
    each epoch. Raises TrainingError if the data do not fit together or the loss is not finite.
    """
    x, y = _checked(model, x, y, epochs, batch_size)
    n, rng = len(x), np.random.default_rng(seed)
    _build(model, x[:1], y[:1])
    x, y = tf.convert_to_tensor(x), tf.convert_to_tensor(y)
    run = _epoch_function(model, x, y, min(batch_size, n))
    shown = Progress(epochs, shown=progress)
    rows = []
    for epoch in range(1, epochs + 1):
        order = rng.permutation(n) if shuffle else np.arange(n)
        model.reset_metrics()
        run(x, y, tf.constant(order, tf.int32))
        row = _as_floats(model.get_metrics_result())
        if validation is not None:
            scores = model.evaluate(
                *validation, batch_size=EVALUATION_BATCH, verbose=0, return_dict=True
            )
            row |= {f"val_{name}": value for name, value in _as_floats(scores).items()}
        if not math.isfinite(row["loss"]):
            raise TrainingError(
                f"the loss became {row['loss']} in epoch {epoch}; check x and y for values that "
                "are not finite or outside the loss's support, or lower the learning rate"
            )
        rows.append(row)
        shown.epoch(epoch, row)
    return History({name: np.array([row[name] for row in rows]) for name in rows[0]})


def _checked(model: Any, x: Any, y: Any, epochs: int, batch_size: int) -> tuple[Any, Any]:
    """The data as arrays, floats in Keras's float type. Raises TrainingError."""
    if not getattr(model, "compiled", False):
        raise TrainingError("the model has no loss yet: call model.compile first")
    if epochs < 1 or batch_size < 1:
        raise TrainingError(
            f"epochs and batch_size must be at least 1, not {epochs} and {batch_size}"
        )
    x, y = _as_array(x), _as_array(y)
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y) or len(x) == 0:
        raise TrainingError(
            f"x and y need the same number of samples, at least one: their shapes are {x.shape} "
            f"and {y.shape}"
        )
    return x, y


def _as_array(values: Any) -> np.ndarray:
    values = np.asarray(values)
    if np.issubdtype(values.dtype, np.floating):
        return values.astype(keras.config.floatx(), copy=False)
    return values


def _as_floats(results: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in results.items()}


def _build(model: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Make all variables: a graph with a loop in it may not make any."""
    model.test_step((x, y))
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _epoch_function(model: Any, x: Any, y: Any, batch_size: int) -> Any:
    """One epoch over `x` and `y` in a given order as one graph; a last batch may be smaller."""

    @tf.function(autograph=False)
    def epoch(x: Any, y: Any, order: Any) -> None:
        whole = order.shape[0] // batch_size

        def step(batch: Any) -> None:
            model.train_step((tf.gather(x, batch), tf.gather(y, batch)))

        def body(i: Any) -> Any:
            step(order[i * batch_size : (i + 1) * batch_size])
            return i + 1

        tf.while_loop(lambda i: i < whole, body, [tf.constant(0)], parallel_iterations=1)
        if order.shape[0] % batch_size:
            step(order[whole * batch_size :])

    # Traced here, not at the first call: TensorFlow warns of functions that are traced often.
    return epoch.get_concrete_function(x, y, tf.TensorSpec(x.shape[:1], tf.int32))

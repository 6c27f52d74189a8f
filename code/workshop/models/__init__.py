"""The article's networks, compiled and ready to train, with what the course varies about them.

Weights are drawn when a network is made: call `lossbook.training.set_seed` first.
"""

from collections.abc import Sequence
from typing import Any

from lossbook._lazy import keras

SIZE = (32, 32, 3)


def iris_network(
    loss: Any = "mean_squared_error",
    *,
    units: int = 1,
    activation: Any = None,
    metrics: Sequence[Any] = (),
    optimizer: Any = "adam",
) -> Any:
    """The regression network: one number in, Dense 32, Dense 1, both without an activation.

    `loss` is the article's "mean_squared_error" or "mean_absolute_error", or a head's loss with
    that head's number of `units`. Input `(n, 1)`, output `(n, units)`.
    """
    model = keras.Sequential(
        [
            keras.Input((1,)),
            keras.layers.Dense(32),
            keras.layers.Dense(units, activation=activation),
        ],
        name="iris",
    )
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model


def image_network(
    units: int,
    activation: Any,
    loss: Any,
    *,
    metrics: Sequence[Any] | None = None,
    input_shape: tuple[int, int, int] = SIZE,
    optimizer: Any = "adam",
    name: str = "pictures",
) -> Any:
    """The body of the article's picture networks, with any last layer.

    Two rounds of Conv2D (8 filters, 3×3, same, ReLU) and MaxPooling2D 2×2, Dense 32 with ReLU,
    then Dense `units` with `activation` (None for raw outputs). Input `(n, *input_shape)` from 0
    to 1 (`workshop.data.to_float`), output `(n, units)`. Unless `metrics` are given, `accuracy` is
    reported: under binary cross entropy the proportion of right answers over all outputs.
    """
    if metrics is None:
        metrics = [_accuracy(units, loss)]
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(units, activation=activation),
        ],
        name=name,
    )
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model


def _accuracy(units: int, loss: Any) -> Any:
    """Keras's "accuracy", except for several yes-or-no outputs, which it would take for classes."""
    if units == 1 or getattr(loss, "name", loss) != "binary_crossentropy":
        return "accuracy"
    threshold = 0.0 if getattr(loss, "from_logits", False) else 0.5
    return keras.metrics.BinaryAccuracy(name="accuracy", threshold=threshold)


def birds_and_planes_network(
    activation: Any = "sigmoid",
    loss: Any = "binary_crossentropy",
    *,
    metrics: Sequence[Any] = ("accuracy",),
    optimizer: Any = "adam",
) -> Any:
    """Two classes: one output, the probability that the picture shows an airplane.

    Labels 0 or 1, shape `(n, 1)`.
    """
    return image_network(
        1, activation, loss, metrics=metrics, optimizer=optimizer, name="birds_and_planes"
    )


def ten_classes_network(
    activation: Any = "softmax",
    loss: Any = "sparse_categorical_crossentropy",
    *,
    metrics: Sequence[Any] = ("accuracy",),
    optimizer: Any = "adam",
) -> Any:
    """All ten classes: ten outputs, one probability a class. Labels are class numbers `(n,)`."""
    return image_network(
        10, activation, loss, metrics=metrics, optimizer=optimizer, name="ten_classes"
    )

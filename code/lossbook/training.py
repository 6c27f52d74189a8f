"""Training a Keras model: seeded, quick, with progress that a person can read."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossbook._lazy import keras

STEPS = 50
"""Batches a call into TensorFlow: fewer calls, less time between them."""


class TrainingError(Exception):
    """Training cannot start or has gone wrong; the message says where and what to do."""


@dataclass(frozen=True)
class History:
    """What Keras measured: name of the loss or metric → one number an epoch."""

    metrics: dict[str, np.ndarray]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.metrics[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.metrics)

    @property
    def epochs(self) -> int:
        """How many epochs were trained."""
        return len(self.metrics["loss"])


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow; call it before the model is made."""
    keras.utils.set_random_seed(seed)


def fit(
    model: Any,
    x: np.ndarray,
    y: np.ndarray,
    *,
    epochs: int,
    batch_size: int = 32,
    seed: int = 0,
    validation: tuple[np.ndarray, np.ndarray] | None = None,
    progress: bool = True,
) -> History:
    """Train a compiled model and return what was measured after each epoch.

    The batches come in a new order each epoch, which `seed` fixes. `validation` is an (x, y) that
    is measured, not learnt from, under names that begin with "val_". With `progress`, about six
    lines are printed, without times, so that a chapter prints the same on each run.

    Raises TrainingError if x and y have different lengths, or if the loss is no longer a number.
    """
    if len(x) != len(y):
        raise TrainingError(f"x has {len(x)} samples and y {len(y)}: each x needs its y")
    if len(x) == 0:
        raise TrainingError("there are no samples to train on")
    set_seed(seed)
    model.steps_per_execution = max(1, min(STEPS, len(x) // batch_size))
    reporter = _reporter(epochs, progress)
    measured = model.fit(
        np.asarray(x, np.float32),
        np.asarray(y),
        batch_size=batch_size,
        epochs=epochs,
        validation_data=validation,
        verbose=0,
        callbacks=[reporter],
    )
    return History({name: np.asarray(values) for name, values in measured.history.items()})


def _reporter(epochs: int, progress: bool) -> Any:
    every = math.ceil(epochs / 5)
    width = len(str(epochs))

    class Reporter(keras.callbacks.Callback):
        """Prints some of the epochs and stops at the first loss that is not a number."""

        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            number, logs = epoch + 1, logs or {}
            if not math.isfinite(logs["loss"]):
                raise TrainingError(
                    f"the loss is {logs['loss']} after epoch {number}: look for a logarithm of "
                    "zero, labels outside the support, inputs that are not finite, or a learning "
                    "rate that is too high"
                )
            if progress and (number == 1 or number == epochs or number % every == 0):
                values = "  ".join(f"{name} {value:.3f}" for name, value in logs.items())
                print(f"epoch {number:{width}d}/{epochs}  {values}")

    return Reporter()

"""What a training run returns, and the error that it raises."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


class TrainingError(ValueError):
    """Training cannot start, or went wrong; the message says where and what to do."""


@dataclass(frozen=True)
class History:
    """The results after each epoch, as float64 arrays of shape `(epochs,)`.

    `history["loss"]`, `history["accuracy"]`, `history["val_loss"]`: the names are Keras's.
    Training results are means over the epoch, while the weights changed, as in Keras.
    """

    results: Mapping[str, np.ndarray]

    @property
    def epochs(self) -> np.ndarray:
        """The epochs' numbers, from 1."""
        return np.arange(1, len(self.loss) + 1)

    @property
    def loss(self) -> np.ndarray:
        """The mean training loss of each epoch."""
        return self.results["loss"]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the results."""
        return tuple(self.results)

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.results:
            raise KeyError(f"no result {name!r} in this history; it has {', '.join(self.results)}")
        return self.results[name]

    def final(self, name: str) -> float:
        """The result `name` of the last epoch."""
        return float(self[name][-1])

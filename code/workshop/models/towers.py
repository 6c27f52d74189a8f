"""Two views of one thing, and a pair of networks that learn which views belong together."""

from typing import Any, NamedTuple

import numpy as np
from lossbook._lazy import keras

PIXELS = 32
"""A view is one half of a digit of 8 by 8 pixels."""


class Halves(NamedTuple):
    """Views `(n, 2 · PIXELS)`, upper half before lower half, from 0 to 1; digits `(n,)`."""

    x: np.ndarray
    digit: np.ndarray

    @property
    def upper(self) -> np.ndarray:
        """The upper halves `(n, PIXELS)`."""
        return self.x[:, :PIXELS]

    @property
    def lower(self) -> np.ndarray:
        """The lower halves `(n, PIXELS)`."""
        return self.x[:, PIXELS:]


def halves(test: int = 600, seed: int = 0) -> tuple[Halves, Halves]:
    """scikit-learn's 1,797 handwritten digits: those to train on, and `test` held out."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    x = (digits.data / 16).astype("float32")
    order = np.random.default_rng(seed).permutation(len(x))
    train, held_out = order[test:], order[:test]
    return Halves(x[train], digits.target[train]), Halves(x[held_out], digits.target[held_out])


class Towers(NamedTuple):
    """A compiled model of both towers, whose output is both embeddings side by side, and each."""

    model: Any
    upper: Any
    lower: Any


def towers(loss: Any, size: int = 32, dropped: float = 0.3) -> Towers:
    """A network for each view: Dense 256 with ReLU, then `size` numbers of length one together.

    `loss(y, output)` gets the outputs `(n, 2 · size)` of a whole batch, so that it can compare
    each view with the others; `y` is not used. `dropped` is the share of pixels that is dropped
    in training.
    """
    layers = keras.layers

    def tower(name: str) -> Any:
        return keras.Sequential(
            [
                keras.Input((PIXELS,)),
                layers.Dropout(dropped),
                layers.Dense(256, activation="relu"),
                layers.Dense(size),
                layers.UnitNormalization(),
            ],
            name=name,
        )

    upper, lower = tower("upper"), tower("lower")
    both = keras.Input((2 * PIXELS,))
    embedded = layers.Concatenate()([upper(both[:, :PIXELS]), lower(both[:, PIXELS:])])
    model = keras.Model(both, embedded, name="towers")
    model.compile(optimizer="adam", loss=loss)
    return Towers(model, upper, lower)

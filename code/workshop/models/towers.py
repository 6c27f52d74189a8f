"""Two views of one thing, and pairs of networks that learn which views belong together."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from lossbook._lazy import keras
from lossbook.training import predict

from workshop.models.side_by_side import Loss, side_by_side

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


def towers(loss: Loss, size: int, seeds: Sequence[int], dropped: float = 0.3) -> Any:
    """Compiled pairs of towers, one pair a seed.

    From `(n, pairs, 2 · PIXELS)`, a copy of the views for each pair, to `(n, pairs, 2 · size)`.
    Each tower has Dense 256 with ReLU, then `size` numbers of length one together; the upper
    half's come first. `loss(y, output)` gets the outputs `(n, 2 · size)` of one pair of towers for
    a whole batch, so that it can compare each view with the others; `y` is not used. `dropped` is
    the proportion of pixels that is dropped in training. Adam treats each weight on its own, so
    that each pair learns as it would alone.
    """
    layers = keras.layers
    both = keras.Input((len(seeds), 2 * PIXELS))
    seen = layers.Dropout(dropped)(both)
    vectors = []
    for side, view in enumerate((seen[:, :, :PIXELS], seen[:, :, PIXELS:])):
        starts = [2 * seed + side for seed in seeds]
        tower = side_by_side(PIXELS, (256,), size, starts, activation="relu")
        vectors.append(layers.UnitNormalization()(tower(view)))
    model = keras.Model(both, layers.Concatenate()(vectors), name="towers")
    model.compile("adam", lambda y, out: sum(loss(y, out[:, k]) for k in range(len(seeds))))
    return model


def embedded(model: Any, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vectors `(pairs, n, size)` of the upper and of the lower halves in `x` `(n, 2 · PIXELS)`."""
    pairs = model.input_shape[1]
    out = predict(model, np.repeat(x[:, None], pairs, axis=1)).astype(float).transpose(1, 0, 2)
    upper, lower = np.split(out, 2, axis=2)
    return upper, lower

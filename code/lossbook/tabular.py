"""Small networks on tables: a head on top of a linear map, or of a few hidden layers.

A linear map under a head is a regression that statisticians know and fit exactly, so that a
trained network can be held against their answer.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.heads.base import Head


def network(
    head: Head,
    inputs: int,
    hidden: Sequence[int] = (),
    *,
    steps: int,
    rate: float = 0.05,
    loss: Any = None,
    moving: int | None = None,
) -> Any:
    """A compiled Keras model from `inputs` numbers to the head's raw outputs `(n, units)`.

    `hidden` gives the sizes of the tanh layers between; without any, the model is linear and
    starts from zero. Adam's learning rate begins at `rate` and falls to zero over `steps` steps
    (half a cosine), so that the end is an optimum and not a walk around it. `loss` is the head's
    own unless another is given. If `moving` is given, only the first that many raw outputs depend
    on the inputs, the others are constants. Call `lossbook.training.set_seed` first.
    """
    start = "glorot_uniform" if hidden else "zeros"
    layers: list[Any] = [keras.Input((inputs,))]
    layers += [keras.layers.Dense(size, activation="tanh") for size in hidden]
    mask = (np.arange(head.units) < (head.units if moving is None else moving)).astype("float32")
    last = keras.layers.Dense(
        head.units, kernel_initializer=start, kernel_constraint=lambda kernel: kernel * mask
    )
    layers.append(last)
    model = keras.Sequential(layers)
    falling = keras.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(keras.optimizers.Adam(falling), loss=loss or head.loss)
    return model


def coefficients(model: Any) -> np.ndarray:
    """A linear model's bias and weights `(1 + inputs, units)`, the bias first.

    Raises ValueError if the model has hidden layers.
    """
    if len(model.layers) != 1:
        raise ValueError(f"a linear model has one layer, this one has {len(model.layers)}")
    kernel, bias = (np.asarray(value, float) for value in model.layers[0].get_weights())
    return np.vstack([bias, kernel])


def standardise(x: np.ndarray) -> np.ndarray:
    """Columns of `x` `(n, k)` with mean 0 and standard deviation 1, as float32.

    Raises ValueError if a column is constant.
    """
    spread = x.std(axis=0)
    if not np.all(spread > 0):
        raise ValueError(f"columns {np.flatnonzero(spread <= 0).tolist()} are constant: leave out")
    return ((x - x.mean(axis=0)) / spread).astype("float32")

"""Small networks that end in a head, for data with a few columns.

Without hidden layers it is a linear map under a head: a regression that statisticians know and fit
exactly, so that a trained network can be compared with their answer.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.heads.base import Head


def head_network(
    head: Head,
    inputs: int,
    hidden: Sequence[int] = (),
    *,
    rate: Any = 0.01,
    constant: Sequence[str | int] = (),
    activation: str = "tanh",
    loss: Any = None,
) -> Any:
    """A compiled Keras model from `(n, inputs)` to the head's raw outputs `(n, head.units)`.

    `hidden` gives the sizes of the Dense layers between; without any, the model is linear and
    starts from zero. `rate` is Adam's learning rate, or a schedule (`settling`). What `constant`
    names, a parameter of the head or the number of a raw output, does not depend on the input: it
    is one number that is learnt. `loss` is the head's own unless another is given. Call
    `lossbook.training.set_seed` first.

    Raises ValueError if the head has no parameter or raw output of that name or number.
    """
    mask = np.ones(head.units, "float32")
    mask[_places(head, constant)] = 0
    start = keras.initializers.get("glorot_uniform" if hidden else "zeros")
    layers: list[Any] = [keras.Input((inputs,))]
    layers += [keras.layers.Dense(size, activation=activation) for size in hidden]
    layers.append(
        keras.layers.Dense(
            head.units,
            kernel_initializer=lambda shape, dtype=None: start(shape, dtype=dtype) * mask,
            kernel_constraint=lambda kernel: kernel * mask,
        )
    )
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(rate), loss=loss or head.loss)
    return model


def _places(head: Head, constant: Sequence[str | int]) -> list[int]:
    """The numbers of the raw outputs that `constant` names."""
    name, places = type(head).__name__, {}
    start = 0
    for parameter, size in head.sizes().items():
        stop = start + head.links[parameter].raw_size(size)
        places[parameter], start = list(range(start, stop)), stop
    found: list[int] = []
    for which in constant:
        if isinstance(which, str) and which not in places:
            raise ValueError(f"{name} has no parameter {which}; it has {', '.join(places)}")
        # NumPy's whole numbers are no int.
        if not isinstance(which, str) and not 0 <= which < head.units:
            raise ValueError(f"{name} has no raw output {which}; they are 0 to {head.units - 1}")
        found += places[which] if isinstance(which, str) else [which]
    return found


def coefficients(model: Any) -> np.ndarray:
    """A linear model's bias and weights `(1 + inputs, units)`, the bias first.

    Raises ValueError if the model has hidden layers.
    """
    if len(model.layers) != 1:
        raise ValueError(f"a linear model has one layer, this one has {len(model.layers)}")
    kernel, bias = (np.asarray(value, float) for value in model.layers[0].get_weights())
    return np.vstack([bias, kernel])


def settling(steps: int, start: float = 0.05) -> Any:
    """A learning rate that falls to zero along a cosine over that many steps.

    So that the end of training is an optimum, and not a walk around it.
    """
    return keras.optimizers.schedules.CosineDecay(start, steps)


def standardise(table: np.ndarray) -> np.ndarray:
    """Columns of `(n, k)` or `(n,)` with mean 0 and standard deviation 1, as `(n, k)` float64.

    Raises ValueError if a column is constant, or holds a value that is not finite.
    """
    columns = np.asarray(table, float).reshape(len(table), -1)
    broken = np.flatnonzero(~np.isfinite(columns).all(axis=0))
    if len(broken):
        raise ValueError(
            f"columns {broken.tolist()} hold values that are not finite: replace them first"
        )
    spread = columns.std(axis=0)
    # The mean of equal numbers is rounded, so that their spread need not be exactly zero.
    flat = spread <= 4 * np.finfo(float).eps * np.abs(columns).max(axis=0)
    if flat.any():
        raise ValueError(f"columns {np.flatnonzero(flat).tolist()} are constant: leave them out")
    return (columns - columns.mean(axis=0)) / spread

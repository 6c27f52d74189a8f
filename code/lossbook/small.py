"""Small networks that end in a head, for data with a few columns."""

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
    constant: Sequence[str] = (),
    activation: str = "tanh",
) -> Any:
    """Dense layers of `hidden` units, then the head's raw outputs; compiled with its loss and Adam.

    Input `(n, inputs)`, output `(n, head.units)`. Without hidden layers every raw output is a
    linear function of the input. The parameters named in `constant` do not depend on the input:
    each of their raw outputs is one number that is learnt. `rate` is Adam's learning rate, or a
    schedule. Raises ValueError if the head has no parameter of that name.
    """
    unknown = sorted(set(constant) - set(head.links))
    if unknown:
        raise ValueError(f"{type(head).__name__} has no parameter {', '.join(unknown)}")
    start = keras.Input((inputs,))
    body = start
    for units in hidden:
        body = keras.layers.Dense(units, activation=activation)(body)
    nothing = keras.layers.Rescaling(0.0)(start)
    pieces = []
    for name, size in head.sizes().items():
        units = head.links[name].raw_size(size)
        # A Dense layer that is fed zeros has only its bias.
        source = nothing if name in constant else body
        pieces.append(keras.layers.Dense(units, name=f"raw_{name}")(source))
    joined = pieces[0] if len(pieces) == 1 else keras.layers.Concatenate()(pieces)
    model = keras.Model(start, joined)
    model.compile(keras.optimizers.Adam(rate), loss=head.loss)
    return model


def coefficients(model: Any, parameter: str) -> np.ndarray:
    """Intercept, then one coefficient an input, of a raw output of a network without hidden layers.

    `(1 + inputs,)` for a parameter of one value.
    """
    kernel, bias = model.get_layer(f"raw_{parameter}").get_weights()
    return np.concatenate([bias, kernel[:, 0]]).astype(float)


def settling(steps: int, start: float = 0.05) -> Any:
    """A learning rate that falls to zero along a cosine over that many steps."""
    return keras.optimizers.schedules.CosineDecay(start, steps)


def standardise(table: np.ndarray) -> np.ndarray:
    """Columns of `(n, k)` or `(n,)` with mean 0 and standard deviation 1, as `(n, k)` float64."""
    columns = np.asarray(table, float).reshape(len(table), -1)
    return (columns - columns.mean(axis=0)) / columns.std(axis=0)

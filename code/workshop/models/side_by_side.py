"""Small networks of one shape, each with its own start, trained side by side as one model.

For curves over training time with several seeds: Adam treats each weight on its own, so that each
network learns as it would alone, and the graph is built once instead of once a network.
"""

from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from lossbook._lazy import keras, ops

Loss = Callable[[Any, Any], Any]


def side_by_side(
    inputs: int,
    hidden: Sequence[int],
    units: int,
    seeds: Sequence[int],
    activation: str | None = "tanh",
) -> Any:
    """An uncompiled Keras model, `(n, networks, inputs)` to `(n, networks, units)`.

    One network a seed: Dense layers of the sizes `hidden` with `activation`, then a linear layer.
    Weights start as Keras's Dense does, uniform within Glorot's bound; equal seeds start alike.
    """
    sizes = [inputs, *hidden, units]
    layers: list[Any] = [keras.Input((len(seeds), inputs))]
    for size in hidden:
        layers.append(_dense(len(seeds), size, activation))
    layers.append(_dense(len(seeds), units, None))
    model = keras.Sequential(layers)
    streams = [np.random.default_rng(seed) for seed in seeds]
    for layer, (fan_in, fan_out) in zip(model.layers, pairwise(sizes), strict=True):
        bound = np.sqrt(6 / (fan_in + fan_out))
        kernels = [rng.uniform(-bound, bound, (fan_in, fan_out)) for rng in streams]
        layer.set_weights([np.stack(kernels), np.zeros((len(seeds), fan_out))])
    return model


def _dense(networks: int, size: int, activation: str | None) -> Any:
    return keras.layers.EinsumDense(
        "nsi,sio->nso", output_shape=(networks, size), activation=activation, bias_axes="so"
    )


def summed(losses: Sequence[Loss]) -> Loss:
    """The sum of one loss a network, so that each network gets the gradient of its own alone.

    The target is `(n, networks)`. A loss that stands several times in a row, as `[loss] * 5`, is
    computed once for all those networks, which keeps the graph small.
    """
    runs: list[tuple[Loss, int, int]] = []
    start = 0
    for _, same in groupby(losses, key=id):
        stop = start + len(list(same))
        runs.append((losses[start], start, stop))
        start = stop

    def loss(target: Any, raw: Any) -> Any:
        total = 0
        for one, start, stop in runs:
            mine, theirs = target[:, start:stop], raw[:, start:stop]
            found = one(ops.reshape(mine, (-1,)), ops.reshape(theirs, (-1, raw.shape[-1])))
            if len(found.shape):  # one number a sample and network
                total = total + ops.sum(ops.reshape(found, (-1, stop - start)), axis=1)
            else:  # the mean over them
                total = total + (stop - start) * found
        return total

    return loss


def squared_error_of(network: int, output: int = 0) -> Loss:
    """A metric: squared distance of one network's raw output from the target, sample by sample."""

    def metric(target: Any, raw: Any) -> Any:
        return ops.square(target[:, network] - raw[:, network, output])

    metric.__name__ = f"squared_error_{network}"
    return metric

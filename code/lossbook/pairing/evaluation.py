"""What layers without weights can put out, seen by running them on what can reach them.

Everything between the last layers with weights and an output is a function without weights.
It is evaluated as one, on samples of what those layers put out: a mean of sigmoids stays between
0 and 1, and an exponential divided by its own sum is a softmax.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.pairing import ranges
from lossbook.pairing.graph import RECURRENT, kind_of, parents_of
from lossbook.pairing.ranges import Range, Reached

Trace = Callable[[Any], list[Any]]
"""From a symbolic tensor to the steps that make it, the last one first (`endings.trace`)."""


class Unknown(Exception):
    """Somebody else's code could not be run on samples."""


def reached(tensor: Any, trace: Trace) -> Reached:
    """The range of a symbolic tensor, from samples of the layers with weights before it.

    `trace` gives the steps that make a tensor; it may itself ask for what is reached.
    """
    seen: dict[int, np.ndarray] = {}
    sources: list[bool] = []
    try:
        out = _value(tensor, seen, sources, trace)
    except Unknown:
        return Reached(Range.UNKNOWN)
    parents = parents_of(tensor)
    given = seen.get(id(parents[0])) if len(parents) == 1 else None
    found = ranges.judged(out, given)
    # Raw outputs are only seen where all that comes in is known to be any real number.
    if found.range in (Range.REAL, Range.BOUNDED, Range.ABOVE) and not all(sources):
        return Reached(Range.UNKNOWN)
    return found


def same(tensor: Any, parent: Any, trace: Trace) -> bool:
    """Whether a tensor is its parent, unchanged."""
    seen: dict[int, np.ndarray] = {}
    try:
        out = _value(tensor, seen, [], trace)
    except Unknown:
        return False
    return id(parent) in seen and ranges.unchanged(out, seen[id(parent)])


def _value(
    tensor: Any, seen: dict[int, np.ndarray], sources: list[bool], trace: Trace
) -> np.ndarray:
    if id(tensor) in seen:
        return seen[id(tensor)]
    operation, node, place = tensor._keras_history
    kind = kind_of(operation)
    if kind in ("Functional", "Sequential") and getattr(operation, "outputs", None):
        inner = keras.tree.flatten(operation.outputs)[place]
        inputs = keras.tree.flatten(operation.inputs)
        outer = parents_of(tensor)
        # A tower that is used twice gives other values each time: what is inside is seen anew.
        inside: dict[int, np.ndarray] = {}
        for one, given in zip(inputs, outer, strict=False):
            if not operation.weights:
                inside[id(one)] = _value(given, seen, sources, trace)
        out = _value(inner, inside, sources, trace)
    elif getattr(operation, "weights", None) or kind == "InputLayer":
        out = _sample(tensor, operation, kind, sources, trace)
    else:
        arguments = operation._inbound_nodes[node].arguments
        args, kwargs = keras.tree.map_structure(
            lambda v: (
                keras.ops.convert_to_tensor(_value(v, seen, sources, trace))
                if isinstance(v, keras.KerasTensor)
                else v
            ),
            (arguments.args, arguments.kwargs),
        )
        # Where inputs were made for other numbers of samples, the smaller number is kept.
        args, kwargs = _of_one_length(args, kwargs)
        out = _run(operation, args, kwargs, place)
    seen[id(tensor)] = out
    return out


def _of_one_length(args: Any, kwargs: Any) -> tuple[Any, Any]:
    tensors = [v for v in keras.tree.flatten((args, kwargs)) if keras.ops.is_tensor(v)]
    lengths = {v.shape[0] for v in tensors if len(v.shape) and v.shape[0] and v.shape[0] >= 8}
    if len(lengths) < 2:
        return args, kwargs
    least = min(lengths)
    cut: tuple[Any, Any] = keras.tree.map_structure(
        lambda v: v[:least] if keras.ops.is_tensor(v) and len(v.shape) else v, (args, kwargs)
    )
    return cut


def _run(operation: Any, args: Any, kwargs: Any, place: int) -> np.ndarray:
    try:
        with warnings.catch_warnings(), keras.StatelessScope():
            warnings.simplefilter("ignore")
            out = keras.tree.flatten(operation(*args, **kwargs))[place]
        return np.asarray(keras.ops.convert_to_numpy(out), "float32")
    except Exception as error:  # somebody else's code, on numbers it was not written for
        raise Unknown from error


def _sample(
    tensor: Any, operation: Any, kind: str, sources: list[bool], trace: Trace
) -> np.ndarray:
    """Outputs of a layer with weights: any real numbers, through its own activation."""
    if "int" in keras.backend.standardize_dtype(tensor.dtype):
        raise Unknown
    shape = tuple(size or 4 for size in tensor.shape[1:])
    z = ranges.probes(shape, seed=len(sources))
    steps = trace(tensor)
    sources.append(steps[-1].range is Range.REAL or steps[0].range is Range.SYMMETRIC)
    if kind in RECURRENT:
        return np.tanh(z)
    activation = getattr(operation, "activation", None)
    if not kind or not callable(activation):
        return z
    out = ranges.values(activation, z)
    if out is None or out.shape != z.shape:
        raise Unknown
    return out.astype("float32")

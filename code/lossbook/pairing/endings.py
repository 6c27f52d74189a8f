"""The end of a model: for each output, the activations after the last layer with weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lossbook._lazy import keras
from lossbook.pairing import evaluation, ranges
from lossbook.pairing.graph import RECURRENT, kind_of, parents_of
from lossbook.pairing.ranges import KNOWN, Range


@dataclass(frozen=True)
class Step:
    """One activation: its name, what it can put out, the layer, and how many units it acts on.

    `low` and `high` bound its values; `axis` is the one over which a softmax sums to one;
    `pooled` says that a mean over places follows it.
    """

    activation: str
    range: Range
    layer: str
    units: int | None
    low: float = -float("inf")
    high: float = float("inf")
    axis: int = -1
    pooled: bool = False


@dataclass(frozen=True)
class Ending:
    """One output: its name, shape and type, and its steps, the last activation first.

    The steps end with the last layer that has weights, or where nothing more can be said.
    `source` is that layer and `path` the layers from it back to the input, as far as they stand
    in one line. `shape` is empty where the number of axes is not known; `units_only` is the number
    of units there, and where the classes do not stand on the last axis.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    steps: tuple[Step, ...]
    source: Any = None
    path: tuple[Any, ...] = ()
    units_only: int | None = None

    @property
    def last(self) -> Step:
        """The activation that makes the output."""
        return self.steps[0]

    @property
    def units(self) -> int | None:
        """The number of units: the size of the output's last axis, if not told otherwise."""
        if self.units_only is not None:
            return self.units_only
        return self.shape[-1] if self.shape else None

    @property
    def source_units(self) -> int | None:
        """The units of the last layer with weights."""
        return getattr(self.source, "units", None) or getattr(self.source, "filters", None)

    @property
    def before(self) -> Step | None:
        """The step directly before the last activation."""
        return self.steps[1] if len(self.steps) > 1 else None


POOLING = frozenset(
    f"{name}{axes}D" for axes in (1, 2, 3) for name in ("AveragePooling", "GlobalAveragePooling")
)

MOVING = frozenset(
    {"Reshape", "Flatten", "Permute", "GetItem", "Squeeze", "ExpandDims", "Transpose", "Moveaxis",
     "Swapaxes", "RepeatVector"}
    | {f"{name}{axes}D" for axes in (1, 2, 3)
       for name in ("Cropping", "MaxPooling", "GlobalMaxPooling")}
    | POOLING
)  # fmt: skip
"""Layers and operations that move values about, and keep their range but not their sums."""

PASS = frozenset(
    {
        "Masking", "Identity", "Dropout", "AlphaDropout", "GaussianNoise", "GaussianDropout",
        "ActivityRegularization", "Cast",
    }
    | {f"{name}{axes}D" for axes in (1, 2, 3) for name in ("SpatialDropout", "UpSampling")}
)  # fmt: skip
"""Layers and operations that change nothing about an output's range."""

LINEAR = frozenset(
    ["BatchNormalization", "LayerNormalization", "GroupNormalization", "Normalization", "Embedding",
     "MultiHeadAttention", "GroupQueryAttention", "EinsumDense", "Bilinear"]
)  # fmt: skip
"""Layers whose outputs are any real numbers, unless they have an activation."""

OPERATIONS = {
    "Sigmoid": "sigmoid", "Softmax": "softmax", "LogSoftmax": "log_softmax", "Relu": "relu",
    "ReLU": "relu", "Relu6": "relu6", "Softplus": "softplus", "Exp": "exp", "Tanh": "tanh",
    "HardSigmoid": "hard_sigmoid", "LogSigmoid": "log_sigmoid", "Softsign": "softsign",
    "Elu": "elu", "ELU": "elu", "Selu": "selu", "Gelu": "gelu", "Silu": "silu",
    "LeakyRelu": "leaky_relu", "LeakyReLU": "leaky_relu", "PReLU": "leaky_relu",
    "HardTanh": "hard_tanh", "Squareplus": "squareplus", "Mish": "mish", "Celu": "celu",
}  # fmt: skip
"""Layers and operations that are an activation and nothing else."""


def of_tensor(name: str, tensor: Any) -> Ending:
    """The end of one symbolic output."""
    steps = trace(tensor)
    path = tuple(_path(tensor))
    source = next((op for op in path if getattr(op, "weights", None)), None)
    dtype = keras.backend.standardize_dtype(tensor.dtype)
    return Ending(name, tuple(tensor.shape), dtype, tuple(steps), source, path)


def trace(tensor: Any) -> list[Step]:
    """The steps that make a symbolic tensor, the last one first."""
    operation, _, place = tensor._keras_history
    kind = kind_of(operation)
    units = tensor.shape[-1] if len(tensor.shape) else None
    parents = parents_of(tensor)
    if kind in ("Functional", "Sequential") and getattr(operation, "outputs", None):
        inner = trace(keras.tree.flatten(operation.outputs)[place])
        through = inner[-1].activation == "input" and len(parents) == 1
        return [*inner[:-1], *trace(parents[0])] if through else inner
    if kind == "InputLayer":
        return [Step("input", Range.UNKNOWN, operation.name, units)]
    if kind == "Concatenate":
        return _joined([trace(parent) for parent in parents], tensor, operation.name, units)
    given = parents[0].shape if parents else None
    here, goes_on = _read(operation, kind, units, given)
    if here is None:
        return _by_trying(tensor, operation, kind, units, parents)
    if not goes_on or len(parents) != 1:
        return here
    rest = trace(parents[0])
    if here or not rest:
        return here + rest
    if rest[0].range in (Range.SIMPLEX, Range.LOG_SIMPLEX) and kind in MOVING:
        # The values have moved: whether they still sum to one is seen by trying.
        first = rest[0]
        out = evaluation.reached(tensor, trace)
        units_now = units if out.range is Range.SIMPLEX else first.units
        words = first.activation if out.range is first.range else f"{first.activation}, moved"
        if out.range is not Range.UNKNOWN:
            moved = replace(
                first, activation=words, range=out.range, units=units_now, axis=out.axis
            )
            return [moved, *rest[1:]]
    if kind in POOLING:
        return [replace(rest[0], pooled=True), *rest[1:]]
    return rest


def _path(tensor: Any, most: int = 400) -> list[Any]:
    """The layers that lead to a tensor, the last first, along the first input of each."""
    found: list[Any] = []
    while len(found) < most:
        operation, _, place = tensor._keras_history
        if kind_of(operation) in ("Functional", "Sequential") and operation.outputs:
            inner = _path(keras.tree.flatten(operation.outputs)[place], most - len(found))
            found += [op for op in inner if kind_of(op) != "InputLayer"]
        else:
            found.append(operation)
        parents = parents_of(tensor)
        if not parents:
            break
        tensor = parents[0]
    return found


def _read(
    operation: Any, kind: str, units: int | None, given: Sequence[int | None] | None
) -> tuple[list[Step] | None, bool]:
    """The steps that one layer adds, the last first, and whether to go on to what is before it.

    None in place of the steps: it has no weights, and is to be tried.
    """

    def step(activation: str, range: Range, **more: Any) -> Step:
        low, high = ranges.bounds(activation, range)
        return Step(activation, range, operation.name, units, **{"low": low, "high": high, **more})

    if kind in ("TimeDistributed", "SpectralNormalization"):
        inner = operation.layer
        here, goes_on = _read(inner, kind_of(inner), units, given)
        return (here, goes_on) if here is not None else ([step(kind, Range.UNKNOWN)], False)
    if kind in ("Functional", "Sequential") and operation.layers:
        return list(from_layers(operation.layers)), False
    if kind in PASS or kind in MOVING:
        return [], True
    if kind in RECURRENT:
        cell = getattr(operation, "forward_layer", operation)
        bounded = ranges.named(getattr(cell, "activation", None)) == "tanh"
        name, range = ("tanh", Range.SYMMETRIC) if bounded else (kind, Range.UNKNOWN)
        return [step(name, range)], False
    if kind in OPERATIONS:
        return [_pure(operation, kind, step, given)], True
    if kind == "Activation" or (kind and callable(getattr(operation, "activation", None))):
        name, found = ranges.of(operation.activation, units)
        own = [] if name == "linear" else [_reached(name, found, operation.name, units)]
        if kind == "Activation":
            return own, True
        return [*own, step("linear", Range.REAL)], False
    if kind in LINEAR:
        return [step("linear", Range.REAL)], False
    if not getattr(operation, "weights", None):
        return None, True
    return [step(kind or type(operation).__name__, Range.UNKNOWN)], False


def _reached(name: str, found: ranges.Reached, layer: str, units: int | None) -> Step:
    return Step(name, found.range, layer, units, found.low, found.high, found.axis)


def _by_trying(
    tensor: Any, operation: Any, kind: str, units: int | None, parents: list[Any]
) -> list[Step]:
    """The steps of a layer without weights that is nobody's known activation."""
    found = evaluation.reached(tensor, trace)
    shown = kind.lower() if kind and kind != "Lambda" else operation.name
    if kind == "Lambda":
        name = getattr(operation.function, "__name__", "").strip("<>")
        shown = "lambda" if name in ("", "lambda") else name
        known = ranges.named(operation.function)
        if known and len(parents) == 1:
            found = ranges.Reached(KNOWN[known], *ranges.bounds(known, KNOWN[known]))
            shown = known
    elif not kind:
        shown = type(operation).__name__
    unclear = kind in ("Add", "Subtract") and found.range is Range.UNKNOWN
    if unclear and any(trace(parent)[0].range is Range.REAL for parent in parents):
        # Any real number, plus something else, is any real number.
        found = ranges.Reached(Range.REAL)
    rest = trace(parents[0]) if len(parents) == 1 else []
    if len(parents) == 1 and evaluation.same(tensor, parents[0], trace):
        return rest
    if kind == "Clip" and found.range not in (Range.CLIPPED, Range.UNKNOWN):
        shown = "clip"
    if found.range is Range.REAL:
        shown = "linear" if kind else "a function"
        # A sum of raw outputs is a raw output: what is before it is of no more account.
        return [_reached(shown, found, operation.name, units)]
    if rest and found.range is rest[0].range and found.range is not Range.UNKNOWN:
        first = rest[0]
        now = replace(
            first, units=units, low=found.low, high=found.high, axis=found.axis, pooled=True
        )
        return [now, *rest[1:]]
    return [_reached(shown, found, operation.name, units), *rest]


def _pure(operation: Any, kind: str, step: Callable[..., Step], given: Any) -> Step:
    """The step of a layer that is an activation, with its options."""
    name = OPERATIONS[kind]
    if kind == "ReLU":
        most = operation.max_value
        if operation.negative_slope:
            return step("leaky_relu", Range.REAL)
        if most == 1:
            return step("relu, at most 1", Range.CLIPPED)
        return step(name, Range.CUT, high=float("inf") if most is None else float(most))
    plain = step(name, KNOWN[name])
    if name == "softmax":
        axis = getattr(operation, "axis", -1)
        if isinstance(axis, int) and axis not in (-1, len(given or ()) - 1):
            return step(f"softmax over axis {axis}", Range.UNIT, axis=axis)
    return plain


def _joined(parts: list[list[Step]], tensor: Any, layer: str, units: int | None) -> list[Step]:
    """Outputs side by side: of one kind if all parts are, else what trying says of them all."""
    names = {steps[0].activation for steps in parts}
    if len(names) == 1 and parts[0][0].range is not Range.SIMPLEX:
        return parts[0]
    words = " beside ".join(dict.fromkeys(steps[0].activation for steps in parts))
    found = evaluation.reached(tensor, trace)
    # Two sigmoids p and 1 - p side by side are a distribution; other mixtures have no one range.
    if found.range is Range.SIMPLEX:
        return [_reached(words, found, layer, units)]
    return [Step(words, Range.UNKNOWN, layer, units)]


def from_layers(layers: Sequence[Any]) -> tuple[Step, ...]:
    """The steps of a stack of layers without a graph."""
    steps: list[Step] = []
    for layer in reversed(layers):
        units = getattr(layer, "units", None) or getattr(layer, "filters", None)
        here, goes_on = _read(layer, kind_of(layer), units, None)
        if here is None:
            here, goes_on = [Step(type(layer).__name__, Range.UNKNOWN, layer.name, units)], False
        steps += here
        if not goes_on:
            break
    # An activation layer acts on as many units as the layer before it has.
    known = next((step.units for step in steps if step.units), None)
    return tuple(replace(s, units=s.units or known) for s in steps) or (
        Step("nothing", Range.UNKNOWN, "", None),
    )

"""The end of a model: for each output, the activations after the last layer with weights."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lossbook._lazy import keras
from lossbook.pairing import ranges
from lossbook.pairing.ranges import KNOWN, Range


@dataclass(frozen=True)
class Step:
    """One activation: its name, what it can put out, the layer, and how many units it acts on."""

    activation: str
    range: Range
    layer: str
    units: int | None


@dataclass(frozen=True)
class Ending:
    """One output: its name, shape and type, and its steps, the last activation first.

    The steps end with the last layer that has weights, or where nothing more can be said.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        """The activation that makes the output."""
        return self.steps[0]

    @property
    def units(self) -> int | None:
        """The size of the output's last axis."""
        return self.shape[-1] if self.shape else None

    @property
    def before(self) -> Step | None:
        """The step directly before the last activation."""
        return self.steps[1] if len(self.steps) > 1 else None


PASS = frozenset(
    {
        "Reshape", "Flatten", "Permute", "RepeatVector", "Masking", "Identity",
        "Dropout", "AlphaDropout", "GaussianNoise", "GaussianDropout", "ActivityRegularization",
        "GetItem", "Squeeze", "ExpandDims", "Transpose", "Cast", "Moveaxis", "Swapaxes",
    }
    | {
        f"{name}{axes}D"
        for axes in (1, 2, 3)
        for name in (
            "SpatialDropout", "Cropping", "UpSampling", "AveragePooling", "MaxPooling",
            "GlobalAveragePooling", "GlobalMaxPooling",
        )
    }
)  # fmt: skip
"""Layers and operations that move values about and keep their range."""

LINEAR = frozenset(
    ["BatchNormalization", "LayerNormalization", "GroupNormalization", "Normalization", "Embedding"]
)
"""Layers whose outputs are any real numbers."""

RECURRENT = frozenset(["LSTM", "GRU", "SimpleRNN", "Bidirectional"])

OPERATIONS = {
    "Sigmoid": "sigmoid", "Softmax": "softmax", "LogSoftmax": "log_softmax", "Relu": "relu",
    "ReLU": "relu", "Relu6": "relu6", "Softplus": "softplus", "Exp": "exp", "Tanh": "tanh",
    "HardSigmoid": "hard_sigmoid", "LogSigmoid": "log_sigmoid", "Softsign": "softsign",
    "Elu": "elu", "ELU": "elu", "Selu": "selu", "Gelu": "gelu", "Silu": "silu",
    "LeakyRelu": "leaky_relu", "LeakyReLU": "leaky_relu", "PReLU": "leaky_relu",
    "HardTanh": "hard_tanh", "Squareplus": "squareplus", "Mish": "mish", "Celu": "celu",
}  # fmt: skip
"""Layers and operations that are an activation and nothing else."""


def endings(model: Any, x: Any = None) -> list[Ending]:
    """The ends of a compiled model's outputs, in order; empty where they cannot be seen.

    `x` is a batch of inputs, for a model that has not been built yet.
    """
    tensors = _outputs(model, x)
    if tensors is None:
        if isinstance(model, keras.Sequential) and model.layers:
            steps = _from_layers(model.layers)
            shape = (None, steps[0].units) if steps[0].units else ()
            return [Ending(model.layers[-1].name, shape, "float32", steps)]
        return []
    return [
        Ending(name, tuple(t.shape), keras.backend.standardize_dtype(t.dtype), tuple(_trace(t)))
        for name, t in tensors
    ]


def _outputs(model: Any, x: Any) -> list[tuple[str, Any]] | None:
    """Names and symbolic outputs, if the model has a graph or can be given one."""
    if isinstance(model, keras.Sequential) and not model.built and x is not None:
        model.build(keras.tree.map_structure(lambda v: v.shape, x))
    graph = getattr(model, "_functional", None) or model  # a Sequential keeps it inside
    if getattr(graph, "outputs", None):
        names, structure = list(graph.output_names), graph._outputs_struct
    else:
        structure, names = _symbolic(model, x), []
        if structure is None:
            return None
    if isinstance(structure, dict):
        return [(str(key), tensor) for key, tensor in structure.items()]
    flat = keras.tree.flatten(structure)
    if len(names) != len(flat):
        names = [t._keras_history.operation.name for t in flat]
    return list(zip(names, flat, strict=True))


def _symbolic(model: Any, x: Any) -> Any:
    """A subclassed model's outputs for symbolic inputs, or None if that cannot be had."""
    if x is not None:
        inputs = keras.tree.map_structure(
            lambda v: keras.Input(v.shape[1:], dtype=keras.backend.standardize_dtype(v.dtype)), x
        )
        arguments: dict[str, Any] = {}
    else:
        shapes = dict(getattr(model, "_build_shapes_dict", None) or {})
        if not shapes:
            return None
        arguments = {
            name.removesuffix("_shape"): keras.tree.map_shape_structure(
                lambda shape: keras.Input(shape[1:]), shape
            )
            for name, shape in shapes.items()
        }
        inputs = arguments.pop("input" if "input" in arguments else next(iter(arguments)))
    layers = model._flatten_layers(include_self=False)
    nodes = {id(layer): len(layer._inbound_nodes) for layer in layers}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outputs = model.call(inputs, **arguments)
        flat = keras.tree.flatten(outputs)
        return outputs if all(hasattr(t, "_keras_history") for t in flat) else None
    except Exception:  # the model's own code, on tensors it was not written for
        return None
    finally:
        # Looking must not change: take the nodes of this call off again.
        for layer in model._flatten_layers(include_self=False):
            del layer._inbound_nodes[nodes.get(id(layer), 0) :]


def _trace(tensor: Any) -> list[Step]:
    """The steps that make a symbolic tensor, the last one first."""
    operation, _, place = tensor._keras_history
    kind = _kind(operation)
    units = tensor.shape[-1] if len(tensor.shape) else None
    parents = _parents(tensor)
    if kind in ("Functional", "Sequential") and getattr(operation, "outputs", None):
        return _trace(operation.outputs[place])
    if kind == "Concatenate":
        return _joined([_trace(parent) for parent in parents], operation.name, units)
    if kind in ("Average", "Maximum", "Minimum", "Add", "Subtract"):
        return _merged([_trace(parent) for parent in parents], kind, operation.name, units)
    here, goes_on = _read(operation, kind, units, parents[0].shape if parents else None)
    if not goes_on or len(parents) != 1:
        return here
    rest = _trace(parents[0])
    if not here and rest and rest[0].range is Range.SIMPLEX and rest[0].units != units:
        # A slice of a softmax: probabilities, but they do not sum to one any more.
        first = rest[0]
        return [Step(f"{first.activation}, sliced", Range.UNIT, first.layer, units), *rest[1:]]
    return here + rest


def _parents(tensor: Any) -> list[Any]:
    operation, node, _ = tensor._keras_history
    return list(operation._inbound_nodes[node].input_tensors) if operation._inbound_nodes else []


def _kind(operation: Any) -> str:
    """The operation's class in Keras, "" if its `call` is somebody else's."""
    line = type(operation).__mro__
    of_keras = [cls for cls in line if cls.__module__.startswith("keras.")]
    caller = next((cls for cls in line if "call" in vars(cls)), None)
    return of_keras[0].__name__ if of_keras and caller in of_keras else ""


def _read(
    operation: Any, kind: str, units: int | None, given: Sequence[int | None] | None
) -> tuple[list[Step], bool]:
    """The steps that one layer adds, the last first, and whether to go on to what is before it."""

    def step(activation: str, range: Range) -> Step:
        return Step(activation, range, operation.name, units)

    if kind == "TimeDistributed":
        inner = operation.layer
        return _read(inner, _kind(inner), units, given)
    if kind in ("Functional", "Sequential") and operation.layers:
        return list(_from_layers(operation.layers)), False
    if kind in PASS:
        return [], True
    if kind in LINEAR:
        return [step("linear", Range.REAL)], False
    if kind in RECURRENT:
        cell = getattr(operation, "forward_layer", operation)
        bounded = ranges.named(getattr(cell, "activation", None)) == "tanh"
        name, range = ("tanh", Range.SYMMETRIC) if bounded else (kind, Range.UNKNOWN)
        return [step(name, range)], False
    if kind in OPERATIONS:
        return [_pure(operation, kind, step, given)], True
    if kind == "Clip":
        low, high = operation.x_min, operation.x_max
        range = Range.CLIPPED if (low, high) == (0, 1) else Range.UNKNOWN
        return [step(f"clip to {low:g} and {high:g}" if _numbers(low, high) else "clip", range)], (
            range is Range.CLIPPED
        )
    if kind == "Lambda":
        name, range = ranges.of(operation.function, units)
        return ([], True) if name == "linear" else ([step(name, range)], True)
    if kind and callable(getattr(operation, "activation", None)):
        name, range = ranges.of(operation.activation, units)
        own = [] if name == "linear" else [step(name, range)]
        if kind == "Activation":
            return own, True
        return [*own, step("linear", Range.REAL)], False
    if not kind and isinstance(operation, keras.layers.Layer) and not operation.weights and given:
        return [step(type(operation).__name__, ranges.tried(operation, _sized(given)))], False
    return [step(kind or type(operation).__name__, Range.UNKNOWN)], False


def _pure(operation: Any, kind: str, step: Callable[[str, Range], Step], given: Any) -> Step:
    """The step of a layer that is an activation, with its options."""
    name = OPERATIONS[kind]
    if kind == "ReLU" and operation.max_value == 1 and not operation.negative_slope:
        return step("relu, at most 1", Range.CLIPPED)
    if kind == "ReLU" and operation.negative_slope:
        return step("leaky_relu", Range.REAL)
    plain = step(name, KNOWN[name])
    if name == "softmax":
        axis = getattr(operation, "axis", -1)
        if axis not in (-1, len(given or ()) - 1):
            return step("softmax over another axis", Range.UNIT)
    return plain


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _sized(shape: Sequence[int | None]) -> tuple[int, ...]:
    return tuple(size or 4 for size in shape[1:])


def _joined(parts: list[list[Step]], layer: str, units: int | None) -> list[Step]:
    """Outputs side by side: of one kind if all parts are."""
    names = {steps[0].activation for steps in parts}
    if len(names) == 1 and parts[0][0].range is not Range.SIMPLEX:
        return parts[0]
    words = " beside ".join(dict.fromkeys(steps[0].activation for steps in parts))
    return [Step(words, Range.UNKNOWN, layer, units)]


def _merged(parts: list[list[Step]], kind: str, layer: str, units: int | None) -> list[Step]:
    """Averages and extremes keep a common range; a sum with a real number is a real number."""
    found = {steps[0].range for steps in parts}
    if kind not in ("Add", "Subtract") and len(found) == 1 and Range.SIMPLEX not in found:
        return parts[0]
    if kind == "Average" and found == {Range.SIMPLEX}:
        return parts[0]
    real = kind in ("Add", "Subtract") and Range.REAL in found and Range.UNKNOWN not in found
    return [
        Step("linear", Range.REAL, layer, units)
        if real
        else Step(kind.lower(), Range.UNKNOWN, layer, units)
    ]


def _from_layers(layers: Sequence[Any]) -> tuple[Step, ...]:
    """The steps of a stack of layers without a graph."""
    steps: list[Step] = []
    for layer in reversed(layers):
        units = getattr(layer, "units", None) or getattr(layer, "filters", None)
        here, goes_on = _read(layer, _kind(layer), units, None)
        steps += here
        if not goes_on:
            break
    # An activation layer acts on as many units as the layer before it has.
    known = next((step.units for step in steps if step.units), None)
    return tuple(Step(s.activation, s.range, s.layer, s.units or known) for s in steps) or (
        Step("nothing", Range.UNKNOWN, "", None),
    )

"""A Keras model's outputs as endings: from its graph, by a symbolic call, or by running it."""

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.pairing import endings, ranges, twins
from lossbook.pairing.endings import Ending, Step
from lossbook.pairing.ranges import Range

MANY = 5_000_000
"""A model with more weights than this is run with its own only."""

FEW = 32
"""Samples on which a loss at the start is computed."""

SECONDS = 0.7
"""A model that takes longer than this for two samples is run no second time."""


def structure(model: Any, x: Any = None) -> Any:
    """The model's outputs, each an `Ending`, nested as the model nests them; None if unseen.

    `x` is a batch of inputs, for a model that has no graph.
    """
    if not model.built and x is not None:
        model = _copy(model, x) or model
    graph = getattr(model, "_functional", None) or model  # a Sequential keeps it inside
    if getattr(graph, "outputs", None):
        return _named(graph._outputs_struct, list(graph.output_names))
    if isinstance(model, keras.Sequential) and model.layers:
        steps = endings.from_layers(model.layers)
        source = next((la for la in reversed(model.layers) if _may_have_weights(la)), None)
        path = tuple(reversed(model.layers))
        name = model.layers[-1].name
        return Ending(name, (), "float32", steps, source, path, units_only=steps[0].units)
    seen = _symbolic(model, x)
    return seen if seen is not None else _by_running(model, x)


def _may_have_weights(layer: Any) -> bool:
    return bool(getattr(layer, "units", None) or getattr(layer, "filters", None))


def _copy(model: Any, x: Any) -> Any:
    """A copy of an unbuilt model, built for `x`; None if it cannot be copied."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            copied = twins.twin(model)
            if copied is None:
                return None
            if isinstance(copied, keras.Sequential):
                copied.build(keras.tree.map_structure(lambda v: (None, *v.shape[1:]), x))
            else:
                copied(keras.tree.map_structure(lambda v: v[:2], x))
        return copied
    except Exception:  # the model's own constructor or code
        return None


def _named(outputs: Any, names: list[str]) -> Any:
    flat = keras.tree.flatten(outputs)
    if isinstance(outputs, dict):
        names = ["/".join(map(str, path)) for path, _ in keras.tree.flatten_with_path(outputs)]
    elif len(names) != len(flat):
        names = [t._keras_history.operation.name for t in flat]
    ends = [endings.of_tensor(str(name), t) for name, t in zip(names, flat, strict=True)]
    return keras.tree.pack_sequence_as(outputs, ends)


@contextmanager
def _as_it_was(model: Any) -> Iterator[None]:
    """Take off again what a call leaves in the layers: nodes of the graph, and added losses."""
    layers = model._flatten_layers()
    nodes = {id(layer): len(layer._inbound_nodes) for layer in layers}
    added = {id(layer): list(layer._losses) for layer in layers}
    try:
        yield
    finally:
        for layer in model._flatten_layers():
            del layer._inbound_nodes[nodes.get(id(layer), 0) :]
            layer._losses[:] = added.get(id(layer), [])


def _symbolic(model: Any, x: Any) -> Any:
    """A subclassed model's endings from a call with symbolic inputs; None if it takes none."""
    if not model.built:
        return None
    shapes = dict(getattr(model, "_build_shapes_dict", None) or {})
    arguments: dict[str, Any] = {}
    if x is not None:
        inputs = keras.tree.map_structure(
            lambda v: keras.Input(
                np.shape(v)[1:], dtype=keras.backend.standardize_dtype(np.asarray(v).dtype)
            ),
            x,
        )
    elif shapes:
        try:
            arguments = {
                name.removesuffix("_shape"): keras.tree.map_shape_structure(
                    lambda shape: keras.Input(shape[1:]), shape
                )
                for name, shape in shapes.items()
            }
        except (TypeError, ValueError):  # a shape of a single number, or of none
            return None
        inputs = arguments.pop("input" if "input" in arguments else next(iter(arguments)))
    else:
        return None
    with _as_it_was(model), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            outputs = model.call(inputs, **arguments)
        except Exception:  # the model's own code, on tensors it was not written for
            return None
        flat = keras.tree.flatten(outputs)
        seen = bool(flat) and all(hasattr(t, "_keras_history") for t in flat)
        # The graph is read here, before the nodes are taken off again.
        return _named(outputs, []) if seen else None


def _by_running(model: Any, x: Any) -> Any:
    """Outputs judged from what the built model puts out, with its own and with other weights."""
    if not model.built or not model.weights:
        return None
    x = _inputs(model) if x is None else x
    if x is None:
        return None
    runs = _runs(model, x)
    if not runs:
        return None
    flat = [keras.tree.flatten(run) for run in runs]
    ends = []
    for place, first in enumerate(flat[0]):
        values = [np.asarray(keras.ops.convert_to_numpy(run[place]), float) for run in flat]
        shape = (None, *np.shape(values[0])[1:])
        dtype = keras.backend.standardize_dtype(first.dtype)
        step = _seen(values, model.name, shape[-1] if len(shape) > 1 else None)
        name = f"output_{place}" if len(flat[0]) > 1 else model.name
        source = next((la for la in reversed(model.layers) if _may_have_weights(la)), None)
        path = tuple(reversed(model.layers))
        ends.append(Ending(name, shape, dtype, (step,), source, path))
    if isinstance(runs[0], dict):
        names = ["/".join(map(str, p)) for p, _ in keras.tree.flatten_with_path(runs[0])]
        ends = [
            Ending(n, e.shape, e.dtype, e.steps, e.source, e.path)
            for n, e in zip(names, ends, strict=True)
        ]
    return keras.tree.pack_sequence_as(runs[0], ends)


def _inputs(model: Any) -> Any:
    """Random inputs of the shapes with which the model was built."""
    shapes = dict(getattr(model, "_build_shapes_dict", None) or {})
    if len(shapes) != 1:
        return None
    rng = np.random.default_rng(0)
    try:
        return keras.tree.map_shape_structure(
            lambda s: rng.normal(size=(16, *[a or 8 for a in s[1:]])).astype("float32"),
            next(iter(shapes.values())),
        )
    except (TypeError, ValueError):
        return None


def _runs(model: Any, x: Any) -> list[Any]:
    """The model's outputs for a few samples: as it is, and with weights drawn anew and larger."""
    rng = np.random.default_rng(0)
    own = [v.numpy() for v in model.trainable_variables]
    fixed = [v.value for v in model.non_trainable_variables]
    x = keras.tree.map_structure(lambda v: keras.ops.convert_to_tensor(np.asarray(v)[:16]), x)
    found: list[Any] = []
    scales = (0, 1, 1, 1, 4, 4, 4, 12, 12, 12) if sum(w.size for w in own) < MANY else (0,)
    for scale in scales:
        weights = [
            w if not scale else (scale * (w.std() + 0.05) * rng.standard_normal(w.shape, "float32"))
            for w in own
        ]  # fmt: skip
        begin = time.perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                out, _ = model.stateless_call(
                    [keras.ops.convert_to_tensor(w.astype("float32")) for w in weights],
                    fixed, x,
                )  # fmt: skip
        except Exception:  # the model's own code
            return found
        flat = keras.tree.flatten(out)
        if not flat or not all(hasattr(t, "dtype") and hasattr(t, "shape") for t in flat):
            return found
        if all(np.isfinite(keras.ops.convert_to_numpy(t)).all() for t in flat):
            found.append(out)
        if time.perf_counter() - begin > SECONDS:
            break
    return found


def first_loss(model: Any, x: Any, y: Any) -> float | None:
    """The loss of a compiled model of one output on a few samples, as it is; None if it fails."""
    few = keras.tree.map_structure(lambda v: keras.ops.convert_to_tensor(np.asarray(v)[:FEW]), x)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            weights = [v.value for v in model.trainable_variables]
            fixed = [v.value for v in model.non_trainable_variables]
            out, _ = model.stateless_call(weights, fixed, few)
            [out] = keras.tree.flatten(out)
            value = keras.losses.get(model.loss)(keras.ops.convert_to_tensor(y[:FEW]), out)
        return float(np.mean(keras.ops.convert_to_numpy(value)))
    except Exception:  # the model's own code, or labels that are told of elsewhere
        return None


def _seen(values: list[np.ndarray], name: str, units: int | None) -> Step:
    """A step from values that came out: only what cannot be chance."""
    found = ranges.judged(np.concatenate([v.reshape(-1, *v.shape[1:]) for v in values]))
    if found.range is Range.SIMPLEX and units != 1:
        return Step("softmax", found.range, name, units, 0, 1, found.axis)
    if len(values) < 8:
        return Step("an own call", Range.UNKNOWN, name, units)
    shown = {Range.UNIT: "sigmoid", Range.REAL: "linear", Range.SYMMETRIC: "tanh"}
    text = shown.get(found.range, f"outputs {found.range.value}")
    return Step(text, found.range, name, units, found.low, found.high, found.axis)

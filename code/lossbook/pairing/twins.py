"""A second model like an unbuilt one, so that the second can be built and the first stays as it is.

Keras copies a model by its configuration, which a subclassed model seldom has. Here each layer is
made anew with copies of its attributes; what is no layer and holds none is shared.
"""

import copy
import copyreg
from typing import Any

LEFT_OUT = frozenset({"build", "optimizer", "_optimizer", "_compile_loss", "_compile_metrics"})
"""Attributes that a new layer makes for itself, or that only training needs."""


def twin(model: Any) -> Any:
    """A copy of an unbuilt model with layers of its own; None if something in it is built."""
    layers = model._flatten_layers()
    if any(layer.weights for layer in layers):
        return None
    kinds = {type(layer) for layer in layers}
    before = {kind: copyreg.dispatch_table.get(kind) for kind in kinds}
    try:
        for kind in kinds:
            copyreg.pickle(kind, _parts)
        return copy.deepcopy(model, _shared(layers))
    finally:
        for kind, reducer in before.items():
            if reducer is None:
                del copyreg.dispatch_table[kind]
            else:
                copyreg.dispatch_table[kind] = reducer


def _parts(layer: Any) -> tuple[Any, ...]:
    state = {k: v for k, v in vars(layer).items() if k not in LEFT_OUT}
    return _new, (type(layer),), state


def _new(kind: type) -> Any:
    return kind.__new__(kind)  # type: ignore[call-overload]


def _shared(layers: list[Any]) -> dict[int, Any]:
    """What is not copied: initializers, policies, seeds, functions."""
    memo: dict[int, Any] = {}
    inside = {id(layer) for layer in layers}
    for layer in layers:
        for value in vars(layer).values():
            plain = value is None or isinstance(value, (list, tuple, dict, set, str, int, float))
            tracker = type(value).__name__ == "Tracker"
            if not plain and not tracker and id(value) not in inside:
                owner = getattr(value, "__self__", None)
                if id(owner) not in inside:
                    memo[id(value)] = value
    return memo

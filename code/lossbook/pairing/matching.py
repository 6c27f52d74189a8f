"""Which loss, labels and metrics belong to which output, by the rules of `compile` and `fit`."""

from collections.abc import Mapping
from typing import Any

from lossbook._lazy import keras
from lossbook.pairing.endings import Ending

Pairs = list[tuple[Ending, Any]]


def flat(structure: Any) -> list[Ending]:
    """The endings of a nested structure, in Keras's order."""
    return list(keras.tree.flatten(structure))


def losses(given: Any, structure: Any) -> Pairs:
    """Each output with its losses; None stands for no loss and is left out."""
    return [(end, one) for end, one in _losses(given, structure) if one is not None]


def _losses(given: Any, node: Any) -> Pairs:
    ends = flat(node)
    if isinstance(given, Mapping) and not {"class_name", "config"} <= set(given):
        return _by_name("losses", given, node, _losses)
    if isinstance(given, list | tuple):
        if isinstance(node, Ending):
            return [(node, one) for one in given]
        if isinstance(node, list | tuple) and len(node) == len(given):
            return [
                pair for one, part in zip(given, node, strict=True) for pair in _losses(one, part)
            ]
        if len(given) != len(ends):
            raise ValueError(f"there are {len(given)} losses for {len(ends)} outputs")
        return list(zip(ends, given, strict=True))
    return [(end, given) for end in ends]


def _by_name(what: str, given: Mapping[Any, Any], node: Any, inner: Any) -> Pairs:
    parts = node if isinstance(node, Mapping) else {end.name: end for end in flat(node)}
    unknown = sorted(str(key) for key in set(given) - set(parts))
    if unknown:
        raise ValueError(
            f"there are {what} for {', '.join(unknown)}, but the outputs are "
            f"{', '.join(map(str, parts))}"
        )
    return [pair for name, one in given.items() for pair in inner(one, parts[name])]


def targets(y: Any, structure: Any) -> dict[str, Any]:
    """Labels by the name of their output."""
    if y is None:
        return {}
    return {end.name: one for end, one in _targets(y, structure) if one is not None}


def _targets(y: Any, node: Any) -> Pairs:
    ends = flat(node)
    if y is None:
        return []
    if isinstance(y, Mapping):
        return _by_name("labels", y, node, _targets)
    if isinstance(node, list | tuple | Mapping) and (len(ends) > 1 or isinstance(node, list)):
        parts = list(node) if isinstance(node, list | tuple) else ends
        if isinstance(y, list | tuple) and len(y) == len(parts):
            return [
                pair for one, part in zip(y, parts, strict=True) for pair in _targets(one, part)
            ]
        if len(ends) > 1:
            raise ValueError(
                f"the model has the outputs {', '.join(e.name for e in ends)}: give their labels "
                f"as a list of {len(ends)} arrays, or as a dict"
            )
    if not hasattr(y, "__array__") and not isinstance(y, list | tuple):
        raise TypeError(f"labels are an array, a list or a dict of them, not a {type(y).__name__}")
    return [(ends[0], y)]


def metrics(given: Any, structure: Any) -> Pairs:
    """Each output with each of its metrics."""
    if given is None:
        return []
    ends = flat(structure)
    if isinstance(given, Mapping):
        by_name = {end.name: end for end in ends}
        pairs = [(by_name[name], one) for name, one in given.items() if name in by_name]
    elif len(ends) == 1:
        pairs = [(ends[0], given)]
    elif isinstance(given, list | tuple) and len(given) == len(ends):
        pairs = list(zip(ends, given, strict=True))
    else:
        pairs = [(end, given) for end in ends]
    return [
        (end, metric)
        for end, listed in pairs
        for metric in (listed if isinstance(listed, list | tuple) else [listed])
        if metric is not None
    ]

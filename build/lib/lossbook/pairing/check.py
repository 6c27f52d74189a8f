"""A compiled Keras model: do its last activations, losses, units and labels fit together?"""

from collections.abc import Mapping
from typing import Any

from lossbook._lazy import keras
from lossbook.pairing import labels, losses, rules
from lossbook.pairing.endings import Ending, endings
from lossbook.pairing.report import Finding, Report


def check_pairing(model: Any, y: Any = None, *, x: Any = None) -> Report:
    """Look at a compiled model, and say in plain words what does not fit and what would.

    `model` is a compiled Sequential, Functional or subclassed Keras model; nothing in it is
    changed. `y` are labels for it, as `model.fit` takes them: an array `(n,)` or `(n, …)`, or a
    list or dict of them for several outputs. `x` is a batch of inputs, needed only for a model
    that has not been built yet.

    Returns a `Report`: true if nothing was found. What cannot be seen (the inside of a custom
    layer, a loss of your own that is none of Keras's) is listed there and is no finding.

    Raises ValueError if the model is not compiled or the labels do not match its outputs by
    number or name, TypeError if `model` is no Keras model or `y` no array.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"check_pairing takes a Keras model, not a {type(model).__name__}")
    if not getattr(model, "compiled", False):
        raise ValueError("the model is not compiled: call model.compile(loss=…) first")
    ends = endings(model, x)
    given = getattr(model, "loss", None)
    if given is None:
        return Report(unseen=("the loss: compile was given none (add_loss, or an own train_step)",))
    if not ends:
        return Report(
            unseen=("the outputs: build the model first, or give a batch of inputs as x",)
        )
    pairs = _pairs(given, ends)
    targets = _targets(y, ends)
    found: list[Finding] = []
    looked_at: list[str] = []
    unseen: list[str] = []
    for ending, one in pairs:
        loss = losses.read(one, ending.shape)
        place = rules.where(ending, loss)
        looked_at.append(place)
        if loss.kind == "unknown":
            unseen.append(f"{place}: a loss of your own")
        if ending.last.range.value == "unknown":
            unseen.append(f"{place}: what {ending.last.layer!r} can put out")
        about_labels: list[Finding] = []
        if targets.get(ending.name) is not None:
            about_labels = list(labels.findings(ending, loss, targets[ending.name]))
        codes = {finding.code for finding in about_labels}
        # Said once: that several labels may be true is the better word for softmax there.
        found += [
            finding
            for finding in rules.findings(ending, loss)
            if not (finding.code == "softmax-binary" and "multi-label" in codes)
        ]
        # Labels are judged only for outputs that could mean something.
        if "one-unit-categorical" not in {finding.code for finding in found}:
            found += about_labels
    return Report(tuple(found), tuple(looked_at), tuple(unseen))


def _pairs(given: Any, ends: list[Ending]) -> list[tuple[Ending, Any]]:
    """Each output with its losses, by the rules of `compile`: one for all, by name, in order."""
    if isinstance(given, Mapping) and not {"class_name", "config"} <= set(given):
        by_name = {ending.name: ending for ending in ends}
        unknown = sorted(set(given) - set(by_name))
        if unknown:
            raise ValueError(
                f"there are losses for {', '.join(map(str, unknown))}, but the outputs are "
                f"{', '.join(by_name)}"
            )
        return [(by_name[name], one) for name, one in given.items() if one is not None]
    if isinstance(given, list | tuple):
        if len(ends) == 1:
            return [(ends[0], one) for one in given if one is not None]
        if len(given) != len(ends):
            raise ValueError(f"there are {len(given)} losses for {len(ends)} outputs")
        return [(e, one) for e, one in zip(ends, given, strict=True) if one is not None]
    return [(ending, given) for ending in ends]


def _targets(y: Any, ends: list[Ending]) -> dict[str, Any]:
    """Labels by the name of their output."""
    names = [ending.name for ending in ends]
    if y is None:
        return {}
    if isinstance(y, Mapping):
        unknown = sorted(set(y) - set(names))
        if unknown:
            raise ValueError(
                f"there are labels for {', '.join(map(str, unknown))}, but the outputs are "
                f"{', '.join(names)}"
            )
        return dict(y)
    if len(ends) > 1:
        if not isinstance(y, list | tuple) or len(y) != len(ends):
            raise ValueError(
                f"the model has the outputs {', '.join(names)}: give their labels as a list of "
                f"{len(ends)} arrays, or as a dict"
            )
        return dict(zip(names, y, strict=True))
    if not hasattr(y, "__array__") and not isinstance(y, list | tuple):
        raise TypeError(f"labels are an array, a list or a dict of them, not a {type(y).__name__}")
    return {names[0]: y}

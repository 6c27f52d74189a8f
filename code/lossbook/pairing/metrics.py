"""Metrics of a compiled model against outputs, loss and labels: numbers that mislead."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.pairing import matching, metric_rules
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import SPARSE, Loss
from lossbook.pairing.report import Change, Finding


def findings(
    model: Any,
    read: list[tuple[Ending, Loss]],
    structure: Any,
    targets: Mapping[str, Any],
) -> list[Finding]:
    """What a compiled model's metrics would say wrongly."""
    compiled = getattr(model, "_compile_metrics", None)
    losses = {ending.name: loss for ending, loss in read}
    found = []
    for given in (
        getattr(compiled, "_user_metrics", None),
        getattr(compiled, "_user_weighted_metrics", None),
    ):
        for ending, metric in matching.metrics(given, structure):
            loss = losses.get(ending.name)
            if loss is None:
                continue
            y = targets.get(ending.name)
            y = None if y is None else np.asarray(y)
            if y is not None and y.dtype.kind not in "biuf":
                y = None
            told = _finding(ending, loss, metric, y)
            if told:
                found.append(told)
    return found


def identity(metric: Any, ending: Ending, loss: Loss, y: Any) -> tuple[str, dict[str, Any], bool]:
    """A metric's class in Keras, its options, and whether "accuracy" was left to Keras.

    The class is "" for somebody else's metric.
    """
    if isinstance(metric, str) and metric.lower() in ("accuracy", "acc"):
        if ending.units == 1:
            return "BinaryAccuracy", {}, True
        coded = y is not None and y.ndim == len(ending.shape) and y.shape[-1] != 1
        sparse = loss.kind in SPARSE or loss.kind == "head" if y is None else not coded
        return ("SparseCategoricalAccuracy" if sparse else "CategoricalAccuracy"), {}, True
    if isinstance(metric, str):
        metric = keras.metrics.get(metric)
    owner = metric if isinstance(metric, keras.metrics.Metric) else None
    name = type(metric).__name__ if owner is not None else getattr(metric, "__name__", "")
    module = type(metric).__module__ if owner is not None else getattr(metric, "__module__", "")
    if not (module or "").startswith("keras."):
        return "", {}, False
    if owner is None:
        return _camel(name), {}, False
    try:
        return name, dict(owner.get_config()), False
    except NotImplementedError:
        return name, {}, False


def _camel(name: str) -> str:
    known = {cls.lower(): cls for cls in vars(keras.metrics) if cls[0].isupper()}
    return known.get(name.replace("_", "").lower(), name)


def _finding(ending: Ending, loss: Loss, metric: Any, y: np.ndarray | None) -> Finding | None:
    name, options, chosen = identity(metric, ending, loss, y)
    if not name:
        return None
    shown = f'"{metric}"' if isinstance(metric, str) else name
    place = f"output {ending.name!r} → {loss.text}, metric {shown}"

    def told(code: str, what: str, why: str, remedy: str, *change: Change) -> Finding:
        return Finding(code, what, place, why, remedy, "warning", change)

    if loss.kind == "unknown":
        return None
    return (
        metric_rules.about_labels(ending, loss, name, y, told)
        or metric_rules.about_head(ending, loss, name, told)
        or metric_rules.about_raw(ending, loss, name, options, told)
        or metric_rules.about_coding(ending, loss, name, options, y, chosen, told)
    )

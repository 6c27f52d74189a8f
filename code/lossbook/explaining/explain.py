"""`lossbook.explain`: what a loss value means for some labels."""

import math
from typing import Any

import numpy as np

from lossbook.explaining.distributions import of_head
from lossbook.explaining.known import Known, Point
from lossbook.explaining.reading import KNOWN, WITHOUT_LABELS, Read, read
from lossbook.explaining.report import Explanation, tolerance


def explain(
    value: float,
    y: Any,
    loss: Any,
    *,
    classes: int | None = None,
    mask: Any = None,
    level: float | None = None,
    class_weight: Any = None,
) -> Explanation:
    """What a loss of `value` means for the labels `y`: is 0.5 good?

    `value` is the mean loss that was printed, in the loss's own unit (nats for a likelihood); NaN
    and infinity are explained too. `y` are the labels it is the mean of, in the shape the loss
    takes: `(n,)`, `(n, 1)` or `(n, k)`, class numbers `(n,)` or one-hot `(n, K)`; a pandas column
    or a tensor will do. `loss` is a name or an object of Keras ("mse", `keras.losses.Huber()`), a
    name or an object of PyTorch ("BCEWithLogitsLoss"), or a head of this library or its `loss`.
    "triplet", "info_nce" (y: the labels of one batch) and "dpo" are known by name too.

    `classes` is the number of classes, where the labels do not show all. `mask`, in the shape of y
    without its last axis or with it, is true where a label counts; then the values that a loss has
    which counts the padding as well are among the points.

    `level` is that of a pinball loss. `class_weight` is what `fit` was given, class → weight, for
    a cross entropy of two classes or of class numbers; PyTorch's `weight` and `pos_weight` are
    read from the loss.

    The result says what the best constant prediction has on the same labels, the least possible
    value, the skill between the two, and which known points the value sits on, as log K, the
    margin, a clipped logarithm, or the constant in another convention (a sum instead of a mean,
    bits instead of nats). A constant knows only these labels: give those of the data set that the
    loss was measured on.

    Raises ValueError if the loss is not known, or y is not what it takes. Source: the skill of a
    proper score against a reference forecast, Gneiting and Raftery (2007), section 2.3.
    """
    value = _number(value)
    labels = None if y is None else _labels(y)
    given = {"classes": classes, "level": level, "class_weight": class_weight}
    found = read(loss, labels, {name: what for name, what in given.items() if what is not None})
    if labels is None and found.kind not in WITHOUT_LABELS:
        raise ValueError(f"{found.text} needs the labels y; only a triplet or DPO loss does not")
    options = dict(found.options)
    remarks: tuple[str, ...] = ()
    counted = None
    if labels is not None:
        labels, whole, counted = _counted(labels, mask)
        labels, remarks = _finite(labels)
    known = _known(found, labels, options)
    points = [*known.points, *_conventions(known)]
    if counted is not None:
        points += _padded(found, known, whole, counted, options)
    near = sorted(
        (p for p in points if abs(p.value - value) <= tolerance(value, p.value)),
        key=lambda p: abs(p.value - value),
    )
    return Explanation(
        value,
        found.text,
        known.unit,
        known.prediction,
        known.constant,
        known.least,
        known.why,
        tuple(points),
        tuple(near),
        (*remarks, *known.remarks),
    )


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"the value must be one number, the mean loss, not {value!r}") from None


def _labels(y: Any) -> np.ndarray:
    try:
        labels = np.asarray(y, float)
    except (TypeError, ValueError):
        raise ValueError(
            "the labels y must be numbers; encode text as class numbers first"
        ) from None
    if not labels.size:
        raise ValueError("there are no labels: y is empty")
    return labels


def _counted(y: np.ndarray, mask: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """The labels that count, all of them, and which count; None without a mask."""
    if mask is None:
        return y, y, None
    counts = np.asarray(mask).astype(bool)
    if counts.shape == y.shape[:-1] and y.shape[-1] == 1:
        counts = counts[..., None]
    if counts.shape not in (y.shape, y.shape[:-1]):
        raise ValueError(f"the mask has shape {counts.shape}, which is not that of y, {y.shape}")
    if not counts.any():
        raise ValueError("the mask leaves no label")
    return y[counts], y, counts


def _finite(y: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """The labels that are numbers, and what is to be said of the others."""
    bad = ~np.isfinite(y)
    if not bad.any():
        return y, ()
    rows = bad.reshape(len(y), -1).any(axis=1)
    if rows.all():
        raise ValueError("no label is a finite number")
    first = np.argmax(rows)
    return y[~rows], (
        f"{rows.sum()} of {len(y)} labels are NaN or infinite, the first at {first}: each "
        "makes the loss of its whole batch NaN; they are left out here",
    )


def _known(found: Read, y: np.ndarray | None, options: dict[str, Any]) -> Known:
    if found.head is not None:
        assert y is not None
        return of_head(found.head, y)
    return KNOWN[found.kind](y, options)  # type: ignore[arg-type]


def _conventions(known: Known) -> list[Point]:
    """The constant's loss as others would count it."""
    found = [
        Point(
            "the constant's loss",
            known.constant,
            "the best constant: the inputs are not used, or say nothing about y",
        )
    ]
    if known.elements > 1:
        found.append(
            Point(
                f"{known.elements} · the constant's loss",
                known.elements * known.constant,
                f"the best constant, summed over the {known.elements} values of a sample",
                "q-factor",
            )
        )
    if known.unit == "nats":
        bits = known.constant / math.log(2)
        found.append(
            Point("in bits", bits, "the best constant, with logarithms to base 2", "q-factor")
        )
    return [point for point in found if point.value and math.isfinite(point.value)]


def _padded(
    found: Read, known: Known, y: np.ndarray, counts: np.ndarray, options: dict[str, Any]
) -> list[Point]:
    """What a model that has learnt nothing has if the padding is counted."""
    share = float(counts.mean())
    words = (
        f"the best constant where the padded places cost 0 but are counted ({share:.3g} are real)"
    )
    points = [Point("with padding in the mean", share * known.constant, words, "q-factor")]
    everything, _ = _finite(y)
    try:
        whole = _known(found, everything, options)
    except ValueError:  # padded with something that is no label
        return points
    words = "the best constant if the padding is taken for labels"
    return [*points, Point("with padding as labels", whole.constant, words, "q-factor")]

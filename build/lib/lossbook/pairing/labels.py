"""Labels against loss and output: support, shape, coding."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lossbook.heads.base import Head
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import BINARY, HINGE, ONE_HOT, REGRESSION, SPARSE, Loss
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Finding
from lossbook.pairing.rules import where


def findings(ending: Ending, loss: Loss, labels: Any) -> Iterator[Finding]:
    """What does not fit about the labels of one output, `(n,)` or `(n, …)`."""
    place, y = where(ending, loss), np.asarray(labels)

    def found(code: str, what: str, why: str, remedy: str, severity: str = "error") -> Finding:
        return Finding(code, what, place, why, remedy, severity)

    if y.dtype.kind not in "biuf":
        yield found(
            "not-numbers",
            "the labels are not numbers",
            f"they are of type {y.dtype}; a loss computes with numbers",
            "turn names of classes into numbers from 0 on",
        )
        return
    if loss.kind == "unknown" or y.size == 0 or not loss.on_last_axis(ending.shape):
        return
    if not np.isfinite(y).all():
        yield found(
            "not-finite",
            "some labels are missing or infinite",
            "one NaN in a batch makes the whole loss, and then all weights, NaN",
            "leave those samples out, or fill them in",
        )
        return
    y = y.astype(float)
    if loss.kind == "head":
        told = _head(loss.head, y)
    elif loss.kind in SPARSE:
        told = _class_numbers(ending, loss, y)
    elif loss.kind in ONE_HOT or loss.kind in ("kl_divergence", "categorical_hinge"):
        told = _one_hot(ending, loss, y)
    elif loss.kind in BINARY:
        told = _binary(ending, y)
    elif loss.kind in HINGE:
        told = _hinge(ending, y)
    elif loss.kind == "poisson" or loss.kind in REGRESSION:
        told = _numbers(ending, loss, y)
    else:
        told = None
    if told:
        yield found(*told)


Told = tuple[str, str, str, str] | None


def _values(y: np.ndarray) -> str:
    distinct = np.unique(y)
    if len(distinct) <= 4:
        return "the labels are " + ", ".join(f"{value:g}" for value in distinct)
    return f"the labels run from {y.min():g} to {y.max():g}"


def _whole(y: np.ndarray) -> bool:
    return bool((y == np.floor(y)).all())


def _same_axes(ending: Ending, y: np.ndarray) -> bool:
    """Whether each label stands at the output it belongs to; a last axis of one may be left out."""
    size, shape = ending.units, y.shape
    if size is None or not ending.shape:
        return True
    if len(shape) == len(ending.shape) - 1:
        return size == 1
    return len(shape) != len(ending.shape) or shape[-1] == size


def _shape(ending: Ending, y: np.ndarray, remedy: str) -> Told:
    per = 1 if len(y.shape) < len(ending.shape) else y.shape[-1]
    return (
        "shape",
        f"{per} value{'s' * (per != 1)} a label, {ending.units} unit{'s' * (ending.units != 1)}",
        "the loss compares each output with a label of its own; other shapes are an error, or "
        "are stretched to fit without a word",
        remedy,
    )


def _minus_one(y: np.ndarray) -> bool:
    return set(np.unique(y)) == {-1.0, 1.0}


def _class_numbers(ending: Ending, loss: Loss, y: np.ndarray) -> Told:
    units = ending.units
    if units and units > 1 and y.ndim == len(ending.shape) and y.shape[-1] == units:
        return (
            "one-hot-sparse",
            "one-hot labels with a sparse loss",
            f"the sparse loss takes one class number a sample; these labels have {units} values",
            "CategoricalCrossentropy; or keep the sparse loss and give it y.argmax(axis=-1)",
        )
    ignored = loss.options.get("ignore_class")
    y = y[y != ignored] if ignored is not None else y
    if _minus_one(y) or (y < 0).any() or not _whole(y):
        return (
            "outside-support",
            "labels that are no class numbers",
            f"{_values(y)}; class numbers are the whole numbers from 0 on",
            "number the classes 0, 1, 2, … (for -1 and 1: (y + 1) / 2)"
            if _whole(y)
            else "class numbers; for measured amounts a regression loss",
        )
    if units and y.size and y.max() >= units:
        from_one = y.min() >= 1 and y.max() == units
        return (
            "outside-support",
            f"class number {y.max():g} for {units} units",
            f"{units} units stand for the classes 0 to {units - 1}; beyond them the loss is NaN "
            "or an error",
            "subtract 1: the labels count from 1"
            if from_one
            else f"at least {y.max() + 1:g} units",
        )
    return None


def _one_hot(ending: Ending, loss: Loss, y: np.ndarray) -> Told:
    units = ending.units
    flat = y.ndim == len(ending.shape) - 1 or (y.ndim == len(ending.shape) and y.shape[-1] == 1)
    if ending.shape and flat and units != 1:
        return (
            "sparse-one-hot",
            f"class numbers with {loss.kind}",
            "the loss takes one value a class for each sample; these labels have one number",
            "a one-hot code (keras.utils.to_categorical)"
            + (", or SparseCategoricalCrossentropy on the numbers" if loss.kind in ONE_HOT else ""),
        )
    if not _same_axes(ending, y):
        return _shape(ending, y, f"as many units as the labels have classes, {y.shape[-1]}")
    if (y < 0).any() and loss.kind != "categorical_hinge":
        return (
            "outside-support",
            "negative labels in a cross entropy",
            f"{_values(y)}; each must be a probability, and each row sum to one",
            "code the true class as 1 and the others as 0",
        )
    total = y.sum(axis=-1)
    empty = (total < 1e-6) & (y.ndim >= 3)  # padding in a sequence costs nothing
    if loss.kind == "categorical_hinge" or (np.isclose(total, 1, atol=1e-3) | empty).all():
        return None
    if set(np.unique(y)) <= {0.0, 1.0}:
        return (
            "multi-label",
            "softmax for labels of which several, or none, may be true",
            f"the rows of the labels sum to {total.min():g} to {total.max():g}, the outputs "
            "always to 1: with two classes true neither can get more than one half",
            "a sigmoid on each unit, and binary cross entropy",
        )
    return (
        "outside-support",
        "labels that are no distribution",
        f"the rows of the labels sum to {total.min():.3g} to {total.max():.3g}, not to 1",
        "divide each row by its sum; or, for amounts, a regression loss",
    )


def _binary(ending: Ending, y: np.ndarray) -> Told:
    if _minus_one(y):
        return (
            "outside-support",
            "labels -1 and 1 in a binary cross entropy",
            "its labels are probabilities, 0 to 1; at -1 the loss is negative and has no minimum",
            "(y + 1) / 2; or keep -1 and 1, no activation, and hinge",
        )
    if y.min() < 0 or y.max() > 1:
        if y.min() >= 0 and y.max() <= 255 and y.max() > 50:
            remedy = "if these are pixels, divide them by 255"
        elif set(np.unique(y)) == {1.0, 2.0}:
            remedy = "subtract 1: the labels count from 1"
        elif _whole(y) and y.min() >= 0:
            classes = f"{y.max() + 1:g}"
            remedy = (
                f"for {classes} classes: {classes} units, softmax, sparse categorical cross entropy"
            )
        else:
            remedy = "labels of 0 and 1; for measured amounts no activation and squared error"
        return (
            "outside-support",
            "labels outside 0 and 1 in a binary cross entropy",
            f"{_values(y)}; beyond 1 the loss has no minimum",
            remedy,
        )
    if not _same_axes(ending, y):
        return _shape(
            ending,
            y,
            "one unit for one yes-or-no answer; or softmax and sparse categorical cross entropy",
        )
    several = y.ndim == len(ending.shape) and y.ndim > 1 and not np.isclose(y.sum(-1), 1).all()
    if ending.last.range is Range.SIMPLEX and several:
        return (
            "multi-label",
            "softmax for labels of which several, or none, may be true",
            "the outputs always sum to 1: with two classes true neither can get more than half",
            "a sigmoid on each unit",
        )
    return None


def _hinge(ending: Ending, y: np.ndarray) -> Told:
    if not (set(np.unique(y)) <= {0.0, 1.0} or set(np.unique(y)) <= {-1.0, 1.0}):
        return (
            "outside-support",
            "labels that are not two classes, with a hinge loss",
            f"{_values(y)}; hinge takes -1 and 1 (Keras turns 0 and 1 into them)",
            "code the classes as -1 and 1; for more classes softmax and cross entropy",
        )
    return None if _same_axes(ending, y) else _shape(ending, y, "one unit a label")


REACH: dict[Range, tuple[float, float]] = {
    **dict.fromkeys((Range.UNIT, Range.SIMPLEX, Range.CLIPPED), (0, 1)),
    Range.SYMMETRIC: (-1, 1),
    **dict.fromkeys((Range.POSITIVE, Range.CUT), (0, np.inf)),
    **dict.fromkeys((Range.NEGATIVE, Range.LOG_SIMPLEX), (-np.inf, 0)),
}


def _numbers(ending: Ending, loss: Loss, y: np.ndarray) -> Told:
    if loss.kind in ("poisson", "mean_squared_logarithmic_error") and y.min() < 0:
        return (
            "outside-support",
            f"negative labels with {loss.kind}",
            f"{_values(y)}; counts and amounts are zero or more",
            "for real numbers, squared or absolute error",
        )
    if loss.kind == "mean_absolute_percentage_error" and (y == 0).any():
        return (
            "outside-support",
            "labels of exactly zero with a percentage error",
            "the error is divided by the label; at zero it is a number in the millions",
            "absolute error; or squared logarithmic error",
        )
    low, high = REACH.get(ending.last.range, (-np.inf, np.inf))
    if y.min() < low - 1e-6 or y.max() > high + 1e-6:
        return (
            "out-of-reach",
            f"labels that {ending.last.activation} can never reach",
            f"{_values(y)}; the output is {ending.last.range.value}",
            "no activation for any real number, softplus above zero; or bring the labels into "
            "that range",
        )
    if not _same_axes(ending, y):
        return _shape(ending, y, "one unit for each value of a label")
    return None


def _head(head: Head | None, y: np.ndarray) -> Told:
    assert head is not None
    vector = y.ndim > 1 and y.shape[-1] > 1
    if head.support.name == "class":
        if vector:
            return (
                "one-hot-sparse",
                f"one-hot labels for {head.title}",
                f"the head takes one class number a sample; these have {y.shape[-1]} values",
                "y.argmax(axis=-1)",
            )
        if y.max() >= head.size:
            return (
                "outside-support",
                f"class number {y.max():g} for a head of {head.size} classes",
                f"its classes are 0 to {head.size - 1}",
                f"{head!r} with size={y.max() + 1:g}; or count the classes from 0",
            )
    inside = np.asarray(head.support.contains(y if y.ndim > 1 else y[:, None]))
    if not inside.all():
        return (
            "outside-support",
            f"labels outside the support of {head.title}",
            f"{_values(y)}; {head.title} describes values that are {head.support.words}",
            "a head whose support the labels are in (lossbook.heads.HEADS lists them)",
        )
    trials = getattr(head, "trials", None)
    if trials is not None and y.max() > trials:
        return (
            "outside-support",
            f"{y.max():g} successes in {trials} trials",
            "a count of successes cannot exceed the number of trials",
            f"trials={y.max():g} or more",
        )
    return None

"""Labels against loss and output: support, shape, coding."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from lossbook.pairing import amounts, lines, shapes
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import BINARY, HINGE, ONE_HOT, OVERLAP, REGRESSION, SPARSE, Loss
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.shapes import counted, number
from lossbook.pairing.values import are_amounts, minus_one, one_hot, said, whole


def findings(ending: Ending, loss: Loss, labels: Any, place: str, x: Any = None) -> list[Finding]:
    """What does not fit about the labels of one output, `(n,)` or `(n, …)`."""
    return [replace(told, where=place) for told in _findings(ending, loss, np.asarray(labels), x)]


def _findings(ending: Ending, loss: Loss, y: np.ndarray, x: Any) -> Iterator[Finding]:
    if y.dtype.kind not in "biuf":
        yield Finding(
            "not-numbers",
            "the labels are not numbers",
            "",
            f"they are of type {y.dtype}; a loss computes with numbers",
            "turn names of classes into numbers from 0 on",
            change=(lines.labels("y = numpy.unique(y, return_inverse=True)[1]"),),
        )
        return
    if y.size == 0:
        return
    if x is not None:
        told = shapes.samples(x, y)
        if told:
            yield told
    if loss.kind == "unknown" or not loss.on_last_axis(ending.shape):
        return
    if not np.isfinite(y).all():
        yield Finding(
            "not-finite",
            "some labels are missing or infinite",
            "",
            "one NaN in a batch makes the whole loss, and then all weights, NaN",
            "leave those samples out, or fill them in",
            change=(lines.labels("y = y[numpy.isfinite(y.reshape(len(y), -1)).all(axis=1)]"),),
        )
        return
    told = judged(ending, loss, y.astype(float))
    if told:
        yield told


def judged(ending: Ending, loss: Loss, y: np.ndarray) -> Finding | None:
    """The first thing that is wrong with finite labels."""
    if loss.kind == "head":
        return amounts.head(ending, loss.head, y)
    if loss.kind == "ctc":
        return amounts.ctc(ending, y)
    shape = shapes.finding(ending, loss, y)
    if loss.kind in SPARSE:
        return _class_numbers(ending, loss, y, shape)
    if loss.kind in ONE_HOT or loss.kind in ("kl_divergence", "categorical_hinge"):
        return shape or _one_hot(ending, loss, y)
    if loss.kind in BINARY:
        return _binary(ending, loss, y, shape)
    if loss.kind in OVERLAP:
        return shape or amounts.overlap(ending, y)
    if loss.kind in HINGE:
        return shape or amounts.hinge(ending, y)
    if loss.kind == "poisson" or loss.kind in REGRESSION:
        return shape or amounts.numbers(ending, loss, y)
    return None


def _regression(ending: Ending) -> tuple[Change, ...]:
    return (lines.last(ending, 1, None), lines.loss("mean_squared_error"))


def _class_numbers(
    ending: Ending, loss: Loss, y: np.ndarray, shape: Finding | None
) -> Finding | None:
    units = ending.units
    coded = y.ndim > 1 and y.shape[-1] > 1 and one_hot(y)
    full = bool(ending.shape) and y.ndim == len(ending.shape) and y.shape[-1] == units
    if coded and (shape is not None or not ending.shape or y.ndim == len(ending.shape)):
        classes = y.shape[-1]
        from_one = not y[..., 0].any() and classes == (units or 0) + 1
        code = "y = y.argmax(axis=-1)" + (" - 1" if from_one else "")
        change = [lines.labels(code)]
        if units and units != classes and not from_one:
            change.append(lines.last(ending, classes))
        return Finding(
            "one-hot-sparse",
            "one-hot labels with a sparse loss",
            "",
            "the sparse loss takes one class number per sample; these labels have "
            f"{counted(classes, 'value')}"
            + (", the first of which is never 1: the classes are counted from 1" * from_one),
            "CategoricalCrossentropy; or keep the sparse loss and give it the class numbers",
            change=tuple(change),
        )
    if units and units > 1 and full:
        several = set(np.unique(y)) <= {0.0, 1.0}
        return Finding(
            "one-hot-sparse",
            f"{counted(y.shape[-1], 'value')} a sample with a sparse loss",
            "",
            "the sparse loss takes one class number per sample",
            "sigmoids and binary cross entropy, as several of the labels may be 1"
            if several
            else "CategoricalCrossentropy for probabilities; a regression loss for amounts",
            change=(lines.last(ending, units, "sigmoid"), lines.loss("binary_crossentropy"))
            if several
            else (lines.loss("categorical_crossentropy", loss.from_logits),),
        )
    ignored = loss.options.get("ignore_class")
    y = y[y != ignored] if ignored is not None else y
    if y.size and are_amounts(y, units):
        return Finding(
            "outside-support",
            "labels that are amounts, not classes",
            "",
            f"{said(y)}; a sparse loss takes them for the numbers of classes, each with a unit of "
            "its own",
            "for measured amounts no activation and a regression loss",
            change=_regression(ending),
        )
    if shape:
        if y.ndim == 2 and set(np.unique(y)) <= {0.0, 1.0} and len(ending.shape) == 2:
            return replace(
                shape,
                remedy="as each label may be 0 or 1: a unit and a sigmoid for each, and binary "
                "cross entropy",
                change=(
                    lines.last(ending, y.shape[-1], "sigmoid"),
                    lines.loss("binary_crossentropy"),
                ),
            )
        return shape
    if ending.shape and len(ending.shape) == 2 and y.ndim == 2 and y.shape[-1] > 1:
        binary = set(np.unique(y)) <= {0.0, 1.0}
        return Finding(
            "shape",
            f"{counted(y.shape[-1], 'class number')} a sample, one output",
            "",
            "softmax names one class a sample, and the sparse loss takes one class number",
            "a unit and a sigmoid for each label, and binary cross entropy"
            if binary
            else "one class number per sample; or an output of its own for each of them",
            change=(lines.last(ending, y.shape[-1], "sigmoid"), lines.loss("binary_crossentropy"))
            if binary
            else (),
        )
    if not y.size:
        return None
    if minus_one(y) or (y < 0).any():
        signs = minus_one(y)
        return Finding(
            "outside-support",
            "labels that are not class numbers",
            "",
            f"{said(y)}; class numbers are the whole numbers from 0 on",
            "number the classes 0, 1, 2, …" + (" (for -1 and 1: (y + 1) / 2)" if signs else ""),
            change=(
                lines.labels(
                    "y = (y + 1) // 2" if signs else "y = numpy.unique(y, return_inverse=True)[1]"
                ),
            ),
        )
    if units and y.max() >= units:
        from_one = y.min() >= 1 and y.max() == units
        wanted = int(y.max()) + 1
        return Finding(
            "outside-support",
            f"class number {number(y.max())} for {counted(units, 'unit')}",
            "",
            f"{counted(units, 'unit')} stand for the classes 0 to {units - 1}; beyond them the "
            "loss is NaN or an error",
            "subtract 1: the labels count from 1"
            if from_one
            else f"at least {counted(wanted, 'unit')}",
            change=(lines.labels("y = y - 1"),) if from_one else (lines.last(ending, wanted),),
        )
    return None


def _one_hot(ending: Ending, loss: Loss, y: np.ndarray) -> Finding | None:
    units = ending.units
    flat = y.ndim == len(ending.shape) - 1 or (y.ndim == len(ending.shape) and y.shape[-1] == 1)
    if not ending.shape:
        flat = y.ndim == 1 or (y.ndim == 2 and y.shape[-1] == 1)
    if flat and units != 1:
        if are_amounts(y, units):
            return Finding(
                "outside-support",
                "labels that are amounts, not classes",
                "",
                f"{said(y)}; {loss.kind} compares a probability for each class",
                "for measured amounts no activation and a regression loss",
                change=_regression(ending),
            )
        sparse = loss.kind in ONE_HOT
        from_one = y.min() == 1 and y.max() == units and whole(y)
        wanted = int(y.max()) + 1
        change = [
            lines.loss("sparse_categorical_crossentropy", loss.from_logits)
            if sparse
            else lines.labels(
                f"y = keras.utils.to_categorical(y{' - 1' if from_one else ''}, {units})"
            )
        ]
        if from_one and sparse:
            change.append(lines.labels("y = y - 1"))
        elif units and wanted > units and not from_one:
            change.append(lines.last(ending, wanted))
        return Finding(
            "sparse-one-hot",
            f"class numbers with {loss.kind}",
            "",
            "the loss takes one value per class for each sample; these labels have one number"
            + (", counted from 1" if from_one else ""),
            "a one-hot code (keras.utils.to_categorical)"
            + (", or SparseCategoricalCrossentropy on the numbers" if sparse else ""),
            change=tuple(change),
        )
    if not shapes.same_axes(ending, y):
        classes = y.shape[-1]
        if units and classes == units + 1 and not y[..., 0].any() and one_hot(y):
            return shapes.last_axis(
                ending, y,
                "leave the first column out: no sample is of class 0, because the classes were "
                "counted from 1 (keras.utils.to_categorical(y - 1))",
                lines.labels("y = y[..., 1:]"),
            )  # fmt: skip
        return shapes.last_axis(
            ending, y, f"as many units as the labels have classes, {classes}",
            lines.last(ending, classes),
        )  # fmt: skip
    if (y < 0).any() and loss.kind != "categorical_hinge":
        signs = minus_one(y)
        return Finding(
            "outside-support",
            "negative labels in a cross entropy",
            "",
            f"{said(y)}; each must be a probability, and each row sum to one",
            "code the true class as 1 and the others as 0",
            change=(lines.labels("y = (y + 1) / 2"),) if signs else _regression(ending)[1:],
        )
    total = y.sum(axis=-1)
    empty = (total < 1e-6) & (y.ndim >= 3)  # padding in a sequence costs nothing
    if loss.kind == "categorical_hinge" or (np.isclose(total, 1, atol=1e-3) | empty).all():
        return None
    if loss.own and loss.kind in ONE_HOT and whole(y):
        return None  # written on purpose: the likelihood of counts, a multinomial
    if set(np.unique(y)) <= {0.0, 1.0}:
        return _multi_label(ending, f"the rows of the labels sum to {number(total.min())} to "
                            f"{number(total.max())}, the probabilities always to 1")  # fmt: skip
    return Finding(
        "outside-support",
        "labels that are no distribution",
        "",
        f"the rows of the labels sum to {total.min():.3g} to {total.max():.3g}, not to 1",
        "divide each row by its sum; or, for amounts, a regression loss",
        change=(lines.labels("y = y / y.sum(axis=-1, keepdims=True)"),),
    )


def _multi_label(ending: Ending, why: str) -> Finding:
    shown = "softmax" if ending.last.range is Range.SIMPLEX else "a cross entropy of one class"
    return Finding(
        "multi-label",
        f"{shown} for labels of which several, or none, may be true",
        "",
        f"{why}: with two classes true neither can get more than one half",
        "a sigmoid on each unit, and binary cross entropy",
        change=(lines.last(ending, None, "sigmoid"), lines.loss("binary_crossentropy")),
    )


def _binary(ending: Ending, loss: Loss, y: np.ndarray, shape: Finding | None) -> Finding | None:
    if minus_one(y):
        return Finding(
            "outside-support",
            "labels -1 and 1 in a binary cross entropy",
            "",
            "its labels are probabilities, 0 to 1; at -1 the loss is negative and has no minimum",
            "(y + 1) / 2; or keep -1 and 1, no activation, and hinge",
            change=(lines.labels("y = (y + 1) / 2"),),
        )
    if y.min() < 0 or y.max() > 1:
        return amounts.outside_binary(ending, y)
    if shape:
        return shape
    if not shapes.same_axes(ending, y):
        classes = y.shape[-1] if y.ndim == len(ending.shape) else 2
        if ending.units == 1 and one_hot(y):
            return _one_hot_binary(ending, loss, y)
        if y.ndim < len(ending.shape):
            return shapes.last_axis(
                ending, y, "one unit for one yes-or-no answer",
                lines.last(ending, 1, None if loss.from_logits else "sigmoid"),
            )  # fmt: skip
        return shapes.last_axis(
            ending, y, f"one unit for each of the {classes} answers", lines.last(ending, classes)
        )
    several = y.ndim == len(ending.shape) and y.ndim > 1 and not np.isclose(y.sum(-1), 1).all()
    if ending.last.range is Range.SIMPLEX and several:
        return _multi_label(ending, "the outputs always sum to 1")
    return None


def _one_hot_binary(ending: Ending, loss: Loss, y: np.ndarray) -> Finding:
    classes = y.shape[-1]
    if classes == 2:
        return shapes.last_axis(
            ending, y,
            "the second column says it all: one number per sample, the class, 0 or 1",
            lines.labels("y = y.argmax(axis=-1)"),
        )  # fmt: skip
    return shapes.last_axis(
        ending, y,
        f"these are {classes} classes that exclude each other: {classes} units, softmax and "
        "categorical cross entropy",
        lines.last(ending, classes, None if loss.from_logits else "softmax"),
        lines.loss("categorical_crossentropy", loss.from_logits),
    )  # fmt: skip

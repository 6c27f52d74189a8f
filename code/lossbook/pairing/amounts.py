"""Labels of losses that take numbers: regression, counts, scores, overlaps, sequences, heads."""

import numpy as np

from lossbook.heads.base import Head
from lossbook.pairing import lines
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import Loss
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.shapes import counted, last_axis, number, same_axes
from lossbook.pairing.values import are_amounts, minus_one, one_hot, said, whole


def outside_binary(ending: Ending, y: np.ndarray) -> Finding:
    """Labels below 0 or beyond 1 in a binary cross entropy."""
    change = []
    if y.min() >= 0 and 50 < y.max() <= 255 and (y.ndim > 2 or set(np.unique(y)) == {0.0, 255.0}):
        remedy = "if these are pixels, divide them by 255"
        change = [lines.labels("y = y / 255")]
    elif set(np.unique(y)) == {1.0, 2.0}:
        remedy = "subtract 1: the labels count from 1"
        change = [lines.labels("y = y - 1")]
    elif whole(y) and y.min() >= 0 and not are_amounts(y, 1) and y.max() < 1000:
        from_one = y.min() == 1
        classes = int(y.max()) + (0 if from_one else 1)
        remedy = (
            f"for {classes} classes: {classes} units, softmax, sparse categorical cross entropy"
            + (", and subtract 1, as the labels count from 1" if from_one else "")
        )
        change = [
            lines.last(ending, classes, "softmax"),
            lines.loss("sparse_categorical_crossentropy"),
        ]
        if from_one:
            change.append(lines.labels("y = y - 1"))
    elif y.max() - y.min() <= 2 and y.min() == -1 and y.max() <= 1:
        remedy = "bring -1 to 1 to 0 to 1"
        change = [lines.labels("y = (y + 1) / 2")]
    else:
        remedy = "labels of 0 and 1; for measured amounts no activation and squared error"
        change = [
            lines.last(ending, ending.source_units, None), lines.loss("mean_squared_error"),
        ]  # fmt: skip
    return Finding(
        "outside-support",
        "labels outside 0 and 1 in a binary cross entropy",
        "",
        f"{said(y)}; beyond 1 the loss has no minimum",
        remedy,
        change=tuple(change),
    )


def hinge(ending: Ending, y: np.ndarray) -> Finding | None:
    """Labels of a hinge loss."""
    distinct = set(np.unique(y))
    if not (distinct <= {0.0, 1.0} or distinct <= {-1.0, 1.0}):
        classes = int(y.max()) + 1 if whole(y) and y.min() >= 0 else None
        return Finding(
            "outside-support",
            "labels that are not two classes, with a hinge loss",
            "",
            f"{said(y)}; hinge takes -1 and 1 (Keras turns 0 and 1 into them)",
            "code the classes as -1 and 1; for more classes softmax and cross entropy",
            change=(
                lines.last(ending, classes, "softmax"),
                lines.loss("sparse_categorical_crossentropy"),
            )
            if classes
            else (),
        )
    if same_axes(ending, y):
        return None
    per = y.shape[-1] if y.ndim == len(ending.shape) else 1
    return last_axis(ending, y, "one unit per label", lines.last(ending, per))


def overlap(ending: Ending, y: np.ndarray) -> Finding | None:
    """Labels of Dice and Tversky losses: the share of each place that belongs to the object."""
    if y.min() < 0 or y.max() > 1:
        distinct, units = set(np.unique(y)), ending.units or 1
        if distinct <= {0.0, 255.0} or (y.max() > 50 and y.max() <= 255):
            remedy, code = "divide the masks by 255", "y = y / 255"
        elif minus_one(y):
            remedy, code = "(y + 1) / 2", "y = (y + 1) / 2"
        elif whole(y) and y.min() >= 0 and units > 1 and y.max() < units:
            remedy = "a one-hot code of the class numbers, one channel a class"
            code = f"y = keras.utils.to_categorical(y, {units})"
        elif whole(y) and y.min() >= 0:
            classes = int(y.max()) + 1
            return Finding(
                "outside-support",
                "labels outside 0 and 1 in a loss of overlap",
                "",
                f"{said(y)}; the loss counts how much of 1 is met, and is negative beyond it",
                f"{classes} units with softmax, and a one-hot code of the class numbers",
                change=(
                    lines.last(ending, classes, "softmax"),
                    lines.labels(f"y = keras.utils.to_categorical(y, {classes})"),
                ),
            )
        else:
            remedy, code = "labels of 0 and 1", "y = (y > 0).astype(float)"
        return Finding(
            "outside-support",
            "labels outside 0 and 1 in a loss of overlap",
            "",
            f"{said(y)}; the loss counts how much of 1 is met, and is negative beyond it",
            remedy,
            change=(lines.labels(code),),
        )
    if same_axes(ending, y):
        return None
    if ending.units and ending.units > 1 and y.ndim == len(ending.shape) - 1:
        return last_axis(
            ending, y, "a one-hot code: one channel a class",
            lines.labels(f"y = keras.utils.to_categorical(y, {ending.units})"),
        )  # fmt: skip
    return last_axis(
        ending, y, "as many channels as the labels have", lines.last(ending, y.shape[-1])
    )


def ctc(ending: Ending, y: np.ndarray) -> Finding | None:
    """Labels of CTC: class numbers from 1, padded with 0 at the end."""
    units = ending.units
    times = ending.shape[1] if len(ending.shape) == 3 else None
    if y.ndim != 2:
        return Finding(
            "shape", f"labels of {y.ndim} axes with CTC", "",
            "CTC takes one row of class numbers per sample, (samples, length)",
            "one row of class numbers per sample",
        )  # fmt: skip
    if (y < 0).any() or not whole(y):
        return Finding(
            "outside-support", "labels that are not class numbers, with CTC", "",
            f"{said(y)}; Keras's CTC takes whole numbers from 1 on, and 0 to fill rows up",
            "number the classes from 1, and fill rows up with 0",
            change=(lines.labels("y = numpy.where(y < 0, 0, y)"),) if whole(y) else (),
        )  # fmt: skip
    if units and y.max() >= units:
        return Finding(
            "outside-support",
            f"class number {number(y.max())} for {counted(units, 'unit')} with CTC",
            "",
            f"0 is the blank, so {counted(units, 'unit')} leave the classes 1 to {units - 1}; for "
            "a class without a unit the loss is meaningless, without a word",
            f"at least {counted(int(y.max()) + 1, 'unit')}, one of them for the blank",
            change=(lines.last(ending, int(y.max()) + 1),),
        )
    lengths = (y != 0).sum(axis=1)
    inside = (y[:, :-1] == 0) & (y[:, 1:] != 0)
    if inside.any():
        return Finding(
            "outside-support", "the blank 0 among the labels of CTC", "",
            "Keras keeps 0 for the blank, and takes a row's length from its numbers above 0: a "
            "class with number 0 is lost, and the end of the row with it",
            "number the classes from 1, with one unit more",
            change=(lines.labels("y = y + 1"), lines.last(ending, (units or 0) + 1)),
        )  # fmt: skip
    # Between two equal neighbours CTC needs a blank: each costs a time step more.
    repeats = ((y[:, :-1] == y[:, 1:]) & (y[:, 1:] != 0)).sum(axis=1)
    needed = int((lengths + repeats).max())
    if times and needed > times:
        return Finding(
            "shape", f"labels that need {needed} time steps, outputs at {times}", "",
            "CTC places every label, and a blank between two equal ones, on a time step of its "
            "own; where there are too few, no output can be right and the loss is infinite",
            "outputs at more time steps (smaller strides), or shorter labels",
        )  # fmt: skip
    return None


def numbers(ending: Ending, loss: Loss, y: np.ndarray) -> Finding | None:
    """Labels of regression losses and of a Poisson rate."""
    if loss.kind in ("poisson", "mean_squared_logarithmic_error") and y.min() < 0:
        return Finding(
            "outside-support",
            f"negative labels with {loss.kind}",
            "",
            f"{said(y)}; counts and amounts are zero or more",
            "for real numbers, squared or absolute error",
            change=(
                lines.last(ending, ending.source_units, None), lines.loss("mean_squared_error"),
            ),
        )  # fmt: skip
    if loss.kind == "mean_absolute_percentage_error" and (y == 0).any():
        return Finding(
            "outside-support",
            "labels of exactly zero with a percentage error",
            "",
            "the error is divided by the label; at zero it is a number in the millions",
            "absolute error; or squared logarithmic error",
            change=(lines.loss("mean_absolute_error"),),
        )
    last = ending.last
    slack = 1e-6 + 1e-3 * (last.range is not Range.CUT) * (np.max(abs(y)) if y.size else 0)
    if y.min() < last.low - slack or y.max() > last.high + slack:
        return _out_of_reach(ending, y)
    if not same_axes(ending, y):
        per = y.shape[-1] if y.ndim == len(ending.shape) else 1
        return last_axis(ending, y, "one unit for each value of a label", lines.last(ending, per))
    simplex = last.range is Range.SIMPLEX and last.axis == -1
    if simplex and y.ndim == len(ending.shape) and y.shape[-1] == ending.units:
        total = y.sum(axis=-1)
        if not np.isclose(total, 1, atol=0.02).all() and not (
            y.ndim >= 3 and (np.isclose(total, 1, atol=0.02) | (total == 0)).all()
        ):
            return Finding(
                "out-of-reach",
                "rows of labels that softmax can never reach",
                "",
                f"they sum to {total.min():.3g} to {total.max():.3g}; the outputs of a row always "
                "sum to 1",
                "a sigmoid on each unit for values between 0 and 1, no activation for others",
                change=(lines.last(ending, None, "sigmoid"),),
            )
    return None


def _out_of_reach(ending: Ending, y: np.ndarray) -> Finding:
    last = ending.last
    reach = last.range.value
    if np.isfinite(last.low) and np.isfinite(last.high):
        reach = f"between {number(last.low)} and {number(last.high)}"
    elif np.isfinite(last.low):
        reach = f"at least {number(last.low)}" if last.low else last.range.value
    positive = y.min() >= 0
    activation = "softplus" if positive else None
    return Finding(
        "out-of-reach",
        f"labels that {last.activation} can never reach",
        "",
        f"{said(y)}; the output is {reach}",
        "no activation for any real number, softplus above zero; or bring the labels into "
        "that range",
        change=(lines.last(ending, ending.source_units, activation),),
    )


def head(ending: Ending, found: Head | None, y: np.ndarray) -> Finding | None:
    """Labels of a head's negative log likelihood."""
    assert found is not None
    if found.support.name == "class":
        # Class numbers have the output's axes but the last, or that last one of size 1.
        vector = y.ndim > 1 and y.shape[-1] > 1 and (y.ndim >= len(ending.shape) or one_hot(y))
        if vector:
            return Finding(
                "one-hot-sparse",
                f"one-hot labels for {found.title}",
                "",
                f"the head takes one class number per sample; these have {y.shape[-1]} values",
                "class numbers",
                change=(lines.labels("y = y.argmax(axis=-1)"),),
            )
        if y.max() >= found.size:
            from_one = y.min() == 1 and y.max() == found.size
            wanted = int(y.max()) + 1
            return Finding(
                "outside-support",
                f"class number {number(y.max())} for a head of {found.size} classes",
                "",
                f"its classes are 0 to {found.size - 1}",
                "subtract 1: the labels count from 1"
                if from_one
                else f"a head of {wanted} classes, and as many units as it asks for",
                change=(lines.labels("y = y - 1"),)
                if from_one
                else (
                    _head_line(f"{type(found).__name__}({wanted})"),
                    lines.last(ending, (ending.units or found.units) + wanted - found.size),
                ),
            )
    inside = np.asarray(found.support.contains(y if y.ndim > 1 else y[:, None]))
    if not inside.all():
        return Finding(
            "outside-support",
            f"labels outside the support of {found.title}",
            "",
            f"{said(y)}; {found.title} describes values that are {found.support.words}",
            "a head whose support the labels are in (lossbook.choose lists them)",
        )
    trials = getattr(found, "trials", None)
    if trials is not None and np.ndim(trials) == 0 and y.max() > trials:
        return Finding(
            "outside-support",
            f"{number(y.max())} successes in {trials} trials",
            "",
            "a count of successes cannot exceed the number of trials",
            f"trials={number(y.max())} or more",
            change=(_head_line(f"{type(found).__name__}(trials={int(y.max())})"),),
        )
    return None


def _head_line(code: str) -> Change:
    return Change("loss", f"lossbook.heads.{code}.loss")

"""What labels show beyond mistakes: a loss that fits them better."""

from dataclasses import replace
from typing import Any

import numpy as np

from lossbook.pairing import lines
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import BINARY, REGRESSION, Loss
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.shapes import counted, number
from lossbook.pairing.values import are_amounts, one_hot, said, whole

ENOUGH = 20
"""Samples from which on the shape of labels' distribution is spoken of."""


def one_unit(ending: Ending, target: Any, place: str, told: Finding) -> Finding | None:
    """One unit where there should be one a class: what the labels say should stand there."""
    y = np.asarray(target)
    if y.dtype.kind not in "biuf" or not y.size or not np.isfinite(y.astype(float)).all():
        return None
    y = y.astype(float)
    coded = y.ndim > 1 and y.shape[-1] > 1
    if are_amounts(y, 1) and not coded:
        return replace(
            told,
            what=f"{told.what}, and labels that are amounts",
            why=f"{told.why}; {said(y)}, which are amounts, not classes",
            remedy="for measured amounts no activation and squared error",
            change=(lines.last(ending, 1, None), lines.loss("mean_squared_error")),
        )
    if y.min() < 0:
        change = [lines.labels("y = numpy.unique(y, return_inverse=True)[1]")]
        classes = len(np.unique(y))
    else:
        change, classes = [], y.shape[-1] if coded else int(y.max()) + 1
    if classes <= 2 and not coded:
        change += [lines.last(ending, 1, "sigmoid"), lines.loss("binary_crossentropy")]
        return replace(told, change=tuple(change))
    kind = "categorical_crossentropy" if coded else "sparse_categorical_crossentropy"
    change += [lines.last(ending, classes, "softmax"), lines.loss(kind)]
    return replace(
        told, remedy=f"{classes} units, one per class, and softmax", change=tuple(change)
    )


def split(
    ending: Ending, loss: Loss, y: np.ndarray, place: str
) -> tuple[list[Finding], list[Finding]]:
    """Warnings, and remarks, about labels with which nothing is wrong."""
    if y.dtype.kind not in "biuf" or loss.own or y.size == 0:
        return [], []
    y = y.astype(float)
    warning = _exclusive(ending, loss, y, place)
    if warning:
        return [warning], []
    remark = _better(ending, loss, y, place)
    return [], [remark] if remark else []


def _exclusive(ending: Ending, loss: Loss, y: np.ndarray, place: str) -> Finding | None:
    """Classes of which each sample has exactly one, under sigmoids."""
    units = ending.units or 1
    if units < 3 or y.ndim != len(ending.shape) or y.shape[-1] != units or not one_hot(y):
        return None
    if loss.kind == "kl_divergence" and ending.last.range is Range.UNIT:
        return Finding(
            "exclusive-kl",
            "sigmoids with a KL divergence",
            place,
            "only the true class enters the loss, so nothing pulls the wrong ones down, and "
            "outputs of 1 everywhere are its minimum",
            "softmax, whose outputs share out a total of one",
            change=(lines.last(ending, None, "softmax"),),
        )
    rows = y.reshape(-1, units)
    many = len(rows) >= max(ENOUGH, 2 * units) and (rows.sum(axis=0) > 0).all()
    sigmoids = ending.last.range is Range.UNIT or (
        loss.from_logits and ending.last.range is Range.REAL
    )
    if loss.kind == "binary_crossentropy" and sigmoids and many:
        logits = loss.from_logits
        return Finding(
            "exclusive-classes",
            f"a sigmoid each for {units} classes of which every sample has exactly one",
            place,
            "each sigmoid answers for its own class, so several may say yes, or none; "
            "softmax knows that the classes exclude each other",
            "softmax and categorical cross entropy; sigmoids only if several classes, or none, can "
            "be true",
            "warning",
            (
                lines.last(ending, None, None if logits else "softmax"),
                lines.loss("categorical_crossentropy", logits),
            ),
        )
    return None


def _remark(code: str, what: str, place: str, why: str, remedy: str, *change: Change) -> Finding:
    return Finding(code, what, place, why, remedy, "remark", change)


def _better(ending: Ending, loss: Loss, y: np.ndarray, place: str) -> Finding | None:
    """A distribution that the labels have, and the loss knows nothing of."""
    if loss.kind in BINARY:
        between = (y > 0) & (y < 1)
        if between.mean() > 0.2 and len(np.unique(y)) > 10:
            return _remark(
                "shares-binary",
                "shares between 0 and 1 under binary cross entropy",
                place,
                "the loss finds their mean, and is not zero where the prediction is exact; it says "
                "nothing about their spread",
                "fine for the mean; for spread and intervals lossbook.heads.Beta",
            )
        return None
    if loss.kind == "huber":
        return _huber(loss, y, place)
    single = (ending.units or 1) == 1 and len(ending.shape) <= 2
    if loss.kind not in REGRESSION or not single or y.size < ENOUGH:
        return None
    if loss.kind != "mean_squared_error":
        return None
    values = y.reshape(-1)
    distinct = np.unique(values)
    if tuple(distinct) in ((0.0, 1.0), (-1.0, 1.0), (1.0, 2.0)):
        return _yes_or_no(ending, place, distinct)
    if whole(values) and values.min() >= 0 and len(distinct) > 2:
        if values.max() > 300 and values.max() <= 360 and len(distinct) > 12:
            return _angle(place, values)
        if len(distinct) <= 10 and values.max() - values.min() == len(distinct) - 1:
            if values.min() == 0 and (values == 0).mean() > 0.2:
                return _count(place, values)
            return _remark(
                "grades-squared",
                f"{counted(len(distinct), 'grade')} under squared error",
                place,
                f"{said(values)}; squared error takes the step between any two of them for the "
                "same, and can predict grades that do not exist",
                "if they are grades: lossbook.heads.Ordinal, which learns where one ends",
                Change("loss", f"lossbook.heads.Ordinal({len(distinct)}).loss"),
            )
        if (values == 0).any() and values.max() < 1000:
            return _count(place, values)
        return None
    if values.min() >= 0 and 300 < values.max() <= 360 and values.min() < 60:
        spread = np.histogram(values, 6, (0, 360))[0]
        if (spread > 0).all():
            return _angle(place, values)
    if values.min() >= 0 and values.max() <= 1 and len(distinct) > 10:
        return _remark(
            "shares-squared",
            "shares between 0 and 1 under squared error",
            place,
            "near 0 and 1 shares scatter less than in the middle, and raw outputs may leave the "
            "interval",
            "a sigmoid for the mean; for spread and intervals lossbook.heads.Beta",
        )
    if values.min() > 0:
        logs = np.log(values)
        skew = ((values - values.mean()) ** 3).mean() / (values.std() ** 3 + 1e-300)
        skew_log = ((logs - logs.mean()) ** 3).mean() / (logs.std() ** 3 + 1e-300)
        if skew > 2 and abs(skew_log) < skew / 2 and values.max() > 10 * np.median(values):
            return _remark(
                "skewed-squared",
                "skewed positive amounts under squared error",
                place,
                f"{said(values)}, their median is {number(np.median(values))}: a few large ones "
                "make most of the loss",
                "lossbook.heads.LogNormal or Gamma; or squared error of the logarithms",
                lines.labels("y = numpy.log(y)"),
            )
    return None


def _yes_or_no(ending: Ending, place: str, distinct: np.ndarray) -> Finding:
    low = int(distinct[0])
    code = {0: (), -1: (lines.labels("y = (y + 1) / 2"),)}.get(low, (lines.labels("y = y - 1"),))
    brier = ending.last.range is Range.UNIT
    return _remark(
        "classes-squared",
        "two classes under squared error",
        place,
        "of a sigmoid that is the Brier score: right where it is least, but an output that is "
        "confidently wrong has next to no gradient"
        if brier
        else "the output is a number that may leave 0 to 1, and answers that are right and "
        "confident are pulled back",
        "a sigmoid and binary cross entropy",
        *code,
        lines.last(ending, 1, "sigmoid"),
        lines.loss("binary_crossentropy"),
    )


def _angle(place: str, values: np.ndarray) -> Finding:
    return _remark(
        "degrees-squared",
        "what may be degrees, under squared error",
        place,
        f"{said(values)}; if they are angles, 359 and 1 are neighbours, and squared error takes "
        "them for the two ends",
        "for angles lossbook.heads.VonMises, in radians",
        lines.labels("y = numpy.deg2rad(y)"),
        Change("loss", "lossbook.heads.VonMises().loss"),
    )


def _count(place: str, values: np.ndarray) -> Finding:
    return _remark(
        "counts-squared",
        "counts under squared error",
        place,
        f"{said(values)}; counts scatter more where more are expected, and squared error can "
        "predict fewer than none",
        "lossbook.heads.Poisson or NegativeBinomial",
        Change("loss", "lossbook.heads.Poisson().loss"),
    )


def _huber(loss: Loss, y: np.ndarray, place: str) -> Finding | None:
    delta = loss.options.get("delta", 1.0)
    spread = float(np.median(np.abs(y - np.median(y)))) or float(y.std())
    if not isinstance(delta, int | float) or not spread or y.size < ENOUGH:
        return None
    if 1 / 50 < spread / delta < 50:
        return None
    small = spread > delta
    return _remark(
        "huber-scale",
        f"Huber's delta of {number(delta)} for labels that scatter by {number(spread)}",
        place,
        "delta is the error from which on the loss grows evenly, in the labels' unit; here "
        + ("nearly every error is beyond it, so it is absolute error" if small
           else "no error reaches it, so it is squared error"),
        "a delta of the size of an ordinary error; or labels divided by their spread",
        lines.labels(f"y = y / {spread:.3g}"),
    )  # fmt: skip

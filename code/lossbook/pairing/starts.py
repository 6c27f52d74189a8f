"""The loss before training: far above every constant answer, a model begins confidently wrong."""

from typing import Any

import numpy as np

from lossbook.pairing.balance import constant_loss
from lossbook.pairing.losses import BINARY, CATEGORICAL, Loss
from lossbook.pairing.report import Finding
from lossbook.pairing.shapes import number

TIMES = {True: 3.0, False: 10.0}
"""So many times the loss of outputs that are all zero, for classes and for amounts."""


def remark(
    loss: Loss, value: float, y: np.ndarray, few: int, units: int | None, place: str, x: Any
) -> Finding | None:
    """What a loss at the start says, compared with what one answer for all samples costs.

    `value` is the mean loss on the first `few` samples, `y` all labels, `units` the outputs a
    sample. Raw outputs of zero cost log 2 or log K for classes, and the mean of y² for amounts.
    Nothing is said of a model that does better: it may have been trained.
    """
    of_classes = loss.kind in BINARY | CATEGORICAL
    if not np.isfinite(value) or y.dtype.kind not in "biuf" or y.size < 2 or loss.own:
        return None
    best = constant_loss(loss, y.astype(float))
    if best is None or (not of_classes and loss.kind != "mean_squared_error"):
        return None
    if of_classes:
        count = 2 if loss.kind in BINARY else units or 2
        zero, words = float(np.log(count)), f"equal probabilities for all cost log {count}"
    else:
        zero, words = float(np.mean(y[:few].astype(float) ** 2)), "outputs of 0 for all cost"
    most = max(zero, best)
    if most <= 0 or value < TIMES[of_classes] * most:
        return None
    return Finding(
        "start",
        f"a loss of {number(float(f'{value:.3g}'))} at the start, which no constant prediction "
        "explains",
        place,
        f"{words}, {zero:.3g}, and the best constant costs {best:.3g}; so before it has learnt "
        f"anything the model is far off in every sample{_inputs(x)}",
        "inputs of about the size of 1 (pixels divided by 255, a Normalization layer), or smaller "
        "initial weights; a model that was trained before may have forgotten what it knew",
        "remark",
    )


def _inputs(x: Any) -> str:
    values: np.ndarray = np.asarray(x) if hasattr(x, "shape") else np.zeros(0)
    if values.dtype.kind not in "iuf" or not values.size or np.abs(values).max() < 20:
        return ""
    least, largest = float(np.min(values)), float(np.max(values))
    return f"; its inputs run from {number(least)} to {number(largest)}"

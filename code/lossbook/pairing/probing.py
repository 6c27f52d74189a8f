"""An own loss, nobody's known one, probed: does it want probabilities, does it compare with labels?

What a loss does at chosen outputs says what it was written for, whatever is inside. A loss that
clips has no slope outside 0 to 1; an overlap such as Dice's falls below that of a perfect answer
where outputs exceed 1; an error is least where the output is the label.
"""

from collections.abc import Callable

import numpy as np

from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.values import said

Evaluate = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]
"""Labels and outputs, of one shape or as the labels are given → the mean loss and its gradient."""

BEYOND = 0.2
"""Labels are said to be out of reach if more than this share of them is."""


def wants_probabilities(
    evaluate: Evaluate, y: np.ndarray, shape: tuple[int, ...], low: float = -np.inf
) -> str:
    """Why a loss must be meant for outputs between 0 and 1, in words; "" if nothing says so.

    `y` are labels as they are given, `shape` that of the outputs that belong to them, and `low`
    their least value: from -1 to 1, or any real number.
    """
    clipped = _clipped(evaluate, y, shape, low)
    # Class numbers are not tried as a label each output: the loss may make one-hot codes of them.
    each = np.isinf(low) and y.size == np.prod(shape)
    return clipped or (_overlap(evaluate, shape) if each else "")


def _clipped(evaluate: Evaluate, y: np.ndarray, shape: tuple[int, ...], low: float) -> str:
    rng = np.random.default_rng(0)
    inner = evaluate(y, rng.uniform(0.2, 0.8, shape))[1] != 0
    if not inner.any():
        return ""
    for near, far in ((0.05, 0.6), (0.5, 3.0)):
        steps = rng.uniform(near, far, shape)
        below = rng.random(shape) < 0.5 if np.isinf(low) else np.ones(shape, bool)
        outer = np.where(below, -np.minimum(steps, -low), 1 + steps)
        if evaluate(y, outer)[1][inner].any():
            return ""
    return "it has no slope where an output is below 0 or above 1, as if it were clipped there"


def _overlap(evaluate: Evaluate, shape: tuple[int, ...]) -> str:
    # By turns, so that no row, column or picture has only one of the two.
    y = (np.indices(shape).sum(axis=0) % 2).astype(float)
    if not y.any():
        return ""
    right, wrong, more = (evaluate(y, p)[0] for p in (y, 1 - y, 3 * y))
    perfect = min(abs(right), abs(right + 1)) < 0.02
    if perfect and wrong > right + 0.5 and not more > right - 0.05:
        return (
            "for labels of 0 and 1 it is least at outputs beyond 1, and not where outputs equal "
            "the labels, as overlaps such as Dice's are"
        )
    return ""


def compares(evaluate: Evaluate, shape: tuple[int, ...], range: Range, two: bool) -> bool:
    """Whether a loss is least where the output equals the label; `two`: of labels 0 and 1."""
    rng = np.random.default_rng(2)
    if two:
        y = (rng.random(shape) < 0.5).astype(float)
    else:
        low, high = (-0.9, 0.9) if range in (Range.SYMMETRIC, Range.REAL) else (0.1, 0.9)
        y = rng.uniform(low, high, shape)
    if y.size < 4 or np.ptp(y) == 0:
        return False
    flat = y.reshape(-1)
    others = [np.full(shape, value) for value in (0.01, flat.mean(), 0.95)]
    others += [rng.permutation(flat).reshape(shape) for _ in (1, 2)]
    others += [y + 0.2 * (0.5 - y), 1 - y]
    best = evaluate(y, y)[0]
    values = [evaluate(y, other)[0] for other in others if not np.allclose(other, y)]
    return bool(np.isfinite([best, *values]).all() and best < min(values) - 1e-4 * abs(best))


def probabilities(why: str, activation: str, change: tuple[Change, ...]) -> Finding:
    """Raw outputs, or those of tanh, into a loss that is meant for probabilities."""
    raw = activation == "linear"
    return Finding(
        "missing-activation" if raw else "tanh-log-loss",
        f"{'no activation' if raw else activation} before an own loss that expects probabilities",
        "",
        f"called with such outputs, the loss shows it: {why}; "
        + ("raw outputs may be any real number" if raw else "the outputs may be negative"),
        "a sigmoid (or a softmax) on the last layer; or apply it inside the loss",
        change=change,
    )  # fmt: skip


def beyond(
    evaluate: Evaluate, y: np.ndarray, shape: tuple[int, ...], reach: tuple[float, float],
    range: Range, activation: str, change: tuple[Change, ...],
) -> Finding | None:  # fmt: skip
    """Labels that an output can never reach, under an own loss that compares the two."""
    low, high = reach
    outside = ((y < low - 1e-3) | (y > high + 1e-3)).mean()
    if outside < BEYOND or not np.isfinite(y).all():
        return None
    if not compares(evaluate, shape, range, len(np.unique(y)) == 2):
        return None
    return Finding(
        "out-of-reach", f"labels that {activation} can never reach", "",
        f"{said(y)}; the output is {range.value}, and the loss is least where the two are equal",
        "no activation for any real number, softplus above zero; or bring the labels into that "
        "range",
        change=change,
    )  # fmt: skip

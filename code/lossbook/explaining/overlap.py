"""Losses of overlap, over all elements at once: Dice and Tversky."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook.best_constant import columns
from lossbook.explaining.classes import NOTHING
from lossbook.explaining.known import Known, Point

Options = Mapping[str, Any]


def dice(y: np.ndarray, options: Options) -> Known:
    """Dice as Keras has it without an axis: Tversky with both weights at ½."""
    return _overlap(y, options, 0.5, 0.5, "Dice")


def tversky(y: np.ndarray, options: Options) -> Known:
    """Tversky as Keras's code has it, where alpha is the weight of misses."""
    missed, alarms = (float(options.get(name, 0.5)) for name in ("alpha", "beta"))
    if min(missed, alarms) < 0 or not missed + alarms:
        raise ValueError("alpha and beta of a Tversky loss must not be negative, nor both 0")
    return _overlap(y, options, missed, alarms, "Tversky")


def _overlap(y: np.ndarray, options: Options, missed: float, alarms: float, name: str) -> Known:
    if options.get("axis") is not None:
        raise ValueError(f"{name} with an axis is not known here, only over all elements")
    if (y < 0).any() or (y > 1).any() or not y.sum():
        raise ValueError(f"a {name} loss needs labels from 0 to 1 that are not all 0")
    shares = np.sort(columns(y).mean(axis=0))[::-1]

    def cost(hit: Any, said: Any) -> Any:
        """For so many hits among so much that is said to be in the object, a sample."""
        return 1 - hit / (hit + missed * (shares.sum() - hit) + alarms * (said - hit))

    # A ratio of sums, so that each column's best answer is 0 or 1: 1 for the commonest.
    many = len(shares)
    costs = cost(np.cumsum(shares), np.arange(1, many + 1))
    count = many - int(np.argmin(costs[::-1]))
    every = "a 1 for every element"
    hard = bool(np.isin(y, (0, 1)).all())
    return Known(
        every if count == many else f"a 1 for the {count} commonest of {many} columns",
        float(costs[count - 1]),
        0.0 if hard else None,
        "each element right and certain" if hard else "for soft labels it is not computed here",
        "",
        (
            Point("1", 1.0, "a 0 for every element: nothing of the object found"),
            Point(
                "one half for every element",
                float(cost(shares.sum() / 2, many / 2)),
                f"a probability of ½ for everything: {NOTHING}",
            ),
        ),
    )

"""Focal losses, whose best constant has no formula: it is found by search."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import optimize, special

from lossbook.best_constant import columns
from lossbook.explaining.classes import NOTHING, RIGHT, smoothed
from lossbook.explaining.known import Known, Point, listed

Options = Mapping[str, Any]


def binary(y: np.ndarray, options: Options) -> Known:
    """The binary focal loss."""
    gamma = float(options.get("gamma", 2.0))
    alpha = float(options.get("alpha", 0.25)) if options.get("apply_class_balancing") else None
    up, down = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
    table = smoothed(columns(y), options, 2)

    def cost(p: float, q: float) -> float:
        ones = -up * (1 - p) ** gamma * np.log(p)
        return float(q * ones - (1 - q) * down * p**gamma * np.log1p(-p))

    found = [
        optimize.minimize_scalar(
            cost,
            args=(q,),
            bounds=(1e-9, 1 - 1e-9),
            method="bounded",
            options={"xatol": 1e-10},
        )
        for q in table.mean(axis=0)
    ]
    half = float(np.mean([cost(0.5, q) for q in table.mean(axis=0)]))
    least, why = _least(table)
    return Known(
        f"a probability of {listed(np.array([one.x for one in found]))}, found by search",
        float(np.mean([one.fun for one in found])),
        least,
        why,
        "",
        (Point("at p = ½", half, f"a probability of ½ for everything: {NOTHING}"),),
        table.shape[1],
    )


def _least(table: np.ndarray) -> tuple[float | None, str]:
    if np.isin(table, (0, 1)).all():
        return 0.0, RIGHT
    return None, "for soft labels it is not computed here"


def categorical(y: np.ndarray, options: Options) -> Known:
    """The categorical focal loss of one-hot labels; Keras's alpha multiplies all of it."""
    if y.ndim < 2 or y.shape[-1] < 2:
        raise ValueError(f"a categorical focal loss needs one-hot labels (n, K), not {y.shape}")
    gamma, classes = float(options.get("gamma", 2.0)), y.shape[-1]
    alpha = np.broadcast_to(np.asarray(options.get("alpha", 0.25), float), classes)
    table = smoothed(y.reshape(-1, classes), options, classes)
    q = table.mean(axis=0)

    def cost(raw: np.ndarray) -> float:
        p = special.softmax(raw)
        return float(-np.sum(alpha * q * (1 - p) ** gamma * np.log(np.maximum(p, 1e-300))))

    # The loss is not convex in the raw outputs: from the frequencies, and from equal outputs.
    starts = [np.log(np.maximum(q, 1e-6)), np.zeros(classes)]
    tight = {"gtol": 1e-9, "maxiter": 2000}
    found = min(
        (optimize.minimize(cost, start, method="BFGS", options=tight) for start in starts),
        key=lambda one: one.fun,
    )
    least, why = _least(table)
    even = cost(np.zeros(classes))
    point = Point(
        "equal probabilities",
        even,
        f"the same probability for each of {classes} classes: {NOTHING}",
    )
    return Known(
        f"the probabilities {listed(special.softmax(found.x))}, found by search",
        float(found.fun),
        least,
        why,
        "",
        (point,),
    )

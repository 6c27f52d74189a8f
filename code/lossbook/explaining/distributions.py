"""A head's loss: the best constant raw outputs by search, the least loss where there is one."""

from typing import Any

import numpy as np
from scipy import optimize

from lossbook._lazy import ops
from lossbook.constraints import BINARY, CLASS, COUNT, REAL
from lossbook.explaining.known import Known, Point, listed
from lossbook.heads.base import Head

DISCRETE = (BINARY, CLASS, COUNT)
FAR = 60.0
"""A raw output where a sigmoid or an exponential has reached its end."""
NO_LEAST = "a density has no greatest value where its scale can shrink"


def of_head(head: Head, y: np.ndarray) -> Known:
    """What a model without inputs has under the head's `objective`, in nats a sample.

    Raises ValueError, by the head, for outcomes outside its support.
    """
    rows = y.reshape(-1, head.columns) if head.columns > 1 else y.reshape(-1, 1)
    outcomes, counts = np.unique(rows.astype(float), axis=0, return_counts=True)
    weights = counts / counts.sum()

    def mean(raw: np.ndarray) -> float:
        return float(weights @ _loss(head, outcomes, np.tile(raw, (len(outcomes), 1))))

    with np.errstate(all="ignore"):  # links at the ends of their range, and searches that go far
        raw = _best(head, rows, outcomes, weights)
        least, why = _least(head, outcomes, weights)
    parameters = {name: _array(value)[0] for name, value in head.parameters(raw[None]).items()}
    words = "; ".join(f"{name} {listed(value)}" for name, value in parameters.items())
    zero = Point(
        "raw outputs of 0",
        mean(np.zeros(head.units)),
        "a last layer that still gives 0 for everything, as before the first step",
    )
    return Known(
        f"constant parameters, found by search: {words}", mean(raw), least, why, "nats", (zero,)
    )


def _array(tensor: Any) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(tensor), float)


def _loss(head: Head, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    return _array(head.objective(y, raw))


def _best(head: Head, rows: np.ndarray, outcomes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The raw outputs `(units,)` with the least mean negative log likelihood."""

    def both(raw: np.ndarray) -> tuple[float, np.ndarray]:
        tiled = np.tile(raw, (len(outcomes), 1))
        value = float(weights @ _array(head.nll(outcomes, tiled)))
        slope = weights @ _array(head.gradient(outcomes, tiled)).reshape(tiled.shape)
        return value, slope

    found = [
        optimize.minimize(both, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
        for start in _starts(head, rows)
    ]
    return np.asarray(min(found, key=lambda one: one.fun).x)


def _starts(head: Head, rows: np.ndarray) -> list[np.ndarray]:
    """Zeros with some spread, and the constant that the head names, where it fits."""
    spread = np.linspace(-0.5, 0.5, head.units) if head.units > 1 else np.zeros(1)
    starts = [spread]
    first = head.declared[0].name
    try:
        inner = head.links[first].inverse(np.atleast_1d(head.best_constant(_as_given(head, rows))))
    except (TypeError, ValueError):
        return starts
    inner = np.clip(
        np.nan_to_num(np.ravel(np.asarray(inner, float)), posinf=FAR, neginf=-FAR), -1e9, 1e9
    )
    if len(inner) <= head.units:
        starts.append(np.concatenate([inner, spread[len(inner) :]]))
    return starts


def _as_given(head: Head, rows: np.ndarray) -> np.ndarray:
    return rows if head.columns > 1 else rows[:, 0]


def _least(head: Head, outcomes: np.ndarray, weights: np.ndarray) -> tuple[float | None, str]:
    """The mean loss of a model that fits every outcome with parameters of its own."""
    discrete = head.support in DISCRETE
    if len(head.declared) > 1 or head.units != head.columns:
        words = "no outcome can be more probable than 1"
        return (0.0, words) if discrete else (None, NO_LEAST)
    link = head.links[head.declared[0].name]
    try:
        raw = np.stack(
            [
                np.ravel(
                    link.inverse(np.atleast_1d(head.best_constant(_as_given(head, one[None]))))
                )
                for one in outcomes
            ]
        )
    except (TypeError, ValueError):
        return (0.0, "no outcome can be more probable than 1") if discrete else (None, NO_LEAST)
    raw = np.nan_to_num(raw.astype(float), posinf=FAR, neginf=-FAR)
    slope = np.abs(_array(head.gradient(outcomes, raw))).max()
    if head.declared[0].constraint is not REAL and slope > 1e-2:
        return None, NO_LEAST  # the constant that the head names is no whole parameter
    least = float(weights @ _loss(head, outcomes, raw))
    unbounded = not discrete and (np.abs(raw) >= FAR).any()
    if unbounded or not np.isfinite(least):
        return None, "the density has no greatest value at the edge of what y can be"
    return max(least, 0.0) if discrete else least, "parameters of its own for every outcome"

"""Do events predicted with probability p happen with frequency p?"""

from typing import NamedTuple

import numpy as np


class Reliability(NamedTuple):
    """One entry a bin that is not empty: mean prediction, frequency of the event, count."""

    predicted: np.ndarray
    observed: np.ndarray
    counts: np.ndarray


def reliability(probability: np.ndarray, happened: np.ndarray, bins: int = 10) -> Reliability:
    """Predictions `(n,)` in [0, 1] in bins of equal width, against events `(n,)` of 0 and 1.

    A prediction on the edge of two bins belongs to the upper one, 1 to the last. Raises ValueError
    if the lengths differ, a prediction is no probability, an event is neither 0 nor 1, or `bins`
    is no whole number of at least 1.
    """
    p, y = np.ravel(probability).astype(float), np.ravel(happened).astype(float)
    if len(p) != len(y):
        raise ValueError(f"{len(p)} predictions for {len(y)} events: they must be as many")
    if len(p) == 0:
        raise ValueError("there are no predictions: at least one is needed")
    _all(p, (p >= 0) & (p <= 1), "predictions must be probabilities from 0 to 1")
    _all(y, (y == 0) | (y == 1), "events must be 0 or 1")
    if bins % 1 != 0 or bins < 1:
        raise ValueError(f"bins must be a whole number of at least 1, not {bins}")
    bins = int(bins)
    # Compared with the edges themselves, because 0.29 * 100 is rounded to less than 29.
    place = np.searchsorted(np.arange(1, bins) / bins, p, side="right")
    count = np.bincount(place, minlength=bins)
    full = count > 0
    predicted = np.bincount(place, weights=p, minlength=bins)[full] / count[full]
    observed = np.bincount(place, weights=y, minlength=bins)[full] / count[full]
    return Reliability(predicted, observed, count[full])


def _all(values: np.ndarray, allowed: np.ndarray, rule: str) -> None:
    if not allowed.all():
        first = int(np.argmin(allowed))
        raise ValueError(
            f"{rule}, but {(~allowed).sum()} of {len(values)} are not; the first is "
            f"{values[first]:g} at {first}"
        )


def expected_calibration_error(
    probability: np.ndarray, happened: np.ndarray, bins: int = 10
) -> float:
    """The gap between prediction and frequency, averaged over the bins by their counts.

    Predictions, events and bins are those of `reliability`, with the same errors. Within a bin
    gaps of both signs cancel, so that more bins never give a smaller value if they divide the
    fewer ones.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", 2017, equation 3.
    """
    found = reliability(probability, happened, bins)
    gaps = np.abs(found.predicted - found.observed)
    return float((gaps * found.counts).sum() / found.counts.sum())

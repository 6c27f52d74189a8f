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

    Raises ValueError if the lengths differ or a prediction is no probability.
    """
    p, y = np.ravel(probability).astype(float), np.ravel(happened).astype(float)
    if len(p) != len(y):
        raise ValueError(f"{len(p)} predictions for {len(y)} events: they must be as many")
    if len(p) == 0 or p.min() < 0 or p.max() > 1:
        raise ValueError("predictions must be probabilities from 0 to 1, at least one")
    place = np.minimum((p * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    full = count > 0
    predicted = np.bincount(place, weights=p, minlength=bins)[full] / count[full]
    observed = np.bincount(place, weights=y, minlength=bins)[full] / count[full]
    return Reliability(predicted, observed, count[full])


def expected_calibration_error(
    probability: np.ndarray, happened: np.ndarray, bins: int = 10
) -> float:
    """The gap between prediction and frequency, averaged over the bins by their counts.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", 2017, equation 3.
    """
    found = reliability(probability, happened, bins)
    gaps = np.abs(found.predicted - found.observed)
    return float((gaps * found.counts).sum() / found.counts.sum())

"""Draws that NumPy's generators do not make."""

from typing import Any

import numpy as np

VAST = 1e12
"""NumPy's counts scatter too much from about 1e15 on, and end at 9e18."""


def poisson(rate: Any, rng: np.random.Generator) -> np.ndarray:
    """Poisson counts as floats, for any rate from 0.

    Beyond `VAST` they are a Gaussian's, rounded: the skewness, 1 / √rate, is below 1e-6.
    """
    rate = np.asarray(rate, float)
    counts = rng.poisson(np.minimum(rate, VAST)).astype(float)
    vast = rate > VAST
    if vast.any():
        counts = np.where(vast, np.round(rng.normal(rate, np.sqrt(rate))), counts)
    return counts

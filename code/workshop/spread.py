"""How far the mean of a few runs may be from what it estimates."""

from typing import Any

import numpy as np
from scipy import stats


def half_width(runs: Any, level: float = 0.95, axis: int = -1) -> np.ndarray:
    """Half the width of the interval for the mean of `runs` over `axis`, by Student's t.

    For n runs: the t quantile with n - 1 degrees of freedom, times the standard error. It holds
    for independent runs whose values are about Gaussian. Splits of the same samples share most of
    what they train on, and for them it is only approximate.
    """
    runs = np.asarray(runs, float)
    n = runs.shape[axis]
    quantile = stats.t.ppf((1 + level) / 2, n - 1)
    return np.asarray(quantile * runs.std(axis=axis, ddof=1) / np.sqrt(n))

"""The interval for a mean over few runs, against scipy's and against how often it is right."""

import numpy as np
import pytest
from scipy import stats
from workshop.spread import half_width


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("n", [2, 5, 12])
def test_it_is_the_interval_of_the_t_test(n, level):
    runs = np.random.default_rng(n).normal(3, 2, (4, n))
    for row, half in zip(runs, half_width(runs, level), strict=True):
        low, high = stats.ttest_1samp(row, 0).confidence_interval(level)
        assert np.allclose([row.mean() - half, row.mean() + half], [low, high])
    assert np.allclose(half_width(runs.T, level, axis=0), half_width(runs, level))


def test_it_holds_the_mean_as_often_as_it_says_and_two_standard_errors_do_not():
    draws = 20_000
    runs = np.random.default_rng(0).normal(size=(draws, 5))
    error = np.sqrt(0.95 * 0.05 / draws)
    assert abs(np.mean(np.abs(runs.mean(axis=1)) < half_width(runs)) - 0.95) < 4 * error
    two = 2 * runs.std(axis=1, ddof=1) / np.sqrt(5)
    assert np.mean(np.abs(runs.mean(axis=1)) < two) < 0.95 - 20 * error

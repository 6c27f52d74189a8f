"""Weibull: censored draws, the fit of a sample, and times whose exponential overflows."""

import mpmath
import numpy as np
import pytest
from lossbook.heads import Weibull
from scipy import stats


def test_two_thirds_of_exponential_times_are_seen():
    """A clock of half the rate rings first in a third of all cases."""
    n = 20_000
    p = {"scale": np.full((n, 1), 3.0), "shape": np.ones((n, 1))}
    seen = Weibull().sample(p, np.random.default_rng(0))[:, 1]
    assert stats.binomtest(int(seen.sum()), n, 2 / 3).pvalue > 0.01


def test_the_best_constant_of_uncensored_times_is_scipys():
    time = stats.weibull_min(1.7, scale=2.5).rvs(400, random_state=0)
    _, _, scale = stats.weibull_min.fit(time, floc=0)
    found = Weibull().best_constant(np.stack([time, np.ones(400)], axis=1))
    assert np.isclose(found[0], scale, rtol=1e-4)


def test_beyond_the_limit_the_loss_goes_on_in_a_straight_line():
    parameter = np.log(2) + 1e-6
    log_t = parameter * (np.log(1e60) - np.log(parameter))
    found = float(Weibull().nll(np.array([[1e60, 0.0]]), np.zeros((1, 2)))[0])
    assert np.isclose(found, np.exp(60) * (1 + log_t - 60), rtol=1e-6)


def test_the_best_constant_of_times_whose_power_overflows():
    rng = np.random.default_rng(0)
    for shape, unit in ((100, 3000.0), (40, 1e9)):
        time = unit * rng.weibull(shape, 400)
        _, _, scale = stats.weibull_min.fit(time / unit, floc=0)
        found = Weibull().best_constant(np.stack([time, np.ones(400)], axis=1))
        assert np.isclose(found[0], unit * scale, rtol=1e-4)


N = 60
EVEN = np.log(-np.log1p(-(np.arange(N) + 0.5) / N))
"""log t at evenly spaced quantiles of a Weibull of shape 1."""


def exact(time, event):
    """The scale by 60 digits: the root of the profile likelihood's slope."""
    with mpmath.workdps(60):
        logs = [mpmath.log(mpmath.mpf(float(t))) for t in time]
        last, happened = max(logs), [log for log, e in zip(logs, event, strict=True) if e]
        logs = [log - last for log in logs]
        early = last - sum(happened) / len(happened)

        def slope(log_k):
            k = mpmath.exp(log_k)
            weights = [mpmath.exp(k * log) for log in logs]
            rated = sum(w * log for w, log in zip(weights, logs, strict=True)) / sum(weights)
            return rated - 1 / k + early

        # The slope rises from below zero, at 1 / early, to early.
        low = high = mpmath.log(1 / early)
        while slope(high) < 0:
            high += 1
        k = mpmath.exp(mpmath.findroot(slope, (low, high), solver="anderson", verify=False))
        power = mpmath.log(sum(mpmath.exp(k * log) for log in logs) / len(happened))
        return mpmath.exp(last + power / k)


@pytest.mark.parametrize("shape", [0.02, 0.6, 20.0, 3e3, 1e5, 1e8])
@pytest.mark.parametrize("unit", [1e-100, 1.0, 1e200])
@pytest.mark.parametrize("seen", [1, 3])
def test_the_best_constant_of_whatever_shape(shape, unit, seen):
    """Every event seen, or every third."""
    time, event = unit * np.exp(EVEN / shape), (np.arange(N) % seen == 0).astype(float)
    [found] = Weibull().best_constant(np.stack([time, event], axis=1))
    assert abs(found / exact(time, event) - 1) < 1e-12 / min(shape, 1)


@pytest.mark.parametrize("shape", [0.02, 0.6, 20.0, 3e3])
def test_the_best_constant_is_scipys_whatever_the_shape(shape):
    time = np.exp(EVEN / shape)
    _, _, scale = stats.weibull_min.fit(time, 1.01 * shape, floc=0, scale=1.01)
    [found] = Weibull().best_constant(np.stack([time, np.ones(N)], axis=1))
    at = lambda s: stats.weibull_min(shape, scale=s).logpdf(time).sum()  # noqa: E731
    assert np.isclose(found, scale, rtol=1e-3 / shape) or at(found) > at(scale)


@pytest.mark.parametrize(
    ("time", "event", "told"),
    [
        ([1.0, 2.0, 3.0], [0, 0, 0], "none of them is an event, or all events are at the latest"),
        ([2.0, 2.0, 2.0], [1, 1, 1], "all events are at the latest time"),
        ([1.0, 2.0, 2.0], [0, 1, 1], "all events are at the latest time"),
        ([1e-300, 1.0, 1e300] * 9, [1, 0, 0] * 9, "no float holds the scale"),
    ],
)
def test_outcomes_without_a_best_scale_are_one_clear_error(time, event, told):
    with pytest.raises(ValueError, match=told):
        Weibull().best_constant(np.stack([time, event], axis=1).astype(float))

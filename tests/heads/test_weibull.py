"""Weibull: censored draws, the fit of a sample, and times whose exponential overflows."""

import numpy as np
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

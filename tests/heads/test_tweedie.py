"""Tweedie where its series begins far from 1, and the zeros of its draws."""

import numpy as np
import pytest
from lossbook.heads import Tweedie
from scipy import special, stats


def test_the_series_where_the_largest_term_comes_late():
    power, phi, mean = 1.5, 0.02, np.logaddexp(0, 1.0) + 1e-6
    rate = mean ** (2 - power) / (phi * (2 - power))
    scale = phi * (power - 1) * mean ** (power - 1)
    number = np.arange(1, 2_000)
    y = np.geomspace(0.05, 3, 20)
    logs = stats.poisson.logpmf(number, rate) + stats.gamma.logpdf(
        y[:, None], number * (2 - power) / (power - 1), scale=scale
    )
    found = np.asarray(Tweedie(power=power, dispersion=phi).nll(y[:, None], np.ones((20, 1))))
    np.testing.assert_allclose(found, -special.logsumexp(logs, axis=1), rtol=1e-6, atol=1e-6)


def test_zeros_of_the_draws_are_exact_and_as_many_as_there_should_be():
    head, n = Tweedie(power=1.4, dispersion=0.8), 20_000
    y = head.sample({"mean": np.full((n, 1), 1.5)}, np.random.default_rng(0))
    none = np.exp(-(1.5**0.6) / (0.8 * 0.6))
    assert stats.binomtest(int((y == 0).sum()), n, none).pvalue > 0.01


@pytest.mark.parametrize("power", [1.2, 1.5, 1.8])
def test_an_amount_near_its_mean_keeps_its_digits_in_float32(power):
    """At a small dispersion the two powers of the deviance cancel almost wholly."""
    head = Tweedie(power=power, dispersion=1e-5)
    y = 1 + np.linspace(-0.01, 0.01, 21)[:, None]
    raw = np.full((21, 1), head.links["mean"].inverse(np.array(1.0)))
    y, raw = y.astype("float32"), raw.astype("float32")
    found = np.asarray(head.nll(y, raw), float)
    exact = np.asarray(head.nll(y.astype(float), raw.astype(float)))
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-3)


@pytest.mark.parametrize("power", [1.97, 1.99])
def test_amounts_too_small_for_a_float_are_no_zeros(power):
    """A gamma amount of so small a shape underflows; only a count of none gives exactly zero."""
    head, n = Tweedie(power=power, dispersion=0.5 / (2 - power)), 20_000  # two amounts on average
    y = np.asarray(head.sample({"mean": np.ones((n, 1))}, np.random.default_rng(0)), "float32")
    none = np.exp(-2)
    assert stats.binomtest(int((y == 0).sum()), n, none).pvalue > 0.01
    assert (y >= 0).all()


@pytest.mark.parametrize("mean", [1e-2, 30.0, 1e4, 1e9, 1e15])
@pytest.mark.parametrize("power", [1.2, 1.5, 1.8])
def test_draws_have_the_mean_and_the_variance_however_many_amounts_they_add_up(mean, power):
    head, n = Tweedie(power=power, dispersion=0.7), 20_000
    y = np.asarray(head.sample({"mean": np.full((n, 1), mean)}, np.random.default_rng(0)))
    off = np.ravel(y) - mean
    variance = 0.7 * mean**power
    assert abs(off.mean()) < 4 * np.sqrt(variance / n)
    squares = off**2
    assert abs(squares.mean() - variance) < 4 * squares.std() / np.sqrt(n)

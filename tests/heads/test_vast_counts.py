"""Counts up to those that float64 just holds, against the mass function with 60 digits."""

import mpmath as mp
import numpy as np
import pytest
from lossbook import heads, ops

POSITIVE = {"rate": "exponential"}
SPREAD = (-1.7, -0.3, 0.0, 0.9, 2.6)
"""Standard deviations from the mean at which outcomes are looked at."""


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def poisson(y, rate):
    return rate - y * mp.log(rate) + mp.loggamma(y + 1)


def negative_binomial(y, mean, dispersion):
    r = 1 / dispersion
    counts = mp.loggamma(r) + mp.loggamma(y + 1) - mp.loggamma(y + r)
    return counts + (y + r) * mp.log1p(dispersion * mean) - y * mp.log(dispersion * mean)


def around(mean, scatter):
    return np.maximum(np.floor(mean + np.array(SPREAD) * scatter), 0)


@pytest.mark.parametrize("dispersion", [1e-30, 1e-19, 1e-17, 1e-12, 1e-4, 2.0])
@pytest.mark.parametrize("mean", [0.3, 1e6, 1e15])
def test_a_negative_binomial_of_vast_counts_and_little_scatter(mean, dispersion):
    """From where it is a Poisson but for the last digits; also how it depends on the dispersion."""
    head = heads.NegativeBinomial(links={"mean": "exponential", "dispersion": "exponential"})
    y = around(mean, np.sqrt(mean + dispersion * mean**2))
    raw = np.log(np.array([[mean, dispersion]])).repeat(len(y), axis=0)
    with mp.workdps(120):
        m, d = (mp.exp(mp.mpf(float(z))) for z in raw[0])
        exact = [float(negative_binomial(mp.mpf(float(k)), m, d)) for k in y]
    np.testing.assert_allclose(array(head.nll(y, raw)), exact, rtol=1e-9)


@pytest.mark.parametrize("rate", [1e6, 1e11, 1e15])
def test_poisson_heads_of_vast_counts(rate):
    y, raw = around(rate, np.sqrt(rate)), np.full((len(SPREAD), 1), np.log(rate))
    with mp.workdps(60):
        z = mp.exp(mp.mpf(float(raw[0, 0])))
        exact = np.array([float(poisson(mp.mpf(float(k)), z)) for k in y])
    found = array(heads.Poisson(links=POSITIVE).nll(y, raw))
    np.testing.assert_allclose(found, exact, rtol=1e-9)
    # Log odds of zero: half of the cases have counts at all, so that log 2 is added.
    for kind, place in ((heads.ZeroInflatedPoisson, "absent"), (heads.HurdlePoisson, "any")):
        head = kind(links=POSITIVE)
        pieces = {place: 0 * raw, "rate": raw}
        both = np.concatenate([pieces[p.name] for p in head.declared], axis=1)
        np.testing.assert_allclose(array(head.nll(y, both)), exact + np.log(2), rtol=1e-9)


@pytest.mark.parametrize("share", [1e-9, 0.2, 0.5, 0.999])
@pytest.mark.parametrize("trials", [10**6, 2**50])
def test_a_binomial_of_vast_counts(trials, share):
    y = around(trials * share, np.sqrt(trials * share * (1 - share)))
    raw = np.full((len(y), 1), np.log(share) - np.log1p(-share))
    with mp.workdps(60):
        p, n = 1 / (1 + mp.exp(-mp.mpf(float(raw[0, 0])))), mp.mpf(trials)
        exact = [
            float(
                -mp.loggamma(n + 1) + mp.loggamma(k + 1) + mp.loggamma(n - k + 1)
                - k * mp.log(p) - (n - k) * mp.log(1 - p)
            )
            for k in map(mp.mpf, map(float, y))
        ]  # fmt: skip
    found = array(heads.Binomial(trials=trials).nll(y, raw))
    np.testing.assert_allclose(found, exact, rtol=1e-8, atol=1e-8)

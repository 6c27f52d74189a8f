"""Derivatives for trees where their formulas change over: against mpmath with 60 digits."""

import mpmath as mp
import numpy as np
import pytest
from lossbook import boosting, heads
from lossbook.links.joint import SPREAD

mp.mp.dps = 60
CUMULATIVE = {
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "probit": lambda x: mp.erfc(-x / mp.sqrt(2)) / 2,
    "cloglog": lambda x: -mp.expm1(-mp.exp(x)),
}


@pytest.mark.parametrize("link", CUMULATIVE)
def test_an_answer_between_two_cuts_however_close_they_are(link):
    """In the raw scores of both cuts, from a gap of the floor alone to a gap of one."""
    below = CUMULATIVE[link]
    places = [(c, s) for c in np.linspace(-6, 3, 7) for s in (-25, -16, -9.5, -7, -5, -3, -1, 0.5)]
    raw = np.array([[c, s, 0.3] for c, s in places])
    objective = boosting.Objective(heads.Ordinal(4, cumulative=link))
    gradient, hessian = objective.derivatives(np.ones(len(raw)), raw)

    def surprise(cut, score):
        gap = mp.log1p(mp.exp(score)) + mp.mpf(SPREAD.floor)
        return -mp.log(below(cut + gap) - below(cut))

    orders = (1, 0), (0, 1), (2, 0), (0, 2)
    exact = [[float(mp.diff(surprise, place, order)) for order in orders] for place in places]
    found = np.concatenate([gradient[:, :2], hessian[:, :2]], axis=1)
    np.testing.assert_allclose(found, exact, rtol=1e-8)


@pytest.mark.parametrize("y", [1.0, 2.0, 7.0])
def test_a_count_above_zero_at_rates_from_small_to_large(y):
    """In the logarithm of the rate: log(e^r - 1) - y log r."""
    scores = np.r_[np.linspace(-12, -3.5, 8), np.linspace(-3.2, 3, 40)]
    head = heads.HurdlePoisson(links={"rate": "exponential"})
    raw = np.stack([np.zeros_like(scores), scores], axis=-1)
    found = boosting.Objective(head).derivatives(np.full(len(raw), y), raw)
    for order, part in enumerate(found, start=1):
        exact = [
            float(mp.diff(lambda z: mp.log(mp.expm1(mp.exp(z))) - y * z, mp.mpf(z), order))
            for z in scores
        ]
        np.testing.assert_allclose(part[:, 1], exact, rtol=1e-9)


def test_a_concentration_up_to_where_its_ratio_of_bessel_functions_is_nearly_one():
    """In the logarithm of κ, at an angle that is predicted exactly."""
    scores = np.linspace(-6, 18, 49)
    head = heads.VonMises(links={"concentration": "exponential"})
    raw = np.stack([np.ones_like(scores), np.zeros_like(scores), scores], axis=-1)
    gradient, hessian = boosting.Objective(head).derivatives(np.zeros(len(raw)), raw)
    for z, first, second in zip(scores, gradient[:, 2], hessian[:, 2], strict=True):
        kappa = mp.exp(mp.mpf(z))
        ratio = mp.besseli(1, kappa) / mp.besseli(0, kappa)
        lean = kappa * (ratio - 1)
        assert abs(first - float(lean)) < 1e-7
        assert abs(second - float(lean + kappa**2 * (1 - ratio / kappa - ratio**2))) < 1e-7

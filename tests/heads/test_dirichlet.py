"""Each share of a Dirichlet is a beta, also where most draws lie near the border."""

import numpy as np
from lossbook.heads import Dirichlet
from scipy import special, stats


def test_shares_of_the_draws_are_betas():
    a = np.array([0.3, 0.6, 2.0])
    y = Dirichlet().sample({"concentrations": np.tile(a, (20_000, 1))}, np.random.default_rng(0))
    for share, one in zip(y.T, a, strict=True):
        assert stats.kstest(share, stats.beta(one, a.sum() - one).cdf).pvalue > 0.01


def test_the_prediction_is_the_mean_of_the_logarithms_of_any_number_of_shares():
    a = np.random.default_rng(0).uniform(0.3, 4, (5, 6))
    found = Dirichlet(6).predict({"concentrations": a})
    total = a.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, special.psi(a) - special.psi(total), rtol=1e-12)

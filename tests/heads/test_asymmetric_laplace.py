"""Draws on either side of the quantile, against scipy's cumulative distribution."""

import numpy as np
import pytest
from lossbook.heads import AsymmetricLaplace
from scipy import stats


@pytest.mark.parametrize("level", [0.3, 0.9])
def test_draws_follow_scipys_distribution(level):
    head = AsymmetricLaplace(level=level, scale=0.8)
    y = head.sample({"quantile": np.full((20_000, 1), 2.0)}, np.random.default_rng(0))[:, 0]
    kappa, scale = np.sqrt(level / (1 - level)), 0.8 / np.sqrt(level * (1 - level))
    truth = stats.laplace_asymmetric(kappa, 2.0, scale)
    assert stats.kstest(y, truth.cdf).pvalue > 1e-3
    # Each side on its own, for one of them holds few of the draws.
    for side, cdf in (
        (y[y > 2], lambda v: (truth.cdf(v) - level) / (1 - level)),
        (y[y < 2], lambda v: truth.cdf(v) / level),
    ):
        assert stats.kstest(side, cdf).pvalue > 1e-3

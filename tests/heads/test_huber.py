"""Draws from the density under Huber's loss: its tails are exponential and reach both ways."""

import numpy as np
import pytest
from lossbook.heads import Huber
from scipy import stats


@pytest.mark.parametrize("delta", [0.5, 0.8, 2.0])
def test_tails_of_the_draws(delta):
    head = Huber(delta=delta)
    y = head.sample({"location": np.full((40_000, 1), 3.0)}, np.random.default_rng(0))[:, 0] - 3
    beyond = np.abs(y) > delta
    excess = np.abs(y[beyond]) - delta
    assert stats.kstest(excess, stats.expon(scale=1 / delta).cdf).pvalue > 0.01
    assert stats.binomtest(int((y[beyond] > 0).sum()), int(beyond.sum())).pvalue > 0.01
    middle = stats.truncnorm(-delta, delta)
    assert stats.kstest(y[~beyond], middle.cdf).pvalue > 0.01

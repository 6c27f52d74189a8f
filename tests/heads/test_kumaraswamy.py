"""The Kumaraswamy's best constant, against the minimum of its loss by scipy."""

import numpy as np
import pytest
from lossbook.heads import Kumaraswamy
from scipy import optimize


@pytest.mark.parametrize(("a", "b"), [(2, 30), (30, 2), (3, 4), (1, 400)])
def test_the_best_constant_of_shares_near_a_border_has_the_least_loss(a, b):
    """Of small shares the powers that the search tries underflow."""
    y = np.random.default_rng(0).beta(a, b, 200)

    def loss(logs):
        a, b = np.exp(logs)
        return -(np.log(a * b) + (a - 1) * np.log(y) + (b - 1) * np.log1p(-(y**a))).mean()

    found = np.log(Kumaraswamy().best_constant(y[:, None]))
    best = optimize.minimize(loss, found + 0.1, method="Nelder-Mead", options={"xatol": 1e-8})
    assert np.allclose(found, best.x, atol=1e-4)

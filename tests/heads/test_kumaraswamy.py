"""The Kumaraswamy's best constant, against the minimum of its loss by scipy."""

import mpmath as mp
import numpy as np
import pytest
from lossbook.heads import Kumaraswamy
from scipy import optimize, stats


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


SHARES = np.random.default_rng(1).beta(2, 3, 60)
FAR = {
    "all within 10⁻¹² of 1": 1 - 1e-12 * SHARES,
    "all within 10⁻⁵ of 1": SHARES**1e-5,
    "down to 10⁻³⁰": SHARES**30,
    "down to 10⁻²⁵⁰": SHARES**250,
    "at both borders": np.array([1e-300, 0.5, 1 - 1e-9]),
    "in a narrow band": 0.5 + 0.02 * SHARES,
}


@pytest.mark.parametrize("name", FAR)
def test_the_best_constant_of_shares_far_from_usual_ones_has_no_slope_left(name):
    """In both shapes, with 60 digits; the first is below 10⁻³ or above 10³ for most of them."""
    y = FAR[name]
    a, b = Kumaraswamy().best_constant(y[:, None])
    with mp.workdps(60):
        logs = [mp.log(mp.mpf(v)) for v in y]

        def loss(log_a, log_b):
            k, m = mp.exp(log_a), mp.exp(log_b)
            each = [-log_a - log_b - k * v - (m - 1) * mp.log(-mp.expm1(k * v)) for v in logs]
            return sum(each) / len(y)

        at = mp.log(mp.mpf(a)), mp.log(mp.mpf(b))
        for order in ((1, 0), (0, 1)):
            assert abs(mp.diff(loss, at, order)) < 1e-9 * max(1, abs(at[1])), order


@pytest.mark.parametrize(
    "y", [[0.3, 0.3, 0.3], [0.3], [1e-300, 1e-300], 0.5 + 1e-6 * SHARES, 1e-300 * SHARES]
)
def test_shares_without_a_best_constant_are_one_clear_error(y):
    with pytest.raises(ValueError, match="Kumaraswamy: no shapes that a float holds fit these"):
        Kumaraswamy().best_constant(np.array(y)[:, None])


def test_the_best_shapes_of_several_shares_stand_as_predictions_do():
    """First every a, then every b."""
    y = np.random.default_rng(2).beta([2, 5, 1.5], [3, 2, 4], (80, 3))
    each = np.array([Kumaraswamy().best_constant(column) for column in y.T])
    found = Kumaraswamy(3).best_constant(y)
    np.testing.assert_allclose(found, np.concatenate([each[:, 0], each[:, 1]]), rtol=1e-9)
    p = {"a": found[None, :3], "b": found[None, 3:]}
    np.testing.assert_allclose(Kumaraswamy(3).predict(p)[0], found)


@pytest.mark.parametrize("a", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("b", [1.0, 1e6, 1e12, 1e17])
def test_draws_follow_the_distribution_however_close_to_zero(a, b):
    """Where b is vast, 1 - yᵃ is rounded to 1, and the distribution is in its logarithm."""
    n = 4000
    given = {"a": np.full((n, 1), a), "b": np.full((n, 1), b)}
    y = np.asarray(Kumaraswamy().sample(given, np.random.default_rng(2)), float).ravel()
    assert stats.kstest(-np.expm1(b * np.log1p(-(y**a))), "uniform").pvalue > 1e-4

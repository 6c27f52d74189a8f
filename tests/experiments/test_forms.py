"""Fitted heads against solutions that we did not write; scores against scipy and scikit-learn."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, special, stats
from sklearn.metrics import log_loss
from workshop.experiments import assumptions, pairs
from workshop.experiments.forms import COUNTS, POSITIVE, REAL, Fit, interval_nll

FORMS = {**REAL, **POSITIVE, **COUNTS}
N = 400


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    return assumptions.design(np.random.default_rng(0).uniform(-1, 1, N))


def outcomes(name: str, x: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(1)
    if name in COUNTS and name != "gaussian":
        return rng.negative_binomial(2, 0.4, N).astype(float)
    if name in REAL:
        return x[:, 1] + rng.standard_t(5, N)
    return np.exp(0.5 * x[:, 1] + 0.6 * rng.normal(size=N))


@pytest.mark.parametrize("name", FORMS)
def test_a_fit_is_a_minimum_of_the_heads_own_nll(name, x):
    form, y = FORMS[name], outcomes(name, x)
    w, scale = Fit(form)(x, y)
    best = form.nll(y, x @ w, scale).mean()
    rng = np.random.default_rng(2)
    for _ in range(20):
        step = 0.05 * rng.normal(size=w.shape)
        step[1:, ~np.array(form.depends)] = 0
        other = scale * np.exp(0.05 * rng.normal()) if form.scaled else scale
        assert form.nll(y, x @ (w + step), other).mean() > best - 1e-6


def test_gaussian_is_least_squares_and_poisson_is_a_glm(x):
    y = outcomes("gaussian", x)
    w, scale = Fit(REAL["gaussian"])(x, y)
    ols = sm.OLS(y, x).fit()
    np.testing.assert_allclose(w[:, 0], ols.params, atol=1e-4)
    assert scale == pytest.approx(np.sqrt(np.mean(ols.resid**2)), rel=1e-3)
    counts = outcomes("poisson", x)
    w, _ = Fit(COUNTS["poisson"])(x, counts)
    glm = sm.GLM(counts, x, family=sm.families.Poisson()).fit()
    np.testing.assert_allclose(w[:, 0], glm.params, atol=1e-4)
    w, _ = Fit(COUNTS["negative_binomial"])(x, counts)
    theirs = sm.NegativeBinomial(counts, x).fit(disp=0)
    np.testing.assert_allclose(w[:, 0], theirs.params[:2], atol=1e-3)


def test_log_normal_and_weibull_against_scipy():
    y = stats.weibull_min.rvs(1.7, scale=2, size=N, random_state=0)
    ones = np.ones((N, 1))
    w, scale = Fit(POSITIVE["log_normal"])(ones, y)
    assert (w[0, 0], scale) == pytest.approx((np.log(y).mean(), np.log(y).std()), rel=1e-3)
    w, _ = Fit(POSITIVE["weibull"])(ones, y)
    shape, _, size = stats.weibull_min.fit(y, floc=0)
    raw = np.repeat(w, N, axis=0)
    np.testing.assert_allclose(
        POSITIVE["weibull"].nll(y, raw).mean(),
        -stats.weibull_min.logpdf(y, shape, scale=size).mean(),
        atol=1e-4,
    )


def test_interval_nll():
    y, mean = np.array([0, 1, 2, 5, 0, 3.0]), np.array([0.3, -1, 2, 4, 3, 3.0])
    low = np.where(y == 0, -np.inf, y - 0.5)
    p = stats.norm.cdf(y + 0.5, mean, 1.3) - stats.norm.cdf(low, mean, 1.3)
    np.testing.assert_allclose(interval_nll(y, mean, 1.3), -np.log(p), rtol=1e-8)
    total = np.exp(-interval_nll(np.arange(80.0), np.full(80, 3.0), 2.0)).sum()
    assert total == pytest.approx(1)
    far = interval_nll(np.array([100.0]), np.array([0.0]), 1.0)
    assert far[0] == pytest.approx(-stats.norm.logsf(99.5), rel=1e-6)


def test_a_truth_is_scored_better_by_itself_than_by_others():
    fits = assumptions.Fits()
    found = assumptions._drawn("counts", "negative_binomial", 1, 500, fits)["heads"]
    assert min(found, key=lambda name: found[name]["regret"]) == "negative_binomial"
    assert found["poisson"]["regret"] > 0.3
    assert 0.85 < found["negative_binomial"]["coverage"] <= 1


def test_log_loss_and_rescaling():
    rng = np.random.default_rng(0)
    z = rng.normal(0, 2, 2000)
    y = (rng.random(2000) < special.expit(z)).astype(int)
    p = special.expit(z)
    assert pairs.log_loss(p, y) == pytest.approx(log_loss(y, p), rel=1e-6)
    assert pairs.rescaled_log_loss(100 + 7 * z, y) == pytest.approx(log_loss(y, p), abs=0.01)
    assert pairs.rescaled_log_loss(np.full(2000, 3.0), y) == pytest.approx(np.log(2), abs=0.01)
    sure = optimize.approx_fprime([0.0], lambda t: pairs.log_loss(np.array([t[0]]), np.array([0])))
    assert np.isfinite(sure).all()


def test_outputs_read_as_probabilities():
    one = np.array([[-0.5], [0.3], [2.0]])
    assert pairs.probability(one, "linear", "squared").tolist() == [0, 0.3, 1]
    assert pairs.probability(one, "linear", "hinge").tolist() == [0.25, 0.65, 1]
    assert pairs.probability(one, "sigmoid", "hinge")[1] == 0.3
    two = np.array([[0.0, 0.0], [1.0, 3.0], [-1.0, 3.0]])
    assert pairs.probability(two, "relu", "categorical").tolist() == [0.5, 0.75, 1]

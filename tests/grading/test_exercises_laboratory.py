"""The laboratory's reference solutions against libraries, since marks are given by them."""

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats
from sklearn.metrics import brier_score_loss
from solved import solutions


def test_every_pair_against_differences_and_scipy():
    answer, rng = solutions("26_every_pair"), np.random.default_rng(0)
    z, y = rng.normal(0, 1.5, 60), rng.integers(0, 2, 60).astype(float)
    z[0], y[0] = 1.0, 1.0  # right on the label: no gradient either
    h = 1e-6
    loss = lambda v: (np.maximum(v, 0) - y) ** 2  # noqa: E731
    flat = np.abs(loss(z + h) - loss(z - h)) / (2 * h) < 1e-9
    np.testing.assert_allclose(answer["dead_share"](z, y), [flat.mean(), flat[y == 1].mean()])
    a = rng.normal(size=9)
    b = a + 0.2 + 0.1 * rng.normal(size=9)
    centre, paired, apart = answer["compare"](a, b)
    assert centre / paired == pytest.approx(stats.ttest_rel(b, a).statistic)
    assert centre / apart == pytest.approx(stats.ttest_ind(b, a, equal_var=False).statistic)


def test_wrong_assumption_against_integration_and_statsmodels():
    answer, rng = solutions("27_wrong_assumption"), np.random.default_rng(0)
    for m, s, mu, sigma in ((0.0, 1.0, 0.5, 2.0), (1.0, 3.0, 1.0, 0.5)):
        truth, model = stats.norm(mu, sigma), stats.norm(m, s)
        by_integral = integrate.quad(
            lambda v: truth.pdf(v) * (truth.logpdf(v) - model.logpdf(v)),  # noqa: B023
            mu - 12 * sigma, mu + 12 * sigma,
        )[0]  # fmt: skip
        assert answer["regret"](m, s, mu, sigma) == pytest.approx(by_integral, rel=1e-6)
    import statsmodels.api as sm

    y, rate = rng.poisson(3, 40).astype(float), np.full(40, 3.0)
    pearson = (y - rate) / np.sqrt(sm.families.Poisson().variance(rate))
    rate[:20] -= 1e-9  # so that the halves are these
    low, high = answer["dispersion"](rate, y)
    assert low == pytest.approx(np.mean(pearson[:20] ** 2), rel=1e-6)
    assert high == pytest.approx(np.mean(pearson[20:] ** 2), rel=1e-6)


def test_what_is_estimated_against_numpy_and_scikit_learn():
    answer, rng = solutions("28_what_is_estimated"), np.random.default_rng(0)
    y = rng.exponential(4, 301)
    for level in (0.3, 0.5, 0.9):
        path = answer["descend"](y, level, 40000)
        assert path[-1] == pytest.approx(np.quantile(y, level), abs=0.1)
    p = np.linspace(0.005, 0.995, 199)
    q = np.array([0.1, 0.35, 0.9])
    brier = [brier_score_loss([1], [v]) for v in p], [brier_score_loss([0], [v]) for v in p]
    np.testing.assert_allclose(answer["answers"](p, *map(np.array, brier), q), q, atol=0.003)
    np.testing.assert_allclose(answer["answers"](p, -np.log(p), -np.log1p(-p), q), q, atol=0.003)


def test_calibration_against_scipy():
    answer, rng = solutions("30_calibration"), np.random.default_rng(0)
    z = rng.normal(0, 2, 500)
    y = (rng.random(500) < special.expit(z / 1.7)).astype(float)
    best = optimize.minimize_scalar(
        lambda t: np.mean(np.logaddexp(0, z / t) - y * z / t), bounds=(0.1, 20), method="bounded"
    )
    assert answer["temperature"](z, y) == pytest.approx(best.x, rel=1e-4)
    # Bayes' rule on two Gaussians: the shifted posterior is the other mixture's posterior.
    x = rng.normal(size=50)
    ones, zeros = stats.norm(1, 1).pdf(x), stats.norm(-1, 1).pdf(x)
    posterior = lambda share: share * ones / (share * ones + (1 - share) * zeros)  # noqa: E731
    found = answer["shifted"](posterior(0.1), 0.1, 0.6)
    np.testing.assert_allclose(found[:-1], posterior(0.6))
    assert found[-1] == pytest.approx(posterior(0.6).mean() - 0.6)


def test_first_loss_against_scipy():
    answer, rng = solutions("31_first_loss"), np.random.default_rng(0)
    Z = rng.normal(0, 2, (30, 5))
    every = -special.log_softmax(Z, axis=1).mean(axis=1)  # over equally frequent labels
    assert answer["first_loss"](Z)[0] == pytest.approx(every.mean())
    labels = rng.integers(0, 4, 60)
    found = answer["start"](labels, 4)
    counts = np.bincount(labels, minlength=4)
    np.testing.assert_allclose(np.exp(found[:4]), (counts + 1) / (counts + 1).sum())
    # The mean surprise is that of the observed frequencies under the smoothed ones.
    seen = counts / counts.sum()
    assert found[4] == pytest.approx(stats.entropy(seen) + stats.entropy(seen, np.exp(found[:4])))

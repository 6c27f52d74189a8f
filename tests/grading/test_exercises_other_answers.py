"""Reference solutions of the chapters on other answers, against libraries."""

import numpy as np
import pytest
import statsmodels.api as sm
from lifelines import KaplanMeierFitter
from scipy import optimize, stats
from solved import solutions


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
def test_learned_scale_against_differences(beta):
    answer, rng = solutions("12_learned_scale"), np.random.default_rng(0)
    y, mean, z = rng.normal(0, 2, (3, 8))
    weight = np.exp(2 * beta * z)  # from the point itself: no derivative goes through it
    found = answer["gradient"](y, mean, z, beta)
    for i in range(8):
        loss = lambda v, i=i: -weight[i] * stats.norm.logpdf(y[i], v[0], np.exp(v[1]))  # noqa: E731
        numeric = optimize.approx_fprime(np.array([mean[i], z[i]]), loss, 1e-7)
        np.testing.assert_allclose(found[i], numeric, rtol=1e-4, atol=1e-5)


def test_coverage_of_a_true_gaussian():
    answer, rng = solutions("12_learned_scale"), np.random.default_rng(1)
    x = rng.uniform(1, 5, 40_000)
    share = answer["coverage"](x, rng.normal(x, x), x, x)
    level = stats.norm.cdf(1.645) - stats.norm.cdf(-1.645)
    np.testing.assert_allclose(share, level, atol=0.012)
    doubled = answer["coverage"](x, rng.normal(x, x), x, np.where(x > 4, 2 * x, x))
    assert doubled[3] > 0.99 > doubled[0]


@pytest.mark.parametrize("level", [0.05, 0.3, 0.5, 0.9])
def test_best_constant_is_numpy_s_quantile(level):
    answer, y = solutions("13_quantiles"), np.random.default_rng(0).gamma(2, size=37)
    value, loss = answer["best"](y, level)
    assert value == np.quantile(y, level, method="inverted_cdf")
    found = optimize.minimize_scalar(
        lambda q: np.mean(np.where(y > q, level * (y - q), (1 - level) * (q - y))),
        bounds=(0, y.max()),
        method="bounded",
    )
    assert loss == pytest.approx(found.fun, rel=1e-4)
    assert loss <= found.fun + 1e-12


def test_diagnose_true_quantiles():
    answer, levels = solutions("13_quantiles"), np.array([0.1, 0.5, 0.8])
    y = np.random.default_rng(0).normal(size=40_000)
    told = np.tile(stats.norm.ppf(levels), (len(y), 1))
    np.testing.assert_allclose(answer["diagnose"](y, told, levels), 0, atol=0.01)
    swapped = answer["diagnose"](y, told[:, ::-1], levels)
    assert swapped[3] == 1
    assert swapped[0] == pytest.approx(0.7, abs=0.01)


def test_huber_line_against_scipy():
    answer, rng = solutions("14_robust"), np.random.default_rng(0)
    x = rng.uniform(0, 4, 40)
    y = rng.normal(1 - x, 0.6)
    y[:4] += 10
    found = optimize.least_squares(
        lambda t: y - t[0] - t[1] * x, [0, 0], loss="huber", f_scale=0.8, xtol=1e-12, ftol=1e-12
    )
    np.testing.assert_allclose(answer["train"](x, y, 0.8), found.x, atol=1e-5)


def test_delta_against_scipy():
    answer, rng = solutions("14_robust"), np.random.default_rng(0)
    r = rng.normal(0, 7, 50_000)
    delta, beyond = answer["choose"](r)
    mad = stats.median_abs_deviation(r, center=lambda *a, **k: 0.0, scale="normal")
    assert delta == pytest.approx(1.345 * mad, rel=1e-3)
    assert beyond == pytest.approx(2 * stats.norm.sf(1.345), abs=0.01)


def test_poisson_regression_against_statsmodels():
    answer, rng = solutions("15_counts"), np.random.default_rng(0)
    X = np.column_stack([np.ones(300), rng.normal(0, 0.5, (300, 2))])
    y = rng.poisson(np.exp(X @ [0.5, 1.0, -0.4]))
    model = sm.GLM(y, X, family=sm.families.Poisson()).fit(tol=1e-12)
    w = answer["train"](X, y)
    np.testing.assert_allclose(w, model.params, atol=1e-7)
    rate = np.exp(X @ w)
    scatter, zeros = answer["diagnose"](y, rate)
    assert scatter == pytest.approx(model.pearson_chi2 / 300)
    assert zeros == pytest.approx((y == 0).mean() / stats.poisson.pmf(0, rate).mean())


def test_gamma_regression_against_statsmodels():
    answer, rng = solutions("16_positive"), np.random.default_rng(0)
    X = np.column_stack([np.ones(200), rng.normal(0, 0.5, (200, 2))])
    y = rng.gamma(1.5, np.exp(X @ [1.0, 0.8, -0.5]) / 1.5)
    model = sm.GLM(y, X, family=sm.families.Gamma(sm.families.links.Log())).fit(tol=1e-12)
    np.testing.assert_allclose(answer["train"](X, y), model.params, atol=1e-6)


def test_totals_of_undone_logarithms_against_statsmodels():
    answer, rng = solutions("16_positive"), np.random.default_rng(0)
    X = np.column_stack([np.ones(100), rng.normal(size=100)])
    y = np.exp(X @ [0.5, 1.0] + rng.normal(0, 0.7, 100))
    fit = sm.OLS(np.log(y), X).fit()
    spread = np.sqrt(fit.ssr / 100)
    medians = stats.lognorm(spread, scale=np.exp(fit.fittedvalues))
    expected = [y.sum() / medians.median().sum(), y.sum() / medians.mean().sum()]
    np.testing.assert_allclose(answer["totals"](X, y), expected, rtol=1e-10)


def test_censored_weibull_against_scipy():
    answer, rng = solutions("survival"), np.random.default_rng(0)
    time, z = rng.gamma(2, size=12), rng.normal(0, 0.5, 12)
    for event, log in ((1.0, stats.weibull_min.logpdf), (0.0, stats.weibull_min.logsf)):
        found = answer["weibull"](time, np.full(12, event), z, 1.6)
        np.testing.assert_allclose(found[:, 0], -log(time, 1.6, scale=np.exp(z)), rtol=1e-10)
        for i in range(12):
            cost = lambda v, i=i, log=log: -log(time[i], 1.6, scale=np.exp(v[0]))  # noqa: E731
            slope = optimize.approx_fprime(z[i : i + 1], cost, 1e-7)
            np.testing.assert_allclose(found[i, 1], slope[0], rtol=1e-4, atol=1e-5)


def test_kaplan_meier_against_lifelines():
    answer, rng = solutions("survival"), np.random.default_rng(0)
    time = np.ceil(rng.gamma(2, 3, 60))
    event = (rng.random(60) < 0.6).astype(float)
    moments = np.array([0.0, 1.0, 3.0, 4.5, 8.0, 30.0])
    theirs = KaplanMeierFitter().fit(time, event).predict(moments).to_numpy()
    np.testing.assert_allclose(answer["kaplan_meier"](time, event, moments), theirs, atol=1e-12)

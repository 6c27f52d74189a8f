"""Reference solutions of the chapters on shares, ordered answers, angles and mixtures.

Each is held against a library, since marks are given by them.
"""

import numpy as np
from scipy import optimize, special, stats
from solved import solutions


def test_shares_against_scipy():
    answer, rng = solutions("17_shares"), np.random.default_rng(0)
    y = rng.beta(2, 5, 60)
    fitted = stats.beta(*answer["shapes"](y))
    np.testing.assert_allclose([fitted.mean(), fitted.var()], [y.mean(), y.var()])
    trials, p = rng.integers(20, 400, 5000), rng.uniform(0.2, 0.8, 5000)
    counts = rng.binomial(trials, p)
    model = stats.binom(trials, p)
    dispersion, inside = answer["diagnose"](counts, trials, p)
    np.testing.assert_allclose(dispersion, np.mean((counts - model.mean()) ** 2 / model.var()))
    assert abs(inside - 0.95) < 0.015


def test_ordered_against_scipy():
    answer, rng = solutions("18_ordered"), np.random.default_rng(0)
    eta, y, cuts = rng.normal(size=40), rng.integers(0, 4, 40), np.array([-1.0, 0.2, 1.5])
    y[:4] = range(4)

    def nll(eta):
        inner = stats.logistic.cdf(cuts - eta[:, None])
        upto = np.column_stack([np.zeros(40), inner, np.ones(40)])
        return -np.log(np.diff(upto)[np.arange(40), y])

    loss, slope = answer["ordinal"](y, eta, cuts)
    np.testing.assert_allclose(loss, nll(eta))
    np.testing.assert_allclose(slope, (nll(eta + 1e-6) - nll(eta - 1e-6)) / 2e-6, atol=1e-7)
    found = answer["fit"](y, 4)
    gaps = optimize.minimize(
        lambda w: answer["ordinal"](y, np.zeros(40), w[0] + np.cumsum([0, *np.exp(w[1:])]))[
            0
        ].sum(),
        np.zeros(3),
    ).x
    np.testing.assert_allclose(found, gaps[0] + np.cumsum([0, *np.exp(gaps[1:])]), atol=1e-4)


def test_angles_against_scipy():
    answer, rng = solutions("19_angles"), np.random.default_rng(0)
    for mean, kappa in ((3.0, 2.5), (-1.0, 0.7)):
        y = rng.vonmises(mean, kappa, 80)
        kappa_hat, centre, _ = stats.vonmises.fit(y, fscale=1)
        np.testing.assert_allclose(answer["fit"](y), [centre, kappa_hat], atol=1e-4)
    y, p = rng.uniform(-9, 9, 50), rng.uniform(-9, 9, 50)
    # The chord between two points of the unit circle gives the angle without any wrapping.
    chord = np.hypot(np.cos(y) - np.cos(p), np.sin(y) - np.sin(p))
    error = 2 * np.arcsin(chord / 2)
    expected = [error[np.cos(y) > 0].mean(), error[np.cos(y) <= 0].mean()]
    np.testing.assert_allclose(answer["diagnose"](p, y), expected)


def test_mixtures_against_scipy():
    answer, rng = solutions("20_mixtures"), np.random.default_rng(0)
    y, z, m = np.append(rng.normal(0, 3, 9), 200.0), rng.normal(size=3), rng.normal(0, 3, 3)
    s = rng.uniform(0.4, 2, 3)

    def nll(z):
        parts = special.log_softmax(z) + stats.norm.logpdf(y[:, None], m, s)
        return -special.logsumexp(parts, axis=1)

    found = answer["mixture"](y, z, m, s)
    np.testing.assert_allclose(found[:, 0], nll(z))
    for k, step in enumerate(1e-6 * np.eye(3)):
        np.testing.assert_allclose(
            found[:, 1 + k], (nll(z + step) - nll(z - step)) / 2e-6, atol=1e-6
        )
    w = special.softmax(z)
    density = lambda v: (w * stats.norm.pdf(np.reshape(v, (-1, 1)), m, s)).sum(axis=1)  # noqa: E731
    top = density(np.linspace(m.min(), m.max(), 2001)).max()
    mean = w @ m
    np.testing.assert_allclose(answer["diagnose"](w, m, s), [mean, density(mean)[0] / top])

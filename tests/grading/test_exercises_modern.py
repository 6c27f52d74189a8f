"""Reference solutions of the exercises on the modern losses, against libraries."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import integrate, optimize, special, stats
from scipy.spatial import distance
from solved import solutions


def test_next_token_against_scipy():
    answer, rng = solutions("21_next_token"), np.random.default_rng(0)
    Z, y, lengths = rng.normal(0, 3, (4, 6, 5)), rng.integers(0, 5, (4, 6)), np.array([6, 1, 3, 5])
    rows = [
        [-special.log_softmax(Z[i, t])[y[i, t]] for t in range(lengths[i])] for i in range(len(Z))
    ]
    np.testing.assert_allclose(
        answer["averages"](Z, y, lengths),
        [np.mean(np.concatenate(rows)), np.mean([*map(np.mean, rows)])],
    )
    # Pairs 01, 10, 01, 11 seen: after 1 comes 0 in one of two, and half a count is added to each.
    found = answer["perplexity"](np.array([0, 1, 0, 1, 1]), np.array([0, 1, 0]), 2, 0.5)
    assert found == pytest.approx((2.5 / 3 * 1.5 / 3) ** -0.5)


def test_contrastive_against_scipy_and_differences():
    answer, rng = solutions("22_contrastive"), np.random.default_rng(0)
    U, V = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))

    def loss(flat):
        return -np.diag(special.log_softmax(flat.reshape(5, 3) @ V.T / 0.3, axis=1)).mean()

    found = answer["infonce"](U, V, 0.3)
    np.testing.assert_allclose(found[0], loss(U))
    expected = optimize.approx_fprime(U.ravel(), loss, 1e-7)
    np.testing.assert_allclose(found[1:].ravel(), expected, atol=1e-6)
    unit = U / np.linalg.norm(U, axis=1, keepdims=True)
    got = answer["diagnose"](unit, unit[::-1], 0.3)
    table = special.log_softmax(unit @ unit[::-1].T / 0.3, axis=1)
    cosines = 1 - distance.pdist(unit, "cosine")
    # Reversed partners: only the middle row finds itself.
    np.testing.assert_allclose(got, [np.log(5) + np.diag(table).mean(), 0.2, cosines.mean()])


def test_preferences_against_statsmodels_and_differences():
    answer, rng = solutions("23_preferences"), np.random.default_rng(0)
    wins = rng.integers(1, 30, (4, 4)) * (1 - np.eye(4))
    pairs = [(a, b) for a in range(4) for b in range(a)]
    design = np.array([[(k == a) * 1.0 - (k == b) for k in range(4)] for a, b in pairs])
    counts = np.array([[wins[a, b], wins[b, a]] for a, b in pairs])
    glm = sm.GLM(counts, design[:, 1:], family=sm.families.Binomial()).fit(tol=1e-12)
    expected = np.append(0, glm.params)
    np.testing.assert_allclose(answer["fit"](wins), expected - expected.mean(), atol=1e-7)

    z, reference = rng.normal(size=5), rng.dirichlet(np.ones(5))
    first = rng.integers(0, 5, 12)
    second = (first + rng.integers(1, 5, 12)) % 5

    def loss(logits):
        ratio = special.log_softmax(logits) - np.log(reference)
        return -special.log_expit(0.7 * (ratio[first] - ratio[second])).mean()

    found = answer["dpo"](z, reference, first, second, 0.7)
    assert found[0] == pytest.approx(loss(z))
    np.testing.assert_allclose(found[1:], optimize.approx_fprime(z, loss, 1e-7), atol=1e-6)


def test_diffusion_against_quadrature_and_scipy():
    answer, rng = solutions("24_diffusion"), np.random.default_rng(0)
    m, w, s, a = np.array([-1.0, 0.5, 2.0]), np.array([0.2, 0.5, 0.3]), 0.4, 0.6

    def weight(clean, x):
        """The joint density of a clean point and its noisy one."""
        return w @ stats.norm.pdf(clean, m, s) * stats.norm.pdf(x, a**0.5 * clean, (1 - a) ** 0.5)

    for x in (-2.0, 0.3, 4.0):
        total = integrate.quad(weight, -5, 6, (x,))[0]
        mean = integrate.quad(lambda c, x=x: c * weight(c, x), -5, 6)[0] / total
        expected = (x - a**0.5 * mean) / (1 - a) ** 0.5
        assert answer["guess"](np.array([x]), a, m, w, s)[0] == pytest.approx(expected, rel=1e-6)

    one, two = rng.normal(size=(30, 3)), rng.normal(1, 2, size=(30, 3))
    ways = rng.normal(size=(4, 3))
    unit = ways / np.linalg.norm(ways, axis=1, keepdims=True)
    each = [stats.wasserstein_distance(one @ way, two @ way) for way in unit]
    assert answer["sliced"](one, two, ways) == pytest.approx(np.mean(each))


def test_distillation_against_scipy_and_differences():
    answer, rng = solutions("25_distillation"), np.random.default_rng(0)
    z, v = rng.normal(0, 2, (2, 5, 4))

    def loss(row, i):
        p, q = special.softmax(v[i] / 3), special.softmax(row / 3)
        return 9 * stats.entropy(p, q)

    found = answer["distil"](z, v, 3.0)
    for i in range(5):
        assert found[i, 0] == pytest.approx(loss(z[i], i))
        slopes = optimize.approx_fprime(z[i], loss, 1e-7, i)
        np.testing.assert_allclose(found[i, 1:], slopes, atol=1e-5)

    p, Q = np.array([0.2, 0.8, 0.0]), np.vstack([rng.dirichlet(np.ones(3), 3), [0.0, 1.0, 0.0]])
    both = [[special.rel_entr(p, q).sum() for q in Q], [special.rel_entr(q, p).sum() for q in Q]]
    np.testing.assert_allclose(answer["choose"](p, Q), np.minimum(both, 50))

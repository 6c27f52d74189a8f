"""Reference solutions of the exercises on the modern losses, against libraries."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, special
from scipy.spatial import distance
from test_exercises import solutions


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

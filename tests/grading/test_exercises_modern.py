"""Reference solutions of the exercises on the modern losses, against libraries."""

import numpy as np
import pytest
from scipy import special
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

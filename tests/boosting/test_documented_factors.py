"""The numbers that the docstrings of the objectives name, against what the objectives give."""

import numpy as np
import pytest
from lossbook import boosting, heads
from lossbook.boosting import scores
from lossbook.boosting.derivatives import FORMULAS
from made import drawn
from scipy.special import softmax


def said(documented):
    return " ".join(documented.__doc__.split())


def test_factors_give_the_hessians_of_the_libraries_own_poisson_and_softmax():
    """LightGBM and XGBoost write e^(score + 0.7); K / (K - 1) or 2 times p (1 - p).

    tests/libraries grows the trees of both with these factors.
    """
    assert (
        "take e^0.7 times the Hessian for their Poisson and, for K classes, K / (K - 1) and 2 times"
    ) in said(boosting.Objective)
    assert "holds each leaf within `max_delta_step=0.7`" in said(boosting.Objective)
    raw = np.linspace(-3, 3, 7)
    poisson = boosting.Objective(heads.Poisson(links={"rate": "exponential"}), np.exp(0.7))
    hessian = poisson.sklearn(np.ones(7), raw)[1]
    np.testing.assert_allclose(hessian, np.exp(raw + 0.7), rtol=1e-12)
    for k in (2, 3, 5):
        rows = np.random.default_rng(k).normal(size=(7, k))
        p = softmax(rows, axis=1)
        for factor in (k / (k - 1), 2):
            objective = boosting.Objective(heads.Categorical(k), factor)
            hessian = objective.sklearn(np.zeros(7), rows)[1]
            np.testing.assert_allclose(hessian, factor * p * (1 - p), rtol=1e-12)


CONSTANT = {
    "laplace": (heads.Laplace(scale=2.5), "replaced by 1 / scale", 1 / 2.5),
    "asymmetric_laplace": (
        heads.AsymmetricLaplace(level=0.8, scale=0.4), "second derivative as `laplace`", 1 / 0.4,
    ),
    "huber": (heads.Huber(delta=0.4), "taken as 1 in the tails too", 1.0),
}  # fmt: skip


@pytest.mark.parametrize("name", CONSTANT)
def test_where_the_second_derivative_is_zero_trees_get_the_constant_that_is_documented(name):
    head, words, constant = CONSTANT[name]
    assert words in said(FORMULAS[name])
    y = np.array([-50.0, -0.3, 0.0, 0.1, 8.0])
    hessian = boosting.Objective(head).derivatives(y, np.zeros((5, 1)))[1]
    np.testing.assert_allclose(hessian, constant, rtol=1e-12)


ARROWS = {
    "angle": (heads.VonMises(), scores.von_mises),
    "direction": (heads.VonMisesFisher(3, concentration=9.0), scores.von_mises_fisher),
}


@pytest.mark.parametrize("kind", ARROWS)
def test_an_arrows_scores_get_kappa_over_its_squared_length(kind):
    head, formula = ARROWS[kind]
    for documented in (boosting.Objective, formula):
        assert "κ / length²" in said(documented)
    y, raw = drawn(head, np.random.default_rng(4), 200)
    wide = 2 if kind == "angle" else 3
    objective = boosting.Objective(head, outcomes=y)
    gradient, hessian = objective.sklearn(objective.labels, raw)
    arrow = raw[:, :wide]
    kappa = objective.parameters(raw)["concentration"][:, 0] if kind == "angle" else 9.0
    bound = kappa / np.sum(arrow**2, axis=1)
    np.testing.assert_allclose(hessian[:, :wide], bound[:, None] * np.ones(wide), rtol=1e-12)
    # A Newton step of 1 is at right angles to the arrow and no longer than it: 45 degrees at most.
    after = arrow - gradient[:, :wide] / hessian[:, :wide]
    norms = np.linalg.norm(after, axis=1) * np.linalg.norm(arrow, axis=1)
    turn = np.degrees(np.arccos(np.sum(after * arrow, axis=1) / norms))
    assert 40 < turn.max() <= 45 + 1e-9
    assert "turns the arrow by at most 45 degrees" in said(scores.von_mises)

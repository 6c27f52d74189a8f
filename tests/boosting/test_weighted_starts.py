"""Starting scores of weighted rows: a whole number as weight is that many rows of the same."""

import numpy as np
import pytest
from lossbook import boosting, heads
from lossbook.heads import HEADS
from made import every_head


def both(head, y, times):
    """The start with weights, and that of the repeated rows."""
    objective = boosting.Objective(head)
    return objective.start(y, times), objective.start(np.repeat(y, times, axis=0))


def drawn_alike(head, rng, n):
    """Outcomes of one distribution, of which a finite constant is the best fit."""
    raw = rng.normal(0.3, 0.7, head.units)
    if head.name == "ordinal":  # every answer occurs
        raw = np.r_[-1.0, np.full(head.units - 1, -0.5)]
    if head.name == "gaussian_mixture":
        # Apart, or the likelihood is so flat that rounding decides where EM stops.
        raw = np.r_[np.zeros(head.size), 4.0 * np.arange(head.size), np.full(head.size, 0.3)]
    found = {k: np.asarray(v) for k, v in head.parameters(np.tile(raw, (n, 1))).items()}
    return np.asarray(head.sample(found, rng), float)


@every_head
def test_weights_count_as_repeated_rows(head):
    rng = np.random.default_rng(3)
    y = drawn_alike(head, rng, 300)
    times = rng.integers(0, 4, len(y))
    weighted, repeated = both(head, y, times)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-6, atol=1e-6)
    even = boosting.Objective(head).start(y)
    assert np.abs(weighted - even).max() > 1e-4  # the weights matter here
    column = boosting.Objective(head).start(y, times[:, None])  # as a table of one column has them
    np.testing.assert_array_equal(column, weighted)


@pytest.mark.parametrize("seed", [0, 3, 4])
def test_weights_choose_among_the_optima_of_a_mixture(seed):
    """With more clusters than components, where EM ends depends on where it begins."""
    rng = np.random.default_rng(seed)
    y = np.concatenate([rng.normal(6 * k, 0.5, 30) for k in range(7)])
    times = rng.permutation([0, 1, 1, 2, 9, 20, 40]).repeat(30)
    weighted, repeated = both(heads.GaussianMixture(3), y, times)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("seed", [0, 3])
def test_weights_place_the_components_of_outcomes_that_are_nearly_tied(seed):
    """Quantiles lie too close together there, so the components begin around the mean."""
    rng = np.random.default_rng(seed)
    y = np.concatenate([rng.normal(0, 0.02, 40), *(rng.normal(c, 0.6, 9) for c in (-9, 5, 14))])
    times = np.r_[np.full(40, 9), rng.permutation([1, 2, 8]).repeat(9)]
    weighted, repeated = both(heads.GaussianMixture(3), y, times)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-5, atol=1e-5)


def test_rows_without_weight_give_no_scatter():
    y, weight = np.array([0.0, 1.0, 3.0, 7.0]), [0, 5, 0, 0]
    with pytest.raises(ValueError, match="or no scatter at all"):
        boosting.Objective(heads.GaussianMixture(2)).start(y, weight)


LINES = ("gaussian", "huber", "hyperbolic_secant", "logistic", "laplace", "asymmetric_laplace")


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("end", [0, 20])
def test_an_outcome_that_has_nearly_all_the_weight_is_the_start(name, end):
    """At either end of the outcomes too, where no other lies beyond."""
    y, weight = np.arange(21.0), np.full(21, 1e-9)
    weight[end] = 1.0
    found = boosting.Objective(HEADS[name]()).start(y, weight)
    np.testing.assert_allclose(found, [y[end]], atol=1e-6)


@pytest.mark.parametrize("head", [heads.Ordinal(4), heads.Categorical(4)], ids=lambda h: h.name)
@pytest.mark.parametrize("missing", range(4))
def test_without_one_of_the_classes_there_is_no_start(head, missing):
    """Nor without the last, of which the labels do not tell that it exists."""
    y = np.repeat([k for k in range(4) if k != missing], 5).astype(float)
    for labels, weights in ((y, None), (np.append(y, missing), np.append(np.ones(15), 0))):
        with pytest.raises(ValueError, match="a class or an event that never occurs"):
            boosting.Objective(head).start(labels, weights)


def test_a_mixture_of_one_component_starts_as_a_gaussian():
    rng = np.random.default_rng(0)
    y, weights = rng.normal(3, 2, 60), rng.integers(1, 4, 60)
    objective = boosting.Objective(heads.GaussianMixture(1))
    repeated = np.repeat(y, weights)
    for start, sample in ((objective.start(y), y), (objective.start(y, weights), repeated)):
        found = objective.parameters(start[None])
        np.testing.assert_allclose(found["means"], [[sample.mean()]], rtol=1e-6)
        np.testing.assert_allclose(found["scales"], [[sample.std()]], rtol=1e-6)

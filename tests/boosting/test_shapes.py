"""Scores, outcomes, rows and weights of every wrong width, rank or length, for every objective."""

import numpy as np
import pytest
from lossbook import boosting, heads
from made import drawn, every_head

N = 7
"""How many rows; no head here has as many values or raw scores to mix up."""


def widths(right):
    return sorted({0, 1, right - 1, right + 1, 2 * right} - {right})


def of_width(table, width):
    """The table with another number of columns, whose values are as good as before."""
    return np.resize(table.T, (width, len(table))).T


def lengths(table):
    return [np.resize(table, (n, table.shape[1])) for n in (0, 1, N - 1, N + 1, 2 * N)]


def prepared(head):
    y, raw = drawn(head, np.random.default_rng(1), N)
    return y.reshape(N, head.columns), raw


@every_head
def test_scores_of_another_shape_are_refused(head):
    y, raw = prepared(head)
    objective = boosting.Objective(head)
    wrong = [of_width(raw, width) for width in widths(head.units)]
    wrong += [raw[..., None], raw[None], raw[0, 0]]
    wrong += [raw.ravel(), raw[:, 0], raw[0]] if head.units > 1 else []
    for scores in wrong:
        for call in (lambda raw: objective.derivatives(y, raw), objective.parameters):
            with pytest.raises(ValueError, match=rf"raw scores have shape .*, {head.units}\); set"):
                call(scores)


@every_head
def test_outcomes_of_another_shape_are_refused(head):
    y, raw = prepared(head)
    objective, several = boosting.Objective(head), head.columns > 1
    other = [of_width(y, width) for width in widths(head.columns)]
    other += [y[..., None], y[None], y[:, None], *([y[:, 0], y.ravel()] if several else [])]
    for wrong in [*other, *lengths(y), *([] if several else [rows[:, 0] for rows in lengths(y)])]:
        with pytest.raises(ValueError, match=rf"y has shape .* must be \({N}, {head.columns}\)"):
            objective.derivatives(wrong, raw)
    for wrong in other:
        for call in (lambda y: boosting.Objective(head, outcomes=y), objective.start):
            with pytest.raises(ValueError, match="y has shape"):
                call(wrong)


@every_head
def test_labels_that_are_no_rows_in_one_line_are_refused(head):
    y, raw = prepared(head)
    objective = boosting.Objective(head, outcomes=y)
    rows = objective.labels
    for wrong in (rows[:, None], rows[None], np.stack([rows, rows], axis=-1), rows[0]):
        with pytest.raises(ValueError, match=f"the labels must be rows of the {N} outcomes"):
            objective.sklearn(wrong, raw)
    for wrong in (rows[:-1], np.append(rows, 0), rows[:1]):
        with pytest.raises(ValueError, match="y has shape"):
            objective.sklearn(wrong, raw)


@pytest.mark.parametrize("shape", [(0,), (1,), (N - 1,), (N + 1,), (2 * N,), (N, 2), (2, N), ()])
def test_weights_of_a_start_are_as_many_as_the_outcomes(shape):
    y = np.arange(N) + 1.0
    for head in (heads.Poisson(), heads.Laplace(), heads.GaussianMixture(1)):
        with pytest.raises(ValueError, match=f"weights must be {N} numbers"):
            boosting.Objective(head).start(y, np.ones(shape))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_both_scores_of_each_angle_get_its_own_concentration_over_its_own_length(size):
    """κ / length², whose angles are told apart by what they are."""
    raw = np.random.default_rng(3).normal(size=(N, 3 * size))
    right, up = raw[:, :size], raw[:, size : 2 * size]
    head = heads.VonMises(size)
    kappa = np.asarray(head.parameters(raw)["concentration"])
    bound = kappa / (right**2 + up**2)
    y = np.random.default_rng(4).uniform(-3, 3, (N, size))
    objective = boosting.Objective(head, outcomes=y)
    found = objective.sklearn(objective.labels, raw)[1]
    np.testing.assert_allclose(found[:, : 2 * size], np.concatenate([bound, bound], axis=1))


@pytest.mark.parametrize("n", [0, 1, N - 1, N + 1, 2 * N])
def test_weights_of_scikit_learns_kind_are_one_a_row(n):
    """A single one would count for all rows."""
    objective, y, raw = boosting.Objective(heads.Poisson()), np.arange(N) + 1.0, np.zeros(N)
    with pytest.raises(ValueError, match=f"sample_weight has {n} values for {N} rows"):
        objective.sklearn(y, raw, np.ones(n))
    gradient, _ = objective.sklearn(y, raw, list(range(N)))
    np.testing.assert_allclose(gradient, objective.sklearn(y, raw)[0] * np.arange(N))

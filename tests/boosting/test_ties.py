"""Scores that are right, as where many rows are tied, and scores of any size."""

import numpy as np
import pytest
from lossbook import boosting, ops
from lossbook.constraints import REAL
from made import MADE, drawn

PLACED = {
    name: head
    for name, head in MADE.items()
    if head.declared[0].constraint is REAL and head.sizes()[head.declared[0].name] == head.columns
}
"""The heads whose first scores are the place of the outcome."""


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def test_heads_of_a_place_are_among_them():
    named = {head.name for head in PLACED.values()}
    assert {"laplace", "asymmetric_laplace", "huber", "log_normal", "multivariate_gaussian"} < named


@pytest.mark.parametrize("name", PLACED)
def test_on_the_outcome_itself_trees_get_the_slope_of_the_head(name):
    head = PLACED[name]
    y, raw = drawn(head, np.random.default_rng(0), n=12)
    y = y.reshape(12, head.columns)
    raw[:, : head.columns] = np.log(y) if head.name == "log_normal" else y
    gradient, _ = boosting.Objective(head).derivatives(y, raw)
    np.testing.assert_allclose(gradient, array(head.gradient(y, raw)), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("size", [1e-7, 1e-3, 30.0])
@pytest.mark.parametrize("name", MADE)
def test_parameters_are_the_heads_for_scores_of_any_size(name, size):
    """An arrow too, whose length says nothing."""
    head, raw = MADE[name], size * np.random.default_rng(0).normal(size=(20, MADE[name].units))
    theirs = head.parameters(raw)
    for key, values in boosting.Objective(head).parameters(raw).items():
        np.testing.assert_allclose(values, array(theirs[key]), rtol=1e-9, atol=1e-300)

"""Heads of hundreds of values or classes: more than a byte counts, more than a test usually has."""

import numpy as np
import pytest
from lossbook import heads, ops
from lossbook.heads import HEADS
from scipy import special
from test_samplers import COLUMNS

MANY = 300


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("labels", ["int64", "int32", "float32"])
def test_each_of_many_classes_has_its_own_probability(labels, dtype):
    raw = np.random.default_rng(0).normal(size=(MANY, MANY)).astype(dtype)
    y = np.arange(MANY).astype(labels)
    logs = special.log_softmax(raw.astype(float), axis=1)
    found = array(heads.Categorical(MANY).nll(y, raw))
    np.testing.assert_allclose(found, -np.diag(logs), rtol=1e-5 if dtype == "float32" else 1e-12)
    slope = array(heads.Categorical(MANY).gradient(y, raw))
    np.testing.assert_allclose(slope, np.exp(logs) - np.eye(MANY), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("link", ["sigmoid", "probit", "cloglog"])
def test_the_probabilities_of_many_ordered_answers_are_those_between_their_cuts(link):
    head, rng = heads.Ordinal(MANY, cumulative=link), np.random.default_rng(0)
    raw = np.concatenate([[[-3.0]], rng.normal(-4, 0.3, (1, MANY - 2))], axis=1)
    y = np.arange(MANY)
    found = array(head.nll(y, raw.repeat(MANY, axis=0)))
    share = head.predict(head.parameters(raw))[0]
    assert np.isclose(share.sum(), 1)
    np.testing.assert_allclose(np.exp(-found), share, rtol=1e-6)


@pytest.mark.parametrize("name", COLUMNS)
def test_many_values_of_one_outcome_add_up(name):
    """Heads whose values are independent: the loss is the sum over them, each with its own raw."""
    one = HEADS[name](size=1)
    several = HEADS[name](size=MANY)
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(MANY, one.units))
    y = np.asarray(one.sample(one.parameters(raw), rng), float).reshape(MANY, 1)
    pieces = {key: array(piece).T for key, piece in one.split(raw).items()}
    together = np.concatenate([piece.reshape(1, -1) for piece in pieces.values()], axis=1)
    assert together.shape == (1, several.units)
    np.testing.assert_allclose(
        array(several.nll(y.T, together)), array(one.nll(y, raw)).sum(keepdims=True), rtol=1e-9
    )

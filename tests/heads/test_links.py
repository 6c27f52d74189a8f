"""Links: an activation and its inverse undo each other and meet the constraint."""

import numpy as np
import pytest
from lossbook import keras, ops
from lossbook.constraints import POSITIVE, UNIT_INTERVAL
from lossbook.links import DEFAULTS, FLOOR, LINKS, link_for
from scipy import special, stats

FORGETFUL = ("softmax", "direction", "angle")
"""Links that map many raw outputs to one value: a shift or a length is lost."""
RAW = np.linspace(-20, 20, 81)[:, None]


@pytest.mark.parametrize("name", LINKS)
def test_the_activation_meets_the_constraint(name):
    link = LINKS[name]()
    raw = np.random.default_rng(0).normal(scale=5, size=(100, 6))
    value = ops.convert_to_numpy(link.activation(ops.convert_to_tensor(raw)))
    assert link.constraint.contains(value).all()


@pytest.mark.parametrize("name", LINKS)
def test_the_inverse_undoes_the_activation(name):
    link = LINKS[name]()
    raw = np.random.default_rng(1).normal(size=(100, link.raw_size(6)))
    value = ops.convert_to_numpy(link.activation(ops.convert_to_tensor(raw)))
    again = ops.convert_to_numpy(link.activation(ops.convert_to_tensor(link.inverse(value))))
    np.testing.assert_allclose(again, value, rtol=1e-9)
    if name not in FORGETFUL:
        np.testing.assert_allclose(link.inverse(value), raw, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", [n for n in LINKS if hasattr(keras.activations, n)])
def test_it_is_keras_activation_of_that_name(name):
    raw = ops.convert_to_tensor(np.random.default_rng(2).normal(size=(50, 3)))
    ours, theirs = LINKS[name]().activation(raw), keras.activations.get(name)(raw)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "oracle"), [("probit", stats.norm.cdf), ("cloglog", stats.gumbel_l.cdf)]
)
def test_the_other_links_for_a_probability(name, oracle):
    ours = ops.convert_to_numpy(LINKS[name]().activation(ops.convert_to_tensor(RAW / 5)))
    np.testing.assert_allclose(ours, oracle(RAW / 5), rtol=1e-9)


def test_sigmoid_and_softplus_against_scipy():
    ours = ops.convert_to_numpy(LINKS["sigmoid"]().activation(ops.convert_to_tensor(RAW)))
    np.testing.assert_allclose(ours, special.expit(RAW), rtol=1e-12)
    link = LINKS["softplus"](FLOOR)
    ours = ops.convert_to_numpy(link.activation(ops.convert_to_tensor(RAW)))
    np.testing.assert_allclose(ours - FLOOR, -special.log_expit(-RAW), rtol=1e-6)


def test_every_constraint_has_a_default_that_meets_it():
    for constraint, name in DEFAULTS.items():
        assert LINKS[name].constraint.name == constraint


def test_another_link_for_a_real_choice():
    assert link_for(POSITIVE, "exponential").name == "exponential"


def test_a_link_that_does_not_fit_is_one_clear_error():
    with pytest.raises(ValueError, match=r"must be between zero and one; take one of sigmoid"):
        link_for(UNIT_INTERVAL, "softplus")
    with pytest.raises(ValueError, match="no link is called 'relu6'"):
        link_for(POSITIVE, "relu6")

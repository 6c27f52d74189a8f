"""Borders that all heads share: rounding in supports, several mistakes at once, weights."""

import math

import numpy as np
import pytest
from lossbook import constraints, heads, keras, ops, special
from lossbook.heads import HEADS
from lossbook.heads.keras_loss import HeadLoss
from lossbook.special import LOG_2PI


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


OFF = {
    "SIMPLEX": lambda off: [0.25, 0.75 + off],
    "OPEN_SIMPLEX": lambda off: [0.25, 0.75 + off],
    "UNIT_VECTOR": lambda off: [0.6 * (1 + off), -0.8 * (1 + off)],
    "ANGLE": lambda off: math.copysign(math.pi + abs(off), off),
}
"""Constraint → an outcome that is off by so much: a sum, a length, an angle beyond ±π."""
ROOM = {"SIMPLEX": 2e-5, "OPEN_SIMPLEX": 2e-5, "UNIT_VECTOR": 2e-5, "ANGLE": 1e-6}


@pytest.mark.parametrize("name", OFF)
@pytest.mark.parametrize("way", [-1, 1])
def test_what_rounding_leaves_is_taken_and_no_more_to_either_side(name, way):
    kind, room = vars(constraints)[name], ROOM[name]
    for part, expected in ((0.97, True), (1.03, False)):
        value = np.array(OFF[name](way * part * room))
        assert bool(np.all(kind.contains(value))) == expected
        assert bool(np.all(kind.test(ops.convert_to_tensor(value), ops))) == expected


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_no_count_at_a_rate_of_zero_is_no_surprise(dtype):
    """An exponential far below zero is exactly 0, as the deviance of nothing from nothing is."""
    zero = ops.convert_to_tensor(np.zeros(2, dtype))
    for log_ratio in (0.0, -1e4):
        found = special.excess(zero, zero, ops.convert_to_tensor(np.full(2, log_ratio, dtype)))
        np.testing.assert_array_equal(array(found), 0)
    head = heads.Poisson(links={"rate": "exponential"})
    raw = np.array([[-1e4], [-800.0]], dtype)
    np.testing.assert_array_equal(array(head.nll([0, 0], raw)), 0)
    np.testing.assert_array_equal(array(head.automatic_gradient([0, 0], raw)), 0)


def test_a_single_number_is_no_raw_output():
    for call in (heads.Poisson().parameters, lambda raw: heads.Gamma().nll(1.0, raw)):
        with pytest.raises(ValueError, match=r"raw outputs have shape \(\), but the last axis"):
            call(0.5)


def test_several_names_that_are_wrong_are_all_told_in_order():
    with pytest.raises(ValueError, match=r"^Gamma has no parameter rate, scale; it has mean, sha"):
        heads.Gamma(links={"scale": "softplus", "rate": "softplus", "mean": "softplus"})
    for call in (heads.Gamma().predict, lambda p: heads.Gamma().sample(p, np.random.default_rng())):
        with pytest.raises(ValueError, match=r"^Gamma: the parameter mean, shape is missing"):
            call({})


@pytest.mark.parametrize("name", HEADS)
def test_what_is_changed_in_a_configuration_does_not_change_the_head(name):
    """Neither the arguments themselves nor what they hold."""
    head = HEADS[name]()
    links = {p: link.name for p, link in head.links.items()}
    if "links" in head.get_config():
        head = HEADS[name](links=links)
    before, written = repr(head.get_config()), repr(head)
    for config in (head.get_config(), head.loss.get_config()["head"]["config"]):
        for value in config.values():
            if isinstance(value, dict):
                value.clear()
        config.clear()
    links.clear()
    assert repr(head.get_config()) == before
    assert repr(head) == written


@pytest.mark.parametrize("name", ["poisson", "gamma", "dirichlet", "weibull", "ordinal"])
def test_a_weight_for_each_sequence_counts_for_all_its_steps(name):
    """As Keras takes it: `(n, 1)` for losses `(n, T)`, whatever an outcome's length."""
    head, rng = HEADS[name](), np.random.default_rng(0)
    raw = rng.normal(size=(4, 3, head.units)).astype("float32")
    y = np.asarray(head.sample(head.parameters(raw), rng), "float32")
    weight = np.array([2.0, 0.0, 0.5, 1.0], "float32")
    want = (weight[:, None] * array(head.objective(y, raw))).sum()
    y[1] = np.nan
    found = float(HeadLoss(head, reduction="sum")(y, raw, weight[:, None]))
    np.testing.assert_allclose(found, want, rtol=1e-5)


def test_a_large_count_keeps_its_last_digit_beside_a_weight_of_zero():
    """Float32 has no 2²⁴ + 1."""
    y = np.array([[2**24 + 1], [2**24], [0]], "int64")
    raw, weight = np.full((3, 1), 2.0**24), np.array([1.0, 1.0, 0.0])
    loss = HeadLoss(heads.Gaussian(), reduction=None, dtype="float64")
    found = array(loss(y, raw, weight))
    np.testing.assert_allclose(found, [0.5 + LOG_2PI / 2, LOG_2PI / 2, 0], rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_a_weight_below_zero_counts_as_for_keras_own_losses(dtype):
    y, raw = np.array([[1.0], [4.0], [2.0]], "float32"), np.zeros((3, 1), "float32")
    weight = np.array([1, -2, 0]).astype(dtype)
    head = heads.Poisson(links={"rate": "exponential"})
    ours = float(HeadLoss(head, reduction="sum")(y, raw, weight))
    each = array(head.nll(y, raw))
    np.testing.assert_allclose(ours, (weight * each).sum(), rtol=1e-5)
    theirs = keras.losses.MeanSquaredError(reduction="sum")(y, raw, weight)
    gaussian = float(HeadLoss(heads.Gaussian(), reduction="sum")(y, raw, weight))
    constant = weight.sum() * np.log(2 * np.pi) / 2
    np.testing.assert_allclose(gaussian, float(theirs) / 2 + constant, rtol=1e-5)


def test_scales_that_are_whole_numbers_of_numpy_are_floats():
    for value in (2, np.int64(2), np.float32(2), np.array(2)):
        head = heads.Gaussian(scale=value)
        assert type(head.scale) is float
        assert type(heads.Binomial(trials=value).trials) is int
        assert repr(head.loss) == f"Gaussian(size=1, scale={head.get_config()['scale']}).loss"


@pytest.mark.parametrize("place", [0, 3, 4999])
def test_an_outcome_that_is_outside_is_found_wherever_it_stands(place):
    y, raw = np.ones(5000), np.zeros((5000, 1), "float32")
    y[place] = -2
    said = f"but 1 of 5000 are not; the first is -2.0 at {place}$"
    with pytest.raises(ValueError, match=said):
        heads.Poisson().nll(y, raw)

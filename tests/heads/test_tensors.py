"""What all heads share: shapes, float types, the ends of float32, messages, names of arguments."""

import json

import numpy as np
import pytest
from lossbook import backend, heads, keras, ops
from lossbook.heads import HEADS
from lossbook.heads.keras_loss import HeadLoss
from lossbook.heads.tensors import BELOW_ONE, LEAST, at_least_single, held, per_sample, where


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def test_the_ends_of_float32_are_numpys():
    one, zero = np.float32(1), np.float32(0)
    assert np.float32(BELOW_ONE) == BELOW_ONE == np.nextafter(one, zero)
    assert np.float32(LEAST) == LEAST == np.finfo(np.float32).smallest_normal


@pytest.mark.parametrize(
    ("dtype", "limit", "most"), [("float32", 1e11, 1e37), ("float64", 1e18, 1e300)]
)
def test_what_is_held_can_be_squared_keeps_a_slope_and_is_left_alone_within(dtype, limit, most):
    z = limit * np.array([-1e19, -20.0, -0.9, -2e-11, 0.0, 0.9, 3e12])
    at = ops.convert_to_tensor(z.astype(dtype))
    found, slope = array(held(at)), array(backend.gradient(held, at))
    beyond = np.maximum(np.abs(z) / limit, 1)
    np.testing.assert_allclose(found, np.clip(z, -limit, limit) * (1 + np.log(beyond)), rtol=1e-6)
    np.testing.assert_allclose(slope, 1 / beyond, rtol=1e-6)
    np.testing.assert_array_equal(found[2:6], array(at)[2:6])
    vast = held(ops.convert_to_tensor(np.array([-np.inf, np.inf], dtype)))
    assert np.isfinite(array(ops.square(vast))).all()
    np.testing.assert_allclose(
        array(vast), np.array([-1, 1]) * limit * (1 + np.log(most / limit)), rtol=1e-6
    )


def test_what_is_held_in_float32_is_so_beyond_the_limit_that_is_asked_for():
    z = ops.convert_to_tensor(np.array([9e12, 1e14], "float32"))
    np.testing.assert_allclose(array(held(z, 1e13)), [9e12, 1e13 * (1 + np.log(10))], rtol=1e-6)
    z = ops.cast(z, "float64")
    np.testing.assert_allclose(array(held(z, 1e13)), array(z))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("float16", "float32"), ("bfloat16", "float32"), ("float32", "float32"),
     ("float64", "float64"), ("int32", "float32")],
)  # fmt: skip
def test_losses_are_computed_in_float32_at_least(given, wanted):
    raw = ops.cast(np.ones((2, 1)), given)
    assert keras.backend.standardize_dtype(at_least_single(raw).dtype) == wanted
    assert keras.backend.standardize_dtype(heads.Poisson().nll([[1], [2]], raw).dtype) == wanted


def test_values_add_up_along_the_last_axis_only():
    terms = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(array(per_sample(ops.convert_to_tensor(terms))), terms.sum(-1))
    raw, y = np.zeros((2, 3, 4)), np.arange(24.0).reshape(2, 3, 4) / 10
    found = array(heads.Gaussian(4).nll(y, raw))
    np.testing.assert_allclose(found, (y**2 / 2 + np.log(2 * np.pi) / 2).sum(axis=-1))


def test_outside_of_the_support_stands_nan_and_nothing_else():
    values = ops.convert_to_tensor(np.array([[1.0, 2.0], [3.0, 4.0]]))
    inside = ops.convert_to_tensor(np.array([True, False]))
    np.testing.assert_array_equal(array(where(inside, values[:, 0])), [1, np.nan])
    np.testing.assert_array_equal(array(where(inside, values, inner=True)), [[1, 2], [np.nan] * 2])
    assert where(None, values) is values


MESSAGES = {
    "one value": (
        lambda: heads.Gamma().nll([1.0, -0.123456789, -3.0], np.zeros((3, 2))),
        "Gamma: y must be above zero, but 2 of 3 are not; the first is -0.123457 at 1",
    ),
    "several values": (
        lambda: heads.Dirichlet(2).nll([[0.5, 0.5], [0.5, 0.25]], np.zeros((2, 2))),
        "Dirichlet: y must be shares above zero, summing to one, but 1 of 2 are not; the first is "
        "[0.5, 0.25] at 1",
    ),
    "a sequence": (
        lambda: heads.Bernoulli().nll([[0, 1], [2, 3]], np.zeros((2, 2, 1))),
        "Bernoulli: y must be 0 or 1, or between them as a soft label, but 2 of 4 are not; the "
        "first is 2.0 at (1, 0)",
    ),
    "shares": (
        lambda: heads.Beta().nll([1.0], np.zeros((1, 2))),
        "Beta: y must be strictly between 0 and 1, but 1 of 1 are not; the first is 1.0 at 0",
    ),
    "units": (
        lambda: heads.Gamma(2).nll(np.ones((3, 2)), np.zeros((3, 2))),
        "Gamma: raw outputs have shape (3, 2), but the last axis must have 4 (give the last Dense "
        "layer 4 units)",
    ),
    "lengths": (
        lambda: heads.Gamma().nll(np.ones(2), np.zeros((3, 2))),
        "Gamma: y has shape (2,), but for raw outputs (3, 2) it must be (3,) or (3, 1)",
    ),
    "lengths of sequences": (
        lambda: heads.Gamma().nll(np.ones((3, 5)), np.zeros((3, 4, 2))),
        "Gamma: y has shape (3, 5), but for raw outputs (3, 4, 2) it must be (3, 4) or (3, 4, 1)",
    ),
    "one outcome": (
        lambda: heads.Gamma().nll(np.ones(2), np.zeros(2)),
        "Gamma: y has shape (2,), but for raw outputs (2,) it must be () or (1,)",
    ),
    "values of one outcome": (
        lambda: heads.Gamma(3).nll(np.ones(2), np.zeros(6)),
        "Gamma: y has shape (2,), but for raw outputs (6,) it must be (3,)",
    ),
    "columns": (
        lambda: heads.Gamma(2).nll(np.ones(3), np.zeros((3, 4))),
        "Gamma: y has shape (3,), but for raw outputs (3, 4) it must be (3, 2)",
    ),
    "a parameter": (
        lambda: heads.Gamma(links={"rate": "exponential", "mean": "softplus"}),
        "Gamma has no parameter rate; it has mean, shape",
    ),
    "a size": (
        lambda: heads.Gaussian(0), "Gaussian: size must be a whole number of at least 1, not 0",
    ),
    "a size and why": (
        lambda: heads.Ordinal(1),
        "Ordinal: size must be a whole number of at least 2 (there are at least two answers), "
        "not 1",
    ),
    "a part of one": (
        lambda: heads.Binomial(trials=2.5),
        "Binomial: trials must be a whole number of at least 1, not 2.5",
    ),
    "a scale": (
        lambda: heads.Laplace(scale=0), "Laplace: scale must be above zero and finite, not 0",
    ),
    "degrees of freedom": (lambda: heads.StudentT(df=0), "StudentT: df must be above zero, not 0"),
    "an angle": (
        lambda: heads.VonMises().nll([90.0], np.zeros((1, 3))),
        "VonMises: y must be an angle in radians, above -π and at most π, but 1 of 1 are not; the "
        "first is 90.0 at 0",
    ),
    "a class": (
        lambda: heads.Categorical(4).nll([4], np.zeros((1, 4))),
        "Categorical: y must be a class number from 0 to 3, but 1 of 1 are not; the first is 4.0 "
        "at 0",
    ),
    "a time": (
        lambda: heads.Weibull().nll([[2.0, 2.0]], np.zeros((1, 2))),
        "Weibull: y must be a time above zero, and whether the event happened then, but 1 of 1 "
        "are not; the first is [2.0, 2.0] at 0",
    ),
    "a level": (
        lambda: heads.AsymmetricLaplace(level=1),
        "AsymmetricLaplace: level must lie between 0 and 1, not 1",
    ),
    "a power": (
        lambda: heads.Tweedie(power=2), "Tweedie: power must lie between 1 and 2, not 2",
    ),
    "a beta": (
        lambda: heads.GaussianScale(beta=2), "GaussianScale: beta must be from 0 to 1, not 2",
    ),
    "shares of one": (
        lambda: heads.Dirichlet(1),
        "Dirichlet: size must be a whole number of at least 2 (a composition has at least two "
        "shares), not 1",
    ),
    "a direction on a line": (
        lambda: heads.VonMisesFisher(1),
        "VonMisesFisher: size must be a whole number of at least 2 (a direction needs two "
        "dimensions), not 1",
    ),
    "a parameter that is missing": (
        lambda: heads.Gamma().predict({"mean": np.ones((1, 1))}),
        "Gamma: the parameter shape is missing; give all that `head.parameters(raw)` returns",
    ),
    "a link": (
        lambda: heads.Gamma(links={"mean": "relu"}),
        "no link is called 'relu'; there are linear, sigmoid, probit, cloglog, softmax, softplus, "
        "exponential, direction, angle, steps, cholesky",
    ),
    "a link for something else": (
        lambda: heads.Gamma(links={"mean": "probit"}),
        "link 'probit' gives values that are between zero and one, but the parameter must be above "
        "zero; take one of softplus, exponential",
    ),
    "too many successes": (
        lambda: heads.Binomial().nll([[3.0, 2.0]], np.zeros((1, 1))),
        "Binomial: y must be a count from 0 to 10, or successes and trials in two columns, but 1 "
        "of 1 are not; the first is [3.0, 2.0] at 0",
    ),
    "an order": (
        lambda: heads.Ordinal(4).nll([4], np.zeros((1, 3))),
        "Ordinal: y must be an answer's number from 0 to 3, but 1 of 1 are not; the first is 4.0 "
        "at 0",
    ),
    "a direction": (
        lambda: heads.VonMisesFisher(2).nll([[3.0, 4.0]], np.ones((1, 2))),
        "VonMisesFisher: y must be a vector of length one, but 1 of 1 are not; the first is "
        "[3.0, 4.0] at 0",
    ),
}  # fmt: skip
"""What went wrong → the call, and all that it says."""


@pytest.mark.parametrize("what", MESSAGES)
def test_a_message_says_what_was_wrong_where_and_what_is_right(what):
    call, message = MESSAGES[what]
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        call()
    assert str(caught.value) == message


def test_activations_stand_in_the_order_of_the_parameters():
    assert heads.GaussianMixture().activations == ("softmax", "linear", "softplus")
    assert heads.HurdlePoisson().activations == ("sigmoid", "softplus")
    swapped = heads.StudentT(links={"scale": "exponential"})
    assert swapped.activations == ("linear", "exponential")


WRITTEN = {
    "Gaussian(size=1)": heads.Gaussian,
    "Gaussian(size=1, scale=0.3)": lambda: heads.Gaussian(scale=0.3),
    "Gaussian(size=2)": lambda: heads.Gaussian(np.int64(2), scale=1.0),
    "Bernoulli()": heads.Bernoulli,
    "GaussianMixture(components=2)": heads.GaussianMixture,
    "GaussianScale(size=1, beta=0.5)": lambda: heads.GaussianScale(beta=0.5),
    "Tweedie(size=1, power=1.3, links={'mean': 'exponential'})": lambda: heads.Tweedie(
        power=1.3, links={"mean": "exponential"}
    ),
    'StudentT(size=1, df=float("inf"))': lambda: heads.StudentT(df=np.inf),
    "Ordinal(size=3, cumulative='probit')": lambda: heads.Ordinal(cumulative="probit"),
    "AsymmetricLaplace(size=1, level=0.9)": lambda: heads.AsymmetricLaplace(level=0.9),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_head_is_written_as_the_call_that_makes_it(text):
    head = WRITTEN[text]()
    assert repr(head) == text
    assert repr(head.loss) == f"{text}.loss"


@pytest.mark.parametrize("name", HEADS)
def test_a_configuration_is_plain_data_of_its_own(name):
    links = {p.name: link.name for p in HEADS[name].declared
             for link in [HEADS[name]().links[p.name]]}  # fmt: skip
    try:
        head = HEADS[name](links=links)
    except TypeError:
        head = HEADS[name]()
    config = head.get_config()
    assert json.loads(json.dumps(config)) == config
    config["links"] = {"nothing": "at all"}
    links["nothing"] = "at all"
    assert "nothing" not in (head.get_config().get("links") or {})
    assert type(head).from_config(head.get_config()).get_config() == head.get_config()


def test_a_loss_remembers_its_name_reduction_and_float_type():
    head = heads.Tweedie(2, power=1.3, links={"mean": "exponential"})
    loss = HeadLoss(head, name="rain", reduction="sum", dtype="float64")
    config = loss.get_config()
    assert {**config, "head": None} == {
        "name": "rain", "reduction": "sum", "dtype": "float64", "head": None,
    }  # fmt: skip
    assert config["head"] == {"name": "tweedie", "config": head.get_config()}
    again = HeadLoss.from_config(json.loads(json.dumps(config)))
    assert again.get_config() == config
    assert (again.name, again.reduction, again.dtype) == ("rain", "sum", "float64")
    y, raw = np.array([[1.0, 0.0], [0.5, 2.0]]), np.array([[0.1, 0.2], [0.3, -0.4]])
    np.testing.assert_allclose(array(again(y, raw)), array(head.nll(y, raw)).sum(), rtol=1e-12)
    assert keras.backend.standardize_dtype(again(y, raw).dtype) == "float64"
    assert (head.loss.name, head.loss.reduction) == ("tweedie", "sum_over_batch_size")


def test_the_loss_is_the_objective_and_not_the_likelihood_where_they_differ():
    head = heads.GaussianScale(beta=0.5)
    y, raw = np.array([[1.0], [2.0]], "float32"), np.array([[0.0, 2.0], [1.0, -2.0]], "float32")
    scale = np.logaddexp(0, raw[:, 1]) + 1e-6
    each = array(head.nll(y, raw))
    np.testing.assert_allclose(float(head.loss(y, raw)), (scale * each).mean(), rtol=1e-5)
    graph = __import__("tensorflow").function(head.objective)
    np.testing.assert_array_equal(np.isnan(graph(y * [[1], [np.nan]], raw)), [False, True])


SEQUENCES = {
    "poisson": heads.Poisson(),
    "categorical": heads.Categorical(3),
    "gamma": heads.Gamma(2),
    "dirichlet": heads.Dirichlet(3),
    "weibull": heads.Weibull(),
}


@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.parametrize("kind", ["float32", "bool"])
def test_weights_of_steps_leave_out_and_weigh_as_they_say(name, kind):
    """A weight below 1 counts; only what is exactly 0 is left out, whatever stands there."""
    head, rng = SEQUENCES[name], np.random.default_rng(0)
    raw = rng.normal(size=(4, 5, head.units)).astype("float32")
    y = head.sample(head.parameters(raw), rng).astype("float32")
    weight = np.array([0, 0.25, 1, 2, 0] * 4, "float32").reshape(4, 5)
    weight = weight > 0 if kind == "bool" else weight
    each = array(head.nll(y, raw))
    spoiled = y.copy()
    spoiled[weight == 0] = np.nan
    found = float(HeadLoss(head, reduction="sum")(spoiled, raw, weight))
    np.testing.assert_allclose(found, (weight * each).sum(), rtol=1e-5)
    flat = y[:, 0], raw[:, 0], weight[:, 2]
    for column in (flat[2], flat[2][:, None]):
        found = float(HeadLoss(head, reduction="sum")(*flat[:2], column))
        np.testing.assert_allclose(found, (flat[2] * each[:, 0]).sum(), rtol=1e-5)


def test_an_outcome_is_looked_at_in_the_float_type_of_the_loss():
    """In float32 it is 1, and has no density; in float64 it is below."""
    y = np.array([1 - 1e-12])
    assert np.isfinite(array(heads.Beta().nll(y, np.zeros((1, 2))))).all()
    with pytest.raises(ValueError, match=r"the first is 1\.0 at 0"):
        heads.Beta().nll(y, np.zeros((1, 2), "float32"))


def test_a_size_that_is_written_as_a_float_is_a_whole_number():
    for value in (heads.Gaussian(2.0).size, heads.Binomial(trials=np.float64(3)).trials):
        assert type(value) is int


@pytest.mark.parametrize(
    ("head", "shape", "steps", "right"),
    [
        (heads.Poisson(), [None, 3], [None], "(…,) or (…, 1)"),
        (heads.Poisson(), [None, 4, 2], [None, 4], "(…, 4) or (…, 4, 1)"),
        (heads.Dirichlet(3), [None, 2], [None], "(…, 3)"),
        (heads.Weibull(), [None, None, 3], [None, None], "(…, …, 2)"),
    ],
    ids=str,
)
def test_in_a_graph_a_length_that_is_not_known_is_told_as_three_dots(head, shape, steps, right):
    import tensorflow as tf

    y, raw = tf.TensorSpec(shape), tf.TensorSpec([*steps, head.units])
    graph = tf.function(head.nll, autograph=False)
    with pytest.raises(ValueError, match="y has shape") as caught:
        graph.get_concrete_function(y, raw)
    told = f"y has shape {tuple(shape)}, but for raw outputs {(*steps, head.units)} it must be "
    assert str(caught.value) == f"{type(head).__name__}: {told}{right}"

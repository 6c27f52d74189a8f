"""Corners of single heads: no error at all, soft labels, trials in sequences."""

import re

import numpy as np
import pytest
from lossbook import heads, keras, ops
from lossbook.heads import HEADS
from lossbook.heads.keras_loss import HeadLoss
from oracles import CASES
from scipy import special, stats


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


SYMMETRIC = ["gaussian", "hyperbolic_secant", "huber", "laplace", "logistic", "student_t"]


@pytest.mark.parametrize("name", SYMMETRIC)
def test_a_prediction_that_is_right_is_not_pulled_to_either_side(name):
    head = CASES[name].head()
    raw = np.full((1, head.units), 1.5)
    assert array(head.gradient([[1.5]], raw))[0, 0] == 0


def test_on_the_quantile_itself_the_slope_is_the_one_below_it():
    """-level where y is above the line, 1 - level where it is not, over the scale."""
    head = heads.AsymmetricLaplace(level=0.9, scale=0.5)
    found = array(head.gradient([1.6, 1.5, 1.4], np.full((3, 1), 1.5)))[:, 0]
    np.testing.assert_allclose(found, [-0.9 / 0.5, 0.1 / 0.5, 0.1 / 0.5])


def test_hubers_slope_is_the_error_up_to_delta_and_delta_beyond():
    head = heads.Huber(delta=0.8)
    error = np.array([-3.0, -0.81, -0.8, -0.79, 0.0, 0.79, 0.8, 0.81, 3.0])
    found = array(head.gradient(np.zeros(9), error[:, None]))[:, 0]
    np.testing.assert_allclose(found, np.clip(error, -0.8, 0.8), rtol=1e-12)


SOFT = [n for n, kind in HEADS.items() if "soft label" in re.sub(r"\s+", " ", kind.__doc__ or "")]


def test_the_heads_that_say_so_take_soft_labels():
    assert SOFT == ["bernoulli", "independent_bernoullis"]
    for name, kind in HEADS.items():
        if kind.support.name == "binary":
            assert name in SOFT
            assert "soft label" in kind().words()


@pytest.mark.parametrize("name", SOFT)
def test_a_soft_label_is_the_loss_of_both_answers_in_that_proportion(name):
    head, rng = HEADS[name](), np.random.default_rng(0)
    raw = rng.normal(scale=3, size=(40, head.units))
    share = rng.random((40, head.units))
    exact = stats.bernoulli.logpmf(1, special.expit(raw)), special.log_expit(-raw)
    expected = -(share * exact[0] + (1 - share) * exact[1]).sum(axis=1)
    np.testing.assert_allclose(array(head.nll(share, raw)), expected, rtol=1e-9)
    np.testing.assert_allclose(array(head.gradient(share, raw)), special.expit(raw) - share)
    theirs = keras.losses.BinaryCrossentropy(from_logits=True)(share, raw)
    np.testing.assert_allclose(float(head.loss(share, raw)), head.units * float(theirs), rtol=1e-6)


@pytest.mark.parametrize("name", SOFT)
@pytest.mark.parametrize("beyond", [-1e-6, 1 + 1e-6])
def test_a_soft_label_just_beyond_an_end_is_refused(name, beyond):
    head = HEADS[name]()
    y, raw = np.full((1, head.columns), 0.5), np.zeros((1, head.units))
    y[0, -1] = beyond
    with pytest.raises(ValueError, match="0 or 1, or between them as a soft label, but 1 of 1"):
        head.nll(y, raw)


def successes(seed=0, around=(6,)):
    rng = np.random.default_rng(seed)
    trials = rng.integers(0, 40, around)
    raw = rng.normal(size=(*around, 1))
    y = rng.binomial(trials, special.expit(raw[..., 0]))
    exact = -stats.binom.logpmf(y, trials, special.expit(raw[..., 0]))
    return np.stack([y, trials], axis=-1).astype(float), raw, exact


@pytest.mark.parametrize("around", [(30,), (6, 5), (3, 2, 5), (1, 2)], ids=str)
def test_trials_beside_the_successes_whatever_is_around(around):
    head = heads.Binomial()
    y, raw, exact = successes(around=around)
    np.testing.assert_allclose(array(head.nll(y, raw)), exact, rtol=1e-9, atol=1e-12)
    slope = y[..., 1] * special.expit(raw[..., 0]) - y[..., 0]
    np.testing.assert_allclose(array(head.gradient(y, raw))[..., 0], slope, rtol=1e-7, atol=1e-9)
    weight = np.random.default_rng(1).integers(0, 3, around).astype(float)
    found = HeadLoss(head, reduction="sum", dtype="float64")(y, raw, weight)
    np.testing.assert_allclose(float(found), (weight * exact).sum(), rtol=1e-6)


def test_in_a_graph_more_successes_than_trials_have_no_loss_and_spoil_no_other():
    import tensorflow as tf

    y, raw, exact = successes(around=(4, 3))
    y[1, 2] = [5, 3]
    specs = [tf.TensorSpec([None, None, 2], tf.float64), tf.TensorSpec([None, None, 1], tf.float64)]
    found = array(tf.function(heads.Binomial().nll, input_signature=specs)(y, raw))
    assert np.isnan(found[1, 2])
    exact[1, 2] = found[1, 2] = 0
    np.testing.assert_allclose(found, exact, rtol=1e-9, atol=1e-12)


def test_counts_and_outcomes_that_float32_does_not_have_are_kept_in_float64():
    big = 2.0**24 + 1
    raw = np.array([[big]])
    found = array(heads.Poisson().nll([big], raw))[0]
    assert np.isclose(found, -stats.poisson.logpmf(big, big + 1e-9), rtol=1e-9)
    whole = np.array([2**24 + 1, 2**24], "int64")
    near = np.full((2, 1), 2.0**24)
    slope = array(heads.Gaussian().gradient(whole, near))[:, 0]
    np.testing.assert_array_equal(slope, [-1, 0])


def test_a_link_whose_values_may_be_negative_has_no_logarithm():
    link = heads.Gaussian().links["mean"]
    assert repr(link) == "Identity()"
    with pytest.raises(TypeError, match=r"the values of Identity\(\) need not be positive"):
        link.log(ops.ones((2, 1)))


def test_a_link_that_a_parameter_cannot_take_is_told_which_it_can():
    said = "must be above zero; take one of softplus, exponential$"
    with pytest.raises(ValueError, match=said):
        heads.Poisson(links={"rate": "sigmoid"})
    said = "must be between zero and one; take one of sigmoid, probit, cloglog$"
    with pytest.raises(ValueError, match=said):
        heads.Binomial(links={"probability": "softplus"})
    with pytest.raises(ValueError, match="must be a lower triangle"):
        heads.MultivariateGaussian(links={"factor": "softplus"})


def test_a_saved_loss_is_found_under_the_packages_name():
    assert keras.saving.get_registered_name(HeadLoss) == "lossbook>HeadLoss"
    assert keras.losses.serialize(heads.Poisson().loss)["registered_name"] == "lossbook>HeadLoss"


@pytest.mark.parametrize("around", [(6, 4), (3, 2, 4)], ids=str)
def test_an_objective_that_is_not_the_likelihood_is_that_of_each_step(around):
    head, rng = heads.GaussianScale(3, beta=0.5), np.random.default_rng(0)
    y, raw = rng.normal(size=(24, 3)), rng.normal(size=(24, 6))
    each = array(head.objective(y, raw))
    found = array(head.objective(y.reshape(*around, 3), raw.reshape(*around, 6)))
    assert found.shape == around
    np.testing.assert_allclose(found.ravel(), each, rtol=1e-9)
    single = [array(head.objective(y[k : k + 1], raw[k : k + 1]))[0] for k in range(24)]
    np.testing.assert_allclose(each, single, rtol=1e-9)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
def test_in_a_graph_the_objective_of_no_number_is_none_whatever_the_weight(beta):
    """As the likelihood's: a stand-in for the outcome must not be learnt from."""
    import tensorflow as tf

    head, raw = heads.GaussianScale(2, beta=beta), np.random.default_rng(0).normal(size=(3, 4))
    y = np.array([[0.1, -2.0], [np.nan, 1.0], [3.0, np.inf]])
    found = array(tf.function(head.objective, autograph=False)(y, raw))
    np.testing.assert_array_equal(np.isnan(found), [False, True, True])
    np.testing.assert_allclose(found[:1], array(head.objective(y[:1], raw[:1])))


@pytest.mark.parametrize("name", ["poisson", "gaussian_scale", "dirichlet"])
def test_a_mask_and_weights_together_leave_out_what_either_does(name):
    """Whatever stands there, NaN too."""
    head, rng = HEADS[name](), np.random.default_rng(0)
    x = rng.normal(size=(6, 5, 2)).astype("float32")
    x[:, 3:] = 0
    network = [keras.layers.Masking(), keras.layers.Dense(head.units)]
    model = keras.Sequential([keras.Input((5, 2)), *network])
    model.compile("sgd", loss=HeadLoss(head, reduction="sum"))
    raw = model.predict(x, verbose=0)
    y = np.asarray(head.sample(head.parameters(raw), rng), "float32")
    weight = rng.integers(1, 4, (6, 5)).astype("float32")
    weight[:, 0] = 0
    each = array(head.nll(y, raw))
    want = (weight * each)[:, :3].sum()
    y[:, 0] = y[:, 3:] = np.nan
    found = model.evaluate(x, y, sample_weight=weight, batch_size=6, verbose=0)
    np.testing.assert_allclose(found, want, rtol=1e-4)


@pytest.mark.parametrize("name", HEADS)
def test_a_weight_counts_as_it_is_however_small_and_of_either_sign(name):
    """Only a weight of 0 leaves an outcome out; one below 0 takes its loss off."""
    head, rng = CASES[name].head(), np.random.default_rng(0)
    raw = rng.normal(scale=0.7, size=(3, 2, head.units))
    y = np.asarray(head.sample(head.parameters(raw), rng))
    weight = np.array([[0.5, 1e-3], [-1.0, -0.25], [2.5, 1e-30]])
    each = array(head.objective(y, raw))
    loss = HeadLoss(head, reduction="sum", dtype="float64")
    for k in range(6):
        alone = np.where(np.arange(6).reshape(3, 2) == k, weight, 0)
        np.testing.assert_allclose(float(loss(y, raw, alone)), (alone * each).sum(), rtol=1e-9)
    np.testing.assert_allclose(float(loss(y, raw, weight)), (weight * each).sum(), rtol=1e-9)
    np.testing.assert_allclose(
        float(loss(y[:, 0], raw[:, 0], weight[:, 0])), weight[:, 0] @ each[:, 0]
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", HEADS)
def test_losses_parameters_and_slopes_have_the_float_type_of_the_raw_outputs(name, dtype):
    """Whatever type the outcomes have."""
    head, rng = CASES[name].head(), np.random.default_rng(0)
    raw = rng.normal(size=(4, head.units)).astype(dtype)
    found = dict(head.parameters(raw))
    y = np.asarray(head.sample(found, rng))
    for outcomes in (y, y.astype("float32") if y.dtype.kind == "f" else y.astype("int32")):
        found |= {"loss": head.nll(outcomes, raw), "objective": head.objective(outcomes, raw)}
        found["automatic slope"] = head.automatic_gradient(outcomes, raw)
        found["slope"] = head.gradient(outcomes, raw)
        types = {key: keras.backend.standardize_dtype(v.dtype) for key, v in found.items()}
        assert set(types.values()) == {dtype}, types


@pytest.mark.parametrize("name", ["bernoulli", "independent_bernoullis"])
def test_the_constant_of_soft_labels_minimises_their_loss(name):
    """Their mean, which is no share of labels above a half."""
    head = HEADS[name]() if name == "bernoulli" else HEADS[name](size=2)
    y = np.array([[0.1, 0.9], [0.3, 0.2], [0.45, 1.0], [0.0, 0.6]])[:, : head.columns]
    found = head.best_constant(y)
    np.testing.assert_allclose(found, y.mean(axis=0))
    raw = np.tile(np.log(found / (1 - found)), (4, 1))
    np.testing.assert_allclose(array(head.gradient(y, raw)).sum(axis=0), 0, atol=1e-12)


def test_an_eager_outcome_is_looked_at_in_the_digits_that_it_has():
    """Float32 would round these to an end of the support, or to a fraction that is none."""
    for head, value in ((heads.Beta(), 1 - 1e-12), (heads.Gamma(), 1e-60)):
        y, raw = ops.convert_to_tensor(np.array([value])), np.zeros((1, head.units))
        assert np.isfinite(array(head.nll(y, raw))).all()
    with pytest.raises(ValueError, match="Poisson: y must be"):
        heads.Poisson().nll(ops.convert_to_tensor(np.array([2.0**24 + 0.5])), np.zeros((1, 1)))

"""The beta-NLL: the likelihood's gradients, each times scale^(2 beta)."""

import numpy as np
import pytest
from lossbook import ops, tf
from lossbook.heads import GaussianScale
from scipy import special, stats

RNG = np.random.default_rng(0)
Y, RAW = RNG.normal(size=(50, 1)), RNG.normal(size=(50, 2))
MEAN, SCALE = RAW[:, 0], np.logaddexp(0, RAW[:, 1]) + 1e-6


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
def test_value(beta):
    found = GaussianScale(beta=beta).objective(Y, RAW)
    expected = -(SCALE ** (2 * beta)) * stats.norm.logpdf(Y[:, 0], MEAN, SCALE)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
def test_gradient_by_the_formula_of_seitzer_et_al(beta):
    raw = tf.constant(RAW)
    with tf.GradientTape() as tape:
        tape.watch(raw)
        total = ops.sum(GaussianScale(beta=beta).objective(Y, raw))
    error = MEAN - Y[:, 0]
    to_mean = error / SCALE ** (2 - 2 * beta)
    to_scale = (SCALE**2 - error**2) / SCALE ** (3 - 2 * beta) * special.expit(RAW[:, 1])
    expected = np.stack([to_mean, to_scale], axis=1)
    np.testing.assert_allclose(tape.gradient(total, raw), expected, rtol=1e-5, atol=1e-9)


def test_the_full_likelihood_stays_what_it_is():
    np.testing.assert_array_equal(GaussianScale(beta=1).nll(Y, RAW), GaussianScale().nll(Y, RAW))


@pytest.mark.parametrize("beta", [-0.1, 1.5])
def test_beta_out_of_range(beta):
    with pytest.raises(ValueError, match="beta must be from 0 to 1"):
        GaussianScale(beta=beta)


def test_several_values_are_weighed_each_by_its_own_scale_and_the_loss_is_the_objective():
    head = GaussianScale(3, beta=0.5)
    y, raw = RNG.normal(size=(20, 3)), RNG.normal(size=(20, 6))
    scale = np.logaddexp(0, raw[:, 3:]) + 1e-6
    expected = -(scale * stats.norm.logpdf(y, raw[:, :3], scale)).sum(axis=1)
    np.testing.assert_allclose(head.objective(y, raw), expected, rtol=1e-6)
    np.testing.assert_allclose(float(head.loss(y, raw)), expected.mean(), rtol=1e-5)


def test_each_samples_pull_on_the_mean_is_weighed_by_one_over_its_variance():
    """As the docstring has it; so that where the scale is ten times as large, it is a hundredth."""
    said = " ".join((GaussianScale.__doc__ or "").split())
    assert "weighs each sample's pull on the mean by 1 / scale²" in said
    head = GaussianScale(links={"scale": "exponential"})
    raw = np.array([[0.0, 0.0], [0.0, np.log(10.0)]])
    pulls = np.asarray(head.gradient([3.0, 3.0], raw))[:, 0]
    np.testing.assert_allclose(pulls, [-3.0, -0.03], rtol=1e-9)

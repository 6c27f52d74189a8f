"""Raw outputs in float16: what losses and gradients keep of it, and what a step makes of that."""

import re

import numpy as np
import pytest
import tensorflow as tf
from lossbook import keras
from lossbook.heads import HEADS
from lossbook.heads.keras_loss import HeadLoss
from sizes import SIZED

MOST = 65504.0
OVERFLOW = {
    "exponential", "gamma", "gaussian_mixture", "gaussian_scale", "inverse_gaussian",
    "multivariate_gaussian", "weibull",
}  # fmt: skip
"""Heads of which the docstring says that a gradient may be more than float16 holds."""


def outcomes(head, n, rng):
    raw = rng.normal(scale=0.7, size=(n, head.units))
    return np.asarray(head.sample(head.parameters(raw), rng), float)


def far(head, n, rng):
    """Raw outputs of ±100, of 0, where softplus meets its floor, and anywhere between."""
    mixed = rng.choice([-100.0, -14.0, 0.0, 100.0], (n, head.units))
    return np.concatenate([mixed, rng.uniform(-100, 100, (n, head.units))])


def sloped(head, y, raw, dtype):
    """The sum of the losses, and its slope in raw outputs that have a float type."""
    raw = tf.cast(tf.constant(raw, tf.float16), dtype)
    with tf.GradientTape() as tape:
        tape.watch(raw)
        loss = HeadLoss(head, reduction="sum")(y, raw)
    slope = tape.gradient(loss, raw)
    assert loss.dtype == tf.float32
    assert slope.dtype == dtype
    return float(loss), np.asarray(slope)


@pytest.mark.parametrize("name", SIZED)
def test_in_float16_the_loss_is_float32s_and_the_slope_is_float32s_rounded(name):
    head, rng = SIZED[name](), np.random.default_rng(0)
    for most, raw in ((2, rng.uniform(-2, 2, (40, head.units))), (100, far(head, 40, rng))):
        y = outcomes(head, len(raw), rng)
        (short, slope), (exact, want) = (
            sloped(head, y, raw, kind) for kind in (tf.float16, tf.float32)
        )
        assert np.isfinite(short)
        assert short == exact
        with np.errstate(over="ignore"):
            np.testing.assert_array_equal(slope, want.astype(np.float16))
        assert not np.isnan(slope).any()
        several = head.name == "multivariate_gaussian" and head.size > 3
        if several or (most == 100 and head.name in OVERFLOW):
            assert np.isinf(slope).any()
        else:
            assert np.isfinite(slope).all()


@pytest.fixture
def policy(request):
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy("float32")


def stepped(head, raw, seed):
    """The weights after one step of a model that puts out `raw`."""
    y = outcomes(head, len(raw), np.random.default_rng(seed))
    layer = keras.layers.Dense(head.units, kernel_initializer="identity")
    model = keras.Sequential([keras.Input((head.units,)), layer])
    model.compile(keras.optimizers.SGD(1e-3), loss=head.loss, run_eagerly=True)
    loss = model.train_on_batch(raw.astype("float32"), y)
    return float(np.asarray(loss)), np.concatenate([w.ravel() for w in model.get_weights()])


@pytest.mark.parametrize("policy", ["mixed_float16", "float16"], indirect=True)
@pytest.mark.parametrize("name", HEADS)
def test_under_the_policies_of_float16_a_step_keeps_the_weights_finite(name, policy):
    """At ordinary raw outputs, and at ±100 where the loss is scaled or no gradient overflows."""
    head, rng = HEADS[name](), np.random.default_rng(0)
    loss, weights = stepped(head, rng.uniform(-2, 2, (20, head.units)), 1)
    assert np.isfinite(loss)
    assert np.isfinite(weights).all()
    loss, weights = stepped(head, far(head, 20, rng), 1)
    if policy == "mixed_float16" or name not in OVERFLOW:
        assert np.isfinite(loss) or policy == "float16"
        assert np.isfinite(weights).all()


def test_the_docstring_says_what_holds_in_float16():
    text = " ".join((HeadLoss.__doc__ or "").split())
    assert f"is infinite above {MOST:.0f}" in text
    assert np.finfo(np.float16).max == MOST
    with np.errstate(over="ignore"):
        assert np.isinf(np.float32(MOST + 16).astype(np.float16))
    assert "and 0 below 3e-8" in text
    low = np.float32([2.9e-8, 3.1e-8]).astype(np.float16)
    assert low[0] == 0 < low[1]
    named = {name for name in HEADS if re.search(rf"\b{HEADS[name].__name__}\b", text)}
    assert named == OVERFLOW

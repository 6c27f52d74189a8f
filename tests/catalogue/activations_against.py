"""The activations that are unfit to end a network, each reason beside the number that shows it."""

import re

import numpy as np
from activations_shown import Z, said, shows, slope, turn, values
from lossbook import keras
from lossbook.heads import Poisson
from scipy import special

FAR = np.array([-40.0, -8.0, 8.0, 40.0])


def arrives(name):
    """How far it still is from its limit at 8."""
    return 1 - values(name, [8.0])[0]


@shows("softsign", "as tanh, and slower still to arrive")
def softsign():
    assert -1 < values("softsign", FAR).min() < values("softsign", FAR).max() < 1
    assert arrives("softsign") > 1000 * arrives("tanh")


@shows(
    "relu",
    "0 is no positive number: a rate or scale of 0 gives an infinite loss, and no gradient to leave"
    " it",
)
def relu():
    assert (values("relu", [-3.0, -0.1]) == 0).all()
    assert (slope("relu", [-3.0, -0.1]) == 0).all()
    with np.errstate(divide="ignore"):
        assert np.isinf(-3 * np.log(values("relu", [-3.0])))  # a count of 3 at a rate of 0


@shows("relu6", "as relu, and nothing above 6 can be said")
def relu6():
    assert (values("relu6", [-3.0, -0.1]) == 0).all()
    most = values("relu6", FAR).max()
    assert f"above {most:.0f} can" in said("relu6")


@shows("hard_sigmoid", "reaches 0 and 1, where the log likelihood is infinite, and stays there")
def hard_sigmoid():
    p = values("hard_sigmoid", [-9.0, -3.1, 3.1, 9.0])
    assert p.tolist() == [0, 0, 1, 1]
    with np.errstate(divide="ignore"):
        assert np.isinf(np.log(p[0]))


@shows("sparse_sigmoid", "as hard sigmoid, sooner")
def sparse_sigmoid():
    assert values("sparse_sigmoid", [-1.1, 1.1]).tolist() == [0, 1]
    assert 0 < values("hard_sigmoid", [-1.1])[0] < values("hard_sigmoid", [1.1])[0] < 1


@shows("hard_tanh", "a clip to [−1, 1]")
def hard_tanh():
    low, high = (float(v.replace("−", "-")) for v in re.findall("−?\\d", said("hard_tanh")))
    np.testing.assert_array_equal(values("hard_tanh", Z), Z.clip(low, high))


@shows(
    "sparsemax",
    "gives probability 0, at which the log likelihood is infinite; in Keras 3.15 its values need"
    " not even sum to one (Keras's issue 23425)",
)
def sparsemax():
    out = values("sparsemax", np.random.default_rng(0).normal(scale=2, size=(200, 4)))
    assert (out == 0).mean() > 0.2
    # With the repair of a later release the remark goes: see test_vectors.
    assert ("not even sum to one" in said("sparsemax")) == (abs(out.sum(axis=1) - 1).max() > 0.01)
    assert f"Keras {'.'.join(keras.__version__.split('.')[:2])} " in said("sparsemax")


@shows("sparse_plus", "as relu, with a smooth corner")
def sparse_plus():
    far = abs(Z) > 1
    np.testing.assert_allclose(values("sparse_plus", Z)[far], Z[far].clip(0), atol=1e-12)
    assert abs(np.diff(slope("sparse_plus", Z))).max() < 0.02
    assert abs(np.diff(slope("relu", Z))).max() == 1


def stays_above(name, least):
    v = values(name, np.append(Z, [-200.0]))
    assert np.isclose(v.min(), -least, atol=5e-3)
    assert v.max() > 5, "and has values on both sides of 0: neither real nor positive"


@shows("elu", "stays above −1: neither real nor positive")
def elu():
    stays_above("elu", float(re.search("−([\\d.]+)", said("elu"))[1]))


@shows("celu", "as elu")
def celu():
    np.testing.assert_allclose(values("celu", Z), values("elu", Z))


@shows("selu", "stays above −1.76: neither real nor positive")
def selu():
    stays_above("selu", float(re.search("−([\\d.]+)", said("selu"))[1].rstrip(":")))


def two_for_one(name):
    """Not monotone: two raw outputs on the two sides of the minimum have one value."""
    place = turn(name)
    least = values(name, [place])[0]
    left, right = values(name, [place - 0.5, place + 0.5])
    assert min(left, right) > least
    [number] = re.findall(r"minimum (?:at )?−([\d.]+)", said(name))
    assert f"{-least:.{len(number.partition('.')[2])}f}" == number
    assert ("not monotone" in said(name)) == (slope(name).min() < -1e-3)


@shows("silu", "not monotone: two raw outputs, one value, and a minimum at −0.28")
def silu():
    two_for_one("silu")


@shows("hard_silu", "not monotone, minimum −0.375")
def hard_silu():
    two_for_one("hard_silu")


@shows("gelu", "not monotone, minimum −0.17")
def gelu():
    two_for_one("gelu")


@shows("mish", "not monotone, minimum −0.31")
def mish():
    two_for_one("mish")


@shows(
    "leaky_relu",
    "meets the constraint but bends at 0, where nothing about y does; linear says the same without"
    " the bend",
)
def leaky_relu():
    bends = abs(np.diff(slope("leaky_relu", Z)))
    [place] = np.flatnonzero(bends > 0.1)
    assert abs(Z[place]) < 0.011
    assert abs(np.diff(slope("linear", Z))).max() == 0
    assert values("leaky_relu", FAR).min() < -5


@shows("tanh_shrink", "its gradient is 0 at $z = 0$, where training starts")
def tanh_shrink():
    assert abs(slope("tanh_shrink", [0.0])[0]) < 1e-12
    assert (slope("tanh_shrink", [-0.2, 0.2]) > 0.03).all()
    assert abs(starts()).max() < 0.5


def starts():
    """The first raw outputs of an untrained layer on a flat input."""
    keras.utils.set_random_seed(0)
    layer = keras.layers.Dense(1)
    return np.asarray(layer(np.random.default_rng(0).normal(scale=0.1, size=(50, 16))))


@shows("soft_shrink", "stuck at 0 for small raw outputs, where training starts")
def soft_shrink():
    z = starts()
    assert (values("soft_shrink", z) == 0).all()
    assert (slope("soft_shrink", z) == 0).all()
    assert values("soft_shrink", [0.6])[0] != 0


@shows("hard_shrink", "jumps over values between 0 and ±½, and is stuck at 0 where training starts")
def hard_shrink():
    v = values("hard_shrink", Z)
    assert not ((abs(v) > 0) & (abs(v) < 0.5)).any()
    assert abs(values("hard_shrink", [-0.501, 0.501])).round(2).tolist() == [0.5, 0.5]
    assert (values("hard_shrink", starts()) == 0).all()


@shows("threshold", "jumps, and is constant below")
def threshold():
    v = values("threshold", Z)
    assert np.diff(v).max() > 0.9
    assert (v[Z < 1] == 0).all()
    assert (v[Z > 1] == Z[Z > 1]).all()


@shows(
    "glu",
    "takes two raw outputs a value and gains nothing: linear meets the same constraint",
)
def glu():
    raw = np.random.default_rng(0).normal(scale=20, size=(500, 6))
    out = values("glu", raw)
    assert raw.shape[1] == 2 * out.shape[1]
    assert out.min() < -20 < 20 < out.max()
    np.testing.assert_allclose(out, raw[:, :3] * special.expit(raw[:, 3:]))
    assert Poisson().units == 1  # as every head with one parameter, which reads each raw output

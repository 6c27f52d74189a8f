"""What is said for or against each activation, beside the number that shows it."""

import numpy as np
from lossbook import keras, ops, tf
from lossbook.catalogue import ACTIVATIONS
from lossbook.heads import HEADS, Poisson
from printed import Sentences, formulas, number
from scipy import optimize, special

SAID = Sentences()
CHECKS = {}
Z = np.linspace(-8, 8, 1601)
CORNERS = {
    "relu": [0], "relu6": [0, 6], "hard_sigmoid": [-3, 3], "sparse_sigmoid": [-1, 1],
    "hard_tanh": [-1, 1], "sparse_plus": [-1, 1], "soft_shrink": [-0.5, 0.5],
    "hard_shrink": [-0.5, 0.5], "threshold": [1], "hard_silu": [-3, -1.5, 3],
    "silu": [-1.28], "gelu": [-0.75], "mish": [-1.19],
}  # fmt: skip
BELOW_0 = "exactly 0 for negative raw outputs"
STILL = {
    "relu": (BELOW_0, lambda z: z < 0),
    "relu6": ("exactly 0 below 0 and above 6", lambda z: (z < 0) | (z > 6)),
    "hard_sigmoid": ("exactly 0 beyond ±3", lambda z: abs(z) > 3),
    "sparse_sigmoid": ("exactly 0 beyond ±1", lambda z: abs(z) > 1),
    "hard_tanh": ("exactly 0 beyond ±1", lambda z: abs(z) > 1),
    "sparse_plus": ("exactly 0 below −1", lambda z: z < -1),
    "soft_shrink": ("exactly 0 within ±½", lambda z: abs(z) < 0.5),
    "hard_shrink": ("exactly 0 within ±½", lambda z: abs(z) < 0.5),
    "threshold": ("exactly 0 below the threshold", lambda z: z < 1),
}
"""Where the gradient is exactly 0, as it is said and as a condition."""


def function(name):
    found = getattr(keras.activations, name)
    if name == "threshold":
        return lambda z: found(z, 1.0, 0.0)
    return lambda z: ops.convert_to_numpy(found(ops.convert_to_tensor(z)))


def values(name, z):
    return np.asarray(function(name)(np.asarray(z, float)))


def slope(name, z=Z):
    found = getattr(keras.activations, name)
    raw = tf.constant(np.asarray(z, float))
    with tf.GradientTape() as tape:
        tape.watch(raw)
        total = ops.sum(found(raw, 1.0, 0.0) if name == "threshold" else found(raw))
    return np.asarray(tape.gradient(total, raw))


def clear_of_corners(name):
    """Which of `Z` are no corner and no turn, where a single point may have any slope."""
    return np.all([abs(Z - corner) > 0.006 for corner in CORNERS.get(name, [99])], axis=0)


def turn(name):
    """Where an activation that falls first begins to rise."""
    return optimize.minimize_scalar(
        lambda z: float(values(name, [z])[0]), bounds=(-2.5, -0.2), method="bounded",
        options={"xatol": 1e-10},
    ).x if name != "hard_silu" else -1.5  # fmt: skip


def shows(name, why):
    """Marks the check of one activation's reason."""
    SAID.shows(name, why=why)

    def keep(check):
        CHECKS[name] = check
        return check

    return keep


def said(name):
    return ACTIVATIONS[name].why


def parameters():
    return [p for kind in HEADS.values() for p in kind.declared]


@shows("linear", "means, medians, quantiles, logarithms of positive parameters")
def linear():
    real = {p.name for p in parameters() if p.constraint.name == "real"}
    assert {"mean", "median", "quantile"} <= real
    log_normal = HEADS["log_normal"]()
    found = log_normal.parameters(np.array([[0.3]]))
    assert np.isclose(float(next(iter(found.values()))[0, 0]), 0.3)  # the mean of log y
    assert np.ptp(values("linear", Z) - Z) == 0


@shows("sigmoid", "a probability")
def sigmoid():
    p = values("sigmoid", Z)
    assert 0 < p.min() < p.max() < 1
    z = optimize.minimize_scalar(
        lambda z: 0.8 * np.log1p(np.exp(-z)) + 0.2 * np.log1p(np.exp(z)), bounds=(-9, 9)
    ).x
    assert np.isclose(values("sigmoid", [z])[0], 0.8, atol=1e-4)


@shows("softmax", "probabilities of classes that exclude each other")
def softmax():
    p = values("softmax", [[0.2, -1.0, 3.0]])
    assert np.isclose(p.sum(), 1)
    assert not np.isclose(values("sigmoid", [0.2, -1.0, 3.0]).sum(), 1)


@shows("softplus", "a scale, a rate, a shape; grows linearly, so it does not explode")
def softplus():
    assert {"scale", "rate", "shape"} <= {p.name for p in parameters()}
    assert abs(values("softplus", [1000.0])[0] / 1000 - 1) < 1e-6
    np.testing.assert_allclose(np.diff(values("softplus", [50.0, 60.0, 70.0])), 10)


@shows("exponential", "a rate whose causes multiply; overflows for $z > 88$ in float32")
def exponential():
    a, b = values("exponential", [0.7]), values("exponential", [1.9])
    assert np.isclose(values("exponential", [0.7 + 1.9]), a * b)
    [limit] = [int(f.removeprefix("z > ")) for f in formulas(said("exponential"))]
    single = function("exponential")(np.array([limit, limit + 1], "float32"))
    assert np.isfinite(single).tolist() == [True, False]
    assert "rate" in Poisson().sizes()


@shows(
    "squareplus", r"as softplus; falls like $1/\lvert z\rvert$: far raw outputs for small values"
)
def squareplus():
    [falls] = formulas(said("squareplus"))
    for z in (-1e2, -1e3):
        assert np.isclose(values("squareplus", [z])[0], number(falls, {"z": z}), rtol=1e-3)
    far = optimize.brentq(lambda z: values("squareplus", [z])[0] - 0.01, -1e3, 0)
    assert far < -90 < -10 < np.log(np.expm1(0.01))
    assert (values("squareplus", Z) > 0).all()


@shows(
    "log_softmax",
    "logarithms of probabilities, no parameter itself; Keras's losses take it as logits, for"
    " softmax of it is softmax",
)
def log_softmax():
    z = np.array([[0.2, -1.0, 3.0]])
    logs = values("log_softmax", z)
    np.testing.assert_allclose(np.exp(logs), special.softmax(z))
    np.testing.assert_allclose(values("softmax", logs), special.softmax(z))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert np.isclose(float(loss(np.array([1]), logs)), -logs[0, 1])


@shows(
    "log_sigmoid",
    "the logarithm of a probability, which no loss in Keras takes: as a logit it allows only"
    " $p < \\frac12$",
)
def log_sigmoid():
    logs = values("log_sigmoid", Z)
    np.testing.assert_allclose(np.exp(logs), special.expit(Z))
    most = special.expit(values("log_sigmoid", [-30.0, 30.0])).max()
    [limit] = formulas(said("log_sigmoid"))
    assert limit == r"p < \frac12"
    assert np.isclose(most, 0.5)
    assert (special.expit(logs) < 0.5).all()
    loss = keras.losses.BinaryCrossentropy(from_logits=True)(np.array([[1.0]]), logs[-1:, None])
    assert float(loss) > 0.6, "sure, right, and dear: it takes no logarithms"


@shows(
    "tanh",
    "values in (−1, 1), as for a correlation, for which there is no head here; with hinge losses it"
    " bounds the margin; $(1 + \\tanh z)/2$ is the sigmoid of $2z$",
)
def tanh():
    v = values("tanh", Z)
    assert -1 < v.min() < -0.99
    assert 0.99 < v.max() < 1
    assert "correlation" not in {p.name for p in parameters()}
    hinge = keras.losses.Hinge()
    assert 0 < float(hinge(np.array([[1.0]]), v[-1:, None])) < 1e-5
    half, twice = formulas(said("tanh"))
    factor = number(twice, {"z": 1.0})
    for z in (-1.2, 0.4):
        assert np.isclose(number(half, {"z": z}), special.expit(factor * z))

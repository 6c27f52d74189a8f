"""What the catalogue says of each activation: its gradient as printed, its reasons by number.

Gradients are read and compared with TensorFlow's: formulas on a grid, "exactly 0" where the
sentence says and nowhere else, turns to the digits that stand there. Each reason stands whole above
the test that shows it.
"""

import re

import activations_against  # noqa: F401  the checks of the unfit
import numpy as np
import pytest
from activations_shown import (
    CHECKS,
    SAID,
    STILL,
    Z,
    clear_of_corners,
    function,
    slope,
    turn,
)
from lossbook.catalogue import ACTIVATIONS
from lossbook.constraints import POSITIVE, REAL, SIMPLEX, UNIT_INTERVAL
from printed import formulas, number
from scipy import special

CONSTRAINTS = {c.name for c in (POSITIVE, REAL, SIMPLEX, UNIT_INTERVAL)} | {""}
FORMULAS = {
    "linear": "1 everywhere",
    "sigmoid": r"$p(1-p)$, cancelled by the log likelihood",
    "softplus": r"the sigmoid of $z$",
    "exponential": r"$e^z$",
    "squareplus": r"$\frac12(1 + z/\sqrt{z^2 + 4})$",
    "log_sigmoid": r"$1 - p$",
    "tanh": r"$1 - \tanh^2 z$",
    "softsign": r"$1/(1+\lvert z\rvert)^2$",
    "tanh_shrink": r"$\tanh^2 z$",
}
"""Gradients with one formula, besides those by pieces and those of vectors."""
PIECES = ("elu", "celu", "selu", "leaky_relu")
VECTORS = ("softmax", "log_softmax", "glu", "sparsemax")
TURNS = ("silu", "hard_silu", "gelu", "mish")


def test_every_sentence_stands_beside_its_check():
    SAID.assert_stands(ACTIVATIONS, "why")
    assert {*FORMULAS, *PIECES, *VECTORS, *TURNS, *STILL} == set(ACTIVATIONS)
    assert {entry.meets for entry in ACTIVATIONS.values()} <= CONSTRAINTS


@pytest.mark.parametrize("name", FORMULAS)
def test_the_gradient_as_printed(name):
    said = ACTIVATIONS[name].gradient
    assert said == FORMULAS[name]
    for z, found in zip(Z[::50], slope(name)[::50], strict=True):
        names = {"z": float(z), "p": float(special.expit(z))}
        if name == "softplus":
            printed = names["p"]
        else:
            printed = number((formulas(said) or [said.removesuffix(" everywhere")])[0], names)
        assert np.isclose(printed, found, rtol=1e-6, atol=1e-9), (name, z)


@pytest.mark.parametrize("name", PIECES)
def test_the_gradient_by_pieces(name):
    below, sign, above = re.fullmatch(
        r"(.+) below 0(,) else ([\d.]+)", ACTIVATIONS[name].gradient
    ).groups()
    assert sign == ","
    factor = below.split(" $")[0] if not below.startswith("$") else "1"
    grows = "e^" in below
    z = np.array([-3.0, -0.4, 0.4, 3.0])
    expected = np.where(z < 0, float(factor) * (np.exp(z) if grows else 1), float(above))
    np.testing.assert_allclose(slope(name, z), expected, rtol=6e-3 if name == "selu" else 1e-6)


@pytest.mark.parametrize("name", [*STILL, *TURNS])
def test_where_the_gradient_is_exactly_0_or_changes_sign(name):
    """The interval is read from the sentence; outside it nothing is still."""
    said = ACTIVATIONS[name].gradient
    zero = slope(name) == 0
    inside = STILL.get(name, (said, lambda z: z < -3 if name == "hard_silu" else z > 99))[1]
    if name in STILL:
        assert said == STILL[name][0]
    clear = clear_of_corners(name)
    np.testing.assert_array_equal(zero[clear], inside(Z)[clear])
    if name in TURNS:
        place, how = turn(name), re.match(r"changes sign (near|at) −([\d.]+)", said)
        assert np.isclose(-float(how[2]), place, atol=0.005), (name, place)
        assert (how[1] == "at") == (abs(-float(how[2]) - place) < 1e-6)
        assert ("exactly 0 below −3" in said) == (name == "hard_silu")
        assert said in (how[0], f"{how[0]}; exactly 0 below −3")


def jacobian(name, z, h=1e-5):
    columns = [
        (function(name)((z + h * e)[None]) - function(name)((z - h * e)[None])) / (2 * h)
        for e in np.eye(len(z))
    ]
    return np.stack([np.asarray(c)[0] for c in columns], axis=1)


def test_the_gradients_of_vectors():
    z = np.array([0.4, -1.0, 1.1, 0.2])
    p = special.softmax(z)
    for name, tail in (("softmax", ", cancelled by the log likelihood"), ("log_softmax", "")):
        said = ACTIVATIONS[name].gradient
        [formula] = formulas(said)
        assert said == f"${formula}$" + tail
        printed = [
            [
                number(formula, {"p_i": p[i], "p_j": p[j], r"\delta_ij": float(i == j)})
                for j in range(4)
            ]
            for i in range(4)
        ]
        np.testing.assert_allclose(printed, jacobian(name, z), atol=1e-8)
    said = ACTIVATIONS["glu"].gradient
    to_a, to_b = formulas(said)
    assert said == f"${to_a}$ to one half, ${to_b}$ to the other"
    a, b, s = 0.4, 1.1, special.expit(1.1)
    sigmoid = lambda at: float(special.expit(float(at)))  # noqa: E731
    names = {"a": a, "b": b, r"\sigma": sigmoid, r"\slope": lambda at: s * (1 - s)}
    found = jacobian("glu", np.array([0.4, -1.0, 1.1, 0.2]))[0, [0, 2]]
    np.testing.assert_allclose([number(f, names) for f in (to_a, to_b)], found, atol=1e-8)
    said = ACTIVATIONS["sparsemax"].gradient
    assert said == "exactly 0 for classes given probability 0"
    alive = 0
    for z in np.random.default_rng(1).normal(size=(60, 4)):
        out = np.asarray(function("sparsemax")(z[None]))[0]
        moved = jacobian("sparsemax", z)
        assert (moved[out == 0] == 0).all()
        alive += (moved[out > 0] != 0).any()
    assert alive > 20


def test_what_the_log_likelihood_cancels():
    """So that the gradient of the loss is prediction minus target."""
    z, h = 0.7, 1e-6
    loss = lambda z: -np.log(special.expit(z))  # noqa: E731
    assert np.isclose((loss(z + h) - loss(z - h)) / (2 * h), special.expit(z) - 1)
    cancelled = {n for n, e in ACTIVATIONS.items() if "cancelled" in e.gradient}
    assert cancelled == {"sigmoid", "softmax"}


def test_vectors_meet_what_is_said_of_them():
    raw = np.random.default_rng(0).normal(scale=4, size=(2000, 4))
    out = {name: np.asarray(function(name)(raw)) for name in VECTORS}
    for name, found in out.items():
        whole = (found > 0).all() and np.allclose(found.sum(axis=-1), 1)
        real = found.min() < -5 and found.max() > 5
        meets = "simplex" if whole else "real" if real and name == "glu" else ""
        assert ACTIVATIONS[name].meets == meets
    assert out["log_softmax"].max() <= 0, "logarithms: no real number above 0"


@pytest.mark.parametrize("name", CHECKS)
def test_the_reason(name):
    CHECKS[name]()


def test_every_reason_has_a_check():
    assert set(CHECKS) == set(ACTIVATIONS)

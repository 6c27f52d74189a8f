"""Limits and remarks in docstrings, as facts: a number that is changed in one place is noticed."""

import re

import numpy as np
import pytest
from claims import REFERENCES
from lossbook import heads, keras, ops
from lossbook.heads import HEADS, gamma, inverse_gaussian, multivariate_gaussian, weibull
from lossbook.links import FLOOR, LINKS
from lossbook.links.elementwise import _exp_limit
from scipy import special, stats


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def mixture_swapped(head):
    raw = np.array([[0.3, -1.0, 2.0, -0.5, 0.1, 0.9]])
    same = head.nll([0.7], raw), head.nll([0.7], raw[:, [1, 0, 3, 2, 5, 4]])
    narrow = [head.nll([0.7], [[0.0, 0.0, 0.7, 0.0, s, 0.0]])[0] for s in (-1.0, -4.0, -9.0)]
    return np.isclose(*same) and narrow[0] > narrow[1] > narrow[2]


def first_answer(head):
    cut = np.array([[-0.4]])
    found = [
        float(np.exp(-array(heads.Ordinal(2, cumulative=c).nll([0], cut)))[0])
        for c in ("sigmoid", "probit", "cloglog")
    ]
    exact = [family.cdf(-0.4) for family in (stats.logistic, stats.norm, stats.gumbel_l)]
    return np.allclose(found, exact, rtol=1e-6)


def composition(head):
    rng, shares = np.random.default_rng(0), np.array([0.2, 0.3, 0.5])
    draws = [head.sample({"concentrations": np.tile(s * shares, (4000, 1))}, rng) for s in (2, 50)]
    means = np.allclose([y.mean(axis=0) for y in draws], shares, atol=0.03)
    return means and draws[0].std() > 1.5 * draws[1].std()


def squared_error_at_beta_one(head):
    y, raw = np.array([[2.0], [-1.0]]), np.array([[0.5, 3.0], [0.2, -2.0]])
    at = ops.convert_to_tensor(raw)
    from lossbook import backend

    slope = backend.gradient(lambda z: heads.GaussianScale(beta=1.0).objective(y, z), at)
    return np.allclose(array(slope)[:, 0], raw[:, 0] - y[:, 0])


def refused(call):
    try:
        call()
    except ValueError:
        return True
    return False


def rounds(head):
    """In float32, to 1, which is outside of the support; what is further off does not."""
    near, off = np.float32([1 - 2.9e-8, 1 - 3.1e-8])
    return near == 1 and not head.inside(near.reshape(1, 1)) and head.inside(off.reshape(1, 1))


def below(head):
    y = head.sample({"quantile": np.full((20_000, 1), 1.7)}, np.random.default_rng(0))
    return abs(np.mean(y < 1.7) - head.level) < 0.015


def fewer_zeros(head):
    rate = np.array([[1.0]])
    raw = np.concatenate([head.links["any"].inverse(np.array([[0.99]])),
                          head.links["rate"].inverse(rate)], axis=1)  # fmt: skip
    return np.exp(-array(head.nll([0], raw)))[0] < 0.02 < stats.poisson.pmf(0, 1.0)


def another_loss(head):
    y, center = np.array([[3.0], [0.0]]), np.array([[0.4], [0.4]])
    theirs = keras.losses.MeanSquaredLogarithmicError(reduction=None)(y, np.exp(center))
    return np.allclose(theirs, np.log((1 + y) / (1 + np.exp(center)))[:, 0] ** 2, rtol=1e-5)


FACTS = {
    "asymmetric_laplace": ("stays below with probability `level`", below),
    "beta": ("In float32 a y within 3e-8 of 1 rounds to 1", rounds),
    "kumaraswamy": ("In float32 a y within 3e-8 of 1 rounds to 1", rounds),
    "categorical": (
        "Labels 1 to K and one-hot labels are refused",
        lambda h: refused(lambda: h.nll([1, 2, 3], np.zeros((3, 3))))
        and refused(lambda: h.nll(np.eye(3), np.zeros((3, 3)))),
    ),
    "dirichlet": ("their shares are the mean composition, their sum says how little", composition),
    "gamma": ("exceeds e³⁰ (e³⁰⁰ in float64)", lambda h: gamma.LIMIT == 30),
    "gaussian_mixture": ("can swap places without changing the loss", mixture_swapped),
    "gaussian_scale": ("at 1 the mean learns as under squared error", squared_error_at_beta_one),
    "hurdle_poisson": ("it can have fewer zeros than a Poisson too", fewer_zeros),
    "inverse_gaussian": (
        "exceeds e³⁰ (e³⁰⁰ in float64)", lambda h: inverse_gaussian.LIMIT == 30,
    ),
    "log_normal": (
        "the square of log(1 + y) - log(1 + prediction), a Gaussian for log(1 + y), also where y "
        "is zero", another_loss,
    ),
    "multivariate_gaussian": (
        "beyond 10¹² nats (a million standard deviations off)",
        lambda h: multivariate_gaussian.LIMIT == 1e12,
    ),
    "ordinal": (
        "`sigmoid` if the hidden score's error is logistic (a cut is then a log odds), `probit` if "
        "it is Gaussian, `cloglog` if it is Gumbel's", first_answer,
    ),
    "student_t": (
        "a pull fades as the error grows",
        lambda h: abs(array(h.gradient([50.0], [[0.0, 0.5]]))[0, 0])
        < abs(array(h.gradient([2.0], [[0.0, 0.5]]))[0, 0]),
    ),
    "tweedie": ("to within 10⁻⁵ nats", lambda h: True),  # to which `test_precision.py` holds it
    "von_mises": (
        "Radians are brought into the range by `np.angle(np.exp(1j * y))`",
        lambda h: refused(lambda: h.nll([6.0], np.zeros((1, 3))))
        and np.isfinite(h.nll(np.angle(np.exp(1j * np.array([6.0]))), np.zeros((1, 3)))).all(),
    ),
    "weibull": (
        "Where t exceeds e³⁰ (e⁶⁰ in float64) the loss goes on in a straight line in log t, so "
        "that its gradient stays finite; beyond ±10¹³ (±10¹⁸ in float64) log t "
        "goes on as a logarithm of itself",
        lambda h: weibull.LIMIT == 30,
    ),
}  # fmt: skip
"""Head → what else its docstring says, and whether that is so."""


@pytest.mark.parametrize("name", FACTS)
def test_what_a_docstring_remarks_is_so(name):
    sentence, so = FACTS[name]
    assert sentence in re.sub(r"\s+", " ", HEADS[name].__doc__)
    assert so(HEADS[name]())


def test_the_limits_of_links_are_those_in_their_docstrings():
    text = {name: re.sub(r"\s+", " ", kind.__doc__) for name, kind in LINKS.items()}
    assert "a raw output of 60 in float32 and of 150 in float64" in text["exponential"]
    assert [_exp_limit(ops.ones(1, dtype)) for dtype in ("float32", "float64")] == [60, 150]
    assert "Beyond a raw output of 30" in text["cloglog"]
    assert "Below log(floor), about -14 for 10⁻⁶" in text["softplus"]
    assert round(LINKS["softplus"](FLOOR).bottom) == -14


def test_keras_averages_where_the_docstrings_say_so():
    rng = np.random.default_rng(0)
    y, raw = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    theirs = keras.losses.Huber(reduction=None)(y, raw)
    np.testing.assert_allclose(theirs, special.huber(1.0, y - raw).mean(axis=1), rtol=1e-5)
    theirs = keras.losses.LogCosh(reduction=None)(y, raw)
    np.testing.assert_allclose(theirs, np.log(np.cosh(y - raw)).mean(axis=1), rtol=1e-5)
    for name in ("huber", "hyperbolic_secant", "independent_bernoullis"):
        assert "averages" in re.sub(r"[*]", "", HEADS[name].__doc__), name


@pytest.mark.parametrize("name", HEADS)
def test_the_docstring_ends_with_the_source_of_the_density(name):
    text = re.sub(r"\s+", " ", HEADS[name].__doc__ or "").strip()
    assert text.endswith(f". Reference: {REFERENCES[name]}")


def at(link, *raw):
    return array(link.activation(ops.convert_to_tensor(np.array(raw, float))))


OF_LINKS = {
    "linear": (
        "No activation: raw output and parameter are the same number.",
        lambda k: at(k, -3.0, 2.0).tolist() == [-3.0, 2.0],
    ),
    "sigmoid": (
        "The inverse of the log odds (logit).",
        lambda k: np.allclose(special.logit(at(k, -3.0, 2.0)), [-3.0, 2.0]),
    ),
    "probit": (
        "The Gaussian's cumulative distribution: a hidden Gaussian score above a threshold.",
        lambda k: np.allclose(at(k, -3.0, 2.0), stats.norm.cdf([-3.0, 2.0])),
    ),
    "cloglog": (
        "The chance of at least one event when their expected number is exp(raw).",
        lambda k: np.allclose(at(k, -3.0, 1.0), stats.poisson.sf(0, np.exp([-3.0, 1.0]))),
    ),
    "softmax": (
        "Positive numbers that sum to one along the last axis. Not one to one: adding a constant "
        "to all raw outputs changes nothing. `inverse` gives the raw outputs that are log "
        "probabilities.",
        lambda k: (
            np.isclose(at(k, 1.0, 2.0, 4.0).sum(), 1)
            and np.allclose(at(k, 1.0, 2.0, 4.0), at(k, 11.0, 12.0, 14.0))
        ),
    ),
    "softplus": (
        "A smooth ramp: exponential far below zero, linear far above. The floor is part of the "
        "link: it is added, and the inverse takes it off again. Below log(floor), about -14 for "
        "10⁻⁶, the sum is divided by 1 + s log(1 + log(floor) - raw), whose s is the relative "
        "slope that it has there. So value and slope go on without a step; at -10⁴ the value is "
        "a third of 10⁻⁶",
        lambda k: (
            np.allclose(at(k, -9.0, 40.0), [np.exp(-9.0), 40.0], rtol=1e-4)
            and np.isclose(at(type(k)(0.5), 2.0)[0], np.log1p(np.exp(2)) + 0.5)
            and 0.3e-6 < at(type(k)(FLOOR), -1e4)[0] < 0.4e-6
        ),
    ),
    "exponential": (
        "The inverse of the logarithm: steps of the raw output multiply the parameter.",
        lambda k: np.allclose(at(k, 1.0, 3.0) / at(k, 0.0, 2.0), np.e),
    ),
    "direction": (
        "Raw outputs as an arrow, scaled to length one; its length is forgotten. The zero vector "
        "has no direction; it stays where it is, with the slope of a vector of length one",
        lambda k: np.allclose(at(k, 3.0, 4.0), [0.6, 0.8]) and not at(k, 0.0, 0.0).any(),
    ),
    "angle": (
        "Two raw outputs an angle, as the arrow (cos, sin): no jump where the circle closes.",
        lambda k: np.allclose(at(k, np.cos(2.0), np.sin(2.0)), 2.0),
    ),
    "steps": (
        "A first value and positive steps upwards from it.",
        lambda k: at(k, -2.0, -7.0)[0] == -2 < at(k, -2.0, -7.0)[1],
    ),
    "cholesky": (
        "A lower triangle, row by row: real below the diagonal, softplus on it.",
        lambda k: np.allclose(
            at(k, -2.0, -3.0, 1.0), [np.log1p(np.exp(-2)), -3, np.log1p(np.e)], rtol=1e-5
        ),
    ),
}
"""Link → how its docstring begins, and whether that is so."""


@pytest.mark.parametrize("name", LINKS)
def test_a_link_is_what_its_docstring_begins_with(name):
    sentence, so = OF_LINKS[name]
    assert re.sub(r"\s+", " ", LINKS[name].__doc__ or "").startswith(sentence)
    assert so(LINKS[name]())

"""What docstrings say of parameters and outcomes: their sets, their units, what each of them is."""

import re

import numpy as np
import pytest
from lossbook import constraints, keras, ops
from lossbook.heads import HEADS
from scipy import special, stats


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def docstring(name):
    return re.sub(r"\s+", " ", HEADS[name].__doc__ or "")


def raw_for(head, **parameters):
    """One row of raw outputs that give these parameters."""
    found = [
        head.links[k].inverse(np.atleast_2d(np.array(v, float))) for k, v in parameters.items()
    ]
    return np.concatenate(found, axis=1)


WORDS = {
    constraints.REAL: r"\breal\b", constraints.POSITIVE: r"\bpositive\b",
    constraints.UNIT_INTERVAL: r"\bin the unit interval\b",
    constraints.SIMPLEX: r"\bsumming to one\b", constraints.UNIT_VECTOR: r"\ba unit vector\b",
    constraints.ANGLE: r"\ban angle\b", constraints.ORDERED: r"\brising numbers\b",
    constraints.CHOLESKY: r"\bthe lower triangle\b.*\bpositive diagonal\b",
}  # fmt: skip
"""A set that a parameter lies in → how docstrings say so."""


@pytest.mark.parametrize("name", HEADS)
def test_the_docstring_says_in_which_set_each_parameter_lies(name):
    kind, text = HEADS[name], docstring(name)
    start = re.search(r" Parameters?[,:] ", text)
    assert start, "the docstring names the parameters after the support"
    places = [text.index(f"`{p.name}`", start.start()) for p in kind.declared]
    assert places == sorted(places), "in the order in which the raw outputs stand"
    ends = [*places[1:], text.index("One sample")]
    for parameter, place, end in zip(kind.declared, places, ends, strict=True):
        said = text[place:end]
        if "both" in text[place:] and not re.search(r"[,:]", said):
            said = text[place : ends[-1]]  # of two at once
        assert re.search(WORDS[parameter.constraint], said), (parameter.name, said)


UNITS = {
    "exponential": (["mean"], "`mean`, positive (softplus), in the unit of y"),
    "gamma": (["mean"], "`mean`, positive, in the unit of y; `shape` k, positive;"),
    "gaussian_mixture": (["means", "scales"], "`scales`, positive (softplus), in the unit of y"),
    "gaussian_scale": (["mean", "scale"], "`scale`, the standard deviation in the unit of y"),
    "inverse_gaussian": (
        ["mean", "shape"], "`mean` and `shape` λ, both positive (softplus), in the unit of y",
    ),
    "student_t": (["location", "scale"], "`scale`, positive (softplus), in the unit of y"),
    "weibull": (["scale"], "`scale` λ, positive, in the unit of time; `shape` k, positive;"),
}  # fmt: skip
"""Head → its parameters that have a unit, and how the docstring says so."""
FIXED = {
    "asymmetric_laplace": ("scale", "The scale b, in the unit of y, is fixed"),
    "gaussian": ("scale", "The standard deviation `scale` (in the unit of y) is fixed"),
    "laplace": ("scale", "The scale b (in the unit of y; the mean absolute deviation"),
    "logistic": ("scale", "The scale s, in the unit of y, is fixed"),
}
"""Head → its argument that has a unit, and how the docstring says so."""


@pytest.mark.parametrize("name", [*UNITS, *FIXED])
def test_in_another_unit_a_density_is_divided_by_the_unit(name):
    """And nothing else happens if all that has the unit of y is given in the other one."""
    units, sentence = UNITS[name] if name in UNITS else (["location", "median", "mean", "quantile"],
                                                         FIXED[name][1])  # fmt: skip
    assert sentence in docstring(name)
    argument = FIXED[name][0] if name in FIXED else None
    head, other = (HEADS[name](**({argument: s} if argument else {})) for s in (1.0, 60.0))
    raw = np.random.default_rng(0).normal(size=(8, head.units))
    p = {key: array(value) for key, value in head.parameters(raw).items()}
    y = np.asarray(head.sample(p, np.random.default_rng(1)))
    if name == "weibull":
        y[:, 1] = 1
    in_seconds = {key: value * (60 if key in units else 1) for key, value in p.items()}
    again = np.concatenate([other.links[k].inverse(v) for k, v in in_seconds.items()], axis=1)
    longer = y * [60, 1] if name == "weibull" else 60 * y
    found = array(other.nll(longer, again)) - array(head.nll(y, raw))
    np.testing.assert_allclose(found, np.log(60), rtol=1e-6)


def spread_falls(head):
    p = [{"mean": np.full((9, 1), 0.4), "concentration": np.full((9, 1), c)} for c in (2.0, 90.0)]
    few, many = (head.sample(q, np.random.default_rng(0)).std() for q in p)
    return few > 2 * many


def successes_first(head):
    raw = np.zeros((1, 1))
    found = float(array(head.nll([[2.0, 5.0]], raw))[0])
    return np.isclose(found, -stats.binom.logpmf(2, 5, 0.5))


def shares_as_targets(head):
    y, raw = np.array([[0.0], [4.0], [10.0]]), np.array([[0.3], [-0.2], [1.0]])
    loss = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)
    theirs = array(loss(y / 10, raw)) * head.trials
    left = np.log(special.comb(head.trials, y[:, 0]))
    return np.allclose(array(head.nll(y, raw)), theirs - left, rtol=1e-5)


def kerass_poisson(head):
    y, rate = np.array([[2.0, 0.0]]), np.array([[0.5, 1e-9]])
    theirs = float(array(keras.losses.Poisson(reduction=None)(y, rate))[0])
    return np.isclose(theirs, np.mean(rate - y * np.log(rate + 1e-7)), rtol=1e-5)


def censored(head):
    raw = raw_for(head, scale=3.0, shape=1.7)
    found = array(head.nll([[2.0, 1.0], [2.0, 0.0]], np.repeat(raw, 2, axis=0)))
    family = stats.weibull_min(1.7, scale=3.0)
    return np.allclose(found, [-family.logpdf(2.0), (2 / 3) ** 1.7], rtol=1e-5)


def rows_first(head):
    lower = array(head.matrix(ops.convert_to_tensor(np.array([[1.0, 2.0, 3.0]]))))[0]
    n = 20_000
    p = {"mean": np.zeros((n, 2)), "factor": np.tile([1.0, 2.0, 0.5], (n, 1))}
    y = head.sample(p, np.random.default_rng(0))
    covariance = np.array([[1.0, 0.0], [2.0, 0.5]]) @ np.array([[1.0, 2.0], [0.0, 0.5]])
    return (lower == [[1, 0], [2, 3]]).all() and np.allclose(np.cov(y.T), covariance, atol=0.25)


def not_convex(head):
    slope = [array(head.gradient([0.0], [[z, 0.0]]))[0, 0] for z in (1.0, 30.0)]
    return 0 < slope[1] < slope[0]


FACTS = {
    "bernoulli": (
        "`probability` of a 1",
        lambda h: np.isclose(np.exp(-array(h.nll([1], raw_for(h, probability=0.2)))[0]), 0.2),
    ),
    "beta": ("positive (softplus): the larger, the less scatter", spread_falls),
    "binomial": ("y has two columns, successes and trials", successes_first),
    "huber": (
        "`delta`, in the unit of y, is where the squared error turns into an absolute one",
        lambda h: np.allclose(
            np.diff(array(type(h)(delta=3.0).nll([1.0, 2.0, 5.0, 6.0], np.zeros((4, 1)))))[[0, 2]],
            [1.5, 3.0],
        ),
    ),
    "hurdle_poisson": (
        "`any`, the probability of at least one",
        lambda h: np.isclose(np.exp(-array(h.nll([0], raw_for(h, any=0.7, rate=2.0)))[0]), 0.3),
    ),
    "hyperbolic_secant": (
        "The scale is fixed at 1 in the unit of y, as in Keras; the density is sech(y - location) "
        "/ π",
        lambda h: np.isclose(np.exp(-array(h.nll([1.5], [[0.5]]))[0]), 1 / np.cosh(1) / np.pi),
    ),
    "independent_bernoullis": (
        "they need not sum to one",
        lambda h: array(h.parameters(np.full((1, 2), 3.0))["probabilities"]).sum() > 1.8,
    ),
    "laplace": (
        "the mean absolute deviation from the median) is fixed",
        lambda h: abs(np.abs(type(h)(scale=2.0).sample(
            {"median": np.zeros((20_000, 1))}, np.random.default_rng(0))).mean() - 2) < 0.06,
    ),
    "log_normal": (
        "The scale σ of the logarithm (no unit) is fixed",
        lambda h: abs(np.log(type(h)(scale=2.0).sample(
            {"log_median": np.zeros((20_000, 1))}, np.random.default_rng(0))).std() - 2) < 0.05,
    ),
    "multivariate_gaussian": (
        "`factor`, the lower triangle L of the covariance's Cholesky factor, row by row, with a "
        "positive diagonal (softplus), so that the covariance L Lᵀ", rows_first,
    ),
    "ordinal": (
        "K - 1 rising numbers, hence steps upwards. The link `cumulative` turns a cut into the "
        "probability of an answer at most k",
        lambda h: np.allclose(
            np.exp(-array(h.nll([0, 1, 2], np.zeros((3, 2))))).cumsum()[:2],
            special.expit(array(h.parameters(np.zeros((1, 2)))["cuts"])[0]), rtol=1e-5,
        ),
    ),
    "poisson": (
        "it also adds 1e-7 to the rate inside the logarithm and averages over the values",
        kerass_poisson,
    ),
    "student_t": (
        "The loss is not convex in the location: a pull fades as the error grows", not_convex,
    ),
    "tweedie": (
        "exactly zero with positive probability",
        lambda h: np.isclose(np.exp(-array(h.nll([0.0], raw_for(h, mean=1.0)))[0]), np.exp(-2)),
    ),
    "von_mises": (
        "`direction`, an angle, given by two raw outputs as an arrow",
        lambda h: np.isclose(array(h.parameters([[0.0, 2.0, 1.0]])["direction"])[0, 0], np.pi / 2),
    ),
    "von_mises_fisher": (
        "Keras's CosineSimilarity is -direction · y",
        lambda h: np.isclose(
            array(h.keras_relation().loss([[0.6, 0.0, 0.8]], [[1.0, 0.0, 0.0]]))[0], -0.6
        ),
    ),
    "weibull": (
        "the time, and 1 if the event happened then or 0 if the sample was still without it "
        "(right-censored)", censored,
    ),
    "zero_inflated_poisson": (
        "`absent`, the probability of an always-zero case",
        lambda h: np.isclose(
            np.exp(-array(h.nll([0], raw_for(h, rate=60.0, absent=0.2)))[0]), 0.2
        ),
    ),
}  # fmt: skip
"""Head → what its docstring says of a parameter or an outcome, and whether that is so."""
MORE = {
    "binomial": (
        "BinaryCrossentropy on the share y / trials drops the factor `trials` and the coefficient",
        shares_as_targets,
    ),
    "weibull": ("A censored sample adds the log of its chance to last so long, -t", censored),
}


@pytest.mark.parametrize(
    ("name", "sentence", "so"),
    [(name, *row) for table in (FACTS, MORE) for name, row in table.items()],
)
def test_what_the_docstring_says_of_parameters_and_outcomes_is_so(name, sentence, so):
    assert sentence in docstring(name)
    assert so(HEADS[name]())

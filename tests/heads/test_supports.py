"""What each head takes as an outcome, against scipy; its arguments when nobody gives any."""

import inspect
from typing import Any

import numpy as np
import pytest
from lossbook import constraints, heads, ops
from lossbook.heads import HEADS
from lossbook.links import DEFAULTS as DEFAULT_LINKS
from lossbook.links import FLOOR
from oracles import CASES
from scipy import special, stats

NAMES = list(HEADS)
ORACLE = {name.partition("-")[0]: case.log_density for name, case in reversed(CASES.items())}

DEFAULTS: dict[str, dict[str, Any]] = {
    "AsymmetricLaplace": {"size": 1, "level": 0.5, "scale": 1.0},
    "Bernoulli": {},
    "Beta": {"size": 1, "links": None},
    "Binomial": {"size": 1, "trials": 10, "links": None},
    "Categorical": {"size": 3},
    "Dirichlet": {"size": 3, "links": None},
    "Exponential": {"size": 1, "links": None},
    "Gamma": {"size": 1, "links": None},
    "Gaussian": {"size": 1, "scale": 1.0},
    "GaussianMixture": {"components": 2, "links": None},
    "GaussianScale": {"size": 1, "beta": 0.0, "links": None},
    "Huber": {"size": 1, "delta": 1.0},
    "HurdlePoisson": {"size": 1, "links": None},
    "HyperbolicSecant": {"size": 1},
    "IndependentBernoullis": {"size": 2},
    "InverseGaussian": {"size": 1, "links": None},
    "Kumaraswamy": {"size": 1, "links": None},
    "Laplace": {"size": 1, "scale": 1.0},
    "LogNormal": {"size": 1, "scale": 1.0},
    "Logistic": {"size": 1, "scale": 1.0},
    "MultivariateGaussian": {"size": 2, "links": None},
    "NegativeBinomial": {"size": 1, "links": None},
    "Ordinal": {"size": 3, "links": None, "cumulative": "sigmoid"},
    "Poisson": {"size": 1, "links": None},
    "StudentT": {"size": 1, "df": 4.0, "links": None},
    "Tweedie": {"size": 1, "power": 1.5, "dispersion": 1.0, "links": None},
    "VonMises": {"size": 1, "links": None},
    "VonMisesFisher": {"size": 3, "concentration": 4.0},
    "Weibull": {"links": None},
    "ZeroInflatedPoisson": {"size": 1, "links": None},
}
"""Class → its arguments and their defaults. Who relies on one gets another loss if it changes."""


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def numpy_parameters(head, raw):
    return {key: array(value) for key, value in head.parameters(raw).items()}


VECTORS = {
    "von_mises": ([-3.14, 0.0, np.pi, -np.pi], [3.2, -3.2, 4.0, 90.0, np.inf, np.nan]),
    "categorical": ([0, 1, 2], [3, -1, 0.5, np.nan, np.inf]),
    "ordinal": ([0, 1, 2], [3, -1, 0.5, np.nan, np.inf]),
    "dirichlet": (
        [[0.2, 0.3, 0.5], [1e-9, 0.5, 0.5 - 1e-9], [0.2, 0.3, 0.50001]],
        [[0.0, 0.5, 0.5], [0.2, 0.3, 0.5001], [-0.1, 0.6, 0.5], [0.3, 0.3, 0.3], [1.0, 0.0, 0.0]],
    ),
    "von_mises_fisher": (
        [[0.6, 0.0, 0.8], [0.0, -1.0, 0.0], [0.60001, 0.0, 0.8]],
        [[0.6, 0.0, 0.9], [0.6, 0.0, 0.8001], [0.0, 0.0, 0.0], [np.nan, 0.0, 1.0], [5.0, 0, 0]],
    ),
    "weibull": (
        [[0.1, 0.0], [3.0, 1.0]],
        [[0.0, 1.0], [-1.0, 0.0], [1.0, 2.0], [1.0, 0.5], [np.inf, 0.0], [1.0, np.nan]],
    ),
    "multivariate_gaussian": ([[0.0, -7.0], [1e6, 3.0]], [[np.nan, 0.0], [0.0, np.inf]]),
    "independent_bernoullis": (
        [[0.0, 1.0], [1.0, 1.0], [0.3, 1.0]], [[0.0, 1.5], [-0.1, 1.0], [2.0, 0.0], [np.nan, 0.0]],
    ),
}  # fmt: skip
"""Head → outcomes that it takes, and outcomes that it refuses."""

PROBES = [np.nan, -np.inf, -2.0, -1.0, -0.5, 0.0, 0.4, 1.0, 1.5, 2.0, 3.0, 11.0, np.inf]
WIDER = {"bernoulli", "independent_bernoullis"}
"""Soft labels, between 0 and 1, are taken though they are not in the support."""
BOUND = {"categorical": 2, "ordinal": 2, "binomial": 10}
"""The largest outcome, which the head knows and the constraint does not."""


def has_density(name, y):
    """Whether scipy gives y a density that is neither zero nor infinite, at usual parameters."""
    head = HEADS[name]()
    raw = np.random.default_rng(4).normal(size=(1, head.units))
    with np.errstate(all="ignore"):
        found = ORACLE[name](head, numpy_parameters(head, raw), np.array([y], float))
    return bool(np.isfinite(found[0]))


@pytest.mark.parametrize("name", [n for n in NAMES if n not in VECTORS])
def test_the_support_is_that_of_scipys_distribution(name):
    kind = HEADS[name]
    head = kind()
    for value in PROBES:
        expected = has_density(name, [value])
        inside = bool(np.all(head.inside(np.array([[value]]))))
        soft = name in WIDER and 0 <= value <= 1
        assert inside == (expected or soft), value
        beyond = value > BOUND.get(name, np.inf) and value == 11.0
        assert bool(np.all(kind.support.contains(np.array([value])))) == (expected or beyond), value


@pytest.mark.parametrize("name", VECTORS)
def test_outcomes_of_several_values_are_taken_or_refused_one_by_one(name):
    """Several in one batch, so that one outcome's sum is not another's."""
    head = HEADS[name]()
    good, bad = (np.array(rows, float).reshape(len(rows), -1) for rows in VECTORS[name])
    np.testing.assert_array_equal(head.inside(good), True)
    np.testing.assert_array_equal(head.inside(bad), False)
    both = np.concatenate([good, bad])
    np.testing.assert_array_equal(
        array(head.inside(ops.convert_to_tensor(both), ops)), [1] * len(good) + [0] * len(bad)
    )
    with pytest.raises(ValueError, match=f"{len(bad)} of {len(both)} are not"):
        head.nll(both, np.zeros((len(both), head.units)))


def test_every_head_of_several_values_has_outcomes_to_try():
    assert {name for name in NAMES if HEADS[name]().columns > 1} <= set(VECTORS)


def test_the_largest_outcome_is_named_and_taken():
    for name, largest in BOUND.items():
        head = HEADS[name]()
        assert f"from 0 to {largest}" in head.words()
        raw = np.zeros((1, head.units))
        assert np.isfinite(array(head.nll([largest], raw))).all()
        with pytest.raises(ValueError, match="1 of 1 are not"):
            head.nll([largest + 1], raw)
    taken = array(heads.Binomial().nll([[4.0, 4.0]], [[0.3]]))
    np.testing.assert_allclose(taken, -stats.binom.logpmf(4, 4, special.expit(0.3)), rtol=1e-6)


OTHER_BOUNDS = [
    (lambda: heads.Binomial(trials=23), 23), (lambda: heads.Binomial(2, trials=4), 4),
    (lambda: heads.Categorical(7), 6), (lambda: heads.Ordinal(5), 4),
    (lambda: heads.Ordinal(6, cumulative="probit"), 5),
]  # fmt: skip


@pytest.mark.parametrize(("make", "largest"), OTHER_BOUNDS)
def test_the_largest_outcome_that_is_named_is_that_of_this_very_head(make, largest):
    head = make()
    assert {head.name for make, _ in OTHER_BOUNDS for head in [make()]} == set(BOUND)
    y, raw = np.full((1, head.columns), largest), np.zeros((1, head.units))
    assert np.isfinite(array(head.nll(y, raw))).all()
    with pytest.raises(ValueError, match=rf"from 0 to {largest}\b.*1 of 1 are not"):
        head.nll(y + 1, raw)


@pytest.mark.parametrize("kind", [HEADS[name] for name in NAMES], ids=NAMES)
def test_the_defaults_are_the_published_ones(kind):
    arguments = inspect.signature(kind.__init__).parameters
    found = {key: p.default for key, p in arguments.items() if key != "self"}
    assert found == DEFAULTS[kind.__name__]
    assert kind().get_config() == found
    assert kind().loss.name == kind.name


def test_the_links_and_the_floor_taken_when_nobody_asks_for_others():
    assert DEFAULT_LINKS == {
        "real": "linear", "unit interval": "sigmoid", "simplex": "softmax", "positive": "softplus",
        "unit vector": "direction", "angle": "angle", "ordered": "steps",
        "Cholesky factor": "cholesky",
    }  # fmt: skip
    assert FLOOR == 1e-6
    rates = {"poisson", "negative_binomial-mean", "zero_inflated_poisson", "hurdle_poisson"}
    for name in NAMES:
        head = HEADS[name]()
        for parameter in head.declared:
            if parameter.constraint is constraints.POSITIVE:
                none = name in rates or f"{name}-{parameter.name}" in rates
                assert head.positive(parameter.name).floor == (0.0 if none else FLOOR), name

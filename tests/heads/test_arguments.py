"""Arguments that make no distribution: the error names the head, the argument and its value."""

import inspect
import re

import numpy as np
import pytest
from lossbook import heads
from lossbook.heads import HEADS

INF, NAN = float("inf"), float("nan")
WHOLE = [0, -1, 2.5, INF, NAN]
SCALE = [0, -0.3, INF, NAN]
WRONG = {
    "AsymmetricLaplace": {"level": [0.0, 1.0, -0.1, 1.2, NAN], "scale": SCALE},
    "Binomial": {"trials": WHOLE},
    "Gaussian": {"scale": SCALE},
    "GaussianMixture": {"components": WHOLE},
    "GaussianScale": {"beta": [-0.1, 1.01, NAN]},
    "Huber": {"delta": SCALE},
    "Laplace": {"scale": SCALE},
    "LogNormal": {"scale": SCALE},
    "Logistic": {"scale": SCALE},
    "StudentT": {"df": [0, -2.0, NAN]},
    "Tweedie": {"power": [1, 2, 0.9, 2.5, NAN], "dispersion": SCALE},
    "VonMisesFisher": {"concentration": SCALE},
}
"""Class → an argument, and values that it refuses. All heads refuse sizes that are no number."""
LEAST_SIZE = {"Dirichlet": 2, "Ordinal": 2, "VonMisesFisher": 2}
BORDERS = [
    lambda: heads.AsymmetricLaplace(level=1e-3), lambda: heads.AsymmetricLaplace(level=0.999),
    lambda: heads.Binomial(trials=1), lambda: heads.GaussianMixture(1),
    lambda: heads.GaussianScale(beta=0), lambda: heads.GaussianScale(beta=1),
    lambda: heads.StudentT(df=1e-2), lambda: heads.StudentT(df=INF),
    lambda: heads.Tweedie(power=1.01), lambda: heads.Tweedie(power=1.99),
    lambda: heads.Gaussian(scale=1e-6), lambda: heads.VonMisesFisher(2, 1e-6),
    lambda: heads.Gaussian(1), lambda: heads.Ordinal(2), lambda: heads.Dirichlet(2),
]  # fmt: skip
"""Just inside."""


def options(kind):
    """The arguments of a head that are numbers, without its size."""
    found = inspect.signature(kind.__init__).parameters.values()
    return {p.name for p in found if type(p.default) in (int, float)} - {"size"}


def test_every_number_that_a_head_takes_is_tried():
    expected = {kind.__name__: options(kind) for kind in HEADS.values() if options(kind)}
    assert {name: set(given) for name, given in WRONG.items()} == expected


@pytest.mark.parametrize("name", HEADS)
def test_the_error_names_the_head_the_argument_and_the_value(name):
    kind = HEADS[name]
    tried = dict(WRONG.get(kind.__name__, {}))
    if "size" in inspect.signature(kind.__init__).parameters:
        tried["size"] = [*WHOLE, *range(LEAST_SIZE.get(kind.__name__, 1))]
    for argument, values in tried.items():
        for value in values:
            said = rf"^{kind.__name__}: {argument} must .*not {re.escape(str(value))}$"
            with pytest.raises(ValueError, match=said):
                kind(**{argument: value})


@pytest.mark.parametrize("make", BORDERS)
def test_what_is_just_inside_is_taken(make):
    head = make()
    raw = np.random.default_rng(0).normal(size=(5, head.units))
    y = head.sample(head.parameters(raw), np.random.default_rng(1))
    assert np.isfinite(np.asarray(head.nll(y, raw))).all()


@pytest.mark.parametrize("name", HEADS)
def test_a_size_that_is_written_as_a_float_is_that_size(name):
    kind = HEADS[name]
    arguments = {"size", "components"} & set(inspect.signature(kind.__init__).parameters)
    for argument in arguments:
        written, plain = kind(**{argument: 3.0}), kind(**{argument: 3})
        raw = np.random.default_rng(0).normal(size=(4, plain.units))
        y = plain.sample(plain.parameters(raw), np.random.default_rng(1))
        assert (type(written.size), written.units) == (int, plain.units)
        np.testing.assert_array_equal(written.nll(y, raw), plain.nll(y, raw))

"""The heads that the objectives are tried on, and outcomes drawn from them."""

import numpy as np
import pytest
from lossbook import boosting, heads
from lossbook.boosting.ordinal import BETWEEN
from lossbook.constraints import POSITIVE
from lossbook.heads.registry import HEADS


def exponential(name):
    positive = {p.name: "exponential" for p in HEADS[name].declared if p.constraint is POSITIVE}
    return HEADS[name](links=positive)


MADE = {name: HEADS[name]() for name in boosting.AVAILABLE}
MADE |= {
    f"{name}, exponential": exponential(name)
    for name in boosting.AVAILABLE
    if any(p.constraint is POSITIVE for p in HEADS[name].declared)
}
MADE |= {f"ordinal, {link}": heads.Ordinal(5, cumulative=link) for link in BETWEEN}
MADE |= {f"hurdle, {k}": heads.HurdlePoisson(links={"any": k}) for k in ("probit", "cloglog")}
MADE |= {
    "three components": heads.GaussianMixture(3),
    "four values": heads.MultivariateGaussian(4),
    "two angles": heads.VonMises(2),
    "a direction in the plane": heads.VonMisesFisher(2, concentration=30),
    "five shares": heads.Dirichlet(5),
}
OPTIONS = (
    heads.Gaussian(scale=0.3), heads.LogNormal(scale=0.4), heads.Laplace(scale=2.5),
    heads.AsymmetricLaplace(level=0.8, scale=0.6), heads.Huber(delta=0.4),
    heads.Logistic(scale=0.5), heads.StudentT(df=1.5), heads.StudentT(df=np.inf),
    heads.Tweedie(power=1.3, dispersion=0.4), heads.Binomial(trials=3),
    heads.VonMisesFisher(3, concentration=9.0),
)  # fmt: skip
"""Heads whose options are not the default ones, which are mostly 1."""
MADE |= {repr(head): head for head in OPTIONS}
TWO = ("laplace", "huber", "gamma", "zero_inflated_poisson", "tweedie")
MADE |= {f"two values, {name}": HEADS[name](size=2) for name in TWO}
every_head = pytest.mark.parametrize("head", MADE.values(), ids=MADE.keys())


def drawn(head, rng, n=40, spread=0.7):
    raw = rng.normal(0.3, spread, (n, head.units))
    found = {k: np.asarray(v) for k, v in head.parameters(raw).items()}
    return np.asarray(head.sample(found, rng), float), raw

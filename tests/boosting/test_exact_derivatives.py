"""First and second derivatives in a head's own parameters, to nine digits also far out: mpmath."""

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from lossbook import boosting, heads
from lossbook.boosting.derivatives import FORMULAS
from lossbook.heads import HEADS
from made import drawn

FLAT = {"laplace", "asymmetric_laplace", "huber"}
"""Whose second derivatives are constants."""
log, lgamma = mp.log, mp.loggamma


def students(h: Any, y: Any, p: Any) -> Any:
    return (h.df + 1) / mp.mpf(2) * mp.log1p((y[0] - p[0]) ** 2 / (h.df * p[1] ** 2)) + log(p[1])


def inflated(h: Any, y: Any, p: Any) -> Any:
    if y[0] == 0:
        return -log(p[1] + (1 - p[1]) * mp.exp(-p[0]))
    return -mp.log1p(-p[1]) + p[0] - y[0] * log(p[0])


def negative(h: Any, y: Any, p: Any) -> Any:
    r = 1 / p[1]
    grown = (y[0] + r) * mp.log1p(p[1] * p[0]) - y[0] * log(p[1] * p[0])
    return lgamma(r) - lgamma(y[0] + r) + grown


def beta(h: Any, y: Any, p: Any) -> Any:
    a, b = p[0] * p[1], (1 - p[0]) * p[1]
    ends = (a - 1) * log(y[0]) + (b - 1) * mp.log1p(-y[0])
    return lgamma(a) + lgamma(b) - lgamma(a + b) - ends


def dirichlet(h: Any, y: Any, p: Any) -> Any:
    terms = sum(lgamma(a) - (a - 1) * log(share) for a, share in zip(p, y, strict=True))
    return terms - lgamma(sum(p))


def weibull(h: Any, y: Any, p: Any) -> Any:
    log_t = p[1] * log(y[0] / p[0])
    return mp.exp(log_t) - y[1] * (log(p[1]) + log_t)


Row = tuple[Any, Any]
NLL: dict[str, tuple[Any, Callable[[Any, Any, Any], Any], list[Row]]] = {
    "gaussian": (
        heads.Gaussian(scale=0.3), lambda h, y, p: (y[0] - p[0]) ** 2 / (2 * mp.mpf(h.scale) ** 2),
        [([2.0], [-1.0]), ([1e6], [3.0]), ([1e-6], [0.0])],
    ),
    "log_normal": (
        heads.LogNormal(scale=0.3),
        lambda h, y, p: (log(y[0]) - p[0]) ** 2 / (2 * mp.mpf(h.scale) ** 2),
        [([2.0], [-1.0]), ([1e200], [3.0]), ([1e-200], [0.0])],
    ),
    "gaussian_scale": (
        heads.GaussianScale(), lambda h, y, p: ((y[0] - p[0]) / p[1]) ** 2 / 2 + log(p[1]),
        [([2.0], [-1.0, 0.7]), ([1e4], [3.0, 1e-3]), ([1e-6], [0.5, 1e5])],
    ),
    "logistic": (
        heads.Logistic(scale=0.5),
        lambda h, y, p: (lambda z: z + 2 * mp.log1p(mp.exp(-z)))((y[0] - p[0]) / h.scale),
        [([2.0], [-1.0]), ([1.0], [1 + 1e-7]), ([0.0], [3.0])],
    ),
    "hyperbolic_secant": (
        heads.HyperbolicSecant(), lambda h, y, p: log(mp.cosh(y[0] - p[0])),
        [([2.0], [1.2]), ([1.0], [1 + 1e-7]), ([0.0], [3.0])],
    ),
    "student_t": (
        heads.StudentT(df=2.5), students,
        [([2.0], [-1.0, 0.7]), ([1e9], [3.0, 1e-3]), ([1e-6], [0.5, 1e5])],
    ),
    "poisson": (
        heads.Poisson(), lambda h, y, p: p[0] - y[0] * log(p[0]),
        [([0], [1e-9]), ([3], [0.2]), ([4], [1e7]), ([1e9], [1e-3])],
    ),
    "zero_inflated_poisson": (
        heads.ZeroInflatedPoisson(), inflated,
        [([0], [0.8, 0.3]), ([0], [1e-9, 0.3]), ([0], [1e-12, 1e-7]), ([0], [30.0, 1e-9]),
         ([4], [0.2, 0.9]), ([4], [1e5, 1e-9])],
    ),
    "negative_binomial": (
        heads.NegativeBinomial(), negative,
        [([0], [1.5, 0.7]), ([3], [0.2, 2.0]), ([40], [1e-6, 0.3]), ([0], [1e-6, 5.0]),
         ([7], [1e6, 1.0])],
    ),
    "exponential": (
        heads.Exponential(), lambda h, y, p: y[0] / p[0] + log(p[0]),
        [([0.0], [0.2]), ([3.0], [1e-4]), ([1e-9], [1e6])],
    ),
    "gamma": (
        heads.Gamma(),
        lambda h, y, p: p[1] * y[0] / p[0] - p[1] * log(p[1] / p[0]) - p[1] * log(y[0])
        + lgamma(p[1]),
        [([1.0], [0.2, 3.0]), ([3.0], [1e-4, 0.01]), ([1e-9], [1e6, 40.0])],
    ),
    "inverse_gaussian": (
        heads.InverseGaussian(),
        lambda h, y, p: p[1] * (y[0] - p[0]) ** 2 / (2 * p[0] ** 2 * y[0]) - log(p[1]) / 2,
        [([1.0], [0.2, 3.0]), ([3.0], [1e-4, 0.01]), ([1e-9], [1e6, 40.0])],
    ),
    "tweedie": (
        heads.Tweedie(power=1.3, dispersion=0.4),
        lambda h, y, p: (p[0] ** (2 - mp.mpf(h.power)) / (2 - mp.mpf(h.power))
                         - y[0] * p[0] ** (1 - mp.mpf(h.power)) / (1 - mp.mpf(h.power)))
        / mp.mpf(h.dispersion),
        [([0.0], [0.2]), ([3.0], [1e-4]), ([1e-9], [1e6])],
    ),
    "beta": (
        heads.Beta(), beta,
        [([0.3], [0.6, 5.0]), ([1e-12], [0.2, 3.0]), ([1 - 1e-12], [1e-4, 2.0]),
         ([1e-9], [1e-5, 0.5]), ([0.9], [0.999, 300.0])],
    ),
    "dirichlet": (
        heads.Dirichlet(3), dirichlet,
        [([0.2, 0.3, 0.5], [2.0, 0.4, 7.0]), ([1e-9, 0.25, 0.75 - 1e-9], [0.01, 30.0, 1.0])],
    ),
    "kumaraswamy": (
        heads.Kumaraswamy(),
        lambda h, y, p: -log(p[0]) - log(p[1]) - p[0] * log(y[0])
        - (p[1] - 1) * mp.log1p(-(y[0] ** p[0])),
        [([0.3], [0.6, 5.0]), ([1e-12], [0.2, 3.0]), ([1 - 1e-12], [3.0, 0.4]),
         ([0.5], [1e-6, 2.5]), ([0.9], [40.0, 300.0])],
    ),
    "weibull": (
        heads.Weibull(), weibull,
        [([2.0, 1], [0.5, 1.3]), ([2.0, 0], [30.0, 2.0]), ([1e-5, 1], [1e3, 0.2]),
         ([50.0, 1], [2.0, 4.0])],
    ),
}  # fmt: skip
"""Head, what depends on its parameters, and rows: an outcome and its parameters."""


def test_every_formula_is_tried():
    assert set(NLL) == set(FORMULAS) - FLAT


def exact(name: str, outcome: list[float], parameters: list[float], order: int) -> list[float]:
    """The derivative of that order in each parameter on its own."""
    head, nll, _ = NLL[name]
    with mp.workdps(70):
        at, seen = [mp.mpf(v) for v in parameters], [mp.mpf(v) for v in outcome]
        orders = [tuple(order * (k == j) for k in range(len(at))) for j in range(len(at))]
        step = mp.mpf(10) ** -22
        return [float(mp.diff(lambda *p: nll(head, seen, p), at, n, h=step)) for n in orders]


@pytest.mark.parametrize("name", NLL)
def test_derivatives_keep_their_digits_at_usual_and_at_extreme_parameters(name):
    head, _, rows = NLL[name]
    sizes = head.sizes()
    for outcome, parameters in rows:
        pieces = np.split(np.array([parameters]), np.cumsum(list(sizes.values()))[:-1], axis=1)
        y = np.array([outcome], float)
        found = FORMULAS[name](head, y, dict(zip(sizes, pieces, strict=True)))
        for order in (1, 2):
            ours = np.concatenate([found[key][order - 1] for key in sizes], axis=1)[0]
            wanted = exact(name, outcome, parameters, order)
            # The second derivative in a dispersion cancels, as `negative_binomial` says.
            rtol = 1e-4 if (name, order) == ("negative_binomial", 2) else 1e-9
            np.testing.assert_allclose(ours, wanted, rtol=rtol, err_msg=f"{outcome} {parameters}")


APART = {"categorical", "ordinal", "dirichlet", "gaussian_mixture", "multivariate_gaussian",
         "von_mises_fisher", "von_mises", "weibull", "bernoulli"}  # fmt: skip
"""Heads whose size is no number of values that are independent of one another."""


@pytest.mark.parametrize("name", sorted(set(boosting.AVAILABLE) - APART))
def test_of_two_values_each_has_the_derivatives_that_it_has_alone(name):
    both, alone = HEADS[name](size=2), HEADS[name](size=1)
    y, raw = drawn(both, np.random.default_rng(3))
    found = boosting.Objective(both).derivatives(y, raw)
    for value in range(2):
        theirs = boosting.Objective(alone).derivatives(y[:, value], raw[:, value::2])
        for ours, single in zip(found, theirs, strict=True):
            np.testing.assert_allclose(ours[:, value::2], single, rtol=1e-12)

"""One distribution a file, and the registry of them all.

A head's module is imported when the head is asked for: a chapter depends on the heads it uses.
"""

import importlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lossbook.heads.base import Head, KerasRelation, Parameter

if TYPE_CHECKING:
    from lossbook.heads.asymmetric_laplace import AsymmetricLaplace
    from lossbook.heads.bernoulli import Bernoulli
    from lossbook.heads.beta import Beta
    from lossbook.heads.binomial import Binomial
    from lossbook.heads.categorical import Categorical
    from lossbook.heads.dirichlet import Dirichlet
    from lossbook.heads.exponential import Exponential
    from lossbook.heads.gamma import Gamma
    from lossbook.heads.gaussian import Gaussian
    from lossbook.heads.gaussian_mixture import GaussianMixture
    from lossbook.heads.gaussian_scale import GaussianScale
    from lossbook.heads.huber import Huber
    from lossbook.heads.hurdle_poisson import HurdlePoisson
    from lossbook.heads.hyperbolic_secant import HyperbolicSecant
    from lossbook.heads.independent_bernoullis import IndependentBernoullis
    from lossbook.heads.inverse_gaussian import InverseGaussian
    from lossbook.heads.laplace import Laplace
    from lossbook.heads.log_normal import LogNormal
    from lossbook.heads.logistic import Logistic
    from lossbook.heads.multivariate_gaussian import MultivariateGaussian
    from lossbook.heads.negative_binomial import NegativeBinomial
    from lossbook.heads.ordinal import Ordinal
    from lossbook.heads.poisson import Poisson
    from lossbook.heads.student_t import StudentT
    from lossbook.heads.tweedie import Tweedie
    from lossbook.heads.von_mises import VonMises
    from lossbook.heads.von_mises_fisher import VonMisesFisher
    from lossbook.heads.weibull import Weibull
    from lossbook.heads.zero_inflated_poisson import ZeroInflatedPoisson

_CLASSES = {
    "gaussian": "Gaussian",
    "gaussian_scale": "GaussianScale",
    "multivariate_gaussian": "MultivariateGaussian",
    "laplace": "Laplace",
    "asymmetric_laplace": "AsymmetricLaplace",
    "huber": "Huber",
    "logistic": "Logistic",
    "hyperbolic_secant": "HyperbolicSecant",
    "student_t": "StudentT",
    "bernoulli": "Bernoulli",
    "independent_bernoullis": "IndependentBernoullis",
    "categorical": "Categorical",
    "ordinal": "Ordinal",
    "binomial": "Binomial",
    "poisson": "Poisson",
    "negative_binomial": "NegativeBinomial",
    "zero_inflated_poisson": "ZeroInflatedPoisson",
    "hurdle_poisson": "HurdlePoisson",
    "exponential": "Exponential",
    "gamma": "Gamma",
    "inverse_gaussian": "InverseGaussian",
    "log_normal": "LogNormal",
    "weibull": "Weibull",
    "tweedie": "Tweedie",
    "beta": "Beta",
    "dirichlet": "Dirichlet",
    "von_mises": "VonMises",
    "von_mises_fisher": "VonMisesFisher",
    "gaussian_mixture": "GaussianMixture",
}
"""The class in each module: real numbers, classes, counts, positive amounts, shares, directions."""


class _Registry(Mapping[str, type[Head]]):
    """Heads by name, as a dictionary that imports what is taken from it."""

    def __getitem__(self, name: str) -> type[Head]:
        if name not in _CLASSES:
            raise KeyError(f"{name!r}; there are: {', '.join(_CLASSES)}")
        head: type[Head] = getattr(
            importlib.import_module(f"lossbook.heads.{name}"), _CLASSES[name]
        )
        return head

    def __iter__(self) -> Iterator[str]:
        return iter(_CLASSES)

    def __len__(self) -> int:
        return len(_CLASSES)


HEADS = _Registry()
"""Every head by name."""

ARTICLE = ("gaussian", "laplace", "bernoulli", "categorical", "independent_bernoullis")
"""The heads that the article needs, in the order in which the course meets them."""


def __getattr__(name: str) -> type[Head]:
    for module, class_name in _CLASSES.items():
        if class_name == name:
            return HEADS[module]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = [
    "ARTICLE",
    "HEADS",
    "AsymmetricLaplace",
    "Bernoulli",
    "Beta",
    "Binomial",
    "Categorical",
    "Dirichlet",
    "Exponential",
    "Gamma",
    "Gaussian",
    "GaussianMixture",
    "GaussianScale",
    "Head",
    "Huber",
    "HurdlePoisson",
    "HyperbolicSecant",
    "IndependentBernoullis",
    "InverseGaussian",
    "KerasRelation",
    "Laplace",
    "LogNormal",
    "Logistic",
    "MultivariateGaussian",
    "NegativeBinomial",
    "Ordinal",
    "Parameter",
    "Poisson",
    "StudentT",
    "Tweedie",
    "VonMises",
    "VonMisesFisher",
    "Weibull",
    "ZeroInflatedPoisson",
]

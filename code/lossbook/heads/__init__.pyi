# Made by `make stubs`; not edited by hand.
from lossbook.heads.asymmetric_laplace import AsymmetricLaplace
from lossbook.heads.base import Head, KerasRelation, Parameter
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
from lossbook.heads.kumaraswamy import Kumaraswamy
from lossbook.heads.laplace import Laplace
from lossbook.heads.log_normal import LogNormal
from lossbook.heads.logistic import Logistic
from lossbook.heads.multivariate_gaussian import MultivariateGaussian
from lossbook.heads.negative_binomial import NegativeBinomial
from lossbook.heads.ordinal import Ordinal
from lossbook.heads.poisson import Poisson
from lossbook.heads.registry import ARTICLE, HEADS
from lossbook.heads.student_t import StudentT
from lossbook.heads.tweedie import Tweedie
from lossbook.heads.von_mises import VonMises
from lossbook.heads.von_mises_fisher import VonMisesFisher
from lossbook.heads.weibull import Weibull
from lossbook.heads.zero_inflated_poisson import ZeroInflatedPoisson

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
    "Kumaraswamy",
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

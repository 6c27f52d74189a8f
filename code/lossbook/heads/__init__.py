"""One distribution a file, and the registry of them all."""

from lossbook.heads.base import Head, KerasRelation, Parameter
from lossbook.heads.bernoulli import Bernoulli
from lossbook.heads.categorical import Categorical
from lossbook.heads.gaussian import Gaussian
from lossbook.heads.independent_bernoullis import IndependentBernoullis
from lossbook.heads.laplace import Laplace

HEADS: dict[str, type[Head]] = {
    head.name: head for head in (Gaussian, Laplace, Bernoulli, Categorical, IndependentBernoullis)
}
"""Every head by name, in the order in which the course meets them."""

__all__ = [
    "HEADS",
    "Bernoulli",
    "Categorical",
    "Gaussian",
    "Head",
    "IndependentBernoullis",
    "KerasRelation",
    "Laplace",
    "Parameter",
]

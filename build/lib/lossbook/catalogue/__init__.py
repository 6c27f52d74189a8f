"""Every loss of Keras and every activation, traced to a distribution or shown to have none."""

from lossbook.catalogue.activations import ACTIVATIONS
from lossbook.catalogue.entry import Activation, Likelihood, NoLikelihood
from lossbook.catalogue.likelihoods import LIKELIHOODS
from lossbook.catalogue.others import OTHERS

LOSSES: dict[str, Likelihood | NoLikelihood] = {
    entry.loss: entry for entry in (*LIKELIHOODS, *OTHERS)
}
"""Keras's losses by class name."""

__all__ = [
    "ACTIVATIONS",
    "LIKELIHOODS",
    "LOSSES",
    "OTHERS",
    "Activation",
    "Likelihood",
    "NoLikelihood",
]

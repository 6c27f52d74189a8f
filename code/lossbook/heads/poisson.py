"""The Poisson: how many, without a known maximum."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import COUNT, POSITIVE
from lossbook.heads.base import Head, KerasRelation, Parameter, unreduced
from lossbook.heads.draws import poisson
from lossbook.heads.tensors import per_sample
from lossbook.special import lgamma, poisson_nll


class Poisson(Head):
    r"""How many events, when they come one by one and independently.

    Support: 0, 1, 2, … Parameter: `rate`, positive, hence a softplus, or an exponential (the
    canonical link) by `links={"rate": "exponential"}`.

    One sample: rate - y log rate + log y!. Keras's Poisson drops log y!, which depends on the
    data alone and so shifts the loss by a constant for a data set, not for a sample; it also adds
    1e-7 to the rate inside the logarithm and averages over the values.

    A y that is negative, a fraction, NaN or infinite raises ValueError where its values can be
    read; in a graph, under jit or compile, its loss is NaN.

    Reference: McCullagh and Nelder, Generalized Linear Models (1989), section 6.
    """

    name = "poisson"
    title = "Poisson"
    question = "how many, without a known maximum"
    support = COUNT
    declared = (Parameter("rate", r"\lambda", POSITIVE, floor=0.0),)
    functional = "mean"
    keras_loss = "Poisson"
    dropped = r"the term \log y!"
    formula = r"\lambda - y\log\lambda + \log y!"

    def __init__(self, size: int = 1, links: Mapping[str, str] | None = None) -> None:
        super().__init__(size, links)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """Half the deviance, and what is left of log y!: no digits are lost at large counts."""
        rate, z = self.positive("rate"), pieces["rate"]
        return per_sample(poisson_nll(y, rate.activation(z), rate.log(z)))

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Poisson draws."""
        return poisson(parameters["rate"], rng)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)

    def keras_relation(self) -> KerasRelation:
        """Keras's value plus log y!, given as a function of y since it is no constant."""
        return KerasRelation(
            unreduced(self.keras_loss),
            "rate",
            float(self.size),
            lambda y: np.asarray(per_sample(lgamma(ops.convert_to_tensor(y, "float64") + 1))),
        )

"""The Dirichlet: compositions."""

from collections.abc import Mapping

import numpy as np
from scipy import special

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import OPEN_SIMPLEX, POSITIVE
from lossbook.heads.arguments import whole
from lossbook.heads.base import Head, Parameter
from lossbook.heads.tensors import LEAST
from lossbook.special import excess, rest

SMALL = 1e-30
"""Below it a gamma draw is drawn again, as a logarithm."""


class Dirichlet(Head):
    r"""Shares of a whole: `size` positive numbers that sum to one.

    Support: the open simplex. Parameter: `concentrations`, each positive (softplus); their shares
    are the mean composition, their sum says how little it scatters.

    One sample: Σ log Γ(a_k) - log Γ(Σ a_k) - Σ (a_k - 1) log y_k. Keras has no such loss; its
    CategoricalCrossentropy takes compositions, but is no density on the simplex.

    `predict` and `best_constant` give the mean of log y, which the likelihood matches; the mean of
    y itself is a_k / Σ a.

    A y with a share that is not above zero, or whose shares do not sum to one within 2e-5,
    raises ValueError where its values can be read; in a graph, under jit or compile, its loss
    is NaN.

    Reference: Ng, Tian and Tang, Dirichlet and Related Distributions (2011), section 2.
    """

    name = "dirichlet"
    title = "Dirichlet"
    question = "shares of a whole"
    support = OPEN_SIMPLEX
    declared = (Parameter("concentrations", r"a_k", POSITIVE),)
    functional = "mean log shares"
    keras_loss = ""
    dropped = ""
    formula = r"\sum_k\log\Gamma(a_k) - \log\Gamma\bigl(\sum_k a_k\bigr) - \sum_k (a_k-1)\log y_k"

    def __init__(self, size: int = 3, links: Mapping[str, str] | None = None) -> None:
        whole(self, "size", size, 2, "a composition has at least two shares")
        super().__init__(size, links)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """By the divergence from the mean composition; y is divided by its sum, which rounds."""
        link, z = self.positive("concentrations"), pieces["concentrations"]
        a, log_a = link.activation(z), link.log(z)
        total = ops.sum(a, axis=-1, keepdims=True)
        log_total = ops.log(total)
        y = y / ops.sum(y, axis=-1, keepdims=True)
        log_y, mean = ops.log(y), a / total
        apart = excess(mean, y - mean, log_y - (log_a - log_total))
        each = rest(a) - log_a + log_y + total * apart
        return ops.sum(each, axis=-1) + (log_total - rest(total))[..., 0]

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Gamma draws over their sum, kept off the border, to which float32 would round them."""
        a = parameters["concentrations"]
        amounts = rng.gamma(a)
        rare = amounts < SMALL
        logs = np.log(np.maximum(amounts, SMALL))
        # There the density is a power of the amount, which underflows where its logarithm does not.
        logs[rare] += np.log1p(-rng.random(rare.sum())) / np.maximum(a[rare], 1e-300)
        amounts = np.exp(logs - logs.max(axis=-1, keepdims=True))
        return np.maximum(amounts / amounts.sum(axis=-1, keepdims=True), LEAST)

    def _predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """The mean of log y_k, digamma(a_k) - digamma(Σ a), which the likelihood matches."""
        a = parameters["concentrations"]
        return special.digamma(a) - special.digamma(a.sum(axis=-1, keepdims=True))

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean of the logarithms."""
        return np.mean(np.log(y), axis=0)

"""A mixture of Gaussians: several answers may be right."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import POSITIVE, REAL, SIMPLEX
from lossbook.heads.arguments import whole
from lossbook.heads.base import LOG_2PI, Head, Parameter
from lossbook.heads.tensors import held


class GaussianMixture(Head):
    r"""A real number with several likely places, weighed against each other.

    Support: the real numbers. Parameters, each `components` values: `weights`, summing to one
    (softmax); `means`, real; `scales`, positive (softplus), in the unit of y.

    One sample: -log Σ_k w_k N(y; m_k, s_k²), by log-sum-exp. Keras has no such loss.

    With two components or more the components can swap places without changing the loss, and the
    likelihood grows without bound when one component shrinks onto a single sample.

    An error of more than 10¹¹ of a component's scales (10¹⁸ in float64) goes on as a logarithm of
    itself, so that neither its square nor the gradient overflows.

    A y that is NaN or infinite raises ValueError where its values can be read; in a graph,
    under jit or compile, its loss is NaN.

    Reference: Bishop, "Mixture Density Networks" (1994).
    """

    name = "gaussian_mixture"
    title = "Mixture of Gaussians"
    question = "a real number with several likely places"
    support = REAL
    declared = (
        Parameter("weights", r"w_k", SIMPLEX),
        Parameter("means", r"m_k", REAL),
        Parameter("scales", r"s_k", POSITIVE),
    )
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = r"-\log\sum_k w_k\,\mathcal{N}(y; m_k, s_k^2)"

    def __init__(self, components: int = 2, links: Mapping[str, str] | None = None) -> None:
        super().__init__(whole(self, "components", components), links)

    @property
    def columns(self) -> int:
        """One number, however many components."""
        return 1

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """log-sum-exp over the components of log weight plus log density."""
        logits, means, scales = pieces["weights"], pieces["means"], self.positive("scales")
        log_weights = logits - ops.logsumexp(logits, axis=-1, keepdims=True)
        z = held((y - means) * scales.reciprocal(pieces["scales"]))
        densities = -0.5 * ops.square(z) - scales.log(pieces["scales"]) - 0.5 * LOG_2PI
        return -ops.logsumexp(log_weights + densities, axis=-1)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """A component by its weight, then a Gaussian draw."""
        cumulative = np.cumsum(parameters["weights"], axis=-1)
        draw = rng.random((len(cumulative), 1))
        # The last is whatever is left: rounding may keep the sum below 1.
        chosen = (draw > cumulative[:, :-1]).sum(axis=-1, keepdims=True)
        mean = np.take_along_axis(parameters["means"], chosen, axis=-1)
        scale = np.take_along_axis(parameters["scales"], chosen, axis=-1)
        return rng.normal(mean, scale)

    def _predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """The mixture's mean; where the places are far apart, no outcome may lie near it."""
        return (parameters["weights"] * parameters["means"]).sum(axis=-1, keepdims=True)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean: any best mixture has the sample's mean."""
        return np.mean(y, axis=0)

"""The Gaussian whose standard deviation is predicted too."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import POSITIVE, REAL
from lossbook.heads.base import LOG_2PI, Head, Parameter
from lossbook.heads.described import saved_as_loss_only
from lossbook.heads.tensors import held, per_sample, where


class GaussianScale(Head):
    r"""Any real number, with a scatter that depends on the input.

    Support: the real numbers. Parameters: `mean`, real, hence no activation; `scale`, the standard
    deviation in the unit of y, positive, hence a softplus.

    One sample: (y - mean)² / (2 scale²) + log scale + ½ log 2π. Keras has no such loss.

    The likelihood weighs each sample's pull on the mean by 1 / scale²: where the predicted scale is
    large, the mean is learnt slowly, and a fit can stay where a large scale stands for a poor
    mean. `beta` above 0 multiplies each sample's loss by scale^(2 beta), taken as a constant, which
    takes that weight off again; at 1 the mean learns as under squared error. What it multiplies by
    is held between e⁻⁶⁰ and e⁶⁰.

    An error of more than 10¹¹ scales (10¹⁸ in float64) goes on as a logarithm of itself, so that
    neither its square nor the gradient overflows.

    A y that is NaN or infinite raises ValueError where its values can be read; in a graph,
    under jit or compile, its loss is NaN.

    Reference: Nix and Weigend (1994); for beta, Seitzer et al., "On the Pitfalls of
    Heteroscedastic Uncertainty Estimation with Probabilistic Neural Networks" (2022).
    """

    name = "gaussian_scale"
    title = "Gaussian, learned scale"
    question = "any real number, with a scatter that varies"
    support = REAL
    declared = (Parameter("mean", r"\mu", REAL), Parameter("scale", r"\sigma", POSITIVE))
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = r"\frac{(y - \mu)^2}{2\sigma^2} + \log\sigma + \tfrac12\log 2\pi"

    def __init__(
        self, size: int = 1, beta: float = 0.0, links: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(size, links)
        if not 0 <= beta <= 1:
            raise ValueError(f"GaussianScale: beta must be from 0 to 1, not {beta}")
        self.beta = beta

    def _terms(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        scale = self.positive("scale")
        z = held((y - pieces["mean"]) * scale.reciprocal(pieces["scale"]))
        return 0.5 * ops.square(z) + scale.log(pieces["scale"]) + 0.5 * LOG_2PI

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """The full likelihood, whatever beta is."""
        return per_sample(self._terms(y, pieces))

    @saved_as_loss_only
    def objective(self, y: Tensor, raw: Tensor) -> Tensor:
        """`nll`, each value weighed by scale^(2 beta) without a gradient through the weight."""
        if not self.beta:
            return self.nll(y, raw)
        y, raw, inside = self._ready(y, raw)
        pieces = self.split(raw)
        log_weight = 2 * self.beta * self.links["scale"].log(pieces["scale"])
        weight = ops.stop_gradient(ops.exp(ops.clip(log_weight, -60.0, 60.0)))
        return where(inside, per_sample(weight * self._terms(y, pieces)))

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Gaussian draws."""
        return rng.normal(parameters["mean"], parameters["scale"])

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)

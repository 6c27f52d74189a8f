"""The asymmetric Laplace distribution: a quantile."""

from collections.abc import Mapping

import numpy as np

from lossbook import backend
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import REAL
from lossbook.heads.arguments import above_zero
from lossbook.heads.base import Head, Parameter
from lossbook.heads.tensors import per_sample


class AsymmetricLaplace(Head):
    r"""A quantile: the value that y stays below with probability `level`.

    Support: the real numbers. Parameter: `quantile`, real, hence no activation. The scale b, in
    the unit of y, is fixed.

    One sample: ρ(y - quantile) / b - log(level (1 - level) / b), where ρ(u) is level · u for
    u ≥ 0 and (level - 1) · u below: the tilted absolute error, or pinball loss. At level ½ it is
    half the absolute error. Keras has no such loss.

    A y that is NaN or infinite raises ValueError where its values can be read; in a graph,
    under jit or compile, its loss is NaN.

    Reference: Koenker and Machado, "Goodness of Fit and Related Inference Processes for Quantile
    Regression" (1999).
    """

    name = "asymmetric_laplace"
    title = "Asymmetric Laplace"
    question = "a bound that y stays below with a given probability"
    support = REAL
    declared = (Parameter("quantile", "q", REAL),)
    functional = "quantile"
    keras_loss = ""
    dropped = ""
    formula = r"\frac{\rho_\tau(y - q)}{b} - \log\frac{\tau(1-\tau)}{b}"

    def __init__(self, size: int = 1, level: float = 0.5, scale: float = 1.0) -> None:
        super().__init__(size)
        if not 0 < level < 1:
            raise ValueError(f"AsymmetricLaplace: level must lie between 0 and 1, not {level}")
        self.level, self.scale = float(level), above_zero(self, "scale", scale)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """The pinball loss over the scale, plus what normalises."""
        q = pieces["quantile"]
        error = (y - q) / self.scale
        pinball = backend.maximum(self.level * error, (self.level - 1) * error)
        constant = np.log(self.level * (1 - self.level) / self.scale)
        return per_sample(pinball - constant)

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """-level where y is above the line, 1 - level where it is not, over the scale."""
        q = self.split(raw)["quantile"]
        return (1 - self.level - ops.cast(y > q, q.dtype)) / self.scale

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """By the inverse of the cumulative distribution: an exponential to either side."""
        q = parameters["quantile"]
        u = rng.random(q.shape)
        below = self.scale / (1 - self.level) * np.log(u / self.level)
        above = -self.scale / self.level * np.log((1 - u) / (1 - self.level))
        return q + np.where(u < self.level, below, above)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The sample's quantile, by the definition that takes an observation."""
        return np.quantile(y, self.level, axis=0, method="inverted_cdf")

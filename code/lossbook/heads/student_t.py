"""Student's t: a Gaussian whose scale is itself uncertain."""

from collections.abc import Mapping

import numpy as np
from scipy import special

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import POSITIVE, REAL
from lossbook.heads.base import LOG_2PI, Head, Parameter
from lossbook.heads.tensors import held, per_sample


class StudentT(Head):
    r"""Any real number, with tails so heavy that a far outlier hardly pulls.

    Support: the real numbers. Parameters: `location`, real; `scale`, positive (softplus), in the
    unit of y. The degrees of freedom `df` are fixed: 1 is the Cauchy, infinity the Gaussian, as
    `GaussianScale` has it.

    One sample: (df + 1)/2 · log(1 + (y - location)² / (df scale²)) + log scale
    + ½ log(df π) + log Γ(df / 2) - log Γ((df + 1) / 2). Keras has no such loss.

    The loss is not convex in the location: a pull fades as the error grows.

    A y that is NaN or infinite raises ValueError where its values can be read; in a graph,
    under jit or compile, its loss is NaN.

    Reference: Lange, Little and Taylor, "Robust Statistical Modeling Using the t Distribution"
    (1989).
    """

    name = "student_t"
    title = "Student's t"
    question = "any real number, some of them wildly off"
    support = REAL
    declared = (Parameter("location", r"\mu", REAL), Parameter("scale", r"\sigma", POSITIVE))
    functional = "weighted mean, outliers down-weighted"
    keras_loss = ""
    dropped = ""
    formula = (
        r"\tfrac{\nu+1}{2}\log\bigl(1 + \tfrac{(y-\mu)^2}{\nu\sigma^2}\bigr) + \log\sigma"
        r" + \tfrac12\log\nu\pi + \log\tfrac{\Gamma(\nu/2)}{\Gamma((\nu+1)/2)}"
    )

    def __init__(
        self, size: int = 1, df: float = 4.0, links: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(size, links)
        if not df > 0:
            raise ValueError(f"StudentT: df must be above zero, not {df}")
        self.df = float(df)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """A logarithm of the squared error, plus what normalises."""
        scale = self.positive("scale")
        z = (y - pieces["location"]) * scale.reciprocal(pieces["scale"])
        log_scale = scale.log(pieces["scale"])
        if self.df == float("inf"):
            return per_sample(0.5 * ops.square(held(z)) + log_scale + 0.5 * LOG_2PI)
        # ½ log(νπ) + log Γ(ν/2) - log Γ((ν+1)/2), which cancels for large ν, as a beta function
        constant = 0.5 * np.log(self.df) + special.betaln(self.df / 2, 0.5)
        # log(1 + z²/ν) by the larger of the two, since z² may overflow where its log does not.
        size = ops.abs(z) / np.sqrt(self.df)
        large = size > 1e3
        within = ops.where(large, ops.ones_like(size), size)
        beyond = ops.where(large, size, ops.ones_like(size))
        grown = ops.where(large, 2 * ops.log(beyond) + ops.log1p(beyond**-2), ops.log1p(within**2))
        return per_sample((self.df + 1) / 2 * grown + log_scale + constant)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Scaled and shifted t draws."""
        location, scale = parameters["location"], parameters["scale"]
        if self.df == float("inf"):
            return rng.normal(location, scale)
        return location + scale * rng.standard_t(self.df, location.shape)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The fixed point of the weighted mean, with the scale that fits it (EM)."""
        y = np.asarray(y, float)
        if self.df == float("inf"):
            return np.mean(y, axis=0)
        location, variance = np.median(y, axis=0), np.var(y, axis=0)
        for _ in range(500):
            # Where all outcomes are equal the scale falls to zero, and the location is known.
            variance = np.maximum(variance, np.finfo(float).tiny)
            weight = (self.df + 1) * variance / (self.df * variance + (y - location) ** 2)
            location = (weight * y).sum(axis=0) / weight.sum(axis=0)
            variance = (weight * (y - location) ** 2).mean(axis=0)
        return location

"""Several real numbers at once that vary together."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops, tf
from lossbook.constraints import CHOLESKY, REAL
from lossbook.heads.base import LOG_2PI, Head, Parameter, column
from lossbook.links import Tensor


class MultivariateGaussian(Head):
    r"""A vector of `size` real numbers with a full covariance, predicted for each input.

    Support: vectors of real numbers. Parameters: `mean`, real; `factor`, the lower triangle L of
    the covariance's Cholesky factor, row by row, with a positive diagonal (softplus), so that
    the covariance L Lᵀ is positive definite whatever the network says.

    One sample: ½ |L⁻¹(y - mean)|² + Σ log L_ii + ½ size log 2π. Keras has no such loss.

    Reference: Murphy, Probabilistic Machine Learning: An Introduction (2022), section 3.2.
    """

    name = "multivariate_gaussian"
    title = "Multivariate Gaussian"
    question = "several real numbers that vary together"
    support = REAL
    declared = (Parameter("mean", r"\mu", REAL), Parameter("factor", "L", CHOLESKY))
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = (
        r"\tfrac12 \lVert L^{-1}(y - \mu)\rVert^2 + \sum_i \log L_{ii} + \tfrac{d}{2}\log 2\pi"
    )

    def __init__(self, size: int = 2, links: Mapping[str, str] | None = None) -> None:
        super().__init__(size, links)
        rows = np.repeat(np.arange(size), np.arange(1, size + 1))
        columns = np.concatenate([np.arange(row + 1) for row in range(size)])
        self._places = rows * size + columns

    def sizes(self) -> dict[str, int]:
        """The factor's lower triangle has size (size + 1) / 2 entries."""
        return {"mean": self.size, "factor": self.size * (self.size + 1) // 2}

    def matrix(self, factor: Tensor) -> Tensor:
        """The triangle's entries `(n, entries)` as matrices `(n, size, size)`."""
        spread = np.zeros((len(self._places), self.size**2))
        spread[np.arange(len(self._places)), self._places] = 1
        flat = ops.matmul(factor, ops.cast(spread, factor.dtype))
        return ops.reshape(flat, (-1, self.size, self.size))

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """By solving with the triangle: no matrix is inverted."""
        found = self.parameters(raw)
        lower = self.matrix(found["factor"])
        error = (column(y, found["mean"]) - found["mean"])[..., None]
        z = tf.linalg.triangular_solve(lower, error)[..., 0]
        log_determinant = ops.sum(ops.log(tf.linalg.diag_part(lower)), axis=-1)
        return 0.5 * ops.sum(z**2, axis=-1) + log_determinant + 0.5 * self.size * LOG_2PI

    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """mean + L times standard Gaussian draws."""
        mean = parameters["mean"]
        flat = np.zeros((len(mean), self.size**2))
        flat[:, self._places] = parameters["factor"]
        lower = flat.reshape(-1, self.size, self.size)
        return mean + np.einsum("nij,nj->ni", lower, rng.normal(size=mean.shape))

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean of each value."""
        return np.mean(y, axis=0)

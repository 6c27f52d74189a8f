"""Several real numbers at once that vary together."""

from collections.abc import Mapping

import numpy as np

from lossbook import backend
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import CHOLESKY, REAL, diagonal
from lossbook.heads.base import LOG_2PI, Head, Parameter
from lossbook.heads.tensors import held
from lossbook.special import is_single

LIMIT = 1e12
"""In float32: half the squared distance, in deviations, beyond which only its logarithm grows."""


class MultivariateGaussian(Head):
    r"""A vector of `size` real numbers with a full covariance, predicted for each input.

    Support: vectors of real numbers. Parameters: `mean`, real; `factor`, the lower triangle L of
    the covariance's Cholesky factor, row by row, with a positive diagonal (softplus), so that
    the covariance L Lᵀ is positive definite whatever the network says.

    One sample: ½ |L⁻¹(y - mean)|² + Σ log L_ii + ½ size log 2π. Keras has no such loss.

    In float32, beyond 10¹² nats (a million standard deviations off) the loss goes on as the
    logarithm of the distance, so that its gradient stays finite. With y to ±10⁴, loss and gradient
    are finite for raw outputs to ±10⁴ up to size 3, to ±1000 for size 4, and to ±7 up to size 8.
    Beyond, they may overflow, because each row of the triangle is divided by its diagonal, which is
    below 2 · 10⁻⁶ where the raw output is below -14. In float64 they are finite for raw outputs to
    ±10⁴ up to size 16.

    A y with a value that is NaN or infinite raises ValueError where its values can be read; in
    a graph, under jit or compile, its loss is NaN.

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
        rows, columns = np.tril_indices(self.size)
        self._places = rows * self.size + columns

    def sizes(self) -> dict[str, int]:
        """The factor's lower triangle has size (size + 1) / 2 entries."""
        return {"mean": self.size, "factor": self.size * (self.size + 1) // 2}

    def matrix(self, factor: Tensor) -> Tensor:
        """The triangle's entries `(…, entries)` as matrices `(…, size, size)`."""
        spread = np.zeros((len(self._places), self.size**2))
        spread[np.arange(len(self._places)), self._places] = 1
        rows = factor if len(factor.shape) > 1 else factor[None]  # one outcome: no batch axis
        flat = backend.matmul(rows, ops.cast(spread, factor.dtype))
        return ops.reshape(flat, (*ops.shape(factor)[:-1], self.size, self.size))

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """By solving with the triangle: no matrix is inverted."""
        factor = self.links["factor"].activation(pieces["factor"])
        error = (y - pieces["mean"])[..., None]
        z = backend.solve_lower(self.matrix(factor), error)[..., 0]
        spreads = ops.take(factor, diagonal(factor.shape[-1]), axis=-1)
        constant = 0.5 * self.size * LOG_2PI
        return _half_square(z) + ops.sum(ops.log(spreads), axis=-1) + constant

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """mean + L times standard Gaussian draws."""
        mean = parameters["mean"]
        flat = np.zeros((len(mean), self.size**2))
        flat[:, self._places] = parameters["factor"]
        lower = flat.reshape(-1, self.size, self.size)
        return mean + np.einsum("nij,nj->ni", lower, rng.normal(size=mean.shape))

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean of each value."""
        return np.mean(y, axis=0)


def _half_square(z: Tensor) -> Tensor:
    """½ |z|² along the last axis; beyond `LIMIT` it goes on as a logarithm.

    There the gradient, which multiplies several such numbers, would overflow.
    """
    limit = LIMIT if is_single(z) else LIMIT**10
    square = ops.sum(held(z) ** 2, axis=-1) if is_single(z) else ops.sum(z**2, axis=-1)
    far = (square > 2 * limit)[..., None]
    near = 0.5 * ops.sum(ops.where(far, 0 * z, z) ** 2, axis=-1)
    away = ops.where(far, z, ops.ones_like(z))
    longest = ops.stop_gradient(backend.largest(ops.abs(away)))
    length = ops.log(ops.sum((away / longest) ** 2, axis=-1)) + 2 * ops.log(longest[..., 0])
    beyond = limit * (1 + length - np.log(2 * limit))
    return ops.where(far[..., 0], beyond, near)

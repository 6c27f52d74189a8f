"""The von Mises-Fisher with a fixed concentration: cosine similarity."""

from collections.abc import Mapping

import numpy as np
from scipy import special, stats

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import UNIT_VECTOR
from lossbook.heads.arguments import above_zero, whole
from lossbook.heads.base import LOG_2PI, Head, KerasRelation, Parameter, unreduced


class VonMisesFisher(Head):
    r"""A direction in `size` dimensions, as a vector of length one.

    Support: the unit sphere. Parameter: `direction`, a unit vector. The concentration κ is fixed.

    One sample: -κ direction · y - log C(κ), C(κ) = κ^(d/2-1) / ((2π)^(d/2) I_{d/2-1}(κ)), with
    d = `size`. Keras's CosineSimilarity is -direction · y: it drops the factor κ and -log C(κ).

    A y whose length is not one within 2e-5 raises ValueError where its values can be read; in a
    graph, under jit or compile, its loss is NaN.

    Reference: Mardia and Jupp, Directional Statistics (2000), section 9.3.2.
    """

    name = "von_mises_fisher"
    title = "Von Mises-Fisher, fixed concentration"
    question = "a direction in space"
    support = UNIT_VECTOR
    declared = (Parameter("direction", r"\mu", UNIT_VECTOR),)
    functional = "mean direction"
    keras_loss = "CosineSimilarity"
    dropped = r"the factor \kappa and the constant -\log C_d(\kappa)"
    formula = (
        r"-\kappa\,\mu^\top y - \log C_d(\kappa),\;"
        r" C_d(\kappa) = \frac{\kappa^{d/2-1}}{(2\pi)^{d/2} I_{d/2-1}(\kappa)}"
    )

    def __init__(self, size: int = 3, concentration: float = 4.0) -> None:
        super().__init__(whole(self, "size", size, 2, "a direction needs two dimensions"))
        self.concentration = above_zero(self, "concentration", concentration)
        order = self.size / 2 - 1
        log_bessel = log_bessel_i(order, self.concentration)
        powers = self.size / 2 * LOG_2PI - order * np.log(self.concentration)
        self._constant = float(powers + log_bessel)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """The cosine, scaled, plus what normalises."""
        direction = self.links["direction"].activation(pieces["direction"])
        cosine = ops.sum(direction * y, axis=-1)
        return self._constant - self.concentration * cosine

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """scipy's draws, one for each direction."""
        rows = parameters["direction"]
        unit = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
        if not len(unit):
            return unit
        draws = [stats.vonmises_fisher(mu, self.concentration).rvs(1, rng) for mu in unit]
        return np.concatenate(draws).reshape(rows.shape)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean vector, scaled to length one."""
        mean = np.mean(y, axis=0)
        return mean / np.linalg.norm(mean)

    def keras_relation(self) -> KerasRelation:
        """The negative cosine times κ, plus the normaliser."""
        loss = unreduced(self.keras_loss)
        return KerasRelation(loss, "direction", self.concentration, self._constant)


def log_bessel_i(order: float, x: float) -> float:
    """log I_order(x) for x > 0, also where I is beyond any float.

    Elsewhere by its series, summed around the largest term (DLMF 10.25.2: all are positive).
    """
    scaled = special.ive(order, x)
    if np.isfinite(scaled) and scaled > 1e-280:
        return float(np.log(scaled) + x)
    middle = (np.hypot(order, x) - order) / 2
    reach = 20 * np.sqrt(middle + 1) + 60
    k = np.arange(max(0, np.floor(middle - reach)), middle + reach)
    terms = (2 * k + order) * np.log(x / 2) - special.gammaln(k + 1)
    return float(special.logsumexp(terms - special.gammaln(k + order + 1)))

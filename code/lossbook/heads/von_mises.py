"""The von Mises: angles."""

from collections.abc import Mapping

import numpy as np

from lossbook import backend
from lossbook.backend import Tensor
from lossbook.constraints import ANGLE, POSITIVE
from lossbook.heads.base import LOG_2PI, Head, Parameter
from lossbook.heads.tensors import per_sample
from lossbook.special import log_bessel_i0e


class VonMises(Head):
    r"""An angle: a wind direction, a time of day; the end of the circle is its beginning.

    Support: (-π, π]. Parameters: `direction`, an angle, given by two raw outputs as an arrow, so
    that there is no jump where the circle closes; `concentration` κ, positive (softplus).

    One sample: log(2π I₀(κ)) - κ cos(y - direction). Keras has no such loss.

    Angles outside (-π, π] are refused, since degrees look just like them. Radians are brought into
    the range by `np.angle(np.exp(1j * y))`.

    A y that is NaN or not above -π and at most π raises ValueError where its values can be
    read; in a graph, under jit or compile, its loss is NaN.

    Reference: Mardia and Jupp, Directional Statistics (2000), section 3.5.4.
    """

    name = "von_mises"
    title = "Von Mises"
    question = "an angle"
    support = ANGLE
    declared = (
        Parameter("direction", r"\mu", ANGLE),
        Parameter("concentration", r"\kappa", POSITIVE),
    )
    functional = "mean direction"
    keras_loss = ""
    dropped = ""
    formula = r"\log\bigl(2\pi I_0(\kappa)\bigr) - \kappa\cos(y - \mu)"

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """κ (1 - cos) first, which neither overflows nor cancels for a large κ."""
        direction = self.links["direction"].activation(pieces["direction"])
        concentration = self.links["concentration"].activation(pieces["concentration"])
        half = backend.sin((y - direction) / 2)
        away = 2 * concentration * half**2
        return per_sample(away + log_bessel_i0e(concentration) + LOG_2PI)

    def words(self) -> str:
        """With the range, which degrees leave."""
        return f"{super().words()}, above -π and at most π"

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Von Mises draws."""
        return rng.vonmises(parameters["direction"], parameters["concentration"])

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The direction of the mean arrow."""
        return np.arctan2(np.sin(y).mean(axis=0), np.cos(y).mean(axis=0))

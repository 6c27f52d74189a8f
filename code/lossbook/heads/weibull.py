"""The Weibull with right censoring: survival times, some not yet over."""

from collections.abc import Mapping

import numpy as np
from scipy import optimize, special

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import CENSORED, POSITIVE
from lossbook.heads.base import Head, Parameter
from lossbook.heads.tensors import LEAST, held
from lossbook.special import exp_capped, is_single

LIMIT = 30.0
"""In float32: the log of t from which on t grows in a straight line. Adam squares the gradient."""


class Weibull(Head):
    r"""A time until an event, for which some samples only say "not yet by then".

    Support: times above zero. y has two columns, `(n, 2)`: the time, and 1 if the event happened
    then or 0 if the sample was still without it (right-censored). Parameters: `scale` λ, positive,
    in the unit of time; `shape` k, positive; both a softplus. Above 1 the hazard rises with time.

    One sample, with t = (time / λ)^k: t - event · (log k - log time + log t). A censored sample
    adds the log of its chance to last so long, -t. Keras has no such loss.

    Where t exceeds e³⁰ (e⁶⁰ in float64) the loss goes on in a straight line in log t, so that its
    gradient stays finite; beyond ±10¹³ (±10¹⁸ in float64) log t goes on as a logarithm of itself.

    A y with a time that is zero, negative, NaN or infinite, or an event that is not 0 or 1,
    raises ValueError where its values can be read; in a graph, under jit or compile, its loss
    is NaN.

    Reference: Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data (2002),
    section 2.2.
    """

    name = "weibull"
    title = "Weibull with right censoring"
    question = "a time until an event, for some not over yet"
    support = CENSORED
    declared = (Parameter("scale", r"\lambda", POSITIVE), Parameter("shape", "k", POSITIVE))
    functional = "characteristic time"
    keras_loss = ""
    dropped = ""
    formula = r"t - \delta\,\bigl(\log k - \log y + \log t\bigr),\; t = (y/\lambda)^k"

    def __init__(self, links: Mapping[str, str] | None = None) -> None:
        super().__init__(1, links)

    @property
    def columns(self) -> int:
        """Time and event."""
        return 2

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """Straight on where t = (time / scale)^shape would overflow."""
        scale, shape = self.positive("scale"), self.positive("shape")
        log_scale = scale.log(pieces["scale"])[..., 0]
        k, log_k = (f(pieces["shape"])[..., 0] for f in (shape.activation, shape.log))
        log_time, event = ops.log(y[..., 0]), y[..., 1]
        log_t = held(k * (log_time - log_scale), 1e13)
        return exp_capped(log_t, LIMIT if is_single(log_t) else 2 * LIMIT) - event * (
            log_k - log_time + log_t
        )

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Weibull draws, about a third censored by an independent exponential clock."""
        scale, shape = parameters["scale"][..., 0], parameters["shape"][..., 0]
        time = scale * rng.weibull(shape)
        clock = rng.exponential(2 * scale)
        seen = np.maximum(np.minimum(time, clock), LEAST)
        return np.stack([seen, (time <= clock).astype(float)], axis=-1)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """By the profile likelihood: the shape by bisection, then the scale in closed form.

        Raises ValueError if no scale that a float holds is best: of outcomes without an event, or
        with events at the latest time alone, or so far apart that the scale overflows.
        """
        y = np.asarray(y, float)
        return np.array([fitted(y, np.ones(len(y)))[0]])


def fitted(y: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """The scale and the shape that fit outcomes best, rows of time and event, with weights `(n,)`.

    Raises ValueError if there are none that a float holds.
    """
    counted = weights > 0
    (time, event), weights = y[counted].T, weights[counted]
    happened = weights * event
    log_time = _below_the_last(time)
    early = -(happened @ log_time) / happened.sum() if happened.any() else 0.0
    if not early > 0:
        raise ValueError(
            "Weibull: no scale fits these outcomes best; none of them is an event, or all "
            "events are at the latest time"
        )

    def score(k: float) -> float:
        powers = weights * np.exp(k * log_time)
        return float(powers @ log_time / powers.sum() - 1 / k + early)

    # It rises with k, is not above 0 at the first, and ends at `early`.
    low, high = 1 / early, 2 / early
    while score(high) < 0:
        low, high = high, 2 * high
    k = float(optimize.brentq(score, low, high, rtol=1e-14, xtol=1e-14 * low))
    power = special.logsumexp(k * log_time, b=weights) - np.log(happened.sum())
    with np.errstate(over="ignore", under="ignore"):
        half = np.exp(power / k / 2)
        scale = float(time.max() * half * half)
    if not 0 < scale < np.inf:
        raise ValueError(
            "Weibull: no float holds the scale that fits these outcomes best; they scatter too "
            "far, or hardly any of them is an event"
        )
    return scale, k


def _below_the_last(time: np.ndarray) -> np.ndarray:
    """log(time / the latest time), with all digits where both are close."""
    last = time.max()
    near = time > last / 2
    away = np.where(near, time - last, 0.0) / last
    return np.where(near, np.log1p(away), np.log(time) - np.log(last))

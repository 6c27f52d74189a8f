"""Links that take each raw output on its own: one number, one value."""

import numpy as np
from scipy.special import expit, ndtri

from lossbook import backend, special
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import REAL
from lossbook.links.base import Link, PositiveLink, ProbabilityLink

SINGLE, DOUBLE = 60.0, 150.0
"""Up to where the exponential link is an exponential, in float32 and in float64."""


class Identity(Link):
    """No activation: raw output and parameter are the same number."""

    name, constraint, formula = "linear", REAL, "z"

    def activation(self, raw: Tensor) -> Tensor:
        """The raw output itself."""
        return raw

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The value itself."""
        return value


class Sigmoid(ProbabilityLink):
    """The inverse of the log odds (logit)."""

    name, formula = "sigmoid", r"1 / (1 + e^{-z})"

    def activation(self, raw: Tensor) -> Tensor:
        """1 / (1 + exp(-raw))."""
        return ops.sigmoid(raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The log odds, log(value / (1 - value))."""
        return np.log(value) - np.log1p(-value)

    def complement(self, raw: Tensor) -> Tensor:
        """1 / (1 + exp(raw))."""
        return ops.sigmoid(-raw)

    def log(self, raw: Tensor) -> Tensor:
        """-log(1 + exp(-raw))."""
        return special.log_sigmoid(raw)

    def log_complement(self, raw: Tensor) -> Tensor:
        """-log(1 + exp(raw))."""
        return special.log_sigmoid(-raw)


class Probit(ProbabilityLink):
    """The Gaussian's cumulative distribution: a hidden Gaussian score above a threshold."""

    name, formula = "probit", r"\Phi(z)"

    def activation(self, raw: Tensor) -> Tensor:
        """½ erfc(-raw / √2)."""
        return 0.5 * backend.erfc(-raw / np.sqrt(2))

    def complement(self, raw: Tensor) -> Tensor:
        """½ erfc(raw / √2)."""
        return 0.5 * backend.erfc(raw / np.sqrt(2))

    def log(self, raw: Tensor) -> Tensor:
        """log Φ(raw)."""
        return special.log_ndtr(raw)

    def log_complement(self, raw: Tensor) -> Tensor:
        """log Φ(-raw)."""
        return special.log_ndtr(-raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The Gaussian quantile."""
        return ndtri(value)


class CLogLog(ProbabilityLink):
    """The chance of at least one event when their expected number is exp(raw).

    Beyond a raw output of 30 the log probability of no event, -exp(raw), goes on in a straight
    line, so that its gradient does not overflow.
    """

    name, formula = "cloglog", r"1 - e^{-e^z}"

    def activation(self, raw: Tensor) -> Tensor:
        """1 - exp(-exp(raw))."""
        return -ops.expm1(-self._events(raw))

    def _events(self, raw: Tensor) -> Tensor:
        return special.exp_capped(raw, 30.0)

    def complement(self, raw: Tensor) -> Tensor:
        """exp(-exp(raw))."""
        return ops.exp(-self._events(raw))

    def log(self, raw: Tensor) -> Tensor:
        """log(1 - exp(-exp(raw)))."""
        return special.log_cloglog(raw)

    def log_complement(self, raw: Tensor) -> Tensor:
        """-exp(raw)."""
        return -self._events(raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(-log(1 - value))."""
        return np.log(-np.log1p(-value))


class Softplus(PositiveLink):
    """A smooth ramp: exponential far below zero, linear far above.

    The floor is part of the link: it is added, and the inverse takes it off again. Below
    log(floor), about -14 for 10⁻⁶, the sum is divided by 1 + s log(1 + log(floor) - raw), whose s
    is the relative slope that it has there. So value and slope go on without a step; at -10⁴ the
    value is a third of 10⁻⁶, and its relative slope falls only like 1 / (|raw| log |raw|), so that
    a network whose raw output is there finds its way back. For values below 6 · 10⁻⁹ no float is
    the raw output, and the inverse is -inf.
    """

    name, formula = "softplus", r"\log(1 + e^{z})"

    def __init__(self, floor: float = 0.0) -> None:
        super().__init__(floor)
        self.bottom = float(np.log(floor)) if floor else -np.inf
        self._there = float(np.log1p(floor)) + floor
        self._steepness = floor / (1 + floor) / self._there if floor else 0.0

    def activation(self, raw: Tensor) -> Tensor:
        """log(1 + exp(raw)) + floor."""
        if not self.floor:
            return ops.softplus(raw)
        above = ops.softplus(backend.maximum(raw, self.bottom)) + self.floor
        return above / (1 + self._steepness * ops.log1p(backend.maximum(self.bottom - raw, 0.0)))

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(exp(value - floor) - 1), without overflow."""
        value = np.asarray(value)
        above = (np.maximum(value, self._there) if self.floor else value) - self.floor
        usual = above + np.log(-np.expm1(-above))
        if not self.floor:
            return usual
        with np.errstate(over="ignore", divide="ignore"):
            ratio = np.exp(np.log(self._there) - np.log(np.minimum(value, self._there)))
            further = np.expm1((ratio - 1) / self._steepness)
        return np.where(value < self._there, self.bottom - further, usual)

    def slopes(self, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The value and its first and second derivative in the raw output, as NumPy."""
        low = raw < self.bottom
        raised = np.where(low, self.bottom, raw)
        slope = expit(raised)
        usual = np.logaddexp(0, raised) + self.floor
        if not self.floor:
            return usual, slope, slope * expit(-raised)
        apart = 1 + np.where(low, self.bottom - raw, 0.0)
        divisor = 1 + self._steepness * np.log(apart)
        rate = self._steepness / (apart * divisor)
        value = usual / divisor
        below = value * rate, value * rate * (rate * 2 + 1 / apart)
        return (
            value,
            np.where(low, below[0], slope),
            np.where(low, below[1], slope * expit(-raised)),
        )

    def log(self, raw: Tensor) -> Tensor:
        """The raw output itself far below zero, if there is no floor."""
        if self.floor:
            return ops.log(self.activation(raw))
        # There log(1 + e^z) is e^z (1 - e^z / 2) to all digits.
        low = raw < -20
        small = ops.exp(ops.where(low, raw, -20 * ops.ones_like(raw)))
        usual = ops.log(ops.softplus(ops.where(low, -20 * ops.ones_like(raw), raw)))
        return ops.where(low, raw - small / 2, usual)

    def reciprocal(self, raw: Tensor) -> Tensor:
        """1 / value."""
        return 1 / self.activation(raw)


class Exponential(PositiveLink):
    """The inverse of the logarithm: steps of the raw output multiply the parameter.

    Beyond a limit, a raw output of 60 in float32 and of 150 in float64, it grows on as a logarithm:
    it is exp(limit) times 1 + log(1 + raw - limit). A parameter that the loss divides by, which is
    one with a floor, falls on as slowly below minus the limit: it is exp(-limit) over
    1 + log(1 - limit - raw), however large the floor is. So value and slope go on without a step,
    and a network whose raw output is there finds its way back. Without a floor, as for the rates of
    counts, it is exp(raw) all the way down. For outcomes from 10⁻⁹ to 10⁴ in size, and for 0, every
    head's loss and gradient are finite with such a parameter's raw output to ±10⁴. With two raw
    outputs of up to 60 either way and the others at 0, every head's loss in float32 is within 0.1 %
    or 0.01 of the one in float64, as long as that is below 1e12 and does not hang on how y, or a
    parameter that is as close to it, is rounded.
    """

    name, formula = "exponential", "e^{z}"

    def activation(self, raw: Tensor) -> Tensor:
        """exp(raw)."""
        above, below = self._beyond(raw)
        return ops.exp(self._within(raw)) * (1 + above) / (1 + below)

    def _within(self, raw: Tensor) -> Tensor:
        limit = _exp_limit(raw)
        # Not by a minimum, whose slope where both are equal depends on the backend.
        held = ops.where(raw > limit, limit * ops.ones_like(raw), raw)
        return ops.where(raw < -limit, -limit * ops.ones_like(raw), held) if self.floor else held

    def _beyond(self, raw: Tensor) -> tuple[Tensor, Tensor]:
        """How far the raw output is above the upper limit and below the lower, as logarithms."""
        limit, none = _exp_limit(raw), ops.zeros_like(raw)
        above = ops.log1p(ops.where(raw > limit, raw - limit, none))
        below = ops.log1p(ops.where(raw < -limit, -limit - raw, none)) if self.floor else none
        return above, below

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(value)."""
        value = np.asarray(value)
        limit = SINGLE if value.dtype == np.float32 else DOUBLE
        with np.errstate(over="ignore", divide="ignore"):
            log = np.log(value)
            above = np.expm1(np.expm1(np.maximum(log - limit, 0.0)))
            if not self.floor:
                return np.minimum(log, limit) + above
            below = np.expm1(np.expm1(np.maximum(-limit - log, 0.0)))
        return np.clip(log, -limit, limit) + above - below

    def slopes(self, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The value and its first and second derivative in the raw output, as NumPy."""
        limit = DOUBLE
        high, low = raw > limit, (raw < -limit) & (self.floor > 0)
        usual = np.exp(np.where(high, limit, np.where(low, -limit, raw)))
        apart = 1 + np.where(high, raw - limit, np.where(low, -limit - raw, 0.0))
        further = 1 + np.log(apart)
        value = np.where(low, usual / further, usual * further)
        rate = np.where(low, 1 / (apart * further), 1.0)
        first = np.where(high, usual / apart, value * rate)
        second = np.where(low, value * rate * (2 * rate + 1 / apart), value)
        return value, first, np.where(high, -usual / apart**2, second)

    def log(self, raw: Tensor) -> Tensor:
        """The raw output itself."""
        above, below = self._beyond(raw)
        return self._within(raw) + ops.log1p(above) - ops.log1p(below)

    def reciprocal(self, raw: Tensor) -> Tensor:
        """exp(-raw)."""
        above, below = self._beyond(raw)
        return ops.exp(-self._within(raw)) * (1 + below) / (1 + above)


def _exp_limit(like: Tensor) -> float:
    return SINGLE if special.is_single(like) else DOUBLE

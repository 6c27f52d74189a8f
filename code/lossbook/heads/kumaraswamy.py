"""The Kumaraswamy: shares, with a distribution function in closed form."""

from collections.abc import Mapping

import numpy as np
from scipy import optimize

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import OPEN_UNIT, POSITIVE
from lossbook.heads.base import Head, Parameter
from lossbook.heads.tensors import BELOW_ONE, LEAST, per_sample
from lossbook.special import log1mexp


class Kumaraswamy(Head):
    r"""A share strictly between zero and one, much as the beta has it, but without its integrals.

    Support: (0, 1), borders excluded. Parameters: the shapes `a` and `b`, both positive
    (softplus). The distribution function is 1 - (1 - y^a)^b, so that quantiles are a formula.

    One sample: -log a - log b - (a - 1) log y - (b - 1) log(1 - y^a). Keras has no such loss.

    In float32 a y within 3e-8 of 1 rounds to 1 and is outside the support.

    A y that is not strictly between 0 and 1 raises ValueError where its values can be read; in
    a graph, under jit or compile, its loss is NaN.

    Reference: Jones, "Kumaraswamy's Distribution: A Beta-Type Distribution with Some Tractability
    Advantages" (2009).
    """

    name = "kumaraswamy"
    title = "Kumaraswamy"
    question = "a share between zero and one, with quantiles in closed form"
    support = OPEN_UNIT
    declared = (Parameter("a", "a", POSITIVE), Parameter("b", "b", POSITIVE))
    functional = "the pair of shapes"
    keras_loss = ""
    dropped = ""
    formula = r"-\log a - \log b - (a-1)\log y - (b-1)\log(1 - y^{a})"

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """log(1 - y^a) from a log y, which keeps its digits where y^a is close to 0 or 1."""
        a, b = self.positive("a"), self.positive("b")
        log_a, log_y = a.log(pieces["a"]), ops.log(y)
        falling = -a.activation(pieces["a"]) * log_y
        # Near 1 by the series of log(1 - e^-x), whose slope in log a does not divide by x.
        small = falling < 1e-3
        low = ops.where(small, falling, 0 * falling)
        near = log_a + ops.log(-log_y) - low / 2 + low**2 / 24
        usual = log1mexp(ops.where(small, ops.ones_like(falling), falling))
        left = (b.activation(pieces["b"]) - 1) * ops.where(small, near, usual)
        return per_sample(falling - log_a - b.log(pieces["b"]) + log_y - left)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """By the inverse of the distribution function."""
        a, b = parameters["a"], parameters["b"]
        # 1 - u^(1/b), without rounding to 0 or 1
        inner = np.log(-np.expm1(np.log1p(-rng.random(a.shape)) / b) + np.finfo(float).tiny)
        return np.clip(np.exp(inner / a), LEAST, BELOW_ONE)

    def _predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """Both shapes, `(n, 2 size)`: no single number is what the likelihood matches."""
        return np.concatenate([parameters["a"], parameters["b"]], axis=-1)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The shapes that fit a sample best: a by bisection, then b in closed form.

        Raises ValueError if no shapes that a float holds are best: of outcomes that are all the
        same or nearly so, or all next to zero.
        """
        columns = np.asarray(y, float).reshape(len(y), -1)
        pairs = [_best_shapes(np.log(values)) for values in columns.T]
        return np.array(pairs).T.ravel()


def _best_shapes(logs: np.ndarray) -> tuple[float, float]:
    """The a and b that fit best, from log y `(n,)`."""

    def found(log_a: float) -> tuple[float, float]:
        """The slope of the log likelihood in log a, with the best b for it, and log b."""
        falling = np.exp(log_a) * logs  # log y^a
        power, rest = np.exp(falling), -np.expm1(falling)
        # b and what it multiplies, over the largest power, because all may underflow.
        part = np.exp(falling - falling.max())
        minus_log = np.divide(-np.log(rest), power, where=power > 1e-12, out=np.ones_like(power))
        over = (part * minus_log).sum()
        rated = (falling * part / rest).sum() / over
        slope = 1 + falling.mean() - rated + (falling * power / rest).mean()
        return float(slope), float(np.log(len(logs) / over) - falling.max())

    middle = -np.log(-logs.mean())  # here the mean of a log y is -1
    for reach in (1, 4, 16, 64):
        low, high = middle - reach, middle + reach
        if found(low)[0] > 0 > found(high)[0]:
            log_a = optimize.brentq(lambda at: found(at)[0], low, high, xtol=1e-12)
            log_b = found(log_a)[1]
            if log_b < np.log(np.finfo(float).max):
                return float(np.exp(log_a)), float(np.exp(log_b))
            break
    raise ValueError(
        "Kumaraswamy: no shapes that a float holds fit these outcomes best; all of them are the "
        "same or nearly so, or next to zero"
    )

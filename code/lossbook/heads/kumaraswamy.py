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
        """The shapes that fit a sample best: a by bisection, then b in closed form."""
        columns = np.asarray(y, float).reshape(len(y), -1)

        def rate(a: float, values: np.ndarray) -> float:
            return float(-len(values) / np.log1p(-(values**a)).sum())

        def score(a: float, values: np.ndarray) -> float:
            logs = np.log(values)
            power = values**a
            # The rate and what it multiplies, over the largest power, because all may underflow.
            part = np.exp(a * (logs - logs.max()))
            minus_log = np.divide(
                -np.log1p(-power), power, where=power > 0, out=np.ones_like(power)
            )
            pull = logs * part / (1 - power)
            rated = pull.sum() / (part * minus_log).sum()
            return 1 / a + logs.mean() - rated + (logs * power / (1 - power)).mean()

        a = np.array([optimize.brentq(score, 1e-3, 1e3, args=(v,)) for v in columns.T])
        b = np.array([rate(k, v) for k, v in zip(a, columns.T, strict=True)])
        return np.concatenate([a, b])

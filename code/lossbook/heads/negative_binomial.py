"""The negative binomial: counts that vary more than a Poisson's."""

from collections.abc import Mapping

import numpy as np

from lossbook import backend
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import COUNT, POSITIVE
from lossbook.heads.base import Head, Parameter
from lossbook.heads.draws import poisson
from lossbook.heads.tensors import per_sample
from lossbook.special import excess, is_single, rest, stirling_error, tiny


class NegativeBinomial(Head):
    r"""How many events, when the rate itself differs from case to case.

    Support: 0, 1, 2, … Parameters: `mean`, positive; `dispersion` α, positive; both a softplus.
    The variance is mean + α mean²; as α goes to 0 it becomes a Poisson.

    One sample, with r = 1 / α: log Γ(r) + log y! - log Γ(y + r) + (y + r) log(1 + α mean)
    - y log(α mean). Keras has no such loss.

    A y that is negative, a fraction, NaN or infinite raises ValueError where its values can be
    read; in a graph, under jit or compile, its loss is NaN.

    Reference: Cameron and Trivedi, Regression Analysis of Count Data (2013), section 3.3 (NB2).
    """

    name = "negative_binomial"
    title = "Negative binomial"
    question = "how many, some cases far busier than others"
    support = COUNT
    declared = (
        Parameter("mean", r"\mu", POSITIVE, floor=0.0),
        Parameter("dispersion", r"\alpha", POSITIVE),
    )
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = (
        r"\log\frac{\Gamma(r)\,y!}{\Gamma(y + r)} + (y + r)\log(1 + \alpha\mu)"
        r" - y\log(\alpha\mu),\; r = 1/\alpha"
    )

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """As the binomial's saddle-point form, whose terms stay small, with r = 1 / dispersion.

        Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000.
        """
        links = self.positive("mean"), self.positive("dispersion")
        mean, log_mean = links[0].activation(pieces["mean"]), links[0].log(pieces["mean"])
        dispersion, r = (
            links[1].activation(pieces["dispersion"]),
            links[1].reciprocal(pieces["dispersion"]),
        )
        # Beyond, it is the Poisson to all digits, and the slope would divide by r² that overflows.
        r = backend.minimum(r, 1e18 if is_single(r) else 1e150)
        log_shift = ops.log(r + y) - ops.log(r + mean)
        # r / (r + mean), whose slope would divide by a square that underflows.
        share = ops.sigmoid(ops.log(r) - log_mean)
        off = share * (y - mean)
        # Below, the term is nothing beside the others, and its slope would divide by r² again.
        by_chance = excess(backend.maximum(r, 1e-18 if is_single(r) else 1e-150), off, log_shift)
        log_y = ops.log(backend.maximum(y, tiny(y)))
        counted = excess(y, -off, log_mean + log_shift - log_y)
        series = stirling_error(r) - stirling_error(r + y) + 0.5 * ops.log1p(dispersion * y)
        return per_sample(series + rest(y) + by_chance + counted)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """A Poisson whose rate is drawn from a gamma."""
        mean, dispersion = parameters["mean"], parameters["dispersion"]
        # Below, the counts are a Poisson's, and the reciprocal would overflow.
        dispersion = np.maximum(np.asarray(dispersion, float), 1e-150)
        scale = np.minimum(dispersion * mean, np.finfo(float).max)
        return poisson(rng.gamma(1 / dispersion, scale), rng)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)

"""One row a family: our head, somebody else's log density, and the parametrisation of each.

Each oracle takes our parameters (NumPy arrays `(n, size)`) and y and gives the log density of each
sample from scipy, which knows nothing of our code.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from lossbook import heads
from scipy import integrate, special, stats

Parameters = dict[str, np.ndarray]


def independent(log_density: np.ndarray) -> np.ndarray:
    return log_density.reshape(len(log_density), -1).sum(axis=1)


@dataclass(frozen=True)
class Case:
    """A head as it is built, its log density by scipy, outcomes on the border of its support."""

    head: Callable[[], heads.Head]
    log_density: Callable[[heads.Head, Parameters, np.ndarray], np.ndarray]
    border: np.ndarray
    recover: dict[str, Any] = field(default_factory=dict)
    """Known parameters, one row, to draw from and to recover by minimising the loss."""
    largest: float = 1e4
    """The largest raw output at which the loss can be finite at all."""


def gaussian(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.norm.logpdf(y, loc=p["mean"], scale=head.scale))


def laplace(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.laplace.logpdf(y, loc=p["median"], scale=head.scale))


def bernoulli(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.bernoulli.logpmf(y, p["probability"]))


def bernoullis(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.bernoulli.logpmf(y, p["probabilities"]))


def categorical(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    one_hot = np.eye(head.size)[np.ravel(y).astype(int)]
    # scipy checks that the probabilities sum to one more strictly than rounding allows.
    probabilities = p["probabilities"] / p["probabilities"].sum(axis=-1, keepdims=True)
    return stats.multinomial.logpmf(one_hot, n=1, p=probabilities)


def location_scale(family: Any, **names: str) -> Any:
    """An oracle for a scipy family whose loc and scale are a parameter's or the head's."""

    def log_density(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
        given = {
            ours: p[theirs] if theirs in p else getattr(head, theirs)
            for ours, theirs in names.items()
        }
        return independent(family.logpdf(y, **given))

    return log_density


def multivariate_gaussian(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    rows = []
    for mean, factor, outcome in zip(p["mean"], p["factor"], y, strict=True):
        lower = np.zeros((head.size, head.size))
        lower[np.tril_indices(head.size)] = factor
        rows.append(stats.multivariate_normal.logpdf(outcome, mean, lower @ lower.T))
    return np.array(rows)


def asymmetric_laplace(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    # scipy's tails fall off with kappa to the right and 1 / kappa to the left.
    kappa = np.sqrt(head.level / (1 - head.level))
    scale = head.scale / np.sqrt(head.level * (1 - head.level))
    return independent(stats.laplace_asymmetric.logpdf(y, kappa, p["quantile"], scale))


def huber(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    """The normaliser by numerical integration, since scipy has no such family."""

    def height(u: float) -> float:
        return np.exp(-special.huber(head.delta, u))

    z = 2 * (integrate.quad(height, 0, head.delta)[0] + integrate.quad(height, head.delta, 80)[0])
    return independent(-special.huber(head.delta, y - p["location"]) - np.log(z))


def binomial(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.binom.logpmf(y, head.trials, p["probability"]))


def poisson(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.poisson.logpmf(y, p["rate"]))


def negative_binomial(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    r = 1 / p["dispersion"]
    return independent(stats.nbinom.logpmf(y, r, r / (r + p["mean"])))


def zero_inflated_poisson(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    chance = (1 - p["absent"]) * stats.poisson.pmf(y, p["rate"])
    return independent(np.log(np.where(y == 0, p["absent"] + chance, chance)))


def hurdle_poisson(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    truncated = stats.poisson.pmf(y, p["rate"]) / stats.poisson.sf(0, p["rate"])
    return independent(np.log(np.where(y == 0, 1 - p["any"], p["any"] * truncated)))


def ordinal(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    ends = np.full((len(y), 1), np.inf)
    cuts = np.concatenate([-ends, p["cuts"], ends], axis=1)
    row, answer = np.arange(len(y)), np.ravel(y).astype(int)
    high, low = cuts[row, answer + 1], cuts[row, answer]
    family = {"sigmoid": stats.logistic, "probit": stats.norm, "cloglog": stats.gumbel_l}
    score = family[head.cumulative.name]
    # Never 1 minus nearly 1: on the right by the survival function, and what is nearly certain by
    # what is left over.
    between = np.where(low > 0, score.sf(low) - score.sf(high), score.cdf(high) - score.cdf(low))
    rest = score.cdf(low) + score.sf(high)
    return np.where(between > 0.5, np.log1p(-rest), np.log(between))


def gamma(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.gamma.logpdf(y, p["shape"], scale=p["mean"] / p["shape"]))


def inverse_gaussian(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.invgauss.logpdf(y, p["mean"] / p["shape"], scale=p["shape"]))


def log_normal(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.lognorm.logpdf(y, head.scale, scale=np.exp(p["log_median"])))


def weibull(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    family = stats.weibull_min(p["shape"][:, 0], scale=p["scale"][:, 0])
    return np.where(y[:, 1] == 1, family.logpdf(y[:, 0]), family.logsf(y[:, 0]))


def tweedie(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    """By its definition: a Poisson number of gamma amounts."""
    power, phi, mean = head.power, head.dispersion, p["mean"]
    rate = mean ** (2 - power) / (phi * (2 - power))
    scale = (phi * (power - 1) * mean ** (power - 1))[..., None]
    number = np.arange(1, 400)
    shape = number * (2 - power) / (power - 1)
    amount = np.where(y > 0, y, 1.0)[..., None]
    logs = stats.poisson.logpmf(number, rate[..., None])
    logs = logs + stats.gamma.logpdf(amount, shape, scale=scale)
    some = np.where(y > 0, special.logsumexp(logs, axis=-1), -np.inf)
    return independent(np.where(y == 0, -rate, some))


def beta(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    a, b = p["mean"] * p["concentration"], (1 - p["mean"]) * p["concentration"]
    return independent(stats.beta.logpdf(y, a, b))


def kumaraswamy(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    """y^a is beta-distributed with shapes 1 and b; near 1, where y^a rounds, by its left over."""
    a, b = p["a"], p["b"]
    left = -np.expm1(a * np.log(y))
    power = np.where(left < 0.5, stats.beta.logpdf(left, b, 1), stats.beta.logpdf(1 - left, 1, b))
    return independent(power + np.log(a) + (a - 1) * np.log(y))


def dirichlet(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    rows = zip(y, p["concentrations"], strict=True)
    return np.array([stats.dirichlet.logpdf(outcome / outcome.sum(), a) for outcome, a in rows])


def von_mises(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.vonmises.logpdf(y, p["concentration"], loc=p["direction"]))


def von_mises_fisher(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    unit = p["direction"] / np.linalg.norm(p["direction"], axis=-1, keepdims=True)
    rows = zip(y / np.linalg.norm(y, axis=-1, keepdims=True), unit, strict=True)
    return np.array(
        [float(stats.vonmises_fisher(mu, head.concentration).logpdf(x)) for x, mu in rows]
    )


def gaussian_mixture(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    parts = np.log(p["weights"]) + stats.norm.logpdf(y, p["means"], p["scales"])
    return special.logsumexp(parts, axis=-1)


REALS = np.array([[-1e4], [0.0], [1e4]])
COUNTS = np.array([[0.0], [1.0], [1e4]])
AMOUNTS = np.array([[1e-6], [1.0], [1e4]])

CASES: dict[str, Case] = {
    "gaussian": Case(lambda: heads.Gaussian(scale=0.7), gaussian, REALS, {"mean": [1.5]}),
    "gaussian-3": Case(
        lambda: heads.Gaussian(size=3, scale=2.0),
        gaussian,
        np.zeros((1, 3)),
        {"mean": [-1.0, 0.0, 2.0]},
    ),
    "gaussian_scale": Case(
        heads.GaussianScale,
        location_scale(stats.norm, loc="mean", scale="scale"),
        REALS,
        {"mean": [1.5], "scale": [0.6]},
    ),
    "multivariate_gaussian": Case(
        heads.MultivariateGaussian,
        multivariate_gaussian,
        np.zeros((1, 2)),
        {"mean": [1.0, -1.0], "factor": [1.0, 0.5, 0.7]},
    ),
    "laplace": Case(lambda: heads.Laplace(scale=1.3), laplace, REALS, {"median": [-0.5]}),
    "asymmetric_laplace": Case(
        lambda: heads.AsymmetricLaplace(level=0.9, scale=0.8),
        asymmetric_laplace,
        REALS,
        {"quantile": [2.0]},
    ),
    "huber": Case(lambda: heads.Huber(delta=0.8), huber, REALS, {"location": [0.7]}),
    "logistic": Case(
        lambda: heads.Logistic(scale=0.5),
        location_scale(stats.logistic, loc="location", scale="scale"),
        REALS,
        {"location": [-1.0]},
    ),
    "hyperbolic_secant": Case(
        heads.HyperbolicSecant,
        lambda head, p, y: independent(stats.hypsecant.logpdf(y, loc=p["location"])),
        REALS,
        {"location": [0.4]},
    ),
    "student_t": Case(
        lambda: heads.StudentT(df=4),
        location_scale(stats.t, df="df", loc="location", scale="scale"),
        REALS,
        {"location": [1.0], "scale": [0.5]},
    ),
    "bernoulli": Case(heads.Bernoulli, bernoulli, np.array([[0.0], [1.0]]), {"probability": [0.2]}),
    "independent_bernoullis": Case(
        lambda: heads.IndependentBernoullis(3),
        bernoullis,
        np.array([[0.0, 1.0, 1.0]]),
        {"probabilities": [0.2, 0.5, 0.9]},
    ),
    "categorical": Case(
        lambda: heads.Categorical(4),
        categorical,
        np.array([0, 3]),
        {"probabilities": [0.1, 0.2, 0.3, 0.4]},
    ),
    "ordinal": Case(
        lambda: heads.Ordinal(4), ordinal, np.array([0, 3]), {"cuts": [-1.0, 0.5, 2.0]}
    ),
    "ordinal-probit": Case(
        lambda: heads.Ordinal(4, cumulative="probit"),
        ordinal,
        np.array([0, 3]),
        {"cuts": [-1.0, 0.5, 1.2]},
    ),
    "ordinal-cloglog": Case(
        lambda: heads.Ordinal(4, cumulative="cloglog"),
        ordinal,
        np.array([0, 3]),
        {"cuts": [-1.0, 0.0, 0.6]},
        largest=50.0,  # exp(z) overflows float32 at 89
    ),
    "binomial": Case(
        lambda: heads.Binomial(trials=7),
        binomial,
        np.array([[0.0], [7.0]]),
        {"probability": [0.3]},
    ),
    "binomial-probit": Case(
        lambda: heads.Binomial(trials=7, links={"probability": "probit"}),
        binomial,
        np.array([[0.0], [7.0]]),
        {"probability": [0.3]},
    ),
    "binomial-cloglog": Case(
        lambda: heads.Binomial(trials=7, links={"probability": "cloglog"}),
        binomial,
        np.array([[0.0], [7.0]]),
        {"probability": [0.3]},
        # exp(exp(z)) is beyond any float from z = 7 on.
        largest=4.0,
    ),
    "poisson": Case(heads.Poisson, poisson, COUNTS, {"rate": [3.0]}),
    "poisson-log": Case(
        lambda: heads.Poisson(links={"rate": "exponential"}),
        poisson,
        COUNTS,
        {"rate": [3.0]},
        largest=50.0,  # the rate itself, exp(z), overflows float32 at 89
    ),
    "negative_binomial": Case(
        heads.NegativeBinomial, negative_binomial, COUNTS, {"mean": [3.0], "dispersion": [0.5]}
    ),
    "zero_inflated_poisson": Case(
        heads.ZeroInflatedPoisson,
        zero_inflated_poisson,
        COUNTS,
        {"rate": [3.0], "absent": [0.3]},
    ),
    "hurdle_poisson": Case(
        heads.HurdlePoisson, hurdle_poisson, COUNTS, {"any": [0.6], "rate": [2.0]}
    ),
    "exponential": Case(
        heads.Exponential,
        location_scale(stats.expon, scale="mean"),
        np.array([[0.0], [1e4]]),
        {"mean": [2.0]},
    ),
    "gamma": Case(heads.Gamma, gamma, AMOUNTS, {"mean": [2.0], "shape": [3.0]}),
    "inverse_gaussian": Case(
        heads.InverseGaussian, inverse_gaussian, AMOUNTS, {"mean": [1.5], "shape": [3.0]}
    ),
    "log_normal": Case(
        lambda: heads.LogNormal(scale=0.6), log_normal, AMOUNTS, {"log_median": [0.5]}
    ),
    "weibull": Case(
        heads.Weibull,
        weibull,
        np.array([[1e-6, 1.0], [1.0, 0.0], [1e4, 1.0]]),
        {"scale": [2.0], "shape": [1.5]},
    ),
    "tweedie": Case(
        lambda: heads.Tweedie(power=1.4, dispersion=0.8),
        tweedie,
        np.array([[0.0], [1e-6], [1e3]]),
        {"mean": [1.5]},
    ),
    "beta": Case(
        heads.Beta,
        beta,
        np.array([[1e-6], [1 - 1e-6]]),
        {"mean": [0.3], "concentration": [5.0]},
    ),
    "kumaraswamy": Case(
        heads.Kumaraswamy,
        kumaraswamy,
        np.array([[1e-6], [1 - 1e-6]]),
        {"a": [2.0], "b": [3.0]},
    ),
    "dirichlet": Case(
        heads.Dirichlet,
        dirichlet,
        np.array([[1e-6, 0.5, 0.5 - 1e-6]]),
        {"concentrations": [1.0, 2.0, 4.0]},
    ),
    "von_mises": Case(
        heads.VonMises,
        von_mises,
        np.array([[-np.pi], [0.0], [np.pi]]),
        {"direction": [2.5], "concentration": [2.0]},
    ),
    "von_mises_fisher": Case(
        heads.VonMisesFisher,
        von_mises_fisher,
        np.array([[0.0, 0.0, 1.0]]),
        {"direction": [0.6, 0.0, 0.8]},
    ),
    "gaussian_mixture": Case(
        heads.GaussianMixture,
        gaussian_mixture,
        REALS,
        {"weights": [0.3, 0.7], "means": [-2.0, 2.0], "scales": [0.5, 1.0]},
    ),
}

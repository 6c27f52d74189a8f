"""Each head's density, written down from its reference, as SymPy sees it.

Nothing here is taken from the heads: the densities are in their textbook forms, with powers and
exponentials instead of logarithms, covariances instead of Cholesky factors, mixtures and compound
sums instead of series. SymPy derives the negative log likelihood and its gradient from them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from lossbook import heads

y = sp.Symbol("y", real=True)
u = sp.Symbol("u", real=True)
Z = sp.symbols("z0:6", real=True)
"""Raw outputs, in the order in which the last layer gives them."""


def softplus(z: Any) -> Any:
    """With the floor of parameters that a loss divides by."""
    return rate(z) + sp.Rational(1, 10**6)


def rate(z: Any) -> Any:
    """The softplus itself."""
    return sp.log(1 + sp.exp(z))


def sigmoid(z: Any) -> Any:
    return 1 / (1 + sp.exp(-z))


def softmax(*z: Any) -> list[Any]:
    return [sp.exp(one) / sum(map(sp.exp, z)) for one in z]


@dataclass
class Derivation:
    """A density in y and the raw outputs, and what the symbols of the head's formula mean."""

    head: Callable[[], heads.Head]
    density: Callable[[Any], Any]
    """From an outcome (a number, or a tuple of them) to the density as an expression in `Z`."""
    outcomes: tuple[Any, ...]
    names: Callable[[Any], dict[str, Any]]
    """From an outcome to the meaning of each name in the formula."""
    spelled: dict[str, str] = field(default_factory=dict)
    """Parts of the formula in vectors, as the names that stand for them."""


ROOT = sp.sqrt(2 * sp.pi)
HALF, TENTH = sp.Rational(1, 2), sp.Rational(1, 10)


def gaussian(v: Any, mean: Any, scale: Any) -> Any:
    return sp.exp(-((v - mean) ** 2) / (2 * scale**2)) / (scale * ROOT)


def poisson(v: Any, rate: Any) -> Any:
    return rate**v * sp.exp(-rate) / sp.factorial(v)


def least_favourable(v: Any, delta: Any) -> Any:
    """Huber's density: its height over its area, which SymPy integrates."""
    middle = sp.exp(-(u**2) / 2)
    tail = sp.exp(-(delta * u - delta**2 / 2))
    area = 2 * sp.integrate(middle, (u, 0, delta)) + 2 * sp.integrate(tail, (u, delta, sp.oo))
    size = sp.Abs(v)
    return sp.Piecewise((middle.subs(u, size), size <= delta), (tail.subs(u, size), True)) / area


def correlated(v: Any) -> Any:
    """Two values with a covariance, by its inverse and determinant."""
    factor = sp.Matrix([[softplus(Z[2]), 0], [Z[3], softplus(Z[4])]])
    covariance = factor * factor.T
    error = sp.Matrix([v[0] - Z[0], v[1] - Z[1]])
    distance = (error.T * covariance.inv() * error)[0]
    return sp.exp(-distance / 2) / (2 * sp.pi * sp.sqrt(covariance.det()))


def correlated_names(v: Any) -> dict[str, Any]:
    """L⁻¹ (y - μ) by substitution, row by row."""
    l11, l21, l22 = softplus(Z[2]), Z[3], softplus(Z[4])
    first = (v[0] - Z[0]) / l11
    second = (v[1] - Z[1] - l21 * first) / l22
    return {"N": first**2 + second**2, "L_00": l11, "L_11": l22, "|i|": 2, "d": sp.Integer(2),
            r"\pi": sp.pi}  # fmt: skip


def compound(v: Any, mean: Any, power: Any, phi: Any, terms: int = 60) -> Any:
    """Tweedie: a Poisson number of gamma amounts."""
    rate = mean ** (2 - power) / (phi * (2 - power))
    if v == 0:
        return sp.exp(-rate)
    shape, scale = (2 - power) / (power - 1), phi * (power - 1) * mean ** (power - 1)
    return sum(
        poisson(n, rate) * v ** (n * shape - 1) * sp.exp(-v / scale)
        / (sp.gamma(n * shape) * scale ** (n * shape))
        for n in range(1, terms)
    )  # fmt: skip


def tweedie_a(v: Any, power: Any, phi: Any, terms: int = 60) -> Any:
    """The factor of Dunn and Smyth's density that does not depend on the mean."""
    if v == 0:
        return sp.Integer(1)
    alpha = (2 - power) / (power - 1)
    return sum(
        v ** (n * alpha)
        / ((power - 1) ** (n * alpha) * phi ** (n * (1 + alpha)) * (2 - power) ** n)
        / (sp.factorial(n) * sp.gamma(n * alpha))
        for n in range(1, terms)
    ) / v  # fmt: skip


def survival(v: Any) -> Any:
    """A Weibull density where the event was seen, its survival function where it was not."""
    time, event = v
    scale, shape = softplus(Z[0]), softplus(Z[1])
    alive = sp.exp(-((time / scale) ** shape))
    return shape / scale * (time / scale) ** (shape - 1) * alive if event else alive


CUMULATIVE = {
    "sigmoid": sigmoid,
    "probit": lambda c: (1 + sp.erf(c / sp.sqrt(2))) / 2,
    "cloglog": lambda c: 1 - sp.exp(-sp.exp(c)),
}


def ordinal(link: str) -> Derivation:
    """The probability of a hidden score between two cuts."""
    upto, cuts = CUMULATIVE[link], (Z[0], Z[0] + softplus(Z[1]))
    edges = [0, *map(upto, cuts), 1]
    known = {sp.oo: 1, -sp.oo: 0}
    names = {"c_-1": -sp.oo, "c_0": cuts[0], "c_1": cuts[1], "c_2": sp.oo,
             "F": lambda c: known[c] if c in known else upto(c)}  # fmt: skip
    return Derivation(
        lambda: heads.Ordinal(cumulative=link), lambda v: edges[v + 1] - edges[v], (0, 1, 2),
        lambda v: {"y": v} | names)  # fmt: skip


def binomial(link: str) -> Derivation:
    """How many of seven."""
    p, n = CUMULATIVE[link](Z[0]), sp.Integer(7)
    return Derivation(
        lambda: heads.Binomial(trials=7, links={"probability": link}),
        lambda v: sp.binomial(n, v) * p**v * (1 - p) ** (n - v),
        (sp.Integer(0), sp.Integer(3), n), lambda v: {"y": v, "p": p, "n": n})  # fmt: skip


def mixture(v: Any) -> Any:
    weights = softmax(Z[0], Z[1])
    return sum(
        w * gaussian(v, Z[2 + k], softplus(Z[4 + k])) for k, w in enumerate(weights)
    )  # fmt: skip


def sphere(v: Any) -> Any:
    """Von Mises-Fisher in three dimensions, where its constant has a closed form."""
    length = sp.sqrt(Z[0] ** 2 + Z[1] ** 2 + Z[2] ** 2)
    cosine = sum(a * b for a, b in zip(Z[:3], v, strict=True)) / length
    return 4 / (4 * sp.pi * sp.sinh(4)) * sp.exp(4 * cosine)


def sphere_names(v: Any) -> dict[str, Any]:
    length = sp.sqrt(Z[0] ** 2 + Z[1] ** 2 + Z[2] ** 2)
    cosine = sum(a * b for a, b in zip(Z[:3], v, strict=True)) / length
    return {"c": cosine, r"\kappa": sp.Integer(4), "d": sp.Integer(3), r"\pi": sp.pi,
            "I_d/2-1": lambda k: sp.besseli(HALF, k)}  # fmt: skip


REALS = (sp.Rational(-23, 10), sp.Rational(2, 5), sp.Rational(7, 2))
COUNTS = (sp.Integer(0), sp.Integer(1), sp.Integer(6))
AMOUNTS = (sp.Rational(1, 5), sp.Rational(3, 2), sp.Rational(19, 4))
SHARES = (sp.Rational(1, 20), sp.Rational(2, 5), sp.Rational(17, 20))
P, Q = softplus(Z[0]), softplus(Z[1])
RATE, RATE1 = rate(Z[0]), rate(Z[1])
S0, S1 = sigmoid(Z[0]), sigmoid(Z[1])
NUMBERS = {r"\pi": sp.pi}


def simple(**names: Any) -> Callable[[Any], dict[str, Any]]:
    """Names that do not depend on the outcome, besides y; `_mu` stands for `\\mu`."""
    given = {"\\" + k[1:] if k.startswith("_") else k: v for k, v in names.items()}
    return lambda v: NUMBERS | {"y": v} | given


DERIVATIONS = {
    "gaussian": Derivation(
        lambda: heads.Gaussian(scale=0.7), lambda v: gaussian(v, Z[0], 7 * TENTH), REALS,
        simple(_mu=Z[0], _sigma=7 * TENTH)),
    "gaussian_scale": Derivation(
        heads.GaussianScale, lambda v: gaussian(v, Z[0], Q), REALS, simple(_mu=Z[0], _sigma=Q)),
    "multivariate_gaussian": Derivation(
        heads.MultivariateGaussian, correlated, ((REALS[0], REALS[1]), (REALS[2], REALS[1])),
        correlated_names,
        {r"\lVert L^{-1}(y - \mu)\rVert^2": "N", r"L_{ii}": r"L_{ii}"}),
    "laplace": Derivation(
        lambda: heads.Laplace(scale=1.3),
        lambda v: sp.exp(-sp.Abs(v - Z[0]) / (13 * TENTH)) / (26 * TENTH), REALS,
        simple(m=Z[0], b=13 * TENTH)),
    "asymmetric_laplace": Derivation(
        lambda: heads.AsymmetricLaplace(level=0.9, scale=0.8),
        lambda v: 9 * TENTH * TENTH / (8 * TENTH) * sp.exp(
            -(v - Z[0]) / (8 * TENTH) * (9 * TENTH - sp.Piecewise((1, v < Z[0]), (0, True)))),
        REALS,
        simple(q=Z[0], b=8 * TENTH, _tau=9 * TENTH,
               **{r"_rho_\tau": lambda e: sp.Max(9 * TENTH * e, -TENTH * e)})),
    "huber": Derivation(
        lambda: heads.Huber(delta=0.8), lambda v: least_favourable(v - Z[0], 8 * TENTH), REALS,
        simple(_mu=Z[0], _delta=8 * TENTH, e=sp.E,
               _Phi=lambda x: (1 + sp.erf(x / sp.sqrt(2))) / 2,
               **{r"h_\delta": lambda e: sp.Piecewise(
                   (e**2 / 2, sp.Abs(e) <= 8 * TENTH),
                   (8 * TENTH * sp.Abs(e) - 32 * TENTH**2, True))})),
    "logistic": Derivation(
        lambda: heads.Logistic(scale=0.5),
        lambda v: sp.exp(-2 * (v - Z[0])) / (HALF * (1 + sp.exp(-2 * (v - Z[0]))) ** 2), REALS,
        simple(_mu=Z[0], s=HALF, e=sp.E)),
    "hyperbolic_secant": Derivation(
        heads.HyperbolicSecant, lambda v: sp.sech(v - Z[0]) / sp.pi, REALS, simple(_mu=Z[0])),
    "student_t": Derivation(
        lambda: heads.StudentT(df=4),
        lambda v: sp.gamma(5 * HALF) / (sp.gamma(2) * sp.sqrt(4 * sp.pi) * Q)
        * (1 + (v - Z[0]) ** 2 / (4 * Q**2)) ** (-5 * HALF), REALS,
        simple(_mu=Z[0], _sigma=Q, _nu=sp.Integer(4), _Gamma=sp.gamma)),
    "bernoulli": Derivation(
        heads.Bernoulli, lambda v: S0**v * (1 - S0) ** (1 - v), (0, 1), simple(p=S0)),
    "independent_bernoullis": Derivation(
        heads.IndependentBernoullis,
        lambda v: S0 ** v[0] * (1 - S0) ** (1 - v[0]) * S1 ** v[1] * (1 - S1) ** (1 - v[1]),
        ((0, 1), (1, 1), (0, 0)),
        lambda v: {"y_0": v[0], "y_1": v[1], "p_0": S0, "p_1": S1, "|k|": 2}),
    "categorical": Derivation(
        heads.Categorical, lambda v: softmax(*Z[:3])[v], (0, 2),
        lambda v: {"y": v} | {f"p_{k}": p for k, p in enumerate(softmax(*Z[:3]))}),
    "ordinal": ordinal("sigmoid"),
    "ordinal-probit": ordinal("probit"),
    "ordinal-cloglog": ordinal("cloglog"),
    "binomial": binomial("sigmoid"),
    "binomial-probit": binomial("probit"),
    "binomial-cloglog": binomial("cloglog"),
    "poisson": Derivation(
        heads.Poisson, lambda v: poisson(v, RATE), COUNTS, simple(_lambda=RATE)),
    "negative_binomial": Derivation(
        heads.NegativeBinomial,
        lambda v: sp.gamma(v + 1 / Q) / (sp.gamma(1 / Q) * sp.factorial(v))
        * (1 / (1 + Q * RATE)) ** (1 / Q) * (Q * RATE / (1 + Q * RATE)) ** v, COUNTS,
        simple(_mu=RATE, _alpha=Q, _Gamma=sp.gamma)),
    "zero_inflated_poisson": Derivation(
        heads.ZeroInflatedPoisson,
        lambda v: (1 - S1) * poisson(v, RATE) + (S1 if v == 0 else 0), COUNTS,
        simple(_lambda=RATE, _pi=S1, e=sp.E)),
    "hurdle_poisson": Derivation(
        heads.HurdlePoisson,
        lambda v: 1 - S0 if v == 0 else S0 * poisson(v, RATE1) / (1 - poisson(0, RATE1)), COUNTS,
        simple(_lambda=RATE1, _pi=S0, e=sp.E)),
    "exponential": Derivation(
        heads.Exponential, lambda v: sp.exp(-v / P) / P, AMOUNTS, simple(_mu=P)),
    "gamma": Derivation(
        heads.Gamma,
        lambda v: (Q / P) ** Q * v ** (Q - 1) * sp.exp(-Q * v / P) / sp.gamma(Q), AMOUNTS,
        simple(_mu=P, k=Q, _Gamma=sp.gamma)),
    "inverse_gaussian": Derivation(
        heads.InverseGaussian,
        lambda v: sp.sqrt(Q / (2 * sp.pi * v**3)) * sp.exp(-Q * (v - P) ** 2 / (2 * P**2 * v)),
        AMOUNTS, simple(_mu=P, _lambda=Q)),
    "log_normal": Derivation(
        lambda: heads.LogNormal(scale=0.6),
        lambda v: gaussian(sp.log(v), Z[0], 6 * TENTH) / v, AMOUNTS,
        simple(_mu=Z[0], _sigma=6 * TENTH)),
    "weibull": Derivation(
        heads.Weibull, survival, ((AMOUNTS[0], 1), (AMOUNTS[2], 0), (AMOUNTS[1], 1)),
        lambda v: {"y": v[0], r"\delta": v[1], r"\lambda": P, "k": Q}),
    "tweedie": Derivation(
        lambda: heads.Tweedie(power=1.4, dispersion=0.8),
        lambda v: compound(v, P, 14 * TENTH, 8 * TENTH), (sp.Integer(0), *AMOUNTS),
        simple(_mu=P, p=14 * TENTH, _varphi=8 * TENTH,
               a=lambda v: tweedie_a(v, 14 * TENTH, 8 * TENTH))),
    "beta": Derivation(
        heads.Beta,
        lambda v: v ** (S0 * Q - 1) * (1 - v) ** ((1 - S0) * Q - 1)
        * sp.gamma(Q) / (sp.gamma(S0 * Q) * sp.gamma((1 - S0) * Q)), SHARES,
        simple(_mu=S0, _kappa=Q, B=lambda a, b: sp.gamma(a) * sp.gamma(b) / sp.gamma(a + b))),
    "kumaraswamy": Derivation(
        heads.Kumaraswamy, lambda v: P * Q * v ** (P - 1) * (1 - v**P) ** (Q - 1), SHARES,
        simple(a=P, b=Q)),
    "dirichlet": Derivation(
        heads.Dirichlet,
        lambda v: sp.gamma(P + Q + softplus(Z[2])) * sp.prod(
            share ** (a - 1) / sp.gamma(a)
            for share, a in zip(v, (P, Q, softplus(Z[2])), strict=True)),
        ((SHARES[0], SHARES[1], 1 - SHARES[0] - SHARES[1]),),
        lambda v: {f"a_{k}": softplus(Z[k]) for k in range(3)}
        | {f"y_{k}": share for k, share in enumerate(v)} | {"|k|": 3, r"\Gamma": sp.gamma}),
    "von_mises": Derivation(
        heads.VonMises,
        lambda v: sp.exp(softplus(Z[2]) * sp.cos(v - sp.atan2(Z[1], Z[0])))
        / (2 * sp.pi * sp.besseli(0, softplus(Z[2]))), REALS[:2],
        simple(_mu=sp.atan2(Z[1], Z[0]), _kappa=softplus(Z[2]),
               I_0=lambda k: sp.besseli(0, k))),
    "von_mises_fisher": Derivation(
        heads.VonMisesFisher, sphere,
        ((sp.Rational(3, 5), sp.Integer(0), sp.Rational(4, 5)), (0, 1, 0)), sphere_names,
        {r"\mu^\top y": "c"}),
    "gaussian_mixture": Derivation(
        heads.GaussianMixture, mixture, REALS,
        lambda v: {"y": v, "|k|": 2, r"\mathcalN": lambda v, m, s2: gaussian(v, m, sp.sqrt(s2))}
        | {f"w_{k}": w for k, w in enumerate(softmax(Z[0], Z[1]))}
        | {f"m_{k}": Z[2 + k] for k in range(2)}
        | {f"s_{k}": softplus(Z[4 + k]) for k in range(2)}),
}  # fmt: skip
"""One a head of the registry, and one for each other link of a probability."""

"""Each number in a docstring is one that a test states too; those that no other does are here."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import lossbook
import mpmath
import numpy as np
import pytest
from lossbook import heads, keras, ops, special, training
from lossbook.boosting import Objective, scores
from lossbook.boosting import ordinal as between
from lossbook.calibration import reliability
from lossbook.constraints import ROUNDING
from lossbook.fitting import coefficients, head_network
from lossbook.heads import draws, given, ordinal, tensors
from lossbook.heads.categorical import one_hot
from lossbook.heads.keras_loss import HeadLoss
from lossbook.heads.multivariate_gaussian import _half_square
from lossbook.heads.von_mises_fisher import log_bessel_i
from lossbook.links import LINKS, joint
from lossbook.training.progress import describe
from scipy import integrate, stats
from scipy import special as scipys

LIBRARY, TESTS = Path(lossbook.__file__).parent, Path(__file__).resolve().parents[1]
MODULES = sorted(
    path
    for folder in ("heads", "links", "boosting", "training")
    for path in LIBRARY.glob(f"{folder}/*.py")
) + [LIBRARY / f"{name}.py" for name in ("special", "constraints", "calibration", "fitting")]
FOLDERS = ("heads", "links", "boosting", "training", "calibration", "fitting", "pairing")
TYPE = re.compile(r"(float|int)\d+")
NUMBER = re.compile(r"\d+(?:[.e-]+\d+)*[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]*|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|½")
AROUND = ((14, 4), (4, 14), (9, 9))
"""How much before and after a number has to stand in a test along with it."""


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def line(text: str) -> str:
    return TYPE.sub(r"\1", " ".join(text.split()))


def texts(path: Path) -> Iterator[str]:
    """The texts of a module: of its docstrings, and of all that its functions compare with."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield line(node.value)


def docstrings(path: Path) -> Iterator[str]:
    """Those of the module, of classes and functions, and of what stands at the top."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            for part in node.body:
                if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
                    yield line(str(part.value.value))


@cache
def stated() -> str:
    """All texts of the tests."""
    found = [text for folder in FOLDERS for path in sorted((TESTS / folder).glob("*.py"))
             for text in texts(path)]  # fmt: skip
    return " | ".join(found)


def nowhere(text: str) -> Iterator[str]:
    """Numbers of a text, with what is around them in their sentence, that no test has."""
    for sentence in re.split(r"(?<=[.:])(?: |$)", text):
        sentence = sentence.rstrip(".: ")
        for found in NUMBER.finditer(sentence):
            start, stop = found.span()
            around = [sentence[max(0, start - before) : stop + after] for before, after in AROUND]
            if not any(part in stated() for part in around):
                yield sentence[max(0, start - 40) : stop + 30]


X = np.array([0.2, 0.9, 3.0, 11.0, 40.0])
A, B = -0.3, 0.9
sigma, phi, log, exp = scipys.expit, scipys.ndtr, np.log, np.exp


def refuses(call: Callable[[], object]) -> bool:
    try:
        call()
    except ValueError:
        return True
    return False


def like(found, wanted, rtol=1e-9) -> bool:
    return bool(np.allclose(array(found), wanted, rtol=rtol, atol=1e-12))


def tensor(value, dtype="float64"):
    return ops.convert_to_tensor(np.asarray(value, dtype))


def pulls(head, y, raw):
    """The gradients of the objective of trees."""
    return Objective(head).derivatives(np.asarray(y, float), np.asarray(raw, float))[0].ravel()


def bound(head, arrow, y, more=()):
    """The Hessian that trees get for an arrow's scores."""
    objective = Objective(head, outcomes=np.asarray([y], float))
    return objective.sklearn(objective.labels, np.array([[*arrow, *more]]))[1][0, : len(arrow)]


def curvature(alpha: float) -> float:
    """How far the second derivative of a negative binomial is off, relative to it."""
    with mpmath.workdps(60):

        def nll(a):
            r = 1 / a
            return (mpmath.loggamma(r) - mpmath.loggamma(3 + r) + (3 + r) * mpmath.log(1 + a * 2)
                    - 3 * mpmath.log(a))  # fmt: skip

        exact = float(mpmath.diff(nll, mpmath.mpf(alpha), 2))
    p = {"mean": np.array([[2.0]]), "dispersion": np.array([[alpha]])}
    found = lossbook.boosting.derivatives.negative_binomial(None, np.array([[3.0]]), p)
    return abs(found["dispersion"][1].item() / exact - 1)


def turn() -> float:
    """The largest angle, in degrees, by which a Newton step of 1 turns an arrow."""
    away = np.linspace(-3.1, 3.1, 501)[:, None]
    z = {"direction": np.tile([2.0, 0.0], (501, 1)), "concentration": np.ones((501, 1))}
    gradient, _, hessian = scores.von_mises(heads.VonMises(), away, z)["direction"]
    moved = z["direction"] - gradient / hessian
    return np.degrees(np.abs(np.arctan2(moved[:, 1], moved[:, 0]))).max()


def of_a_vector() -> bool:
    lower, y, mean = np.array([[1.5, 0], [0.4, 0.7]]), np.array([1.0, -2]), np.array([0.3, 0.5])
    raw = np.concatenate([mean, LINKS["cholesky"]().inverse(lower[np.tril_indices(2)])])
    u = np.linalg.solve(lower, y - mean)
    w = np.linalg.solve(lower.T, u)
    found = pulls(heads.MultivariateGaussian(2), [y], [raw])
    return like(found[:2], -w) and like(found[3], -w[1] * u[0])


def of_one_number() -> bool:
    head, raw = heads.Gamma(), np.zeros((3, 2))
    return like(head.nll(np.ones(3), raw), array(head.nll(np.ones((3, 1)), raw)))


def rounds_to_one(off: float) -> bool:
    return bool(np.float32(1 - off) == 1)


def no_density() -> bool:
    loss = keras.losses.BinaryCrossentropy(reduction=None)
    y = np.linspace(0, 1, 2001)[:, None]
    heights = exp(-array(loss(y, np.full_like(y, 0.3))))
    return abs(integrate.trapezoid(heights, y[:, 0]) - 1) > 0.1


def scatter(rate: float) -> float:
    """The variance of NumPy's own counts, over that of a Poisson."""
    return np.mean((np.random.default_rng(0).poisson(rate, 20_000) - rate) ** 2) / rate


def weighed(beta: float) -> bool:
    head, raw = heads.GaussianScale(beta=beta), np.array([[0.3, 1.2], [0.1, -0.4]])
    scale = array(head.parameters(raw)["scale"])[:, 0]
    ratio = array(head.objective([1.0, 2.0], raw)) / array(head.nll([1.0, 2.0], raw))
    return like(ratio, scale ** (2 * beta))


def keeps(loss_of) -> bool:
    return bool(np.isfinite(float(loss_of)))


def left_out() -> bool:
    found = HeadLoss(heads.Gamma())._without(np.array([[np.nan], [3.0]]), np.array([0, 1]))
    return like(found, [[1.0], [3.0]])


def with_shapes() -> bool:
    head = heads.Ordinal(5)
    cuts, raw = tensor([[-1.0, 0, 1, 2]]), tensor(np.zeros((1, 4)))
    return (
        tuple(head.log_probabilities(cuts).shape) == (1, 5)
        and tuple(head.links["cuts"].steps(raw).shape) == (1, 3)
        and like(ops.sum(ops.exp(head.log_probabilities(cuts))), 1)
    )


def series(y: float, power: float, phi_: float) -> tuple[float, np.ndarray, float]:
    """log of Dunn and Smyth's series, the logarithms of its terms, and where the largest is."""
    alpha, j = (2 - power) / (power - 1), np.arange(1, 4000)
    terms = (
        j * alpha * log(y / (power - 1)) - j * (1 + alpha) * log(phi_) - j * log(2 - power)
        - scipys.gammaln(j + 1) - scipys.gammaln(j * alpha)
    )  # fmt: skip
    return scipys.logsumexp(terms), terms, y ** (2 - power) / (phi_ * (2 - power))


def of_a_series() -> bool:
    head = heads.Tweedie(power=1.4, dispersion=0.5)
    whole, terms, j0 = series(900.0, 1.4, 0.5)
    found = head._log_series(*(tensor([[v]]) for v in (900.0, log(900.0), j0)))
    alpha, near = 0.6 / 0.4, round(j0)
    bend = terms[near] - 2 * terms[near - 1] + terms[near - 2]
    return (
        like(found, whole - (1 + alpha) * j0, 1e-6)
        and abs(int(np.argmax(terms)) + 1 - j0) < 3
        and abs(-bend * j0 / (1 + alpha) - 1) < 0.05
    )


def errors_go_on(head, before) -> bool:
    """Whether beyond its limit an error, at a scale of one, is held as a logarithm of itself."""
    found = []
    for dtype, limit in (("float32", 1e11), ("float64", 1e18)):
        one = head.links[head.declared[-1].name].inverse(np.array(1.0))
        raw, y = np.array([[*before, one]] * 2, dtype), limit * np.array([0.9, 10])
        errors = limit * np.array([0.9, 1 + log(10)])
        found.append(like(head.nll(y.astype(dtype), raw), errors**2 / 2, 1e-5))
    return all(found)


def softplus(floor=1e-6):
    return LINKS["softplus"](floor)


def slopes_fall() -> bool:
    raw = -np.array([1e6, 1e8, 1e10])
    value, first, _ = softplus().slopes(raw)
    product = first / value * -raw * log(-raw)
    return bool(np.abs(product / product[1] - 1).max() < 0.2)


def rises() -> bool:
    x = np.array([30.0, 1e4])
    found = array(special.rest(tensor(x)))
    return bool(np.all(np.abs(found - log(2 * np.pi * x) / 2) < 0.1 / x))


def of_the_series() -> bool:
    t = np.array([-0.1, 0.2])
    v = t / (2 + t)
    return like(log((1 + v) / (1 - v)), log(1 + t))


excess = special.excess
FACTS: dict[str, Callable[[], bool]] = {
    "-level below the outcome, 1 - level above it; the second": lambda: like(
        pulls(heads.AsymmetricLaplace(level=0.2), [0, 0], [-1, 1]), [-0.2, 0.8]
    ),
    "At most 1 / scale however wrong the prediction": lambda: like(
        pulls(heads.Logistic(scale=0.25), [0], [1e9]), 4
    ),
    "At most 1 however wrong the prediction": lambda: like(
        pulls(heads.HyperbolicSecant(), [0], [1e9]), 1
    ),
    "Exact while the dispersion is above about 1e-3; below it digits cancel in the second one": (
        lambda: curvature(2e-3) < 1e-4 < 1e-2 < curvature(2e-5)
    ),
    "Mises-Fisher's, get the bound κ / length² instead, since": lambda: like(
        bound(heads.VonMisesFisher(2, 3.0), [0.0, 2.0], [1, 0]), 3 / 4
    ),
    "Trees get κ / length² for both scores, which": lambda: like(
        bound(heads.VonMises(links={"concentration": "exponential"}), [0.0, 2.0], [1], [log(3)]),
        3 / 4,
    ),
    "trees get κ / length² for every score": lambda: like(
        bound(heads.VonMisesFisher(3, 3.0), [0.0, 2.0, 0], [1, 0, 0]), 3 / 4
    ),
    "a Newton step of 1 then turns the arrow by at most 45 degrees": lambda: (
        44.9 < turn() < 45.1
    ),
    "With u = L⁻¹ (y - mean) and w = L⁻ᵀ u: -w in the mean, -w_i u_j in L_ij": of_a_vector,
    "log P = log σ(b) + log σ(-a) + log(1 - e^(a - b))": lambda: like(
        log(sigma(B) - sigma(A)), log(sigma(B)) + log(sigma(-A)) + log(1 - exp(A - B))
    ),
    "log(σ(b) - σ(a)) = log σ(b) + log σ(-a) + log(1 - e^(a - b))": lambda: like(
        ordinal._logistic_between(tensor(A), tensor(B), tensor(B - A)), log(sigma(B) - sigma(A))
    ),
    "log P = -e^a + log(1 - e^(-D)) with D = e^b - e^a; beyond 30 the exponentials stay": lambda: (
        like(
            between._gumbel(*(np.array([v, v]) for v in (-1.0, 0.5, 1.5)))[0][0],
            _gumbel_slope(-1.0, 0.5), 1e-7,
        )
        and like(_starts([29.0, 30.0, 31.0, 50.0]), exp([29.0, 30, 30, 30]))
    ),
    "log(e^(-e^a) - e^(-e^b)) = -e^a + log(1 - e^(-(e^b - e^a)))": lambda: like(
        ordinal._gumbel_between(tensor(A), tensor(B), tensor(B - A)),
        log(exp(-exp(A)) - exp(-exp(B))),
    ),
    "log(Φ(b) - Φ(a)) = log Φ(b) + log(1 - Φ(a) / Φ(b)), in the tail": lambda: like(
        ordinal._gaussian_between(tensor(A), tensor(B), tensor(B - A)), log(phi(B) - phi(A))
    ),
    "from a, b and b - a, without rounding to 0 first": lambda: bool(
        np.isfinite(array(ordinal.BETWEEN["sigmoid"](*(tensor([v]) for v in (800, 801, 1))))).all()
    ),
    "the outcome, shape `(…,)` or `(…, 1)` for one number, `(…, size)`": of_one_number,
    "`probability` of a 1, in the unit interval": lambda: like(
        heads.Bernoulli().nll([1], np.array([[0.4]])), -log(sigma(0.4))
    ),
    "y between 0 and 1 is taken as a soft label": lambda: bool(
        heads.Bernoulli().inside(np.array([[0.3]])).all()
        and heads.IndependentBernoullis(1).inside(np.array([[0.7]])).all()
    ),
    "but is no density on (0, 1)": no_density,
    "In float32 a y within 3e-8 of 1 rounds to 1 and is outside": lambda: (
        rounds_to_one(2.9e-8) and not rounds_to_one(3.1e-8)
    ),
    "A y that is not strictly between 0 and 1 raises ValueError": lambda: all(
        refuses(lambda head=head, y=y: head.nll([y], [[0.0, 0.0]]))
        for head in (heads.Beta(), heads.Kumaraswamy()) for y in (0.0, 1.0)
    ),
    "a class number from 0 to K - 1, as an integer": lambda: (
        heads.Categorical(4).inside(np.array([[-1.0], [0], [3], [4]])).tolist()
        == [False, True, True, False]
    ),
    "A y that is no whole number from 0 to K - 1 raises ValueError": lambda: all(
        refuses(lambda kind=kind, y=y: kind(4).nll([y], [[0.0] * kind(4).units]))
        for kind in (heads.Categorical, heads.Ordinal) for y in (-1, 0.5, 4)
    ),
    "Class numbers `(…, 1)` as zeros and a one `(…, size)`": lambda: like(
        one_hot(tensor([[2.0]]), 3, tensor(0.0)), [[0, 0, 1]]
    ),
    "or whose shares do not sum to one within 2e-5, raises ValueError": lambda: ROUNDING == 2e-5,
    "A y whose length is not one within 2e-5 raises ValueError": lambda: ROUNDING == 2e-5,
    "or the length of a vector, may be off 1: float32": lambda: (
        heads.VonMisesFisher(2).inside(np.array([[1 + ROUNDING / 2, 0]])).all()
        and not heads.VonMisesFisher(2).inside(np.array([[1 + ROUNDING * 2, 0]])).any()
    ),
    "NumPy's counts scatter too much from about 1e15 on, and end at 9e18": lambda: (
        scatter(1e14) < 1.05 < scatter(1.5e15)
        and np.random.default_rng(0).poisson(9e18) > 0
        and refuses(lambda: np.random.default_rng(0).poisson(9.3e18))
    ),
    "the skewness, 1 / √rate, is below 1e-6": lambda: (
        like(stats.poisson(4).stats("s"), 1 / np.sqrt(4)) and draws.VAST**-0.5 <= 1e-6 * (1 + 1e-9)
    ),
    "Keras's MeanSquaredError averages (y - mean)² over the values": lambda: like(
        keras.losses.MeanSquaredError(reduction=None)([[1.0, 2]], [[3.0, 5]]), [(4 + 9) / 2]
    ),
    "-log Σ_k w_k N(y; m_k, s_k²), by log-sum-exp": lambda: like(
        heads.GaussianMixture(1).nll([0.7], np.array([[0.0, 0.2, 0.4]])),
        -stats.norm.logpdf(0.7, 0.2, np.log1p(exp(0.4)) + 1e-6),
    ),
    "`beta` above 0 multiplies each sample's loss by scale^(2 beta), taken as": lambda: (
        weighed(0.3) and weighed(1.0) and weighed(0.0)
    ),
    "`nll`, each value weighed by scale^(2 beta) without": lambda: weighed(0.5),
    "a rate of 0 where the head has no floor": lambda: (
        given.check(heads.Poisson(), {"rate": np.zeros((1, 1))}) is None
        and refuses(lambda: given.check(heads.Exponential(), {"mean": np.zeros((1, 1))}))
    ),
    "By the inverse of the cumulative distribution (2 / π) arctan(e^x)": lambda: like(
        stats.hypsecant.cdf(X), 2 / np.pi * np.arctan(exp(X))
    ),
    "what a mask or a weight of 0 leaves out may be any number": lambda: keeps(
        HeadLoss(heads.Poisson())([np.nan, 1.0], np.zeros((2, 1)), np.array([0.0, 1.0]))
    ),
    "y with an outcome of the support where `counts` is 0, so that": left_out,
    "|z| + 2 log(1 + exp(-|z|)) + log s, the same": lambda: like(
        heads.Logistic(scale=0.5).nll([1.0], np.array([[0.2]])),
        1.6 + 2 * log(1 + exp(-1.6)) + log(0.5),
    ),
    "½ |z|² along the last axis; beyond": lambda: like(_half_square(tensor([[3.0, 4]])), [12.5]),
    "The factor's lower triangle has size (size + 1) / 2 entries": lambda: (
        heads.MultivariateGaussian(4).sizes()["factor"] == 4 * (4 + 1) / 2
    ),
    "The variance is mean + α mean²; as α goes to 0 it becomes a": lambda: (
        like(stats.nbinom(1 / 0.5, 1 / (1 + 0.5 * 3)).var(), 3 + 0.5 * 3**2)
        and like(stats.nbinom(1e7, 1 / (1 + 3e-7)).pmf(2), stats.poisson(3).pmf(2), 1e-5)
    ),
    "whose terms stay small, with r = 1 / dispersion": lambda: like(
        heads.NegativeBinomial().nll([2], np.array([[0.5, 0.1]])),
        -stats.nbinom.logpmf(2, 1 / _of("dispersion"), 1 / (1 + _of("dispersion") * _of("mean"))),
    ),
    "log of each answer's probability `(…, K)`, from cuts `(…, K - 1)`": with_shapes,
    "`steps` `(…, K - 2)` are the differences of the cuts": with_shapes,
    "The largest number below 1 that float32 has": lambda: (
        np.nextafter(np.float32(1), np.float32(0)) == tensors.BELOW_ONE
    ),
    "Without this, `(n,)` minus `(n, 1)` would broadcast to `(n, n)`": lambda: (
        (np.zeros(3) - np.zeros((3, 1))).shape == (3, 3)
    ),
    "The array as floats of 32 or 64 bits": lambda: (
        {tensors.numbers(np.zeros(2, kind), "y").dtype.itemsize * 8
         for kind in ("float16", "float32", "float64", "int8", "uint8", "bool")} == {32, 64}
    ),
    'or makes one of what is none, as of "0.5"': lambda: tensors._other("0.5"),
    "Parameters that have fewer of them than others, or axes of length 1, are repeated": lambda: (
        tensors.row_by_row(
            lambda p: p["a"] + p["b"] + p["c"],
            {"a": np.ones(1), "b": np.ones((1, 1)), "c": np.ones((4, 1))},
        ).shape == (4, 1)
    ),
    "The power p, between 1 and 2, and the dispersion": lambda: all(
        refuses(lambda power=power: heads.Tweedie(power=power)) for power in (1, 2)
    ),
    "log of the series less (1 + alpha) j0, for y > 0 whose largest term is near j0": of_a_series,
    "The terms fall off like a Gaussian of variance j0 / (1 + alpha)": of_a_series,
    "κ (1 - cos) first, which neither": lambda: like(
        heads.VonMises(links={"concentration": "exponential"}).nll(
            [0.3], np.array([[2.0, 0, log(3)]])
        ),
        3 * (1 - np.cos(0.3)) + log(scipys.i0e(3)) + log(2 * np.pi),
    ),
    "log I_order(x) for x > 0, also where I is": lambda: all(
        like(log_bessel_i(1.5, x), log(scipys.iv(1.5, x))) for x in X
    ),
    "y has two columns, `(n, 2)`": lambda: (
        heads.Weibull().columns == 2
        and array(heads.Weibull().nll(np.ones((3, 2)), np.zeros((3, 2)))).shape == (3,)
    ),
    "NaN or infinite, or an event that is not 0 or 1, raises ValueError": lambda: (
        heads.Weibull().inside(np.array([[1.0, 0], [1, 1], [1, 0.5], [1, 2]])).tolist()
        == [True, True, False, False]
    ),
    "Without it a raw output of -200 would give exactly 0 in float32, and an infinite": lambda: (
        float(softplus(0.0).activation(tensor(-200, "float32"))) == 0
        and float(softplus(0.0).activation(tensor(-200))) > 0
        and np.isinf(float(softplus(0.0).reciprocal(tensor(-200, "float32"))))
    ),
    "which knows what is left over to 1 as well": lambda: all(
        like(link.activation(tensor(X - 3)) + link.complement(tensor(X - 3)), 1)
        for link in (LINKS[name]() for name in ("sigmoid", "probit", "cloglog"))
    ),
    "Beyond a raw output of 30 the log probability of no event, -exp(raw), goes on in a": lambda: (
        like(LINKS["cloglog"]().log_complement(tensor([29.0, 30, 31, 32])),
             -exp(30) * np.array([exp(-1), 1, 2, 3]))
    ),
    "at -10⁴ the value is a third of 10⁻⁶, and its": lambda: (
        abs(array(softplus().activation(tensor(-1e4))) * 3e6 - 1) < 0.1
    ),
    "its relative slope falls only like 1 / (|raw| log |raw|), so": slopes_fall,
    "For values below 6 · 10⁻⁹ no float is the raw output, and": lambda: (
        np.isinf(softplus().inverse(np.array(5e-9)))
        and np.isfinite(softplus().inverse(np.array(6e-9)))
    ),
    "An error of more than 10¹¹ scales (10¹⁸ in float64) goes on as a logarithm": lambda: (
        errors_go_on(heads.GaussianScale(), [0])
    ),
    "An error of more than 10¹¹ of a component's scales (10¹⁸ in float64) goes on as a": lambda: (
        errors_go_on(heads.GaussianMixture(1), [0, 0])
    ),
    "z within ±`single` in float32, ±1e18 in float64; beyond, it grows on as a": lambda: (
        like(tensors.held(tensor([-0.9e18, 1e19])), [-0.9e18, 1e18 * (1 + log(10))])
        and like(tensors.held(tensor([1e3], "float32"), 100.0), 100 * (1 + log(10)), 1e-6)
    ),
    "it is exp(limit) times 1 + log(1 + raw - limit)": lambda: like(
        LINKS["exponential"]().activation(tensor([149, 150, 170])) * exp(-150),
        [exp(-1), 1, 1 + log(1 + 20)],
    ),
    "it is exp(-limit) over 1 + log(1 - limit - raw), however": lambda: all(
        like(LINKS["exponential"](floor).activation(tensor([-149, -150, -170])) * exp(150),
             [exp(1), 1, 1 / (1 + log(1 - 150 + 170))])
        for floor in (1e-6, 0.25)
    ),
    "(y - mean) / mean from y - mean and 1 / mean; its slope has no overflow": lambda: like(
        special.relative(tensor([3.0, 9.0]), tensor([-5.0, 1.0]), tensor([1 / 8, 1 / 8])),
        [-5 / 8, 1 / 8],
    ),
    "So does one shorter than 1.2e-38 (2.3e-308 in float64), whose digits": lambda: (
        1.1e-38 < np.finfo("float32").tiny <= 1.2e-38
        and 2.2e-308 < np.finfo(float).tiny <= 2.3e-308
        and like(LINKS["direction"]().activation(tensor([1.1e-38, 0], "float32")), [0, 0])
        and like(LINKS["direction"]().activation(tensor([1.2e-38, 0], "float32")), [1, 0])
        and like(LINKS["direction"]().activation(tensor([2.3e-308, 0])), [1, 0])
    ),
    "Below a length of 1e-12 the slope grows no further": lambda: joint.SHORT == 1e-12,
    'Results as "loss 0.693 · accuracy 0.512"': lambda: (
        describe({"loss": np.log(2), "accuracy": 0.512}) == "loss 0.693 · accuracy 0.512"
    ),
    "Tell that epoch `number`, counted from 1, has ended": lambda: (
        training.History({"loss": np.zeros(3)}).epochs.tolist() == [1, 2, 3]
    ),
    "log I₀(x) - x for x ≥ 0, with all digits where both are large": lambda: like(
        special.log_bessel_i0e(tensor([0.0, 3, 1e8])), log(scipys.i0e([0, 3, 1e8]))
    ),
    "log cosh x = |x| + log(1 + exp(-2|x|)) - log 2, without overflow": lambda: like(
        special.log_cosh(tensor([3.0, 1e6])), [log(np.cosh(3)), 1e6 - log(2)]
    ),
    "log(1 - exp(-x)) for x > 0, exact for small and for large x": lambda: like(
        special.log1mexp(tensor([1e-20, 50.0])), [log(1e-20), -exp(-50)]
    ),
    "x log x, 0 at 0, with a finite gradient": lambda: like(
        special._x_log_x(tensor([0.0, 3])), [0, 3 * log(3)]
    ),
    "It rises like ½ log 2πx, so that": rises,
    "b - a - a log(b / a) for a ≥ 0 and b > 0, without cancellation where b is": lambda: (
        like(excess(tensor([0.0, 2]), tensor([3.0, -0.5]), tensor([0.0, log(0.75)])),
             [3, -0.5 - 2 * log(0.75)])
    ),
    "It is 0 where b is a and positive elsewhere": lambda: (
        float(excess(tensor(3.0), tensor(0.0), tensor(0.0))) == 0
        and float(excess(tensor(3.0), tensor(-0.1), tensor(log(2.9 / 3)))) > 0
    ),
    "where a is 0, log_ratio may be any finite number": lambda: like(
        excess(tensor([0.0, 0]), tensor([2.0, 2]), tensor([1e4, -1e4])), 2
    ),
    'Probabilities", 2000; the series is that of log((1 + v) / (1 - v)), v = t / (2 + t)': (
        of_the_series
    ),
    "against events `(n,)` of 0 and 1": lambda: (
        reliability([0.2, 0.8], [0, 1]).observed.tolist() == [0, 1]
    ),
    "an event is neither 0 nor 1, or `bins` is no whole number of at least 1": lambda: (
        refuses(lambda: reliability([0.2], [0.5])) and refuses(lambda: reliability([0.2], [1], 0))
        and len(reliability([0.2], [1], 1).counts) == 1
    ),
    "A linear model's bias and weights `(1 + inputs, units)`": lambda: (
        coefficients(head_network(heads.Gamma(), 4)).shape == (1 + 4, 2)
    ),
}  # fmt: skip
"""What docstrings say, with what is around its numbers, and whether it is so."""

SOURCES = (
    'A Gradient Boosting Machine" (2001); Chen and Guestrin, "XGBoost: A Scalable Tree Boosting '
    'System" (2016), section 2; for the absolute value, Dauphin et al., "Identifying and '
    'Attacking the Saddle Point Problem" (2014)',
    "(Dempster, Laird and Rubin, 1977)",
    'C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000',
    "the function bd0 of C. Loader",
    'M. Mächler, "Accurately computing log(1 - exp(-|a|))", 2012',
    'C. Guo et al., "On Calibration of Modern Neural Networks", 2017, equation 3',
    "(DLMF 10.25.2: all are positive)",
)
"""What is cited, apart from each head's own reference."""
ELSEWHERE = (
    "For outcomes from 10⁻⁹ to 10⁴ in size, and for 0, every head's loss and gradient are finite",
    "TensorFlow's relu gives 0 for NaN",
    "With two raw outputs of up to 60 either way and the others at 0, every head's loss",
    "as long as that is below 1e12 and does not hang on",
    "float16, where it is infinite above 65504 and 0 below 3e-8. Within ±2 that happens to none",
    "within ±100 to Exponential",
)
"""What other tests hold: `test_fit_guards`, `test_two_extremes`, `test_half_precision`."""


def _of(name: str) -> float:
    head = heads.NegativeBinomial()
    return float(array(head.parameters(np.array([[0.5, 0.1]]))[name]).item())


def _gumbel_slope(a: float, b: float) -> float:
    """Minus the derivative of log P in a shift of both cuts, by differences."""

    def of(s):
        return log(exp(-exp(a + s)) - exp(-exp(b + s)))

    return -(of(1e-5) - of(-1e-5)) / 2e-5


def _starts(low: list[float]) -> np.ndarray:
    """The slope in a shift of the last answer's lower cut."""
    far = np.full(len(low), np.inf)
    return between._gumbel(np.array(low), far, far)[0][0]


@pytest.mark.parametrize("text", FACTS)
def test_what_a_docstring_says_with_this_number_is_so(text):
    assert any(line(text) in said for path in MODULES for said in docstrings(path))
    assert FACTS[text]()


@pytest.mark.parametrize("text", [*SOURCES, *ELSEWHERE])
def test_what_is_cited_or_held_elsewhere_stands_there(text):
    assert any(line(text) in said for path in MODULES for said in docstrings(path))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_number_of_a_docstring_stands_in_a_test(path):
    assert [part for text in docstrings(path) for part in nowhere(text)] == []

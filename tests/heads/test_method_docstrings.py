"""What the docstrings of heads' methods and of special functions state, against what they give."""

import inspect

import numpy as np
import pytest
from lossbook import ops, special
from lossbook.heads import HEADS
from oracles import CASES
from scipy import special as scipys
from scipy import stats

exp, log = np.exp, np.log


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def said(function):
    """Its docstring in one line."""
    return " ".join((inspect.getdoc(function) or "").split())


X = np.array([0.2, 0.9, 3.0, 11.0, 40.0])
OF_FUNCTIONS = {
    "log_bessel_i0e": ("log I₀(x) - x for x ≥ 0", lambda x: log(scipys.i0(x)) - x),
    "log_cosh": (
        "log cosh x = |x| + log(1 + exp(-2|x|)) - log 2",
        lambda x: np.abs(x) + log(1 + exp(-2 * np.abs(x))) - log(2),
    ),
    "log_sigmoid": ("log of the logistic sigmoid", scipys.log_expit),
    "log1mexp": ("log(1 - exp(-x)) for x > 0", lambda x: log(1 - exp(-x))),
    "log_cloglog": (
        "log(1 - exp(-exp(z))): the log probability under the complementary log-log",
        lambda z: log(1 - exp(-exp(z))),
    ),
    "log_ndtr": ("log Φ(x): by erfc near zero", stats.norm.logcdf),
    "stirling_error": (
        "log Γ(x + 1) - (x + ½) log x + x - ½ log 2π, for x > 0",
        lambda x: scipys.gammaln(x + 1) - (x + 0.5) * log(x) + x - log(2 * np.pi) / 2,
    ),
    "rest": (
        "log Γ(x + 1) - x log x + x, for x ≥ 0",
        lambda x: scipys.gammaln(x + 1) - x * log(x) + x,
    ),
}
"""Special function → what its docstring begins with, and that."""


@pytest.mark.parametrize("name", OF_FUNCTIONS)
def test_a_special_function_gives_what_its_docstring_says(name):
    text, exact = OF_FUNCTIONS[name]
    function = getattr(special, name)
    assert said(function).startswith(text)
    np.testing.assert_allclose(array(function(ops.convert_to_tensor(X))), exact(X), atol=1e-12)


def test_a_special_function_of_several_numbers_gives_what_its_docstring_says():
    a, b = (ops.convert_to_tensor(v) for v in (X, X[::-1].copy()))
    text = "log(eᵃ + eᵇ), with the gradient (½, ½) where both are equal."
    assert said(special.log_add_exp) == text
    np.testing.assert_allclose(array(special.log_add_exp(a, b)), log(exp(X) + exp(X[::-1])))
    assert said(special.exp_capped).startswith(
        "exp(x) up to `limit`; beyond it grows as exp(limit) · (1 + x - limit), and keeps a slope"
    )
    expected = np.where(X < 10, exp(X), exp(10) * (1 + X - 10))
    np.testing.assert_allclose(array(special.exp_capped(a, 10.0)), expected)
    assert said(special.excess).startswith("b - a - a log(b / a) for a ≥ 0 and b > 0")
    ratio = log(X[::-1] / X)
    found = special.excess(a, b - a, ops.convert_to_tensor(ratio))
    np.testing.assert_allclose(array(found), X[::-1] - X - X * ratio, atol=1e-12)
    assert said(special.poisson_nll).startswith("rate - y log rate + log y!, for y ≥ 0")
    found = special.poisson_nll(b, a, ops.log(a))
    exact = X - X[::-1] * log(X) + scipys.gammaln(X[::-1] + 1)
    np.testing.assert_allclose(array(found), exact)


def mean(head, y):
    return np.mean(y, axis=0)


def share_of_each(head, y):
    return [np.mean(np.ravel(y) == k) for k in range(head.size)]


OF_CONSTANTS = {
    "The mean.": mean,
    "The mean of each value.": mean,
    "The mean: any best mixture has the sample's mean.": mean,
    "The share of ones.": mean,
    "The share of ones in each column.": mean,
    "The share of each class.": share_of_each,
    "The share of each answer.": share_of_each,
    "The share of samples above zero.": lambda h, y: np.mean(y > 0, axis=0),
    "The mean share of successes.": lambda h, y: np.mean(y / h.trials, axis=0),
    "The mean of the log odds.": lambda h, y: np.mean(log(y / (1 - y)), axis=0),
    "The mean of the logarithms.": lambda h, y: np.mean(log(y), axis=0),
    "The median (for an even number of values any point between the middle two).": (
        lambda h, y: np.median(y, axis=0)
    ),
    "The sample's quantile, by the definition that takes an observation.": (
        lambda h, y: np.sort(y, axis=0)[int(np.ceil(h.level * len(y))) - 1]
    ),
    "The direction of the mean arrow.": lambda h, y: np.angle(np.exp(1j * y).mean(axis=0)),
    "The mean vector, scaled to length one.": lambda h, y: (
        y.mean(axis=0) / np.linalg.norm(y.mean(axis=0))
    ),
}
"""What `best_constant` says that it is → that, of a sample."""
OF_ROOTS = {
    "Where the errors, each held within ±delta, sum to zero.": lambda h, y, m: np.clip(
        y - m, -h.delta, h.delta
    ).sum(axis=0),
    "Where the scores tanh(y - location) sum to zero.": lambda h, y, m: np.tanh(y - m).sum(axis=0),
    "Where the scores tanh(z / 2) sum to zero.": lambda h, y, m: np.tanh((y - m) / h.scale / 2).sum(
        axis=0
    ),
}
"""The same, where it is the root of what follows."""
BY_FITTING = {
    "student_t": "The fixed point of the weighted mean, with the scale that fits it (EM).",
    "kumaraswamy": (
        "The shapes that fit a sample best: a by bisection, then b in closed form. Raises "
        "ValueError if no shapes that a float holds are best: of outcomes that are all the same or "
        "nearly so, or all next to zero."
    ),
    "weibull": (
        "By the profile likelihood: the shape by bisection, then the scale in closed form. Raises "
        "ValueError if no scale that a float holds is best: of outcomes without an event, or with "
        "events at the latest time alone, or so far apart that the scale overflows."
    ),
}  # fmt: skip
"""The same, where scipy's fit and a minimiser say elsewhere whether it is so."""


@pytest.mark.parametrize("name", HEADS)
def test_the_best_constant_is_what_its_docstring_says(name):
    head, text = CASES[name].head(), said(HEADS[name].best_constant)
    if name in BY_FITTING:
        assert text == BY_FITTING[name]
        return
    truth = {key: np.tile(value, (51, 1)) for key, value in CASES[name].recover.items()}
    y = np.asarray(head.sample(truth, np.random.default_rng(4)))
    found = head.best_constant(y)
    row = f"tests/heads/test_method_docstrings.py: give {name}'s {text!r} a row"
    assert text in OF_ROOTS or text in OF_CONSTANTS, row
    if text in OF_ROOTS:
        np.testing.assert_allclose(OF_ROOTS[text](head, y, found), 0, atol=1e-9)
    else:
        np.testing.assert_allclose(found, OF_CONSTANTS[text](head, y), rtol=1e-9)


OF_SLOPES = {
    "-level where y is above the line, 1 - level where it is not, over the scale.": (
        lambda h, y, z: np.where(y > z, -h.level, 1 - h.level) / h.scale
    ),
    "p - y: prediction minus target.": lambda h, y, z: scipys.expit(z) - y,
    "p_k - y_k for each output on its own.": lambda h, y, z: scipys.expit(z) - y,
    "softmax(raw) minus the one-hot target: prediction minus target.": lambda h, y, z: (
        scipys.softmax(z, axis=-1) - np.eye(h.size)[np.ravel(y)]
    ),
    "(mean - y) / scale²: prediction minus target, in units of the variance.": lambda h, y, z: (
        (z - y) / h.scale**2
    ),
    "The error, held within ±delta.": lambda h, y, z: np.clip(z - y, -h.delta, h.delta),
    "tanh of the error: at most 1.": lambda h, y, z: np.tanh(z - y),
    "sign(median - y) / b: its size says nothing of how wrong the prediction is.": (
        lambda h, y, z: np.sign(z - y) / h.scale
    ),
    "Prediction minus target, in logarithms.": lambda h, y, z: (z - log(y)) / h.scale**2,
    "-tanh(z / 2) / s: at most 1 / s however wrong the prediction is.": lambda h, y, z: (
        -np.tanh((y - z) / h.scale / 2) / h.scale
    ),
}
"""What a head's own formula for the slope says → that, from y and the raw outputs."""
OF_PREDICTIONS = {
    "The mean of log(y / (1 - y)), digamma(a) - digamma(b), which the likelihood matches.": (
        lambda p: (
            scipys.digamma(p["mean"] * p["concentration"])
            - scipys.digamma((1 - p["mean"]) * p["concentration"])
        )
    ),
    "The mean of log y_k, digamma(a_k) - digamma(Σ a), which the likelihood matches.": (
        lambda p: (
            scipys.digamma(p["concentrations"])
            - scipys.digamma(p["concentrations"].sum(axis=-1, keepdims=True))
        )
    ),
    "The mixture's mean; where the places are far apart, no outcome may lie near it.": (
        lambda p: np.einsum("nk,nk->n", p["weights"], p["means"])[:, None]
    ),
    "Both shapes, `(n, 2 size)`: no single number is what the likelihood matches.": (
        lambda p: np.concatenate([p["a"], p["b"]], axis=-1)
    ),
    "The probability of each answer.": lambda p: np.diff(
        scipys.expit(np.pad(p["cuts"], ((0, 0), (1, 1)), constant_values=(-np.inf, np.inf))),
        axis=-1,
    ),
    "The mean, (1 - absent) rate.": lambda p: (1 - p["absent"]) * p["rate"],
}
"""What a prediction that is no parameter says that it is → that, from the parameters."""


def test_slopes_and_predictions_with_a_formula_of_their_own_are_what_their_docstrings_say():
    rng, seen = np.random.default_rng(5), set()
    for name, kind in HEADS.items():
        head = CASES[name].head()
        raw = rng.normal(size=(30, head.units))
        p = {key: array(value) for key, value in head.parameters(raw).items()}
        if "_gradient" in vars(kind):
            y, text = head.sample(p, rng), said(kind._gradient)
            assert text in OF_SLOPES, f"give {name}'s {text!r} a row"
            expected = OF_SLOPES[text](head, y, raw)
            np.testing.assert_allclose(array(head.gradient(y, raw)), expected, rtol=1e-6, atol=1e-9)
            seen.add(text)
        if "_predict" in vars(kind):
            text = said(kind._predict)
            assert text in OF_PREDICTIONS, f"give {name}'s {text!r} a row"
            np.testing.assert_allclose(head.predict(p), OF_PREDICTIONS[text](p), rtol=1e-9)
            seen.add(text)
    assert seen == set(OF_SLOPES) | set(OF_PREDICTIONS)

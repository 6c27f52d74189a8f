"""What each head says in words, in its docstring and texts, against what is so."""

import re
from math import isclose

import numpy as np
import pytest
from claims import FUNCTIONALS, MOMENTS, QUESTIONS, SOLVED, SUMMARIES, SUPPORTS
from latex import read
from lossbook import ops
from lossbook.chooser.rows import ROWS
from lossbook.heads import HEADS
from lossbook.links import DEFAULTS as DEFAULT_LINKS
from one_sample import ONE_SAMPLE
from oracles import CASES
from scipy import special, stats

NAMES = list(HEADS)
RECOVER = {name: CASES[name].recover for name in NAMES}


def docstring(name):
    return re.sub(r"\s+", " ", HEADS[name].__doc__ or "")


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def numpy_parameters(head, raw):
    return {key: array(value) for key, value in head.parameters(raw).items()}


def drawn(head, n=60, spread=0.8):
    rng = np.random.default_rng(0)
    raw = rng.normal(scale=spread, size=(n, head.units))
    return raw, np.asarray(head.sample(numpy_parameters(head, raw), rng))


def raw_for(head, **parameters):
    """One row of raw outputs that give these parameters."""
    values = [head.links[key].inverse(np.array([v], float)) for key, v in parameters.items()]
    return np.concatenate(values)[None]


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_of_one_sample_is_the_sentence_in_the_docstring(name):
    sentence, loss = ONE_SAMPLE[name]
    assert re.search(rf"One sample[,:] {re.escape(sentence)}[.:, ]", docstring(name)), sentence
    head = HEADS[name]()
    raw, y = drawn(head)
    p = numpy_parameters(head, raw)
    shaped = y if y.ndim > 1 else y[:, None]
    found = array(head.nll(y, raw))
    expected = loss(head, p, shaped.astype(float))
    expected = expected.reshape(len(raw), -1).sum(axis=1)
    if name == "tweedie":  # log a(y) does not depend on the mean: it drops out of a difference
        again = np.full_like(raw, 0.3)
        found = found - array(head.nll(y, again))
        other = loss(head, numpy_parameters(head, again), shaped).sum(axis=1)
        expected = expected - other
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_the_docstring_names_the_support_the_parameters_and_keras_loss(name):
    text, kind = docstring(name), HEADS[name]
    assert f"Support: {SUPPORTS[name]}" in text
    head = kind()
    for parameter in kind.declared:
        assert f"`{parameter.name}`" in text, parameter.name
        plain = re.sub(r"_.*", "", parameter.symbol)
        assert plain in kind.formula, f"the formula has no {plain}"
        assert DEFAULT_LINKS[parameter.constraint.name] == head.links[parameter.name].name
    words = {"linear": "real", "softplus": "softplus", "sigmoid": "sigmoid", "softmax": "softmax",
             "steps": "steps", "angle": "arrow", "direction": "unit vector",
             "cholesky": "softplus"}  # fmt: skip
    for link in head.activations:
        assert words[link] in text, link
    if kind.keras_loss:
        assert f"Keras's {kind.keras_loss}" in text
    else:
        assert re.search(r"Keras has no (such )?loss|Keras's \w+ is another loss", text)
    assert "Reference: " in text


TITLES = {row.head: row.title for row in ROWS if row.head}


@pytest.mark.parametrize("name", NAMES)
def test_title_and_question_are_those_of_the_tables(name):
    kind = HEADS[name]
    assert kind.title == TITLES[name]
    assert kind.question == QUESTIONS[name]
    assert docstring(name).startswith(SUMMARIES[name])
    fixed = [key for key in ("scale", "concentration") if hasattr(kind(), key)]
    assert ("fixed" in kind.title) == bool(fixed and name != "asymmetric_laplace")


@pytest.mark.parametrize("name", [n for n in NAMES if HEADS[n].functional not in SOLVED])
def test_the_functional_is_the_one_that_is_named(name):
    truth = {key: np.tile(value, (301, 1)) for key, value in RECOVER[name].items()}
    head = CASES[name].head()
    y = head.sample(truth, np.random.default_rng(0))
    expected = np.ravel(FUNCTIONALS[head.functional](head, y))
    np.testing.assert_allclose(np.ravel(head.best_constant(y)), expected, rtol=1e-9)


def test_functionals_that_are_roots_belong_to_the_heads_that_solve_for_them():
    found = {name: kind.functional for name, kind in HEADS.items() if kind.functional in SOLVED}
    assert found == {
        "huber": "mean with outliers pulled in",
        "hyperbolic_secant": "centre, outliers with bounded pull",
        "logistic": "centre, outliers with bounded pull",
        "student_t": "weighted mean, outliers down-weighted",
        "kumaraswamy": "the pair of shapes",
        "von_mises": "mean direction",
        "von_mises_fisher": "mean direction",
        "weibull": "characteristic time",
    }


@pytest.mark.parametrize("name", MOMENTS)
def test_the_scatter_is_what_the_docstring_says(name):
    sentence, variance = MOMENTS[name]
    assert sentence in docstring(name)
    n, head = 200_000, CASES[name].head()
    truth = {key: np.tile(value, (n, 1)) for key, value in RECOVER[name].items()}
    y = head.sample(truth, np.random.default_rng(0))
    found, expected = y.var(), variance(head, truth)[0, 0]
    error = np.sqrt((((y - y.mean()) ** 2).var()) / n)
    assert abs(found - expected) < 4 * error, (found, expected)
    assert error < 0.02 * expected


@pytest.mark.parametrize("name", [n for n in NAMES if HEADS[n].keras_loss])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_keras_drops_the_factor_and_the_constant_that_are_named(name, size):
    """The LaTeX of `dropped`, read for one value; times `size` where Keras averages over them."""
    kind = HEADS[name]
    if name == "bernoulli":
        head = kind()
    elif name in ("categorical", "von_mises_fisher"):
        head = kind(size + 1)
    else:
        head = kind(size)
    relation = head.keras_relation()
    factor, constant = 1.0, 0.0
    kappa = getattr(head, "concentration", 1.0)
    known = {r"\sigma": 1.0, "b": 1.0, r"\pi": np.pi, r"\kappa": kappa, "K": head.size,
             "Z": np.exp(getattr(head, "_log_z", 0.0)),
             "C_d": lambda k: np.exp(-getattr(head, "_constant", 0.0))}  # fmt: skip
    if "the factor" in kind.dropped:
        text = re.search(r"the factor (.*?)(?: and | \(|$)", kind.dropped)[1]
        factor = float(read(text, known))
    if "the constant" in kind.dropped:
        text = re.search(r"the constant (.*)$", kind.dropped)[1]
        constant = float(read(text, known))
    each = head.size if name not in ("categorical", "von_mises_fisher") else 1
    averaged = each if name != "independent_bernoullis" else 1
    assert isclose(relation.scale, factor * averaged, rel_tol=1e-12)
    if callable(relation.offset):  # a term that depends on y, and so no constant
        assert kind.dropped == r"the term \log y!"
        y = np.arange(3 * each).reshape(3, each)
        expected = special.gammaln(y + 1).sum(axis=1)
        np.testing.assert_allclose(relation.offset(y), expected, rtol=1e-9, atol=1e-12)
    else:
        assert isclose(relation.offset, constant * each, rel_tol=1e-12, abs_tol=1e-15)


@pytest.mark.parametrize("name", [n for n in NAMES if HEADS[n].keras_loss and n != "bernoulli"])
@pytest.mark.parametrize("size", [2, 5])
def test_keras_loss_for_several_values(name, size):
    head = HEADS[name](size)
    relation = head.keras_relation()
    raw, y = (part.astype("float32") for part in drawn(head))
    prediction = raw if relation.prediction == "raw" else head.parameters(raw)[relation.prediction]
    theirs = relation.scale * array(relation.loss(y, prediction))
    offset = relation.offset(y) if callable(relation.offset) else relation.offset
    np.testing.assert_allclose(array(head.nll(y, raw)), theirs + offset, rtol=5e-5, atol=5e-5)


STATEMENTS = {
    "asymmetric_laplace": (
        "At level ½ it is half the absolute error",
        lambda h: h.nll([[3.0]], [[1.0]]) - h.nll([[1.0]], [[1.0]]) == 1.0,
    ),
    "bernoulli": (
        "From the raw output z that is softplus(z) - y z",
        lambda h: isclose(h.nll([[1.0]], [[2.0]])[0], np.log1p(np.exp(2)) - 2, rel_tol=1e-6),
    ),
    "categorical": (
        "From the raw outputs z that is log Σ_j exp z_j - z_y",
        lambda h: isclose(
            h.nll([1], [[1.0, 2, 3]])[0], np.log(np.exp([1, 2, 3]).sum()) - 2, rel_tol=1e-6
        ),
    ),
    "gaussian": (
        "it drops the factor size / (2 scale²) and the constant size · (log scale + ½ log 2π)",
        lambda h: isclose(type(h)(3, 0.5).keras_relation().scale, 3 / (2 * 0.5**2))
        and isclose(
            type(h)(3, 0.5).keras_relation().offset, 3 * (np.log(0.5) + np.log(2 * np.pi) / 2)
        ),
    ),
    "huber": (
        "it drops the factor `size` and size · log Z",
        lambda h: type(h)(3).keras_relation().scale == 3
        and isclose(type(h)(3).keras_relation().offset, 3 * h.keras_relation().offset),
    ),
    "hyperbolic_secant": (
        "it drops the factor `size` and size · log π",
        lambda h: type(h)(3).keras_relation().scale == 3
        and isclose(type(h)(3).keras_relation().offset, 3 * np.log(np.pi)),
    ),
    "independent_bernoullis": (
        "it drops the factor `size`",
        lambda h: type(h)(7).keras_relation().scale == 7,
    ),
    "kumaraswamy": (
        "The distribution function is 1 - (1 - y^a)^b",
        lambda h: isclose(
            (((1 - 0.4**3) ** 2) - ((1 - 0.401**3) ** 2)) / 1e-3,
            np.exp(-h.nll([[0.4005]], raw_for(h, a=3.0, b=2.0))[0]), rel_tol=1e-4,
        ),
    ),
    "laplace": (
        "drops the factor size / b and the constant size · log 2b",
        lambda h: isclose(type(h)(3, 0.5).keras_relation().scale, 6)
        and type(h)(3, 0.5).keras_relation().offset == 0
        and isclose(type(h)(3, 2.0).keras_relation().offset, 3 * np.log(4)),
    ),
    "log_normal": (
        "which is the median, not the mean exp(log_median + σ²/2)",
        lambda h: isclose(np.exp(h.best_constant(np.array([[1.0], [8.0]]))[0]), 8**0.5)
        and isclose(stats.lognorm(1.0, scale=np.exp(0.3)).mean(), np.exp(0.3 + 1 / 2)),
    ),
    "negative_binomial": (
        "as α goes to 0 it becomes a Poisson",
        lambda h: isclose(
            h.nll([[4.0]], raw_for(h, mean=3.0, dispersion=2e-6))[0],
            -stats.poisson(3).logpmf(4), rel_tol=1e-4,
        ),
    ),
    "poisson": (
        "or an exponential (the canonical link)",
        lambda h: isclose(
            array(type(h)(links={"rate": "exponential"}).gradient([[4.0]], [[0.7]]))[0, 0],
            np.exp(0.7) - 4, rel_tol=1e-5,
        ),
    ),
    "student_t": (
        "1 is the Cauchy, infinity the Gaussian",
        lambda h: isclose(
            type(h)(df=1).nll([[4.0]], raw_for(h, location=1.0, scale=2.0))[0],
            -stats.cauchy(1, 2).logpdf(4), rel_tol=1e-5,
        ) and isclose(
            type(h)(df=np.inf).nll([[4.0]], raw_for(h, location=1.0, scale=2.0))[0],
            -stats.norm(1, 2).logpdf(4), rel_tol=1e-5,
        ),
    ),
    "von_mises_fisher": (
        "it drops the factor κ and -log C(κ)",
        lambda h: type(h)(3, 2.5).keras_relation().scale == 2.5,
    ),
    "weibull": (
        "Above 1 the hazard rises with time",
        lambda h: np.diff([
            h.nll([[t, 0.0]], raw_for(h, scale=2.0, shape=1.5))[0]
            - h.nll([[t, 1.0]], raw_for(h, scale=2.0, shape=1.5))[0] for t in (1.0, 2.0)
        ])[0] > 0,
    ),
}  # fmt: skip
"""What else a docstring states, and whether that is so."""


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_else_the_docstring_states(name):
    sentence, so = STATEMENTS[name]
    assert sentence in docstring(name)
    assert so(HEADS[name]())


@pytest.mark.parametrize("name", ["categorical", "ordinal"])
@pytest.mark.parametrize("size", [2, 3, 6])
def test_classes_that_never_came_have_a_share_of_zero(name, size):
    found = HEADS[name](size).best_constant(np.array([0, 1, 1]))
    np.testing.assert_allclose(found, [1 / 3, 2 / 3] + [0] * (size - 2))


PREDICTED = {
    "log_normal": (
        "give the logarithm of the median; its exponential is in the unit of y",
        lambda h, p: np.log(stats.lognorm.median(h.scale, scale=np.exp(p["log_median"]))),
    ),
    "beta": (
        "give the mean log odds of y, which the likelihood matches",
        lambda h, p: stats.beta(
            *(float((p["concentration"] * m)[0, 0]) for m in (p["mean"], 1 - p["mean"]))
        ).expect(special.logit),
    ),
    "dirichlet": (
        "give the mean of log y, which the likelihood matches; the mean of y itself is a_k / Σ a",
        lambda h, p: [
            stats.beta(a, p["concentrations"].sum() - a).expect(np.log)
            for a in np.ravel(p["concentrations"])
        ],
    ),
    "binomial": (
        "give the share of successes, not their number",
        lambda h, p: stats.binom.mean(h.trials, p["probability"]) / h.trials,
    ),
    "hurdle_poisson": (
        "give the chance of a count above zero, not the mean count, which is any · rate / (1 - "
        "e^(-rate))",
        lambda h, p: p["any"],
    ),
}  # fmt: skip
"""Heads whose prediction is not in the unit of y: what the docstring says, and that by scipy."""


@pytest.mark.parametrize("name", PREDICTED)
def test_a_prediction_that_is_not_in_the_unit_of_y_is_the_one_described(name):
    sentence, exact = PREDICTED[name]
    assert f"`predict` and `best_constant` {sentence}" in docstring(name)
    head = CASES[name].head()
    p = {key: np.array([value], float) for key, value in RECOVER[name].items()}
    np.testing.assert_allclose(np.ravel(head.predict(p)), np.ravel(exact(head, p)), rtol=1e-6)

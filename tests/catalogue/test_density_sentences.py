"""What the catalogue says of each likelihood: its formulas as printed, its words by a search.

A density is read from its sentence, with a name that scipy must confirm; what Keras drops is read
from its own, and together with Keras's loss must give scipy's negative log density. What is
predicted must minimise Keras's loss over skewed samples, and nothing else that the catalogue names
may.
"""

import re
from itertools import product

import numpy as np
import pytest
import sympy as sp
from lossbook import keras
from lossbook.catalogue import LIKELIHOODS
from lossbook.catalogue.relations import collapse
from lossbook.chooser.rows import ROWS
from printed import formulas, indexed, number, value
from scipy import integrate, special, stats

P = np.array([0.2, 0.5, 0.3])
COUNTS = np.array([4, 1, 3])
ENTRIES = {entry.loss: entry for entry in LIKELIHOODS}


def keras_loss(name, y, prediction, **options):
    loss = getattr(keras.losses, name)(reduction=None, **options)
    return np.asarray(loss(np.asarray(y), np.asarray(prediction)), float)


def one(name, y, prediction, **options):
    return float(keras_loss(name, np.atleast_2d(y), np.atleast_2d(prediction), **options)[0])


def huber_density(y, mu, delta):
    z = integrate.quad(lambda u: np.exp(-special.huber(delta, u)), -40, 40)[0]
    return -special.huber(delta, y - mu) - np.log(z), z


def multinomial_coefficient(counts):
    return special.gammaln(counts.sum() + 1) - special.gammaln(counts + 1).sum()


Y, M, S = 2.3, 0.9, 0.7
LOCATED = {"y": Y, r"\mu": M, "m": M, r"\sigma": S, "b": S, r"\delta": 1.2}
FREQUENCIES = COUNTS / COUNTS.sum()
UNIT, ARROW = np.array([0.6, 0.0, 0.8]), np.array([0.0, 0.6, 0.8])
COSINE, KAPPA = float(UNIT @ ARROW), 3.0
MARKS = {
    "MeanSquaredError": LOCATED,
    "MeanAbsoluteError": LOCATED,
    "Huber": {
        **LOCATED,
        "Z": huber_density(Y, M, 1.2)[1],
        r"h_\delta": lambda u: float(special.huber(1.2, float(u))),
    },
    "LogCosh": LOCATED,
    "MeanSquaredLogarithmicError": LOCATED,
    "Poisson": {"y": 4, r"\lambda": 2.6},
    "BinaryCrossentropy": {"y": 0.35, "p": 0.3, "K": 3},  # between the two labels: both count
    "CategoricalCrossentropy": {"p_y": P[1]},
    "SparseCategoricalCrossentropy": {"p_y": P[1]},
    "KLDivergence": {
        **indexed(p=P, y=[sp.Rational(int(c), 8) for c in COUNTS]),
        **{f"y_{k}": sp.Rational(int(c), 8) for k, c in enumerate(COUNTS)},
        "n": 8,
        "y": sp.Symbol("y"),
        "H": lambda y: float(special.entr(FREQUENCIES).sum()),
    },
    "CosineSimilarity": {
        "COSINE": COSINE,
        r"\kappa": KAPPA,
        "C_d": lambda k: KAPPA / (4 * np.pi * np.sinh(KAPPA)) if float(k) == KAPPA else np.nan,
    },
}
"""Loss → values for the letters of its sentences."""
KERAS = {
    "MeanSquaredError": lambda: one("MeanSquaredError", Y, M),
    "MeanAbsoluteError": lambda: one("MeanAbsoluteError", Y, M),
    "Huber": lambda: one("Huber", Y, M, delta=1.2),
    "LogCosh": lambda: one("LogCosh", Y, M),
    "MeanSquaredLogarithmicError": lambda: one("MeanSquaredLogarithmicError", Y, M),
    "Poisson": lambda: one("Poisson", 4.0, 2.6),
    "BinaryCrossentropy": lambda: one("BinaryCrossentropy", 0.35, 0.3),
    "CategoricalCrossentropy": lambda: one("CategoricalCrossentropy", np.eye(3)[1], P),
    "SparseCategoricalCrossentropy": lambda: float(
        keras_loss("SparseCategoricalCrossentropy", [1], [P])[0]
    ),
    "KLDivergence": lambda: one("KLDivergence", FREQUENCIES, P),
    "CosineSimilarity": lambda: one("CosineSimilarity", ARROW, UNIT),
}
"""Loss → what Keras reports for these values."""
NAMED = {
    "Gaussian": lambda: stats.norm.logpdf(Y, M, S),
    "Laplace": lambda: stats.laplace.logpdf(Y, M, S),
    "Huber's": lambda: huber_density(Y, M, 1.2)[0],
    "hyperbolic secant": lambda: stats.hypsecant.logpdf(Y, M),
    "log-normal for $y + 1$": lambda: stats.lognorm.logpdf(Y + 1, S, scale=1 + M),
    "Poisson": lambda: stats.poisson.logpmf(4, 2.6),
    "Bernoulli": lambda: [0.65, 0.35] @ stats.bernoulli.logpmf([0, 1], 0.3),
    "categorical": lambda: stats.multinomial.logpmf([0, 1, 0], 1, P),
    "$n$ categorical draws with frequencies $y$": lambda: stats.multinomial.logpmf(COUNTS, 8, P),
    "von Mises–Fisher": lambda: stats.vonmises_fisher.logpdf(ARROW, UNIT, KAPPA),
}
"""The distribution as the sentence calls it → scipy's log density of it."""


def parts(name):
    """The name of the density, what is said of its support or labels, and its formulas."""
    called, *rest = ENTRIES[name].density.split(", ")
    text = ", ".join(rest).replace(r"\mu^\top y", "COSINE")
    remark = "".join(re.split(r"\$.+?\$", text)) if "on all" not in text else text
    return called, remark.strip(", "), formulas(text)


def evaluated(name, text):
    marks = {k: v for k, v in MARKS[name].items() if k != "COSINE"}
    return number(text.replace("COSINE", "c"), {**marks, "c": COSINE})


@pytest.mark.parametrize("name", MARKS)
def test_the_density_as_printed_is_scipys_of_that_name(name):
    called, _, found = parts(name)
    if name == "MeanSquaredLogarithmicError":
        assert found.pop(0) == "y > -1"
    if name == "Huber":
        letter, _, constant = found.pop().partition(" = ")
        assert np.isclose(evaluated(name, constant), evaluated(name, letter), rtol=1e-8)
    [density] = found
    np.testing.assert_allclose(np.log(evaluated(name, density)), NAMED[called](), rtol=1e-8)


@pytest.mark.parametrize("name", MARKS)
def test_with_what_is_dropped_keras_loss_is_scipys_density(name):
    factor, offset = 1.0, 0.0
    for part in ENTRIES[name].dropped.split("; "):
        [term] = formulas(part)[-1:] or [""]
        if part in ("nothing", f"over $K$ labels the factor ${term}$"):
            continue
        if part == f"the factor ${term}$":
            factor = evaluated(name, term)
        else:
            assert part == f"${term}$", part
            offset = evaluated(name, term)
    full = factor * KERAS[name]() + offset
    np.testing.assert_allclose(full, -NAMED[parts(name)[0]](), rtol=2e-6)


def test_over_several_labels_keras_averages():
    """So the factor is their number, which the sentence calls K."""
    assert formulas(ENTRIES["BinaryCrossentropy"].dropped) == ["K", "K"]
    y, p = np.array([0.0, 1.0, 1.0]), np.array([0.3, 0.6, 0.9])
    full = -stats.bernoulli.logpmf(y.astype(int), p).sum()
    factor = number(formulas(ENTRIES["BinaryCrossentropy"].dropped)[1], {"K": 3})
    np.testing.assert_allclose(factor * one("BinaryCrossentropy", y, p), full, rtol=1e-5)


SWAPS = [
    ("+", "-"), ("-", "+"), ("1", "2"), ("2", "3"), (r"\sigma", r"\mu"), (r"\mu", r"\delta"),
    (r"\delta", r"\mu"), ("y", "p"), ("m", "y"), (r"\lambda", "y"), ("p", "y"), ("b", "2b"),
    (r"\log", ""), (r"\pi", ""), ("n!", "n"), (r"\frac", r"\frac1"), (r"\kappa", ""), ("H", ""),
]  # fmt: skip


def printed_in(name):
    entry = ENTRIES[name]
    return [f for f in [*parts(name)[2], *formulas(entry.dropped)] if ">" not in f and f != "K"]


@pytest.mark.parametrize("name", MARKS)
def test_the_values_let_no_changed_sign_or_symbol_through(name):
    """Each single change in a formula gives another number, or none."""
    tried = 0
    for formula in printed_in(name):
        text = formula.removeprefix("Z = ")
        right = evaluated(name, text)
        for old, new in SWAPS:
            for place in (match.start() for match in re.finditer(re.escape(old), text)):
                changed = text[:place] + new + text[place + len(old) :]
                try:
                    found = evaluated(name, changed)
                except (ValueError, TypeError, AttributeError):
                    continue
                tried += 1
                assert not np.isclose(found, right, rtol=1e-5), (text, changed)
    assert tried or MARKS[name].keys() == {"p_y"}


FORMS = {"labels one-hot": np.eye(3)[[1]], "labels as numbers": np.array([1])}


def test_how_labels_come_is_what_the_loss_takes():
    for name in ("CategoricalCrossentropy", "SparseCategoricalCrossentropy"):
        form = FORMS[parts(name)[1]]
        np.testing.assert_allclose(keras_loss(name, form, [P]), -np.log(P[1]), rtol=1e-5)


def test_the_remarks_on_densities():
    remarks = {name: parts(name)[1] for name in MARKS}
    shown = {"CategoricalCrossentropy", "SparseCategoricalCrossentropy"}
    support = remarks.pop("MeanSquaredLogarithmicError")
    [lower] = re.match(r"on all \$y > (-?\d+)\$", support).groups()
    assert stats.lognorm(S, loc=-1, scale=1 + M).support() == (float(lower), np.inf)
    assert remarks.pop("Huber") == "with"  # its constant
    assert {name for name, said in remarks.items() if said} == shown


def test_ctc_adds_up_alignments():
    entry = ENTRIES["CTC"]
    assert entry.density == (
        r"a label sequence, $\sum_{\text{alignments}} \prod_t p_{t,a_t}$,"
        " a categorical each time step"
    )
    assert entry.dropped == "nothing"
    raw = np.random.default_rng(4).normal(size=(3, 3))
    p = special.softmax(raw, axis=1)
    paths = [a for a in product(range(3), repeat=3) if collapse(a) == (2, 1)]
    total = sum(np.prod([p[t, a] for t, a in enumerate(path)]) for path in paths)
    found = keras_loss("CTC", [[2, 1, 0]], raw[None].astype("float32"))
    np.testing.assert_allclose(found, -np.log(total), rtol=1e-5)


def test_the_chapter_is_the_one_that_the_chooser_sends_to():
    for entry in LIKELIHOODS:
        of_loss = {row.label for row in ROWS if row.loss == entry.loss} - {"catalogue"}
        told = of_loss or {row.label for row in ROWS if row.head == entry.head}
        assert entry.label in told, entry.loss


def test_the_reader_of_formulas_refuses_what_it_does_not_know():
    with pytest.raises(ValueError, match="no meaning"):
        value(r"\frac{1}{\tau}", LOCATED)
    with pytest.raises(ValueError, match="not understood"):
        value(r"y < 2", LOCATED)
    with pytest.raises(ValueError, match="left over"):
        value("y)", LOCATED)

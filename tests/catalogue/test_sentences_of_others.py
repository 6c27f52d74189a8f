"""What the catalogue says of Keras's losses for classes that are no likelihood, each by number.

A sentence stands whole above the test that shows it; its formulas are read as printed, and words
that a number decides (flatter, too low, between) are derived from Keras's own loss.
"""

import re

import numpy as np
import pytest
import sympy as sp
from lossbook import keras
from lossbook.catalogue import OTHERS
from lossbook.catalogue import proofs as find
from lossbook.heads import HEADS
from others_shown import ENTRIES, SAID, by_class, minimiser, raw_loss
from printed import formulas, indexed, number, value
from scipy import optimize, special

SHARES = (0.1, 0.3, 0.45, 0.6, 0.85, 0.97)
P3 = np.array([[0.6, 0.3, 0.1], [0.34, 0.33, 0.33], [0.05, 0.05, 0.9]])
GAMMA = 2


def test_every_sentence_stands_beside_its_check():
    import test_sentences_of_amounts_and_masks  # noqa: F401  the rest of them

    SAID.assert_stands(ENTRIES, "why", "predicts", "cost", "repair")


@pytest.mark.parametrize("entry", OTHERS, ids=lambda entry: entry.loss)
def test_the_head_for_probabilities_takes_the_same_y(entry):
    """And no head takes two of these kinds of y, so another name would be noticed."""
    taken = {
        "log_normal": np.array([0.3, 12.5]),
        "bernoulli": np.array([0, 1]),
        "categorical": np.array([2, 0]),
        "independent_bernoullis": np.array([[0, 1, 1], [1, 0, 0]]),
    }
    kinds = {
        "MeanAbsolutePercentageError": "log_normal",
        "CategoricalFocalCrossentropy": "categorical",
        "CategoricalGeneralizedCrossEntropy": "categorical",
        "CategoricalHinge": "categorical",
        "Circle": "categorical",
        "Dice": "independent_bernoullis",
        "Tversky": "independent_bernoullis",
    }
    name = kinds.get(entry.loss, "bernoulli")
    assert entry.instead == name
    several = name in ("categorical", "independent_bernoullis")
    head = HEADS[entry.instead](**({"size": 3} if several else {}))
    nll = np.asarray(head.nll(taken[name], np.zeros((2, head.units))))
    assert np.isfinite(nll).all()


def sums(name, p):
    """Σ e^(-loss) over the classes, from Keras."""
    return np.exp(-by_class(name, p)).sum(axis=1)


@SAID.shows(
    "BinaryFocalCrossentropy",
    why=r"$p^{(1-p)^\gamma} + (1-p)^{p^\gamma}$ changes with $p$",
)
def test_binary_focal_sum():
    total, letter = formulas(ENTRIES["BinaryFocalCrossentropy"].why)
    assert letter == "p"
    loss = raw_loss("BinaryFocalCrossentropy")
    p = np.array([0.05, 0.3, 0.5, 0.9])
    keras_sum = sum(np.exp(-loss(np.full(4, y), special.logit(p))) for y in (1.0, 0.0))
    printed = [number(total, {"p": v, r"\gamma": GAMMA}) for v in p]
    np.testing.assert_allclose(printed, keras_sum, rtol=1e-5)
    assert np.ptp(printed) > 0.1


@SAID.shows(
    "BinaryFocalCrossentropy",
    predicts="a probability between $q$ and ½",
    cost="underconfident except at ½",
)
def test_binary_focal_answers_between():
    entry = ENTRIES["BinaryFocalCrossentropy"]
    found = {q: special.expit(minimiser("BinaryFocalCrossentropy", q)) for q in SHARES}
    nearer = all(abs(p - 0.5) < abs(q - 0.5) - 0.005 for q, p in found.items())
    same_side = all((p - 0.5) * (q - 0.5) > 0 for q, p in found.items())
    assert ("between $q$ and ½" in entry.predicts) == (nearer and same_side)
    assert ("underconfident" in entry.cost) == nearer
    at_half = special.expit(minimiser("BinaryFocalCrossentropy", 0.5))
    assert ("except at ½" in entry.cost) == np.isclose(at_half, 0.5, atol=1e-4)


@SAID.shows(
    "BinaryFocalCrossentropy",
    repair=r"$q = \varphi'(1-p) / (\varphi'(p) + \varphi'(1-p))$,"
    r" $\varphi(p) = -(1-p)^\gamma \log p$",
)
def test_binary_focal_is_undone():
    undone, phi = formulas(ENTRIES["BinaryFocalCrossentropy"].repair)
    p = sp.Symbol("p")
    left, _, body = phi.partition(" = ")
    assert left == r"\varphi(p)"
    expression = value(body, {"p": p, r"\gamma": GAMMA})
    slope = sp.diff(expression, p)
    left, _, body = undone.partition(" = ")
    assert left == "q"
    for q in SHARES:
        found = float(special.expit(minimiser("BinaryFocalCrossentropy", q)))
        names = {"p": found, r"\slope": lambda at: float(slope.subs(p, at))}
        assert np.isclose(number(body, names), q, atol=2e-3)
    keras_one = raw_loss("BinaryFocalCrossentropy")(np.ones(1), special.logit(np.array([0.3])))
    assert np.isclose(float(expression.subs(p, 0.3)), keras_one[0], rtol=1e-5)


@SAID.shows(
    "CategoricalFocalCrossentropy",
    why=r"$\sum_k p_k^{\alpha(1-p_k)^\gamma}$ changes with $p$",
)
@SAID.shows(
    "CategoricalGeneralizedCrossEntropy",
    why=r"$\sum_k e^{-(1 - p_k^r)/r}$ changes with $p$ ($r$ is Keras's `q`)",
)
def test_sums_over_classes():
    letters = {r"\alpha": 0.25, r"\gamma": GAMMA, "r": 0.5}  # Keras's defaults
    for name in ("CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy"):
        total, letter, *_ = formulas(ENTRIES[name].why)
        assert letter == "p"
        printed = [number(total, {**letters, **indexed(p=p)}) for p in P3]
        np.testing.assert_allclose(printed, sums(name, P3), rtol=1e-5)
        assert np.ptp(printed) > 0.02
        many = np.random.default_rng(1).dirichlet(np.ones(3), 60)
        assert find.normaliser_drift(by_class(name, many)) > 2e-3
    other = keras.losses.CategoricalGeneralizedCrossEntropy(q=0.3)(np.array([0]), P3[:1])
    assert np.isclose(float(other), (1 - 0.6**0.3) / 0.3, rtol=1e-5)  # so r is its q


def leader(name, q, size):
    """What the leader of `size` classes is given, if it has q and the others share the rest."""
    truth = np.array([q, *[(1 - q) / (size - 1)] * (size - 1)])

    def expected(top):
        p = np.array([[top, *[(1 - top) / (size - 1)] * (size - 1)]])
        one, other = by_class(name, p, classes=(0, 1))[0]
        return truth[0] * one + (1 - truth[0]) * other

    return optimize.minimize_scalar(
        expected, bounds=(1e-3, 0.999), method="bounded", options={"xatol": 1e-7}
    ).x


@SAID.shows(
    "CategoricalFocalCrossentropy",
    predicts=r"for $\gamma = 2$ probabilities flatter than $q$ where one class is above about 0.3,"
    r" sharper where all are below about 0.1; between, it depends on the other classes",
    cost="underconfident where one class leads by far, overconfident among many alike",
)
def test_categorical_focal_flattens_leaders_and_sharpens_among_many():
    """A class's answer p stands for q ∝ p / D(p): D says who is flattened against whom.

    D is 1 at 0, greatest near 0.1, 1 again near 0.3 and less beyond.
    """
    entry = ENTRIES["CategoricalFocalCrossentropy"]
    above, below, between = re.split(", (?=sharper)|; ", entry.predicts)
    leading, alike = entry.cost.split(", ")
    tried = ((0.9, 2), (0.7, 3), (0.5, 10), (0.33, 1000), (0.08, 1000), (0.08, 15), (0.03, 1000))
    for q, size in tried:
        top = leader("CategoricalFocalCrossentropy", q, size)
        answered, means = (above, leading) if q > 0.3 else (below, alike)
        assert ("flatter" in answered) == ("underconfident" in means) == (top < q)
        assert ("sharper" in answered) == ("overconfident" in means) == (top > q)
    assert "depends on the other classes" in between
    changes = [leader("CategoricalFocalCrossentropy", 0.2, size) - 0.2 for size in (10, 1000)]
    assert changes[0] < -0.003
    assert changes[1] > 0.003

    p = np.linspace(1e-4, 0.6, 6000)
    step = 1e-4 * p

    def of_right(p):
        return by_class("CategoricalFocalCrossentropy", np.stack([p, 1 - p], 1), classes=(0,))[:, 0]

    weight = -p * (of_right(p + step) - of_right(p - step)) / (2 * step) / 0.25
    highest, back = p[weight.argmax()], p[p > 0.15][np.argmax(weight[p > 0.15] < 1)]
    said = [float(v) for v in re.findall(r"about ([\d.]+)", entry.predicts)]
    assert said == [round(back, 1), round(highest, 1)]


@SAID.shows(
    "CategoricalFocalCrossentropy",
    repair=r"$q_k \propto p_k / \bigl((1-p_k)^\gamma - \gamma\, p_k (1-p_k)^{\gamma-1}"
    r" \log p_k\bigr)$",
)
@SAID.shows(
    "CategoricalGeneralizedCrossEntropy",
    predicts=r"$p_k \propto q_k^{1/(1-r)}$",
    cost="overconfident: the likeliest class takes too much",
    repair=r"$q_k \propto p_k^{1-r}$",
)
def test_answers_about_classes_are_undone_as_printed():
    q = np.array([0.6, 0.3, 0.1])
    letters = {r"\gamma": GAMMA, "r": 0.5, "k": 0}

    def along(formula, **vectors):
        _, _, body = formula.partition(r" \propto ")
        names = indexed(**vectors)
        each = [number(body, {**letters, **names, "k": k}) for k in range(3)]
        return np.array(each) / sum(each)

    for name in ("CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy"):
        entry = ENTRIES[name]
        p = answer(name, q)
        assert ("overconfident: the likeliest" in entry.cost) == (p.argmax() == 0 and p[0] > 0.65)
        np.testing.assert_allclose(along(formulas(entry.repair)[0], p=p), q, atol=2e-3)
        if name.startswith("CategoricalGen"):
            np.testing.assert_allclose(along(formulas(entry.predicts)[0], q=q), p, atol=2e-3)


def answer(name, q):
    """The class probabilities that minimise the expected loss."""
    found = optimize.minimize(
        lambda z: float(q @ by_class(name, special.softmax(z)[None])[0]),
        np.log(q),
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 4000},
    )
    return special.softmax(found.x)

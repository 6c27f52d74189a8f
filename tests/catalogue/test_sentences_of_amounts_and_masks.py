"""The same for percentage error, the hinges, masks and embeddings."""

from itertools import product

import numpy as np
import pytest
from lossbook import keras
from lossbook.catalogue import proofs as find
from others_shown import ENTRIES, SAID, by_class, minimiser, one_pixel, raw_loss, values
from printed import formulas, number
from scipy import optimize, special

BEYOND = np.array([1.0, 1.5, 3.0, 9.0])


def opposite(sentence, word, other):
    """Whether a sentence says the one word and not the other."""
    assert (word in sentence) != (other in sentence), sentence
    return word in sentence


@SAID.shows(
    "MeanAbsolutePercentageError",
    why=r"for any weight $h(y)$ and $s > 0$, $\int h(y)\, e^{-s\lvert 1-m/y\rvert}\,dy$ goes to 0"
    r" as $m \to \infty$, so it cannot be 1 for every $m$",
)
def test_no_weight_normalises_percentage_error():
    [integrand] = [f for f in formulas(ENTRIES["MeanAbsolutePercentageError"].why) if "int" in f]
    body = integrand.removeprefix(r"\int h(y)\, ").removesuffix(r"\,dy")
    for y, m, s in ((2.0, 0.7, 0.4), (2.0, 3.1, 1.3)):
        percent = values("MeanAbsolutePercentageError", [[y]], [[m]])[0]
        assert np.isclose(number(body, {"y": y, "m": m, "s": s}), np.exp(-s * percent / 100))
    y = np.geomspace(0.01, 100, 20_001)
    for weight, s in product((1 / y, np.exp(-y), y**2 * np.exp(-((y - 3) ** 2))), (0.1, 1.0, 5.0)):
        sums = [np.trapezoid(weight * np.exp(-s * abs(1 - m / y)), y) for m in (1, 1e3, 1e5, 1e7)]
        assert sums[3] < 1e-9 * sums[0]
        assert sums[1] > sums[2] >= sums[3]


@SAID.shows(
    "MeanAbsolutePercentageError",
    predicts=r"the median of outcomes weighted by $1/y$",
    cost="no scatter, and a prediction that is too low",
)
def test_percentage_error_predicts_too_low():
    entry = ENTRIES["MeanAbsolutePercentageError"]
    [weight] = formulas(entry.predicts)
    rng = np.random.default_rng(3)
    for y in (rng.lognormal(0, 1, 1001), rng.gamma(2.0, 3.0, 1001), 9 - rng.beta(1, 4, 1001) * 8):
        loss = keras.losses.MeanAbsolutePercentageError()
        found = optimize.minimize_scalar(
            lambda m, y=y, loss=loss: float(loss(y[:, None], np.full((len(y), 1), m))),
            bounds=(y.min(), y.max()), method="bounded", options={"xatol": 1e-8},
        ).x  # fmt: skip
        weights = np.array([number(weight, {"y": v}) for v in y])
        centre = find.weighted_median(y, weights)
        assert np.isclose(found, centre, atol=0.02)
        assert abs(centre - np.average(y, weights=weights)) > 0.05, "no weighted mean"
        assert opposite(entry.cost, "too low", "too high") == (found < np.median(y) - 0.05)


@SAID.shows(
    "Hinge",
    why=r"beyond $z = 1$ the loss of a 1 stays 0 while that of a 0 grows: the sum"
    r" $e^{-s\ell_1} + e^{-s\ell_0}$ cannot be constant",
)
@SAID.shows(
    "SquaredHinge",
    why=r"beyond $z = 1$ the loss of a 1 stays 0 while that of a 0 grows",
)
def test_hinges_are_flat_for_a_one_alone():
    for name in ("Hinge", "SquaredHinge"):
        loss = raw_loss(name)
        right, wrong = (loss(np.full(4, y), BEYOND) for y in (1.0, 0.0))
        assert (right == 0).all()
        assert (np.diff(wrong) > 0).all()
        assert loss(np.ones(1), np.array([0.99]))[0] > 0, "not before 1"
        for s in (0.05, 0.3, 1.0):
            assert (np.diff(np.exp(-s * right) + np.exp(-s * wrong))[:2] < 0).all()


@SAID.shows(
    "Hinge",
    predicts=r"the sign of $q - \frac12$, as $z = \pm1$",
    cost=r"the confidence is lost: all $q > \frac12$ give the same $z$",
)
@SAID.shows(
    "SquaredHinge",
    predicts=r"$z = 2q - 1$",
    cost=r"none at the minimum if read as $(1+z)/2$; read through a sigmoid, badly underconfident",
    repair=r"$q = (1+z)/2$",
)
def test_what_hinges_predict():
    squared = ENTRIES["SquaredHinge"]
    same = {round(minimiser("Hinge", q), 3) for q in (0.55, 0.7, 0.99)}
    assert same == {1.0}
    assert round(minimiser("Hinge", 0.3), 3) == -1.0
    for q in (0.02, 0.3, 0.6, 0.9):
        z = minimiser("SquaredHinge", q)
        [predicted], [undone] = formulas(squared.predicts), formulas(squared.repair)
        assert np.isclose(number(predicted.removeprefix("z = "), {"q": q}), z, atol=1e-3)
        assert np.isclose(number(undone.removeprefix("q = "), {"z": z}), q, atol=1e-3)
        assert np.isclose(number(formulas(squared.cost)[0], {"z": z}), q, atol=1e-3)
        under = abs(special.expit(z) - 0.5) < 0.65 * abs(q - 0.5)
        assert ("badly underconfident" in squared.cost) == under
        assert "overconfident" not in squared.cost


@SAID.shows(
    "CategoricalHinge",
    why=r"a class that leads by 1 has loss 0 however far it leads, while the others' losses grow",
    predicts=r"the likeliest class if its $q_k$ is above ½; below that, equal scores for all",
    cost=r"no probability; without a majority not even the class",
)
def test_categorical_hinge():
    scores = np.array([[lead, 0.0, 0.0] for lead in BEYOND])
    first, second, third = by_class("CategoricalHinge", scores).T
    assert (first == 0).all()
    assert (np.diff(second) > 0).all()
    assert (np.diff(third) > 0).all()
    assert by_class("CategoricalHinge", np.array([[0.9, 0.0, 0.0]]))[0, 0] > 0
    grid = np.array(list(product(np.linspace(-1, 1, 9), repeat=3)))
    losses = by_class("CategoricalHinge", grid)
    for q in ([0.55, 0.25, 0.2], [0.52, 0.47, 0.01], [0.48, 0.3, 0.22], [0.35, 0.33, 0.32]):
        best = grid[losses @ np.array(q) < (losses @ np.array(q)).min() + 1e-6]
        leads = best.max(axis=1) - np.sort(best, axis=1)[:, -2]
        equal = (np.ptp(best, axis=1) < 1e-9).any()
        assert (best.argmax(axis=1) == 0).all() and (leads >= 1).all() if q[0] > 0.5 else equal


@SAID.shows(
    "Dice",
    why=r"a ratio of sums over all pixels: the loss of one depends on the others; one that is out"
    r" alone costs 1 whatever $p$ is, one that is in does not",
)
@SAID.shows("Tversky", why="as Dice, which it is for α = β = ½")
def test_masks_are_ratios_of_sums():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, (5, 6)).astype(float), rng.random((5, 6))
    dice = values("Dice", y, p, axis=(1,))
    np.testing.assert_allclose(
        dice, 1 - 2 * (y * p).sum(axis=1) / (y.sum(axis=1) + p.sum(axis=1)), rtol=1e-5
    )
    np.testing.assert_allclose(values("Tversky", y, p, axis=(1,), alpha=0.5, beta=0.5), dice, 1e-5)
    z = np.linspace(-6, 6, 25)
    for loss in (one_pixel("Dice"), one_pixel("Tversky", alpha=0.7, beta=0.3)):
        np.testing.assert_allclose(loss(np.zeros(25), z), 1, atol=1e-6)
        assert np.ptp(loss(np.ones(25), z)) > 0.9


@SAID.shows(
    "Dice",
    predicts=r"for independent pixels 0 or 1 each: 1 where $q$ is above a threshold that depends on"
    r" the whole mask",
    cost=r"every pixel is fully certain",
)
@SAID.shows("Tversky", cost=r"every pixel is fully certain")
def test_masks_are_certain_above_a_threshold():
    thresholds = []
    for q in ([0.05, 0.1, 0.2, 0.25, 0.4, 0.45], [0.3, 0.35, 0.7, 0.8, 0.9, 0.95]):
        for weights in ((0.5, 0.5), (0.7, 0.3)):
            p = find.best_mask(np.array(q), *weights)
            assert ((p < 0.01) | (p > 0.99)).all()
            assert (np.diff(p.round()) >= 0).all(), "1 above"
        p = find.best_mask(np.array(q))
        thresholds.append((max(np.array(q)[p < 0.5], default=0), min(np.array(q)[p > 0.5])))
    (_, low), (high, _) = thresholds
    assert low < high, "0.25 is in where others are rare, 0.3 is out where they are not"


@SAID.shows(
    "Tversky",
    predicts=r"as Dice, with the threshold moved by α and β; in Keras's code α is the weight of"
    r" misses and β that of false alarms, its documentation has them the other way round",
)
def test_which_letter_weighs_misses():
    said = ENTRIES["Tversky"].predicts
    tversky = {"axis": (1,), "alpha": 0.9, "beta": 0.1}
    miss = values("Tversky", [[1.0, 1.0]], [[1.0, 0.0]], **tversky)[0]
    alarm = values("Tversky", [[1.0, 0.0]], [[1.0, 1.0]], **tversky)[0]
    letters = ("α", "β") if miss > alarm else ("β", "α")
    assert f"{letters[0]} is the weight of misses and {letters[1]} that of false alarms" in said
    alpha = keras.losses.Tversky.__doc__.split("alpha:")[1].split("beta:")[0]
    assert ("other way round" in said) == ("false positives" in alpha) == (letters[0] == "α")
    q = np.array([0.1, 0.2, 0.35, 0.45, 0.6, 0.8])
    sizes = [int((find.best_mask(q, a, 1 - a) > 0.5).sum()) for a in (0.1, 0.5, 0.9)]
    assert ("threshold moved" in said) == (sizes[0] < sizes[1] < sizes[2])


@SAID.shows(
    "Circle",
    why=r"it scores distances to the other samples of a batch, and its weights grow with the"
    r" error: $\sigma(-u)$ for “the first is the positive one” and for “the second is” do not"
    r" sum to one",
    predicts=r"similarities 1 within a class and 0 across, up to a margin",
    cost=r"no probability of anything",
)
def test_circle():
    def loss(within, across):
        """Of an anchor whose positive and negative have these similarities to it."""
        arrows = [[1, 0, 0], *([[s, np.sqrt(1 - s * s), 0] for s in (within, across)])]
        return values("Circle", [0, 0, 1], np.array(arrows), gamma=8.0, margin=0.25)[0]

    grid = np.linspace(-0.6, 1, 81)
    costs = np.array([[loss(a, b) for b in grid[::4]] for a in grid[::4]])
    within, across = np.unravel_index(costs.argmin(), costs.shape)
    assert grid[::4][within] == 1
    assert abs(grid[::4][across]) < 0.05
    slack = loss(0.9, 0.1) - costs.min()
    assert slack < 0.2 * (loss(0.6, 0.4) - costs.min()), "little is left within the margin"
    chances = [np.exp(-loss(a, b)) + np.exp(-loss(b, a)) for a, b in ((0.9, 0.1), (0.5, 0.4))]
    assert abs(chances[0] - chances[1]) > 0.05
    pulls = [loss(s - 0.01, 0.2) - loss(s, 0.2) for s in (0.3, 0.6, 0.9)]
    assert pulls[0] > pulls[1] > pulls[2], "weights grow with the error"


@pytest.mark.parametrize("word", ["too low", "too high"])
def test_a_sentence_with_both_words_or_neither_is_refused(word):
    assert opposite(f"it is {word}", word, "elsewhere")
    with pytest.raises(AssertionError, match="both"):
        opposite("both: too low and too high", "too low", "too high")

"""Every loss of Keras stands in the catalogue, and what is said of it holds by number."""

import inspect
from itertools import product

import numpy as np
import pytest
from lossbook import keras, ops
from lossbook.catalogue import LIKELIHOODS, LOSSES, OTHERS
from lossbook.catalogue import proofs as find
from lossbook.catalogue.relations import collapse, pair
from lossbook.chooser.rows import CHAPTERS, ROWS
from lossbook.heads import HEADS
from scipy import optimize, special, stats

Z = np.linspace(-6, 6, 41)
SHARES = (0.1, 0.3, 0.45, 0.6, 0.85, 0.97)


def keras_binary(name: str, **options):
    """Keras's loss of y at raw output z, each `(n,)`."""
    loss = getattr(keras.losses, name)(reduction=None, **options)

    def value(y, z):
        return np.asarray(loss(np.reshape(y, (-1, 1)), np.reshape(z, (-1, 1)).astype("float64")))

    return value


def single_mask(name: str, **options):
    """Dice or Tversky of a mask of one pixel with probability sigmoid(z)."""
    loss = getattr(keras.losses, name)(reduction=None, axis=(1,), **options)

    def value(y, z):
        return np.asarray(loss(np.reshape(y, (-1, 1)), special.expit(np.reshape(z, (-1, 1)))))

    return value


BINARY = {
    "BinaryFocalCrossentropy": keras_binary("BinaryFocalCrossentropy", from_logits=True),
    "Hinge": keras_binary("Hinge"),
    "SquaredHinge": keras_binary("SquaredHinge"),
    "Dice": single_mask("Dice"),
    "Tversky": single_mask("Tversky", alpha=0.7, beta=0.3),
}


def table_of(loss) -> np.ndarray:
    """The loss of a 1 and of a 0 at each raw output."""
    return np.stack([loss(np.full_like(Z, y), Z) for y in (1.0, 0.0)], axis=1)


def class_losses(name: str, predictions: np.ndarray, **options) -> np.ndarray:
    """The loss of each class at each prediction, `(predictions, K)`."""
    loss = getattr(keras.losses, name)(reduction=None, **options)
    n, size = predictions.shape
    sparse = name == "CategoricalGeneralizedCrossEntropy"
    columns = []
    for k in range(size):
        y = np.full(n, k) if sparse else np.tile(np.eye(size)[k], (n, 1))
        columns.append(np.asarray(loss(y, predictions)))
    return np.stack(columns, axis=1)


def test_every_loss_of_keras_stands_here():
    kinds = {
        name
        for name, kind in inspect.getmembers(keras.losses, inspect.isclass)
        if issubclass(kind, keras.losses.Loss) and kind is not keras.losses.Loss
    }
    assert not kinds - set(LOSSES), (
        f"Keras has {kinds - set(LOSSES)}: add what they are to code/lossbook/catalogue/"
        "likelihoods.py or others.py"
    )
    assert set(LOSSES) == kinds
    assert len(LOSSES) == len(LIKELIHOODS) + len(OTHERS) == 22


def test_heads_and_chapters_exist():
    for entry in LIKELIHOODS:
        assert entry.head in HEADS
        assert entry.label in CHAPTERS
    for entry in OTHERS:
        assert entry.instead in HEADS


def test_the_chooser_gives_the_same_verdicts():
    for row in ROWS:
        if row.loss:
            assert LOSSES[row.loss].likelihood == bool(row.head), row.loss
            if row.head and row.loss != "BinaryCrossentropy":  # one loss, two heads
                assert LOSSES[row.loss].head == row.head


@pytest.mark.parametrize("entry", LIKELIHOODS, ids=lambda entry: entry.loss)
def test_a_likelihood_is_the_heads_by_number(entry):
    found = pair(entry.loss, entry.head, np.random.default_rng(3), n=60)
    # Keras puts 1e-7 into some logarithms.
    np.testing.assert_allclose(found.from_keras, found.nll, rtol=2e-5, atol=2e-5)


def test_a_loss_without_a_relation_is_one_clear_error():
    with pytest.raises(ValueError, match="the head 'bernoulli' says nothing of Keras's Hinge"):
        pair("Hinge", "bernoulli", np.random.default_rng(0))


def test_ctc_is_a_distribution_over_label_sequences():
    """All sequences of labels of up to 4 steps, their probabilities added up."""
    raw = np.random.default_rng(5).normal(size=(1, 4, 3)).astype("float32")
    sequences = sorted({collapse(path) for path in product(range(3), repeat=4)} - {()})
    labels = np.array([list(s) + [0] * (4 - len(s)) for s in sequences])
    losses = np.asarray(keras.losses.CTC(reduction=None)(labels, np.tile(raw, (len(labels), 1, 1))))
    silent = np.prod(special.softmax(raw[0], axis=1)[:, 0])  # the empty one: every step blank
    np.testing.assert_allclose(np.exp(-losses).sum() + silent, 1, rtol=1e-5)


def test_a_shifted_log_normal_is_scipys():
    y, m, scale = np.array([0.5, 3.0, 20.0]), np.array([1.0, 2.0, 30.0]), 0.6
    loss = np.asarray(
        keras.losses.MeanSquaredLogarithmicError(reduction=None)(y[:, None], m[:, None])
    )
    full = loss / (2 * scale**2) + np.log(scale) + 0.5 * np.log(2 * np.pi) + np.log1p(y)
    expected = -stats.lognorm.logpdf(y, scale, loc=-1, scale=1 + m)
    np.testing.assert_allclose(full, expected, rtol=1e-5)


def test_the_measure_of_drift_is_zero_for_likelihoods():
    assert find.normaliser_drift(table_of(keras_binary("BinaryCrossentropy", from_logits=True))) < (
        1e-5
    )
    p = np.random.default_rng(0).dirichlet(np.ones(3), 40)
    assert find.normaliser_drift(class_losses("CategoricalCrossentropy", p)) < 1e-5


@pytest.mark.parametrize("name", ["BinaryFocalCrossentropy", "Hinge", "SquaredHinge"])
def test_no_constant_normalises_a_binary_loss(name):
    assert find.normaliser_drift(table_of(BINARY[name])) > 2e-3


@pytest.mark.parametrize("name", ["Dice", "Tversky"])
def test_a_pixel_that_is_out_costs_the_same_whatever_is_said_of_it(name):
    """So weight · e^(-s loss) of a pixel that is in would have to be constant, and is not."""
    inside, outside = table_of(BINARY[name]).T
    np.testing.assert_allclose(outside, 1, atol=1e-6)
    assert np.ptp(inside) > 0.9


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("CategoricalFocalCrossentropy", False),
        ("CategoricalGeneralizedCrossEntropy", False),
        ("CategoricalHinge", True),
    ],
)
def test_no_constant_normalises_a_categorical_loss(name, raw):
    rng = np.random.default_rng(1)
    predictions = rng.normal(scale=3, size=(60, 3)) if raw else rng.dirichlet(np.ones(3), 60)
    losses = class_losses(name, predictions)
    assert find.normaliser_drift(losses) > 2e-3


def test_no_constant_normalises_the_percentage_error():
    """Whatever the weights of y, the sum falls to 0 for huge predictions, so it cannot stay 1.

    Dominated: beyond a prediction m, no term is ever more than e^s times what it is at m.
    """
    y = np.geomspace(0.1, 10, 200)
    loss = keras.losses.MeanAbsolutePercentageError(reduction=None)

    def sums(m, s, weights):
        each = np.asarray(loss(y[:, None], np.full((200, 1), m)))
        return float((weights * np.exp(-s * each / 100)).sum())

    rng = np.random.default_rng(0)
    for s in (0.1, 1.0, 5.0):
        for _ in range(5):
            weights = rng.dirichlet(np.ones(200))
            assert sums(1e6, s, weights) < 1e-3
        for m in (0.1, 1.0, 5.0):
            at, beyond = (np.asarray(loss(y[:, None], np.full((200, 1), v))) for v in (m, 3 * m))
            assert (np.exp(-s * beyond / 100) <= np.exp(s - s * at / 100) * (1 + 1e-6)).all()


def test_percentage_error_predicts_a_weighed_median_below_the_median():
    y = np.random.default_rng(2).lognormal(0.0, 1.0, 2001)
    loss = keras.losses.MeanAbsolutePercentageError(reduction=None)
    candidates = np.sort(y)
    cost = [float(np.mean(loss(y[:, None], np.full((2001, 1), c)))) for c in candidates[::5]]
    best = candidates[::5][int(np.argmin(cost))]
    expected = find.weighted_median(y, 1 / y)
    assert abs(best - expected) < 0.02
    assert expected < 0.6 * np.median(y)


@pytest.mark.parametrize("q", SHARES)
def test_cross_entropy_predicts_the_probability(q):
    found = find.best_raw(keras_binary("BinaryCrossentropy", from_logits=True), q)
    assert np.isclose(special.expit(found), q, atol=1e-3)


@pytest.mark.parametrize("q", SHARES)
def test_focal_loss_is_pulled_to_one_half_and_can_be_undone(q):
    gamma, h = 2.0, 1e-6
    p = special.expit(find.best_raw(BINARY["BinaryFocalCrossentropy"], q))
    assert min(q, 0.5) + 0.005 < p < max(q, 0.5) - 0.005

    def slope(p):
        phi = lambda v: -((1 - v) ** gamma) * np.log(v)  # noqa: E731
        return (phi(p + h) - phi(p - h)) / (2 * h)

    assert np.isclose(slope(1 - p) / (slope(p) + slope(1 - p)), q, atol=2e-3)


@pytest.mark.parametrize("q", SHARES)
def test_hinge_gives_the_sign_alone_and_squared_hinge_twice_q_less_one(q):
    assert np.isclose(find.best_raw(BINARY["Hinge"], q), np.sign(q - 0.5), atol=1e-2)
    assert np.isclose(find.best_raw(BINARY["SquaredHinge"], q), 2 * q - 1, atol=1e-3)


def best_probabilities(loss, q):
    """The class probabilities that minimise Σ_k q_k loss_k(p), where `loss(p)` gives `(K,)`."""
    result = optimize.minimize(
        lambda z: float(q @ loss(special.softmax(z))),
        np.log(q),
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 20_000, "maxfev": 20_000},
    )
    return special.softmax(result.x)


@pytest.mark.parametrize(
    ("q", "flatter"),
    [
        (np.array([0.5] + [0.5 / 9] * 9), True),
        (np.array([0.08] + [0.92 / 49] * 49), False),
        (np.array([0.05] + [0.95 / 999] * 999), False),
    ],
)
def test_categorical_focal_is_flatter_where_a_class_leads_and_sharper_among_many(q, flatter):
    """Two values, one leader against the rest, so the search is over one number."""
    focal = keras.losses.CategoricalFocalCrossentropy(gamma=2.0, reduction=None)
    size = len(q)

    def expected(top):
        p = np.full(size, (1 - top) / (size - 1))
        p[0] = top
        one, other = (float(focal(np.eye(size)[[k]], p[None])[0]) for k in (0, 1))
        return q[0] * one + (1 - q[0]) * other

    top = optimize.minimize_scalar(expected, bounds=(1e-3, 0.99), method="bounded").x
    assert (top < q[0] - 0.003) if flatter else (top > q[0] + 0.003)
    p = np.array([top, (1 - top) / (size - 1)])
    behind = p / ((1 - p) ** 2 - 2 * p * (1 - p) * np.log(p))
    np.testing.assert_allclose(behind[0] / behind[1], q[0] / q[1], rtol=0.02)


def test_squared_logarithmic_error_finds_a_geometric_mean_and_no_median():
    """Six zeros in ten: the median is 0, and the best constant is far above it."""
    rng = np.random.default_rng(0)
    y = np.where(rng.random(4001) < 0.6, 0.0, rng.gamma(2.0, 10.0, 4001))
    loss = keras.losses.MeanSquaredLogarithmicError()
    best = optimize.minimize_scalar(
        lambda m: float(loss(y[:, None], np.full((4001, 1), m))), bounds=(0, 50), method="bounded"
    ).x
    assert np.median(y) == 0
    assert np.isclose(best, np.exp(np.log1p(y).mean()) - 1, rtol=1e-2)
    assert best > 1.5


def test_the_shifted_log_normal_has_a_large_part_below_zero():
    """So it is no density of amounts: with median 0.5 and scale 0.7, 28 % of it is negative."""
    assert 0.27 < stats.lognorm.cdf(0, 0.7, loc=-1, scale=1.5) < 0.29


def test_tversky_in_keras_weighs_misses_by_alpha():
    loss = keras.losses.Tversky(alpha=0.7, beta=0.3, axis=(1,), reduction=None)
    missed = float(loss(np.array([[1.0, 1.0]]), np.array([[1.0, 0.0]]))[0])
    alarm = float(loss(np.array([[1.0, 0.0]]), np.array([[1.0, 1.0]]))[0])
    assert np.isclose(missed, 0.7 / 1.7, atol=1e-3)
    assert np.isclose(alarm, 0.3 / 1.3, atol=1e-3)
    assert "false positives" in keras.losses.Tversky.__doc__.split("alpha:")[1].split("beta:")[0]


def test_categorical_focal_is_flatter_and_generalised_is_sharper():
    q = np.array([0.6, 0.3, 0.1])
    focal = keras.losses.CategoricalFocalCrossentropy(reduction=None)
    general = keras.losses.CategoricalGeneralizedCrossEntropy(q=0.5, reduction=None)
    eye = np.eye(3)
    flat = best_probabilities(lambda p: np.asarray(focal(eye, np.tile(p, (3, 1)))), q)
    sharp = best_probabilities(lambda p: np.asarray(general(np.arange(3), np.tile(p, (3, 1)))), q)
    np.testing.assert_allclose(sharp, q**2 / (q**2).sum(), atol=2e-3)
    np.testing.assert_allclose(sharp**0.5 / (sharp**0.5).sum(), q, atol=2e-3)
    assert flat.max() < q.max() - 0.03
    assert flat.min() > q.min() + 0.03


@pytest.mark.parametrize(("q", "leads"), [([0.6, 0.25, 0.15], True), ([0.45, 0.35, 0.2], False)])
def test_categorical_hinge_needs_a_majority(q, leads):
    grid = np.array(list(product(np.linspace(-2, 2, 17), repeat=3)))
    cost = class_losses("CategoricalHinge", grid) @ np.array(q)
    ahead = np.sort(grid, axis=1)
    lead = ahead[:, 2] - ahead[:, 1]
    best = cost < cost.min() + 1e-6
    if leads:
        assert (lead[best] >= 1 - 1e-9).all()
        assert (grid[best].argmax(axis=1) == 0).all()
    else:
        assert (lead[best] < 1e-9).any(), "equal scores are as good as any"


def test_dice_and_tversky_predict_zeros_and_ones():
    q = np.array([0.1, 0.2, 0.35, 0.45, 0.6, 0.8, 0.9, 0.15])
    for alpha, beta in ((0.5, 0.5), (0.7, 0.3), (0.3, 0.7)):
        p = find.best_mask(q, alpha, beta)
        assert ((p < 0.01) | (p > 0.99)).all()
        assert q[p > 0.5].min() > q[p < 0.5].max(), "a threshold"
    caught = [int((find.best_mask(q, a, 1 - a) > 0.5).sum()) for a in (0.3, 0.5, 0.7)]
    assert caught == sorted(caught)
    assert caught[0] < caught[2]


def test_best_mask_weighs_masks_by_keras_own_loss():
    q = np.array([0.2, 0.5, 0.9])
    truths = np.array(list(product([0.0, 1.0], repeat=3)))
    weights = np.prod(np.where(truths == 1, q, 1 - q), axis=1)
    loss = keras.losses.Tversky(alpha=0.7, beta=0.3, axis=(1,), reduction=None)
    corners = truths.clip(6e-6, 1 - 6e-6)
    cost = [weights @ np.asarray(loss(truths, np.tile(p, (8, 1)))) for p in corners]
    found = find.best_mask(q, 0.7, 0.3)
    np.testing.assert_array_equal(found.round(), truths[int(np.argmin(cost))])


def test_dice_of_one_pixel_depends_on_the_others():
    loss = keras.losses.Dice(axis=(1,), reduction=None)
    y = np.array([[1.0, 1.0], [1.0, 0.0]])

    def gain(row):
        low, high = np.array([[0.2, 0.7]]), np.array([[0.9, 0.7]])
        return float(loss(row[None], low)[0] - loss(row[None], high)[0])

    assert abs(gain(y[0]) - gain(y[1])) > 0.05


def test_circle_is_no_likelihood_of_which_is_the_positive():
    """One anchor, one positive, one negative: the two ways to name them do not sum to one."""

    def chance(first, second):
        """σ(-u) = exp(-loss) of the anchor for distances to the positive and the negative."""
        arrows = np.array([[1.0, 0.0]] + [[np.cos(a), np.sin(a)] for a in (first, second)])
        losses = keras.losses.Circle(gamma=4.0, margin=0.25, reduction=None)(
            np.array([0, 0, 1]), arrows.astype("float32")
        )
        return float(np.exp(-ops.convert_to_numpy(losses)[0]))

    sums = [chance(a, b) + chance(b, a) for a, b in ((0.3, 1.2), (1.0, 1.1), (0.1, 2.5))]
    assert max(sums) - min(sums) > 0.1


def test_circle_of_a_sample_depends_on_the_batch():
    rng = np.random.default_rng(0)
    arrows = rng.normal(size=(6, 3)).astype("float32")
    arrows /= np.linalg.norm(arrows, axis=1, keepdims=True)
    labels = np.array([0, 0, 1, 1, 2, 2])
    loss = keras.losses.Circle(reduction=None)
    whole, part = loss(labels, arrows)[0], loss(labels[:4], arrows[:4])[0]
    assert abs(float(whole) - float(part)) > 1e-3

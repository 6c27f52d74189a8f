"""Reference solutions of the article's chapters and of the chapter on logits, against libraries."""

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from lossbook import check_pairing, keras, tf
from lossbook.heads import HEADS
from scipy import optimize, special, stats
from solved import solutions


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_start_against_the_supports_of_the_heads(rng):
    answer = solutions("01_start")
    supports = ["gaussian", "gamma", "poisson", "bernoulli"]
    columns = [rng.normal(size=9), rng.gamma(2, size=9), rng.poisson(2, 9), rng.integers(0, 2, 9)]
    for column in columns:
        found = answer["can_be"](column)
        expected = [HEADS[name].support.contains(column.astype(float)).all() for name in supports]
        assert list(found[:4]) == expected
        assert found[4] == ((column >= 0) & (column <= 1)).all()


LOSSES = {
    "squared error": "mean_squared_error",
    "binary cross entropy": "binary_crossentropy",
    "categorical cross entropy": "categorical_crossentropy",
}


def test_start_endings_are_those_that_check_pairing_accepts(rng):
    ending = solutions("01_start")["ending"]
    for y in (rng.normal(size=6), np.array([0, 1, 0]), np.arange(4), np.eye(3), np.tri(3)):
        found = ending(y)
        model = keras.Sequential(
            [keras.Input((2,)), keras.layers.Dense(found["units"], found["activation"])]
        )
        loss = LOSSES[found["loss"]]
        if found["activation"] == "softmax" and y.ndim == 1:
            loss = f"sparse_{loss}"
        model.compile("adam", loss)
        report = check_pairing(model, y)
        assert report.ok, report


def test_heads_against_scipy_statsmodels_and_automatic_differentiation(rng):
    answer = solutions("03_heads")
    y, z = rng.poisson(3, 30), rng.normal(1, 1, 30)
    nll, slope = answer["poisson"](y, z)
    np.testing.assert_allclose(nll, -stats.poisson.logpmf(y, np.exp(z)))
    head = HEADS["poisson"](links={"rate": "exponential"})
    raw = tf.constant(z[:, None])
    with tf.GradientTape() as tape:
        tape.watch(raw)
        total = tf.reduce_sum(head.nll(y[:, None].astype(float), raw))
    np.testing.assert_allclose(slope, tape.gradient(total, raw)[:, 0], atol=1e-9)

    X = rng.uniform(-1, 1, (50, 2))
    y = rng.poisson(np.exp(X @ [0.7, -0.4] + 1))
    fitted = sm.GLM(y, np.column_stack([X, np.ones(50)]), family=sm.families.Poisson()).fit()
    np.testing.assert_allclose(answer["train"](X, y), fitted.params, atol=1e-6)
    # Nearly all counts zero: full steps of Newton's would overshoot.
    rare = np.zeros(50)
    rare[::9] = 1
    fitted = sm.GLM(rare, np.column_stack([X, np.ones(50)]), family=sm.families.Poisson()).fit()
    np.testing.assert_allclose(answer["train"](X, rare), fitted.params, atol=1e-4)


def test_median_against_numpy_and_a_linear_programme(rng):
    answer = solutions("05_median")
    for n in (1, 2, 5, 8):
        y = rng.normal(size=n)
        low, high = answer["best_constants"](y)
        assert (low + high) / 2 == pytest.approx(np.median(y))

        def cost(c, y=y):
            return np.abs(y - c).sum()

        assert cost(low) == pytest.approx(cost(high))
        assert min(cost(low - 1e-6), cost(high + 1e-6)) > cost(low) + 1e-7
    for n in (6, 11):
        x, y = rng.normal(size=n), rng.normal(size=n)
        equal = np.hstack([np.ones((n, 1)), x[:, None], np.eye(n), -np.eye(n)])
        free, slack = [(None, None)] * 2, [(0, None)] * (2 * n)
        price = np.r_[0, 0, np.ones(2 * n)]
        best = optimize.linprog(price, A_eq=equal, b_eq=y, bounds=free + slack)
        np.testing.assert_allclose(answer["median_line"](x, y), best.x[:2], atol=1e-7)


def test_clip_against_automatic_differentiation_and_a_loop_of_keras(rng):
    answer = solutions("07_clip")
    y, z = rng.integers(0, 2, 12).astype(float), rng.normal(0.5, 2, 12)

    def losses(raw, truth):
        p = tf.sigmoid(raw)
        cross = tf.nn.sigmoid_cross_entropy_with_logits(labels=truth, logits=raw)
        clipped = tf.clip_by_value(raw, 0.0, 1.0)
        return [0.5 * (clipped - truth) ** 2, 0.5 * (p - truth) ** 2, cross]

    def slopes(raw, truth):
        raw, truth = tf.constant(raw), tf.constant(truth)
        found = []
        for way in range(3):
            with tf.GradientTape() as tape:
                tape.watch(raw)
                total = tf.reduce_sum(losses(raw, truth)[way])
            found.append(tape.gradient(total, raw).numpy())
        return np.array(found)

    np.testing.assert_allclose(answer["gradients"](y, z), slopes(z, y), atol=1e-12)
    for start in (-5.0, 0.3, 2.0):
        z = np.full(3, start)
        for _ in range(15):
            z = z - 0.4 * np.diag(slopes(z, np.ones(3)))
        np.testing.assert_allclose(answer["train"](start, 0.4, 15), z, atol=1e-12)


def test_ten_classes_against_scipy(rng):
    answer = solutions("08_ten_classes")
    counts = np.array([3, 0, 9, 5])
    uniform, best = answer["baselines"](counts)
    assert uniform == pytest.approx(stats.entropy(np.ones(4)))
    assert best == pytest.approx(stats.entropy(counts))

    n, d, k = 25, 2, 3
    X, y = rng.normal(size=(n, d)), rng.integers(0, k, n)

    def loss(v):
        z = X @ v[: d * k].reshape(d, k) + v[d * k :]
        nll = -special.log_softmax(z, axis=1)[np.arange(n), y].mean()
        return nll + 0.05 * np.sum(v[: d * k] ** 2)

    v = optimize.minimize(loss, np.zeros(d * k + k), tol=1e-10).x
    expected = special.softmax(X @ v[: d * k].reshape(d, k) + v[d * k :], axis=1)
    np.testing.assert_allclose(answer["train"](X, y, k), expected, atol=1e-4)


def test_several_objects_against_a_search_and_numpy(rng):
    answer = solutions("10_several_objects")
    for row in itertools.islice(itertools.product([0, 1], repeat=4), 16):
        truth = np.array(row)

        def cost(z, truth=truth):
            p = np.clip(special.softmax(z), 1e-12, 1 - 1e-12)
            return -(truth * np.log(p) + (1 - truth) * np.log1p(-p)).sum()

        starts = [np.zeros(4), 5.0 * truth, rng.normal(size=4)]
        lowest = min(optimize.minimize(cost, start).fun for start in starts)
        assert answer["least"](truth[None])[0] == pytest.approx(lowest, abs=2e-3)
    p = rng.uniform(0.1, 0.9, (50, 3))
    y = (rng.random((50, 3)) < p).astype(float)
    np.testing.assert_allclose(answer["dependence"](p, y), np.corrcoef((y - p).T))


def test_claims_against_automatic_differentiation_and_scipy(rng):
    answer = solutions("11_claims")
    z = tf.constant(rng.normal(0, 2, 5))
    with tf.GradientTape() as tape:
        tape.watch(z)
        p = tf.nn.softmax(z)
    np.testing.assert_allclose(answer["jacobian"](z.numpy()), tape.jacobian(p, z), atol=1e-12)

    a = rng.uniform(0.8, 0.9, 7)
    b = a + rng.normal(0.01, 0.01, 7)
    factor = stats.t.ppf(0.975, 6)
    mean, error, large = answer["compare"](a, b, factor)
    test = stats.ttest_rel(b, a)
    assert mean / error == pytest.approx(test.statistic)
    assert error == pytest.approx(stats.sem(b - a))
    assert large == (test.pvalue < 0.05)


def test_logits_against_keras_and_what_a_second_softmax_can_say(rng):
    answer = solutions("29_logits")
    y, Z = rng.integers(0, 4, 6), rng.normal(0, 3, (6, 4))
    raw = tf.constant(Z)
    with tf.GradientTape() as tape:
        tape.watch(raw)
        each = keras.losses.categorical_crossentropy(
            np.eye(4)[y], raw, from_logits=True, label_smoothing=0.15
        )
        total = tf.reduce_sum(each)
    loss, slope = answer["smoothed"](y, Z, 0.15)
    np.testing.assert_allclose(loss, each, rtol=1e-6)
    np.testing.assert_allclose(slope, tape.gradient(total, raw), atol=1e-6)

    diagnose = answer["diagnose"]
    for scale in (0.5, 3, 50):
        z = rng.normal(0, scale, (40, 6))
        once = special.softmax(z, axis=1)
        assert diagnose(z) == "raw"
        assert diagnose(special.softmax(once, axis=1)) == "twice"
        # Nothing but nearly equal raw outputs can look like twice.
        expected = "twice" if np.ptp(z, axis=1).max() <= 1 else "probabilities"
        assert diagnose(once) == expected


def test_pairing_against_keras_and_scipy(rng):
    answer = solutions("pairing")
    y, Z = rng.integers(0, 5, 6), rng.normal(0, 2, (6, 5))
    raw = tf.constant(Z)
    with tf.GradientTape() as tape:
        tape.watch(raw)
        once = 1.0 * tf.nn.softmax(raw)  # the factor hides the softmax from Keras
        each = keras.losses.sparse_categorical_crossentropy(y, once, from_logits=True)
        total = tf.reduce_sum(each)
    loss, slope = answer["double"](y, Z)
    np.testing.assert_allclose(loss, each, rtol=1e-6)
    np.testing.assert_allclose(slope, tape.gradient(total, raw), atol=1e-6)

    right = special.softmax(Z, axis=1)
    np.testing.assert_allclose(answer["repair"](special.expit(Z), "sigmoids"), right)
    again = special.softmax(right, axis=1)
    np.testing.assert_allclose(answer["repair"](again, "softmax again"), right, atol=1e-12)

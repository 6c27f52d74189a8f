"""Every head of the registry in three sizes and with every link: what holds for all of them."""

import re

import numpy as np
import pytest
from lossbook import heads, ops
from lossbook.heads import HEADS
from oracles import CASES
from sizes import LINKED, SIZED

ORACLE = {name.partition("-")[0]: case.log_density for name, case in CASES.items()}
OUTSIDE = {
    "real": [np.nan, np.inf],
    "positive": [0.0, -1.0, np.nan],
    "non-negative": [-1.0, np.nan, np.inf],
    "open unit interval": [0.0, 1.0, -0.2, 1.2],
    "binary": [-1.0, 2.0, np.nan],
    "count": [-1.0, 0.5, np.nan],
    "class": [-1, 50, 0.5],
    "angle": [4.0, 180.0, np.nan],
}
VECTORS = {
    "unit vector": lambda d: [np.full(d, 5.0), np.zeros(d)],
    "open simplex": lambda d: [np.eye(d)[0], np.full(d, 0.9)],
    "censored time": lambda d: [[0.0, 1.0], [-1.0, 0.0], [1.0, 2.0], [1.0, 0.5]],
}


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def numpy_parameters(head, raw):
    return {name: array(value) for name, value in head.parameters(raw).items()}


def drawn(head, n=40, spread=1.5, seed=0):
    rng = np.random.default_rng(seed)
    raw = rng.normal(scale=spread, size=(n, head.units))
    return raw, np.asarray(head.sample(numpy_parameters(head, raw), rng))


@pytest.fixture(params=SIZED.values(), ids=SIZED.keys())
def head(request):
    return request.param()


@pytest.fixture(params=LINKED.values(), ids=LINKED.keys())
def linked(request):
    return request.param()


def test_the_loss_is_the_log_density_at_the_parameters(head):
    raw, y = drawn(head)
    expected = -ORACLE[head.name](head, numpy_parameters(head, raw), y)
    np.testing.assert_allclose(array(head.nll(y, raw)), expected, rtol=1e-7, atol=1e-9)


def test_a_link_that_is_accepted_is_the_one_in_the_loss(linked):
    raw, y = drawn(linked, spread=0.7)
    expected = -ORACLE[linked.name](linked, numpy_parameters(linked, raw), y)
    np.testing.assert_allclose(array(linked.nll(y, raw)), expected, rtol=1e-7, atol=1e-9)
    step = 1e-6
    for unit in range(linked.units):
        moved = step * np.eye(linked.units)[unit]
        slope = (array(linked.nll(y, raw + moved)) - array(linked.nll(y, raw - moved))) / (2 * step)
        np.testing.assert_allclose(
            array(linked.gradient(y, raw))[:, unit], slope, rtol=1e-5, atol=1e-5
        )


FAR = np.array([-60.0, -20.0, 20.0, 60.0])


def test_with_each_link_float32_keeps_the_loss_far_out(linked):
    """Against float64, at each raw output alone and at outcomes on the border of the support."""
    raw = np.concatenate([np.outer(FAR, unit) for unit in np.eye(linked.units)])
    tried = 0
    for outcome in np.asarray(CASES[linked.name].border):
        y = np.repeat(outcome.reshape(1, -1), len(raw), axis=0)
        y = y.astype("float32") if y.dtype.kind == "f" else y
        if not linked.inside(y).all():
            continue
        tried += 1
        exact = array(linked.nll(y, raw))
        usual = np.abs(exact) < 1e12
        single = raw[usual].astype("float32")
        found = array(linked.nll(y[usual], single))
        np.testing.assert_allclose(found, exact[usual], rtol=1e-3, atol=1e-2)
        assert np.isfinite(array(linked.automatic_gradient(y[usual], single))).all()
    assert tried


def test_with_each_link_float32_keeps_the_loss_of_usual_outcomes_far_out(linked):
    """Neither on the border of the support nor near it, where other terms count."""
    raw, y = drawn(linked, n=3, spread=0.5)
    y = y.astype("float32") if y.dtype.kind == "f" else y
    y = y[np.asarray(linked.inside(y.reshape(len(y), linked.columns)))]
    raw = np.concatenate([np.outer(FAR, unit) for unit in np.eye(linked.units)])
    for outcome in y:
        repeated = np.repeat(np.reshape(outcome, (1, -1)), len(raw), axis=0)
        exact = array(linked.nll(repeated, raw))
        usual = np.abs(exact) < 1e12
        found = array(linked.nll(repeated[usual], raw[usual].astype("float32")))
        np.testing.assert_allclose(found, exact[usual], rtol=1e-3, atol=1e-2)


def test_links_that_take_another_name_are_tried():
    assert {
        "beta-mean-cloglog",
        "zero_inflated_poisson-absent-probit",
        "hurdle_poisson-any-cloglog",
        "gaussian_mixture-scales-exponential",
    } <= set(LINKED)


def values_of(head):
    """Outcomes outside of the support, as the head takes them, `(1, columns)`."""
    name = head.support.name
    if name in VECTORS:
        return [np.array([value], float) for value in VECTORS[name](head.columns)]
    y = drawn(head, n=1)[1].reshape(1, head.columns).astype(float)
    found = []
    for value in OUTSIDE[name]:
        wrong = y.copy()
        wrong[0, -1] = value
        found.append(wrong)
    return found


def test_outcomes_outside_the_support_are_an_error_or_nan(head):
    import tensorflow as tf

    raw = np.random.default_rng(1).normal(size=(2, head.units)).astype("float32")
    good = drawn(head, n=1)[1].reshape(1, head.columns).astype("float32")

    @tf.function(reduce_retracing=True)
    def both(y, raw):
        with tf.GradientTape() as tape:
            tape.watch(raw)
            each = head.nll(y, raw)
            total = tf.reduce_sum(tf.where(tf.math.is_nan(each), tf.zeros_like(each), each))
        return each, tape.gradient(total, raw), head.gradient(y, raw)

    for wrong in values_of(head):
        y = np.concatenate([good, wrong.astype("float32")])
        with pytest.raises(ValueError, match=rf"{type(head).__name__}: y must be .*1 of 2 are not"):
            head.nll(y, raw)
        each, slope, own = both(tf.constant(y), tf.constant(raw))
        assert np.isfinite(each[0]), wrong
        assert np.isnan(each[1]), wrong
        assert np.isfinite(slope).all(), wrong
        np.testing.assert_array_equal(np.isnan(own), [[False] * head.units, [True] * head.units])


BEYOND = {"binomial": lambda head: head.trials + 1.0, "bernoulli": lambda head: 1.5,
          "independent_bernoullis": lambda head: 1.5}  # fmt: skip
"""Head → a value just beyond the upper end of what it takes."""


def test_each_of_several_values_is_looked_at(head):
    """In whichever column one is outside."""
    if head.support.name in VECTORS:
        return  # all values together are inside or not: `test_constraints`
    good = drawn(head, n=3)[1].reshape(3, head.columns).astype(float)
    wrong = [w for w in OUTSIDE[head.support.name] if head.name not in BEYOND or w != 0.5]
    wrong += [BEYOND[head.name](head)] if head.name in BEYOND else []
    for column in range(head.columns):
        for value in wrong:
            y = good.copy()
            y[1, column] = value
            np.testing.assert_array_equal(head.inside(y), [True, False, True])
            of_tensors = head.inside(ops.convert_to_tensor(y), ops)
            np.testing.assert_array_equal(np.asarray(of_tensors), [True, False, True])


@pytest.mark.parametrize(
    ("name", "labels"),
    [("categorical", [1, 2, 3]), ("ordinal", [1, 2, 3]), ("binomial", [11.0])],
)
def test_labels_that_go_too_far(name, labels):
    head = HEADS[name]()
    with pytest.raises(
        ValueError, match=rf"from 0 to {head.size - 1 if name != 'binomial' else 10}"
    ):
        head.nll(np.array(labels), np.zeros((len(labels), head.units)))
    with pytest.raises(ValueError, match="must be a count from 0"):
        heads.Binomial().nll(np.array([[3.0, 2.0]]), np.zeros((1, 1)))


@pytest.mark.parametrize("around", [(6, 4), (3, 2, 4)], ids=str)
def test_sequences_and_pictures_are_their_samples(head, around):
    raw, y = drawn(head, n=24)
    want = np.array([array(head.nll(y[k : k + 1], raw[k : k + 1]))[0] for k in range(24)])
    shaped_raw, shaped_y = raw.reshape(*around, -1), y.reshape(*around, *y.shape[1:])
    found = array(head.nll(shaped_y, shaped_raw))
    assert found.shape == around
    np.testing.assert_allclose(found.ravel(), want, rtol=1e-9)
    slope = array(head.gradient(shaped_y, shaped_raw))
    np.testing.assert_allclose(slope.reshape(raw.shape), array(head.gradient(y, raw)), rtol=1e-9)
    if head.columns == 1:
        for other in (shaped_y.reshape(around), shaped_y.reshape(*around, 1)):
            np.testing.assert_allclose(array(head.nll(other, shaped_raw)), found)
        if head.units == 1:  # as Keras hands it on where it takes off a last axis of 1
            flat = shaped_y.reshape(around)
            np.testing.assert_allclose(array(head.nll(flat, shaped_raw[..., 0])), found)
            np.testing.assert_array_equal(
                array(head.gradient(flat, shaped_raw[..., 0])), slope[..., 0]
            )


def test_shapes_that_do_not_fit_are_one_clear_error(head):
    raw, y = drawn(head, n=4)
    for wrong in (y[:3], np.concatenate([y, y]), y.reshape(2, 2, *y.shape[1:])):
        with pytest.raises(ValueError, match=r"y has shape .* it must be \("):
            head.nll(wrong, raw)
    if head.columns > 1:
        with pytest.raises(ValueError, match="y has shape"):
            head.nll(y[:, :1], raw)
    tall = y.reshape(4, -1)
    for wrong in (np.repeat(tall, 3, axis=1), np.stack([tall, tall], axis=-1)):
        with pytest.raises(ValueError, match="y has shape"):
            head.nll(wrong, raw)
    if head.columns > 1:
        with pytest.raises(ValueError, match="y has shape"):
            head.nll(y[:, 0], raw)


def test_axes_of_length_one_at_the_end_of_y_change_nothing(head):
    raw, y = drawn(head, n=4)
    want = array(head.nll(y, raw))
    for ones in ((1,), (1, 1)):
        found = array(head.nll(y.reshape(4, head.columns, *ones), raw))
        np.testing.assert_array_equal(found, want)


def test_an_empty_batch_and_shapes_that_are_not_known_before(head):
    import tensorflow as tf

    raw, y = drawn(head, n=6)
    assert array(head.nll(y[:0], raw[:0])).shape == (0,)
    want = array(head.nll(y, raw))
    y = y.astype(float).reshape(6, -1)
    specs = [tf.TensorSpec([None, None], tf.float64), tf.TensorSpec([None, head.units], tf.float64)]
    run = tf.function(head.nll, input_signature=specs)
    np.testing.assert_allclose(array(run(y, raw)), want, rtol=1e-9)
    np.testing.assert_allclose(array(run(y[:2], raw[:2])), want[:2], rtol=1e-9)
    assert array(run(y[:0], raw[:0])).shape == (0,)
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(y[:1], raw)
    unknown = tf.function(head.nll, input_signature=[tf.TensorSpec(None, tf.float64), specs[1]])
    np.testing.assert_allclose(array(unknown(y, raw)), want, rtol=1e-9)


def test_sequences_of_a_length_that_is_not_known_before(head):
    import tensorflow as tf

    raw, y = drawn(head, n=6)
    want = array(head.nll(y, raw)).reshape(3, 2)
    y, raw = y.astype(float).reshape(3, 2, -1), raw.reshape(3, 2, -1)

    def run(y_shape, raw_shape, y, raw):
        specs = [tf.TensorSpec(y_shape, tf.float64), tf.TensorSpec(raw_shape, tf.float64)]
        return array(tf.function(head.nll, input_signature=specs)(y, raw))

    for y_shape in (None, [None, None, None]):
        found = run(y_shape, [None, None, head.units], y, raw)
        np.testing.assert_allclose(found, want, rtol=1e-9)
    if head.units == head.columns == 1:  # as Keras hands it on where it takes off a last axis of 1
        found = run([None, None], [None, 2], y[..., 0], raw[..., 0])
        np.testing.assert_allclose(found, want, rtol=1e-9)


@pytest.mark.parametrize("kind", ["float32", "float64", "float16", "int8", "int64", "bool"])
def test_labels_of_any_number_type(kind):
    for name, y in {"bernoulli": [0, 1, 1], "categorical": [0, 1, 1], "poisson": [0, 1, 1],
                    "gaussian": [0, 1, 1]}.items():  # fmt: skip
        head = HEADS[name]()
        raw = np.random.default_rng(0).normal(size=(3, head.units)).astype("float32")
        want = array(head.nll(np.array(y, "float32"), raw))
        np.testing.assert_array_equal(array(head.nll(np.array(y).astype(kind), raw)), want)


def test_draws_lie_in_the_support_in_float32_too():
    """Where a draw is close to a border, as with small shapes and concentrations."""
    n = 4000
    hard = {
        "beta": {"mean": 0.9, "concentration": 0.2},
        "gamma": {"mean": 1.0, "shape": 0.01},
        "weibull": {"scale": 1.0, "shape": 0.02},
        "log_normal": {"log_median": -120.0},
        "inverse_gaussian": {"mean": 1.0, "shape": 1e-6},
        "tweedie": {"mean": 1e-6},
        "dirichlet": {"concentrations": 0.01},
        "exponential": {"mean": 1e-6},
    }
    for name, values in hard.items():
        head = HEADS[name]()
        sizes = head.sizes()
        p = {key: np.full((n, sizes[key]), value) for key, value in values.items()}
        y = head.sample(p, np.random.default_rng(0))
        single = np.asarray(y, "float32")
        assert head.inside(single.reshape(n, head.columns)).all(), name
        raw = np.zeros((n, head.units), "float32")
        assert np.isfinite(array(head.nll(single, raw))).all(), name


def test_the_words_of_an_error_name_the_place():
    y = np.zeros((3, 2))
    y[1, 1] = -4
    with pytest.raises(ValueError, match=re.escape("1 of 6 are not; the first is -4.0 at (1, 1)")):
        heads.Poisson().nll(y, np.zeros((3, 2, 1)))

"""What each head's docstring says of y outside its support, and whether that is so."""

import re

import numpy as np
import pytest
from lossbook import keras, ops
from lossbook.heads import HEADS
from oracles import CASES
from sizes import SIZED

NAN, INF = float("nan"), float("inf")
REAL = ("that is NaN or infinite", [NAN, INF, -INF], [-1e6, 0.0, 0.5])
COUNT = ("that is negative, a fraction, NaN or infinite", [-1, 0.5, NAN, INF], [0, 1, 5000])
ABOVE = ("that is zero, negative, NaN or infinite", [0, -1, NAN, INF], [1e-6, 1e4])
NOT_BELOW = ("that is negative, NaN or infinite", [-1, NAN, INF], [0, 1e-6, 1e4])
SHARE = ("that is not strictly between 0 and 1", [0, -0.1, 1, 1.1, NAN], [1e-6, 0.999])
NUMBER = ("that is no whole number from 0 to K - 1", [-1, 0.5, 4, NAN, INF], [0, 3])
PARTS = "with a share that is not above zero, or whose shares do not sum to one within 2e-5,"
TIMES = "with a time that is zero, negative, NaN or infinite, or an event that is not 0 or 1,"

OUTSIDE = {
    "asymmetric_laplace": REAL,
    "bernoulli": ("below 0, above 1 or NaN", [-0.1, 1.1, NAN], [0, 0.4, 1]),
    "beta": SHARE,
    "binomial": (
        "that is negative, above the number of trials, a fraction or NaN",
        [-1, 8, 0.5, NAN, [5, 4], [-1, 4]],
        [0, 7, [4, 4], [0, 9]],
    ),
    "categorical": NUMBER,
    "dirichlet": (
        PARTS,
        [[0, 0.5, 0.5], [-0.1, 0.6, 0.5], [0.3, 0.3, 0.3], [NAN, 0.5, 0.5], [0.5, 0.25, 0.25003]],
        [[0.5, 0.25, 0.25001], [1e-6, 0.5, 0.5 - 1e-6]],
    ),
    "exponential": NOT_BELOW,
    "gamma": ABOVE,
    "gaussian": REAL,
    "gaussian_mixture": REAL,
    "gaussian_scale": REAL,
    "huber": REAL,
    "hurdle_poisson": COUNT,
    "hyperbolic_secant": REAL,
    "independent_bernoullis": (
        "with a value below 0, above 1 or NaN",
        [[0, 1, 1.1], [-0.1, 0, 0], [0, NAN, 1]],
        [[0, 1, 0.5]],
    ),
    "inverse_gaussian": ABOVE,
    "kumaraswamy": SHARE,
    "laplace": REAL,
    "log_normal": ABOVE,
    "logistic": REAL,
    "multivariate_gaussian": (
        "with a value that is NaN or infinite",
        [[0, NAN], [INF, 0]],
        [[-7, 1e4]],
    ),
    "negative_binomial": COUNT,
    "ordinal": NUMBER,
    "poisson": COUNT,
    "student_t": REAL,
    "tweedie": NOT_BELOW,
    "von_mises": (
        "that is NaN or not above -π and at most π",
        [NAN, 3.2, -3.2, 90, INF],
        [3.1415926, 0, -3.14],
    ),
    "von_mises_fisher": (
        "whose length is not one within 2e-5",
        [[0.6, 0, 0.9], [0, 0, 0], [NAN, 0, 1], [0.6, 0, 0.80005]],
        [[0.6, 0, 0.8], [0.6, 0, 0.80001]],
    ),
    "weibull": (
        TIMES,
        [[0, 1], [-1, 0], [NAN, 1], [INF, 0], [1, 2], [1, 0.5], [1, NAN]],
        [[1e-6, 0], [1e4, 1]],
    ),
    "zero_inflated_poisson": COUNT,
}
"""Head → what its docstring says of y outside the support, such outcomes, and outcomes inside."""
SENTENCE = (
    "A y {} raises ValueError where its values can be read; in a graph, under jit or compile, its "
    "loss is NaN."
)
NAMES = list(HEADS)


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def each(name):
    """The head, and outcomes outside and inside of its support, as arrays of one row."""
    head = CASES[name].head()
    _, outside, inside = OUTSIDE[name]
    return head, *(
        [np.reshape(y, (1, -1)).astype("float32") for y in ys] for ys in (outside, inside)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_docstring_says_what_the_loss_of_such_a_y_is(name):
    text = re.sub(r"\s+", " ", HEADS[name].__doc__ or "")
    assert SENTENCE.format(OUTSIDE[name][0]) in text


@pytest.mark.parametrize("name", NAMES)
def test_it_raises_where_the_values_can_be_read(name):
    head, outside, inside = each(name)
    raw = np.zeros((1, head.units), "float32")
    for y in outside:
        for given in (y, ops.convert_to_tensor(y), y.tolist()):
            with pytest.raises(
                ValueError, match=rf"^{type(head).__name__}: y must be .* 1 of 1 are"
            ):
                pytest.fail(f"{y}: {head.nll(given, raw)}")
        with pytest.raises(ValueError, match="1 of 1 are not"):
            head.gradient(y, raw)
        with pytest.raises(ValueError, match="1 of 1 are not"):
            head.objective(y, raw)
    for y in inside:
        assert np.isfinite(array(head.nll(y, raw))).all(), y


@pytest.mark.parametrize("name", NAMES)
def test_in_a_graph_its_loss_is_nan_and_that_of_the_others_is_what_it_was(name):
    import tensorflow as tf

    head, outside, inside = each(name)
    for y in outside:
        right = next(good for good in inside if good.shape == y.shape)
        raw = np.linspace(-0.5, 0.5, 3 * head.units, dtype="float32").reshape(3, -1)
        mixed = tf.constant(np.concatenate([right, y, right]))
        for function in (head.nll, head.objective):
            found = array(tf.function(function, autograph=False)(mixed, tf.constant(raw)))
            assert np.isnan(found).tolist() == [False, True, False], y
            want = array(function(np.concatenate([right, right]), raw[[0, 2]]))
            np.testing.assert_allclose(found[[0, 2]], want, rtol=1e-5)
        slope = array(tf.function(head.gradient, autograph=False)(mixed, tf.constant(raw)))
        assert np.isnan(slope).all(axis=-1).tolist() == [False, True, False], y
        assert np.isfinite(slope[[0, 2]]).all(), y


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_with_such_a_y_has_a_loss_of_nan_in_training(name):
    head, outside, inside = each(name)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(head.units)])
    model.compile(keras.optimizers.SGD(0.0), loss=head.loss)
    y = np.concatenate([inside[0], outside[0]])
    assert np.isnan(model.test_on_batch(np.ones((2, 2), "float32"), y))


BEYOND = {
    "real": NAN, "positive": -1.0, "non-negative": -1.0, "unit interval": 1.5, "binary": 1.5,
    "open unit interval": 1.0, "count": 0.5, "censored time": -1.0, "angle": 4.0,
    "unit vector": 2.0, "open simplex": 0.0,
}  # fmt: skip


@pytest.mark.parametrize("name", [n for n in SIZED if SIZED[n]().columns > 1])
def test_one_value_outside_is_enough_in_whichever_column(name):
    head = SIZED[name]()
    raw = np.random.default_rng(0).normal(size=(3, head.units))
    y = np.asarray(head.sample(head.parameters(raw), np.random.default_rng(1)), float)
    assert head.inside(y).tolist() == [True] * 3
    more = [head.trials + 1] if head.name == "binomial" else []
    for value in [BEYOND[head.support.name], *more]:
        for column in range(head.columns):
            wrong = y.copy()
            wrong[1, column] = value
            assert head.inside(wrong).tolist() == [True, False, True], (column, value)
            with pytest.raises(ValueError, match="but 1 of 3 are not"):
                head.nll(wrong, raw)

"""Draws and predictions of every head: by the generator alone, one for each row, whatever around.

How the draws are distributed, `test_samplers.py` looks at.
"""

import warnings

import numpy as np
import pytest
from lossbook import constraints, heads, ops
from lossbook.heads import HEADS
from oracles import CASES
from scipy import stats
from sizes import LINKED
from test_samplers import CDFS, COUNTS

NAMES = list(HEADS)
AROUND = (4, 5)
RNG = np.random.default_rng


def parameters(head, rows, seed=0):
    """Parameters that differ from row to row, as NumPy."""
    raw = np.random.default_rng(seed).normal(size=(rows, head.units))
    return {key: np.array(ops.convert_to_numpy(v)) for key, v in head.parameters(raw).items()}


@pytest.mark.parametrize("name", NAMES)
def test_draws_come_from_the_generator_alone_and_leave_the_parameters_as_they_are(name):
    head = CASES[name].head()
    given = parameters(head, 60)
    kept = {key: value.copy() for key, value in given.items()}
    rng = np.random.default_rng(7)
    first, following = head.sample(given, rng), head.sample(given, rng)
    np.testing.assert_array_equal(first, head.sample(given, np.random.default_rng(7)))
    assert not np.array_equal(first, following)
    assert not np.array_equal(first, head.sample(given, np.random.default_rng(8)))
    for key, value in kept.items():
        np.testing.assert_array_equal(given[key], value)


@pytest.mark.parametrize("name", NAMES)
def test_draws_and_predictions_of_sequences_are_those_of_their_steps(name):
    """From tensors as well as from NumPy arrays; in the shape in which the loss takes them."""
    head = CASES[name].head()
    given = parameters(head, 20)
    flat = head.sample(given, np.random.default_rng(3))
    steps = {key: value.reshape(*AROUND, -1) for key, value in given.items()}
    tensors = {key: ops.convert_to_tensor(value) for key, value in steps.items()}
    for form in (steps, tensors):
        y = head.sample(form, np.random.default_rng(3))
        assert type(y) is np.ndarray
        assert y.shape == (*AROUND, *flat.shape[1:])
        np.testing.assert_allclose(y.reshape(flat.shape), flat, rtol=1e-12)
        predicted, each = head.predict(form), head.predict(given)
        assert type(predicted) is np.ndarray
        np.testing.assert_allclose(predicted, each.reshape(*AROUND, -1), rtol=1e-9)
    assert np.shape(head.nll(y, np.zeros((*AROUND, head.units)))) == AROUND


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_draws_are_float64_and_class_numbers_whole_numbers(name, dtype):
    """Whatever float type the parameters have: counts, zeros and ones are floats too."""
    head = CASES[name].head()
    y = head.sample({k: v.astype(dtype) for k, v in parameters(head, 6).items()}, RNG(0))
    assert y.dtype.kind == "i" if head.support.name == "class" else y.dtype == np.float64


class Largest:
    """A generator whose uniform draws are the largest number below 1."""

    def random(self, size):
        return np.full(size, np.nextafter(1.0, 0.0))

    def normal(self, mean, scale):
        return mean


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("lost", [0.0, 1e-7, 1e-5])
def test_what_rounding_takes_from_the_sum_of_the_shares_belongs_to_the_last(size, lost):
    shares = (1 - lost) * np.random.default_rng(0).dirichlet(np.ones(size), 5)
    classes = heads.Categorical(size).sample({"probabilities": shares}, Largest())
    np.testing.assert_array_equal(classes, size - 1)
    means = np.random.default_rng(1).normal(size=(5, size))
    p = {"weights": shares, "means": means, "scales": np.ones((5, size))}
    y = heads.GaussianMixture(size).sample(p, Largest())
    np.testing.assert_array_equal(y, means[:, -1:])


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_that_is_missing_is_named(name):
    head = CASES[name].head()
    given = parameters(head, 3)
    for parameter in given:
        others = {key: value for key, value in given.items() if key != parameter}
        said = rf"^{type(head).__name__}: the parameter {parameter} is missing; give all that"
        with pytest.raises(ValueError, match=said):
            head.sample(others, np.random.default_rng(0))
        with pytest.raises(ValueError, match=said):
            head.predict(others)


@pytest.mark.parametrize("name", ["poisson", "gaussian_mixture", "weibull", "ordinal"])
def test_inside_a_graph_draws_and_predictions_say_that_values_cannot_be_read(name):
    import tensorflow as tf

    head = CASES[name].head()
    raw = np.zeros((2, head.units))
    for call in (lambda p: head.sample(p, np.random.default_rng(0)), head.predict):
        traced = tf.function(lambda z, call=call: call(head.parameters(z)), autograph=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of TensorFlow, under NumPy 2
            with pytest.raises(ValueError, match=r"cannot be read inside a graph .* outside of it"):
                traced(tf.constant(raw))


def test_draws_and_the_best_constant_of_a_t_without_end_are_the_gaussians():
    head, rng = heads.StudentT(2, df=np.inf), np.random.default_rng(0)
    p = {"location": rng.normal(size=(4000, 2)), "scale": rng.uniform(0.2, 5, (4000, 2))}
    scores = (head.sample(p, rng) - p["location"]) / p["scale"]
    for column in scores.T:
        assert stats.kstest(column, "norm").pvalue > 1e-3
    lopsided = rng.exponential(size=(50, 2))
    np.testing.assert_allclose(head.best_constant(lopsided), lopsided.mean(axis=0))


def test_of_several_shares_the_kumaraswamys_shapes_stand_all_a_first():
    """In `best_constant` as in `predict`, which has them in the order of the parameters."""
    head = heads.Kumaraswamy(3)
    p = {"a": np.array([[2.0, 0.7, 5.0]]), "b": np.array([[3.0, 1.2, 0.9]])}
    shapes = np.concatenate([p["a"], p["b"]], axis=-1)
    np.testing.assert_array_equal(head.predict(p), shapes)
    y = head.sample({k: np.repeat(v, 500, axis=0) for k, v in p.items()}, np.random.default_rng(0))
    single = [heads.Kumaraswamy().best_constant(y[:, k : k + 1]) for k in range(3)]
    np.testing.assert_allclose(head.best_constant(y), np.ravel(np.transpose(single)), rtol=1e-9)
    np.testing.assert_allclose(head.best_constant(y), shapes[0], rtol=0.25)


APART = {"tweedie", "kumaraswamy", "dirichlet", "multivariate_gaussian", "von_mises_fisher"}
"""Their distribution functions in `test_samplers.py` are for usual parameters, or are none."""
FACTORS = {("weibull", "shape"): 20.0}


def assert_draws_follow(name, head, p, rng):
    """A draw's own probability is uniform; of a count it lies anywhere in the count's step."""
    y = np.asarray(head.sample(p, rng), float)
    y = y if y.ndim > 1 else y[:, None]
    upto = CDFS[name](head, p, y)
    if name in COUNTS:
        before = CDFS[name](head, p, y - 1)
        upto = before + rng.random(upto.shape) * (upto - before)
    for column in upto.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-4


@pytest.mark.parametrize("name", [n for n in NAMES if n not in APART])
def test_draws_at_large_parameters_follow_them(name):
    """All the positive parameters a thousand times as large, and locations far from zero."""
    head, n = CASES[name].head(), 3000
    p = parameters(head, n)
    for declared in head.declared:
        if declared.constraint is constraints.POSITIVE:
            p[declared.name] *= FACTORS.get((name, declared.name), 1e3)
        if declared.constraint is constraints.REAL:
            p[declared.name] += 50.0 if name == "log_normal" else 1e4
    rng = np.random.default_rng(5)
    assert_draws_follow(name, head, p, rng)


PAIRS = [
    (name, declared.name)
    for name in NAMES
    if name not in APART | {"beta"}  # whose draws close to 1 are rounded as float32 has them
    for declared in HEADS[name].declared
    if declared.constraint is constraints.POSITIVE
]
BOUND = {"shape": 0.3}
"""Below a third of their usual values many draws would be smaller than any number of float32."""


@pytest.mark.parametrize(("name", "small"), PAIRS)
def test_draws_at_one_small_parameter_beside_large_ones_follow_them(name, small):
    """A hundredth of its usual value, while the other positive ones are a hundred times theirs."""
    head, n = CASES[name].head(), 20_000
    p = parameters(head, n)
    for declared in head.declared:
        if declared.constraint is constraints.POSITIVE and declared.name != small:
            p[declared.name] *= FACTORS.get((name, declared.name), 100.0)
    p[small] *= BOUND.get(small, 0.01)
    rng = np.random.default_rng(6)
    assert_draws_follow(name, head, p, rng)


@pytest.mark.parametrize("name", ["gaussian_scale", "student_t", "gamma", "inverse_gaussian"])
def test_a_parameter_that_is_the_same_for_all_sequences_is_given_once(name):
    """One value a step, `(T, size)`, beside one for each sequence and step, `(n, T, size)`."""
    head = CASES[name].head()
    given = {key: v.reshape(*AROUND, -1) for key, v in parameters(head, 20).items()}
    last = head.declared[-1].name
    once = given | {last: given[last][0]}
    repeated = given | {last: np.broadcast_to(given[last][0], given[last].shape)}
    found = head.sample(once, RNG(3))
    np.testing.assert_array_equal(found, head.sample(repeated, RNG(3)))
    assert found.shape == (*AROUND, 1)


def far_out(name, dtype, n=300):
    """Raw outputs that a network reaches, in all combinations: ±60, and those where values round.

    Counts to 10¹³, since beyond 10¹⁹ NumPy draws none.
    """
    head = LINKED[name]()
    largest = 30.0 if head.name in COUNTS and name.endswith("exponential") else 60.0
    choices = np.array([-60.0, -36.0, -20.0, -17.0, 1.5, 17.0, 20.0, 30.0, largest])
    return head, np.random.default_rng(0).choice(choices, (n, head.units)).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", LINKED)
def test_draws_from_raw_outputs_far_out_are_outcomes_too(name, dtype):
    """Where a probability has rounded to 0 or 1, a rate is all but 0, or shares vanish."""
    head, raw = far_out(name, dtype)
    y = head.sample(head.parameters(raw), np.random.default_rng(1))
    columns = np.asarray(y, "float32").reshape(len(raw), head.columns)
    inside = np.asarray(head.inside(columns))
    assert inside.all(), (raw[~inside][:3], columns[~inside][:3])


@pytest.mark.parametrize("rate", [1e-30, 1e-9, 1e-3, 2.0, 1e5, 1e7, 1e14])
def test_a_hurdles_counts_follow_a_poisson_without_its_zero_whatever_the_rate(rate):
    head, n = heads.HurdlePoisson(), 4000
    p = {"any": np.full((n, 1), 0.7), "rate": np.full((n, 1), rate)}
    y = head.sample(p, RNG(2))
    assert stats.binomtest(int((y > 0).sum()), n, 0.7).pvalue > 1e-4
    if rate <= 1e-9:
        assert y.max() == 1
        return
    mean = rate / -np.expm1(-rate)
    variance = mean * (1 + rate - mean)
    above = y[y > 0]
    assert abs(above.mean() - mean) < 4 * np.sqrt(variance / len(above))
    if rate > 1:
        assert 0.85 < above.var() / variance < 1.15

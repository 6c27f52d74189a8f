"""Every head of the registry against scipy, Keras, finite differences and its own claims."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lossbook import ops
from lossbook.heads import HEADS, Head
from oracles import CASES, Case
from scipy.optimize import minimize

SAMPLES = 200
EXTREMES = (-1e4, -50.0, 0.0, 50.0, 1e4)


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request) -> Case:
    return request.param


def array(tensor) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(tensor), dtype=float)


def numpy_parameters(head: Head, raw: np.ndarray) -> dict[str, np.ndarray]:
    return {name: array(value) for name, value in head.parameters(raw).items()}


def drawn(head: Head, seed: int = 0, spread: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    """Raw outputs and outcomes that come from them."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(scale=spread, size=(SAMPLES, head.units))
    return raw, head.sample(numpy_parameters(head, raw), rng)


def test_log_density_is_scipys(case):
    head = case.head()
    raw, y = drawn(head)
    expected = -case.log_density(head, numpy_parameters(head, raw), y)
    np.testing.assert_allclose(array(head.nll(y, raw)), expected, rtol=1e-6)


def test_outcomes_lie_in_the_support_and_parameters_in_their_constraints(case):
    head = case.head()
    raw, y = drawn(head)
    assert head.support.contains(y).all()
    for declared in head.declared:
        values = numpy_parameters(head, raw)[declared.name]
        assert declared.constraint.contains(values).all(), declared.name


def test_gradient_is_the_central_difference(case):
    head = case.head()
    raw, y = drawn(head)
    step = 1e-6
    numeric = np.empty_like(raw)
    for unit in range(head.units):
        shift = np.zeros(head.units)
        shift[unit] = step
        above, below = array(head.nll(y, raw + shift)), array(head.nll(y, raw - shift))
        numeric[:, unit] = (above - below) / (2 * step)
    np.testing.assert_allclose(array(head.gradient(y, raw)), numeric, rtol=1e-5, atol=1e-6)


def test_gradient_formula_is_automatic_differentiation(case):
    head = case.head()
    raw, y = drawn(head)
    automatic = head.automatic_gradient(y, raw)
    np.testing.assert_allclose(
        array(head.gradient(y, raw)), array(automatic), rtol=1e-9, atol=1e-12
    )


def test_loss_is_keras_own_up_to_the_constants_named(case):
    head = case.head()
    relation = head.keras_relation()
    assert (relation is not None) == bool(head.keras_loss)
    if relation is None:
        pytest.skip("Keras has no such loss")
    raw, y = (part.astype("float32") for part in drawn(head))
    prediction = raw if relation.prediction == "raw" else head.parameters(raw)[relation.prediction]
    keras = relation.scale * array(relation.loss(column_like(y, prediction), prediction))
    offset = relation.offset(y) if callable(relation.offset) else relation.offset
    np.testing.assert_allclose(array(head.nll(y, raw)), keras + offset, rtol=2e-5, atol=2e-5)
    kept_all = relation.scale == 1 and relation.offset == 0
    assert kept_all == (not head.dropped), "the docstring must name exactly what Keras drops"


def column_like(y: np.ndarray, prediction) -> np.ndarray:
    return y if np.ndim(y) == 1 else np.reshape(y, np.shape(prediction))


@pytest.mark.parametrize("value", EXTREMES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_finite_at_the_extremes_and_on_the_border(case, value, dtype):
    head = case.head()
    for y in case.border:
        for unit in range(head.units):
            raw = np.zeros((1, head.units), dtype)
            raw[0, unit] = min(value, case.largest)
            outcome = np.asarray([y], dtype)
            assert np.isfinite(array(head.nll(outcome, raw))).all()
            assert np.isfinite(array(head.gradient(outcome, raw))).all()
            assert np.isfinite(array(head.automatic_gradient(outcome, raw))).all()


LARGEST = 1e12
"""Beyond, two heads go on more slowly in float32, and say so: their gradients would overflow."""


def test_two_raw_outputs_extreme_at_once_in_float32(case):
    """Value and gradient are those of float64, in all combinations."""
    head = case.head()
    pairs = list(combinations(range(head.units), 2)) or [(0, 0)]
    rows = []
    for (one, other), values in product(pairs, product((-1e4, -30.0, 30.0, 1e4), repeat=2)):
        raw = np.zeros(head.units)
        raw[[one, other]] = np.minimum(values, case.largest)
        rows.append(raw)
    raw = np.array(rows)
    for outcome in case.border:
        y = np.repeat(np.asarray([outcome]), len(raw), axis=0)
        y = y.astype("float32") if y.dtype.kind == "f" else y
        found, exact = array(head.nll(y, raw.astype("float32"))), array(head.nll(y, raw))
        usual = np.abs(exact) < LARGEST
        np.testing.assert_allclose(found[usual], exact[usual], rtol=1e-3, atol=1e-2)
        assert (found[~usual] >= 0.9 * LARGEST).all()
        slopes = array(head.automatic_gradient(y, raw.astype("float32")))
        exact_slopes = array(head.automatic_gradient(y, raw))
        assert np.isfinite(slopes).all()
        largest = np.abs(exact_slopes).max(axis=1, keepdims=True)
        off = np.abs(slopes - exact_slopes) > 1e-2 * largest + 1e-2
        assert not off[usual].any()


def mean_nll(head: Head, y: np.ndarray, raw: np.ndarray) -> float:
    return float(array(head.nll(y, np.tile(raw, (len(y), 1)))).mean())


def start(head: Head, case: Case) -> np.ndarray:
    """Raw outputs somewhat off those of the known parameters: mixtures have several minima."""
    known = [head.links[name].inverse(np.array(v, float)) for name, v in case.recover.items()]
    return np.concatenate(known) + 0.2


def best_raw(head: Head, y: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The constant raw output of least mean loss, found by a minimiser that knows no formula."""
    simplex = {"xatol": 1e-9, "fatol": 1e-13, "maxiter": 20_000, "maxfev": 20_000}
    found = first
    for _ in range(3):  # restarted, since a simplex can collapse
        found = minimize(
            lambda raw: mean_nll(head, y, raw),
            found,
            method="Nelder-Mead",
            options=simplex | {"adaptive": True},
        ).x
    return found


def test_best_constant_is_the_functional_claimed(case):
    head = case.head()
    truth = {name: np.tile(value, (301, 1)) for name, value in case.recover.items()}
    y = head.sample(truth, np.random.default_rng(1))
    found = head.predict(numpy_parameters(head, best_raw(head, y, start(head, case))[None]))[0]
    np.testing.assert_allclose(found, np.ravel(head.best_constant(y)), rtol=2e-4, atol=2e-4)


def test_sampling_from_known_parameters_and_recovering_them(case):
    head = case.head()
    n = 4_000
    truth = {name: np.tile(value, (n, 1)).astype(float) for name, value in case.recover.items()}
    y = head.sample(truth, np.random.default_rng(2))
    found = numpy_parameters(head, best_raw(head, y, start(head, case))[None])
    for name, value in case.recover.items():
        # Far more than the standard error of any of them, far less than a factor of 2.
        np.testing.assert_allclose(found[name][0], value, rtol=0.15, atol=0.15)


def test_samples_follow_the_density(case):
    """The mean of q(y) / p(y) over draws from p is 1 for any density q, and fails for other draws.

    For q the same head with its raw outputs moved; one direction after the other, both ways.
    """
    head = case.head()
    n = 20_000
    truth = {name: np.tile(value, (n, 1)).astype(float) for name, value in case.recover.items()}
    y = head.sample(truth, np.random.default_rng(3))
    known = [head.links[name].inverse(np.array(v, float)) for name, v in case.recover.items()]
    raw = np.concatenate(known)
    here = array(head.nll(y, np.tile(raw, (n, 1))))
    for unit in range(head.units):
        for step in (-0.3, 0.3):
            moved = raw.copy()
            moved[unit] += step
            ratio = np.exp(here - array(head.nll(y, np.tile(moved, (n, 1)))))
            assert abs(ratio.mean() - 1) < 4.5 * ratio.std() / np.sqrt(n) + 1e-9, (unit, step)


@pytest.mark.parametrize("z", [-300.0, -80.0, -25.0, -12.0])
def test_the_rate_of_a_count_has_a_slope_far_below_zero(z):
    """A count that was seen pulls a rate that is too small up, however small it is."""
    for name, unit in (("poisson", 0), ("negative_binomial", 0), ("zero_inflated_poisson", 0),
                       ("hurdle_poisson", 1)):  # fmt: skip
        head = HEADS[name]()
        raw = np.zeros((1, head.units), "float32")
        raw[0, unit] = z
        slope = array(head.gradient(np.array([[4.0]]), raw))[0, unit]
        most = -3.0 if name == "hurdle_poisson" else -4.0
        assert np.isclose(slope, most, rtol=0.01), name


def test_labels_as_a_column_or_flat_give_the_same_loss(case):
    head = case.head()
    raw, y = drawn(head)
    if np.ndim(y) > 1 and y.shape[-1] > 1:
        pytest.skip("several values a sample have one shape only")
    flat, tall = np.ravel(y), np.ravel(y)[:, None]
    np.testing.assert_array_equal(array(head.nll(flat, raw)), array(head.nll(tall, raw)))


def test_wrong_number_of_raw_outputs_is_one_clear_error(case):
    head = case.head()
    raw, y = drawn(head)
    with pytest.raises(ValueError, match=f"give the last Dense layer {head.units} units"):
        head.nll(y, np.concatenate([raw, raw], axis=1))


@settings(max_examples=25, deadline=None)
@given(
    shift=st.floats(-30, 30),
    raw=st.lists(st.floats(-30, 30), min_size=4, max_size=4),
    y=st.integers(0, 3),
)
def test_categorical_does_not_see_a_shift(shift, raw, y):
    head = HEADS["categorical"](4)
    here, there = np.array([raw]), np.array([raw]) + shift
    np.testing.assert_allclose(
        array(head.nll(np.array([y]), here)), array(head.nll(np.array([y]), there)), atol=1e-9
    )


@settings(max_examples=25, deadline=None)
@given(raw=st.lists(st.floats(-700, 700), min_size=1, max_size=5), data=st.data())
def test_bernoullis_are_the_sum_of_single_ones(raw, data):
    y = data.draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=len(raw), max_size=len(raw)))
    together = HEADS["independent_bernoullis"](len(raw)).nll(np.array([y]), np.array([raw]))
    single = HEADS["bernoulli"]().nll(np.array(y)[:, None], np.array(raw)[:, None])
    np.testing.assert_allclose(array(together)[0], array(single).sum(), rtol=1e-12, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(raw=st.floats(-30, 30), y=st.sampled_from([0, 1]))
def test_two_class_softmax_is_the_sigmoid_of_the_difference(raw, y):
    two = HEADS["categorical"](2).nll(np.array([y]), np.array([[0.0, raw]]))
    one = HEADS["bernoulli"]().nll(np.array([y]), np.array([[raw]]))
    np.testing.assert_allclose(array(two), array(one), atol=1e-12)

"""What `sample` and `predict` say to values that are no parameters: every head and parameter."""

import re

import numpy as np
import pytest
from lossbook import constraints, heads, ops
from lossbook.heads import HEADS
from lossbook.heads.given import ALLOWED, TESTS
from oracles import CASES
from scipy import stats

RNG = np.random.default_rng
ROWS, WRONG = 6, 4
EACH = [(name, declared) for name in HEADS for declared in HEADS[name].declared]
IDS = [f"{name}-{declared.name}" for name, declared in EACH]

SINGLE = {
    "real": [],
    "positive": [-1.0, -1e-30],
    "unit interval": [-0.1, 1.1, 2.0],
    "angle": [-4.0, 4.0, 90.0],
}
"""Constraint → numbers beyond it, besides NaN and infinity."""


def parameters(head, rows=ROWS, seed=0):
    raw = RNG(seed).normal(size=(rows, head.units))
    return {key: np.array(ops.convert_to_numpy(v)) for key, v in head.parameters(raw).items()}


def with_value(place, value):
    def spoil(row):
        row[place] = value

    return spoil


def scaled(factor):
    def spoil(row):
        row *= factor

    return spoil


def falling(row):
    row[:] = row[::-1].copy()


def mistakes(declared):
    """Changes of one row that make it no parameter."""
    name = declared.constraint.name
    values = [np.nan, np.inf, -np.inf, *SINGLE.get(name, [])]
    if name == "positive" and declared.floor > 0:
        values.append(0.0)
    found = [with_value(-1, value) for value in values]
    if name == "simplex":
        found += [with_value(0, -0.2), with_value(0, 2.0), scaled(3.0), scaled(0.0), scaled(1.001)]
    if name == "unit vector":
        found += [scaled(0.0), scaled(2.0), scaled(1 - 1e-3)]
    if name == "ordered":
        found += [falling, with_value(0, np.nan), with_value(0, 1e9)]
    if name == "Cholesky factor":
        found += [with_value(1, np.nan), with_value(1, np.inf), with_value(0, 0.0)]
        found += [with_value(-1, -1.0)]
    return found


@pytest.mark.parametrize(("name", "declared"), EACH, ids=IDS)
def test_a_value_that_is_no_parameter_is_named_with_its_place_and_what_is_allowed(name, declared):
    head = CASES[name].head()
    for spoil in mistakes(declared):
        given = parameters(head)
        spoil(given[declared.name][WRONG])
        row = given[declared.name][WRONG]
        with pytest.raises(ValueError, match="must be") as caught:
            head.sample(given, RNG(0))
        said = str(caught.value)
        assert said.startswith(f"{type(head).__name__}: the parameter {declared.name} must be ")
        zero = declared.constraint is constraints.POSITIVE and declared.floor == 0
        assert ALLOWED["non-negative" if zero else declared.constraint.name] in said
        place = re.search(r", at \(?(\d+)", said)
        assert place, said
        assert int(place[1]) == WRONG, said
        assert " 1 of " in said
        assert said.endswith("."), said
        told = re.search(r"the first is \[?([-+.\w]+)", said)
        assert told, said
        assert any(np.isclose(float(told[1]), v, equal_nan=True) for v in row), said


@pytest.mark.parametrize(("name", "declared"), EACH, ids=IDS)
def test_a_wrong_shape_is_one_clear_error_in_draws_and_in_predictions(name, declared):
    head = CASES[name].head()
    right = parameters(head)
    values = right[declared.name]
    twice = np.concatenate([values, values], axis=-1)
    for wrong in (values[..., 0], twice, values[..., :0], values[..., :1]):
        if np.shape(wrong)[-1] == head.sizes()[declared.name]:
            continue  # as many rows as the head has values, or one value where it has one
        given = right | {declared.name: wrong}
        said = rf"^{type(head).__name__}: the parameter {declared.name} has shape .* must be \(…, "
        with pytest.raises(ValueError, match=said):
            head.sample(given, RNG(0))
        with pytest.raises(ValueError, match=said):
            head.predict(given)


@pytest.mark.parametrize(("name", "declared"), EACH, ids=IDS)
def test_what_is_no_number_is_one_clear_error(name, declared):
    head = CASES[name].head()
    right = parameters(head)
    shape = right[declared.name].shape
    masked = np.ma.masked_array(right[declared.name], mask=np.eye(*shape, dtype=bool))
    strings = ("a", "0.5", np.array("0.5", object))
    for wrong in (*strings, None, 0.5j, np.datetime64("2026-11-27")):
        wrong = np.full(shape, wrong)
        with pytest.raises(ValueError, match=rf"the parameter {declared.name} must hold numbers"):
            head.sample(right | {declared.name: wrong}, RNG(0))
    with pytest.raises(ValueError, match=rf"{declared.name} is masked in \d of {masked.size} pl"):
        head.sample(right | {declared.name: masked}, RNG(0))


@pytest.mark.parametrize("name", HEADS)
def test_lists_and_other_float_types_give_the_same_draws(name):
    """As whole numbers too, where the parameters are some."""
    head = CASES[name].head()
    given = parameters(head)
    want = head.sample(given, RNG(3))
    lists = {key: value.tolist() for key, value in given.items()}
    np.testing.assert_array_equal(head.sample(lists, RNG(3)), want)
    objects = {key: value.astype(object) for key, value in given.items()}
    np.testing.assert_array_equal(head.sample(objects, RNG(3)), want)
    kept = {key: np.ma.masked_array(value) for key, value in given.items()}
    np.testing.assert_array_equal(head.sample(kept, RNG(3)), want)


def test_whole_numbers_are_parameters_too():
    for p, head in (
        ({"rate": [[3]]}, heads.Poisson()), ({"probability": [[True]]}, heads.Bernoulli()),
        ({"mean": [[2]], "scale": [[1]]}, heads.GaussianScale()),
    ):  # fmt: skip
        as_floats = {key: np.array(value, float) for key, value in p.items()}
        np.testing.assert_array_equal(head.sample(p, RNG(0)), head.sample(as_floats, RNG(0)))


@pytest.mark.parametrize("around", [(0,), (0, 4), (3, 0)])
@pytest.mark.parametrize("name", HEADS)
def test_no_rows_give_no_outcomes_in_the_shape_of_y(name, around):
    head = CASES[name].head()
    some = head.sample(parameters(head), RNG(0))

    none = {key: np.empty((*around, size)) for key, size in head.sizes().items()}
    y = head.sample(none, RNG(0))
    assert y.shape == (*around, *some.shape[1:])
    assert y.dtype == some.dtype
    assert np.shape(head.nll(y, np.zeros((*around, head.units)))) == around
    assert head.predict(none).shape[: len(around)] == around


RATES = {
    "poisson": (heads.Poisson, lambda rate: {"rate": rate}, 1.0),
    "zero_inflated_poisson": (
        heads.ZeroInflatedPoisson, lambda rate: {"rate": rate, "absent": 0 * rate}, 1.0,
    ),
    "hurdle_poisson": (heads.HurdlePoisson, lambda rate: {"rate": rate, "any": 0 * rate + 1}, 1.0),
    "negative_binomial": (
        heads.NegativeBinomial, lambda rate: {"mean": rate, "dispersion": 1 / rate}, 2.0,
    ),
    "tweedie": (
        lambda: heads.Tweedie(power=1.0001), lambda rate: {"mean": rate}, 1.0,
    ),
}  # fmt: skip
"""Head → parameters from a rate, and the variance of the counts over that rate."""


@pytest.mark.parametrize("rate", [0.99e12, 1.01e12, 1e15, 1e18, 1e19, 1e30, 1e200])
@pytest.mark.parametrize("name", RATES)
def test_vast_counts_scatter_by_the_roots_of_their_rates(name, rate):
    make, given, spread = RATES[name]
    y = make().sample(given(np.full((4000, 1), rate)), RNG(1))
    assert (y == np.round(y)).all() or name == "tweedie"
    if rate > 1e19:  # whose root a float of that size does not hold
        np.testing.assert_allclose(y, rate, rtol=1e-12)
        return
    scores = (y[:, 0] - rate) / np.sqrt(spread * rate ** (1.0001 if name == "tweedie" else 1))
    assert abs(scores.mean()) < 4.5 / np.sqrt(4000) + np.spacing(rate) / np.sqrt(rate)
    assert abs(scores.var() - 1) < 4.5 * np.sqrt(2 / 4000) + 0.01
    assert stats.kstest(scores, "norm").pvalue > 1e-4


@pytest.mark.parametrize("name", ["poisson", "zero_inflated_poisson"])
def test_a_rate_that_has_rounded_to_zero_counts_nothing(name):
    given = RATES[name][1](np.zeros((50, 1)))
    assert not RATES[name][0]().sample(given, RNG(0)).any()


def test_thresholds_that_rounding_made_equal_leave_out_the_answer_between_them():
    y = heads.Ordinal(4).sample({"cuts": np.tile([0.0, 0.0, 1.0], (500, 1))}, RNG(0))
    assert set(y.tolist()) == {0, 2, 3}


@pytest.mark.parametrize(
    ("head", "given"),
    [
        (heads.LogNormal(), {"log_median": [[0.0], [1e4]]}),
        (heads.GaussianScale(), {"mean": [[0.0], [0.0]], "scale": [[1.0], [1.7e308]]}),
    ],
    ids=["log_normal", "gaussian_scale"],
)
def test_an_outcome_that_no_float_holds_is_named_with_its_parameters(head, given):
    last = head.declared[-1].name
    for seed in range(20):
        try:
            head.sample(given, RNG(seed))
        except ValueError as problem:
            said = str(problem)
            assert said.startswith(f"{type(head).__name__}: no float holds the outcome drawn from ")
            assert f"{last} [{given[last][1][0]:.6g}], at 1; " in said
            break
    else:
        pytest.fail("every draw was a float")


LOGS = ("log_normal",)
"""Heads with a parameter whose exponential is drawn."""
EXTREMES = (5e-324, 1e-300, 1e-30, 1e19, 1e30, 1e300, 1.7e308)


@pytest.mark.parametrize(("name", "declared"), EACH, ids=IDS)
def test_however_extreme_a_parameter_is_the_draws_are_outcomes_or_the_error_is_ours(name, declared):
    head = CASES[name].head()
    values = {
        "positive": EXTREMES, "unit interval": (0.0, 5e-324, 1.0),
        "real": (1e19, -1e19, 1e300, -1e300),
    }.get(declared.constraint.name, ())  # fmt: skip
    for value in values:
        given = parameters(head)
        given[declared.name][:] = value
        try:
            y = head.sample(given, RNG(1))
        except ValueError as problem:
            said = f"{type(head).__name__}: no float holds"
            if not str(problem).startswith(said) or not (abs(value) > 1e300 or name in LOGS):
                raise
            continue
        assert np.asarray(head.inside(np.asarray(y, float).reshape(ROWS, -1))).all(), value


def test_predictions_pass_nan_on():
    assert np.isnan(heads.Poisson().predict({"rate": [[np.nan], [2.0]]})).tolist() == [[1], [0]]


def test_the_advice_is_how_to_make_it_a_parameter():
    with pytest.raises(ValueError, match=r"\[2, 3, 4\], which sums to 9, at 0\. Divide it by its"):
        heads.Categorical().sample({"probabilities": [[2.0, 3.0, 4.0]]}, RNG(0))
    with pytest.raises(ValueError, match=r"which raw outputs of 0 give, has no direction"):
        heads.VonMisesFisher().sample(heads.VonMisesFisher().parameters(np.zeros((2, 3))), RNG(0))
    with pytest.raises(ValueError, match=r"\[0, 3, 4\], of length 5, at 0\. Divide it by its le"):
        heads.VonMisesFisher().sample({"direction": [[0.0, 3.0, 4.0]]}, RNG(0))
    with pytest.raises(ValueError, match=r"the first is 90, at \(0, 0\).*np\.angle"):
        heads.VonMises().sample({"direction": [[90.0]], "concentration": [[1.0]]}, RNG(0))
    with pytest.raises(ValueError, match=r"NaN comes from raw outputs or inputs that are NaN"):
        heads.Poisson().sample({"rate": [[np.nan]]}, RNG(0))
    with pytest.raises(ValueError, match=r"the first is 2, at \(0, 0\)\. Give raw outputs to"):
        heads.Bernoulli().sample({"probability": [[2.0]]}, RNG(0))


@pytest.mark.parametrize(("size", "dots"), [(2, ""), (6, ""), (7, ", …"), (9, ", …")])
def test_of_a_long_vector_the_first_six_values_are_told(size, dots):
    values = np.arange(1.0, size + 1)
    told = ", ".join(f"{v:g}" for v in values[:6])
    said = re.escape(f"the first is [{told}{dots}], which sums to {values.sum():g}, at 0. ")
    with pytest.raises(ValueError, match=said):
        heads.Categorical(size).sample({"probabilities": values[None]}, RNG(0))


BORDERS = {
    "real": ("a finite number", [0.0, -1e300], [np.inf]),
    "positive": ("above zero and finite", [1e-300, 1e300], [0.0, -1e-9, np.inf]),
    "non-negative": ("zero or above, and finite", [0.0, 1e300], [-1e-9, np.inf]),
    "unit interval": ("from 0 to 1", [0.0, 1.0], [-1e-9, 1 + 1e-9]),
    "angle": ("an angle in radians, above -π and at most π", [-3.14159, np.pi], [-3.1416, 3.1416]),
    "simplex": ("shares from 0 to 1 that sum to one", [[0.0, 1.0], [0.3, 0.7]], [[-0.1, 1.1]]),
    "unit vector": ("a vector of length one", [[0.6, -0.8]], [[0.6, 0.9], [0.0, 0.0]]),
    "ordered": ("finite numbers that rise", [[-1.0, 2.0]], [[2.0, 1.0], [0.0, np.inf]]),
    "Cholesky factor": (
        "a lower triangle, row by row, of finite numbers, its diagonal above zero",
        [[1.0, -3.0, 0.1]], [[1.0, 1.0, 0.0], [-1.0, 1.0, 1.0], [1.0, np.inf, 1.0]],
    ),
}  # fmt: skip
"""Constraint → what a message says is allowed, values that are, and values that are not."""


@pytest.mark.parametrize("name", ALLOWED)
def test_what_a_message_says_is_allowed_is_what_is_taken(name):
    text, taken, refused = BORDERS[name]
    assert ALLOWED[name] == text
    kinds = {c.name: c for c in vars(constraints).values() if isinstance(c, constraints.Constraint)}
    for values, allowed in ((taken, True), (refused, False)):
        for value in values:
            array = np.array([value], float)
            test = TESTS.get(name, kinds[name].contains)
            assert bool(np.all(test(array))) == allowed, value


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_of_a_vector_with_a_value_that_is_none_neither_sum_nor_length_is_told(value):
    """Both would be NaN or infinite, and say nothing."""
    kinds = {"probabilities": heads.Categorical(3), "direction": heads.VonMisesFisher(3)}
    for name, head in kinds.items():
        with pytest.raises(ValueError, match="the first is") as caught:
            head.sample({name: np.array([[0.5, value, 0.5]])}, RNG(0))
        assert not re.search("sums to|, of length", str(caught.value))


@pytest.mark.parametrize("size", [1, 2, 5])
def test_how_many_values_an_outcome_needs_is_told_in_words(size):
    ending = ": give it as x[..., None]" if size == 1 else ""
    many = "1 value" if size == 1 else f"{size} values"
    said = (
        f"Gaussian: the parameter mean has shape (4, 3), but it must be (…, {size}), with {many} "
        f"for each outcome along the last axis{ending}"
    )
    with pytest.raises(ValueError, match="has shape") as caught:
        heads.Gaussian(size).sample({"mean": np.zeros((4, 3))}, RNG(0))
    assert str(caught.value) == said


@pytest.mark.parametrize("row", [[0.0, 0.0, 0.0], [1.0, np.inf, 0.0], [-1.0, 3.0, 0.0]])
def test_nobody_is_told_to_divide_by_a_sum_that_makes_no_shares(row):
    head = heads.Categorical(3)
    with pytest.raises(ValueError, match="Give raw outputs to `head"):
        head.sample({"probabilities": np.array([row])}, RNG(0))
    with pytest.raises(ValueError, match="Divide it by its sum, or give raw outputs"):
        head.sample({"probabilities": np.array([[0.5, 3.0, 0.0]])}, RNG(0))

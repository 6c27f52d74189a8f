"""Links: an activation and its inverse undo each other, and are the formula that is printed."""

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from latex import read
from lossbook import backend, keras, ops
from lossbook.constraints import POSITIVE, UNIT_INTERVAL
from lossbook.heads import VonMisesFisher
from lossbook.links import DEFAULTS, FLOOR, LINKS, PositiveLink, ProbabilityLink, link_for
from scipy import special, stats

mp.mp.dps = 40

FORGETFUL = ("softmax", "direction", "angle")
"""Links that map many raw outputs to one value: a shift or a length is lost."""
RAW = np.linspace(-20, 20, 81)[:, None]


@pytest.mark.parametrize("name", LINKS)
def test_the_activation_meets_the_constraint(name):
    link = LINKS[name]()
    raw = np.random.default_rng(0).normal(scale=5, size=(100, 6))
    value = ops.convert_to_numpy(link.activation(ops.convert_to_tensor(raw)))
    assert link.constraint.contains(value).all()


@pytest.mark.parametrize("name", LINKS)
def test_the_inverse_undoes_the_activation(name):
    link = LINKS[name]()
    raw = np.random.default_rng(1).normal(size=(100, link.raw_size(6)))
    value = ops.convert_to_numpy(link.activation(ops.convert_to_tensor(raw)))
    again = ops.convert_to_numpy(link.activation(ops.convert_to_tensor(link.inverse(value))))
    np.testing.assert_allclose(again, value, rtol=1e-9)
    if name not in FORGETFUL:
        np.testing.assert_allclose(link.inverse(value), raw, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", [n for n in LINKS if hasattr(keras.activations, n)])
def test_it_is_keras_activation_of_that_name(name):
    raw = ops.convert_to_tensor(np.random.default_rng(2).normal(size=(50, 3)))
    ours, theirs = LINKS[name]().activation(raw), keras.activations.get(name)(raw)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "oracle"), [("probit", stats.norm.cdf), ("cloglog", stats.gumbel_l.cdf)]
)
def test_the_other_links_for_a_probability(name, oracle):
    ours = ops.convert_to_numpy(LINKS[name]().activation(ops.convert_to_tensor(RAW / 5)))
    np.testing.assert_allclose(ours, oracle(RAW / 5), rtol=1e-9)


def test_sigmoid_and_softplus_against_scipy():
    ours = ops.convert_to_numpy(LINKS["sigmoid"]().activation(ops.convert_to_tensor(RAW)))
    np.testing.assert_allclose(ours, special.expit(RAW), rtol=1e-12)
    link = LINKS["softplus"](FLOOR)
    raw = RAW[np.log(FLOOR) < RAW]
    ours = ops.convert_to_numpy(link.activation(ops.convert_to_tensor(raw)))
    np.testing.assert_allclose(ours - FLOOR, -special.log_expit(-raw), rtol=1e-6)


def test_every_constraint_has_a_default_that_meets_it():
    for constraint, name in DEFAULTS.items():
        assert LINKS[name].constraint.name == constraint


def test_another_link_for_a_real_choice():
    assert link_for(POSITIVE, "exponential").name == "exponential"


def test_a_link_that_does_not_fit_is_one_clear_error():
    with pytest.raises(ValueError, match=r"must be between zero and one; take one of sigmoid"):
        link_for(UNIT_INTERVAL, "softplus")
    with pytest.raises(ValueError, match="no link is called 'relu6'"):
        link_for(POSITIVE, "relu6")


Z = sp.Symbol("z")
PHI = lambda z: sp.erfc(-z / sp.sqrt(2)) / 2  # noqa: E731
SINGLE = {
    name: sp.lambdify(Z, read(kind.formula, {"z": Z, "e": sp.E, r"\Phi": PHI}), "mpmath")
    for name, kind in LINKS.items()
    if issubclass(kind, ProbabilityLink | PositiveLink) or name == "linear"
}
"""Link for one number → its formula, read and computed with 40 digits."""
FAR = np.concatenate([np.linspace(-36, 5, 165), -np.geomspace(40, 600, 8)])
HIGH = {"linear": 1e4, "softplus": 1e4, "exponential": 150.0, "sigmoid": 600.0, "probit": 36.0}
"""Up to where the parts of a link are looked at; the complementary log-log is so to 5."""


def grid(name):
    low = {"probit": -36.0, "exponential": -150.0}.get(name, -600.0)
    high = np.linspace(5, HIGH[name], 40) if name in HIGH else []
    return np.array([z for z in [*FAR, *high] if z >= low])


def exactly(function, raw):
    with mp.workdps(400):  # so that 1 minus nearly 1 has digits
        return np.array([float(function(mp.mpf(float(z)))) for z in raw])


def parts(name):
    """What the link computes, each with the same by its formula."""
    link, formula = LINKS[name](), SINGLE[name]
    found = {"activation": formula}
    if name != "linear":
        found["log"] = lambda z: mp.log(formula(z))
    if isinstance(link, ProbabilityLink):
        found["complement"] = lambda z: 1 - formula(z)
        found["log_complement"] = lambda z: mp.log(1 - formula(z))
    if isinstance(link, PositiveLink):
        found["reciprocal"] = lambda z: 1 / formula(z)
    return link, found


@pytest.mark.parametrize("name", SINGLE)
def test_each_part_of_a_link_is_its_formula_far_into_both_tails(name):
    raw = grid(name)
    link, found = parts(name)
    for part, exact in found.items():
        ours = np.asarray(getattr(link, part)(ops.convert_to_tensor(raw)), float)
        expected = exactly(exact, raw)
        held = (np.abs(expected) > 1e-300) | (expected == 0)
        np.testing.assert_allclose(
            ours[held], expected[held], rtol=2e-11, atol=0 if "log" not in part else 1e-15,
            err_msg=part,
        )  # fmt: skip


@pytest.mark.parametrize("name", SINGLE)
def test_each_part_of_a_link_keeps_its_digits_in_float32(name):
    raw = grid(name)
    raw = raw[np.abs(raw) <= (60 if name == "exponential" else 80)].astype("float32")
    link, found = parts(name)
    for part, exact in found.items():
        ours = np.asarray(getattr(link, part)(ops.convert_to_tensor(raw)), float)
        expected = exactly(exact, raw)
        held = (np.abs(expected) > 1e-37) & (np.abs(expected) < 1e38)
        # An exponential multiplies the relative error by its exponent: 60 times 6e-8.
        np.testing.assert_allclose(ours[held], expected[held], rtol=3e-5, atol=1e-7, err_msg=part)


@pytest.mark.parametrize("name", SINGLE)
def test_the_inverse_is_the_links_own_far_into_the_tails(name):
    raw = grid(name)
    value = exactly(SINGLE[name], raw)
    held = (value > 1e-300) & (value < 1 - 1e-9) if issubclass(LINKS[name], ProbabilityLink) else (
        np.abs(value) > 1e-300
    )  # fmt: skip
    found = LINKS[name]().inverse(value[held])
    np.testing.assert_allclose(found, raw[held], rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("name", [n for n in SINGLE if issubclass(LINKS[n], PositiveLink)])
@pytest.mark.parametrize("floor", [1e-6, 0.25])
def test_a_floor_is_added_to_a_softplus_and_the_exponential_has_none(name, floor):
    raw = np.linspace(np.log(floor) if name == "softplus" else -30, 20, 51)
    link, formula = LINKS[name](floor), SINGLE[name]
    above = floor if name == "softplus" else 0.0
    value = exactly(formula, raw) + above
    tensor = ops.convert_to_tensor(raw)
    np.testing.assert_allclose(np.asarray(link.activation(tensor)), value, rtol=1e-12)
    np.testing.assert_allclose(np.asarray(link.log(tensor)), np.log(value), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(np.asarray(link.reciprocal(tensor)), 1 / value, rtol=1e-12)
    held = value - above > 1e-6 * value  # what the floor swallows has no inverse
    np.testing.assert_allclose(link.inverse(value[held]), raw[held], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("floor", [1e-6, 0.25])
def test_below_the_logarithm_of_its_floor_a_softplus_falls_as_slowly_as_it_says(floor, dtype):
    """Value, logarithm, both slopes and the inverse against mpmath, without a step at the joint."""
    link, joint = LINKS["softplus"](floor), np.log(floor)
    raw = joint - np.array([1e-3, 0.1, 1, 5, 30, 1e3, 1e4])
    with mp.workdps(40):
        there = mp.log1p(floor) + floor
        s = floor / (1 + mp.mpf(floor)) / there
        exact = lambda z: there / (1 + s * mp.log1p(mp.log(floor) - z))  # noqa: E731
        value, slope, bend = (
            np.array([float(mp.diff(exact, mp.mpf(z), n)) for z in raw]) for n in range(3)
        )
    close = {"rtol": 1e-4 if dtype == "float32" else 1e-9}
    tensor = ops.convert_to_tensor(raw.astype(dtype))
    np.testing.assert_allclose(np.asarray(link.activation(tensor), float), value, **close)
    np.testing.assert_allclose(np.asarray(link.log(tensor), float), np.log(value), **close)
    np.testing.assert_allclose(
        np.asarray(backend.gradient(link.log, tensor), float)[1:], (slope / value)[1:], **close
    )
    np.testing.assert_allclose(link.inverse(value), raw, rtol=1e-9)
    for found, expected in zip(link.slopes(raw), (value, slope, bend), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9)
    np.testing.assert_allclose(
        link.slopes(joint - 1e-9)[:2], link.slopes(joint + 1e-9)[:2], rtol=1e-8
    )


def test_a_value_far_below_the_floor_has_no_raw_output_that_a_float_has():
    found = LINKS["softplus"](1e-6).inverse(np.array([0.0, 1e-9, 5e-9, 7e-9, 1e-7]))
    assert (found[:3] == -np.inf).all()
    assert (np.isfinite(found[3:])).all()
    assert (np.diff(found[2:]) > 0).all()


def test_the_logarithm_of_a_softplus_keeps_all_digits_where_its_series_takes_over():
    raw = np.linspace(-24, -16, 81)
    found = np.asarray(LINKS["softplus"]().log(ops.convert_to_tensor(raw)))
    exact = exactly(lambda z: mp.log(SINGLE["softplus"](z)), raw)
    np.testing.assert_allclose(found, exact, rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("floor", [0.0, 1e-6, 0.25])
def test_beyond_its_limits_the_exponential_goes_on_as_a_logarithm(floor, dtype):
    """Value, logarithm, reciprocal, slopes and inverse against mpmath, without a step at a joint.

    Without a floor it is exp(raw) all the way down.
    """
    limit, link = {"float32": 60.0, "float64": 150.0}[dtype], LINKS["exponential"](floor)
    away = np.array([-1.0, 0.0, 0.25, 1.0, 5.0, 30.0, 450.0, 1e4])
    raw = np.concatenate([limit + away, -limit - away[:7]])
    raw = np.append(raw, -limit - 1e4) if floor else raw

    def exact(z):
        if z > limit:
            return mp.exp(limit) * (1 + mp.log1p(z - limit))
        if z < -limit and floor:
            return mp.exp(-limit) / (1 + mp.log1p(-limit - z))
        return mp.exp(z)

    with mp.workdps(80):
        value, slope, bend = ([mp.diff(exact, mp.mpf(z), n) for z in raw] for n in range(3))
    close = {"rtol": 2e-5 if dtype == "float32" else 1e-9}
    tensor = ops.convert_to_tensor(raw.astype(dtype))
    normal = np.array([v > np.finfo(dtype).tiny for v in value])
    found = np.asarray(link.activation(tensor), float)
    np.testing.assert_allclose(found[normal], np.array(value, float)[normal], **close)
    logs = np.array([float(mp.log(v)) for v in value])
    np.testing.assert_allclose(np.asarray(link.log(tensor), float), logs, rtol=1e-6)
    relative = np.array([float(s / v) for s, v in zip(slope, value, strict=True)])
    np.testing.assert_allclose(
        np.asarray(backend.gradient(link.log, tensor), float), relative, **close
    )
    found = np.asarray(backend.gradient(link.activation, tensor), float)
    np.testing.assert_allclose(found[normal], np.array(slope, float)[normal], **close)
    inverse = np.array([float(1 / v) for v in value])
    np.testing.assert_allclose(
        np.asarray(link.reciprocal(tensor), float)[normal], inverse[normal], **close
    )
    back = link.inverse(np.array(value, float)[normal].astype(dtype))
    within = np.abs(raw[normal]) < limit + 6  # else the value has not the digits
    np.testing.assert_allclose(back[within], raw[normal][within], rtol=1e-4)
    if dtype == "float64":
        np.testing.assert_allclose(back, raw[normal], rtol=1e-6)
        smooth = np.abs(raw) != limit  # where the second derivative jumps
        for found, expected in zip(link.slopes(raw), (value, slope, bend), strict=True):
            np.testing.assert_allclose(found[smooth], np.array(expected, float)[smooth], rtol=1e-9)
        np.testing.assert_allclose(link.slopes(raw)[1], np.array(slope, float), rtol=1e-9)


def test_nothing_and_infinity_have_no_raw_output_under_the_exponential():
    for floor in (0.0, 1e-6):
        found = LINKS["exponential"](floor).inverse(np.array([0.0, 1.0, np.inf]))
        np.testing.assert_array_equal(found, [-np.inf, 0, np.inf])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_beyond_30_the_complementary_log_log_goes_on_in_a_straight_line(dtype):
    raw = ops.convert_to_tensor(np.array([5.0, 20.0, 29.0, 31.0, 50.0, 1e4], dtype))
    z = np.asarray(raw, float)
    found = np.asarray(LINKS["cloglog"]().log_complement(raw), float)
    line = -np.exp(30.0) * (1 + z - 30)
    np.testing.assert_allclose(found, np.where(z < 30, -np.exp(np.minimum(z, 30)), line), rtol=3e-6)
    slope = np.asarray(backend.gradient(LINKS["cloglog"]().log_complement, raw), float)
    np.testing.assert_allclose(slope, -np.exp(np.minimum(z, 30)), rtol=3e-6)


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


def climbed(z):
    steps = np.log1p(np.exp(z[..., 1:])) + 1e-6
    return np.concatenate([z[..., :1], z[..., :1] + np.cumsum(steps, axis=-1)], axis=-1)


def triangle(z):
    found = np.array(z)
    found[..., [0, 2, 5]] = np.log1p(np.exp(z[..., [0, 2, 5]])) + 1e-6
    return found


TOGETHER = {
    "softmax": (r"e^{z_i} / \sum_j e^{z_j}", softmax),
    "direction": (
        r"z / \lVert z \rVert", lambda z: z / np.sqrt((z**2).sum(axis=-1, keepdims=True)),
    ),
    "angle": (r"\operatorname{atan2}(z_2, z_1)", lambda z: np.arctan2(z[..., 3:], z[..., :3])),
    "steps": (r"z_1 + \sum_{j=2}^k \log(1 + e^{z_j})", climbed),
    "cholesky": (r"L_{ii} = \log(1 + e^{z_{ii}})", triangle),
}  # fmt: skip
"""Link for several numbers → its formula, and the same in NumPy for six of them."""


@pytest.mark.parametrize("shape", [(50, 6), (7, 5, 6), (2, 3, 4, 6)], ids=str)
@pytest.mark.parametrize("name", TOGETHER)
def test_a_link_for_several_numbers_is_its_formula_along_the_last_axis(name, shape):
    formula, exact = TOGETHER[name]
    assert LINKS[name].formula == formula
    raw = np.random.default_rng(3).normal(scale=2, size=shape)
    link = LINKS[name]()
    value = np.asarray(link.activation(ops.convert_to_tensor(raw)), float)
    np.testing.assert_allclose(value, exact(raw), rtol=1e-9)
    again = np.asarray(link.activation(ops.convert_to_tensor(link.inverse(value))), float)
    np.testing.assert_allclose(again, value, rtol=1e-8)
    assert link.raw_size(value.shape[-1]) == 6


@pytest.mark.parametrize("far", [-8.0, -14.5, -20.0, -100.0, -1e4, 40.0, 1e4])
def test_the_inverse_of_a_step_and_of_a_diagonal_is_its_own_far_into_both_tails(far):
    """Far below the floor too, where the step is shorter than the floor."""
    for name, raw in (("steps", [0.0, far]), ("cholesky", [far, -1.5, 0.3])):
        link = LINKS[name]()
        value = np.asarray(link.activation(ops.convert_to_tensor(np.array([raw]))))
        np.testing.assert_allclose(link.inverse(value), [raw], rtol=1e-6)


def test_the_inverse_of_a_share_is_its_logarithm_however_small_it_is():
    logs = np.array([[0.0, -40.0, -300.0, -700.0]])
    value = np.asarray(LINKS["softmax"]().activation(ops.convert_to_tensor(logs)))
    np.testing.assert_allclose(LINKS["softmax"]().inverse(value), logs, rtol=1e-9, atol=1e-12)


def test_one_number_alone_has_the_whole_share():
    """As a mixture of one component has; without the warning that Keras gives."""
    for shape in ((3, 1), (2, 3, 1), (0, 1)):
        found = np.asarray(LINKS["softmax"]().activation(ops.ones(shape)))
        np.testing.assert_array_equal(found, np.ones(shape))


def test_every_link_is_held_against_its_formula():
    assert set(SINGLE) | set(TOGETHER) == set(LINKS)


@pytest.mark.parametrize("raw", [[0.0, 0.0], [0.0, 3.0], [-2.0, 0.0], [0.0, -1.0]])
def test_an_arrow_along_an_axis_and_one_without_length(raw):
    """Where one half is zero the angle is defined; where both are it is that of (1, 0)."""
    at = ops.convert_to_tensor(np.array([raw]))
    link = LINKS["angle"]()
    assert np.asarray(link.activation(at))[0, 0] == np.arctan2(raw[1], raw[0])
    slope = np.asarray(backend.gradient(link.activation, at))[0]
    length = raw[0] ** 2 + raw[1] ** 2
    expected = [-raw[1] / length, raw[0] / length] if length else [0, 1]
    np.testing.assert_allclose(slope, expected, atol=1e-15)
    unit = np.asarray(LINKS["direction"]().activation(at))[0]
    np.testing.assert_allclose(unit, np.array(raw) / np.sqrt(length) if length else 0, atol=1e-15)
    slopes = [
        np.asarray(backend.gradient(lambda z, k=k: LINKS["direction"]().activation(z)[..., k], at))
        for k in range(2)
    ]
    arrow = np.array(raw) / np.sqrt(length) if length else np.zeros(2)
    across = (np.eye(2) - np.outer(arrow, arrow)) / (np.sqrt(length) or 1)
    np.testing.assert_allclose(np.concatenate(slopes), across, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_network_that_starts_from_zero_learns_a_direction(dtype):
    """By plain steps along the gradient, from the vector that points nowhere."""
    head, raw = VonMisesFisher(3, 2.0), np.zeros((1, 3), dtype)
    y = np.array([[0.6, 0.0, -0.8]], dtype)
    np.testing.assert_allclose(np.asarray(head.gradient(y, raw)), -2 * y)
    for _ in range(20):
        raw = raw - 0.5 * np.asarray(head.gradient(y, raw))
    np.testing.assert_allclose(head.parameters(raw)["direction"], y, atol=1e-6)


LENGTHS = {"float32": [3e-38, 1e-30, 1e-13, 1e-7, 1e-3, 1.0, 1e15, 1e30],
           "float64": [3e-308, 1e-200, 1e-13, 1e-7, 1.0, 1e200, 1e300]}  # fmt: skip


@pytest.mark.parametrize("dtype", LENGTHS)
def test_a_direction_does_not_depend_on_the_arrows_length(dtype):
    link = LINKS["direction"]()
    for scale in LENGTHS[dtype]:
        raw = (np.array([[3.0, -4.0]]) * scale).astype(dtype)
        at = ops.convert_to_tensor(raw)
        np.testing.assert_allclose(np.asarray(link.activation(at)), [[0.6, -0.8]], rtol=1e-6)
        found = [
            np.asarray(backend.gradient(lambda z, k=k: link.activation(z)[..., k], at))[0]
            for k in range(2)
        ]
        across = np.array([[0.64, 0.48], [0.48, 0.36]]) / max(5 * scale, 5e-12 / 4)
        np.testing.assert_allclose(found, across.astype(dtype), rtol=1e-5)


@pytest.mark.parametrize("dtype", LENGTHS)
def test_an_angle_does_not_depend_on_the_arrows_length(dtype):
    """Neither for an arrow near zero, nor for one along an axis, nor for one nearly along it."""
    link = LINKS["angle"]()
    for scale in LENGTHS[dtype]:
        for x, y in ((3.0, -4.0), (-1.0, 2.0), (0.0, -2.0), (-2.0, 0.0), (-1.0, 1e-3), (1e-3, 1.0)):
            raw = (np.array([[x, 1.0, y, -1.0]]) * scale).astype(dtype)
            if (np.abs(raw[raw != 0]) < np.finfo(dtype).tiny).any():
                continue
            at = ops.convert_to_tensor(raw)
            found = np.asarray(link.activation(at))[0]
            np.testing.assert_allclose(found, [np.arctan2(y, x), -np.pi / 4], rtol=1e-6, atol=1e-12)


def test_an_arrow_shorter_than_any_normal_number_points_nowhere():
    """Its digits are lost: it stays near zero, and its slope is that of a vector of length one."""
    link = LINKS["direction"]()
    for dtype, short in (("float32", 1e-40), ("float64", 1e-310)):
        at = ops.convert_to_tensor(np.array([[3 * short, -4 * short]], dtype))
        assert np.abs(np.asarray(link.activation(at))).max() < 1e-37
        slope = np.asarray(backend.gradient(lambda z: link.activation(z)[..., 0], at))
        np.testing.assert_array_equal(slope, [[1, 0]])


@pytest.mark.parametrize("name", [n for n, kind in LINKS.items() if issubclass(kind, PositiveLink)])
def test_a_positive_link_has_no_floor_unless_one_is_given(name):
    assert LINKS[name]().floor == 0
    assert LINKS[name](0.25).floor == 0.25


CONSTRAINTS = {link.constraint.name: link.constraint for link in LINKS.values()}


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("wanted", CONSTRAINTS)
def test_of_a_link_that_gives_other_values_both_kinds_and_those_that_fit_are_told(name, wanted):
    constraint, given = CONSTRAINTS[wanted], LINKS[name].constraint
    fitting = [other for other in LINKS if LINKS[other].constraint is constraint]
    if given is constraint:
        assert type(link_for(constraint, name)) is LINKS[name]
        return
    said = (
        f"link {name!r} gives values that are {given.words}, but the parameter must be "
        f"{constraint.words}; take one of {', '.join(fitting)}"
    )
    with pytest.raises(ValueError, match="but the parameter must be") as caught:
        link_for(constraint, name)
    assert str(caught.value) == said


@pytest.mark.parametrize("name", ["", "relu", "Softplus", "none"])
@pytest.mark.parametrize("wanted", CONSTRAINTS)
def test_what_is_no_links_name_stands_for_no_default(name, wanted):
    with pytest.raises(ValueError, match=f"^no link is called {name!r}; there are linear, sigmo"):
        link_for(CONSTRAINTS[wanted], name)


def test_a_link_has_no_floor_unless_one_is_asked_for():
    for name in (None, "softplus", "exponential"):
        assert link_for(POSITIVE, name).floor == 0
        assert link_for(POSITIVE, name, floor=0.5).floor == 0.5

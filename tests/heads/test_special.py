"""Special functions against mpmath with 40 digits, in both float types, far out.

Each is looked at on a fine grid, so that a border between two formulas cannot move to where one of
them has lost its digits.
"""

import mpmath as mp
import numpy as np
import pytest
from lossbook import backend, ops, special

mp.mp.dps = 40
SIGNED = np.concatenate([
    np.linspace(-45, 45, 181), -np.geomspace(50, 1e4, 12), np.geomspace(50, 1e4, 12),
    -np.geomspace(1e-6, 0.3, 10), np.geomspace(1e-6, 0.3, 10),
])  # fmt: skip
POSITIVE = np.concatenate([np.geomspace(1e-6, 1e6, 61), np.linspace(0.05, 30, 200)])
SMALL = np.concatenate([np.geomspace(1e-7, 700, 120), np.linspace(0.5, 0.9, 41)])


def erfc_log(x):
    return mp.log(mp.erfc(-x / mp.sqrt(2)) / 2)


def rest(x):
    return mp.loggamma(x + 1) - x * mp.log(x) + x


def stirling(x):
    return mp.loggamma(x + 1) - (x + mp.mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2


FUNCTIONS = {
    "log_bessel_i0e": (POSITIVE, lambda x: mp.log(mp.besseli(0, x)) - x, 1e-14, 1e-6),
    "log_cosh": (SIGNED, lambda x: mp.log(mp.cosh(x)), 1e-14, 2e-7),
    "log_sigmoid": (SIGNED, lambda x: -mp.log1p(mp.exp(-x)), 1e-14, 3e-7),
    "log1mexp": (SMALL, lambda x: mp.log1p(-mp.exp(-x)), 1e-14, 3e-7),
    "log_ndtr": (SIGNED, erfc_log, 2e-14, 3.5e-7),
    "log_cloglog": (
        np.linspace(-40, 5, 181), lambda x: mp.log(-mp.expm1(-mp.exp(x))), 1e-14, 3e-7,
    ),
    "stirling_error": (POSITIVE, stirling, 3e-14, 1e-6),
    "rest": (POSITIVE, rest, 1e-14, 1e-6),
}  # fmt: skip
"""Name → where, the function by mpmath, the largest error in float64 and in float32.

Errors are relative to the value, or to 1 where that is smaller. (log1p(-exp(-x)) and others near
0 are so exact in absolute terms; the heads add them up.)
"""


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_are_mpmaths(name, dtype):
    where, exact, double, single = FUNCTIONS[name]
    x = where.astype(dtype)
    found = np.asarray(getattr(special, name)(ops.convert_to_tensor(x)), float)
    expected = np.array([float(exact(mp.mpf(float(v)))) for v in x])
    error = np.abs(found - expected) / np.maximum(np.abs(expected), 1)
    worst = int(np.argmax(error))
    assert error[worst] < (double if dtype == "float64" else single), (x[worst], error[worst])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_slopes_are_mpmaths(name, dtype):
    where, exact, _, _ = FUNCTIONS[name]
    x = where.astype(dtype)
    found = backend.gradient(lambda at: getattr(special, name)(at), ops.convert_to_tensor(x))
    found = np.asarray(found, float)
    with mp.workdps(60):
        expected = np.array([float(mp.diff(exact, mp.mpf(float(v)))) for v in x])
    np.testing.assert_allclose(
        found, expected, rtol=1e-8 if dtype == "float64" else 2e-3,
        atol=1e-9 if dtype == "float64" else 2e-4,
    )  # fmt: skip


CERTAIN = {
    "log_ndtr": (np.linspace(1.05, 8, 60), erfc_log),
    "log_sigmoid": (np.linspace(0, 36, 60), FUNCTIONS["log_sigmoid"][1]),
    "log1mexp": (np.linspace(0.7, 36, 60), FUNCTIONS["log1mexp"][1]),
    "log_cloglog": (np.linspace(-1, 3.5, 60), FUNCTIONS["log_cloglog"][1]),
}
"""Where a probability is close to 1 and its logarithm close to 0."""


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", CERTAIN)
def test_the_logarithm_of_what_is_nearly_certain_keeps_its_digits(name, dtype):
    """Relative to itself: it is small beside 1."""
    x, exact = CERTAIN[name]
    x = x.astype(dtype)
    found = np.asarray(getattr(special, name)(ops.convert_to_tensor(x)), float)
    expected = np.array([float(exact(mp.mpf(float(v)))) for v in x])
    held = np.abs(expected) > np.finfo(dtype).tiny
    # The argument of an exponential is rounded, which counts as often as it is large.
    rtol = 3 * (4 + x[held].astype(float) ** 2) * np.finfo(dtype).eps
    assert (np.abs(found[held] / expected[held] - 1) < rtol).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("name", "exact"), [("rest", rest), ("stirling_error", stirling)])
def test_factorials_of_numbers_close_to_zero(name, exact, dtype):
    """Below the least that the other values are taken from; x log x vanishes there."""
    x = np.geomspace(1e-37, 1e-5, 33).astype(dtype)
    found = np.asarray(getattr(special, name)(ops.convert_to_tensor(x)), float)
    expected = np.array([float(exact(mp.mpf(float(v)))) for v in x])
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(found, expected, rtol=8 * eps, atol=4 * eps)


ENDS = np.array([1e-37, 1e-30, 1e-20, 1e-9, 3e-8, 1e-3, 1e3, 1e9, 1e18, 1e30, 3e38])
"""Sizes over the whole range of float32."""


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_slopes_are_finite_where_values_are_up_to_the_ends_of_float32(name, dtype):
    """A formula that does not hold there spoils no slope, though its value is not taken."""
    x = ENDS if FUNCTIONS[name][0].min() > 0 else np.concatenate([-ENDS, ENDS])
    tensor = ops.convert_to_tensor(x.astype(dtype))
    function = getattr(special, name)
    values = np.asarray(function(tensor), float)
    overflows = (x < -1e19) & (name == "log_ndtr") & (dtype == "float32")
    np.testing.assert_array_equal(np.isfinite(values), ~overflows)
    assert np.isfinite(np.asarray(backend.gradient(function, tensor)))[~overflows].all()


def test_the_sum_of_two_exponentials():
    a, b = (
        v.ravel() for v in np.meshgrid([-1e4, -50.0, -1.0, 0.0, 3.0, 800.0], [-1e4, 0.0, 801.0])
    )
    found = np.asarray(special.log_add_exp(ops.convert_to_tensor(a), ops.convert_to_tensor(b)))
    np.testing.assert_allclose(found, np.logaddexp(a, b), rtol=1e-14)
    slope = backend.gradient(
        lambda at: special.log_add_exp(at, ops.convert_to_tensor(b)), ops.convert_to_tensor(b)
    )
    np.testing.assert_allclose(np.asarray(slope), 0.5)


@pytest.mark.parametrize("far", [1e4, 1e8, 1e30])
def test_the_sum_of_two_exponentials_far_apart_is_the_larger_one(far):
    near, off = (ops.convert_to_tensor(np.array([v], "float32")) for v in (-0.7, -far))
    for one, other in ((near, off), (off, near)):
        assert float(special.log_add_exp(one, other)[0]) == np.float32(-0.7)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_deviance_of_a_count_where_it_is_nearly_none(dtype):
    """excess: b - a - a log(b / a), for b a little or much larger or smaller than a."""
    a = np.geomspace(1e-3, 1e7, 11)
    ratio = np.concatenate([np.geomspace(1e-4, 0.99, 40), 1 + np.geomspace(1e-6, 50, 60)])
    ratio = np.concatenate([ratio, 1 - np.geomspace(1e-6, 0.4, 40)])
    a, ratio = (v.ravel() for v in np.meshgrid(a, ratio))
    difference, log_ratio = a * (ratio - 1), np.log(ratio)
    given = [v.astype(dtype) for v in (a, difference, log_ratio)]
    found = np.asarray(special.excess(*map(ops.convert_to_tensor, given)), float)
    exact = []
    for size, off, log in zip(*given, strict=True):
        size, off, log = (mp.mpf(float(v)) for v in (size, off, log))
        near = abs(off) < 0.2 * size  # there the difference alone has all digits
        exact.append(float(off - size * (mp.log1p(off / size) if near else log)))
    exact = np.array(exact)
    error = np.abs(found - exact) / exact
    assert error.max() < (3e-15 if dtype == "float64" else 1.5e-6)
    at_zero = special.excess(*map(ops.convert_to_tensor, np.array([[0.0], [3.0], [7.0]], dtype)))
    assert float(at_zero[0]) == 3.0


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_poissons_loss_loses_no_digits_at_large_counts(dtype):
    for y in (0, 1, 3, 40, 1000, 10**6):
        for ratio in (0.5, 0.999, 1.0, 1.001, 3.0):
            rate = np.asarray(max(y, 0.2) * ratio, dtype)
            given = [np.asarray([v], dtype) for v in (y, rate, np.log(rate))]
            found = float(special.poisson_nll(*map(ops.convert_to_tensor, given))[0])
            exact = mp.mpf(float(rate)) - y * mp.log(mp.mpf(float(rate))) + mp.loggamma(y + 1)
            allowed = 1e-12 if dtype == "float64" else 2e-6
            slack = abs(y - rate) * np.finfo(dtype).eps  # the logarithm's own rounding
            assert abs(found - float(exact)) < allowed * max(1, float(exact)) + 30 * slack, (
                y,
                ratio,
            )


def test_beyond_the_limit_an_exponential_goes_on_in_a_straight_line():
    x = np.array([-5.0, 2.0, 3.0, 3.5, 10.0, 1e4])
    found = np.asarray(special.exp_capped(ops.convert_to_tensor(x), 3.0))
    expected = np.where(x < 3, np.exp(np.minimum(x, 3)), np.exp(3) * (1 + x - 3))
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    slope = backend.gradient(lambda at: special.exp_capped(at, 3.0), ops.convert_to_tensor(x))
    np.testing.assert_allclose(np.asarray(slope)[[1, 3, 5]], np.exp([2.0, 3.0, 3.0]), rtol=1e-12)


@pytest.mark.parametrize(("dtype", "single"), [("float32", True), ("float64", False)])
def test_which_float_type_a_tensor_has(dtype, single):
    tensor = ops.convert_to_tensor(np.ones(2, dtype))
    assert special.is_single(tensor) == single
    assert special.tiny(tensor) == np.finfo(dtype).tiny


def test_what_is_left_of_a_factorial_rises_as_its_docstring_says():
    assert "It rises like ½ log 2πx" in " ".join((special.rest.__doc__ or "").split())
    x = np.array([1e3, 1e6, 1e12])
    found = np.asarray(special.rest(ops.convert_to_tensor(x)))
    np.testing.assert_allclose(found, np.log(2 * np.pi * x) / 2, atol=1e-4)

"""Where one formula gives way to another, and what stands beyond a limit: digits and values."""

import inspect

import mpmath as mp
import numpy as np
import pytest
from lossbook import heads, ops
from lossbook.constraints import diagonal
from lossbook.heads import HEADS
from scipy import special, stats


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def raw_for(head, **parameters):
    """Raw outputs `(n, units)` that give these parameters."""
    rows = [head.links[k].inverse(np.array(v, float)[:, None]) for k, v in parameters.items()]
    return np.concatenate(rows, axis=1)


@pytest.mark.parametrize("df", [0.5, 1.0, 2.0, 30.0, 300.0])
def test_a_t_is_scipys_whatever_its_degrees_of_freedom_and_however_far_off(df):
    y = np.array([0.0, 0.3, 7.0, 900.0, 1100.0, 1.7e4, 1e6, 1e12])
    head, n = heads.StudentT(df=df), len(y)
    raw = raw_for(head, location=np.zeros(n), scale=np.ones(n))
    exact = -stats.t.logpdf(y, df)
    np.testing.assert_allclose(array(head.nll(y, raw)), exact, rtol=1e-11)


@pytest.mark.parametrize(
    "head",
    [heads.StudentT(df=np.inf, links={"scale": "exponential"}),
     heads.GaussianScale(links={"scale": "exponential"}),
     heads.GaussianMixture(links={"scales": "exponential"})],
    ids=["t", "gaussian", "mixture"],
)  # fmt: skip
def test_a_scale_that_all_but_vanishes_leaves_the_loss_finite_in_float32(head):
    raw = np.full((2, head.units), -60.0, "float32")
    raw[:, 0] = 0
    y = np.array([1e4, 1e-3], "float32")
    assert np.isfinite(array(head.nll(y, raw))).all()
    assert np.isfinite(array(head.gradient(y, raw))).all()


@pytest.mark.parametrize("count", [1.0, 2.0, 9.0])
def test_a_hurdles_small_rates_keep_their_digits(count):
    rate = np.concatenate([np.geomspace(1e-8, 1e-4, 5), np.geomspace(5e-4, 0.3, 20)])
    head = heads.HurdlePoisson()
    raw = raw_for(head, any=np.full(len(rate), 0.7), rate=rate)
    with mp.workdps(40):
        exact = [
            -mp.log(mp.mpf(0.7)) + r - count * mp.log(r) + mp.loggamma(count + 1)
            + mp.log(-mp.expm1(-r))
            for r in map(mp.mpf, map(float, rate))
        ]  # fmt: skip
    found = array(head.nll(np.full(len(rate), count), raw))
    np.testing.assert_allclose(found, np.array(exact, float), rtol=1e-9)


@pytest.mark.parametrize(("dtype", "limit"), [("float32", 30.0), ("float64", 60.0)])
def test_a_weibulls_loss_goes_on_in_a_straight_line_beyond_its_limit(dtype, limit):
    """In log t, which is shape · log(time / scale)."""
    head, log_t = heads.Weibull(), limit + np.array([-3.0, -0.5, 0.5, 4.0, 40.0])
    raw = raw_for(head, scale=np.ones(5), shape=np.full(5, 20.0)).astype(dtype)
    y = np.stack([np.exp(log_t / 20), np.zeros(5)], axis=1).astype(dtype)
    p = {k: array(v)[:, 0] for k, v in head.parameters(raw).items()}
    log_t = p["shape"] * (np.log(y[:, 0].astype(float)) - np.log(p["scale"]))
    beyond = np.exp(limit) * (1 + log_t - limit)
    expected = np.where(log_t < limit, np.exp(np.minimum(log_t, limit)), beyond)
    np.testing.assert_allclose(array(head.nll(y, raw)), expected, rtol=2e-5)


TERMS = {"gamma": 1 - np.log(2), "inverse_gaussian": 1 / 4}
"""Head → the term that its shape multiplies, at a mean of 1 and an outcome of 2."""
RATIO = 1e30 * np.exp(140.0)
VAST = {"gamma": RATIO - np.log(RATIO) - 1, "inverse_gaussian": (RATIO - 1) ** 2 / 2e30}
"""The same at a mean of e^-140 and an outcome of 10³⁰."""


@pytest.mark.parametrize(("dtype", "limit"), [("float32", 30.0), ("float64", 300.0)])
@pytest.mark.parametrize("name", TERMS)
def test_what_a_shape_multiplies_goes_on_in_a_straight_line_beyond_its_limit(name, dtype, limit):
    """In float64 the outcome is so much larger than the mean that its term nearly gets there."""
    head = HEADS[name](links={"mean": "exponential", "shape": "exponential"})
    log_term = limit + np.array([-3.0, -0.5, 0.5, 4.0, 25.0])
    single = dtype == "float32"
    y, mean, term = (2.0, 0.0, TERMS[name]) if single else (1e30, -140.0, VAST[name])
    shape = log_term - np.log(term)
    assert (shape < (60 if single else 150)).all()
    raw = np.stack([np.full(5, mean), shape], axis=1).astype(dtype)
    beyond = np.exp(limit) * (1 + log_term - limit)
    expected = np.where(log_term < limit, np.exp(np.minimum(log_term, limit)), beyond)
    found = array(head.nll(np.full(5, y, dtype), raw))
    np.testing.assert_allclose(found, expected, rtol=2e-5)
    slope = array(head.gradient(np.full(5, y, dtype), raw))[:, 1]
    np.testing.assert_allclose(slope, np.exp(np.minimum(log_term, limit)), rtol=2e-5)


def test_a_kumaraswamys_share_close_to_one_keeps_its_digits():
    head, falling = heads.Kumaraswamy(), np.geomspace(1e-6, 0.5, 40)
    raw = raw_for(head, a=np.full(40, 0.8), b=np.full(40, 3.0))
    a, b = (array(head.parameters(raw)[key])[:, 0] for key in ("a", "b"))
    y = np.exp(-falling / a)
    with mp.workdps(40):
        exact = [
            -mp.log(k) - mp.log(m) - (mp.mpf(k) - 1) * mp.log(v)
            - (mp.mpf(m) - 1) * mp.log(1 - mp.mpf(v) ** mp.mpf(k))
            for k, m, v in zip(map(float, a), map(float, b), map(float, y), strict=True)
        ]  # fmt: skip
    np.testing.assert_allclose(array(head.nll(y, raw)), np.array(exact, float), rtol=1e-11)


def test_a_tweedies_deviance_goes_on_in_a_straight_line_beyond_a_ratio_of_e_to_the_60():
    head = heads.Tweedie(power=1.5, links={"mean": "exponential"})
    z = np.array([0.0, 50.0, 70.0, 110.0, 130.0, 149.0])[:, None]
    found = array(head.nll(np.ones(6), z)) - array(head.nll(np.ones(6), 0 * z))
    half = z[:, 0] / 2
    up = np.exp(np.minimum(half, 60)) * (1 + np.maximum(half - 60, 0))
    expected = (up - 1) / 0.5 + (np.exp(-half) - 1) / 0.5
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_an_ordinal_under_the_complementary_log_log_far_up_is_its_formula():
    head = heads.Ordinal(3, cumulative="cloglog")
    cuts = np.array([[3.0, 4.0], [9.0, 12.0], [12.0, 13.0], [20.0, 22.0], [29.0, 31.0]])
    found = array(head.nll(np.ones(5), head.links["cuts"].inverse(cuts)))
    np.testing.assert_allclose(found, np.exp(cuts[:, 0]), rtol=1e-7)


@pytest.mark.parametrize("step", [1e-5, 5e-4, 2e-3, 9e-3, 0.03, 0.09, 0.2])
def test_an_ordered_probits_narrow_answers_keep_their_digits(step):
    head = heads.Ordinal(3, cumulative="probit")
    low = np.array([-6.0, -2.0, -0.3, 0.0, 1.0, 4.0])
    found = array(
        head.nll(np.ones(6), head.links["cuts"].inverse(np.stack([low, low + step], axis=1)))
    )
    with mp.workdps(50):
        exact = [-mp.log(mp.ncdf(mp.mpf(a) + mp.mpf(step)) - mp.ncdf(mp.mpf(a))) for a in low]
    np.testing.assert_allclose(found, np.array(exact, float), rtol=3e-13 + 1e-15 / step)


def test_a_binomials_two_counts_without_a_second_axis_are_two_samples():
    """And not successes and trials of one."""
    head, raw = heads.Binomial(trials=7), np.array([[0.2], [-0.4]])
    exact = -stats.binom.logpmf([3, 2], 7, special.expit(raw[:, 0]))
    np.testing.assert_allclose(array(head.nll(np.array([3.0, 2.0]), raw)), exact, rtol=1e-10)


BORDERS = {
    "beta": (heads.Beta(), {"mean": 0.5, "concentration": 0.01}),
    "kumaraswamy, low": (heads.Kumaraswamy(), {"a": 0.01, "b": 1.0}),
    "kumaraswamy, high": (heads.Kumaraswamy(), {"a": 50.0, "b": 0.05}),
    "inverse gaussian": (heads.InverseGaussian(), {"mean": 1.0, "shape": 1e-38}),
    "dirichlet": (heads.Dirichlet(3), {"concentrations": 0.005}),
    "hurdle": (heads.HurdlePoisson(), {"any": 1.0, "rate": 1e-9}),
    "von mises": (heads.VonMises(), {"direction": 3.1, "concentration": 0.5}),
}


@pytest.mark.parametrize("name", BORDERS)
def test_draws_close_to_a_border_stay_inside_as_float32_has_them(name):
    head, values = BORDERS[name]
    sizes = head.sizes()
    p = {key: np.full((4000, sizes[key]), value) for key, value in values.items()}
    y = np.asarray(head.sample(p, np.random.default_rng(0)))
    assert head.inside(y.astype("float32").reshape(4000, head.columns)).all()
    if name == "hurdle":
        np.testing.assert_array_equal(y, 1)


def test_an_inverse_gaussians_vast_error_at_a_tiny_shape_keeps_its_digits_in_float32():
    """The squared error alone is beyond float32; its product with the shape is not."""
    head = heads.InverseGaussian()
    y = np.array([1e22, 1e25, 1e25], "float32")
    raw = raw_for(head, mean=[1e2, 1e4, 1e5], shape=[2e-6, 2e-6, 5e-6]).astype("float32")
    exact = array(head.nll(y.astype(float), raw.astype(float)))
    np.testing.assert_allclose(array(head.nll(y, raw)), exact, rtol=1e-4)
    assert np.isfinite(array(head.gradient(y, raw))).all()


def test_an_inverse_gaussians_error_beyond_float32_leaves_loss_and_gradient_finite():
    """Divided by the mean, the error is no number of float32 any more."""
    head = heads.InverseGaussian()
    y, raw = np.array([1e35, 3e38, 1e38], "float32"), np.full((3, 2), -30.0, "float32")
    raw[2] = [-30.0, 30.0]
    assert np.isfinite(array(head.nll(y, raw))).all()
    assert np.isfinite(array(head.gradient(y, raw))).all()


@pytest.mark.parametrize(
    ("dtype", "y", "mean", "shape"),
    [
        ("float32", 1e36, 5e11, 0.1),
        ("float32", 3e37, 1e9, 1e-9),
        ("float32", 1e35, 1e12, 1.0),
        ("float64", 1e300, 1e65, 1e-42),
        ("float64", 1e280, 1e60, 1e-40),
    ],
)
def test_an_inverse_gaussians_term_is_a_number_where_the_square_in_it_is_none(
    dtype, y, mean, shape
):
    """Of a vast y and a mean far below it."""
    head = heads.InverseGaussian(links={"mean": "exponential", "shape": "exponential"})
    raw, y = np.log([[mean, shape]]).astype(dtype), np.array([y], dtype)
    log_term = np.log(shape / 2) + np.log(float(y[0])) - 2 * np.log(mean)
    assert log_term < (30 if dtype == "float32" else 300)
    logs = 1.5 * np.log(float(y[0])) - 0.5 * np.log(shape) + 0.5 * np.log(2 * np.pi)
    found = array(head.nll(y, raw))[0]
    assert np.isclose(found, np.exp(log_term) + logs, rtol=1e-3 if dtype == "float32" else 1e-9)
    assert np.isfinite(array(head.gradient(y, raw))).all()


def corners(size, top, n=3000):
    """Raw outputs and y, up to `top` and 10⁴ in magnitude, most of the diagonal far below zero."""
    rng = np.random.default_rng(size)
    head = heads.MultivariateGaussian(size)
    on_diagonal = size + np.array(diagonal(head.units - size))
    raw = rng.choice([-top, -top / 3, 0, top / 3, top], (n, head.units))
    raw[:, on_diagonal] = rng.choice([-top, -min(14, top), top], (n, size), p=[0.7, 0.2, 0.1])
    raw[:4] = np.array([-top, top, -top, top])[:, None]  # and all of one sign beside it
    raw[:4, on_diagonal] = -top
    y = rng.choice([-1e4, 0.0, 1.0, 1e4], (n, size))
    y[:4] = np.array([1e4, 1e4, -1e4, -1e4])[:, None]
    return head, raw, y


def finite(head, raw, y, dtype):
    raw, y = raw.astype(dtype), y.astype(dtype)
    slopes = array(head.gradient(y, raw))
    return np.isfinite(array(head.nll(y, raw))).all() and np.isfinite(slopes).all()


@pytest.mark.parametrize(
    ("size", "top"), [(1, 1e4), (2, 1e4), (3, 1e4), (4, 1e3), (5, 7), (6, 7), (7, 7), (8, 7)]
)
def test_a_vectors_loss_is_finite_in_float32_as_far_as_its_docstring_says(size, top):
    assert finite(*corners(size, top), "float32")


@pytest.mark.parametrize(("size", "top"), [(4, 1e4), (5, 30), (8, 30)])
def test_a_vectors_loss_may_overflow_in_float32_beyond_and_not_in_float64(size, top):
    """So that the limits are none that could be left out; at ±10⁴ float64 takes larger ones."""
    assert not finite(*corners(size, top), "float32")
    assert finite(*corners(size, top), "float64")


@pytest.mark.parametrize("size", [4, 9, 16])
def test_in_float64_a_vectors_loss_is_finite_up_to_size_16(size):
    assert finite(*corners(size, 1e4, n=400), "float64")


def test_the_limits_of_a_vector_are_those_of_its_docstring():
    text = " ".join(inspect.getdoc(heads.MultivariateGaussian).split())
    assert (
        "With y to ±10⁴, loss and gradient are finite for raw outputs to ±10⁴ up to size 3, to "
        "±1000 for size 4, and to ±7 up to size 8."
    ) in text
    assert "In float64 they are finite for raw outputs to ±10⁴ up to size 16." in text
    head = heads.MultivariateGaussian(1)
    at_14, at_13 = (
        float(array(head.parameters(np.array([[0.0, z]]))["factor"])[0, 0]) for z in (-14, -13)
    )
    assert "below 2 · 10⁻⁶ where the raw output is below -14" in text
    assert 1e-6 < at_14 < 2e-6 < at_13


@pytest.mark.parametrize("z", [-55.0, -59.0, -61.0, -70.0, -300.0])
def test_far_below_zero_a_loss_that_divides_by_an_exponential_is_that_of_its_parameter(z):
    """In float32: y over the mean is 8 here."""
    head = heads.Exponential(links={"mean": "exponential"})
    raw = np.array([[z]], "float32")
    mean = array(head.parameters(raw)["mean"])[0, 0]
    assert np.isclose(np.log(mean), z if z > -60 else -60 - np.log1p(np.log1p(-60 - z)), rtol=1e-6)
    y = np.float32(8 * mean)
    expected = -stats.expon.logpdf(float(y), scale=mean)
    np.testing.assert_allclose(array(head.nll(np.array([y]), raw))[0], expected, rtol=1e-5)

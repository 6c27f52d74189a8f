"""Losses in float32 where digits are scarce: large counts, little scatter, unscaled features."""

import mpmath as mp
import numpy as np
import pytest
from lossbook import heads, keras, ops
from lossbook.heads import HEADS, von_mises_fisher
from oracles import CASES
from scipy import special, stats


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def raw_for(head, parameters):
    """Raw outputs `(n, units)` that give these parameters, as float32 has them."""
    rows = [head.links[key].inverse(np.array(v, float)[:, None]) for key, v in parameters.items()]
    return np.concatenate(rows, axis=1).astype("float32")


LARGE = np.array([1e2, 1e4, 1e5, 1e6])
NEAR = LARGE + np.array([3, -50, 200, 700])
ONES = np.ones(4)
HARD = {
    "poisson": ({"rate": LARGE}, NEAR),
    "zero_inflated_poisson": ({"rate": LARGE, "absent": 0.2 * ONES}, NEAR),
    "hurdle_poisson": ({"any": 0.2 * ONES, "rate": LARGE}, NEAR),
    "negative_binomial": (
        {"mean": LARGE, "dispersion": [1e-2, 1e-4, 3e-6, 1e-5]}, NEAR,
    ),
    "gamma": ({"mean": 3 * ONES, "shape": LARGE}, 3 + np.array([0.2, 0.02, 0.001, -0.002])),
    "inverse_gaussian": (
        {"mean": 3 * ONES, "shape": LARGE}, 3 + np.array([0.2, 0.02, 0.001, -0.002]),
    ),
    "beta": ({"mean": 0.3 * ONES, "concentration": LARGE},
             0.3 + np.array([0.05, 5e-3, 1e-3, 4e-4])),
    "tweedie": ({"mean": LARGE}, NEAR),
    "von_mises": ({"direction": 0.5 * ONES, "concentration": LARGE},
                  0.5 + np.array([0.1, 0.01, 2e-3, 1e-3])),
    "student_t": ({"location": 0 * ONES, "scale": [1e-3, 1.0, 1e3, 1e5]}, [2e-3, 1e6, 1e5, 1e9]),
    "exponential": ({"mean": LARGE}, 3 * LARGE),
    "weibull": ({"scale": LARGE, "shape": [0.5, 5.0, 20.0, 50.0]},
                np.stack([LARGE * [3, 1.2, 0.9, 1.01], [1, 0, 1, 1]], axis=1)),
    "kumaraswamy": ({"a": [50.0, 0.05, 1e3, 2.0], "b": [3.0, 20.0, 5.0, 1e4]},
                    [0.97, 1e-9, 0.999, 3e-3]),
    "log_normal": ({"log_median": [-30.0, 0.0, 30.0, 80.0]}, [1e-13, 1.0, 1e13, 5e34]),
}  # fmt: skip
"""Head → parameters, one a row, and an outcome for each, not far from where most draws lie."""


@pytest.mark.parametrize("name", HARD)
def test_large_counts_and_little_scatter_keep_their_digits_in_float32(name):
    """Against float64 at the same raw outputs and outcomes; and float64 against scipy."""
    parameters, y = HARD[name]
    head = HEADS[name]()
    raw, y = raw_for(head, parameters), np.array(y, "float32")
    y = y if y.ndim > 1 else y[:, None]
    single = array(head.nll(y, raw))
    double = array(head.nll(y.astype(float), raw.astype(float)))
    # What no formula can avoid: the loss's slope times the rounding of its own steps.
    slope = np.abs(array(head.gradient(y.astype(float), raw.astype(float))) * raw).sum(axis=1)
    allowed = 2e-5 * np.maximum(np.abs(double), 1) + 4e-7 * slope
    assert (np.abs(single - double) < allowed).all(), (single, double, allowed)
    if name != "tweedie":  # scipy has no series as long as that; see below
        p = {k: array(v) for k, v in head.parameters(raw.astype(float)).items()}
        with np.errstate(all="ignore"):
            exact = -CASES[name].log_density(head, p, y.astype(float))
        np.testing.assert_allclose(double, exact, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("dispersion", [1e-2, 1e-3, 1e-4, 1e-5, 3e-6, 1.1e-6])
def test_a_negative_binomial_that_is_nearly_a_poisson(dispersion):
    """Value and slope of the dispersion, whose log-gammas cancel to nothing."""
    head, y = heads.NegativeBinomial(), np.arange(12.0)[:, None]
    raw = raw_for(head, {"mean": np.full(12, 5.0), "dispersion": np.full(12, dispersion)})
    p = {k: array(v) for k, v in head.parameters(raw.astype(float)).items()}
    r = 1 / p["dispersion"]
    exact = -stats.nbinom.logpmf(y, r, r / (r + p["mean"]))[:, 0]
    np.testing.assert_allclose(array(head.nll(y, raw)), exact, atol=1.2e-5)
    slope = array(head.gradient(y, raw))
    double = array(head.gradient(y, raw.astype(float)))
    np.testing.assert_allclose(slope[:, 0], double[:, 0], rtol=1e-5, atol=1e-6)
    # The slope at a dispersion of 0 is (y - (y - mean)²) / 2, times that of the softplus.
    step = head.links["dispersion"].slopes(raw[:, 1].astype(float))[1]
    expected = (y[:, 0] - (y[:, 0] - 5) ** 2) / 2 * step
    if dispersion <= 1e-4:
        np.testing.assert_allclose(
            double[:, 1], expected, rtol=2e-2, atol=40 * dispersion * step.max()
        )
    np.testing.assert_allclose(slope[:, 1], double[:, 1], atol=0.08 * np.abs(double[:, 1]).max())


@pytest.mark.parametrize("raw_dispersion", [-30.0, -45.0, -60.0, -80.0])
def test_a_negative_binomial_whose_dispersion_vanishes_is_the_poisson(raw_dispersion):
    """With the exponential link, which has no floor: nothing pulls at the dispersion any more."""
    head, y = heads.NegativeBinomial(links={"dispersion": "exponential"}), np.array([0.0, 4.0, 1e4])
    raw = np.tile(np.array([0.0, raw_dispersion], "float32"), (3, 1))
    exact = -stats.poisson.logpmf(y, np.log(2) + 1e-6)
    np.testing.assert_allclose(array(head.nll(y, raw)), exact, rtol=1e-5)
    poisson = array(heads.Poisson().gradient(y, raw[:, :1].astype(float)))
    slope = array(head.gradient(y, raw))
    np.testing.assert_allclose(slope[:, :1], poisson, rtol=1e-4)
    np.testing.assert_allclose(slope[:, 1], 0, atol=1e-3)


@pytest.mark.parametrize(
    ("y", "dispersion"), [(1e6, 1.0), (1e7, 1.0), (1e8, 1.0), (3.3, 1e-3), (2.0, 0.05), (50.0, 9.0)]
)
@pytest.mark.parametrize("power", [1.2, 1.5, 1.8])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_series_of_a_tweedie_wherever_its_largest_term_is(y, dispersion, power, dtype):
    """Against the sum over every number of gamma amounts, by scipy."""
    head, mean = heads.Tweedie(power=power, dispersion=dispersion), 0.9 * y
    rate = mean ** (2 - power) / (dispersion * (2 - power))
    scale = dispersion * (power - 1) * mean ** (power - 1)
    number = np.unique(np.arange(max(1, rate // 3), 3 * rate + 400).astype(int))
    logs = stats.poisson.logpmf(number, rate) + stats.gamma.logpdf(
        y, number * (2 - power) / (power - 1), scale=scale
    )
    raw = head.links["mean"].inverse(np.array([[mean]])).astype(dtype)
    found = float(array(head.nll(np.array([[y]], dtype), raw))[0])
    exact = -special.logsumexp(logs)
    slack = 1e-7 * y ** (2 - power) / dispersion * (dtype == "float32")  # of y's own rounding
    assert abs(found - exact) < (2e-4 if dtype == "float32" else 1e-5) * max(1, exact) + slack


@pytest.mark.parametrize("size", [2, 3, 16, 192, 300, 512, 768, 1024, 4096])
@pytest.mark.parametrize("concentration", [1e-3, 1.0, 10.0, 50.0, 100.0, 1e4])
def test_a_direction_in_any_dimension_has_a_finite_density(size, concentration):
    """The normaliser against mpmath's Bessel function."""
    head = heads.VonMisesFisher(size, concentration)
    with mp.workdps(30):
        order = mp.mpf(size) / 2 - 1
        kappa = mp.mpf(concentration)
        bessel = mp.log(mp.besseli(order, kappa))
        exact = mp.mpf(size) / 2 * mp.log(2 * mp.pi) + bessel - order * mp.log(kappa)
    at_right_angles = np.zeros((1, size))
    at_right_angles[0, 1] = 1
    raw = np.zeros((1, size))
    raw[0, 0] = 1
    np.testing.assert_allclose(array(head.nll(at_right_angles, raw))[0], float(exact), rtol=1e-9)


LEAVES = [(size, 1.0) for size in range(296, 318, 2)]
WIDE = [(1024, 300.0), (2048, 300.0), (4096, 300.0), (4096, 700.0), (4096, 1500.0)]


@pytest.mark.parametrize(("size", "concentration"), LEAVES + WIDE)
def test_the_normaliser_of_a_direction_where_bessels_function_leaves_the_floats(
    size, concentration
):
    """Among the numbers that float64 has few digits of, and where many terms of its series count.

    Against mpmath, with an error in nats: it does not matter how large the constant is.
    """
    with mp.workdps(40):
        order, kappa = mp.mpf(size) / 2 - 1, mp.mpf(concentration)
        exact = mp.log(mp.besseli(order, kappa))
    assert abs(float(von_mises_fisher.log_bessel_i(size / 2 - 1, concentration) - exact)) < 1e-8


def log_bessel_of_a_vast_order(order, kappa):
    """Debye's expansion with 40 digits, to order⁻⁴ (DLMF 10.41.3)."""
    z = mp.mpf(kappa) / order
    root = mp.sqrt(1 + z * z)
    p = 1 / root
    terms = (
        (3 * p - 5 * p**3) / 24,
        (81 * p**2 - 462 * p**4 + 385 * p**6) / 1152,
        (30375 * p**3 - 369603 * p**5 + 765765 * p**7 - 425425 * p**9) / 414720,
    )
    series = 1 + sum(term / mp.mpf(order) ** k for k, term in enumerate(terms, start=1))
    grown = order * (root + mp.log(z / (1 + root)))
    return grown - mp.log(2 * mp.pi * order * root) / 2 + mp.log(series)


@pytest.mark.parametrize(
    ("order", "kappa"), [(2047, 1500), (10**5, 1e5), (10**6, 1e6), (10**6, 3e6)]
)
def test_the_series_of_a_vast_order_takes_all_terms_that_count(order, kappa):
    """Thousands around the largest one; a quarter of those that it takes would not do."""
    with mp.workdps(40):
        exact = log_bessel_of_a_vast_order(order, kappa)
        if order < 10**4:
            assert abs(exact - mp.log(mp.besseli(order, kappa))) < 1e-12
        found = von_mises_fisher.log_bessel_i(order, kappa)
        assert abs(found - exact) < 1e-8


DEFAULT = {n: c for n, c in CASES.items() if c.largest == 1e4}


@pytest.mark.parametrize("spread", [10.0, 100.0, 1000.0])
@pytest.mark.parametrize("case", DEFAULT.values(), ids=DEFAULT.keys())
def test_raw_outputs_of_unscaled_features_give_gradients_that_adam_can_square(case, spread):
    """Raw outputs of a network at its start on features a hundred times too large."""
    head, rng = case.head(), np.random.default_rng(0)
    usual = rng.normal(size=(300, head.units))
    y = head.sample({k: array(v) for k, v in head.parameters(usual).items()}, rng)
    y = y.astype("float32") if y.dtype.kind == "f" else y
    raw = rng.normal(scale=spread, size=usual.shape).astype("float32")
    assert np.isfinite(array(head.nll(y, raw))).all()
    slope = array(head.automatic_gradient(y, raw))
    assert np.isfinite(slope).all()
    assert np.abs(slope).max() < 1e18, "its square is beyond float32"


@pytest.mark.parametrize("name", ["multivariate_gaussian", "weibull", "ordinal"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_training_on_unscaled_features_stays_finite(name, seed):
    head, rng = HEADS[name](), np.random.default_rng(seed)
    x = 100 * rng.normal(size=(256, 4)).astype("float32")
    usual = rng.normal(size=(256, head.units))
    y = head.sample({k: array(v) for k, v in head.parameters(usual).items()}, rng)
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((4,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(head.units)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(1e-3), loss=head.loss)
    losses = model.fit(x, y, epochs=3, batch_size=64, verbose=0).history["loss"]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.parametrize("df", [1e3, 1e8, 1e16, np.inf])
def test_many_degrees_of_freedom_are_a_gaussian(df):
    y, raw = np.linspace(-3, 3, 7)[:, None], np.tile([0.2, 0.5], (7, 1))
    scale = np.logaddexp(0, 0.5) + 1e-6
    exact = -stats.norm.logpdf(y[:, 0], 0.2, scale)
    np.testing.assert_allclose(array(heads.StudentT(df=df).nll(y, raw)), exact, atol=40 / df + 1e-9)


FAR_OFF = {
    "float64": np.array([1e3, 3e6, 1e9, 1e15, 1e40, 1e59]),
    "float32": np.array([1e3, 1e5, 1.2e6]),
}
"""How many deviations off, up to where the docstring lets the square go on as a logarithm."""


@pytest.mark.parametrize("dtype", FAR_OFF)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_vector_far_off_costs_its_whole_squared_distance(size, dtype):
    """Against scipy, whatever the covariance: in float64 to 10¹²⁰ nats, in float32 to 10¹²."""
    head, rng = heads.MultivariateGaussian(size), np.random.default_rng(0)
    raw = rng.normal(size=(len(FAR_OFF[dtype]), head.units)).astype(dtype)
    p = {k: array(v) for k, v in head.parameters(raw).items()}
    lower = np.zeros((len(raw), size, size))
    lower[:, *np.tril_indices(size)] = p["factor"]
    away = np.linspace(1, -0.5, size) / np.linalg.norm(np.linspace(1, -0.5, size))
    y = p["mean"] + FAR_OFF[dtype][:, None] * (lower @ away)
    y = y.astype(dtype)
    exact = -CASES["multivariate_gaussian"].log_density(head, p, y.astype(float))
    found = array(head.nll(y, raw))
    np.testing.assert_allclose(found, exact, rtol=1e-9 if dtype == "float64" else 1e-4)


@pytest.mark.parametrize(("dtype", "limit"), [("float32", 1e12), ("float64", 1e120)])
def test_beyond_its_limit_a_squared_distance_goes_on_as_its_logarithm(dtype, limit):
    head, raw = heads.MultivariateGaussian(2), np.zeros((3, 5), dtype)
    spread = float(array(head.parameters(raw[:1])["factor"])[0, 0])
    deviations = np.sqrt(2 * limit) * np.array([3.0, 1e2, 1e3])
    y = np.stack([deviations * spread * 0.6, -deviations * spread * 0.8], axis=1).astype(dtype)
    constant = np.log(2 * np.pi) + 2 * np.log(spread)
    expected = limit * (1 + 2 * np.log(deviations / np.sqrt(2 * limit))) + constant
    np.testing.assert_allclose(array(head.nll(y, raw)), expected, rtol=1e-5)
    slope = array(head.gradient(y, raw))[:, 0]
    np.testing.assert_allclose(slope, -2 * limit * y[:, 0] / (deviations * spread) ** 2, rtol=1e-4)

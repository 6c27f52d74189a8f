"""Constants and draws of samples far from usual: repeated, with outliers, piled up at a border."""

import numpy as np
import pytest
from lossbook import heads, ops
from lossbook.heads import HEADS
from scipy import optimize, stats
from sizes import SIZED


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def drawn(head, n, seed=0):
    rng = np.random.default_rng(seed)
    raw = rng.normal(scale=0.5, size=(1, head.units)).repeat(n, axis=0)
    return np.asarray(head.sample(head.parameters(raw), rng))


@pytest.mark.parametrize("name", SIZED)
def test_a_sample_that_is_repeated_has_the_same_constant(name):
    """As many rows as columns too, where one axis is easily taken for the other."""
    head = SIZED[name]()
    several = 12 if head.name in ("kumaraswamy", "weibull") else max(head.columns, 2)
    y = drawn(head, several)
    once = np.ravel(head.best_constant(y))
    thrice = np.ravel(head.best_constant(np.concatenate([y, y, y])))
    np.testing.assert_allclose(thrice, once, rtol=1e-6, atol=1e-9)


FAR = np.concatenate([np.linspace(-1, 2, 30), [40.0, 55.0, 1e3, -300.0, 2e4, 31.0, 33.0]])
"""A third of it outliers, most of them to one side."""


@pytest.mark.parametrize("spread", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize(
    "head",
    [heads.Huber(delta=0.7), heads.HyperbolicSecant(), heads.Logistic(scale=0.3)],
    ids=lambda head: head.name,
)
def test_at_the_constant_of_a_sample_with_outliers_the_slopes_cancel(head, spread):
    y = spread * FAR
    found = np.ravel(head.best_constant(y[:, None]))[0]
    slope = array(head.gradient(y, np.full((len(y), 1), found)))
    curve = [abs(array(head.gradient(y, np.full((len(y), 1), found + d))).mean())
             for d in (-1e-4 * spread, 1e-4 * spread)]  # fmt: skip
    assert abs(slope.mean()) < 1e-9 or abs(slope.mean()) < 1e-3 * min(curve)


@pytest.mark.parametrize("df", [0.7, 1.0, 4.0, 30.0])
def test_a_t_fits_a_sample_with_outliers_as_far_as_its_place_goes(df):
    """With the scale that fits best at that place, no pull is left on it."""
    head = heads.StudentT(df=df)
    found = np.ravel(head.best_constant(FAR[:, None]))[0]

    def slopes(log_scale):
        raw = np.array([[found, head.links["scale"].inverse(np.exp(log_scale))]])
        return array(head.gradient(FAR, raw.repeat(len(FAR), axis=0))).mean(axis=0)

    log_scale = optimize.brentq(lambda s: slopes(s)[1], -5, 9, xtol=1e-13)
    scale = np.exp(log_scale)
    assert abs(slopes(log_scale)[0] * scale) < 1e-7


@pytest.mark.parametrize(("a", "b"), [(0.02, 0.7), (0.03, 40.0), (1.0, 1.0), (200.0, 3.0)])
def test_shapes_of_a_kumaraswamy_are_found_whatever_they_are(a, b):
    head = heads.Kumaraswamy()
    u = (np.arange(50) + 0.5) / 50
    y = (1 - (1 - u) ** (1 / b)) ** (1 / a)
    found = np.ravel(head.best_constant(y[:, None]))
    raw = np.array([[head.links[k].inverse(v) for k, v in zip("ab", found, strict=True)]])
    slope = array(head.gradient(y, raw.repeat(len(y), axis=0)))
    assert (np.abs(slope.mean(axis=0)) < 1e-6 * np.abs(slope).max(axis=0)).all()


PILED = {
    "beta": {"mean": 0.5, "concentration": 0.5},
    "exponential": {"mean": 1e-25},
    "gamma": {"mean": 1.0, "shape": 0.25},
    "inverse_gaussian": {"mean": 1e-20, "shape": 1e-22},
    "kumaraswamy": {"a": 0.25, "b": 2.0},
    "log_normal": {"log_median": -60.0},
    "weibull": {"scale": 1e-6, "shape": 0.3},
    "dirichlet": {"concentrations": 0.2},
}
"""Parameters under which many draws are close to zero, though float32 has them all."""


def test_continuous_heads_of_amounts_and_shares_are_all_tried():
    kinds = {"positive", "open unit interval", "open simplex", "censored time"}
    assert {n for n in HEADS if HEADS[n].support.name in kinds} | {"exponential"} == set(PILED)


@pytest.mark.parametrize("name", PILED)
def test_draws_close_to_zero_differ_from_one_another(name):
    """A floor that is too high would make many of them equal."""
    head, n = HEADS[name](), 3000
    sizes = head.sizes()
    p = {key: np.full((n, sizes[key]), value) for key, value in PILED[name].items()}
    y = np.asarray(head.sample(p, np.random.default_rng(0))).reshape(n, -1)[:, 0]
    low = y[y <= np.median(y)]
    assert len(np.unique(low)) == len(low)


@pytest.mark.parametrize("name", [n for n in HEADS if HEADS[n].support.name == "class"])
def test_the_shares_of_classes_are_those_of_all_labels_in_whatever_shape(name):
    head, labels = HEADS[name](size=4), np.random.default_rng(0).integers(0, 4, 24)
    shares = head.best_constant(labels)
    np.testing.assert_allclose(shares, np.bincount(labels, minlength=4) / 24)
    for shape in ((24, 1), (6, 4), (2, 3, 4)):
        np.testing.assert_array_equal(head.best_constant(labels.reshape(shape)), shares)


OF_DRAWS = {
    "beta": lambda p, y: stats.beta.cdf(
        y, p["mean"] * p["concentration"], (1 - p["mean"]) * p["concentration"]
    ),
    "exponential": lambda p, y: stats.expon.cdf(y, scale=p["mean"]),
    "gamma": lambda p, y: stats.gamma.cdf(y, p["shape"], scale=p["mean"] / p["shape"]),
    "kumaraswamy": lambda p, y: -np.expm1(p["b"] * np.log1p(-(y ** p["a"]))),
    "log_normal": lambda p, y: stats.norm.cdf(np.log(y), p["log_median"]),
    "dirichlet": lambda p, y: stats.beta.cdf(
        y, p["concentrations"], 2 * p["concentrations"]
    ),
}  # fmt: skip
"""Head → the distribution function of an outcome, or of its first share."""
CLOSER = {
    "beta": ({"mean": 0.2, "concentration": 0.2}, {"mean": 1e-3, "concentration": 0.5}),
    "exponential": ({"mean": 1e-35},),
    "gamma": ({"mean": 1.0, "shape": 0.05}, {"mean": 1e-30, "shape": 0.2}),
    "kumaraswamy": ({"a": 0.05, "b": 2.0}, {"a": 1.0, "b": 1e30}),
    "log_normal": ({"log_median": -80.0},),
    "dirichlet": ({"concentrations": 0.1}, {"concentrations": 0.02}, {"concentrations": 1e-4}),
}
"""Parameters under which hardly a draw is far from zero, or many end where float32 does."""


@pytest.mark.parametrize("name", CLOSER)
def test_draws_that_pile_up_at_zero_follow_the_distribution_as_far_as_float32_goes(name):
    """At no power of ten, from the least float on, are more or fewer of them below."""
    head, n = HEADS[name](), 20_000
    for case in CLOSER[name]:
        p = {key: np.full((n, head.sizes()[key]), value) for key, value in case.items()}
        y = np.asarray(head.sample(p, np.random.default_rng(0))).reshape(n, -1)[:, 0]
        for edge in 10.0 ** np.arange(-37, 0, 2):
            share = float(OF_DRAWS[name](case, edge))
            assert stats.binomtest(int((y <= edge).sum()), n, share).pvalue > 1e-4, (case, edge)

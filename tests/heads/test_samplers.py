"""Draws against scipy's distribution functions: the middle, both tails, rows and columns apart."""

import numpy as np
import pytest
from lossbook import heads, ops
from lossbook.heads import HEADS
from oracles import CASES
from scipy import special, stats

N = 60_000
LEAST_P = 1e-4
"""Some 150 comparisons: by chance one in 70 runs would fall below, and the seed is fixed."""


def hurdle(head, p, y):
    zero = np.exp(-p["rate"])
    some = (stats.poisson.cdf(y, p["rate"]) - zero) / (1 - zero)
    return np.where(y < 0, 0.0, 1 - p["any"] + p["any"] * np.maximum(some, 0))


def inflated(head, p, y):
    return np.where(y < 0, 0, p["absent"] + (1 - p["absent"]) * stats.poisson.cdf(y, p["rate"]))


def hubers(head, p, y):
    """By symmetry from the lower tail: a Gaussian's middle, exponential ends."""
    d, u = head.delta, np.abs(y - p["location"])
    area = np.sqrt(2 * np.pi) * (2 * special.ndtr(d) - 1) + 2 * np.exp(-(d**2) / 2) / d
    beyond = np.exp(d**2 / 2 - d * np.maximum(u, d)) / d
    between = np.sqrt(2 * np.pi) * (special.ndtr(d) - special.ndtr(np.minimum(u, d)))
    below = (beyond + between) / area
    return np.where(y < p["location"], below, 1 - below)


def asymmetric(head, p, y):
    kappa = np.sqrt(head.level / (1 - head.level))
    scale = head.scale / np.sqrt(head.level * (1 - head.level))
    return stats.laplace_asymmetric.cdf(y, kappa, p["quantile"], scale)


def compound(head, p, y):
    power, phi, mean = head.power, head.dispersion, p["mean"]
    rate = mean ** (2 - power) / (phi * (2 - power))
    scale = phi * (power - 1) * mean ** (power - 1)
    shape = (2 - power) / (power - 1)
    found = np.exp(-rate) * (y >= 0)
    for number in range(1, 60):
        found = found + stats.poisson.pmf(number, rate) * stats.gamma.cdf(
            y, number * shape, scale=scale
        )
    return found


def ordered(head, p, y):
    ends = np.full((len(y), 1), np.inf)
    below = special.expit(np.concatenate([-ends, p["cuts"], ends], axis=1))
    return np.take_along_axis(below, np.reshape(y, (-1, 1)).astype(int) + 1, axis=1)


def classes(head, p, y):
    below = np.cumsum(np.concatenate([0 * p["probabilities"][:, :1], p["probabilities"]], 1), 1)
    return np.take_along_axis(below, np.reshape(y, (-1, 1)).astype(int) + 1, axis=1)


def mixture(head, p, y):
    parts = p["weights"] * stats.norm.cdf(y, p["means"], p["scales"])
    return parts.sum(axis=-1, keepdims=True)


def events(head, p, y):
    """Of the times alone: the first of a Weibull and an exponential clock of half its rate."""
    time = y[:, :1]
    alive = stats.weibull_min.sf(time, p["shape"], scale=p["scale"])
    return 1 - alive * stats.expon.sf(time, scale=2 * p["scale"])


CDFS = {
    "asymmetric_laplace": asymmetric,
    "bernoulli": lambda h, p, y: stats.bernoulli.cdf(y, p["probability"]),
    "beta": lambda h, p, y: stats.beta.cdf(
        y, p["mean"] * p["concentration"], (1 - p["mean"]) * p["concentration"]
    ),
    "binomial": lambda h, p, y: stats.binom.cdf(y, h.trials, p["probability"]),
    "categorical": classes,
    "exponential": lambda h, p, y: stats.expon.cdf(y, scale=p["mean"]),
    "gamma": lambda h, p, y: stats.gamma.cdf(y, p["shape"], scale=p["mean"] / p["shape"]),
    "gaussian": lambda h, p, y: stats.norm.cdf(y, p["mean"], h.scale),
    "gaussian_mixture": mixture,
    "gaussian_scale": lambda h, p, y: stats.norm.cdf(y, p["mean"], p["scale"]),
    "huber": hubers,
    "hurdle_poisson": hurdle,
    "hyperbolic_secant": lambda h, p, y: stats.hypsecant.cdf(y, loc=p["location"]),
    "independent_bernoullis": lambda h, p, y: stats.bernoulli.cdf(y, p["probabilities"]),
    "inverse_gaussian": lambda h, p, y: stats.invgauss.cdf(
        y, p["mean"] / p["shape"], scale=p["shape"]
    ),
    "kumaraswamy": lambda h, p, y: 1 - (1 - y ** p["a"]) ** p["b"],
    "laplace": lambda h, p, y: stats.laplace.cdf(y, p["median"], h.scale),
    "log_normal": lambda h, p, y: stats.lognorm.cdf(y, h.scale, scale=np.exp(p["log_median"])),
    "logistic": lambda h, p, y: stats.logistic.cdf(y, p["location"], h.scale),
    "negative_binomial": lambda h, p, y: stats.nbinom.cdf(
        y, 1 / p["dispersion"], 1 / (1 + p["dispersion"] * p["mean"])
    ),
    "ordinal": ordered,
    "poisson": lambda h, p, y: stats.poisson.cdf(y, p["rate"]),
    "student_t": lambda h, p, y: stats.t.cdf(y, h.df, p["location"], p["scale"]),
    "tweedie": compound,
    "von_mises": lambda h, p, y: (
        stats.vonmises.cdf(y, p["concentration"], loc=p["direction"])
        - stats.vonmises.cdf(-np.pi, p["concentration"], loc=p["direction"])
    ),
    "weibull": events,
    "zero_inflated_poisson": inflated,
}
"""Head → the distribution function of its draws, `(n, values)`, by scipy or by its definition."""
COUNTS = {
    "bernoulli", "binomial", "categorical", "hurdle_poisson", "independent_bernoullis",
    "negative_binomial", "ordinal", "poisson", "zero_inflated_poisson",
}  # fmt: skip
OWN = {"dirichlet", "multivariate_gaussian", "von_mises_fisher"}
"""Heads whose draws are vectors: tested below, or in a file of their own."""


def test_every_head_has_draws_that_are_compared():
    assert set(CDFS) | OWN == set(HEADS), (
        "tests/heads/test_samplers.py: give the head a row in CDFS"
    )


def varied(head, n, seed=5):
    """Parameters that differ from row to row, around those of the oracle's case."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(scale=0.5, size=(n, head.units)) + 0.3
    if head.name == "beta":  # with less scatter, or many draws are rounded off 1
        raw[:, head.size :] += 3
    found = {k: np.asarray(ops.convert_to_numpy(v), float) for k, v in head.parameters(raw).items()}
    for key in {"rate", "mean"} & set(found) if head.name in COUNTS else ():
        found[key] = 6 * found[key]  # so that counts beyond ten are drawn too
    return found, rng


def ranks(head, n=N):
    """Where each draw stands in its distribution: uniform, whatever the parameters."""
    p, rng = varied(head, n)
    y = np.asarray(head.sample(p, rng), float)
    y = y if y.ndim > 1 else y[:, None]
    cdf = CDFS[head.name]
    upto = cdf(head, p, y)
    if head.name in COUNTS or head.name == "tweedie":
        at_zero = (y == 0) if head.name == "tweedie" else np.ones_like(y, bool)
        before = np.where(at_zero, cdf(head, p, y - 1), upto)
        return before + rng.random(upto.shape) * (upto - before)
    return upto


def test_a_tweedies_amounts_above_zero_follow_theirs():
    """Where they are small, the zeros would hide them."""
    head = heads.Tweedie(power=1.6, dispersion=0.7)
    p, rng = varied(head, N)
    y = head.sample(p, rng)
    none = compound(head, p, np.zeros_like(y))
    found = ((compound(head, p, y) - none) / (1 - none))[y > 0]
    assert uniform(found)
    assert uniform(found[found < 0.004] / 0.004)
    assert stats.binomtest(int((found < 0.004).sum()), len(found), 0.004).pvalue > LEAST_P


def uniform(values):
    return stats.kstest(values, "uniform").pvalue > LEAST_P


def in_sizes():
    one = {name: CASES[name].head for name in CDFS}
    two = {
        f"{name}-2": lambda name=name: HEADS[name](size=2)
        for name in CDFS
        if (head := of_size(name, 2)) and head.columns == 2
    }
    several = {
        "poisson-3": lambda: heads.Poisson(3), "student_t-30": lambda: heads.StudentT(df=30),
        "gaussian_mixture-4": lambda: heads.GaussianMixture(4),
        "categorical-7": lambda: heads.Categorical(7), "ordinal-6": lambda: heads.Ordinal(6),
    }  # fmt: skip
    return one | two | several


def of_size(name, size):
    """A head of that size, or None where it takes none."""
    try:
        return HEADS[name](size=size)
    except TypeError:
        return None


MAKE = in_sizes()


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE.keys())
def test_draws_follow_the_distribution_in_the_middle_and_in_both_tails(make):
    found = ranks(make())
    tail = 0.004
    for column in found.T:
        assert uniform(column)
        # What is cut off, or drawn too often, far out: some 240 draws on each side.
        assert uniform(column[column < tail] / tail)
        assert uniform((1 - column[column > 1 - tail]) / tail)
        # A scale or a place that is off by two percent shows in normal scores.
        scores = special.ndtri(np.clip(column, 1e-12, 1 - 1e-12))
        assert abs(scores.mean()) < 4.5 / np.sqrt(N)
        assert abs(scores.var() - 1) < 4.5 * np.sqrt(2 / N)
        for low in (column < tail, column > 1 - tail):
            assert stats.binomtest(int(low.sum()), N, tail).pvalue > LEAST_P
    if found.shape[1] > 1:
        related = np.corrcoef(found.T)[np.triu_indices(found.shape[1], 1)]
        assert np.abs(related).max() < 5 / np.sqrt(N), "the columns are drawn together"
    following = np.corrcoef(found[:-1, 0], found[1:, 0])[0, 1]
    assert abs(following) < 5 / np.sqrt(N), "the rows are drawn together"


def test_whether_the_event_was_seen_depends_on_which_came_first():
    """At a given time: the hazard of the event, over both hazards."""
    head = heads.Weibull()
    p, rng = varied(head, N)
    y = head.sample(p, rng)
    time, k, scale = y[:, 0], p["shape"][:, 0], p["scale"][:, 0]
    hazard = k / scale * (time / scale) ** (k - 1)
    share = hazard / (hazard + 1 / (2 * scale))
    score = (y[:, 1] - share).sum() / np.sqrt((share * (1 - share)).sum())
    assert abs(score) < 4
    apart = ((y[:, 1] - share) * np.log(time)).sum()
    assert abs(apart) < 4 * np.sqrt((share * (1 - share) * np.log(time) ** 2).sum())


@pytest.mark.parametrize("size", [1, 2, 4])
def test_vectors_of_a_covariance_are_independent_once_it_is_taken_off(size):
    head = heads.MultivariateGaussian(size)
    p, rng = varied(head, N)
    y = head.sample(p, rng)
    lower = np.zeros((N, size, size))
    rows, columns = np.tril_indices(size)
    lower[:, rows, columns] = p["factor"]
    whitened = np.linalg.solve(lower, (y - p["mean"])[..., None])[..., 0]
    for column in whitened.T:
        assert stats.kstest(column, "norm").pvalue > LEAST_P
    if size > 1:
        related = np.corrcoef(whitened.T)[np.triu_indices(size, 1)]
        assert np.abs(related).max() < 5 / np.sqrt(N)


@pytest.mark.parametrize("size", [2, 3, 7])
def test_directions_scatter_around_the_direction_of_their_row(size):
    """The cosine's distribution is the same for all; its mean is a ratio of Bessel functions."""
    head = heads.VonMisesFisher(size, concentration=3.0)
    n = 3000
    p, rng = varied(head, n)
    y = head.sample(p, rng)
    np.testing.assert_allclose(np.linalg.norm(y, axis=1), 1, rtol=1e-9)
    cosine = (y * p["direction"]).sum(axis=1)
    expected = special.ive(size / 2, 3.0) / special.ive(size / 2 - 1, 3.0)
    assert abs(cosine.mean() - expected) < 4 * cosine.std() / np.sqrt(n)
    second = 1 - (size - 1) / 3.0 * expected  # E cos², by Bessel's recurrence
    assert abs((cosine**2).mean() - second) < 4 * (cosine**2).std() / np.sqrt(n)


@pytest.mark.parametrize("size", [2, 4])
def test_shares_are_betas_whatever_the_row(size):
    head = heads.Dirichlet(size)
    p, rng = varied(head, N)
    y = head.sample(p, rng)
    np.testing.assert_allclose(y.sum(axis=1), 1, rtol=1e-12)
    a = p["concentrations"]
    rest = a.sum(axis=1)
    for k in range(size):
        ranked = stats.beta.cdf(y[:, k], a[:, k], rest - a[:, k])
        assert uniform(ranked)
        assert uniform(ranked[ranked < 0.004] / 0.004)


COLUMNS = [
    name for name in HEADS
    if (head := of_size(name, 3)) and head.columns == 3 and name not in OWN | {"kumaraswamy"}
]  # fmt: skip


@pytest.mark.parametrize("name", [*COLUMNS, "multivariate_gaussian"])
def test_each_column_and_each_row_has_a_constant_and_a_prediction_of_its_own(name):
    head, one = HEADS[name](size=3), HEADS[name](size=1)
    p, rng = varied(head, 80)
    p = {key: value + np.linspace(0, 0.2, value.shape[1]) for key, value in p.items()}
    if name == "von_mises":
        p["direction"] = np.angle(np.exp(1j * p["direction"]))
    if name != "multivariate_gaussian":
        p = {key: np.clip(v, 0, 0.95) if key in ("any", "absent", "mean", "probability",
             "probabilities") else v for key, v in p.items()}  # fmt: skip
    y = head.sample(p, rng)
    together = np.ravel(head.best_constant(y))
    single = [np.ravel(one.best_constant(y[:, k : k + 1])) for k in range(3)]
    np.testing.assert_allclose(together, np.concatenate(single), rtol=1e-9)
    assert len(set(together.tolist())) > 1
    whole = np.asarray(head.predict(p))
    rows = [np.asarray(head.predict({k: v[i : i + 1] for k, v in p.items()})) for i in range(5)]
    np.testing.assert_allclose(whole[:5], np.concatenate(rows), rtol=1e-9)
    assert whole.shape == y.shape


@pytest.mark.parametrize("name", list(HEADS))
def test_predictions_have_a_row_for_each_row(name):
    head = CASES[name].head()
    p, _ = varied(head, 6)
    whole = np.asarray(head.predict(p))
    assert whole.ndim == 2
    assert len(whole) == 6
    for i in range(6):
        alone = np.asarray(head.predict({k: v[i : i + 1] for k, v in p.items()}))
        np.testing.assert_allclose(alone[0], whole[i], rtol=1e-9)


@pytest.mark.parametrize("last", [0.03, 0.003])
@pytest.mark.parametrize("name", ["categorical", "gaussian_mixture", "ordinal"])
def test_the_last_and_the_first_of_several_are_as_rare_as_they_should_be(name, last):
    """Others take up what is left."""
    head, n = {
        "categorical": heads.Categorical(3), "gaussian_mixture": heads.GaussianMixture(3),
        "ordinal": heads.Ordinal(3),
    }[name], 20_000  # fmt: skip
    shares = np.array([last, 1 - 2 * last, last])
    p = {
        "categorical": {"probabilities": shares},
        "gaussian_mixture": {"weights": shares, "means": [0.0, 1.0, 2.0], "scales": [1e-6] * 3},
        "ordinal": {"cuts": special.logit(np.cumsum(shares)[:-1])},
    }[name]
    p = {key: np.tile(np.asarray(value, float), (n, 1)) for key, value in p.items()}
    y = np.ravel(np.round(head.sample(p, np.random.default_rng(0)))).astype(int)
    for place in (0, 2):
        assert stats.binomtest(int((y == place).sum()), n, last).pvalue > 1e-3

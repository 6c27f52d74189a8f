"""The most extreme of many draws: a tail that is cut off, or too heavy, shows nowhere else.

The comparisons in `test_samplers.py` are of the middle and of the outer four in a thousand; here
the smallest and the largest of 200,000 draws are ranked in their distribution. The number of draws
expected beyond the largest is exponentially distributed with mean 1 if none are cut off.
"""

import numpy as np
import pytest
from lossbook.heads import HEADS
from oracles import CASES
from scipy import stats
from test_samplers import CDFS, COUNTS

MANY = 200_000
FEWER = {"von_mises_fisher": 20_000}  # scipy draws one direction at a time
EXPECTED = (1e-6, 12.0)
"""Draws expected beyond the extreme one: outside with a probability of 7 in a million each."""
OF_CLASSES = {"bernoulli", "categorical", "independent_bernoullis", "ordinal"}
SCALARS = [name for name, case in CASES.items() if case.head().name in set(CDFS) - OF_CLASSES]
VECTORS = ["multivariate_gaussian", "dirichlet", "von_mises_fisher"]


def drawn(name, seed=11):
    """The head, its parameters in one row, and many draws `(n, columns)` with them."""
    case = CASES[name]
    head, n = case.head(), FEWER.get(name, MANY)
    p = {key: np.array([value], float) for key, value in case.recover.items()}
    repeated = {key: np.broadcast_to(value, (n, value.shape[1])) for key, value in p.items()}
    y = np.asarray(head.sample(repeated, np.random.default_rng(seed)), float)
    return head, p, y


def above_zero(head, p, y):
    """The distribution function of a Tweedie's amounts, without the atom at zero."""
    none = CDFS["tweedie"](head, p, np.zeros_like(y))
    return (CDFS["tweedie"](head, p, y) - none) / (1 - none)


def beyond(head, p, y):
    """How many draws are expected below the smallest and above the largest, `(columns,)` each.

    For counts as (without those equal to the extreme one, with them), for the rest the same twice.
    """
    cdf = above_zero if head.name == "tweedie" else CDFS[head.name]
    ends = np.array([y.min(axis=0), y.max(axis=0)])
    twice = {key: np.repeat(value, 2, axis=0) for key, value in p.items()}
    upto = cdf(head, twice, ends)
    before = cdf(head, twice, ends - 1) if head.name in COUNTS else upto
    below, above = (before[0], upto[0]), (1 - upto[1], 1 - before[1])
    return [(len(y) * least, len(y) * most) for least, most in (below, above)]


def assert_neither_cut_nor_too_heavy(found):
    for least, most in found:
        assert np.max(least) < EXPECTED[1], f"the tail is cut: {least} draws are missing beyond"
        assert np.min(most) > EXPECTED[0], f"the tail is too heavy: {most} draws expected beyond"


def assert_no_two_are_the_same(y):
    for column in y.T:
        values, times = np.unique(column, return_counts=True)
        assert times.max() == 1, f"{values[times.argmax()]} is drawn {times.max()} times"


def test_every_head_but_those_of_classes_is_among_them():
    names = {CASES[name].head().name for name in SCALARS} | set(VECTORS)
    assert names | OF_CLASSES == set(HEADS)


@pytest.mark.parametrize("name", SCALARS)
def test_the_extreme_draws_are_as_far_out_as_those_of_the_distribution(name):
    head, p, y = drawn(name)
    if head.name == "weibull":
        y = y[:, :1]  # the times; whether the event was seen is no tail
    if head.name == "tweedie":
        y = y[y[:, 0] > 0]
    assert_neither_cut_nor_too_heavy(beyond(head, p, y))
    if head.name not in COUNTS:
        assert_no_two_are_the_same(y)


def independent_ranks(head, p, y):
    """Ranks whose distribution is uniform, from vectors."""
    if head.name == "multivariate_gaussian":
        lower = np.zeros((head.size, head.size))
        lower[np.tril_indices(head.size)] = p["factor"][0]
        return stats.norm.cdf(np.linalg.solve(lower, (y - p["mean"]).T).T)
    if head.name == "dirichlet":
        a = p["concentrations"]
        return stats.beta.cdf(y, a, a.sum() - a)
    # In three dimensions the cosine with the direction is exponential, cut at ±1.
    kappa, cosine = head.concentration, y @ p["direction"].T
    return np.expm1(kappa * (cosine + 1)) / np.expm1(2 * kappa)


@pytest.mark.parametrize("name", VECTORS)
def test_the_extremes_of_vectors_are_as_far_out_too(name):
    head, p, y = drawn(name)
    found = independent_ranks(head, p, y)
    ends = (len(y) * found.min(axis=0), len(y) * (1 - found.max(axis=0)))
    assert_neither_cut_nor_too_heavy([(ranks, ranks) for ranks in ends])
    assert_no_two_are_the_same(y)


RARE = {
    "poisson": {"rate": 9e-4},
    "negative_binomial": {"mean": 9e-4, "dispersion": 0.5},
    "zero_inflated_poisson": {"rate": 9e-4, "absent": 0.2},
    "hurdle_poisson": {"rate": 9e-4, "any": 0.8},
    "binomial": {"probability": 1e-4},
}
"""Heads of counts without a fixed number of answers, where nearly all counts are the same."""


@pytest.mark.parametrize("name", sorted(COUNTS - OF_CLASSES))
def test_the_second_event_is_as_rare_as_it_should_be(name):
    head, n = HEADS[name](), 2 * MANY
    p = {key: np.full((n, 1), value) for key, value in RARE[name].items()}
    y = np.asarray(head.sample(p, np.random.default_rng(5)))
    one = {key: value[:1] for key, value in p.items()}
    upto = np.concatenate([np.ravel(CDFS[name](head, one, np.array([[k]]))) for k in (0.0, 1.0)])
    for found, chance in ((y == 0, upto[0]), (y == 1, upto[1] - upto[0]), (y > 1, 1 - upto[1])):
        assert stats.binomtest(int(found.sum()), n, min(max(chance, 0.0), 1.0)).pvalue > 1e-4

"""The starts of trees against minima that scipy finds from densities of its own."""

import numpy as np
import pytest
from lossbook import boosting, heads
from scipy import optimize, special, stats


def settled(cost, first):
    """The minimum by simplices, begun again where the last one ended."""
    tight = {"xatol": 1e-10, "fatol": 1e-15, "maxiter": 5000, "maxfev": 5000}
    for _ in range(4):
        first = optimize.minimize(cost, first, method="Nelder-Mead", options=tight).x
    return first


def start(head, y):
    objective = boosting.Objective(head)
    found = objective.parameters(objective.start(y)[None])
    return {name: value[0] for name, value in found.items()}


@pytest.mark.parametrize("size", [20.0, 3000.0])
def test_shares_that_vary_little_start_at_their_most_likely_concentrations(size):
    y = np.random.default_rng(0).dirichlet(size * np.array([0.2, 0.3, 0.5]), 200)

    def cost(z):
        a = np.exp(z)
        normaliser = special.gammaln(a).sum() - special.gammaln(a.sum())
        return normaliser - (a - 1) @ np.log(y).mean(axis=0)

    best = np.exp(settled(cost, np.log(size * np.array([0.2, 0.3, 0.5]))))
    (found,) = start(heads.Dirichlet(3), y).values()
    np.testing.assert_allclose(found, best, rtol=1e-5)


@pytest.mark.parametrize("moved", [0.0, 40.0, -1e3])
def test_a_mixture_whose_components_overlap_starts_at_a_minimum(moved):
    rng = np.random.default_rng(1)
    y = moved + np.r_[rng.normal(-1, 0.7, 150), rng.normal(1, 0.9, 250)]

    def cost(z):
        share = 1 / (1 + np.exp(-z[0]))
        each = stats.norm.pdf(y[:, None], moved + z[1:3], np.exp(z[3:]))
        return -np.mean(np.log(each @ [share, 1 - share]))

    head = heads.GaussianMixture(2)
    shares, means, scales = start(head, y).values()
    near = np.r_[np.log(shares[0] / shares[1]), means - moved, np.log(scales)]
    np.testing.assert_allclose(near, settled(cost, near), atol=1e-5)


@pytest.mark.parametrize("width", [0.01, 0.003])
def test_outcomes_that_are_nearly_tied_part_their_components(width):
    """Most lie in one place, where the quantiles of both components fall."""
    rng = np.random.default_rng(2)
    y = np.r_[rng.normal(0, width, 140), rng.normal(0.5, 2, 60)]

    def cost(z):
        share = 1 / (1 + np.exp(-z[0]))
        each = stats.norm.pdf(y[:, None], z[1:3], np.exp(z[3:]))
        return -np.mean(np.log(each @ [share, 1 - share]))

    shares, means, scales = start(heads.GaussianMixture(2), y).values()
    found = cost(np.r_[np.log(shares[0] / shares[1]), means, np.log(scales)])
    best = cost(settled(cost, np.array([0.8, 0.0, 0.5, np.log(width), np.log(2)])))
    np.testing.assert_allclose(found, best, atol=1e-8)


@pytest.mark.parametrize("seed", [0, 6])
def test_weighted_outcomes_that_are_nearly_tied_part_three_components(seed):
    """Two of the quantiles that EM would begin with are closer than a thousandth of the scatter.

    From there, though they are not equal, a component shrinks to nothing.
    """
    rng = np.random.default_rng(seed)
    y = np.r_[rng.normal(0, 0.001, 300), rng.normal(5, 0.5, 40)]
    weight = rng.integers(1, 4, len(y)).astype(float)
    losses = []
    for components in (2, 3):
        objective = boosting.Objective(heads.GaussianMixture(components))
        raw = np.tile(objective.start(y, weight), (len(y), 1))
        losses.append(np.average(np.asarray(objective.head.nll(y, raw)), weights=weight))
        gradient = objective.derivatives(y, raw)[0]
        assert np.abs(np.average(gradient, axis=0, weights=weight)).max() < 1e-4
    assert losses[1] < losses[0]


def test_the_scores_of_classes_are_the_centred_logarithms_of_their_shares():
    for counts in ([50, 20, 10, 20], [1, 5, 200], [900, 99, 1]):
        y = np.repeat(np.arange(len(counts)), counts)
        logs = np.log(np.array(counts) / np.sum(counts))
        found = boosting.Objective(heads.Categorical(len(counts))).start(y)
        np.testing.assert_allclose(found, logs - logs.mean(), atol=1e-7)


AROUND = [(k, link) for k in (4e-4, 1e-3, 0.01) for link in ("softplus", "exponential")]


@pytest.mark.parametrize(("kappa", "link"), [*AROUND, (1e-6, "softplus"), (1e-9, "softplus")])
def test_angles_nearly_all_around_start_at_their_concentration(link, kappa):
    """Evenly spread angles, drawn together so little that the mean arrow is κ / 2 long."""
    half = 1000
    angles = np.linspace(-np.pi, np.pi, 2 * half, endpoint=False)
    angles = angles + kappa * np.sin(1.0 - angles)
    angles = np.arctan2(np.sin(angles), np.cos(angles))
    arrow = np.abs(np.mean(np.exp(1j * angles)))
    best = optimize.brentq(lambda k: special.i0(k) * arrow - special.i1(k), 0, 1, xtol=1e-14)
    head = heads.VonMises(links={"concentration": link})
    least = 2 * head.links["concentration"].floor
    found = start(head, angles)["concentration"]
    np.testing.assert_allclose(found, max(best, least), rtol=1e-6)


EXTREME = {
    "beta": [{"mean": m, "concentration": c} for m in (0.3, 0.99) for c in (0.3, 3.0, 1e4)],
    "dirichlet": [
        {"concentrations": np.array(a)}
        for a in ([0.1, 0.2, 0.3], [1e3, 2e3, 1.0], [1e2, 1e4, 3e4], [0.05, 0.05, 5.0])
    ],
    "exponential": [{"mean": m} for m in (1e-4, 1e6)],
    "gamma": [{"mean": m, "shape": k} for m in (1e-4, 1.0, 1e6) for k in (0.03, 0.3, 1e3, 1e6)],
    "inverse_gaussian": [
        {"mean": m, "shape": k * m} for m in (1e-4, 1.0, 1e6) for k in (0.03, 0.3, 1e3, 1e6)
    ],
    "kumaraswamy": [{"a": a, "b": b} for a in (0.3, 1.0, 50.0) for b in (0.1, 1.0, 50.0, 1e4)],
    "negative_binomial": [
        {"mean": m, "dispersion": d} for m in (0.3, 5.0, 1e5) for d in (0.1, 1.0, 20.0)
    ],
    "poisson": [{"rate": m} for m in (0.01, 1e6)],
    "student_t": [{"location": m, "scale": s} for m in (0.0, 1e4) for s in (1e-4, 1.0, 1e4)],
    "tweedie": [{"mean": m} for m in (0.01, 1e6)],
    "weibull": [
        {"scale": m, "shape": k} for m in (1e-3, 1.0, 1e4) for k in (0.1, 0.5, 3.0, 300.0, 1e5)
    ],
    "zero_inflated_poisson": [
        {"rate": m, "absent": p} for m in (5.0, 1e5) for p in (0.01, 0.3, 0.95)
    ],
}
"""Heads whose start is searched for, or was once, and parameters far from 1."""


@pytest.mark.parametrize("name", EXTREME)
def test_the_start_is_found_whatever_the_size_and_the_scatter_of_the_outcomes(name):
    head, n = heads.HEADS[name](), 300
    for case in EXTREME[name]:
        p = {k: np.full((n, head.sizes()[k]), v, float) for k, v in case.items()}
        y = np.asarray(head.sample(p, np.random.default_rng(0))).reshape(n, -1)
        objective = boosting.Objective(head, outcomes=y if head.columns > 1 else None)
        found = objective.start(y)
        slope = objective.derivatives(y, np.tile(found, (n, 1)))[0]
        assert (np.abs(slope.mean(axis=0)) <= 1e-6 * np.abs(slope).max(axis=0)).all(), case


@pytest.mark.parametrize("shape", [0.1, 0.5, 3.0, 3e3])
@pytest.mark.parametrize("every", [3, 20])
@pytest.mark.parametrize("links", [{}, {"scale": "exponential", "shape": "exponential"}])
def test_few_times_that_are_seen_to_their_end_have_a_start(shape, every, links):
    """Every third is an event, or every twentieth; weights count as repeated rows."""
    head, n = heads.HEADS["weibull"](links=links), 60
    times = 50 * np.exp(np.log(-np.log1p(-(np.arange(n) + 0.5) / n)) / shape)
    y = np.stack([times, (np.arange(n) % every == 0).astype(float)], axis=1)
    weight = (np.arange(n) + 1) % 4
    repeated = np.repeat(y, weight, axis=0)
    found = boosting.Objective(head, outcomes=y).start(y, weight)
    p = boosting.Objective(head, outcomes=y).parameters(found[None])
    np.testing.assert_allclose(p["scale"][0], head.best_constant(repeated), rtol=1e-9)
    slope = boosting.Objective(head, outcomes=y).derivatives(y, np.tile(found, (n, 1)))[0]
    most = np.abs(slope).max(axis=0)
    assert (np.abs(weight @ slope / weight.sum()) <= 1e-8 * most).all()


@pytest.mark.parametrize("far", [1e3, 1e7, 1e10])
@pytest.mark.parametrize("make", [heads.Huber, heads.HyperbolicSecant, heads.Logistic])
def test_one_outlier_however_far_leaves_the_start_where_the_pulls_cancel(make, far):
    y = np.r_[np.linspace(-1, 2, 41), far]
    found = boosting.Objective(make()).start(y)[0]

    def pull(m):
        error = y - m
        return {
            "Huber": np.clip(error, -1, 1), "HyperbolicSecant": np.tanh(error),
            "Logistic": np.tanh(error / 2),
        }[make.__name__].sum()  # fmt: skip

    assert abs(found - optimize.brentq(pull, -1, 2, xtol=1e-13)) < 1e-7


@pytest.mark.parametrize("few", [2, 4, 8])
def test_a_component_of_few_outcomes_is_kept(few):
    """Far from the others, its share, its place and its scale are theirs."""
    rng = np.random.default_rng(0)
    most, rest = rng.normal(0, 1, 400), 60 + rng.normal(0, 1, few)
    shares, means, scales = start(heads.GaussianMixture(2), np.r_[most, rest]).values()
    order = np.argsort(means)
    np.testing.assert_allclose(shares[order], np.array([400, few]) / (400 + few), rtol=1e-5)
    np.testing.assert_allclose(means[order], [most.mean(), rest.mean()], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(scales[order], [most.std(), rest.std()], rtol=1e-4)


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e6])
def test_a_covariance_of_whatever_size_is_that_of_the_outcomes(size):
    y = size * np.random.default_rng(0).normal(size=(50, 3)) @ [[1, 0, 0], [0.5, 1, 0], [1, 1, 2]]
    found = start(heads.MultivariateGaussian(3), y)
    lower = np.zeros((3, 3))
    lower[np.tril_indices(3)] = found["factor"]
    np.testing.assert_allclose(found["mean"], y.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(lower @ lower.T, np.cov(y.T, bias=True), rtol=1e-6)

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

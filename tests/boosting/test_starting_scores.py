"""The constant scores from which trees begin, against the heads' losses and other fits."""

import numpy as np
import pytest
from lossbook import boosting, heads
from lossbook.boosting.ordinal import BETWEEN
from lossbook.heads.registry import HEADS
from made import drawn, every_head
from scipy import stats


@every_head
def test_no_constant_is_better_than_the_start(head):
    rng = np.random.default_rng(3)
    raw = np.tile(rng.normal(0.3, 0.7, head.units), (400, 1))
    if head.name == "ordinal":  # every answer occurs
        raw[:] = np.r_[-1.0, np.full(head.units - 1, -0.5)]
    if head.name == "gaussian_mixture":
        raw[:, head.size : 2 * head.size] = 4 * np.arange(head.size)
    found = {k: np.asarray(v) for k, v in head.parameters(raw).items()}
    y = np.asarray(head.sample(found, rng), float)
    start = boosting.Objective(head).start(y)

    def mean_loss(raw):
        return float(np.mean(np.asarray(head.nll(y, np.tile(raw, (len(y), 1))))))

    least = mean_loss(start)
    for k in range(head.units):
        for step in (-0.03, 0.03):
            moved = start.copy()
            moved[k] += step
            assert mean_loss(moved) > least - 1e-12


def test_the_start_of_one_parameter_is_the_best_constant_of_the_head():
    rng = np.random.default_rng(4)
    for name in ("gaussian", "poisson", "exponential", "tweedie", "bernoulli", "log_normal"):
        head = HEADS[name]()
        y, _ = drawn(head, rng, 300)
        objective = boosting.Objective(head)
        (found,) = objective.parameters(objective.start(y)[None]).values()
        np.testing.assert_allclose(found.ravel(), np.ravel(head.best_constant(y)), rtol=1e-6)


def test_the_start_of_a_quantile_has_its_level_below_it():
    y = np.random.default_rng(6).normal(size=1001)
    for level in (0.1, 0.8):
        start = boosting.Objective(heads.AsymmetricLaplace(level=level)).start(y)
        assert np.mean(y < start) <= level <= np.mean(y <= start)


def test_starts_are_the_fits_of_others():
    rng = np.random.default_rng(13)
    angles = rng.vonmises(2.5, 1.7, 500)
    objective = boosting.Objective(heads.VonMises())
    found = objective.parameters(objective.start(angles)[None])
    kappa, mean, _ = stats.vonmises.fit(angles, fscale=1)
    np.testing.assert_allclose(found["concentration"], kappa, rtol=1e-5)
    np.testing.assert_allclose(found["direction"], mean, rtol=1e-5)

    times = rng.weibull(1.4, 500) * 30
    objective = boosting.Objective(heads.Weibull())
    seen = np.stack([times, np.ones(500)], axis=-1)
    found = objective.parameters(objective.start(seen)[None])
    shape, _, scale = stats.weibull_min.fit(times, floc=0)
    np.testing.assert_allclose(found["shape"], shape, rtol=1e-3)
    np.testing.assert_allclose(found["scale"], scale, rtol=1e-3)

    rows = rng.multivariate_normal([1, -2, 300], [[2, 1, 0], [1, 3, 1], [0, 1, 400]], 500)
    head = heads.MultivariateGaussian(3)
    objective = boosting.Objective(head)
    found = objective.parameters(objective.start(rows)[None])
    lower = np.asarray(head.matrix(found["factor"]))[0]
    np.testing.assert_allclose(lower @ lower.T, np.cov(rows.T, bias=True), rtol=1e-8)

    answers = np.repeat(np.arange(4), [50, 20, 10, 20])
    for link in BETWEEN:
        head = heads.Ordinal(4, cumulative=link)
        objective = boosting.Objective(head)
        found = objective.parameters(objective.start(answers)[None])
        np.testing.assert_allclose(head.predict(found)[0], [0.5, 0.2, 0.1, 0.2], rtol=1e-6)

    shares = rng.beta(2, 5, 500)
    head = heads.Kumaraswamy()
    objective = boosting.Objective(head)
    found = objective.parameters(objective.start(shares)[None])
    np.testing.assert_allclose(head.predict(found)[0], head.best_constant(shares), rtol=1e-5)


LARGE = (
    "gaussian", "gaussian_scale", "student_t", "logistic", "huber", "hyperbolic_secant",
    "poisson", "gamma", "inverse_gaussian", "exponential", "log_normal", "tweedie",
)  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_a_start_is_found_for_prices_as_for_small_numbers(name):
    y = np.floor(2e5 * np.random.default_rng(14).gamma(4, 0.25, 300))
    head = HEADS[name]()
    objective = boosting.Objective(head)
    start = objective.start(y)
    (first, *_) = objective.parameters(start[None]).values()
    best = np.log(np.median(y)) if name == "log_normal" else np.median(y)
    assert abs(first[0, 0] / best - 1) < 0.3
    for move in (-0.01, 0.01):
        near = np.tile(start * np.r_[1 + move, np.ones(len(start) - 1)], (300, 1))
        at = np.tile(start, (300, 1))
        assert np.mean(np.asarray(head.nll(y, near))) >= np.mean(np.asarray(head.nll(y, at)))

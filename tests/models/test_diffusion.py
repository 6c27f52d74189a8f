"""The exact answers that the chapter on diffusion holds a network against."""

import numpy as np
import pytest
from scipy import optimize, stats
from workshop.models.diffusion import Mixture, Schedule, sliced_distance

MIXTURE = Mixture(np.array([[0.0, 1.0], [2.0, -1.0], [-1.5, 0.0]]), np.array([0.5, 0.2, 0.3]), 0.3)


@pytest.mark.parametrize("keep", [1.0, 0.6, 0.01])
def test_density_and_score_against_scipy(keep):
    x = np.random.default_rng(0).normal(size=(6, 2))
    spread = (keep * 0.3**2 + 1 - keep) * np.eye(2)

    def density(point):
        parts = [
            stats.multivariate_normal.pdf(point, np.sqrt(keep) * m, spread) for m in MIXTURE.means
        ]
        return np.log(MIXTURE.weights @ np.array(parts))

    kept = np.full(6, keep)
    np.testing.assert_allclose(MIXTURE.log_density(x, kept), [density(p) for p in x])
    slopes = [optimize.approx_fprime(point, density, 1e-7) for point in x]
    np.testing.assert_allclose(MIXTURE.score(x, kept), slopes, rtol=1e-4, atol=1e-5)


def test_the_best_guess_of_the_noise_is_its_mean_given_the_noisy_point():
    schedule, rng = Schedule(), np.random.default_rng(0)
    t = np.full(200_000, 30)
    clean, noise = MIXTURE.draw(len(t), rng), rng.normal(size=(len(t), 2))
    noisy = schedule.noisy(clean, t, noise)
    guess = MIXTURE.noise(schedule)(noisy, t)
    # Orthogonal to everything that can be known: here to functions of the noisy point.
    for known in (np.ones(len(t)), noisy[:, 0], noisy[:, 1] ** 2, np.sin(3 * noisy[:, 0])):
        assert np.abs(((noise - guess) * known[:, None]).mean(axis=0)).max() < 0.012


def test_sampling_with_the_exact_guess_gives_the_mixture():
    schedule, rng = Schedule(), np.random.default_rng(1)
    floor = sliced_distance(MIXTURE.draw(2000, rng), MIXTURE.draw(2000, rng))
    guess = MIXTURE.noise(schedule)
    for found in (
        schedule.sample(guess, 2000, rng),
        schedule.sample(guess, 2000, rng, variance=schedule.variance),
        schedule.sample_without_noise(guess, 2000, rng),
    ):
        assert sliced_distance(found, MIXTURE.draw(2000, rng)) < floor + 0.05


def test_sliced_distance_against_scipy():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(50, 1)), rng.normal(1, 2, size=(50, 1))
    assert sliced_distance(a, b) == pytest.approx(stats.wasserstein_distance(a[:, 0], b[:, 0]))
    with pytest.raises(ValueError, match="as many points"):
        sliced_distance(a, b[:-1])

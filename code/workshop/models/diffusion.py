"""Diffusion in a few lines: the schedule of noise, a mixture whose exact answer is known, sampling.

Points are `(n, d)`. Steps are numbered from 0 (hardly any noise) to `steps - 1` (nearly all).
Formulas: J. Ho, A. Jain, P. Abbeel, "Denoising Diffusion Probabilistic Models", 2020.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from lossbook._lazy import keras
from lossbook.training import predict
from scipy import special

NoiseGuess = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From noisy points `(n, d)` and steps `(n,)` to a guess `(n, d)` of the noise in them."""


class Schedule:
    """How much noise each step adds: variance `beta[t]`; `keep[t]` is what of the data remains."""

    def __init__(self, steps: int = 100, first: float = 1e-3, last: float = 0.12) -> None:
        self.beta = np.linspace(first, last, steps)
        self.alpha = 1 - self.beta
        self.keep = np.cumprod(self.alpha)
        self.kept_before = np.concatenate([[1.0], self.keep[:-1]])
        self.variance = self.beta * (1 - self.kept_before) / (1 - self.keep)
        """Of the step back, given the noisy and the clean point; 0 at step 0."""

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self.beta)

    def noisy(self, x: np.ndarray, t: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Clean points `(n, d)` after steps `t` `(n,)`, with standard Gaussian `noise`."""
        keep = self.keep[t][:, None]
        return np.sqrt(keep) * x + np.sqrt(1 - keep) * noise

    def step_back(self, x: np.ndarray, t: int, noise: np.ndarray) -> np.ndarray:
        """The mean of the points one step earlier, given a guess of the noise in `x`."""
        share = self.beta[t] / np.sqrt(1 - self.keep[t])
        return (x - share * noise) / np.sqrt(self.alpha[t])

    def path(
        self,
        guess: NoiseGuess,
        n: int,
        rng: np.random.Generator,
        size: int = 2,
        variance: np.ndarray | None = None,
    ) -> Iterator[np.ndarray]:
        """`n` points on their way back: pure noise, then the points after each Gaussian step.

        `variance` `(steps,)` is that of each step, `beta` if it is not given.
        """
        spread = np.sqrt(self.beta if variance is None else variance)
        x = rng.normal(size=(n, size))
        yield x
        for t in reversed(range(self.steps)):
            x = self.step_back(x, t, guess(x, np.full(n, t)))
            if t:
                x = x + spread[t] * rng.normal(size=x.shape)
            yield x

    def sample(
        self,
        guess: NoiseGuess,
        n: int,
        rng: np.random.Generator,
        size: int = 2,
        variance: np.ndarray | None = None,
    ) -> np.ndarray:
        """`n` new points, the end of `path`."""
        *_, x = self.path(guess, n, rng, size, variance)
        return x

    def sample_without_noise(
        self, guess: NoiseGuess, n: int, rng: np.random.Generator, size: int = 2
    ) -> np.ndarray:
        """`n` new points: from pure noise along the means only, so that each start has one end.

        Source: J. Song, C. Meng, S. Ermon, "Denoising Diffusion Implicit Models", 2021.
        """
        x = rng.normal(size=(n, size))
        for t in reversed(range(self.steps)):
            noise = guess(x, np.full(n, t))
            clean = (x - np.sqrt(1 - self.keep[t]) * noise) / np.sqrt(self.keep[t])
            x = np.sqrt(self.kept_before[t]) * clean + np.sqrt(1 - self.kept_before[t]) * noise
        return x


@dataclass(frozen=True)
class Mixture:
    """Round Gaussians of one width: `means` `(k, d)`, `weights` `(k,)` that sum to one, `scale`."""

    means: np.ndarray
    weights: np.ndarray
    scale: float

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """`n` points."""
        which = rng.choice(len(self.weights), n, p=self.weights)
        return self.means[which] + self.scale * rng.normal(size=(n, self.means.shape[1]))

    def _terms(self, x: np.ndarray, keep: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log of each part's weighted density `(n, k)`, differences to its mean, variances."""
        keep = keep[:, None]
        variance = keep * self.scale**2 + 1 - keep
        away = np.sqrt(keep)[:, :, None] * self.means - x[:, None, :]
        d = x.shape[1]
        log = np.log(self.weights) - (away**2).sum(axis=2) / (2 * variance)
        return log - 0.5 * d * np.log(2 * np.pi * variance), away, variance

    def log_density(self, x: np.ndarray, keep: np.ndarray) -> np.ndarray:
        """Log density `(n,)` of noisy points of which `keep` `(n,)` is data; 1 for clean ones."""
        return special.logsumexp(self._terms(x, keep)[0], axis=1)

    def score(self, x: np.ndarray, keep: np.ndarray) -> np.ndarray:
        """The gradient `(n, d)` of `log_density` with respect to `x`."""
        log, away, variance = self._terms(x, keep)
        belongs = special.softmax(log, axis=1)
        return (belongs[:, :, None] * away).sum(axis=1) / variance

    def noise(self, schedule: Schedule) -> NoiseGuess:
        """The best guess of the noise: its exact mean, given the noisy point."""

        def guess(x: np.ndarray, t: np.ndarray) -> np.ndarray:
            keep = schedule.keep[t]
            return -np.sqrt(1 - keep)[:, None] * self.score(x, keep)

        return guess


def with_time(x: np.ndarray, t: np.ndarray, steps: int) -> np.ndarray:
    """Points and their step as one input `(n, d + 16)`: the step as sines and cosines."""
    angle = np.pi * ((t + 0.5) / steps)[:, None] * np.arange(1, 9)
    return np.concatenate([x, np.cos(angle), np.sin(angle)], axis=1).astype("float32")


def noise_network(size: int = 2, width: int = 128) -> Any:
    """Three hidden layers from `with_time`'s input to a guess `(n, size)` of the noise."""
    layers = keras.layers
    inputs = keras.Input((size + 16,))
    hidden = layers.Dense(width, activation="swish")(inputs)
    for _ in range(2):
        both = layers.Concatenate()([hidden, inputs])
        hidden = hidden + layers.Dense(width, activation="swish")(both)
    return keras.Model(inputs, layers.Dense(size)(hidden))


def as_guess(model: Any, schedule: Schedule) -> NoiseGuess:
    """A trained `noise_network` as a function of points and steps."""
    return lambda x, t: predict(model, with_time(x, t, schedule.steps)).astype(float)


def sliced_distance(a: np.ndarray, b: np.ndarray, directions: int = 100) -> float:
    """The mean, over directions, of the Wasserstein distance between the points' shadows.

    `a` and `b` are `(n, d)` with the same n; the directions are always the same. In one dimension
    the distance is the mean gap between sorted values.
    """
    if a.shape != b.shape:
        raise ValueError(f"as many points of the same size are needed, not {a.shape} and {b.shape}")
    way = np.random.default_rng(0).normal(size=(a.shape[1], directions))
    way /= np.linalg.norm(way, axis=0)
    return float(np.abs(np.sort(a @ way, axis=0) - np.sort(b @ way, axis=0)).mean())

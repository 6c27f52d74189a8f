"""What comes nearest where a library lacks a loss: data to fit it to, and what it must find.

For sets of tabs whose networks compute a loss from arrays, while the other libraries fit a model.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import samples as s
from answering import related
from scipy import optimize, special

RNG = np.random.default_rng(8)
NETWORKS = ("PyTorch", "JAX")


def given(**names: Any) -> Callable[[str], dict[str, Any]]:
    """These names, for libraries that fit a model."""
    return lambda library: {} if library in NETWORKS else dict(names)


class Binary:
    """What an objective of one's own asks the data for."""

    def get_label(self) -> np.ndarray:
        return s.LABEL.astype(float)


def slope(loss: Callable[[np.ndarray], float], raw: np.ndarray) -> np.ndarray:
    """The gradient of a sum over all raw outputs, by central differences."""
    steps = 1e-5 * np.eye(raw.size)
    return np.array([(loss(raw + step) - loss(raw - step)) / 2e-5 for step in steps])


def least(loss: Callable[[np.ndarray], float], start: np.ndarray) -> float:
    """How far `start` is above the least loss nearby."""
    return loss(start) - optimize.minimize(loss, start, method="BFGS").fun


def focal(raw: np.ndarray) -> float:
    """The sum over the samples of `LABEL`, as `samples.focal` has the mean of others."""
    p = special.expit(raw)
    ones = -0.25 * (1 - p) ** 2 * special.log_expit(raw)
    zeros = -0.75 * p**2 * special.log_expit(-raw)
    return float(np.where(s.LABEL == 1, ones, zeros).sum())


def weights_of(fit: Any) -> np.ndarray:
    """Of a model of two classes, the intercept first, if it has one."""
    if hasattr(fit, "params"):  # statsmodels
        return np.asarray(fit.params)
    return np.concatenate([fit.intercept_, fit.coef_[0]] if fit.fit_intercept else [fit.coef_[0]])


def hard_cases(names: dict[str, Any]) -> None:
    if "trees" in names:
        first, second = names["focal"](s.RAW[:, 0], Binary())
        np.testing.assert_allclose(first, slope(focal, s.RAW[:, 0]), rtol=1e-6, atol=1e-8)
        assert (second > 0).all()
        assert focal(special.logit(names["p"])) < 0.7 * focal(np.zeros(s.N))
        return
    columns = np.column_stack([np.ones(s.N), s.X])
    start = weights_of(names["fit"])
    assert least(lambda weights: focal(columns @ weights) / s.N, start) < 1e-7


PATHS = np.repeat(RNG.integers(0, 4, (30, 6)), 3, axis=1)
"""Three steps for each label, 0 for blank; neighbours may be the same, which merges them."""
CENTRES = RNG.normal(0, 3, (4, 5))
FRAMES = CENTRES[PATHS] + RNG.normal(0, 0.1, (*PATHS.shape, 5))


def transcript(path: np.ndarray) -> list[int]:
    """The labels that a path spells, step by step."""
    found, before = [], 0
    for label in path:
        if label not in (0, before):
            found.append(int(label))
        before = label
    return found


def spelt(names: dict[str, Any]) -> None:
    right = [list(row) == transcript(path) for row, path in zip(names["read"], PATHS, strict=True)]
    assert np.mean(right) > 0.9
    assert np.mean(names["path"] == PATHS) > 0.95


def divergence(p: np.ndarray) -> float:
    return float((s.PROBABILITIES * np.log(s.PROBABILITIES / p)).sum(axis=1).mean())


def targets_met(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["loss"], divergence(names["p"]), rtol=1e-5, atol=1e-9)
    # The targets are a softmax of a linear model, so logistic regression can meet them.
    linear = "fit" in names or type(names["model"]).__name__ == "LogisticRegression"
    constant = np.tile(s.PROBABILITIES.mean(axis=0), (s.N, 1))
    assert names["loss"] < (1e-6 if linear else 0.1 * divergence(constant))


CHAIN = np.array([[0.7, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7], [0.4, 0.4, 0.1, 0.1], [0.25] * 4])
"""Probabilities of the next token after each."""


def _walk(sequences: int, positions: int) -> np.ndarray:
    found = RNG.integers(0, 4, (sequences, positions))
    for place in range(1, positions):
        reached = CHAIN[found[:, place - 1]].cumsum(axis=1)
        found[:, place] = (reached[:, :-1] < RNG.random((sequences, 1))).sum(axis=1)
    return found


TOKENS = _walk(400, 20)
COUNTED = np.where(np.arange(1, 20) < RNG.integers(15, 21, (400, 1)), TOKENS[:, 1:], -1)


def chain_found(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["p_next"].sum(axis=1), 1, rtol=1e-5)
    assert np.abs(names["p_next"] - CHAIN[TOKENS[:, -1]]).mean() < 0.05


SEEN = RNG.normal(size=(200, 2))
OTHER = SEEN + RNG.normal(0, 0.3, (200, 2))


def partners(names: dict[str, Any]) -> None:
    if "f" in names:
        f, g = (names[side] / names[side].std(axis=0) for side in "fg")
        logits = -((f[:, None] - g) ** 2).sum(axis=2)
        assert np.mean((logits > np.diag(logits)[:, None]).sum(axis=1) < 20) > 0.8
        return
    np.testing.assert_allclose(names["p"].sum(axis=1), 1, rtol=1e-5)
    # Of new pairs, which no tree has seen: by Bayes' rule p is the density of the partner, divided
    # by that of all candidates.
    new = np.random.default_rng(1).normal(size=(100, 2))
    other = new + np.random.default_rng(2).normal(0, 0.3, (100, 2))
    rows = names["both"](np.repeat(new, 100, axis=0), np.tile(other, (100, 1)))
    score = names["trees"].predict_proba(rows)[:, 1].reshape(100, 100)
    log_p = special.log_softmax(special.logit(score.astype(float)), axis=1)
    squares = ((new[:, None] - other) ** 2).sum(axis=2)
    truth = -squares / (2 * 0.3**2) + (other**2).sum(axis=1) / (2 * 1.09)
    near = truth > -10  # beyond that every score is at its least
    related(log_p[near], truth[near], 0.8)
    assert -np.diag(log_p).mean() < 0.8 * np.log(100)


LIKED, LEFT = RNG.normal(size=(2, 600, 3))
WEIGHTS = np.array([1.5, -1.0, 0.5])
_SWAP = RNG.random(600) > special.expit((LIKED - LEFT) @ WEIGHTS)
LIKED[_SWAP], LEFT[_SWAP] = LEFT[_SWAP], LIKED[_SWAP].copy()


def preference(raw: np.ndarray) -> float:
    """Minus the log probability that each even row is ahead of the next, summed."""
    return float(np.log1p(np.exp(raw[1::2] - raw[::2])).sum())


def rated(names: dict[str, Any]) -> None:
    if "fit" in names:
        weights = weights_of(names["fit"])

        def loss(weights: np.ndarray) -> float:
            return float(np.log1p(np.exp((LEFT - LIKED) @ weights)).mean())

        assert least(loss, weights) < 1e-7
        np.testing.assert_allclose(names["loss"], loss(weights))
        np.testing.assert_allclose(weights, WEIGHTS, atol=0.4)
        return
    raw = s.RAW[:40, 0]
    first, second = names["ahead"](raw, None)
    np.testing.assert_allclose(first, slope(preference, raw), rtol=1e-6, atol=1e-8)
    assert (second > 0).all()
    np.testing.assert_allclose(names["loss"], preference(names["reward"]) / 600, rtol=1e-5)
    assert names["loss"] < 0.8 * np.log(2)
    related(names["reward"], np.stack([LIKED, LEFT], axis=1).reshape(-1, 3) @ WEIGHTS, 0.8)


CLEAN = RNG.normal(size=(200, 2))
CLEAN = (CLEAN - CLEAN.mean(axis=0)) / CLEAN.std(axis=0)
KEEP = np.linspace(0.9, 0.1, 20)


def denoised(names: dict[str, Any]) -> None:
    noisy, noise, predicted = (names[name] for name in ("noisy", "noise", "predicted"))
    np.testing.assert_allclose(names["loss"], np.mean((predicted - noise) ** 2), rtol=1e-5)
    kept = KEEP[names["t"]][:, None]
    back = np.sqrt(kept) * names["clean"] + np.sqrt(1 - kept) * noise
    np.testing.assert_allclose(noisy, back)
    said = np.sqrt(kept) * names["clean_mean"] + np.sqrt(1 - kept) * predicted
    np.testing.assert_allclose(said, noisy, rtol=1e-4, atol=1e-6)
    # Of standard normal samples the mean of the noise is sqrt(1 - kept) times what is seen.
    assert np.mean((predicted - np.sqrt(1 - kept) * noisy) ** 2) < 0.1


FITTED = {
    "next-token": (given(tokens=TOKENS, targets=COUNTED), chain_found),
    "contrastive": (given(a=SEEN, b=OTHER), partners),
    "preferences": (given(preferred=LIKED, rejected=LEFT), rated),
    "diffusion": (given(x=CLEAN, keep=KEEP, steps=20), denoised),
}
"""Of chapters' recipes: what they start from, and what they must find."""

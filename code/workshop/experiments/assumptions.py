"""The wrong assumption: data drawn from each family, under the head of each family.

Here the truth is known; `real` is for the course's real data, where it is not. Each head is fitted
by maximum likelihood with raw outputs that are linear in the features, and scored on samples that
it has not seen.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.experiments.forms import COUNTS, POSITIVE, REAL, Fit, Form, interval_nll
from workshop.experiments.kept import Experiment, Run

EDITION = 1
SEEDS = (1, 2, 3, 4, 5)
TRAIN, TEST = 1000, 20000
DRAWS = 400
"""Draws from a fitted head for each of COVERED test samples: its 90% interval by quantiles."""
COVERED = 1000


@dataclass(frozen=True)
class Truth:
    """A distribution that data are drawn from: a form, its weights `(2, units)` and its scale."""

    form: Form
    weights: tuple[tuple[float, ...], tuple[float, ...]]
    scale: float = 1.0


def _truths() -> dict[str, dict[str, Truth]]:
    """One truth a family: an intercept and a slope on x, which is uniform from -1 to 1."""
    real, positive, counts = dict(REAL), dict(POSITIVE), dict(COUNTS)
    one = ((1.0,), (1.5,))
    rate = ((1.0,), (0.5,))
    return {
        "real": {
            "gaussian": Truth(real["gaussian"], one, 0.8),
            "logistic": Truth(real["logistic"], one, 0.5),
            "laplace": Truth(real["laplace"], one, 0.6),
            "student_t": Truth(real["student_t"], ((1.0, 0.2), (1.5, 0.0))),
            "skewed": Truth(real["skewed"], one, 0.3),
            "gaussian_scale": Truth(real["gaussian_scale"], ((1.0, -0.3), (1.5, 1.8))),
            "gaussian_mixture": Truth(
                real["gaussian_mixture"],
                ((0.0, 0.0, -1.5, 1.5, 0.0, 0.0), (0.0, 0.0, 1.0, 1.0, 0.0, 0.0)),
            ),
        },
        "positive": {
            "exponential": Truth(positive["exponential"], rate),
            "gamma": Truth(positive["gamma"], ((1.0, 3.0), (0.5, 0.0))),
            "log_normal": Truth(positive["log_normal"], rate, 0.8),
            "weibull": Truth(positive["weibull"], ((1.0, 2.0), (0.5, 0.0))),
            "inverse_gaussian": Truth(positive["inverse_gaussian"], ((1.0, 3.0), (0.5, 0.0))),
        },
        "counts": {
            "poisson": Truth(counts["poisson"], rate),
            "negative_binomial": Truth(counts["negative_binomial"], ((1.0, 0.5), (0.5, 0.0))),
            "zero_inflated_poisson": Truth(
                counts["zero_inflated_poisson"], ((1.0, -0.5), (0.5, 0.0))
            ),
            "hurdle_poisson": Truth(counts["hurdle_poisson"], ((1.5, 1.0), (0.5, 0.5))),
        },
    }


GROUPS: dict[str, dict[str, Form]] = {"real": REAL, "positive": POSITIVE, "counts": COUNTS}
TRUTHS = _truths()
"""Families by kind of outcome, each with the heads that are tried on it (GROUPS)."""


def design(x: np.ndarray) -> np.ndarray:
    """Features `(n, k)` behind a column of ones."""
    return np.column_stack([np.ones(len(x)), x])


def held_out(
    form: Form, counts: bool, y: np.ndarray, x: np.ndarray, w: np.ndarray, scale: float
) -> np.ndarray:
    """The nll `(n,)`; for counts always that of a probability, so that they can be compared."""
    if counts and form.name == "gaussian":
        return interval_nll(y, (x @ w)[:, 0], scale)
    return form.nll(y, x @ w, scale)


def coverage(
    form: Form, y: np.ndarray, raw: np.ndarray, scale: float, rng: np.random.Generator
) -> float:
    """The share of `y` `(n,)` within the head's own central 90% interval, ends included."""
    raw, y = raw[:COVERED], y[:COVERED]
    draws = form.sample(np.repeat(raw, DRAWS, axis=0), rng, scale).reshape(len(raw), DRAWS)
    low, high = np.quantile(draws, [0.05, 0.95], axis=1)
    return float(np.mean((low <= y) & (y <= high)))


class Fits:
    """One fit a form, made when first needed: making one takes longer than using it."""

    def __init__(self) -> None:
        self._made: dict[str, Fit] = {}

    def __call__(self, form: Form) -> Fit:
        """The fit of a form."""
        if form.name not in self._made:
            self._made[form.name] = Fit(form)
        return self._made[form.name]


def _drawn(kind: str, family: str, seed: int, samples: int, fits: Fits) -> dict[str, Any]:
    """One sample of a family, under every head of its kind."""
    truth = TRUTHS[kind][family]
    rng = np.random.default_rng(seed)
    x, x_test = (design(rng.uniform(-1, 1, n)) for n in (samples, TEST))
    weights = np.array(truth.weights)
    y, y_test = (truth.form.sample(x @ weights, rng, truth.scale) for x in (x, x_test))
    best = truth.form.nll(y_test, x_test @ weights, truth.scale).mean()
    found: dict[str, Any] = {"kind": kind, "family": family, "seed": seed, "truth": float(best)}
    found["heads"] = {}
    for name, form in GROUPS[kind].items():
        w, scale = fits(form)(x, y)
        losses = held_out(form, kind == "counts", y_test, x_test, w, scale)
        inside = coverage(form, y_test, x_test @ w, scale, np.random.default_rng(seed))
        found["heads"][name] = {"regret": float(losses.mean() - best), "coverage": inside}
    return found


def drawn(seeds: tuple[int, ...] = SEEDS, samples: int = TRAIN) -> Experiment:
    """Every family under every head of its kind."""
    fits = Fits()

    def run(kind: str, family: str, seed: int) -> Run:
        settings = {
            "edition": EDITION, "kind": kind, "family": family, "seed": seed, "samples": samples,
        }  # fmt: skip
        title = f"{family} ({kind}), seed {seed}"
        return Run(title, settings, lambda: _drawn(kind, family, seed, samples, fits))

    return Experiment(
        "wrong_assumption",
        "drawn from the course's own heads",
        list(seeds),
        [run(kind, f, s) for kind, families in TRUTHS.items() for f in families for s in seeds],
        lambda results: {"train": samples, "test": TEST, "runs": results},
        lambda r: "regret " + ", ".join(f"{h['regret']:.3f}" for h in r["heads"].values()),
    )

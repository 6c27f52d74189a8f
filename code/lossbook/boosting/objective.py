"""A head as the objective of LightGBM or XGBoost."""

from typing import Any

import numpy as np
from scipy.special import expit, softmax

from lossbook.boosting.derivatives import AVAILABLE, FORMULAS
from lossbook.boosting.maps import derivatives, value
from lossbook.heads.base import Head

STEPS = 500
LEAST = 1e-16
"""The least Hessian, so that a leaf's sum is never zero."""


class Objective:
    r"""The gradient and Hessian of a head's negative log likelihood, for boosted trees.

    `objective = Objective(heads.Poisson(links={"rate": "exponential"}))` goes to LightGBM as
    `params["objective"]` and to XGBoost as `xgboost.train(…, obj=objective)`; with more than
    one unit, set `num_class` to `units`. For the estimators in scikit-learn's style take
    `objective=objective.sklearn`. Give the trees the score of `start` to begin with (LightGBM's
    `init_score`, XGBoost's `base_margin`), and turn raw scores into parameters by `parameters`.

    The Hessian is its diagonal, as both libraries take it. Where a likelihood is not convex, its
    absolute value is given: a leaf's step then leads downhill in every direction. Where it is zero
    almost everywhere (absolute error, pinball, Huber's tails), it is a constant.

    `factor` multiplies every Hessian. LightGBM and XGBoost take e^0.7 times the Hessian for their
    Poisson and, for K classes, K / (K - 1) and 2 times; with the same factor the trees are the
    same. XGBoost's Poisson also holds each leaf within `max_delta_step=0.7`.

    Raises ValueError if trees have no objective for the head, or `factor` is not above zero.

    Reference: Friedman, "Greedy Function Approximation: A Gradient Boosting Machine" (2001); Chen
    and Guestrin, "XGBoost: A Scalable Tree Boosting System" (2016), section 2; for the absolute
    value, Dauphin et al., "Identifying and Attacking the Saddle Point Problem" (2014).
    """

    def __init__(self, head: Head, factor: float = 1.0) -> None:
        if head.name not in AVAILABLE:
            raise ValueError(
                f"trees have no objective for {type(head).__name__}; there is one for "
                f"{', '.join(AVAILABLE)}"
            )
        if getattr(head, "beta", 0.0):
            raise ValueError(
                "GaussianScale's beta weighs the gradients of a network, and trees have no use "
                "for it; take beta=0"
            )
        if not factor > 0:
            raise ValueError(f"Objective: factor must be above zero, not {factor}")
        self.head, self.factor = head, float(factor)

    @property
    def units(self) -> int:
        """How many raw scores a sample has."""
        return self.head.units

    def parameters(self, raw: Any) -> dict[str, np.ndarray]:
        """The distribution's parameters, name → `(n, size)`, from raw scores `(n, units)`.

        With one unit the scores may be `(n,)`.
        """
        links = self.head.links
        return {name: value(links[name], z) for name, z in self._pieces(raw).items()}

    def derivatives(self, y: Any, raw: Any) -> tuple[np.ndarray, np.ndarray]:
        """Gradient and diagonal of the Hessian, both `(n, units)`, each sample's own.

        `y` is `(n,)`, or `(n, size)` where an outcome has several values; `raw` is `(n, units)`.
        The Hessian is as the second derivative has it, of either sign. Raises ValueError if an
        outcome is outside the head's support or the shapes do not fit.
        """
        pieces = self._pieces(raw)
        y = self._outcomes(y, len(next(iter(pieces.values()))))
        if self.head.name == "categorical":
            (z,) = pieces.values()
            p = softmax(z, axis=-1)
            return p - np.eye(self.head.size)[y[:, 0].astype(int)], p * (1 - p)
        names = list(pieces)
        # The short form has no division by a probability that rounds to zero.
        if self.head.links[names[0]].name == "sigmoid" and len(names) == 1:
            (z,) = pieces.values()
            trials = getattr(self.head, "trials", 1)
            return trials * expit(z) - y, trials * expit(z) * expit(-z)
        mapped = {name: derivatives(self.head.links[name], z) for name, z in pieces.items()}
        values = {name: found[0] for name, found in mapped.items()}
        formulas = FORMULAS[self.head.name](self.head, y, values)
        gradients, hessians = [], []
        for name in names:
            first, second = formulas[name]
            _, slope, bend = mapped[name]
            gradients.append(first * slope)
            hessians.append(second * slope**2 + first * bend)
        return np.concatenate(gradients, axis=-1), np.concatenate(hessians, axis=-1)

    def start(self, y: Any, weight: Any = None) -> np.ndarray:
        """The constant raw scores `(units,)` that minimise the mean loss, by damped Newton steps.

        Raises ValueError if there is no finite minimum: a class that never occurs, only zeros.
        """
        y = np.asarray(y, float)
        weights = self._weights(weight, len(y))
        if self.head.name in ("laplace", "asymmetric_laplace"):
            columns = y.reshape(len(y), -1).T
            level = getattr(self.head, "level", 0.5)
            return np.array([_quantile(column, weights, level) for column in columns])
        raw = np.zeros(self.units)
        for _ in range(STEPS):
            gradient, hessian = self.derivatives(y, np.tile(raw, (len(y), 1)))
            slope = weights @ gradient
            step = slope / np.maximum(np.maximum(np.abs(weights @ hessian), np.abs(slope)), LEAST)
            if np.abs(step).max() < 1e-9:
                return raw
            raw = raw - step
            # Softmax ignores a constant that is added to all scores.
            if self.head.name == "categorical":
                raw = raw - raw.mean()
        raise ValueError(
            f"{type(self.head).__name__}: no constant minimises the loss of these outcomes (a "
            "class or an event that never occurs, or no scatter at all); pass scores of your own"
        )

    def __call__(self, scores: np.ndarray, data: Any) -> tuple[np.ndarray, np.ndarray]:
        """For `lightgbm.train` and `xgboost.train`: scores and their Dataset or DMatrix."""
        weight = data.get_weight()
        return self.sklearn(data.get_label(), scores, None if np.size(weight) == 0 else weight)

    def sklearn(
        self, y_true: Any, y_pred: np.ndarray, sample_weight: Any = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """For estimators in scikit-learn's style; gradient and Hessian in the shape of `y_pred`."""
        gradient, hessian = self.derivatives(y_true, y_pred)
        hessian = np.maximum(np.abs(hessian) * self.factor, LEAST)
        if sample_weight is not None:
            weight = np.asarray(sample_weight, float).reshape(-1, 1)
            gradient, hessian = gradient * weight, hessian * weight
        return gradient.reshape(np.shape(y_pred)), hessian.reshape(np.shape(y_pred))

    def _pieces(self, raw: Any) -> dict[str, np.ndarray]:
        raw = np.asarray(raw, float)
        if raw.ndim == 1 and self.units == 1:
            raw = raw[:, None]
        if raw.ndim != 2 or raw.shape[1] != self.units:
            raise ValueError(
                f"{type(self.head).__name__}: raw scores have shape {raw.shape}, but must be "
                f"(n, {self.units}); set the library's num_class to {self.units}"
            )
        pieces, start = {}, 0
        for name, size in self.head.sizes().items():
            stop = start + self.head.links[name].raw_size(size)
            pieces[name] = raw[:, start:stop]
            start = stop
        return pieces

    def _outcomes(self, y: Any, n: int) -> np.ndarray:
        head = self.head
        y = np.asarray(y, float)
        y = y[:, None] if y.ndim == 1 else y
        columns = 1 if head.name == "categorical" else head.size
        if y.shape != (n, columns):
            raise ValueError(
                f"{type(head).__name__}: y has shape {y.shape}, but must be ({n}, {columns})"
                + (f" or ({n},)" if columns == 1 else "")
            )
        inside = np.asarray(head.support.contains(y))
        if head.name in ("categorical", "binomial"):
            inside = inside & (y <= getattr(head, "trials", head.size - 1))
        if not inside.all():
            wrong = y[~inside][0]
            raise ValueError(
                f"{type(head).__name__}: y must be {head.support.words}, but one is {wrong:g}"
            )
        return y

    @staticmethod
    def _weights(weight: Any, n: int) -> np.ndarray:
        weights = np.ones(n) if weight is None else np.asarray(weight, float).reshape(-1)
        if weights.shape != (n,) or (weights < 0).any() or not weights.sum() > 0:
            raise ValueError(f"weights must be {n} numbers from zero up, not all of them zero")
        return weights / weights.sum()

    def __repr__(self) -> str:
        return f"Objective({self.head!r})"


def _quantile(y: np.ndarray, weights: np.ndarray, level: float) -> float:
    """The least y whose weights, with all below it, add up to `level`."""
    order = np.argsort(y)
    reached = int(np.searchsorted(np.cumsum(weights[order]), level * (1 - 1e-12)))
    return float(y[order[min(reached, len(y) - 1)]])

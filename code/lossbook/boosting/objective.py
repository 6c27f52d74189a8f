"""A head as the objective of LightGBM or XGBoost."""

from typing import Any

import numpy as np

from lossbook.boosting.derivatives import FORMULAS
from lossbook.boosting.maps import derivatives, value
from lossbook.boosting.scores import IN_SCORES, Triple, chained
from lossbook.boosting.starts import NoMinimum, constant
from lossbook.heads.base import Head

AVAILABLE = tuple(sorted([*FORMULAS, *IN_SCORES]))
"""The heads, by name in the registry, that have an objective for trees."""
LEAST = 1e-16
"""The least Hessian, so that a leaf's sum is never zero."""
MOST_ROWS = 2**24
"""Up to here every row's number is a float32, as which both libraries keep labels."""


class Objective:
    r"""The gradient and Hessian of a head's negative log likelihood, for boosted trees.

    `objective = Objective(heads.Poisson(links={"rate": "exponential"}))` goes to LightGBM as
    `params["objective"]` and to XGBoost as `xgboost.train(…, obj=objective)`; with more than
    one unit, set `num_class` to `units`. For the estimators in scikit-learn's style take
    `objective=objective.sklearn`. Give the trees the score of `start` to begin with (LightGBM's
    `init_score`, XGBoost's `base_margin`), and turn raw scores into parameters by `parameters`.

    An outcome of several values (shares, a direction, a vector, a censored time) does not fit into
    the one label a row that the libraries take. Give all of them as `outcomes` `(n, columns)`, and
    `objective.labels`, the rows' numbers, as the labels: cross-validation and splits may then pick
    rows as they like.

    The Hessian is its diagonal, as both libraries take it. Where a likelihood is not convex, its
    absolute value is given: a leaf's step then leads downhill in every direction. Where it is zero
    almost everywhere (absolute error, pinball, Huber's tails), it is a constant. The two scores of
    a von Mises' arrow, and those of a von Mises-Fisher's, get the bound κ / length² instead, since
    only the arrow's direction counts; a mixture gets the curvature of the bound that EM works with.

    Every raw score depends on the inputs. An ordinal head therefore gives each row cuts of its own,
    and is not the proportional odds model, whose distances between the cuts are shared by all rows:
    trees have no shared parameters. A mixture's likelihood has many local optima, so where its
    trees end depends on where they begin.

    `factor` multiplies every Hessian. LightGBM and XGBoost take e^0.7 times the Hessian for their
    Poisson and, for K classes, K / (K - 1) and 2 times; with the same factor the trees are the
    same. XGBoost's Poisson also holds each leaf within `max_delta_step=0.7`.

    Raises ValueError if trees have no objective for the head, if `factor` is not above zero, or if
    `outcomes` do not fit the head.

    Reference: Friedman, "Greedy Function Approximation: A Gradient Boosting Machine" (2001); Chen
    and Guestrin, "XGBoost: A Scalable Tree Boosting System" (2016), section 2; for the absolute
    value, Dauphin et al., "Identifying and Attacking the Saddle Point Problem" (2014).
    """

    def __init__(self, head: Head, factor: float = 1.0, outcomes: Any = None) -> None:
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
        self._outcomes = None if outcomes is None else self._checked(outcomes, len(outcomes))
        if self._outcomes is not None and len(self._outcomes) > MOST_ROWS:
            raise ValueError(
                f"Objective: {len(self._outcomes)} outcomes are more than the {MOST_ROWS} whose "
                "numbers fit into the libraries' labels"
            )

    @property
    def units(self) -> int:
        """How many raw scores a sample has."""
        return self.head.units

    @property
    def labels(self) -> np.ndarray:
        """The label of each row `(n,)` when `outcomes` were given: its number.

        Raises ValueError without `outcomes`.
        """
        if self._outcomes is None:
            raise ValueError(f"labels are for an objective with outcomes: {self._how()}")
        return np.arange(len(self._outcomes), dtype=float)

    def parameters(self, raw: Any) -> dict[str, np.ndarray]:
        """The distribution's parameters, name → `(n, size)`, from raw scores `(n, units)`.

        With one unit the scores may be `(n,)`.
        """
        links = self.head.links
        return {name: value(links[name], z) for name, z in self._pieces(raw).items()}

    def derivatives(self, y: Any, raw: Any) -> tuple[np.ndarray, np.ndarray]:
        """Gradient and diagonal of the Hessian, both `(n, units)`, each sample's own.

        `y` is `(n,)`, or `(n, columns)` where an outcome has several values; `raw` is `(n, units)`.
        The Hessian is as the second derivative has it, of either sign. Raises ValueError if an
        outcome is outside the head's support or the shapes do not fit.
        """
        gradient, hessian, _ = self._derived(y, raw)
        return gradient, hessian

    def start(self, y: Any, weight: Any = None) -> np.ndarray:
        """The constant raw scores `(units,)` that minimise the mean loss.

        In closed form where there is one, or else by damped Newton steps. A mixture's is a local
        minimum, reached by EM from components at evenly spaced quantiles. Raises ValueError if
        there is no finite minimum: a class that never occurs, only zeros.
        """
        y = self._checked(y, len(y))
        weights = self._weights(weight, len(y))

        def slope(raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            gradient, hessian, _ = self._derived(y, np.tile(raw, (len(y), 1)))
            return weights @ gradient, weights @ hessian

        try:
            # On the way to a minimum that is not there, scores overflow.
            with np.errstate(all="ignore"):
                return constant(self.head, y, weights, slope)
        except NoMinimum as missing:
            why = str(missing) or "a class or an event that never occurs, or no scatter at all"
            raise ValueError(
                f"{type(self.head).__name__}: no constant minimises the loss of these outcomes "
                f"({why}); pass scores of your own"
            ) from None

    def __call__(self, scores: np.ndarray, data: Any) -> tuple[np.ndarray, np.ndarray]:
        """For `lightgbm.train` and `xgboost.train`: scores and their Dataset or DMatrix."""
        weight = data.get_weight()
        return self.sklearn(data.get_label(), scores, None if np.size(weight) == 0 else weight)

    def sklearn(
        self, y_true: Any, y_pred: np.ndarray, sample_weight: Any = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """For estimators in scikit-learn's style; gradient and Hessian in the shape of `y_pred`."""
        y = y_true if self._outcomes is None else self._outcomes[self._rows(y_true)]
        gradient, _, hessian = self._derived(y, y_pred)
        hessian = np.maximum(hessian * self.factor, LEAST)
        if sample_weight is not None:
            weight = np.asarray(sample_weight, float).reshape(-1, 1)
            if len(weight) != len(gradient):
                raise ValueError(
                    f"sample_weight has {len(weight)} values for {len(gradient)} rows; "
                    "it must have one for each"
                )
            gradient, hessian = gradient * weight, hessian * weight
        return gradient.reshape(np.shape(y_pred)), hessian.reshape(np.shape(y_pred))

    def _derived(self, y: Any, raw: Any) -> Triple:
        """Gradient, diagonal of the Hessian, and what trees get for it, each `(n, units)`."""
        head, pieces = self.head, self._pieces(raw)
        y = self._checked(y, len(next(iter(pieces.values()))))
        if head.name in IN_SCORES:
            found = IN_SCORES[head.name](head, y, pieces)
        else:
            values = {name: derivatives(head.links[name], z)[0] for name, z in pieces.items()}
            formulas = FORMULAS[head.name](head, y, values)
            found = {k: chained(*formulas[k], head.links[k], z) for k, z in pieces.items()}
        first, second, taken = zip(*(found[name] for name in pieces), strict=True)
        joined = [np.concatenate(parts, axis=-1) for parts in (first, second, taken)]
        return joined[0], joined[1], joined[2]

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

    def _checked(self, y: Any, n: int) -> np.ndarray:
        """The outcomes as `(n, columns)`, or ValueError."""
        head = self.head
        y = np.asarray(y, float)
        y = y[:, None] if y.ndim == 1 else y
        if y.shape != (n, head.columns):
            single = head.columns == 1
            raise ValueError(
                f"{type(head).__name__}: y has shape {y.shape}, but must be ({n}, {head.columns})"
                + (f" or ({n},)" if single else f"; {self._how()}")
            )
        inside = np.asarray(head.inside(y))
        if not inside.all():
            wrong = y[~inside][0]
            told = f"{wrong[0]:g}" if len(wrong) == 1 else np.array2string(wrong, precision=6)
            raise ValueError(f"{type(head).__name__}: y must be {head.words()}, but one is {told}")
        return y

    def _rows(self, labels: Any) -> np.ndarray:
        rows = np.asarray(labels)
        n = len(self._outcomes)  # type: ignore[arg-type]
        if rows.ndim != 1 or not np.all((rows >= 0) & (rows < n) & (rows == np.floor(rows))):
            raise ValueError(
                f"{type(self.head).__name__}: the labels must be rows of the {n} outcomes; give "
                "the library objective.labels"
            )
        return rows.astype(int)

    def _how(self) -> str:
        name = type(self.head).__name__
        return (
            "for the libraries, which keep one label a row, give them as "
            f"Objective(heads.{name}(…), outcomes=y), and objective.labels as labels"
        )

    @staticmethod
    def _weights(weight: Any, n: int) -> np.ndarray:
        weights = np.ones(n) if weight is None else np.asarray(weight, float).reshape(-1)
        if weights.shape != (n,) or (weights < 0).any() or not weights.sum() > 0:
            raise ValueError(f"weights must be {n} numbers from zero up, not all of them zero")
        return weights / weights.sum()

    def __repr__(self) -> str:
        return f"Objective({self.head!r})"

"""What the code for Keras's losses that are no likelihood must give, by NumPy and SciPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import samples as s
from answering import Answer, related
from answers_nearest import Binary, slope
from scipy import optimize, special

SIZE = 0.5
"""Keras's `q` of the generalised cross entropy."""
EMBEDDED = s.RAW / np.linalg.norm(s.RAW, axis=1, keepdims=True)
LONELY = np.where(np.arange(s.N) == 0, 3, s.CLASS)
"""Classes, of which the last has a single sample."""


def focal_of_each(raw: np.ndarray) -> np.ndarray:
    """The focal loss if each class were the right one; γ = 2 and α = ¼."""
    log_p = special.log_softmax(raw, axis=1)
    return -0.25 * (1 - np.exp(log_p)) ** 2 * log_p


def generalised_of_each(raw: np.ndarray) -> np.ndarray:
    """The generalised cross entropy if each class were the right one."""
    return (1 - special.softmax(raw, axis=1) ** SIZE) / SIZE


def _mean(each: Callable[[np.ndarray], np.ndarray], raw: np.ndarray) -> float:
    return float((each(raw) * s.ROWS).sum(axis=1).mean())


def _slope(loss: Callable[[np.ndarray], np.ndarray], raw: np.ndarray) -> np.ndarray:
    """The gradient of each sample's loss, by central differences."""
    steps = 1e-5 * np.eye(raw.shape[1])
    return np.column_stack([(loss(raw + step) - loss(raw - step)) / 2e-5 for step in steps])


class Labelled:
    """What an objective of one's own asks the data of LightGBM and XGBoost for."""

    def get_label(self) -> np.ndarray:
        return s.CLASS.astype("float32")


def _classes(each: Callable[[np.ndarray], np.ndarray], scale: float) -> Callable[..., None]:
    """Of models of several classes; `scale` times the code's loss is that of `each`."""

    def check(names: dict[str, Any]) -> None:
        if "trees" in names:
            objective = names.get("focal", names.get("generalised"))
            slope, curvature = objective(s.RAW, Labelled())
            right = _slope(lambda raw: (each(raw) * s.ROWS).sum(axis=1), s.RAW)
            np.testing.assert_allclose(scale * slope, right, rtol=1e-6, atol=1e-8)
            assert (curvature > 0).all()
            assert _mean(each, np.log(names["p"])) < 0.7 * _mean(each, 0 * s.RAW)
        elif "weights" in names:
            fit, columns = names["fit"], np.column_stack([np.ones(s.N), s.X])
            start = np.column_stack([fit.intercept_, fit.coef_])

            def loss(flat: np.ndarray) -> float:
                return _mean(each, columns @ flat.reshape(start.shape).T)

            least = optimize.minimize(loss, start.ravel(), method="BFGS")
            assert loss(start.ravel()) - least.fun < 1e-6
            assert least.fun < _mean(each, 0 * s.RAW)
        else:
            np.testing.assert_allclose(names["p"].sum(axis=1), 1)
            related(names["p"][:, 0], s.PROBABILITIES[:, 0])

    return check


def undone(each: Callable[[np.ndarray], np.ndarray]) -> Callable[..., None]:
    """The probability for which the raw outputs are the best answer, in a network."""

    def check(names: dict[str, Any]) -> None:
        if "probability" not in names:
            return
        q = names["probability"]
        np.testing.assert_allclose(q.sum(axis=1), 1, rtol=1e-6)
        slope = _slope(lambda raw: (q * each(raw)).sum(axis=1), s.RAW)
        np.testing.assert_allclose(slope, 0, atol=1e-6)

    return check


def tversky(p: np.ndarray, y: np.ndarray, miss: float = 0.7, alarm: float = 0.3) -> float:
    """Of a whole batch, pixel by pixel; Dice if misses and false alarms weigh ½."""
    both = missed = false = 0.0
    for chance, label in zip(p.ravel(), y.ravel(), strict=True):
        if label:
            both, missed = both + chance, missed + 1 - chance
        else:
            false += chance
    return 1 - both / (both + miss * missed + alarm * false)


def _mask(names: dict[str, Any]) -> None:
    p, mask = names["p"], names["mask"]
    found = tversky(mask.astype(float), s.LABEL)
    every = [
        tversky((p >= t).astype(float), s.LABEL) for t in np.quantile(p, np.linspace(0, 1, 21))
    ]
    assert found <= min(every)
    assert found < 0.9 * tversky(np.ones(s.N), s.LABEL)


def circle(f: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of each sample, term by term; scale 80 and margin 0.4."""
    found = []
    for i in range(len(y)):
        pull, push = [], []
        for j in range(len(y)):
            near = f[i] @ f[j]
            if y[i] != y[j]:
                push.append(80 * max(0, near + 0.4) * (near - 0.4))
            elif i != j:
                pull.append(-80 * max(0, 1.4 - near) * (near - 0.6))
        none = not (pull and push)
        found.append(
            0 if none else np.logaddexp(0, special.logsumexp(pull) + special.logsumexp(push))
        )
    return np.array(found)


FEW = slice(0, 40)
AROUND = circle(EMBEDDED[FEW], LONELY[FEW])


def distance_ratio(f: np.ndarray) -> float:
    """Distances within a class, divided by those between classes."""
    far = np.linalg.norm(f[:, None] - f, axis=2)
    alike = s.GRADES[:, None] == s.GRADES
    return float(far[alike & (far > 0)].mean() / far[~alike].mean())


def _together(names: dict[str, Any]) -> None:
    if "together" in names:
        # Classes are steps of the score: those whose scores are near are more often the same.
        apart = np.abs(s.SCORE[names["a"]] - s.SCORE[names["b"]])
        related(names["together"], -apart, 0.5)
        return
    assert distance_ratio(names["f"]) < 0.8 * distance_ratio(s.X)


def percentage(prediction: np.ndarray) -> float:
    """The mean absolute percentage error for `AMOUNT`."""
    return float(100 * np.mean(np.abs(s.AMOUNT - prediction) / s.AMOUNT))


def least_percentage() -> float:
    """The least that a linear model can have, as a linear programme."""
    columns = np.column_stack([np.ones(s.N), s.X]) / s.AMOUNT[:, None]
    sides = np.block([[columns, -np.eye(s.N)], [-columns, -np.eye(s.N)]])
    bounds = [(None, None)] * columns.shape[1] + [(0, None)] * s.N
    costs = np.concatenate([np.zeros(columns.shape[1]), np.ones(s.N)])
    limits = np.concatenate([np.ones(s.N), -np.ones(s.N)])
    return 100 * optimize.linprog(costs, sides, limits, bounds=bounds).fun / s.N


def _percent(names: dict[str, Any]) -> None:
    found = percentage(names["prediction"])
    if "trees" not in names:
        assert abs(found - least_percentage()) < 1e-3
        np.testing.assert_allclose(names.get("loss", found), found)
        return
    related(names["prediction"], s.SCORE, 0.9)
    # The logarithm of AMOUNT has the variance 0.09: the weights 1 / y move its centre down by that.
    below = np.mean(0.5 * s.SCORE - np.log(names["prediction"]))
    assert abs(below - 0.09) < 0.04


def pixels(library: str) -> dict[str, Any]:
    """For models that take a row for each pixel."""
    return {} if library in ("PyTorch", "JAX") else {"x": s.X, "y": s.LABEL}


def samples(library: str) -> dict[str, Any]:
    """For models that are fitted, which need more of them."""
    return {} if library in ("PyTorch", "JAX") else {"x": s.X, "y": s.GRADES}


def _sides(names: dict[str, Any]) -> None:
    assert np.mean(names["side"] == s.LABEL) > 0.7
    if callable(names.get("squared")):  # an objective: LightGBM has none

        def loss(raw: np.ndarray) -> float:
            return float((s.hinge(raw, s.LABEL) ** 2).sum())

        first, _ = names["squared"](s.RAW[:, 0], Binary())
        np.testing.assert_allclose(first, slope(loss, s.RAW[:, 0]), rtol=1e-6, atol=1e-8)
        raw = names["trees"].predict(s.X, raw_score=True)
        assert loss(raw) < 0.8 * s.N  # of raw outputs of zero: 1 per sample
    if "hinge" in names:
        assert names["hinge"].loss == "hinge"
        assert np.mean(names["hinge"].predict(s.X) == s.LABEL) > 0.7


OTHERS = {
    "catalogue-hinge": Answer(
        {
            "y": s.LABEL.astype(float), "z": s.RAW[:, 0], "raw": s.RAW, "classes": s.CLASS,
            "x": s.X,
        },
        {
            "hinge": s.hinge(s.RAW[:, 0], s.LABEL).mean(),
            "squared": (s.hinge(s.RAW[:, 0], s.LABEL) ** 2).mean(),
            "several": (s.margins() * (s.ROWS == 0)).sum(axis=1).mean() / 3,
            "largest": (s.margins() * (s.ROWS == 0)).max(axis=1).mean(),
        },
        _sides,
    ),
    "catalogue-focal": Answer(
        {"raw": s.RAW, "y": s.CLASS, "x": s.X},
        {"loss": _mean(focal_of_each, s.RAW)},
        _classes(focal_of_each, 0.25), judged=undone(focal_of_each),
    ),
    "catalogue-generalised": Answer(
        {"raw": s.RAW, "y": s.CLASS, "x": s.X, "q": SIZE},
        {"loss": _mean(generalised_of_each, s.RAW)},
        _classes(generalised_of_each, 1.0), judged=undone(generalised_of_each),
    ),
    "catalogue-mask": Answer(
        {"raw": s.PICTURES, "y": s.MASKS},
        {
            "dice": tversky(special.expit(s.PICTURES), s.MASKS, 0.5, 0.5),
            "tversky": tversky(special.expit(s.PICTURES), s.MASKS),
        },
        _mask, pixels,
    ),
    "catalogue-circle": Answer(
        {"raw": s.RAW[FEW], "y": LONELY[FEW]},
        {"loss": AROUND[AROUND > 0].mean()},
        _together, samples,
    ),
    "catalogue-mape": Answer(
        {"raw": s.RAW[:, 0], "y": s.AMOUNT, "x": s.X},
        {"loss": percentage(np.logaddexp(0, s.RAW[:, 0]))},
        _percent,
    ),
}  # fmt: skip
"""By the label in the catalogue."""

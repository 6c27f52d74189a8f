"""Runs the lines of the table and holds them against the heads."""

import ast
import importlib.metadata
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import keras
import lightgbm
import numpy as np
import optax
import sklearn.linear_model
import sklearn.metrics
import sklearn.multioutput
import statsmodels.api as sm
import statsmodels.discrete.truncated_model
import statsmodels.miscmodels.ordinal_model
import statsmodels.othermod.betareg
import torch
import xgboost
from lossbook import boosting, heads
from lossbook.catalogue.libraries import FACTORS, LINES, Factor, Line
from scipy import integrate, optimize, sparse
from scipy.special import gammaln, xlogy

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")

N = 300
PACKAGES = (
    "keras", "torch", "jax", "optax", "scikit-learn", "lightgbm", "xgboost", "statsmodels",
)  # fmt: skip
TOOLS = {
    "jax": jax, "jnp": jnp, "keras": keras, "np": np, "optax": optax, "sklearn": sklearn,
    "sm": sm, "statsmodels": statsmodels, "torch": torch, "n": N,
}  # fmt: skip


class Sample:
    """Outcomes of a head with raw outputs that depend on two inputs."""

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        rng = np.random.default_rng(3)
        self.head = head = heads.HEADS[name](**options)
        self.x = rng.normal(size=(N, 2))
        slopes = rng.normal(0, 0.6, (2, head.units))
        self.raw = 0.3 + self.x @ slopes
        found = {k: self.numpy(v) for k, v in head.parameters(self.raw).items()}
        y = np.asarray(head.sample(found, rng))
        self.y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
        if name not in ("categorical", "ordinal"):
            # As tree libraries keep it: rounding would hide what is compared.
            self.y = self.y.astype("float32").astype(float)
        self.arrays = {k: v[:, 0] if v.shape[1] == 1 else v for k, v in found.items()}
        self.arrays |= {"y": self.y, "X": self.x}
        self.arrays["raw"] = self.raw[:, 0] if head.units == 1 else self.raw
        if name == "categorical":
            self.arrays["one_hot"] = np.eye(head.size)[self.y]
            self.arrays["log_probabilities"] = np.log(found["probabilities"])
        self.nll = self.at(self.raw)

    @staticmethod
    def numpy(value: Any) -> np.ndarray:
        value = value.detach() if hasattr(value, "detach") else value
        return np.asarray(value)

    def at(self, raw: np.ndarray) -> np.ndarray:
        """The head's full negative log likelihood `(n,)` at raw outputs."""
        return self.numpy(self.head.nll(self.y, raw.reshape(N, -1)))

    def constants(self) -> dict[str, Any]:
        """What offsets may name."""
        names = {"log": np.log, "pi": np.pi, "sqrt": np.sqrt, "lgamma": gammaln, "xlogy": xlogy}
        names |= {"y": self.y, "n": N, "np": np}
        if self.head.name == "huber":
            delta = self.head.delta

            def density(u: float) -> float:
                near = min(abs(u), delta)
                return np.exp(-near * (abs(u) - near / 2))

            area = 2 * sum(integrate.quad(density, *part)[0] for part in ((0, delta), (delta, 60)))
            names["log_z"] = np.log(area)
        if self.head.name == "tweedie":
            # At a mean of 1; that it is the same at every other is what the comparison shows.
            raw = self.head.links["mean"].inverse(np.ones((N, 1)))
            names["log_a"] = 2 + 2 * self.y - self.at(raw)
        return names


@cache
def _sample(name: str, options: str) -> Sample:
    return Sample(name, ast.literal_eval(options))


def sample(entry: Line | Factor) -> Sample:
    return _sample(entry.head, repr(dict(entry.options)))


def arrays(library: str, drawn: Sample) -> dict[str, Any]:
    """The sample as the arrays of a library."""
    kind = {"PyTorch": torch.as_tensor, "torch.distributions": torch.as_tensor}.get(library)
    kind = jnp.asarray if library in ("Optax", "JAX") else kind
    return {k: kind(v) if kind else v for k, v in drawn.arrays.items()}


def evaluated(code: str, library: str, drawn: Sample, before: str = "", **more: Any) -> Any:
    """The value of a line, on the arrays of its library."""
    names = TOOLS | arrays(library, drawn) | more
    exec(before, names)
    value = eval(code, names)
    tensors = library in ("PyTorch", "torch.distributions", "Optax", "JAX", "Keras")
    return Sample.numpy(value) if tensors else value


def value_difference(line: Line) -> float:
    """The largest difference between nll and scale · loss + offset."""
    drawn = sample(line)
    loss = evaluated(line.write, line.library, drawn, line.before)
    return compared(line, drawn, loss)


def compared(line: Line, drawn: Sample, loss: Any) -> float:
    names = drawn.constants() | {"loss": loss}
    offset = np.broadcast_to(eval(line.offset, names), (N,))
    full = {"mean": drawn.nll.mean(), "sum": drawn.nll.sum(), "none": drawn.nll}[line.reduction]
    shift = {"mean": offset.mean(), "sum": offset.sum(), "none": offset}[line.reduction]
    if np.shape(loss) != np.shape(full):
        raise AssertionError(f"{line.write} gives {np.shape(loss)}, not {np.shape(full)}")
    return float(np.abs(eval(line.scale, names) * loss + shift - full).max())


def tree_difference(line: Line) -> float:
    """The metric at the sample's raw outputs, and what `predict` makes of raw scores."""
    drawn, settings = sample(line), eval(line.write)
    y = evaluated("y", line.library, drawn, line.before)
    if line.library == "LightGBM":
        metric, raw, predicted = _light(line, drawn, settings, y)
    else:
        metric, raw, predicted = _extreme(line, drawn, settings, y)
    found = drawn.head.parameters(raw.reshape(N, -1))[line.predicts]
    apart = np.abs(Sample.numpy(found).reshape(predicted.shape) - predicted).max()
    return max(compared(line, drawn, metric), float(apart))


def _light(line: Line, drawn: Sample, settings: dict[str, Any], y: Any) -> tuple[Any, ...]:
    options = settings | {"verbose": -1, "num_threads": 1, "metric": line.metric}
    options["boost_from_average"] = False
    data = lightgbm.Dataset(drawn.x, y, init_score=drawn.arrays["raw"])
    seen: dict[str, Any] = {}
    lightgbm.train(
        options | {"learning_rate": 1e-12}, data, 1, valid_sets=[data], valid_names=["here"],
        callbacks=[lightgbm.record_evaluation(seen)],
    )  # fmt: skip
    trees = lightgbm.train(options, lightgbm.Dataset(drawn.x, y), 3)
    raw, predicted = trees.predict(drawn.x, raw_score=True), trees.predict(drawn.x)
    return np.float64(seen["here"][line.metric][0]), raw, predicted


def _extreme(line: Line, drawn: Sample, settings: dict[str, Any], y: Any) -> tuple[Any, ...]:
    options = settings | {"nthread": 1, "eval_metric": line.metric}
    data = xgboost.DMatrix(drawn.x, y, base_margin=drawn.arrays["raw"])
    seen: dict[str, Any] = {}
    xgboost.train(
        options | {"learning_rate": 1e-12}, data, 1, evals=[(data, "here")], evals_result=seen,
        verbose_eval=False,
    )  # fmt: skip
    data = xgboost.DMatrix(drawn.x, y)
    trees = xgboost.train(options, data, 3)
    raw, predicted = trees.predict(data, output_margin=True), trees.predict(data)
    return np.float64(seen["here"][line.metric][0]), raw, predicted


def fit_difference(line: Line) -> float:
    """How far the fitted model is from a minimum of the head's loss, and its own likelihood."""
    drawn = sample(line)
    fit = evaluated(line.write, line.library, drawn)
    raw = np.asarray(evaluated(line.scores, line.library, drawn, fit=fit), float).reshape(N, -1)
    apart = [0.0]
    if line.predicts:
        given = evaluated(line.gives or line.scores, line.library, drawn, fit=fit)
        found = Sample.numpy(drawn.head.parameters(raw)[line.predicts])
        apart.append(np.abs(found - np.reshape(given, found.shape)).max())
    if drawn.head.name in ("laplace", "asymmetric_laplace"):
        # No gradient vanishes at a corner; the least loss is a linear programme's.
        return float(max(*apart, drawn.at(raw).mean() - least(drawn)))
    if drawn.head.name in boosting.AVAILABLE:
        gradient, _ = boosting.Objective(drawn.head).derivatives(drawn.y, raw)
    else:
        gradient = Sample.numpy(drawn.head.gradient(drawn.y, raw))
    inputs = np.column_stack([np.ones(N), drawn.x])
    # A parameter that is one number for all has only a constant to learn.
    apart += [
        np.abs(
            (inputs if np.ptp(raw[:, k]) > 1e-12 else inputs[:, :1]).T @ gradient[:, k] / N
        ).max()
        for k in range(drawn.head.units)
    ]
    if line.likelihood:
        own = evaluated(line.likelihood, line.library, drawn, fit=fit)
        apart.append(abs(own - drawn.at(raw).mean()))
    return float(max(apart))


def least(drawn: Sample) -> float:
    """The least mean loss of a linear model for a quantile, by linear programming."""
    level = getattr(drawn.head, "level", 0.5)
    inputs = np.column_stack([np.ones(N), drawn.x])
    # y = inputs @ w + above - below, with above and below from zero up.
    equal = sparse.hstack([inputs, sparse.eye(N), -sparse.eye(N)])
    cost = np.concatenate([np.zeros(3), np.full(N, level), np.full(N, 1 - level)])
    bounds = [(None, None)] * 3 + [(0, None)] * (2 * N)
    best = optimize.linprog(cost, A_eq=equal, b_eq=drawn.y, bounds=bounds, method="highs")
    return float(drawn.at((inputs @ best.x[:3])[:, None]).mean())


def difference(line: Line) -> float:
    """How far a line of the table is from the head, in nats."""
    kinds = {"value": value_difference, "tree": tree_difference, "fit": fit_difference}
    return kinds[line.kind](line)


def reported(code: str, library: str, metric: str, entry: Factor) -> float:
    """The value of one side of a factor: of a line, or the metric that trees print."""
    drawn = sample(entry)
    if not metric:
        return evaluated(code, library, drawn)
    line = Line(entry.head, library, code, "", kind="tree", metric=metric)
    ask = _light if library == "LightGBM" else _extreme
    return ask(line, drawn, eval(code), drawn.arrays["y"])[0]


def factor_difference(entry: Factor) -> float:
    """How far here is from factor · there + shift."""
    here = reported(entry.here, entry.here_library, entry.here_metric, entry)
    there = reported(entry.there, entry.there_library, entry.there_metric, entry)
    names = sample(entry).constants()
    shift = np.mean(eval(entry.shift, names))
    return float(abs(eval(entry.factor, names) * there + shift - here))


def versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in PACKAGES}


__all__ = ["FACTORS", "LINES", "difference", "factor_difference", "sample", "versions"]

"""The wrong assumption on the course's real data: heads compared by held-out nll.

The truth is not known, so heads are compared with the best of them, as linear models. Every data
set of the chapters stands here whose outcome more than
one kind of head fits; pictures and texts do not, since only their classes are predicted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from lossbook import heads, ops

from workshop.experiments.assumptions import Fits, coverage, design
from workshop.experiments.forms import COUNTS, POSITIVE, REAL, Form, _plain, interval_nll
from workshop.experiments.kept import Experiment, Run

EDITION = 2
SEEDS = (1, 2, 3, 4, 5)
TEST = 0.3
"""The share of the samples, or of the groups of samples, that scores."""


class _Exponential(heads.Weibull):
    """A Weibull whose shape is 1: the raw output of the shape is not used."""

    def nll(self, y: Any, raw: Any) -> Any:
        raw = ops.convert_to_tensor(raw)
        return super().nll(y, ops.concatenate([raw, ops.zeros_like(raw)], axis=-1))


class _LogLogistic(heads.Weibull):
    """Times whose logarithm is logistic, right-censored; scale the median, shape 1 / its scale.

    Source: Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data (2002).
    """

    def nll(self, y: Any, raw: Any) -> Any:
        found = self.parameters(raw)
        scale, shape = found["scale"][..., 0], found["shape"][..., 0]
        y = ops.cast(ops.convert_to_tensor(y), scale.dtype)
        log_time, event = ops.log(y[..., 0]), y[..., 1]
        z = shape * (log_time - ops.log(scale))
        return (1 + event) * ops.softplus(z) - event * (z + ops.log(shape) - log_time)


_LINKS: Mapping[str, str] = {"scale": "exponential", "shape": "exponential"}
DURATIONS: dict[str, Form] = {
    form.name: replace(form, events=True)
    for form in (
        Form("exponential", "Exponential", lambda _: _Exponential(links=_LINKS), (True,)),
        Form("weibull", "Weibull", lambda _: heads.Weibull(links=_LINKS), (True, False)),
        Form("log_logistic", "Log-logistic", lambda _: _LogLogistic(links=_LINKS), (True, False)),
    )
}
"""Forms for times with right censoring: y has a second column, 1 if the event was seen."""

SHARES: dict[str, Form] = {
    form.name: form
    for form in (_plain("beta", (True, False)), REAL["gaussian"], REAL["gaussian_scale"])
}
ANSWERS = 7
ORDERED: dict[str, Form] = {
    form.name: form
    for form in (
        Form(
            "ordinal", "Ordinal", lambda _: heads.Ordinal(ANSWERS), (True,) + (False,) * 5, "",
            (-1.5, 0, 0, 0, 0, 0),
        ),
        Form("categorical", "Categorical", lambda _: heads.Categorical(ANSWERS), (True,) * ANSWERS),
        REAL["gaussian"],
    )
}  # fmt: skip
"""Forms for one of seven ordered answers; the Gaussian as the probability of y - ½ to y + ½."""

ANGLES: dict[str, Form] = {
    form.name: form
    for form in (
        _plain("von_mises", (True, True, False), (0.1, 0.1, 0.5)),
        REAL["gaussian"],
        REAL["gaussian_scale"],
    )
}

Table = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class DataSet:
    """A real data set: features `(n, k)`, outcome `(n,)` or `(n, 2)`, and the heads tried on it.

    `whole` says that outcomes are whole numbers, scored by probabilities; `unit` that they are
    divided by their mean, which suits every head's start and shifts all densities' nll alike.
    `groups` gives a label to each sample: samples of one group are held out together.
    """

    title: str
    load: Callable[[], Table]
    forms: tuple[Form, ...]
    whole: bool = False
    unit: bool = False
    intervals: bool = True
    groups: Callable[[], np.ndarray] | None = None


def _iris() -> Table:
    from workshop.data import load_iris

    iris = load_iris()
    return iris.x.astype(float), iris.y[:, 0].astype(float)


def _petals() -> Table:
    from sklearn.datasets import load_iris

    table = load_iris().data
    return table[:, 1:2], table[:, 2]


def _diabetes() -> Table:
    from sklearn.datasets import load_diabetes

    return load_diabetes(return_X_y=True)


def _statsmodels(name: str) -> Any:
    import importlib

    return importlib.import_module(f"statsmodels.datasets.{name}").load_pandas().data


def _engel() -> Table:
    table = _statsmodels("engel")
    income = table["income"].to_numpy()
    # Both, so that heads with and without a log link can draw their best line.
    return np.column_stack([income, np.log(income)]), table["foodexp"].to_numpy()


def _murders() -> Table:
    table = _statsmodels("statecrime")
    return table[["urban"]].to_numpy(float), table["murder"].to_numpy(float)


def _card() -> Table:
    table = _statsmodels("ccard")
    return table[["INCOME"]].to_numpy(float), table["AVGEXP"].to_numpy(float)


def _visits() -> Table:
    table = _statsmodels("randhie")
    return table.drop(columns="mdvis").to_numpy(), table["mdvis"].to_numpy().astype(float)


def _patients() -> Table:
    from lifelines.datasets import load_gbsg2

    study = load_gbsg2()
    columns = [
        study["horTh"] == "yes", study["age"], study["tsize"], np.log(study["pnodes"]),
        np.log1p(study["progrec"]), study["tgrade"] == "III",
    ]  # fmt: skip
    return np.column_stack(columns).astype(float), study[["time", "cens"]].to_numpy(float)


def _districts() -> Table:
    table = _statsmodels("star98")
    columns = ["LOWINC", "PERASIAN", "PERHISP", "PCTAF"]
    share = table["NABOVE"] / (table["NABOVE"] + table["NBELOW"])
    return table[columns].to_numpy(float), share.to_numpy(float)


def _party() -> Table:
    table = _statsmodels("anes96")
    columns = ["selfLR", "age", "educ", "income", "logpopul"]
    return table[columns].to_numpy(float), table["PID"].to_numpy(float)


def _slopes() -> Table:
    from workshop.data.terrain import load_terrain

    ground = load_terrain()
    return ground.around.astype(float), ground.facing.astype(float)


def _bands() -> np.ndarray:
    """Ten bands of ground: neighbours resemble each other, and are held out together."""
    from workshop.data.terrain import load_terrain

    row = load_terrain().row
    return np.searchsorted(np.quantile(row, np.arange(1, 10) / 10), row, side="right")


_REAL, _AMOUNTS = tuple(REAL.values()), tuple({**REAL, **POSITIVE}.values())
SETS: dict[str, DataSet] = {
    "iris": DataSet("iris: sepal width given sepal length", _iris, _REAL, unit=True),
    "petals": DataSet("iris: petal length given sepal width", _petals, _REAL, unit=True),
    "diabetes": DataSet(
        "diabetes: progression given 10 measurements", _diabetes, _AMOUNTS, unit=True
    ),
    "engel": DataSet(
        "Engel: food expenditure given income and its log", _engel, _AMOUNTS, unit=True
    ),
    "murders": DataSet("murder rate given share of city people", _murders, _AMOUNTS, unit=True),
    "card": DataSet("credit card expenses given income", _card, _AMOUNTS, unit=True),
    "visits": DataSet(
        "doctor visits given 9 features", _visits, tuple(COUNTS.values()), whole=True
    ),
    "patients": DataSet(
        "time to relapse, censored, given 6 features",
        _patients, tuple(DURATIONS.values()), unit=True, intervals=False,
    ),
    "districts": DataSet(
        "share of good students given 4 features", _districts, tuple(SHARES.values())
    ),
    "party": DataSet(
        "party, seven ordered answers, given 5 features",
        _party, tuple(ORDERED.values()), whole=True, intervals=False,
    ),
    "slopes": DataSet(
        "direction of slopes given 8 heights around",
        _slopes, tuple(ANGLES.values()), intervals=False, groups=_bands,
    ),
}  # fmt: skip
"""The real data sets by name, each with what is predicted from what."""


def split(chosen: DataSet, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the samples to fit and to score: a share of the samples, or of the groups."""
    rng = np.random.default_rng(seed)
    if chosen.groups is None:
        order = rng.permutation(n)
        cut = int((1 - TEST) * n)
        return order[:cut], order[cut:]
    labels = chosen.groups()
    names = rng.permutation(np.unique(labels))
    held = np.isin(labels, names[: round(TEST * len(names))])
    return np.flatnonzero(~held), np.flatnonzero(held)


def _score(chosen: DataSet, form: Form, y: np.ndarray, raw: np.ndarray, scale: float) -> np.ndarray:
    """The nll `(n,)`; where outcomes are whole numbers always that of a probability."""
    if chosen.whole and form.name == "gaussian":
        return interval_nll(y, raw[:, 0], scale)
    return form.nll(y, raw, scale)


def _run(name: str, seed: int, fits: Fits) -> dict[str, Any]:
    """One split of a data set under every head."""
    chosen = SETS[name]
    x, y = chosen.load()
    train, test = split(chosen, len(x), seed)
    x = design((x - x[train].mean(axis=0)) / x[train].std(axis=0))
    if chosen.unit:
        first = y if y.ndim == 1 else y[:, 0]
        mean = first[train].mean()
        y = y / mean if y.ndim == 1 else y / [mean, 1.0]
    found: dict[str, Any] = {"set": name, "seed": seed, "test": len(test), "heads": {}}
    for form in chosen.forms:
        w, scale = fits(form)(x[train], y[train])
        losses = _score(chosen, form, y[test], x[test] @ w, scale)
        scores = {"nll": float(losses.mean()), "worst": float(losses.max())}
        if chosen.intervals:
            rng = np.random.default_rng(seed)
            scores["coverage"] = coverage(form, y[test], x[test] @ w, scale, rng)
        found["heads"][form.name] = scores
    return found


def experiment(seeds: tuple[int, ...] = SEEDS, only: tuple[str, ...] = tuple(SETS)) -> Experiment:
    """Every real data set under every head that suits it, over random splits."""
    # Durations have heads of their own, under names that other forms have too.
    shared, durations = Fits(), Fits()

    def run(name: str, seed: int) -> Run:
        settings = {"edition": EDITION, "set": name, "seed": seed}
        fits = durations if name == "patients" else shared
        return Run(f"{name}, split {seed}", settings, lambda: _run(name, seed, fits))

    return Experiment(
        "real_assumption",
        "iris and diabetes from scikit-learn; engel, randhie, statecrime, ccard, star98 and anes96 "
        "from statsmodels; gbsg2 from lifelines; terrain from Matplotlib's sample data",
        list(seeds),
        [run(name, seed) for name in only for seed in seeds],
        lambda results: {"titles": {n: SETS[n].title for n in only}, "runs": results},
        lambda r: "nll " + ", ".join(f"{h['nll']:.3f}" for h in r["heads"].values()),
    )

"""Estimators of scikit-learn, LightGBM and XGBoost: objective against labels.

They choose the activation themselves, from the objective; what can go wrong is the objective, its
options, and the labels.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook.pairing.report import Change, Finding, Report
from lossbook.pairing.shapes import number
from lossbook.pairing.values import minus_one, one_hot, said, whole

COUNTS = frozenset({"poisson", "count:poisson", "Poisson"})
POSITIVE = frozenset({"gamma", "reg:gamma", "survival:cox"})
TWEEDIE = frozenset({"tweedie", "reg:tweedie"})
BINARY = frozenset(
    {"binary", "binary:logistic", "binary:logitraw", "reg:logistic", "cross_entropy", "xentropy",
     "binary:hinge"}
)  # fmt: skip
MULTI = frozenset(
    {"multiclass", "softmax", "multiclassova", "multi:softmax", "multi:softprob", "ova"}
)
SHARES = frozenset({"cross_entropy", "xentropy", "reg:logistic"})


def check(model: Any, y: Any = None, x: Any = None) -> Report:
    """See `check_pairing`."""
    name = type(model).__name__
    if not hasattr(model, "get_params"):
        return Report(
            unseen=(f"a {name}: give its parameters, as a dict, in place of it",), judged=False
        )
    options = dict(model.get_params())
    inner = options.get("regressor") if name == "TransformedTargetRegressor" else None
    if inner is not None:
        return Report(unseen=(f"{name}: it transforms the labels itself",), judged=False)
    steps = getattr(model, "steps", None)
    if steps:
        return check(steps[-1][1], y, None)
    library = next(c.__module__.split(".")[0] for c in type(model).__mro__ if "." in c.__module__)
    kind = getattr(model, "_estimator_type", None) or _kind(model)
    options["objective"] = objective(name, options, kind)
    place = f"{name}, {options['objective'] or 'its own loss'}"
    if y is None:
        told = _options(options, place)
        return _report(told, place)
    labels = np.asarray(y)
    told = _options(options, place) + _labels(options, labels, place, kind, library, x)
    return _report(told, place)


def _kind(model: Any) -> str:
    for cls in type(model).__mro__:
        if cls.__name__ in ("ClassifierMixin", "LGBMClassifier", "XGBClassifier"):
            return "classifier"
        if cls.__name__ in ("RegressorMixin", "LGBMRegressor", "XGBRegressor"):
            return "regressor"
    return ""


def check_parameters(parameters: Mapping[str, Any], y: Any = None) -> Report:
    """The parameters that `lightgbm.train` or `xgboost.train` take, and labels."""
    options = dict(parameters)
    named = next((k for k in ("objective", "application", "app", "loss") if k in options), None)
    if named is None:
        raise ValueError('there is no "objective" among the parameters')
    options["objective"] = options[named]
    if not isinstance(options["objective"], str):
        return Report(unseen=("an objective of your own",), judged=False)
    place = f"objective {options['objective']!r}"
    told = _options(options, place)
    if y is not None:
        told += _labels(options, np.asarray(y), place, "native", "", None)
    return _report(told, place)


def _report(told: list[Finding], place: str) -> Report:
    findings = tuple(f for f in told if f.severity != "remark")
    remarks = tuple(f for f in told if f.severity == "remark")
    return Report(findings, (place,), (), remarks)


def objective(name: str, options: Mapping[str, Any], kind: str) -> str:
    """What an estimator minimises, by its name and options."""
    if name in ("PoissonRegressor", "GammaRegressor", "TweedieRegressor"):
        power = options.get("power", 0)
        if name == "TweedieRegressor":
            return {0: "squared_error", 1: "poisson", 2: "gamma"}.get(power, "tweedie")
        return name.removesuffix("Regressor").lower()
    given = options.get("objective") or options.get("loss") or options.get("criterion")
    if isinstance(given, str):
        return given
    return "classes" if kind == "classifier" else ""


def _options(options: Mapping[str, Any], place: str) -> list[Finding]:
    """Options that contradict each other, without labels."""
    what, base = options["objective"], options.get("base_score")
    found = []
    if what in BINARY and isinstance(base, int | float) and not 0 < base < 1:
        found.append(
            Finding(
                "base-score", f"base_score of {number(base)} with {what}", place,
                "base_score is a probability here, from which training starts",
                "a share between 0 and 1, or none: it is estimated",
                change=(Change("option", "base_score=0.5", "base_score"),),
            )
        )  # fmt: skip
    rates = what in ("count:poisson", "reg:gamma", "reg:tweedie")
    if rates and isinstance(base, int | float) and base <= 0:
        found.append(
            Finding(
                "base-score", f"base_score of {number(base)} with {what}", place,
                "training starts from its logarithm, which does not exist",
                "the mean of the labels, or none: it is estimated",
                change=(Change("option", "base_score=1.0", "base_score"),),
            )
        )  # fmt: skip
    classes = options.get("num_class")
    if what in BINARY and isinstance(classes, int) and classes > 1:
        found.append(
            Finding(
                "class-count", f"num_class of {classes} with {what}", place,
                "a binary objective has one output",
                "a multiclass objective, or no num_class",
                change=(Change("option", "num_class=1", "num_class"),),
            )
        )  # fmt: skip
    if what.startswith("multi:") and "num_class" in options and classes in (None, 0, 1):
        found.append(
            Finding(
                "class-count", f"{what} without num_class", place,
                "a multiclass objective needs the number of classes",
                "num_class", change=(Change("option", "num_class=2", "num_class"),),
            )
        )  # fmt: skip
    if what == "binary:logitraw":
        found.append(
            Finding(
                "margin", "binary:logitraw gives scores, no probabilities", place,
                "predictions are raw outputs: 0 is the even chance, not 0.5",
                "binary:logistic for probabilities", "remark",
                (Change("option", 'objective="binary:logistic"', "objective"),),
            )
        )  # fmt: skip
    return found


def _labels(
    options: Mapping[str, Any], labels: np.ndarray, place: str, kind: str, library: str, x: Any
) -> list[Finding]:
    what = options["objective"]

    def told(code: str, words: str, why: str, remedy: str, *change: Change) -> list[Finding]:
        return [Finding(code, words, place, why, remedy, change=change)]

    if x is not None and len(x) != len(labels):
        return told(
            "samples", f"labels for {len(labels)} samples, inputs for {len(x)}",
            "each input needs a label of its own", "the same rows in x and in y",
        )  # fmt: skip
    if labels.dtype.kind not in "biuf":
        if kind == "classifier" and library != "xgboost":
            return []
        code = Change("labels", "y = numpy.unique(y, return_inverse=True)[1]")
        return told("not-numbers", "the labels are not numbers",
                    f"their type is {labels.dtype}", "class numbers from 0 on", code)  # fmt: skip
    y = labels.astype(float)
    if y.size == 0:
        return []
    if not np.isfinite(y).all():
        return told("not-finite", "some labels are missing or infinite",
                    "most objectives refuse them, others learn nonsense from them",
                    "leave those samples out",
                    Change("labels", "y = y[numpy.isfinite(y)]"))  # fmt: skip
    if kind == "classifier":
        return _classifier(what, y, library, told)
    return _amounts(options, what, y, kind, told)


def _classifier(what: str, y: np.ndarray, library: str, told: Any) -> list[Finding]:
    if y.ndim == 2 and y.shape[1] > 1 and one_hot(y):
        return told(
            "one-hot-sparse", "one-hot labels for a classifier",
            "it takes them for several labels of which any number may be true, and may predict "
            "none", "class numbers", Change("labels", "y = y.argmax(axis=1)"),
        )  # fmt: skip
    distinct = np.unique(y)
    if not whole(y) or len(distinct) > max(50, y.size // 2):
        if y.size < 20 and whole(y):
            return []
        return told(
            "outside-support", "amounts for a classifier",
            f"{said(y)}: every value becomes a class of its own, or an error", "a regressor",
        )  # fmt: skip
    if library == "xgboost" and (distinct != np.arange(len(distinct))).any():
        code = "y = y - 1" if distinct[0] == 1 and len(distinct) == distinct[-1] else (
            "y = numpy.unique(y, return_inverse=True)[1]"
        )  # fmt: skip
        return told(
            "outside-support", "class numbers that do not run from 0",
            f"{said(y)}; XGBoost takes 0, 1, 2, … without a gap", "number them from 0",
            Change("labels", code),
        )  # fmt: skip
    if what == "exponential" and len(distinct) > 2:
        return told(
            "outside-support", f"{len(distinct)} classes with an exponential loss",
            "it is one of two classes", 'loss="log_loss"',
            Change("option", 'loss="log_loss"', "loss"),
        )  # fmt: skip
    return []


def _amounts(
    options: Mapping[str, Any], what: str, y: np.ndarray, kind: str, told: Any
) -> list[Finding]:
    squared = "squared_error" if kind != "native" else "regression"
    if ":" in what:
        squared = "reg:squarederror"
    option = "objective" if kind == "native" or ":" in what or "objective" in options else "loss"
    plain = Change("option", f'{option}="{squared}"', option)
    if what in COUNTS | TWEEDIE and y.min() < 0:
        return told(
            "outside-support", f"negative labels with {what}",
            f"{said(y)}; counts and amounts are zero or more", "squared error for real numbers",
            plain,
        )  # fmt: skip
    if what in POSITIVE and what != "survival:cox" and y.min() <= 0:
        return told(
            "outside-support", f"labels of zero or less with {what}",
            f"{said(y)}; a gamma distribution has values above zero only",
            "Tweedie where zeros occur; squared error for real numbers", plain,
        )  # fmt: skip
    if what == "reg:squaredlogerror" and y.min() <= -1:
        return told(
            "outside-support", "labels of -1 or less with squared log error",
            f"{said(y)}; it takes the logarithm of 1 + y", "squared error", plain,
        )  # fmt: skip
    if what == "mape" and (y == 0).any():
        return told(
            "outside-support", "labels of exactly zero with a percentage error",
            "the error is divided by the label", "absolute error",
            Change("option", f'{option}="mae"', option),
        )  # fmt: skip
    if what in BINARY:
        if minus_one(y):
            return told(
                "outside-support", f"labels -1 and 1 with {what}",
                "its labels are 0 and 1", "(y + 1) / 2", Change("labels", "y = (y + 1) / 2"),
            )  # fmt: skip
        if y.min() < 0 or y.max() > 1:
            from_one = set(np.unique(y)) == {1.0, 2.0}
            classes = int(y.max()) + 1
            change: tuple[Change, ...] = (plain,)
            if from_one:
                change = (Change("labels", "y = y - 1"),)
            elif whole(y) and y.min() >= 0 and classes < 1000:
                multi = "multi:softprob" if ":" in what else "multiclass"
                change = (Change("option", f'{option}="{multi}"', option),
                          Change("option", f"num_class={classes}", "num_class"))  # fmt: skip
            return told(
                "outside-support", f"labels outside 0 and 1 with {what}", said(y),
                "subtract 1: the labels count from 1" if from_one
                else "a multiclass objective for classes, squared error for amounts", *change,
            )  # fmt: skip
        if what not in SHARES and not whole(y):
            shares = "reg:logistic" if ":" in what else "cross_entropy"
            return told(
                "outside-support", f"shares with {what}",
                f"{said(y)}; its labels are 0 and 1", f"{shares}, which takes shares",
                Change("option", f'{option}="{shares}"', option),
            )  # fmt: skip
    if what in MULTI:
        count = options.get("num_class")
        if y.min() < 0 or not whole(y):
            return told(
                "outside-support", "labels that are not class numbers",
                f"{said(y)}; class numbers are the whole numbers from 0 on", "number them from 0",
                Change("labels", "y = numpy.unique(y, return_inverse=True)[1]"),
            )  # fmt: skip
        if isinstance(count, int) and y.max() >= count:
            from_one = y.min() == 1 and y.max() == count
            return told(
                "outside-support", f"class number {number(y.max())} with num_class {count}",
                f"the classes are 0 to {count - 1}",
                "subtract 1: the labels count from 1" if from_one else "a larger num_class",
                Change("labels", "y = y - 1") if from_one
                else Change("option", f"num_class={int(y.max()) + 1}", "num_class"),
            )  # fmt: skip
    return []

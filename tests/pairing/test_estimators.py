"""scikit-learn, LightGBM and XGBoost: objectives against labels, beside what the library does."""

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")

from lossbook.pairing import check_pairing  # noqa: E402
from sklearn import ensemble, linear_model, pipeline, preprocessing  # noqa: E402

RNG = np.random.default_rng(0)
X, REAL = RNG.normal(size=(60, 3)), RNG.normal(size=60)
COUNTS, CLASSES, YES = RNG.poisson(2, 60), np.arange(60) % 3, np.arange(60) % 2
AMOUNTS = np.exp(REAL)


def named(name):
    library, _, kind = name.partition(".")
    return getattr(pytest.importorskip(library), kind)


WRONG = {
    "Poisson, negative": (lambda: linear_model.PoissonRegressor(), REAL),
    "gamma, zeros": (lambda: linear_model.GammaRegressor(), np.maximum(REAL, 0)),
    "Tweedie, negative": (lambda: linear_model.TweedieRegressor(power=1.5), REAL),
    "boosting by counts, negative": (
        lambda: ensemble.HistGradientBoostingRegressor(loss="poisson"), REAL,
    ),
    "amounts for a classifier": (lambda: linear_model.LogisticRegression(), REAL),
    "one-hot for a classifier": (lambda: ensemble.RandomForestClassifier(), np.eye(3)[CLASSES]),
    "three classes, exponential": (
        lambda: ensemble.GradientBoostingClassifier(loss="exponential"), CLASSES,
    ),
    "in a pipeline": (
        lambda: pipeline.make_pipeline(
            preprocessing.StandardScaler(), linear_model.PoissonRegressor()
        ), REAL,
    ),
    "LightGBM, negative counts": (
        lambda: named("lightgbm.LGBMRegressor")(objective="poisson"), COUNTS - 2,
    ),
    "LightGBM, gamma with zeros": (
        lambda: named("lightgbm.LGBMRegressor")(objective="gamma"), COUNTS,
    ),
    "XGBoost, classes from 1": (lambda: named("xgboost.XGBClassifier")(), CLASSES + 1),
    "XGBoost, negative counts": (
        lambda: named("xgboost.XGBRegressor")(objective="count:poisson"), COUNTS - 2,
    ),
    "XGBoost, logistic regression of prices": (
        lambda: named("xgboost.XGBRegressor")(objective="reg:logistic"), 100 * AMOUNTS,
    ),
    "parameters, signs": (lambda: {"objective": "binary"}, 2 * YES - 1),
    "parameters, 1 and 2": (lambda: {"objective": "binary:logistic"}, YES + 1),
    "parameters, classes from 1": (
        lambda: {"objective": "multiclass", "num_class": 3}, CLASSES + 1,
    ),
    "parameters, more classes": (
        lambda: {"objective": "multi:softprob", "num_class": 3}, np.arange(60) % 5,
    ),
    "parameters, three classes": (lambda: {"objective": "binary:logistic"}, CLASSES),
    "parameters, shares": (lambda: {"objective": "binary"}, 1 / (1 + AMOUNTS)),
    "parameters, squared log": (lambda: {"objective": "reg:squaredlogerror"}, 3 * REAL - 3),
}  # fmt: skip

OPTIONS = {
    "base score": ({"objective": "binary:logistic", "base_score": 3.0}, "base-score"),
    "base score of a rate": ({"objective": "count:poisson", "base_score": 0}, "base-score"),
    "classes of a binary objective": ({"objective": "binary", "num_class": 3}, "class-count"),
}

RIGHT = {
    "least squares": (lambda: linear_model.LinearRegression(), REAL),
    "logistic": (lambda: linear_model.LogisticRegression(), CLASSES),
    "names of classes": (lambda: linear_model.LogisticRegression(), np.array(["a", "b"] * 30)),
    "signs": (lambda: linear_model.SGDClassifier(loss="hinge"), 2 * YES - 1),
    "counts": (lambda: linear_model.PoissonRegressor(), COUNTS),
    "amounts": (lambda: linear_model.GammaRegressor(), AMOUNTS),
    "amounts and zeros": (lambda: linear_model.TweedieRegressor(power=1.5), COUNTS),
    "quantile": (lambda: linear_model.QuantileRegressor(), REAL),
    "forest": (lambda: ensemble.RandomForestRegressor(), REAL),
    "digits": (lambda: ensemble.HistGradientBoostingClassifier(), np.arange(60) % 10),
    "LightGBM": (lambda: named("lightgbm.LGBMClassifier")(), CLASSES + 1),
    "LightGBM counts": (lambda: named("lightgbm.LGBMRegressor")(objective="poisson"), COUNTS),
    "XGBoost": (lambda: named("xgboost.XGBClassifier")(), CLASSES),
    "XGBoost counts": (
        lambda: named("xgboost.XGBRegressor")(objective="count:poisson"), COUNTS,
    ),
    "parameters": (lambda: {"objective": "multiclass", "num_class": 3}, CLASSES),
    "shares": (lambda: {"objective": "cross_entropy"}, 1 / (1 + AMOUNTS)),
    "ranks": (lambda: {"objective": "lambdarank"}, CLASSES),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_labels_that_do_not_fit_are_found(name):
    build, y = WRONG[name]
    report = check_pairing(build(), y)
    assert len(report.codes) == 1, report
    assert set(report.codes) <= {"outside-support", "one-hot-sparse"}, report


@pytest.mark.parametrize("name", OPTIONS)
def test_options_that_contradict_each_other_are_found(name):
    options, code = OPTIONS[name]
    assert check_pairing(options).codes == (code,)


@pytest.mark.parametrize("name", RIGHT)
def test_no_alarm_on_a_right_estimator(name):
    build, y = RIGHT[name]
    assert check_pairing(build(), y).ok


@pytest.mark.parametrize("name", ["Poisson, negative", "gamma, zeros", "Tweedie, negative"])
def test_the_library_refuses_what_is_found(name):
    build, y = WRONG[name]
    with pytest.raises(ValueError, match="Some value"):
        build().fit(X, y)


def test_a_line_mends_labels_that_count_from_1():
    names = {"y": CLASSES + 1, "numpy": np}
    [finding] = check_pairing({"objective": "multiclass", "num_class": 3}, names["y"]).findings
    exec(finding.change[0].code, names)
    assert check_pairing({"objective": "multiclass", "num_class": 3}, names["y"]).ok

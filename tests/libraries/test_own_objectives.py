"""Objectives for boosted trees against the libraries' own on real data: the same trees.

The data are those of test_real_data: a year of diabetes in 442 patients, as a score, an amount, a
count, an amount that is often zero, yes or no, and one of three classes.
"""

import re

import lightgbm
import numpy as np
import pytest
import xgboost
from lossbook import boosting, heads
from test_real_data import DATA

LOG = {"links": {"rate": "exponential"}}
LOG_MEAN = {"links": {"mean": "exponential"}}
ROUNDS = 40
OWN = {
    "gaussian": (heads.Gaussian(), "regression", "reg:squarederror"),
    "poisson": (heads.Poisson(**LOG), "poisson", "count:poisson"),
    "exponential": (heads.Exponential(**LOG_MEAN), "gamma", "reg:gamma"),
    "tweedie": (heads.Tweedie(power=1.5, **LOG_MEAN), "tweedie", "reg:tweedie"),
    "bernoulli": (heads.Bernoulli(), "binary", "binary:logistic"),
    "categorical": (heads.Categorical(3), "multiclass", "multi:softprob"),
}


def documented(name):
    """The factors by which the docstring tells to multiply, for LightGBM and for XGBoost."""
    words = " ".join(boosting.Objective.__doc__.split())
    told = re.search(
        r"take e\^([\d.]+) times the Hessian for their Poisson and, for K classes, "
        r"K / \(K - (\d)\) and (\d) times",
        words,
    )
    power, less, twice = map(float, told.groups())
    if name == "poisson":
        return np.exp(power), np.exp(power)
    return (3 / (3 - less), twice) if name == "categorical" else (1.0, 1.0)


def begun(start, n):
    return np.tile(start, (n, 1)) if len(start) > 1 else np.full(n, start[0])


def light(objective, data, start, rounds=ROUNDS, **options):
    """Raw scores of LightGBM's trees for the rows kept back, and the trees."""
    settings = {
        "objective": objective, "verbose": -1, "num_leaves": 7, "boost_from_average": False,
        "deterministic": True, "force_row_wise": True, "num_threads": 1, **options,
    }  # fmt: skip
    if len(start) > 1:
        settings["num_class"] = len(start)
    y = data.y[data.train]
    rows = lightgbm.Dataset(data.x[data.train], y, init_score=begun(start, len(y)))
    trees = lightgbm.train(settings, rows, rounds)
    return start + trees.predict(data.x[data.test], raw_score=True).reshape(-1, len(start)), trees


def extreme(objective, data, start, rounds=ROUNDS, **options):
    """Raw scores of XGBoost's trees for the rows kept back, and the trees."""
    settings = {"max_depth": 3, "base_score": 0.5, "nthread": 1, **options}
    if len(start) > 1:
        settings["num_class"] = len(start)
    y = data.y[data.train]
    rows = xgboost.DMatrix(data.x[data.train], y, base_margin=begun(start, len(y)))
    if callable(objective):
        settings["disable_default_eval_metric"] = True
        trees = xgboost.train(settings, rows, rounds, obj=objective)
    else:
        trees = xgboost.train({**settings, "objective": objective}, rows, rounds)
    later = xgboost.DMatrix(data.x[data.test], base_margin=begun(start, len(data.test)))
    return trees.predict(later, output_margin=True).reshape(-1, len(start)), trees


@pytest.mark.parametrize("name", OWN)
def test_lightgbm_grows_the_same_trees_for_patients(name):
    head, own, _ = OWN[name]
    data, (factor, _) = DATA[name], documented(name)
    start = boosting.Objective(head).start(data.y[data.train])
    power = {"tweedie_variance_power": 1.5} if name == "tweedie" else {}
    expected, _ = light(own, data, start, **power)
    ours, _ = light(boosting.Objective(head, factor), data, start)
    assert np.ptp(expected, axis=0).min() > 0.5
    np.testing.assert_allclose(ours, expected, atol=1e-5)


@pytest.mark.parametrize("name", OWN)
def test_xgboost_grows_the_same_trees_for_patients(name):
    head, _, own = OWN[name]
    data, (_, factor) = DATA[name], documented(name)
    start = boosting.Objective(head).start(data.y[data.train])
    power = {"tweedie_variance_power": 1.5} if name == "tweedie" else {}
    expected, _ = extreme(own, data, start, **power)
    bound = {"max_delta_step": 0.7} if name == "poisson" else {}
    ours, _ = extreme(boosting.Objective(head, factor), data, start, **bound)
    assert np.ptp(expected, axis=0).min() > 0.5
    np.testing.assert_allclose(ours, expected, atol=1e-5)


# Quantiles cannot be equal beyond the splits. Once a tree is grown, both libraries replace what
# the gradients put into its leaves by quantiles of the residuals there, and they do so for their
# own objective alone. So the second tree already begins from other scores.
QUANTILES = {
    "lightgbm": (light, "quantile", "alpha", ["split_feature", "threshold", "count"]),
    "xgboost": (extreme, "reg:quantileerror", "quantile_alpha", ["Feature", "Split"]),
}


@pytest.mark.parametrize("level", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("library", QUANTILES)
def test_quantiles_of_patients_split_alike_and_have_quantiles_in_their_leaves(library, level):
    grown, own, named, columns = QUANTILES[library]
    data = DATA["asymmetric_laplace"]
    y = data.y[data.train]
    objective = boosting.Objective(heads.AsymmetricLaplace(level=level))
    start = objective.start(y)
    plain = {"learning_rate": 1.0}
    steps, ours = grown(objective, data, start, 1, **plain)
    leaves, theirs = grown(own, data, start, 1, **{named: level}, **plain)
    assert np.abs(leaves - steps).max() > 0.1
    tables = [trees.trees_to_dataframe()[columns].astype(str) for trees in (ours, theirs)]
    assert tables[0].to_numpy().tolist() == tables[1].to_numpy().tolist()
    inside = data._replace(test=data.train)
    leaves, _ = grown(own, inside, start, 1, **{named: level}, **plain)  # of the training rows
    values = np.unique(leaves)
    assert len(values) > 4
    for value in values:
        residuals = y[leaves[:, 0] == value]
        one = 1 / len(residuals) + 1e-9
        assert np.mean(residuals < value - 1e-5) <= level + one
        assert np.mean(residuals <= value + 1e-5) >= level - one


@pytest.mark.parametrize("library", QUANTILES)
def test_quantiles_of_patients_lose_as_little_as_the_libraries_own(library):
    grown, own, named, _ = QUANTILES[library]
    data, level = DATA["asymmetric_laplace"], 0.8
    objective = boosting.Objective(heads.AsymmetricLaplace(level=level))
    start = objective.start(data.y[data.train])
    later = data.y[data.test]
    slow = {"learning_rate": 0.1, "max_depth": 2}

    def lost(raw):
        error = later - raw[:, 0]
        return np.maximum(level * error, (level - 1) * error)

    ours = lost(grown(objective, data, start, **slow)[0])
    theirs = lost(grown(own, data, start, **{named: level}, **slow)[0])
    constant = lost(np.full((len(later), 1), start[0]))
    assert ours.mean() < 0.9 * constant.mean()
    apart = ours - theirs
    assert abs(apart.mean()) < 3 * apart.std(ddof=1) / np.sqrt(len(later))

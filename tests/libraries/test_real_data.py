"""Boosted trees with a head's objective on real data, against a Keras network with the same head.

Most outcomes are made of scikit-learn's `diabetes`: ten measurements of 442 patients, and how far
their disease went in a year, turned into an outcome of each head's support. The shares are those of
three kinds of cholesterol in their blood. The directions are flowers of `iris`: how their other
lengths compare, from the sepal's and the species. The angle is a time of year, from statsmodels'
`co2`: how the carbon dioxide over Mauna Loa has changed in the weeks before.
"""

from typing import NamedTuple

import keras
import lightgbm
import numpy as np
import pytest
import statsmodels.api as sm
import xgboost
from lossbook import boosting, heads
from sklearn.datasets import load_diabetes, load_iris


class Data(NamedTuple):
    """Inputs and outcomes, and which rows are for training and for the test."""

    x: np.ndarray
    y: np.ndarray
    train: np.ndarray
    test: np.ndarray


def parted(x, y, share):
    order = np.random.default_rng(1).permutation(len(x))
    cut = round(share * len(x))
    return Data((x - x.mean(axis=0)) / x.std(axis=0), y, order[:cut], order[cut:])


def season(weeks=(4, 13), every=4):
    """The time of year as an angle, from the changes over some weeks, where none is missing."""
    table = sm.datasets.co2.load_pandas().data["co2"]
    level, date = table.to_numpy(), table.index.to_numpy()
    day = (date - date.astype("datetime64[Y]")) / np.timedelta64(1, "D")
    angle = np.angle(np.exp(2j * np.pi * day / 365.25))
    most = max(weeks)
    x = np.stack([level[most:] - level[most - k : len(level) - k] for k in weeks], axis=-1)
    whole = np.flatnonzero(np.isfinite(x).all(axis=1))[::every]
    return parted(x[whole], angle[most:][whole], 0.6)


INPUTS, PROGRESS = load_diabetes(return_X_y=True)
RANK = np.argsort(np.argsort(PROGRESS)) / len(PROGRESS)
SCORE = (PROGRESS - PROGRESS.mean()) / PROGRESS.std()
PRESSURE = INPUTS[:, 3] / INPUTS[:, 3].std()

REAL, POSITIVE, COUNT = SCORE, PROGRESS / PROGRESS.mean(), np.floor(PROGRESS / 25)
FEW = np.maximum(np.floor(PROGRESS / 40) - 2, 0)
ABOVE = np.maximum(PROGRESS - 90, 0) / 60
SHARE, CLASS = (PROGRESS - 20) / 340, np.floor(3 * RANK)
UNTIL = np.stack([np.minimum(PROGRESS, 220) / PROGRESS.mean(), PROGRESS <= 220], axis=-1)
OUTCOMES = {
    "asymmetric_laplace": REAL, "bernoulli": (RANK > 0.5).astype(float), "beta": SHARE,
    "binomial": np.round(10 * SHARE), "categorical": CLASS, "exponential": POSITIVE,
    "gamma": POSITIVE, "gaussian": REAL, "gaussian_mixture": REAL, "gaussian_scale": REAL,
    "huber": REAL, "hurdle_poisson": FEW, "hyperbolic_secant": REAL, "inverse_gaussian": POSITIVE,
    "kumaraswamy": SHARE, "laplace": REAL, "log_normal": POSITIVE, "logistic": REAL,
    "negative_binomial": COUNT, "ordinal": CLASS, "poisson": COUNT, "student_t": REAL,
    "tweedie": ABOVE, "weibull": UNTIL, "zero_inflated_poisson": FEW,
}  # fmt: skip
DATA = {name: parted(INPUTS, y, 300 / 442) for name, y in OUTCOMES.items()}
AMOUNTS = load_diabetes(scaled=False).data
TOTAL, LDL, HDL = AMOUNTS[:, 4], AMOUNTS[:, 5], AMOUNTS[:, 6]
CHOLESTEROL = np.stack([LDL, HDL, TOTAL - LDL - HDL], axis=-1) / TOTAL[:, None]
FLOWERS, SPECIES = load_iris(return_X_y=True)
FLOWERS_X = np.column_stack([FLOWERS[:, 0], np.eye(3)[SPECIES][:, :2]])
REST = np.delete(INPUTS, 3, axis=1)  # the blood pressure is an outcome
DATA |= {
    "dirichlet": parted(np.delete(INPUTS, [4, 5, 6, 7], axis=1), CHOLESTEROL, 300 / 442),
    "von_mises_fisher": parted(
        FLOWERS_X, FLOWERS[:, 1:] / np.linalg.norm(FLOWERS[:, 1:], axis=1, keepdims=True), 0.6
    ),
    "von_mises": season(),
    "multivariate_gaussian": parted(REST, np.stack([SCORE, PRESSURE], axis=-1), 300 / 442),
    "independent_bernoullis": parted(
        REST,
        np.stack([RANK > 0.5, np.median(PRESSURE) < PRESSURE], axis=-1).astype(float),
        300 / 442,
    ),
}
OPTIONS = {"learning_rate": 0.05, "num_leaves": 4, "min_data_in_leaf": 20, "max_depth": 2}
SOON = ("gaussian_mixture", "multivariate_gaussian", "weibull")
ROUNDS = dict.fromkeys(DATA, 60) | dict.fromkeys(SOON, 30) | {"von_mises": 120}
EPOCHS = dict.fromkeys(DATA, 60) | {"von_mises": 200}
"""Scales of several parts overfit soon, and a concentration has far to go from near zero."""
OPTIONS_OF_HEADS = {"dirichlet": {"links": {"concentrations": "exponential"}}}

# Keras's own conversion on PyTorch, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def losses(head, y, raw):
    found = head.nll(y, np.reshape(raw, (len(y), -1)))
    return np.asarray(found.detach() if hasattr(found, "detach") else found)


def labelled(head, data):
    """The objective, and the labels of the rows for training."""
    y = data.y[data.train]
    if head.columns == 1:
        return boosting.Objective(head), y
    objective = boosting.Objective(head, outcomes=y)
    return objective, objective.labels


def light(head, data, start):
    objective, labels = labelled(head, data)
    n = len(labels)
    begin = np.tile(start, (n, 1)) if len(start) > 1 else np.full(n, start[0])
    options = {"objective": objective, "verbose": -1, "num_threads": 1, **OPTIONS}
    options |= {"num_class": len(start)} if len(start) > 1 else {}
    rows = lightgbm.Dataset(data.x[data.train], labels, init_score=begin)
    trees = lightgbm.train(options, rows, ROUNDS[head.name])
    return start + trees.predict(data.x[data.test], raw_score=True).reshape(len(data.test), -1)


def extreme(head, data, start):
    objective, labels = labelled(head, data)
    options = {"max_depth": 2, "learning_rate": 0.05, "min_child_weight": 5, "nthread": 1}
    options |= {"num_class": len(start)} if len(start) > 1 else {}
    options["disable_default_eval_metric"] = True
    margins = [np.tile(start, (len(part), 1)) for part in (data.train, data.test)]
    rows = xgboost.DMatrix(data.x[data.train], labels, base_margin=margins[0])
    trees = xgboost.train(options, rows, ROUNDS[head.name], obj=objective)
    later = xgboost.DMatrix(data.x[data.test], base_margin=margins[1])
    return trees.predict(later, output_margin=True)


def network(head, data, start):
    """A linear network with decay, which suits these data."""
    keras.utils.set_random_seed(0)
    layer = keras.layers.Dense(
        head.units, kernel_initializer="zeros", kernel_regularizer=keras.regularizers.L2(1e-3),
        bias_initializer=keras.initializers.Constant(0.0),
    )  # fmt: skip
    model = keras.Sequential([keras.Input((data.x.shape[1],)), layer])
    layer.bias.assign(start)
    model.compile(keras.optimizers.Adam(0.02), loss=head.loss)
    model.fit(
        data.x[data.train], data.y[data.train], batch_size=100, epochs=EPOCHS[head.name], verbose=0
    )
    return model.predict(data.x[data.test], verbose=0)


def test_every_head_with_an_objective_has_data():
    assert set(DATA) == set(boosting.AVAILABLE)


@pytest.mark.parametrize("name", DATA)
def test_trees_are_within_noise_of_the_network_and_better_than_a_constant(name):
    head, data = heads.HEADS[name](**OPTIONS_OF_HEADS.get(name, {})), DATA[name]
    later, n = data.y[data.test], len(data.test)
    start = boosting.Objective(head).start(data.y[data.train])
    constant = losses(head, later, np.tile(start, (n, 1)))
    net = losses(head, later, network(head, data, start))
    for grown in (light, extreme):
        trees = losses(head, later, grown(head, data, start))
        apart, gained = trees - net, constant - trees
        error = np.std(apart, ddof=1) / np.sqrt(n)
        assert abs(apart.mean()) < 3 * error + 1e-3, (grown.__name__, apart.mean(), error)
        assert gained.mean() > 2 * np.std(gained, ddof=1) / np.sqrt(n), grown.__name__

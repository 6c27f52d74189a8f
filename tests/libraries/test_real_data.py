"""Boosted trees with a head's objective on real data, against a Keras network with the same head.

The data are scikit-learn's `diabetes`: ten measurements of 442 patients, and how far their disease
went in a year. What went before is turned into an outcome of each head's support.
"""

import keras
import lightgbm
import numpy as np
import pytest
import xgboost
from lossbook import boosting, heads
from sklearn.datasets import load_diabetes

X, PROGRESS = load_diabetes(return_X_y=True)
X = X / X.std(axis=0)
ORDER = np.random.default_rng(1).permutation(len(X))
TRAIN, TEST = ORDER[:300], ORDER[300:]
RANK = np.argsort(np.argsort(PROGRESS)) / len(PROGRESS)
SCORE = (PROGRESS - PROGRESS.mean()) / PROGRESS.std()

REAL, POSITIVE, COUNT = SCORE, PROGRESS / PROGRESS.mean(), np.floor(PROGRESS / 25)
FEW = np.maximum(np.floor(PROGRESS / 40) - 2, 0)
ABOVE = np.maximum(PROGRESS - 90, 0) / 60
SHARE, CLASS = (PROGRESS - 20) / 340, np.floor(3 * RANK)
OUTCOMES = {
    "asymmetric_laplace": REAL, "bernoulli": (RANK > 0.5).astype(float), "beta": SHARE,
    "binomial": np.round(10 * SHARE), "categorical": CLASS, "exponential": POSITIVE,
    "gamma": POSITIVE, "gaussian": REAL, "gaussian_scale": REAL, "huber": REAL,
    "hyperbolic_secant": REAL, "inverse_gaussian": POSITIVE, "laplace": REAL,
    "log_normal": POSITIVE, "logistic": REAL, "negative_binomial": COUNT, "poisson": COUNT,
    "student_t": REAL, "tweedie": ABOVE, "zero_inflated_poisson": FEW,
}  # fmt: skip
OPTIONS = {"learning_rate": 0.05, "num_leaves": 4, "min_data_in_leaf": 20, "max_depth": 2}
ROUNDS = 60

# Keras's own conversion on PyTorch, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def losses(head, y, raw):
    found = head.nll(y, np.reshape(raw, (len(y), -1)))
    return np.asarray(found.detach() if hasattr(found, "detach") else found)


def light(objective, y):
    start = objective.start(y[TRAIN])
    begin = np.tile(start, (len(TRAIN), 1)) if len(start) > 1 else np.full(len(TRAIN), start[0])
    options = {"objective": objective, "verbose": -1, "num_threads": 1, **OPTIONS}
    options |= {"num_class": len(start)} if len(start) > 1 else {}
    trees = lightgbm.train(options, lightgbm.Dataset(X[TRAIN], y[TRAIN], init_score=begin), ROUNDS)
    return start + trees.predict(X[TEST], raw_score=True).reshape(len(TEST), -1)


def extreme(objective, y):
    start = objective.start(y[TRAIN])
    options = {"max_depth": 2, "learning_rate": 0.05, "min_child_weight": 5, "nthread": 1}
    options |= {"num_class": len(start)} if len(start) > 1 else {}
    options["disable_default_eval_metric"] = True
    margins = [np.tile(start, (len(part), 1)) for part in (TRAIN, TEST)]
    data = xgboost.DMatrix(X[TRAIN], y[TRAIN], base_margin=margins[0])
    trees = xgboost.train(options, data, ROUNDS, obj=objective)
    return trees.predict(xgboost.DMatrix(X[TEST], base_margin=margins[1]), output_margin=True)


def network(head, start, y):
    """A linear network with decay, which suits these data."""
    keras.utils.set_random_seed(0)
    layer = keras.layers.Dense(
        head.units, kernel_initializer="zeros", kernel_regularizer=keras.regularizers.L2(1e-3),
        bias_initializer=keras.initializers.Constant(0.0),
    )  # fmt: skip
    model = keras.Sequential([keras.Input((X.shape[1],)), layer])
    layer.bias.assign(start)
    model.compile(keras.optimizers.Adam(0.02), loss=head.loss)
    model.fit(X[TRAIN], y[TRAIN], batch_size=100, epochs=60, verbose=0)
    return model.predict(X[TEST], verbose=0)


def test_every_head_with_an_objective_for_one_outcome_has_data():
    assert set(OUTCOMES) == set(boosting.AVAILABLE) - {"independent_bernoullis"}


@pytest.mark.parametrize("name", OUTCOMES)
def test_trees_are_within_noise_of_the_network_and_better_than_a_constant(name):
    head, y = heads.HEADS[name](), OUTCOMES[name]
    objective = boosting.Objective(head)
    start = objective.start(y[TRAIN])
    constant = losses(head, y[TEST], np.tile(start, (len(TEST), 1)))
    net = losses(head, y[TEST], network(head, start, y))
    for grown in (light, extreme):
        trees = losses(head, y[TEST], grown(objective, y))
        apart, gained = trees - net, constant - trees
        error = np.std(apart, ddof=1) / np.sqrt(len(TEST))
        assert abs(apart.mean()) < 3 * error + 1e-3, (grown.__name__, apart.mean(), error)
        assert gained.mean() > 2 * np.std(gained, ddof=1) / np.sqrt(len(TEST)), grown.__name__

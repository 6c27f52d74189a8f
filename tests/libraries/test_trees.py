"""Objectives for boosted trees against those of LightGBM and XGBoost: the same trees."""

import lightgbm
import numpy as np
import pytest
import xgboost
from lossbook import boosting, heads

LOG = {"rate": "exponential"}
LOG_MEAN = {"mean": "exponential"}
RNG = np.random.default_rng(7)
X = RNG.normal(size=(600, 4))
SIGNAL = 0.4 * X[:, 0] - 0.3 * X[:, 1] * X[:, 2]
POSITIVE = RNG.gamma(2.0, np.exp(SIGNAL) / 2)
COUNTS = RNG.poisson(np.exp(SIGNAL)).astype(float)
BINARY = (RNG.random(600) < 1 / (1 + np.exp(-2 * SIGNAL))).astype(float)
CLASSES = np.digitize(SIGNAL + RNG.normal(0, 0.3, 600), [-0.3, 0.3]).astype(float)
REAL = SIGNAL + RNG.normal(0, 0.5, 600)
ZEROS = np.where(RNG.random(600) < 0.4, 0.0, POSITIVE)
ROUNDS = 12

PAIRS = {
    "squared error": (heads.Gaussian(), REAL, 1, 1, "regression", "reg:squarederror", {}),
    "poisson": (
        heads.Poisson(links=LOG), COUNTS, np.exp(0.7), np.exp(0.7), "poisson", "count:poisson", {},
    ),
    "gamma": (heads.Exponential(links=LOG_MEAN), POSITIVE, 1, 1, "gamma", "reg:gamma", {}),
    "tweedie": (
        heads.Tweedie(power=1.4, links=LOG_MEAN), ZEROS, 1, 1, "tweedie", "reg:tweedie",
        {"tweedie_variance_power": 1.4},
    ),
    "binary": (heads.Bernoulli(), BINARY, 1, 1, "binary", "binary:logistic", {}),
    "softmax": (heads.Categorical(3), CLASSES, 1.5, 2, "multiclass", "multi:softprob", {}),
}  # fmt: skip


def light(objective, y, start, rounds=ROUNDS, **options):
    """Raw scores of LightGBM's trees, grown from `start`."""
    k = len(start)
    settings = {
        "objective": objective, "verbose": -1, "num_leaves": 7, "boost_from_average": False,
        "deterministic": True, "force_row_wise": True, "num_threads": 1, **options,
    }  # fmt: skip
    if k > 1:
        settings["num_class"] = k
    begin = np.tile(start, (len(y), 1)) if k > 1 else np.full(len(y), start[0])
    data = lightgbm.Dataset(X, y, init_score=begin)
    trees = lightgbm.train(settings, data, num_boost_round=rounds)
    return begin + trees.predict(X, raw_score=True), trees


def extreme(objective, y, start, rounds=ROUNDS, **options):
    """Raw scores of XGBoost's trees, grown from `start`."""
    k = len(start)
    settings = {"max_depth": 3, "base_score": 0.5, "nthread": 1, **options}
    if k > 1:
        settings["num_class"] = k
    begin = np.tile(start, (len(y), 1)) if k > 1 else np.full(len(y), start[0])
    data = xgboost.DMatrix(X, y, base_margin=begin)
    if callable(objective):
        settings["disable_default_eval_metric"] = True
        trees = xgboost.train(settings, data, rounds, obj=objective)
    else:
        trees = xgboost.train({**settings, "objective": objective}, data, rounds)
    return trees.predict(data, output_margin=True), trees


@pytest.mark.parametrize("name", PAIRS)
def test_lightgbm_grows_the_same_trees(name):
    head, y, factor, _, theirs, _, options = PAIRS[name]
    objective = boosting.Objective(head, factor)
    start = objective.start(y)
    ours, _ = light(objective, y, start)
    expected, _ = light(theirs, y, start, **options)
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(ours, expected, atol=1e-5)


@pytest.mark.parametrize("name", PAIRS)
def test_xgboost_grows_the_same_trees(name):
    head, y, _, factor, _, theirs, options = PAIRS[name]
    objective = boosting.Objective(head, factor)
    start = objective.start(y)
    # XGBoost holds the leaves of its Poisson within this bound unless it is told otherwise.
    bound = {"max_delta_step": 0.7} if name == "poisson" else {}
    ours, _ = extreme(objective, y, start, **bound)
    expected, _ = extreme(theirs, y, start, **options)
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def splits(trees, columns):
    """What a booster splits on, as text, since leaves have nothing there."""
    return trees.trees_to_dataframe()[columns].astype(str).to_numpy().tolist()


def test_the_first_tree_for_a_quantile_splits_where_the_libraries_split():
    # Both libraries put quantiles into the leaves of the grown tree; the splits are the gradient's.
    objective = boosting.Objective(heads.AsymmetricLaplace(level=0.8))
    start = objective.start(REAL)
    _, ours = light(objective, REAL, start, 1)
    _, theirs = light("quantile", REAL, start, 1, alpha=0.8)
    columns = ["split_feature", "threshold", "count"]
    assert splits(ours, columns) == splits(theirs, columns)
    _, ours = extreme(objective, REAL, start, 1)
    _, theirs = extreme("reg:quantileerror", REAL, start, 1, quantile_alpha=0.8)
    columns = ["Feature", "Split"]
    assert splits(ours, columns) == splits(theirs, columns)


@pytest.mark.parametrize("name", boosting.AVAILABLE)
def test_both_libraries_train_every_head_below_its_best_constant(name):
    rng = np.random.default_rng(11)
    head = heads.HEADS[name]()
    raw = np.stack([SIGNAL * 2, *([0.3 * X[:, 3]] * (head.units - 1))], axis=-1)
    y = head.sample({k: np.asarray(v) for k, v in head.parameters(raw).items()}, rng)
    if np.ndim(y) == 2 and y.shape[1] == 1:
        y = y[:, 0]
    several = np.ndim(y) == 2
    objective = boosting.Objective(head, outcomes=y if several else None)
    start = objective.start(y)
    labels = objective.labels if several else y
    least = float(np.mean(np.asarray(head.nll(y, np.tile(start, (len(y), 1))))))
    for grown in (light, extreme):
        scores, _ = grown(objective, labels, start, 20, learning_rate=0.1)
        reached = float(np.mean(np.asarray(head.nll(y, scores.reshape(len(y), -1)))))
        assert reached < least - 0.01, grown.__name__


def test_weights_reach_both_libraries():
    weight = np.where(X[:, 0] > 0, 3.0, 0.5)
    objective = boosting.Objective(heads.Poisson(links=LOG), np.exp(0.7))
    data = lightgbm.Dataset(X, COUNTS, weight=weight, init_score=np.zeros(600))
    options = {"verbose": -1, "num_threads": 1, "boost_from_average": False}
    ours = lightgbm.train({**options, "objective": objective}, data, 5).predict(X, raw_score=True)
    data = lightgbm.Dataset(X, COUNTS, weight=weight, init_score=np.zeros(600))
    theirs = lightgbm.train({**options, "objective": "poisson"}, data, 5)
    np.testing.assert_allclose(ours, theirs.predict(X, raw_score=True), atol=1e-5)
    estimator = xgboost.XGBRegressor(
        objective=objective.sklearn, n_estimators=5, base_score=0.0, n_jobs=1, max_delta_step=0.7
    ).fit(X, COUNTS, sample_weight=weight)
    other = xgboost.XGBRegressor(
        objective="count:poisson", n_estimators=5, base_score=1.0, n_jobs=1
    ).fit(X, COUNTS, sample_weight=weight)
    margins = other.predict(X, output_margin=True)
    np.testing.assert_allclose(estimator.predict(X, output_margin=True), margins, atol=1e-5)


def test_rows_picked_by_cross_validation_keep_their_outcomes():
    shares = RNG.dirichlet([4, 3, 2], 600) * np.exp([1, 0, 0] * X[:, :1])
    shares /= shares.sum(axis=1, keepdims=True)
    objective = boosting.Objective(heads.Dirichlet(3), outcomes=shares)
    start = np.tile(objective.start(shares), (600, 1))

    def loss(scores, data):
        rows = data.get_label().astype(int)
        nll = objective.head.nll(shares[rows], scores.reshape(len(rows), -1))
        return "nll", float(np.mean(np.asarray(nll))), False

    data = lightgbm.Dataset(X, objective.labels, init_score=start)
    options = {"objective": objective, "num_class": 3, "verbose": -1, "num_threads": 1}
    found = lightgbm.cv(options, data, 20, nfold=3, stratified=False, feval=loss)
    [means] = [found[name] for name in found if name.endswith("mean")]
    assert means[-1] < means[0] - 0.1
    data = xgboost.DMatrix(X, objective.labels, base_margin=start)
    options = {"num_class": 3, "disable_default_eval_metric": True, "nthread": 1}
    found = xgboost.cv(options, data, 20, nfold=3, obj=objective, custom_metric=lambda s, d: (
        loss(s, d)[:2]
    ))  # fmt: skip
    assert found["test-nll-mean"].iloc[-1] < found["test-nll-mean"].iloc[0] - 0.1

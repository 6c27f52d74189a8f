"""The loss at the start, against the best constant answer, which scikit-learn computes too."""

import numpy as np
import pytest
from lossbook import best_constant, check_pairing, keras
from lossbook.pairing import balance
from lossbook.pairing.losses import Loss
from sklearn import dummy, metrics

layers = keras.layers
RNG = np.random.default_rng(0)
CLASSES, YES = RNG.integers(0, 5, 200), RNG.integers(0, 2, 200)
AMOUNTS = 3 + RNG.normal(size=(200, 2))


def test_the_best_constant_is_that_of_scikit_learn():
    x = np.zeros((200, 1))
    for strategy, ours, error in (
        ("mean", best_constant.squared, metrics.mean_squared_error),
        ("median", best_constant.absolute, metrics.mean_absolute_error),
    ):
        model = dummy.DummyRegressor(strategy=strategy).fit(x, AMOUNTS)
        assert np.isclose(ours(AMOUNTS), error(AMOUNTS, model.predict(x)))
    model = dummy.DummyClassifier(strategy="prior").fit(x, CLASSES)
    assert np.isclose(best_constant.classes(CLASSES),
                      metrics.log_loss(CLASSES, model.predict_proba(x)))  # fmt: skip
    model = dummy.DummyClassifier(strategy="prior").fit(x, YES)
    assert np.isclose(best_constant.binary(YES[:, None].astype(float)),
                      metrics.log_loss(YES, model.predict_proba(x)))  # fmt: skip


def test_amounts_in_several_columns_have_a_constant_each():
    y = np.c_[np.full(50, 1000.0), RNG.normal(size=50)]
    assert balance.constant_loss(Loss("mean_squared_error", ""), y) < 1
    one_hot = np.eye(5)[CLASSES]
    coded = balance.constant_loss(Loss("categorical_crossentropy", ""), one_hot)
    numbered = balance.constant_loss(Loss("sparse_categorical_crossentropy", ""), CLASSES)
    assert np.isclose(coded, numbered)


def network(units, loss, activation=None, *first):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((6,)), *first, layers.Dense(16, activation="relu"),
                              layers.Dense(units, activation=activation)])  # fmt: skip
    model.compile("adam", loss)
    return model


CASES = {
    "classes": (5, "sparse_categorical_crossentropy", "softmax", CLASSES),
    "yes or no": (1, keras.losses.BinaryCrossentropy(from_logits=True), None, YES),
    "amounts": (2, "mse", None, AMOUNTS),
}


@pytest.mark.parametrize("name", CASES)
def test_inputs_of_the_wrong_size_are_remarked_and_those_of_the_right_one_are_not(name):
    units, loss, activation, y = CASES[name]
    x = RNG.normal(size=(200, 6)).astype("float32")
    assert not check_pairing(network(units, loss, activation), y, x=x).remarks
    report = check_pairing(network(units, loss, activation), y, x=255 * x)
    assert report.ok
    [remark] = report.remarks
    assert remark.code == "start"
    assert "inputs run from" in remark.why
    scaled = network(units, loss, activation, layers.Rescaling(1 / 255))
    assert not check_pairing(scaled, y, x=255 * x).remarks


def test_without_inputs_or_with_batch_statistics_nothing_is_said():
    units, loss, activation, y = CASES["classes"]
    x = 255 * RNG.normal(size=(200, 6)).astype("float32")
    assert not check_pairing(network(units, loss, activation), y).remarks
    normed = network(units, loss, activation, layers.BatchNormalization())
    assert not check_pairing(normed, y, x=x).remarks


def test_the_model_is_left_as_it_was():
    model = network(5, "sparse_categorical_crossentropy", "softmax")
    before = [v.numpy().copy() for v in model.variables]
    check_pairing(model, CLASSES, x=255 * RNG.normal(size=(200, 6)).astype("float32"))
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(before, model.variables, strict=True))

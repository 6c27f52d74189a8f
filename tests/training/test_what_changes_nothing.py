"""What must not change training: a validation, its results, the list that holds the data."""

import numpy as np
import pytest
from lossbook import keras, training

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(70, 1)), RNG.normal(size=(70, 1))


def line(**options):
    training.set_seed(3)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05, **options), "mean_squared_error")
    return model


def test_with_a_validation_the_samples_come_in_the_same_order():
    alone, watched = line(), line()
    one = training.fit(alone, X, Y, epochs=3, seed=4, progress=False)
    other = training.fit(watched, X, Y, epochs=3, seed=4, validation=(X, Y), progress=False)
    np.testing.assert_array_equal(one.loss, other.loss)
    for a, b in zip(alone.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("n", [1, 31, 32, 69, 71, 200])
def test_a_validation_of_another_length_is_the_loss_of_all_its_samples(n):
    """More samples than there are to train on, too, and a last batch of any size."""
    rng, model = np.random.default_rng(n), line()
    x, y = rng.normal(size=(n, *X.shape[1:])), rng.normal(size=(n, *Y.shape[1:]))
    found = training.fit(model, X, Y, epochs=1, validation=(x, y), progress=False)
    want = np.mean((training.predict(model, x).reshape(y.shape) - y) ** 2)
    np.testing.assert_allclose(found.final("val_loss"), want, rtol=1e-5)


def test_a_validation_whose_loss_is_not_finite_stops_nothing_as_in_keras():
    bad = np.where(np.arange(70)[:, None] == 5, np.nan, Y)
    ours, theirs = line(), line()
    got = training.fit(ours, X, Y, epochs=2, shuffle=False, validation=(X, bad), progress=False)
    want = theirs.fit(
        X, Y, epochs=2, batch_size=32, shuffle=False, validation_data=(X, bad), verbose=0
    ).history
    assert np.isnan(got["val_loss"]).all()
    assert np.isnan(want["val_loss"]).all()
    np.testing.assert_allclose(got.loss, want["loss"], rtol=1e-5)


@pytest.mark.parametrize("bad", [2, 3, 4, 5])
def test_whichever_epoch_goes_wrong_the_weights_are_those_of_the_one_before(bad):
    """One step an epoch, and one so long that the loss of the next is infinite."""

    def soon_too_fast():
        rates = [bad - 3], [0.01, 1e30]
        training.set_seed(3)
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        schedule = keras.optimizers.schedules.PiecewiseConstantDecay(*rates)
        model.compile(keras.optimizers.SGD(schedule), "mean_squared_error")
        return model

    options = {"batch_size": 70, "progress": False}
    model, twin = soon_too_fast(), soon_too_fast()
    with pytest.raises(training.TrainingError, match=f"in epoch {bad}:"):
        training.fit(model, X, Y, epochs=9, **options)
    history = training.fit(twin, X, Y, epochs=bad - 1, **options)
    np.testing.assert_array_equal(model.history.loss, history.loss)
    for a, b in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_one_epoch_is_a_whole_training_too():
    """Also where the optimizer averages weights, which take their place at the end."""
    options = {"use_ema": True, "ema_momentum": 0.5}
    ours, theirs = line(**options), line(**options)
    got = training.fit(ours, X, Y, epochs=1, shuffle=False, progress=False)
    want = theirs.fit(X, Y, epochs=1, batch_size=32, shuffle=False, verbose=0).history
    np.testing.assert_allclose(got.loss, want["loss"], rtol=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "several",
    [[X, X], (X[:, 0], X[:50, 0]), [X[0], X[:2, 0]], [X, X[:, 0]], {"a": X, "b": X}],
    ids=["alike", "of other lengths", "rows of other lengths", "of other ranks", "named"],
)
def test_several_arrays_are_no_array_however_they_are_shaped(several):
    for which, call in {
        "x": lambda: training.fit(line(), several, Y, epochs=1, progress=False),
        "y": lambda: training.fit(line(), X, several, epochs=1, progress=False),
        "x ": lambda: training.predict(line(), several),
    }.items():
        with pytest.raises(
            training.TrainingError, match=f"^{which.strip()} holds 2 arrays, .* one"
        ):
            call()


@pytest.mark.parametrize("size", [1, 69, 70, 71])
def test_a_batch_of_one_of_all_but_one_and_of_more_than_there_are(size):
    ours, theirs = line(), line()
    got = training.fit(ours, X, Y, epochs=2, batch_size=size, shuffle=False, progress=False)
    want = theirs.fit(X, Y, epochs=2, batch_size=size, shuffle=False, verbose=0).history
    np.testing.assert_allclose(got.loss, want["loss"], rtol=1e-5)
    assert int(ours.optimizer.iterations) == int(theirs.optimizer.iterations)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)


@pytest.mark.parametrize("n", [1, 999, 1000, 1001, 2000])
def test_predictions_are_as_many_as_the_samples(n):
    x = np.arange(n, dtype="float32")[:, None]
    model = line()
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(training.predict(model, x), x @ kernel + bias, rtol=1e-5, atol=1e-5)

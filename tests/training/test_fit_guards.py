"""What `training.fit` guards: weights from before a loss that is not finite, silence, types."""

import re

import numpy as np
import pytest
from lossbook import keras, training

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(70, 1)), RNG.normal(size=(70, 1))


def line(rate=0.01, loss="mean_squared_error", **options):
    training.set_seed(3)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate, **options), loss)
    return model


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_weights_and_the_history_are_those_of_the_epochs_that_went_well(shuffle):
    """A rate a little too high, so that it takes many epochs until float32 ends."""
    options = {"batch_size": 35, "shuffle": shuffle, "seed": 4, "progress": False}
    model = line(3.0)
    with pytest.raises(training.TrainingError, match="not finite, labels outside") as caught:
        training.fit(model, X, Y, epochs=200, **options)
    bad = int(re.search(r"in epoch (\d+):", str(caught.value))[1])
    assert bad > 3
    twin = line(3.0)
    history = training.fit(twin, X, Y, epochs=bad - 1, **options)
    assert np.isfinite(history.loss).all()
    for a, b in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(model.history.loss, history.loss)
    with pytest.raises(training.TrainingError, match="in epoch 1:"):
        training.fit(model, X, Y, epochs=1, **options)


@pytest.mark.parametrize(("value", "said"), [(1e30, "inf"), (-1e30, "inf"), (np.nan, "nan")])
def test_infinite_is_not_finite_either_and_the_first_epoch_leaves_the_start(value, said):
    training.set_seed(3)
    layers = [keras.layers.Dense(3), keras.layers.BatchNormalization(), keras.layers.Dense(1)]
    model, y = keras.Sequential([keras.Input((1,)), *layers]), Y.copy()
    model.compile("sgd", "mean_squared_error")
    y[-1] = value
    before = model.get_weights()  # with the averages of batch normalization
    with pytest.raises(training.TrainingError, match=f"the loss is {said} in epoch 1:"):
        training.fit(model, X, y, epochs=2, batch_size=70, progress=False)
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_weights_that_are_lost_behind_a_finite_loss_are_noticed():
    """One value of x is NaN: relu makes it 0 going forwards, and its weights NaN going back."""
    training.set_seed(3)
    layers = [keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)]
    model, x = keras.Sequential([keras.Input((1,)), *layers]), X.copy()
    model.compile("sgd", "mean_squared_error")
    before = model.get_weights()
    x[5] = np.nan
    plain = keras.models.clone_model(model)
    plain.compile("sgd", "mean_squared_error")
    loss = plain.fit(x, Y, verbose=0).history["loss"][0]
    assert np.isfinite(loss)  # so Keras does not tell
    assert np.isnan(plain.get_weights()[0]).any()
    with pytest.raises(training.TrainingError, match=r"weights .*kernel are not finite in epoch 1"):
        training.fit(model, x, Y, epochs=2, progress=False)
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("place", range(3))
def test_one_weight_of_many_that_is_lost_is_noticed(place):
    """Whichever it is: the others stay finite, and so does the loss."""
    spoil = np.where(np.arange(3)[:, None] == place, np.nan, 1).astype("float32")
    layer = keras.layers.Dense(1, kernel_constraint=lambda kernel: kernel * spoil)
    model = keras.Sequential([keras.Input((3,)), layer])
    model.compile("sgd", "mean_squared_error")
    x = np.random.default_rng(0).normal(size=(8, 3))
    with pytest.raises(training.TrainingError, match=r"kernel are not finite in epoch 1"):
        training.fit(model, x, x[:, :1], epochs=1, progress=False)
    assert np.isfinite(model.get_weights()[0]).all()


def test_a_weight_that_was_infinite_before_is_no_reason_to_stop():
    class Masking(keras.layers.Layer):
        def build(self, shape):
            self.mask = self.add_weight(shape=shape[1:], trainable=False)

        def call(self, inputs):
            return keras.ops.where(self.mask < 0, inputs, 0.0)

    training.set_seed(3)
    model = keras.Sequential([keras.Input((1,)), Masking(), keras.layers.Dense(1)])
    model.layers[0].mask.assign([-np.inf])
    model.compile("sgd", "mean_squared_error")
    history = training.fit(model, X, Y, epochs=2, progress=False)
    assert history.loss[1] < history.loss[0]


def test_predictions_are_those_of_a_model_at_rest():
    """Without dropout, and with the averages that batch normalization has kept."""
    training.set_seed(0)
    layers = [keras.layers.Dense(8), keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)]
    model = keras.Sequential([keras.Input((1,)), *layers, keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    training.fit(model, X, np.hstack([Y, Y]), epochs=2, progress=False)
    x = RNG.normal(size=(2100, 1)).astype("float32")
    found = training.predict(model, x)
    assert found.shape == (2100, 2)
    np.testing.assert_allclose(found, model.predict(x, verbose=0), rtol=1e-5, atol=1e-6)
    assert training.predict(model, x[:0]).shape == (0, 2)


def test_the_validation_while_weights_are_averaged_is_keras_own():
    """The averages take the weights' place at the end, and not before."""
    for options in ({}, {"ema_overwrite_frequency": 2}):
        ours, theirs = (line(0.1, use_ema=True, ema_momentum=0.9, **options) for _ in range(2))
        held_out = X[:40], Y[:40]
        got = training.fit(ours, X, Y, epochs=4, shuffle=False, validation=held_out, progress=False)
        want = theirs.fit(
            X, Y, epochs=4, batch_size=32, shuffle=False, validation_data=held_out, verbose=0
        ).history
        for name in want:
            np.testing.assert_allclose(got[name], want[name], rtol=1e-5)
        for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)


def test_each_seed_is_another_start_for_python_numpy_and_keras():
    import random

    def drawn(seed):
        training.set_seed(seed)
        weight = keras.random.normal((3,))
        return [random.random(), np.random.random(), *np.asarray(weight)]  # noqa: NPY002

    assert drawn(1) == drawn(1)
    assert not set(drawn(1)) & set(drawn(2))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("float64", "float32"), ("float16", "float32"), ("int64", "int64"), ("uint8", "uint8"),
     ("bool", "bool")],
)  # fmt: skip
def test_floats_become_keras_float_type_and_whole_numbers_stay_whole(kind, expected):
    seen = set()

    class Watching(keras.Sequential):
        def train_step(self, data):
            seen.update(part.dtype.name for part in data)
            return super().train_step((data[0], data[1]))

    model = Watching([keras.Input((1,), dtype=expected), keras.layers.Dense(1)])
    model.compile("sgd", "mean_squared_error")
    training.fit(model, np.ones((6, 1), kind), np.ones((6, 1), kind), epochs=1, progress=False)
    assert seen == {expected}


def test_it_tells_of_its_progress_unless_asked_not_to(capsys):
    training.fit(line(), X, Y, epochs=2, progress=False)
    said = capsys.readouterr()
    assert said.err == said.out == ""
    history = training.fit(line(), X, Y, epochs=2)
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == f"epoch 2 of 2 · loss {history.final('loss'):.3g}"


def test_its_error_is_one_of_values():
    with pytest.raises(ValueError, match="epochs and batch_size must be at least 1"):
        training.fit(line(), X, Y, epochs=0, progress=False)


def test_a_history_of_losses_that_rise_again_ends_with_the_last_one():
    """And not with the best one."""
    results = {"loss": np.array([3.0, 1.0, 2.0]), "val_loss": np.array([2.0, 4.0, 3.5])}
    history = training.History(results)
    assert (history.final("loss"), history.final("val_loss")) == (2.0, 3.5)
    assert type(history.final("loss")) is float
    assert history.epochs.tolist() == [1, 2, 3]
    assert history.names == ("loss", "val_loss")
    np.testing.assert_array_equal(history.loss, results["loss"])
    np.testing.assert_array_equal(history["val_loss"], results["val_loss"])


def test_a_list_of_rows_and_a_list_of_numbers_are_the_array_that_they_make():
    """Also where they are NumPy's own, each of which has a shape."""
    rows, numbers = list(X), list(Y[:, 0])
    assert rows[0].shape == (1,)
    assert numbers[0].shape == ()
    found = []
    for x, y in ((X, Y[:, 0]), (rows, numbers), (X.tolist(), Y[:, 0].tolist())):
        model = line()
        training.fit(model, x, y, epochs=1, shuffle=False, progress=False)
        found.append(model.get_weights()[0])
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_under_another_float_type_of_keras_numbers_become_that_one():
    seen = set()

    class Watching(keras.Sequential):
        def train_step(self, data):
            seen.update(part.dtype.name for part in data)
            return super().train_step(data)

    policy = keras.config.dtype_policy()  # which Keras would make of the float type
    keras.config.set_floatx("float64")
    try:
        model = Watching([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mean_squared_error")
        training.fit(model, X.astype("float32"), Y, epochs=1, progress=False)
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy(policy)
    assert seen == {"float64"}


def said(function):
    return " ".join((function.__doc__ or "").split())


def test_what_the_docstrings_say_is_so():
    history = training.fit(line(), X, Y, epochs=2, validation=(X[:9], Y[:9]), progress=False)
    assert said(training.History.epochs.fget) == "The epochs' numbers, from 1."
    assert history.epochs.tolist() == [1, 2]
    assert said(training.History.final) == "The result `name` of the last epoch."
    assert history.final("loss") == history.loss[1]
    assert said(training.History.loss.fget) == "The mean training loss of each epoch."
    text = said(training.History)
    assert "as float64 arrays of shape `(epochs,)`" in text
    assert history["val_loss"].dtype == np.float64
    assert "are means over the epoch, while the weights changed, as in Keras" in text
    text = said(training.fit)
    assert 'under names that begin with "val_"' in text
    assert history.names == ("loss", "val_loss")
    assert "which `seed` fixes, drawn anew for each epoch" in text
    assert "is evaluated after each epoch in batches of the same size" in text
    assert "the weights are then those of the epoch before" in text
    assert "networks made next start from the same weights each time" in said(training.set_seed)
    assert "an array `(n, units)`" in said(training.predict)
    assert training.predict(line(), X).shape == (70, 1)


def test_a_model_that_does_not_know_its_input_yet_learns_as_under_keras():
    """Its weights, its metrics and the optimizer's state are made from the first sample."""

    def unbuilt():
        training.set_seed(3)
        model = keras.Sequential([keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1)])
        model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
        return model

    ours, theirs = unbuilt(), unbuilt()
    got = training.fit(ours, X, Y, epochs=2, shuffle=False, progress=False)
    want = theirs.fit(X, Y, epochs=2, batch_size=32, shuffle=False, verbose=0).history
    for name in ("loss", "mae"):
        np.testing.assert_allclose(got[name], want[name], rtol=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)


@pytest.mark.parametrize("things", [(), (X,), (X, Y, Y), (X, Y, Y, Y)])
def test_a_validation_that_is_no_pair_is_one_clear_error(things):
    with pytest.raises(training.TrainingError, match=rf"\(x, y\), not {len(things)} things"):
        training.fit(line(), X, Y, epochs=1, validation=things, progress=False)

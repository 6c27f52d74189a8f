"""`fit` takes the same steps as Keras's own, reproducibly, and tells what its input lacks."""

import json
import subprocess
import sys

import numpy as np
import pytest
from lossbook import keras, training
from workshop import models

RNG = np.random.default_rng(0)
PICTURES = RNG.random((70, 8, 8, 3), dtype=np.float32)
CLASSES = RNG.integers(0, 10, 70)


def pictures(units=10, activation="softmax", loss="sparse_categorical_crossentropy"):
    training.set_seed(3)
    return models.image_network(units, activation, loss, input_shape=(8, 8, 3))


def line(loss="mean_squared_error", **options):
    training.set_seed(3)
    return models.iris_network(loss, **options)


def with_dropout_and_normalization():
    training.set_seed(3)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(8),
            layers.BatchNormalization(),
            layers.Dropout(0.5, seed=1),
            layers.Dense(1, kernel_regularizer="l2"),
        ]
    )
    schedule = keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.5)
    optimizer = keras.optimizers.SGD(schedule, momentum=0.9, clipnorm=0.5)
    model.compile(optimizer, "mean_absolute_error", metrics=["mean_squared_error"])
    return model


X4 = RNG.normal(size=(70, 4))
X1 = RNG.normal(size=(70, 1))
Y1 = 2 * X1 + 1
CASES = {
    "ten classes": (pictures, PICTURES, CLASSES),
    "two classes": (lambda: pictures(1, "sigmoid", "binary_crossentropy"), PICTURES, CLASSES % 2),
    "squared error": (line, X1, Y1),
    "absolute error": (lambda: line("mean_absolute_error"), X1, Y1),
    "dropout, batch statistics, schedule": (with_dropout_and_normalization, X4, Y1),
}


@pytest.mark.parametrize("case", CASES)
def test_same_steps_as_keras(case):
    """Without shuffling, Keras takes the same batches, so weights and history must agree."""
    make, x, y = CASES[case]
    held_out = (x[:50], y[:50])
    ours, theirs = make(), make()
    before = ours.get_weights()
    got = training.fit(ours, x, y, epochs=3, shuffle=False, validation=held_out, progress=False)
    want = theirs.fit(
        x, y, epochs=3, batch_size=32, shuffle=False, validation_data=held_out, verbose=0
    ).history
    assert set(got.names) == set(want)
    for name in want:
        np.testing.assert_allclose(got[name], want[name], rtol=1e-4, atol=1e-6, err_msg=name)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-4)
    moved = [np.abs(a - start).max() for a, start in zip(ours.get_weights(), before, strict=True)]
    assert max(moved) > 3e-3, "nothing was learnt, so the comparison shows nothing"
    assert int(ours.optimizer.iterations) == int(theirs.optimizer.iterations) == 9


def test_a_second_fit_goes_on_where_the_first_ended():
    once, twice = line(), line()
    training.fit(once, X1, Y1, epochs=4, shuffle=False, progress=False)
    for _ in range(2):
        training.fit(twice, X1, Y1, epochs=2, shuffle=False, progress=False)
    for a, b in zip(once.get_weights(), twice.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)


def test_each_epoch_sees_each_sample_once_in_a_new_order():
    seen = []

    class Watching(keras.Sequential):
        def train_step(self, data):
            from lossbook import tf

            tf.py_function(lambda y: seen.append(y.numpy().ravel()), [data[1]], [])
            return super().train_step(data)

    training.set_seed(0)
    model = Watching([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mean_squared_error")
    labels = np.arange(70.0)[:, None]
    training.fit(model, np.zeros((70, 1)), labels, epochs=2, seed=5, progress=False)
    # The watching call touches no weights, so TensorFlow may make it early for the last batch.
    assert [sorted(map(len, seen[:3])), sorted(map(len, seen[3:]))] == [[6, 32, 32], [6, 32, 32]]
    first, second = np.concatenate(seen[:3]), np.concatenate(seen[3:])
    np.testing.assert_array_equal(np.sort(first), labels.ravel())
    np.testing.assert_array_equal(np.sort(second), labels.ravel())
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, labels.ravel())


SCRIPT = """
import sys, json, numpy as np
from lossbook import training
from workshop import models
rng = np.random.default_rng(0)
x, y = rng.random((70, 8, 8, 3)), rng.integers(0, 10, 70)
loss = "sparse_categorical_crossentropy"
training.set_seed(int(sys.argv[1]))
model = models.image_network(10, "softmax", loss, input_shape=(8, 8, 3))
h = training.fit(model, x, y, epochs=2, seed=int(sys.argv[1]), progress=False)
print(json.dumps([h["loss"].tolist(), [w.tolist() for w in model.get_weights()]]))
"""


def test_two_processes_same_seed_same_weights():
    first, again = (
        json.loads(
            subprocess.run(
                [sys.executable, "-c", SCRIPT, seed], check=True, capture_output=True, text=True
            ).stdout
        )
        for seed in ("1", "1")
    )
    assert first == again


def test_the_order_of_the_samples_is_that_of_seed_0_unless_another_is_given():
    def weights(**options):
        model = line()
        training.fit(model, X1, Y1, epochs=2, progress=False, **options)
        return model.get_weights()[0]

    np.testing.assert_array_equal(weights(), weights(seed=0, shuffle=True, batch_size=32))
    assert not np.array_equal(weights(), weights(seed=1))


def test_history():
    history = training.fit(line(), X1, Y1, epochs=3, validation=(X1, Y1), progress=False)
    assert history.names == ("loss", "val_loss")
    assert history.epochs.tolist() == [1, 2, 3]
    assert history.loss.shape == (3,)
    assert history.loss.dtype == np.float64
    assert history.final("loss") == history["loss"][-1]
    with pytest.raises(KeyError, match=r"'acc'.*it has loss, val_loss"):
        history["acc"]


def test_a_batch_larger_than_the_data_is_all_of_it():
    ours, theirs = line(), line()
    training.fit(ours, X1, Y1, epochs=2, batch_size=1000, shuffle=False, progress=False)
    theirs.fit(X1, Y1, epochs=2, batch_size=1000, shuffle=False, verbose=0)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)


def test_predict_as_keras():
    model = pictures()
    x = np.repeat(PICTURES, 15, axis=0)  # more than one batch
    np.testing.assert_allclose(
        training.predict(model, x), model.predict(x, verbose=0), rtol=1e-5, atol=1e-6
    )


def test_many_models_no_warning(caplog, capfd):
    """TensorFlow warns of frequent tracing; a chapter that trains over seeds must stay silent."""
    for _ in range(8):
        model = line()
        training.fit(model, X1, Y1, epochs=2, validation=(X1, Y1), progress=False)
        training.predict(model, X1)
    assert "retracing" not in caplog.text + capfd.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": Y1[:69]}, r"x and y need the same number .* \(70, 1\) and \(69, 1\)"),
        ({"x": X1[:69]}, r"x and y need the same number .* \(69, 1\) and \(70, 1\)"),
        ({"x": X1[:0], "y": Y1[:0]}, r"at least one; their shapes are \(0, 1\)"),
        ({"x": 1.0, "y": 1.0}, "the same number of samples"),
        ({"x": 1.0}, r"at least one; their shapes are \(\) and \(70, 1\)"),
        ({"y": 1.0}, r"at least one; their shapes are \(70, 1\) and \(\)"),
        ({"x": X1[:0]}, r"\(0, 1\) and \(70, 1\)"),
        ({"y": Y1[:0]}, r"\(70, 1\) and \(0, 1\)"),
        ({"y": Y1[:1]}, r"\(70, 1\) and \(1, 1\)"),
        ({"y": Y1.T}, r"\(70, 1\) and \(1, 70\)"),
        ({"epochs": 0}, "epochs and batch_size must be at least 1; they are 0 and 32"),
        ({"batch_size": 0}, "they are 1 and 0"),
        ({"validation": (X1, Y1[:3])}, "validation's x and y need the same"),
        ({"validation": (X1[:3], Y1)}, "validation's x and y need the same"),
        ({"validation": (X1[:0], Y1[:0])}, "validation's x and y need the same"),
        ({"validation": (X1, 1.0)}, r"validation's x and y .* \(70, 1\) and \(\)"),
        ({"validation": (1.0, Y1)}, r"validation's x and y .* \(\) and \(70, 1\)"),
    ],
)
def test_input_that_cannot_be_used(change, message):
    arguments = {"x": X1, "y": Y1, "epochs": 1, "progress": False} | change
    x, y = arguments.pop("x"), arguments.pop("y")
    with pytest.raises(training.TrainingError, match=message):
        training.fit(line(), x, y, **arguments)


def test_a_model_that_is_not_compiled():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    with pytest.raises(training.TrainingError, match=r"call model\.compile first"):
        training.fit(model, X1, Y1, epochs=1)


def test_a_loss_that_is_not_finite_names_the_epoch():
    model = line(optimizer=keras.optimizers.SGD(10.0))
    with pytest.raises(
        training.TrainingError, match=r"the loss is (nan|inf) in epoch [2-9]: .* rate"
    ):
        training.fit(model, X1, Y1, epochs=30, batch_size=70, progress=False)
    bad = np.where(X1 > 2, np.nan, X1)
    assert np.isnan(bad).any()
    with pytest.raises(training.TrainingError, match="the loss is nan in epoch 1"):
        training.fit(line(), bad, Y1, epochs=3, progress=False)


def test_importing_does_not_import_tensorflow():
    check = (
        "import sys; import lossbook.training, workshop.models, workshop.recorded; "
        "sys.exit(str([m for m in ('tensorflow', 'keras', 'jax', 'torch') if m in sys.modules]) "
        "if 'tensorflow' in sys.modules or 'keras' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def two_outputs():
    inputs = keras.Input((4,))
    outputs = {"a": keras.layers.Dense(1)(inputs), "b": keras.layers.Dense(2)(inputs)}
    model = keras.Model(inputs, outputs)
    model.compile("sgd", loss={"a": "mse", "b": "mse"})
    return model


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"callbacks": []}, r"does not take callbacks: for that use model\.fit"),
        ({"sample_weight": Y1, "class_weight": {}}, "does not take sample_weight, class_weight"),
        ({"validation": (X1, Y1, Y1)}, "a pair .*, not 3 things"),
        ({"validation": (X1,)}, "a pair .*, not 1 things"),
        ({"validation": ()}, "a pair .*, not 0 things"),
        ({"x": {"a": X1, "b": X1}}, "x holds 2 arrays"),
        ({"x": [X1, X4]}, "x holds 2 arrays"),
        ({"y": {"a": Y1}}, r"y holds 1 arrays.*use model\.fit"),
        ({"x": iter([X1])}, "x is a list_iterator, .* data sets and generators"),
    ],
)
def test_what_it_does_not_take_names_model_fit(change, message):
    arguments = {"x": X1, "y": Y1, "epochs": 1, "progress": False} | change
    x, y = arguments.pop("x"), arguments.pop("y")
    with pytest.raises(training.TrainingError, match=message):
        training.fit(line(), x, y, **arguments)


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_keras_on_another_backend_is_told_what_to_use_before_anything_is_done(backend, monkeypatch):
    """`tests/backends` has the same where Keras really runs on them."""
    model = line()
    before = model.get_weights()
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)
    with pytest.raises(training.TrainingError) as caught:
        training.fit(model, X1, Y1, epochs=1, progress=False)
    assert str(caught.value) == (
        f"training.fit needs Keras on TensorFlow, and it runs on {backend}: use model.fit"
    )
    monkeypatch.undo()
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)
    assert "; Keras on PyTorch or on JAX." in " ".join(training.fit.__doc__.split())


def test_a_dataset_and_several_outputs_name_what_takes_them():
    import tensorflow as tf

    with pytest.raises(training.TrainingError, match=r"for data sets .* use model\.fit"):
        training.fit(line(), tf.data.Dataset.from_tensors(X1), Y1, epochs=1, progress=False)
    with pytest.raises(training.TrainingError, match=r"one output, .* has 2: use model\.predict"):
        training.predict(two_outputs(), X4.astype("float32"))


def test_a_metric_with_several_values_is_one_clear_error():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy", metrics=[keras.metrics.F1Score()])
    y = np.eye(2)[np.arange(70) % 2]
    with pytest.raises(training.TrainingError, match="f1_score gives 2 values"):
        training.fit(model, X4, y, epochs=1, progress=False)


def test_averaged_weights_are_put_in_place_as_keras_does():
    ours, theirs = (line(optimizer=keras.optimizers.Adam(0.05, use_ema=True)) for _ in range(2))
    training.fit(ours, X1, Y1, epochs=3, shuffle=False, progress=False)
    theirs.fit(X1, Y1, epochs=3, batch_size=32, shuffle=False, verbose=0)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)


def test_a_loss_over_the_batch_is_validated_in_keras_batches():
    def make():
        training.set_seed(3)
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
        model.compile("sgd", keras.losses.Dice())
        return model

    y = (Y1 > 1).astype("float32")
    ours, theirs = make(), make()
    got = training.fit(ours, X4, y, epochs=2, shuffle=False, validation=(X4, y), progress=False)
    want = theirs.fit(
        X4, y, epochs=2, batch_size=32, shuffle=False, validation_data=(X4, y), verbose=0
    ).history
    np.testing.assert_allclose(got["val_loss"], want["val_loss"], rtol=1e-5)


def test_interrupted_it_leaves_the_epochs_that_ended(monkeypatch):
    from lossbook.training.progress import Progress

    def stop(self, number, results):
        if number == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "epoch", stop)
    model = line()
    with pytest.raises(KeyboardInterrupt):
        training.fit(model, X1, Y1, epochs=30, progress=False)
    assert len(model.history["loss"]) == 3


def test_a_loss_that_is_not_finite_leaves_the_weights_of_the_epoch_before():
    model = line(optimizer=keras.optimizers.SGD(10.0))
    with pytest.raises(training.TrainingError, match="from before this epoch"):
        training.fit(model, X1, Y1, epochs=30, batch_size=70, progress=False)
    assert all(np.isfinite(w).all() for w in model.get_weights())

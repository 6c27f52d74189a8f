"""The article's networks, layer by layer."""

import numpy as np
import pytest
from lossbook import keras, training
from workshop import models


def described(model):
    return [
        (type(layer).__name__, getattr(layer, "activation", None) and layer.activation.__name__)
        for layer in model.layers
    ]


BODY = [
    ("Conv2D", "relu"),
    ("MaxPooling2D", None),
    ("Conv2D", "relu"),
    ("MaxPooling2D", None),
    ("Flatten", None),
    ("Dense", "relu"),
]


def test_iris():
    model = models.iris_network()
    assert described(model) == [("Dense", "linear"), ("Dense", "linear")]
    assert [layer.units for layer in model.layers] == [32, 1]
    assert model.loss == "mean_squared_error"
    assert models.iris_network("mean_absolute_error").loss == "mean_absolute_error"


@pytest.mark.parametrize(
    ("make", "last", "loss", "parameters"),
    [
        (models.birds_and_planes_network, ("Dense", "sigmoid"), "binary_crossentropy", 17257),
        (
            models.ten_classes_network,
            ("Dense", "softmax"),
            "sparse_categorical_crossentropy",
            17554,
        ),
    ],
)
def test_pictures(make, last, loss, parameters):
    """Parameters by hand: 3·9·8+8, 8·9·8+8, 8·8·8·32+32 and 32 weights and a bias an output."""
    model = make()
    assert described(model) == [*BODY, last]
    assert model.loss == loss
    assert model.count_params() == parameters
    assert model.input_shape == (None, 32, 32, 3)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            assert (layer.filters, layer.kernel_size, layer.padding) == (8, (3, 3), "same")
        if isinstance(layer, keras.layers.MaxPooling2D):
            assert layer.pool_size == (2, 2)
    adam = model.optimizer
    assert isinstance(adam, keras.optimizers.Adam)
    assert (float(adam.learning_rate), adam.beta_1, adam.beta_2, adam.epsilon) == pytest.approx(
        (0.001, 0.9, 0.999, 1e-7)
    )


def test_what_chapters_vary():
    model = models.image_network(
        10, None, "mean_squared_error", metrics=[], input_shape=(64, 64, 3), optimizer="sgd"
    )
    assert model.output_shape == (None, 10)
    assert described(model)[-1] == ("Dense", "linear")
    history = training.fit(
        model, np.zeros((4, 64, 64, 3)), np.zeros((4, 10)), epochs=1, progress=False
    )
    assert history.names == ("loss",)


@pytest.mark.parametrize("from_logits", [False, True])
def test_the_accuracy_of_several_labels_counts_every_answer(from_logits):
    loss = (
        keras.losses.BinaryCrossentropy(from_logits=True) if from_logits else "binary_crossentropy"
    )
    training.set_seed(0)
    model = models.image_network(
        10, None if from_logits else "sigmoid", loss, input_shape=(8, 8, 3)
    )
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 8, 8, 3)), rng.integers(0, 2, (64, 10)).astype("float32")
    said = model.predict(x, verbose=0) > (0 if from_logits else 0.5)
    found = model.evaluate(x, y, verbose=0, return_dict=True)
    assert found["accuracy"] == pytest.approx((said == (y == 1)).mean(), abs=1e-6)


def test_seeded():
    def first_weights(seed):
        training.set_seed(seed)
        return models.ten_classes_network().get_weights()[0]

    np.testing.assert_array_equal(first_weights(1), first_weights(1))
    assert not np.array_equal(first_weights(1), first_weights(2))

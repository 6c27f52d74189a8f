"""What `fit` reports with class weights and for validation data, against single samples.

Keras multiplies the loss of a sample by its weight, adds up and divides by the number of samples,
not by the sum of the weights; over several batches it counts each batch by its samples.
"""

import numpy as np
import pytest
from lossbook import heads, keras
from lossbook.constraints import BINARY, CLASS
from lossbook.heads import HEADS
from oracles import CASES

CLASSES = {
    name: CASES[name].head for name, kind in HEADS.items() if kind.support in (BINARY, CLASS)
}
CLASSES["independent_bernoullis"] = lambda: heads.IndependentBernoullis(1)
BATCH = 4
WEIGHTS = {0: 0.5, 1: 3.0, 2: 1.75}
"""Of the classes; those without one, as the last of four, have weight 1."""


def network(head, rate):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(head.units)])
    model.compile(keras.optimizers.SGD(rate), loss=head.loss, jit_compile=False)
    return model


def outcomes(head, n, seed):
    """Inputs, and outcomes drawn from the head at some raw outputs."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3)).astype("float32")
    given = head.parameters(rng.normal(size=(n, head.units)))
    y = head.sample({key: np.asarray(value, float) for key, value in given.items()}, rng)
    return x, y.astype("float32") if y.dtype.kind == "f" else y


def one_by_one(head, y, raw):
    """The loss of each sample, computed from that sample alone."""
    raw = np.asarray(raw)
    losses = [np.asarray(head.nll(y[k : k + 1], raw[k : k + 1])) for k in range(len(y))]
    return np.concatenate(losses).astype(float)


def labels(head, n, *ends):
    """Each class about as often, in no order."""
    number = 2 if head.support is BINARY else head.size
    return np.random.default_rng(3).permutation(np.arange(n) % number).reshape(n, *ends)


@pytest.mark.parametrize("ends", [(), (1,)], ids=["n", "n-1"])
@pytest.mark.parametrize("name", CLASSES)
def test_class_weights_weight_each_sample_by_its_class(name, ends):
    head = CLASSES[name]()
    x, y = outcomes(head, 10, seed=0)[0], labels(head, 10, *ends)
    weight = np.array([WEIGHTS.get(int(k), 1.0) for k in y.ravel()])
    model = network(head, rate=0.0)  # so that all batches see the same network
    losses = one_by_one(head, y, model(x))
    found = model.fit(x, y, batch_size=BATCH, class_weight=WEIGHTS, verbose=0).history["loss"][0]
    np.testing.assert_allclose(found, (weight * losses).sum() / 10, rtol=1e-5)
    assert not np.isclose(found, (weight * losses).sum() / weight.sum(), rtol=1e-3)


@pytest.mark.parametrize("name", CLASSES)
def test_a_step_with_class_weights_goes_down_the_weighted_slope(name):
    head = CLASSES[name]()
    x, y = outcomes(head, 10, seed=0)[0], labels(head, 10)
    weight = np.array([WEIGHTS.get(int(k), 1.0) for k in y])
    model = network(head, rate=0.1)
    kernel, raw = np.array(model.get_weights()[0]), np.asarray(model(x))
    found = model.train_on_batch(x, y, class_weight=WEIGHTS)
    np.testing.assert_allclose(found, (weight * one_by_one(head, y, raw)).sum() / 10, rtol=1e-5)
    slopes = [np.asarray(head.gradient(y[k : k + 1], raw[k : k + 1]))[0] for k in range(10)]
    steps = [weight[k] * np.outer(x[k], slopes[k]) for k in range(10)]
    want = kernel - 0.1 * np.sum(steps, axis=0) / 10
    np.testing.assert_allclose(model.get_weights()[0], want, rtol=1e-4, atol=1e-6)


def test_class_weights_of_a_dataset_are_those_of_the_arrays():
    import tensorflow as tf

    head = heads.Categorical(3)
    x, y = outcomes(head, 10, seed=0)[0], labels(head, 10)
    model = network(head, rate=0.0)
    losses = one_by_one(head, y, model(x))
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH)
    found = model.fit(batches, class_weight=WEIGHTS, shuffle=False, verbose=0).history["loss"][0]
    weight = np.array([WEIGHTS[k] for k in y])
    np.testing.assert_allclose(found, (weight * losses).sum() / 10, rtol=1e-5)


COLUMNS = [[0, 1, 1], [0, 0, 0], [0, 0, 1], [1, 1, 1]]


@pytest.mark.parametrize(
    ("head", "y", "classes"),
    [
        (heads.Poisson(), [[0], [1], [2], [7]], [0, 1, 2, 7]),
        (heads.IndependentBernoullis(3), COLUMNS, [1, 0, 2, 0]),
    ],
    ids=["a count", "the first largest column"],
)
def test_what_keras_takes_for_the_class_where_y_is_none(head, y, classes):
    """Keras's rule, which knows nothing of heads: for yes and no by columns it is no class."""
    x, y = outcomes(head, 4, seed=0)[0], np.array(y)
    model = network(head, rate=0.0)
    losses = one_by_one(head, y, model(x))
    weight = np.array([WEIGHTS.get(k, 1.0) for k in classes])
    found = model.train_on_batch(x, y, class_weight=WEIGHTS)
    np.testing.assert_allclose(found, (weight * losses).mean(), rtol=1e-5)


@pytest.mark.parametrize("name", HEADS)
def test_the_loss_of_validation_data_is_the_mean_over_single_samples(name):
    """Also where the last batch is smaller, and with weights, some of them zero."""
    head = CASES[name].head()
    (x, y), (x_val, y_val) = outcomes(head, BATCH, seed=0), outcomes(head, 10, seed=1)
    weight = np.array([0, 2, 1, 0.5, 3, 1, 0, 1, 2.5, 4], "float32")
    model = network(head, rate=0.0)
    losses = one_by_one(head, y_val, model(x_val))
    plain = model.fit(x, y, validation_data=(x_val, y_val), batch_size=BATCH, verbose=0)
    np.testing.assert_allclose(plain.history["val_loss"][0], losses.mean(), rtol=1e-5)
    given = (x_val, y_val, weight)
    weighted = model.fit(x, y, validation_data=given, batch_size=BATCH, verbose=0)
    want = (weight * losses).sum() / 10
    np.testing.assert_allclose(weighted.history["val_loss"][0], want, rtol=1e-5)

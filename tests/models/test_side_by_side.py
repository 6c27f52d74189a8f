"""Networks side by side learn as each would alone."""

import numpy as np
from lossbook import keras, training
from lossbook.heads import GaussianScale
from workshop.models.side_by_side import side_by_side, squared_error_of, summed

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 1)), RNG.normal(size=60)


def test_each_network_learns_as_it_would_alone():
    heads = [GaussianScale(), GaussianScale(beta=1.0)]
    together = side_by_side(1, (5,), 2, seeds=(3, 4))
    starts = [layer.get_weights() for layer in together.layers]
    together.compile(keras.optimizers.Adam(0.01), loss=summed([head.loss for head in heads]))
    copies = np.repeat(Y[:, None], 2, axis=1)
    training.fit(
        together, np.repeat(X[:, None], 2, axis=1), copies, epochs=8, seed=1, progress=False
    )
    raw = training.predict(together, np.repeat(X[:, None], 2, axis=1))
    for k, head in enumerate(heads):
        alone = keras.Sequential(
            [keras.Input((1,)), keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(2)]
        )
        for layer, (kernel, bias) in zip(alone.layers, starts, strict=True):
            layer.set_weights([kernel[k], bias[k]])
        alone.compile(keras.optimizers.Adam(0.01), loss=head.loss)
        training.fit(alone, X, Y, epochs=8, seed=1, progress=False)
        np.testing.assert_allclose(raw[:, k], training.predict(alone, X), rtol=1e-4, atol=1e-5)


def test_equal_seeds_start_alike_and_others_do_not():
    model = side_by_side(2, (3,), 1, seeds=(7, 7, 8))
    kernel = model.layers[0].get_weights()[0]
    np.testing.assert_array_equal(kernel[0], kernel[1])
    assert not np.allclose(kernel[0], kernel[2])
    assert np.abs(kernel).max() <= np.sqrt(6 / (2 + 3))


def test_the_metric_looks_at_one_network():
    target, raw = np.zeros((4, 3)), RNG.normal(size=(4, 3, 2))
    found = squared_error_of(1, output=1)(target, raw)
    np.testing.assert_allclose(np.asarray(found), raw[:, 1, 1] ** 2, rtol=1e-6)


def test_a_loss_that_several_networks_share_gives_each_its_own_loss():
    head = GaussianScale()
    target = RNG.normal(size=(20, 3)).astype("float32")
    raw = RNG.normal(size=(20, 3, 2)).astype("float32")
    apart = [np.asarray(head.nll(target[:, k], raw[:, k])) for k in range(3)]
    each = summed([head.nll, *[head.objective] * 2])(target, raw)
    np.testing.assert_allclose(np.asarray(each), sum(apart), rtol=1e-5)
    whole = summed([head.loss] * 3)(target, raw)
    np.testing.assert_allclose(float(whole), sum(one.mean() for one in apart), rtol=1e-5)

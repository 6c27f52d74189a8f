"""A model compiled with a head's method trains, and says when it is saved what to take instead."""

import copy
import pickle

import numpy as np
import pytest
from lossbook import heads, keras
from lossbook.heads import HEADS
from oracles import CASES

# Keras's own saving, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
SAID = r"compiled with a head's method `{}`, which Keras can save but not load: .* loss=head\.loss"


def network(head, loss):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(head.units)])
    model.compile(keras.optimizers.SGD(1e-3), loss=loss)
    return model


@pytest.mark.parametrize("method", ["nll", "objective"])
@pytest.mark.parametrize("name", HEADS)
def test_the_configuration_that_saving_asks_for_is_one_clear_error(name, method):
    loss = getattr(CASES[name].head(), method)
    with pytest.raises(ValueError, match=SAID.format(method)):
        keras.saving.serialize_keras_object(loss)


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("method", ["nll", "objective"])
def test_a_model_compiled_with_a_method_trains_and_refuses_to_be_saved(method, ending, tmp_path):
    head = heads.GaussianScale(beta=0.5)
    x, y = np.ones((4, 3), "float32"), np.ones(4, "float32")
    model = network(head, getattr(head, method))
    model.fit(x, y, verbose=0)
    for save in (lambda m: m.save(tmp_path / f"m.{ending}"), copy.deepcopy, pickle.dumps):
        with pytest.raises(ValueError, match=SAID.format(method)):
            save(model)
    model.save_weights(tmp_path / "m.weights.h5")


def test_compiled_again_with_the_loss_it_keeps_its_weights_and_is_saved(tmp_path):
    head = heads.Gamma()
    x, y = np.ones((4, 3), "float32"), np.ones(4, "float32")
    model = network(head, head.nll)
    model.fit(x, y, verbose=0)
    before = model.get_weights()
    model.compile("sgd", loss=head.loss)
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    for ours, theirs in zip(before, loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    want = float(np.mean(head.nll(y, model.predict(x, verbose=0))))
    np.testing.assert_allclose(loaded.evaluate(x, y, verbose=0), want, rtol=1e-6)


@pytest.mark.parametrize("name", HEADS)
def test_as_h5_a_model_keeps_its_loss(name, tmp_path):
    head = CASES[name].head()
    raw = np.random.default_rng(0).normal(size=(4, head.units))
    given = {key: np.asarray(value, float) for key, value in head.parameters(raw).items()}
    x, y = np.ones((4, 3), "float32"), head.sample(given, np.random.default_rng(0))
    model = network(head, head.loss)
    model.fit(x, y, verbose=0)
    want = model.evaluate(x, y, verbose=0)
    model.save(tmp_path / "m.h5")
    loaded = keras.models.load_model(tmp_path / "m.h5")
    assert loaded.loss.head.get_config() == head.get_config()
    np.testing.assert_allclose(loaded.evaluate(x, y, verbose=0), want, rtol=1e-6)

"""A head's loss and slopes in use on whatever backend Keras runs: weights, jit, users' tensors."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from lossbook import backend, keras, ops, training

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "heads"))

from oracles import CASES

# Keras's own conversion on PyTorch, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
BACKEND = keras.backend.backend()
SOME = ["poisson", "gamma", "categorical", "dirichlet", "weibull", "ordinal"]


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def drawn(head, n=12, dtype="float32"):
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(n, head.units)).astype(dtype)
    y = np.asarray(head.sample(head.parameters(raw), rng))
    return raw, y.astype(dtype)


@pytest.mark.parametrize("name", SOME)
def test_a_model_leaves_out_what_has_no_weight_and_weighs_the_rest(name):
    """In `evaluate`, as a graph, as in a call; what is left out may be NaN."""
    head = CASES[name].head()
    raw, y = drawn(head)
    weight = np.tile([0.0, 0.5, 2.0], 4).astype("float32")
    each = array(head.objective(y, raw))
    want = (weight * each).mean()
    spoiled = y.copy()
    spoiled[::3] = np.nan
    np.testing.assert_allclose(float(head.loss(spoiled, raw, weight)), want, rtol=1e-5)
    model = keras.Sequential([keras.Input((head.units,)), keras.layers.Identity()])
    model.compile(loss=head.loss)
    found = model.evaluate(raw, spoiled, sample_weight=weight, batch_size=12, verbose=0)
    np.testing.assert_allclose(found, want, rtol=1e-5)


@pytest.mark.parametrize("name", SOME)
def test_steps_that_are_masked_count_for_nothing(name):
    head = CASES[name].head()
    raw, y = drawn(head, 20)
    raw, y = raw.reshape(4, 5, -1), y.reshape(4, 5, *y.shape[1:])
    mask = np.arange(5) < np.array([[5], [3], [1], [4]])
    each = array(head.objective(y, raw))
    spoiled = y.copy()
    spoiled[~mask] = np.nan
    scores = ops.convert_to_tensor(raw)
    scores._keras_mask = ops.convert_to_tensor(mask)
    np.testing.assert_allclose(float(head.loss(spoiled, scores)), each[mask].mean(), rtol=1e-5)


@pytest.mark.parametrize("name", SOME)
def test_slopes_and_parameters_in_a_graph_are_those_outside(name):
    head = CASES[name].head()
    raw, y = drawn(head, dtype="float64")
    for function in (head.gradient, head.automatic_gradient):
        want = array(function(y, raw))
        np.testing.assert_allclose(array(compiled(function)(y, raw)), want, rtol=1e-9, atol=1e-12)
    inside, outside = compiled(head.parameters)(raw), head.parameters(raw)
    for key, value in outside.items():
        np.testing.assert_allclose(array(inside[key]), array(value), rtol=1e-9)


def compiled(function):
    """The function as the backend compiles it; with PyTorch, one sample at a time by vmap."""
    if BACKEND == "torch":
        import torch

        def one(*given):
            found = function(*(part[None] for part in given))
            return {k: v[0] for k, v in found.items()} if isinstance(found, dict) else found[0]

        return lambda *given: torch.func.vmap(one)(*map(torch.as_tensor, given))
    if BACKEND == "jax":
        import jax

        return jax.jit(function)
    import tensorflow as tf

    return tf.function(function, autograph=False)


@pytest.mark.skipif(BACKEND != "torch", reason="needs Keras on PyTorch")
@pytest.mark.parametrize("name", SOME)
def test_a_slope_leaves_the_users_tensors_as_they_were(name):
    import torch

    head = CASES[name].head()
    raw, y = map(torch.as_tensor, drawn(head))
    want = head.automatic_gradient(y, raw)
    assert not want.requires_grad
    assert not raw.requires_grad
    with torch.no_grad():
        np.testing.assert_array_equal(head.automatic_gradient(y, raw), want)
        np.testing.assert_allclose(head.gradient(y, raw), want, rtol=1e-4, atol=1e-5)
    leaf = raw.clone().requires_grad_(True)
    found = head.automatic_gradient(y, 1 * leaf)
    np.testing.assert_array_equal(found, want)
    assert leaf.grad is None
    assert not found.requires_grad


@pytest.mark.skipif(BACKEND != "torch", reason="needs Keras on PyTorch")
def test_an_outcome_may_have_a_slope_of_its_own():
    """As where one network's output is another one's label."""
    import torch

    y = torch.tensor([[0.5], [2.0]], requires_grad=True)
    raw = torch.tensor([[0.0], [3.0]])
    head = CASES["gaussian"].head()
    head.nll(y, raw).sum().backward()
    np.testing.assert_allclose(y.grad, (y - raw).detach() / head.scale**2, rtol=1e-5)


def test_values_are_seen_outside_of_a_graph_and_not_inside():
    seen = []

    def look(x):
        seen.append(backend.seen(x))
        return x

    x = ops.convert_to_tensor(np.arange(3.0, dtype="float32"))
    look(x)
    compiled(look)(x)
    np.testing.assert_array_equal(seen[0], [0, 1, 2])
    assert all(value is None for value in seen[1:])
    assert len(seen) > 1


@pytest.mark.skipif(BACKEND != "torch", reason="needs Keras on PyTorch")
def test_values_on_another_device_are_not_read():
    """The device "meta" has shapes without values; reading from a GPU would wait for it."""
    import torch

    elsewhere = torch.empty((3, 1), device="meta")
    assert backend.seen(elsewhere) is None
    here = torch.tensor([[1.0], [2.0]], requires_grad=True)
    np.testing.assert_array_equal(backend.seen(here), [[1], [2]])
    assert backend.seen([1.0, 2.0]) is None
    with keras.device("meta"):
        found = CASES["poisson"].head().nll(elsewhere, torch.empty((3, 1), device="meta"))
    assert found.device.type == "meta"
    assert found.shape == (3,)


@pytest.mark.skipif(BACKEND != "jax", reason="needs Keras on JAX")
@pytest.mark.parametrize("platforms", [("gpu",), ("cpu", "gpu"), ("cpu",)])
def test_values_of_an_array_that_says_it_is_elsewhere_are_not_read(platforms, monkeypatch):
    """Also of one that is shared out among devices; the array stands in for such a one here."""
    x = ops.convert_to_tensor(np.arange(3.0, dtype="float32"))
    devices = [SimpleNamespace(platform=platform) for platform in platforms]
    monkeypatch.setattr(type(x), "devices", lambda _: devices)
    found = backend.seen(x)
    if platforms == ("cpu",):
        np.testing.assert_array_equal(found, [0, 1, 2])
    else:
        assert found is None


@pytest.mark.skipif(BACKEND == "tensorflow", reason="there training.fit trains")
def test_the_fast_fit_sends_users_of_other_backends_to_keras_and_the_rest_of_training_works():
    training.set_seed(3)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, start = np.linspace(-1, 1, 2100, dtype="float32")[:, None], model.get_weights()
    with pytest.raises(training.TrainingError) as caught:
        training.fit(model, x, x, epochs=1, progress=False)
    assert str(caught.value) == (
        f"training.fit needs Keras on TensorFlow, and it runs on {BACKEND}: use model.fit"
    )
    np.testing.assert_array_equal(model.get_weights()[0], start[0])
    model.fit(x, x, epochs=1, verbose=0)
    found = training.predict(model, x)
    assert type(found) is np.ndarray
    np.testing.assert_allclose(found, model.predict(x, verbose=0), rtol=1e-6)
    training.set_seed(3)
    twin = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    np.testing.assert_array_equal(twin.get_weights()[0], start[0])


def test_one_outcome_without_a_batch_axis_is_the_first_row_of_a_batch():
    for name in ("multivariate_gaussian", "gaussian_mixture", "ordinal", "weibull"):
        head = CASES[name].head()
        raw, y = drawn(head)
        alone = array(head.nll(ops.convert_to_tensor(y[0]), ops.convert_to_tensor(raw[0])))
        assert alone.shape == ()
        np.testing.assert_allclose(alone, array(head.nll(y, raw))[0], rtol=1e-5)
        one = head.sample(head.parameters(raw[0]), np.random.default_rng(2))
        batch = head.sample(head.parameters(raw[:1]), np.random.default_rng(2))
        np.testing.assert_allclose(one, batch[0], rtol=1e-6)

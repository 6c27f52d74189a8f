"""Every head on whatever backend Keras runs: values, gradients, shapes, and the backend's own use.

`make test-backends` runs this file with Keras on PyTorch and on JAX, without TensorFlow; `make
test` runs it on TensorFlow, where what belongs to the other two is skipped.
"""

import sys
from pathlib import Path

import numpy as np
import pytest
from lossbook import keras, ops

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "heads"))

from oracles import CASES

# Keras's own conversion on PyTorch, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
BACKEND = keras.backend.backend()
on_torch = pytest.mark.skipif(BACKEND != "torch", reason="needs Keras on PyTorch")
on_jax = pytest.mark.skipif(BACKEND != "jax", reason="needs Keras on JAX")


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request):
    return request.param


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def drawn(head, n=60, dtype="float64"):
    rng = np.random.default_rng(0)
    raw = rng.normal(scale=1.5, size=(n, head.units)).astype(dtype)
    y = np.asarray(head.sample({k: array(v) for k, v in head.parameters(raw).items()}, rng))
    return raw, y.astype(dtype) if y.dtype.kind == "f" else y


def test_the_value_is_scipys(case):
    head = case.head()
    raw, y = drawn(head)
    expected = -case.log_density(head, {k: array(v) for k, v in head.parameters(raw).items()}, y)
    np.testing.assert_allclose(array(head.nll(y, raw)), expected, rtol=1e-6)


def test_the_gradient_is_the_central_difference(case):
    head = case.head()
    raw, y = drawn(head)
    numeric = np.empty_like(raw)
    for unit in range(head.units):
        step = 1e-6 * np.eye(head.units)[unit]
        above, below = array(head.nll(y, raw + step)), array(head.nll(y, raw - step))
        numeric[:, unit] = (above - below) / 2e-6
    np.testing.assert_allclose(array(head.gradient(y, raw)), numeric, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        array(head.automatic_gradient(y, raw)), numeric, rtol=1e-5, atol=1e-6
    )


def test_in_float32(case):
    head = case.head()
    raw, y = drawn(head, dtype="float32")
    exact = array(head.nll(y.astype(float), raw.astype(float)))
    np.testing.assert_allclose(array(head.nll(y, raw)), exact, rtol=3e-4, atol=3e-5)


def test_sequences_are_their_steps(case):
    head = case.head()
    raw, y = drawn(head)
    each = array(head.nll(y, raw)).reshape(12, 5)
    steps = raw.reshape(12, 5, -1)
    np.testing.assert_allclose(array(head.nll(y.reshape(12, 5, *y.shape[1:]), steps)), each)


def test_a_keras_model_learns(case):
    head = case.head()
    _, y = drawn(head, dtype="float32")
    x = np.random.default_rng(1).normal(size=(60, 3)).astype("float32")
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(head.units)])
    model.compile(keras.optimizers.Adam(1e-2), loss=head.loss)
    history = model.fit(x, y, epochs=3, batch_size=20, verbose=0).history["loss"]
    assert np.isfinite(history).all()
    assert history[-1] < history[0]


@on_torch
def test_a_plain_pytorch_loop(case):
    import torch

    head = case.head()
    raw, y = drawn(head, dtype="float32")
    torch.manual_seed(0)
    layer = torch.nn.Linear(3, head.units)
    x = torch.randn(60, 3)
    target = torch.as_tensor(y)
    optimizer = torch.optim.Adam(layer.parameters(), 1e-2)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = head.nll(target, layer(x)).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    leaf = torch.as_tensor(raw).requires_grad_(True)
    head.nll(target, leaf).sum().backward()
    np.testing.assert_allclose(
        leaf.grad.numpy(), array(head.gradient(y, raw)), rtol=1e-3, atol=1e-5
    )


@on_torch
@pytest.mark.filterwarnings("ignore:Dynamo detected a call:UserWarning")  # of caches in Keras
@pytest.mark.parametrize("name", ["poisson", "gaussian_mixture", "ordinal", "weibull"])
def test_under_torch_compile(name):
    import torch

    head = CASES[name].head()
    raw, y = (torch.as_tensor(part) for part in drawn(head, dtype="float32"))
    compiled = torch.compile(head.nll, backend="eager")
    np.testing.assert_allclose(compiled(y, raw).numpy(), head.nll(y, raw).numpy(), rtol=1e-6)


@on_torch
def test_under_torch_func(case):
    import torch

    head = case.head()
    raw, y = (torch.as_tensor(part) for part in drawn(head, n=8))
    one = torch.func.vmap(torch.func.grad(lambda r, t: head.nll(t[None], r[None])[0]))
    np.testing.assert_allclose(
        one(raw, y).numpy(), array(head.gradient(y, raw)), rtol=1e-6, atol=1e-9
    )


@on_jax
def test_under_jit_grad_and_vmap(case):
    import jax

    head = case.head()
    raw, y = drawn(head, n=20)
    np.testing.assert_allclose(jax.jit(head.nll)(y, raw), array(head.nll(y, raw)), rtol=1e-8)
    slope = jax.jit(jax.grad(lambda r: head.nll(y, r).sum()))(raw)
    np.testing.assert_allclose(slope, array(head.gradient(y, raw)), rtol=1e-6, atol=1e-9)
    one = jax.vmap(lambda t, r: head.nll(t[None], r[None])[0])(y, raw)
    np.testing.assert_allclose(one, array(head.nll(y, raw)), rtol=1e-8)


@on_jax
def test_an_outcome_outside_is_nan_under_jit_and_an_error_outside():
    import jax

    head = CASES["poisson"].head()
    y, raw = np.array([1.0, -1.0]), np.zeros((2, 1))
    found = np.asarray(jax.jit(head.nll)(y, raw))
    assert np.isfinite(found[0])
    assert np.isnan(found[1])
    with pytest.raises(ValueError, match=r"must be 0, 1, 2, …, but 1 of 2 are not"):
        head.nll(y, raw)


def seeded():
    return np.random.default_rng(3)


def test_draws_and_predictions_take_what_parameters_gives(case):
    """The backend's tensors, and the same as NumPy; samples, and the steps of sequences."""
    head = case.head()
    raw, y = drawn(head)
    tensors = head.parameters(raw)
    arrays = {name: ops.convert_to_numpy(value) for name, value in tensors.items()}
    draws, predictions = head.sample(arrays, seeded()), head.predict(arrays)
    assert draws.shape == y.shape
    for shape in ((60,), (12, 5), (3, 4, 5)):
        given = head.parameters(raw.reshape(*shape, head.units))
        found = head.sample(given, seeded())
        assert isinstance(found, np.ndarray)
        np.testing.assert_allclose(found, draws.reshape(*shape, *draws.shape[1:]), rtol=1e-9)
        found = head.predict(given)
        assert isinstance(found, np.ndarray)
        assert found.shape == (*shape, predictions.shape[-1])
        np.testing.assert_allclose(found.reshape(predictions.shape), predictions, rtol=1e-9)
    first = head.declared[0].name
    del arrays[first]
    for call in (lambda: head.sample(arrays, seeded()), lambda: head.predict(arrays)):
        with pytest.raises(ValueError, match=f"{type(head).__name__}: the parameter {first} is"):
            call()


@on_torch
def test_draws_and_predictions_of_outputs_that_have_a_gradient(case):
    import torch

    head = case.head()
    raw = torch.as_tensor(drawn(head)[0]).requires_grad_(True)
    kept = head.parameters(raw)
    apart = {name: value.detach() for name, value in head.parameters(raw.detach()).items()}
    np.testing.assert_array_equal(head.sample(kept, seeded()), head.sample(apart, seeded()))
    np.testing.assert_array_equal(head.predict(kept), head.predict(apart))


def test_draws_and_predictions_in_a_graph_are_one_clear_error():
    head = CASES["gamma"].head()

    def draw(raw):
        head.sample(head.parameters(raw), seeded())
        return raw

    def predict(raw):
        head.predict(head.parameters(raw))
        return raw

    raw = ops.convert_to_tensor(np.zeros((4, 2), "float32"))
    for function in (draw, predict):
        with pytest.raises(ValueError, match="cannot be read inside a graph"):
            compiled(function)(raw)


def compiled(function):
    """The function as a graph of the backend, or under a transform that hides the values."""
    if BACKEND == "torch":
        import torch

        return torch.func.vmap(function)
    if BACKEND == "jax":
        import jax

        return jax.jit(function)
    import tensorflow as tf

    return tf.function(function)

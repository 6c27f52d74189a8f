"""The table of activations of torch.nn and jax.nn: complete, and as the libraries have them."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
import running
import torch
from lossbook.catalogue import ACTIVATIONS
from lossbook.catalogue.library_activations import LIBRARIES, LIBRARY_ACTIVATIONS
from scipy import special

Z = np.linspace(-9, 9, 24).reshape(4, 6)
NO_ACTIVATIONS = {
    "MultiheadAttention", "dot_product_attention", "get_scaled_dot_general_config", "initializers",
    "log1mexp", "logmeanexp", "logsumexp", "one_hot", "scaled_dot_general", "scaled_matmul",
    "standardize",
}  # fmt: skip
"""They mix samples or layers, or make no value for each raw output."""
ALIASES = {"swish", "hard_swish"}


def listed(library):
    return {entry.name for entry in LIBRARY_ACTIVATIONS if entry.library == library}


def test_every_activation_of_pytorch_is_listed():
    found = set(torch.nn.modules.activation.__all__) - NO_ACTIVATIONS | {"Identity"}
    assert listed("PyTorch") == found, "give it an entry in library_activations.toml"


def test_every_activation_of_jax_is_listed():
    public = {name for name in dir(jax.nn) if not name.startswith("_")}
    assert jax.nn.swish is jax.nn.silu
    assert jax.nn.hard_swish is jax.nn.hard_silu
    assert listed("JAX") == public - NO_ACTIVATIONS - ALIASES, "give it an entry"


def values(entry):
    # A learnt slope is float32.
    single = Z.astype("float32") if entry.name == "PReLU" else Z
    z = torch.as_tensor(single) if entry.library == "PyTorch" else jnp.asarray(Z)
    names = {"torch": torch, "jax": jax, "z": z, "pictures": z.reshape(2, 3, 2, 2)}
    return running.Sample.numpy(eval(entry.write, names))


def same_in_keras(entry, z=Z):
    found = getattr(keras.activations, entry.keras)(torch.as_tensor(z), **entry.keras_with)
    return running.Sample.numpy(keras.ops.convert_to_tensor(found))


KERAS = [entry for entry in LIBRARY_ACTIVATIONS if entry.keras]


@pytest.mark.parametrize("entry", KERAS, ids=lambda entry: f"{entry.library} {entry.name}")
def test_it_is_the_activation_of_keras_that_the_table_names(entry):
    atol = 1e-6 if entry.name == "PReLU" else 1e-7
    np.testing.assert_allclose(values(entry), same_in_keras(entry), atol=atol)
    # And no other, which near values would let through.
    assert not np.allclose(values(entry), same_in_keras(entry, Z + 0.01), atol=1e-4) or (
        "softmax" in entry.keras  # a common shift changes nothing
    )


OWN = [entry for entry in LIBRARY_ACTIVATIONS if not entry.keras]


@pytest.mark.parametrize("entry", OWN, ids=lambda entry: f"{entry.library} {entry.name}")
def test_one_that_keras_lacks_is_what_the_table_says(entry):
    names = {"np": np, "special": special, "z": Z, "out": values(entry)}
    assert eval(entry.shown, names), entry.shown
    assert entry.why


@pytest.mark.parametrize(
    "entry", LIBRARY_ACTIVATIONS, ids=lambda entry: f"{entry.library} {entry.name}"
)
def test_its_values_meet_the_constraint_that_the_table_names(entry):
    out = values(entry)
    if entry.constraint == "simplex":
        axis = 1 if out.ndim == 4 else -1
        np.testing.assert_allclose(out.sum(axis=axis), 1)
    inside = {
        "real": lambda v: v.min() < -1 and v.max() > 1,
        "positive": lambda v: (v > 0).all(),
        "unit interval": lambda v: (v > 0).all() and (v < 1).all(),
        "simplex": lambda v: (v > 0).all(),
        "": lambda v: True,
    }
    assert inside[entry.constraint](out)


def test_an_activation_of_keras_that_is_fit_has_its_place_in_both_libraries_or_is_named():
    fit = {name for name, entry in ACTIVATIONS.items() if entry.fit}
    missing = {
        (library, name)
        for library in LIBRARIES
        for name in fit - {entry.keras for entry in KERAS if entry.library == library}
    }
    functions = {("PyTorch", "exponential"), ("PyTorch", "squareplus"), ("JAX", "exponential")}
    assert missing == functions
    np.testing.assert_allclose(torch.exp(torch.as_tensor(Z)).numpy(), jnp.exp(Z))

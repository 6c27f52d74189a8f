"""The measures behind the proofs by brute force, and the libraries' activations by NumPy."""

from types import SimpleNamespace

import numpy as np
import pytest
from lossbook.catalogue import proofs as find
from lossbook.catalogue import writing
from lossbook.heads import HEADS
from lossbook.links import LINKS
from scipy import special

RNG = np.random.default_rng(8)


def brute_drift(losses):
    """Over all scales of a fine grid: the spread of the logarithm of the sum, divided by s."""
    scales = np.geomspace(0.05, 20, 4000)
    return min(np.ptp(np.log(np.exp(-s * losses).sum(axis=1))) / s for s in scales)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_drift_is_in_the_unit_of_the_loss(classes):
    losses = RNG.gamma(2.0, 1.0, (7, classes))
    found = find.normaliser_drift(losses)
    np.testing.assert_allclose(found, brute_drift(losses), rtol=2e-2, atol=1e-4)
    np.testing.assert_allclose(find.normaliser_drift(3 * losses), 3 * found, rtol=2e-2, atol=1e-3)
    np.testing.assert_allclose(find.normaliser_drift(losses + 4.0), found, rtol=1e-3, atol=1e-5)


def test_a_weighted_median_is_the_least_outcome_with_half_of_the_weight():
    for _ in range(30):
        y, weights = RNG.normal(size=7), RNG.integers(1, 5, 7)
        repeated = np.sort(np.repeat(y, weights))
        expected = repeated[(len(repeated) + 1) // 2 - 1]
        assert find.weighted_median(y, weights) == expected
    assert find.weighted_median(np.array([3.0, 1.0]), np.array([1, 1])) == 1.0


def test_the_best_raw_output_is_found_far_out_too():
    squared = lambda y, z: (z - 20 * y + 8) ** 2  # noqa: E731
    for q in (0.1, 0.5, 0.9):
        assert np.isclose(find.best_raw(squared, q), 20 * q - 8, atol=1e-6)


def softmax(z, dim=-1, axis=-1):
    return special.softmax(z, axis=dim if axis == -1 else axis)


def softplus(z):
    return np.logaddexp(0, z)


def length_one(z, dim):
    return z / np.linalg.norm(z, axis=dim, keepdims=True)


FUNCTIONS = SimpleNamespace(sigmoid=special.expit, softmax=softmax, softplus=softplus)
TORCH = SimpleNamespace(
    sigmoid=special.expit, softmax=softmax, exp=np.exp, atan2=np.arctan2, where=np.where,
    tensor=np.array, nn=SimpleNamespace(
        functional=SimpleNamespace(softplus=softplus, normalize=length_one)
    ),
)  # fmt: skip
KERAS = SimpleNamespace(
    ops=SimpleNamespace(
        sigmoid=special.expit, softmax=softmax,
        norm=lambda z, axis, keepdims: np.linalg.norm(z, axis=axis, keepdims=keepdims),
    )
)  # fmt: skip
SPACE = {"torch": TORCH, "keras": KERAS, "jax": SimpleNamespace(nn=FUNCTIONS), "jnp": np}
WRITTEN = [
    (library, name)
    for library, found in writing.ACTIVATIONS.items()
    for name in found
    if (library, name) != ("PyTorch", "steps")  # concatenated tensors: tests/libraries
]


@pytest.mark.parametrize(("library", "name"), WRITTEN)
def test_the_code_of_an_activation_is_that_of_the_link(library, name):
    raw = RNG.normal(size=(6, 3))
    wanted = {"angle": raw[:, 1:]}.get(name, raw)
    code = writing.ACTIVATIONS[library][name].format(z="raw", first=1, second=2)
    found = np.asarray(eval(code, {**SPACE, "raw": raw}))
    expected = np.asarray(LINKS[name]().activation(wanted))
    np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=3e-6)


def test_pieces_are_where_the_head_looks_for_them():
    for name, kind in HEADS.items():
        sizes = {"categorical": 3, "ordinal": 5, "independent_bernoullis": 3, "dirichlet": 3}
        head = kind(sizes[name]) if name in sizes else kind()
        raw = RNG.normal(size=(4, head.units))
        split = head.split(raw)
        pieces = list(writing._pieces(head))
        assert [piece[0] for piece in pieces] == list(split)
        for parameter, code, _ in pieces:
            found = np.asarray(eval(code, {"raw": raw}))
            wanted = np.asarray(split[parameter])
            np.testing.assert_array_equal(found.reshape(wanted.shape), wanted, err_msg=name)


@pytest.mark.parametrize("library", ["PyTorch", "JAX"])
def test_the_last_layer_has_as_many_outputs_as_the_head_wants(library):
    for name, kind in HEADS.items():
        sizes = {"categorical": 3, "ordinal": 5, "independent_bernoullis": 3, "dirichlet": 3}
        head = kind(sizes[name]) if name in sizes else kind()
        said = writing._last(head, library)
        assert said.startswith("the last layer ")
        assert said.endswith(", no activation")
        counts = (f"(…, {head.units})", f"{head.units} raw outputs", "has one raw output")
        assert any(count in said for count in counts[: 2 + (head.units == 1)]), (name, said)
        code = writing.with_head(name, library)
        assert "loss = head.nll(y, raw).mean()" in code
        assert f"KERAS_BACKEND={library.lower().removeprefix('py')} set" in code

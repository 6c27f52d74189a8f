"""What the docstrings of links' methods state as a formula, against what the methods give."""

import inspect

import numpy as np
import pytest
from lossbook import ops
from lossbook.links import FLOOR, LINKS, Link, PositiveLink
from scipy import special as scipys
from scipy import stats

exp, log = np.exp, np.log


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def said(function):
    """Its docstring in one line."""
    return " ".join((inspect.getdoc(function) or "").split())


def softplus(z):
    return np.logaddexp(0, z)


def on_diagonal(change, v):
    found = np.array(v)
    found[..., [0, 2, 5]] = change(found[..., [0, 2, 5]])
    return found


OF_LINKS = {
    "The raw output itself.": lambda v: v,
    "The value itself.": lambda v: v,
    "1 / (1 + exp(-raw)).": lambda v: 1 / (1 + exp(-v)),
    "1 / (1 + exp(raw)).": lambda v: 1 / (1 + exp(v)),
    "-log(1 + exp(-raw)).": lambda v: -log(1 + exp(-v)),
    "-log(1 + exp(raw)).": lambda v: -log(1 + exp(v)),
    "The log odds, log(value / (1 - value)).": lambda v: log(v / (1 - v)),
    "½ erfc(-raw / √2).": lambda v: scipys.erfc(-v / 2**0.5) / 2,
    "½ erfc(raw / √2).": lambda v: scipys.erfc(v / 2**0.5) / 2,
    "log Φ(raw).": stats.norm.logcdf,
    "log Φ(-raw).": lambda v: stats.norm.logcdf(-v),
    "The Gaussian quantile.": stats.norm.ppf,
    "1 - exp(-exp(raw)).": lambda v: 1 - exp(-exp(v)),
    "exp(-exp(raw)).": lambda v: exp(-exp(v)),
    "log(1 - exp(-exp(raw))).": lambda v: log(1 - exp(-exp(v))),
    "-exp(raw).": lambda v: -exp(v),
    "log(-log(1 - value)).": lambda v: log(-log(1 - v)),
    "log(1 + exp(raw)) + floor.": lambda v: log(1 + exp(v)) + FLOOR,
    "log(exp(value - floor) - 1), without overflow.": lambda v: log(exp(v - FLOOR) - 1),
    "The raw output itself far below zero, if there is no floor.": lambda v: log(
        log(1 + exp(v)) + FLOOR
    ),
    "exp(raw).": exp,
    "exp(-raw).": lambda v: exp(-v),
    "log(value).": log,
    "exp(raw_i) / sum_j exp(raw_j).": lambda v: exp(v) / exp(v).sum(axis=-1, keepdims=True),
    "The log probabilities.": log,
    "raw divided by its length along the last axis.": lambda v: (
        v / np.linalg.norm(v, axis=-1, keepdims=True)
    ),
    "The unit vector itself.": lambda v: v,
    "atan2 of the second half of the raw outputs and the first: `(…, 2 k)` → `(…, k)`.": (
        lambda v: np.arctan2(v[..., 3:], v[..., :3])
    ),
    "The arrow of length one.": lambda v: np.concatenate([np.cos(v), np.sin(v)], axis=-1),
    "raw_1, then each next value a softplus higher.": lambda v: np.cumsum(
        np.concatenate([v[..., :1], softplus(v[..., 1:]) + FLOOR], axis=-1), axis=-1
    ),
    "How far each value is above the one before, also where the sum rounds it away.": lambda v: (
        softplus(v[..., 1:]) + FLOOR
    ),
    "The first value, then the inverse softplus of each step.": lambda v: np.concatenate(
        [v[..., :1], log(np.expm1(np.diff(v, axis=-1) - FLOOR))], axis=-1
    ),
    "The raw outputs, with a softplus where the diagonal stands.": lambda v: on_diagonal(
        lambda d: softplus(d) + FLOOR, v
    ),
    "The entries, with an inverse softplus where the diagonal stands.": lambda v: on_diagonal(
        lambda d: log(np.expm1(d - FLOOR)), v
    ),
}
"""What a link's method says that it gives → that, from its argument."""


def methods(kind):
    """A link's own methods that take numbers."""
    own = ["activation", "log", "complement", "log_complement", "reciprocal", "inverse", "steps"]
    return [name for name in own if hasattr(kind, name)]


@pytest.mark.parametrize("name", LINKS)
def test_a_method_of_a_link_gives_what_its_docstring_says(name):
    kind = LINKS[name]
    link = kind(FLOOR) if issubclass(kind, PositiveLink) else kind()
    raw = np.random.default_rng(0).normal(size=(7, 6))
    value = array(link.activation(ops.convert_to_tensor(raw)))
    for method in methods(kind):
        if getattr(kind, method) is getattr(Link, method, None):
            continue  # the parameter has no logarithm
        text = said(getattr(kind, method))
        if method == "reciprocal" and text == "1 / value.":
            expected = 1 / value
        else:
            assert text in OF_LINKS, f"give {kind.__name__}.{method}'s {text!r} a row"
            expected = OF_LINKS[text](value if method == "inverse" else raw)
        given = value if method == "inverse" else ops.convert_to_tensor(raw)
        found = array(getattr(link, method)(given))
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9, err_msg=method)


def test_two_raw_outputs_make_an_angle_and_one_each_other_value():
    for name, kind in LINKS.items():
        text = said(kind.raw_size)
        expected = {
            "Two for each angle.": 10,
            "How many raw outputs are needed for a parameter of `size` values.": 5,
        }
        assert kind().raw_size(5) == expected[text], name

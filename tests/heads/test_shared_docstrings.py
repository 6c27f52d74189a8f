"""What the docstrings that all heads share say of losses, shapes, units and errors: facts."""

import functools
import inspect
import sys

import numpy as np
import pytest
from lossbook import constraints, heads, keras, ops
from lossbook.heads import HEADS, Head, KerasRelation, Parameter, base, tensors
from lossbook.heads.keras_loss import HeadLoss
from lossbook.links import FLOOR, link_for
from lossbook.links import base as links
from oracles import CASES


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def said(thing):
    return " ".join((inspect.getdoc(thing) or "").split())


def fits(head):
    """Units, columns and sizes are those of what the head takes and gives."""
    raw = np.random.default_rng(0).normal(size=(5, head.units))
    p = {key: array(value) for key, value in head.parameters(raw).items()}
    y = head.sample(p, np.random.default_rng(1))
    return (
        {key: value.shape[-1] for key, value in p.items()} == head.sizes()
        and np.size(y) == 5 * head.columns
        and array(head.nll(y, raw)).shape == (5,)
        and array(head.gradient(y, raw)).shape == raw.shape
    )


@functools.cache
def every(so):
    return all(so(case.head()) for case in CASES.values())


def type_of(dtype):
    raw = ops.cast(np.zeros((1, 1)), dtype)
    return keras.backend.standardize_dtype(heads.Poisson().nll([[1]], raw).dtype)


def relation():
    head = heads.Gaussian(3, scale=0.5)
    y, raw = np.arange(6.0).reshape(2, 3), np.zeros((2, 3))
    found = head.keras_relation()
    theirs = found.scale * array(found.loss(y, raw)) + found.offset
    return np.allclose(theirs, array(head.nll(y, raw)))


def graph():
    import tensorflow as tf

    found = array(
        tf.function(heads.Gamma().nll, autograph=False)(np.array([1.0, -1.0]), np.zeros((2, 2)))
    )
    return np.isfinite(found[0]) and np.isnan(found[1])


def averaged():
    head, y, raw = heads.GaussianScale(beta=1.0), np.array([[1.0], [5.0]]), np.zeros((2, 2))
    each = array(HeadLoss(head, reduction=None)(y, raw))
    mean = float(head.loss(y, raw))
    objective = array(head.objective(y, raw))
    return np.isclose(mean, objective.mean()) and np.allclose(each, objective)


FACTS = {
    "natural logarithms": (
        sys.modules[base.__name__], "Losses and densities are natural logarithms (nats)",
        lambda: np.isclose(array(heads.Bernoulli().nll([1], [[0.0]]))[0], np.log(2)),
    ),
    "float types": (
        sys.modules[base.__name__],
        "computed in the float type of the raw outputs, in float32 at least",
        lambda: [type_of(kind) for kind in ("float16", "float32", "float64")]
        == ["float32", "float32", "float64"],
    ),
    "shapes": (
        sys.modules[base.__name__], "shape `(…, units)`, any real numbers", lambda: every(fits),
    ),
    "a parameter": (
        Parameter, "`floor` is what the softplus adds to a positive parameter",
        lambda: np.isclose(
            array(heads.Gamma().parameters(np.array([[-9.0, 0.0]]))["mean"])[0, 0]
            - np.log1p(np.exp(-9)), FLOOR, rtol=1e-9,
        ),
    ),
    "the relation to Keras": (KerasRelation, "nll = scale · loss + offset", relation),
    "a graph": (
        Head, "in a graph, under jit or compile, the loss of such a sample is NaN", graph,
    ),
    "another link": (
        Head, 'for example `links={"rate": "exponential"}`',
        lambda: heads.Poisson(links={"rate": "exponential"}).activations == ("exponential",),
    ),
    "sizes": (
        Head.sizes, "How many values each parameter has for one sample", lambda: every(fits),
    ),
    "units": (Head.units, "How many units the last Dense layer needs", lambda: every(fits)),
    "columns": (Head.columns, "How many values y has for one sample", lambda: every(fits)),
    "the loss": (Head.loss, "The mean of `objective` as a Keras loss", averaged),
    "the slope": (
        Head.gradient, "The derivative of `nll` with respect to each raw output, in the shape of "
        "`raw`", lambda: every(fits),
    ),
    "the objective": (
        Head.objective, "the negative log likelihood, unless the head says so",
        lambda: {n for n, k in HEADS.items() if "objective" in vars(k)} == {"gaussian_scale"},
    ),
    "the prediction": (
        Head.predict, "By default the first parameter",
        lambda: heads.Gamma().predict({"mean": np.ones((1, 1)), "shape": np.zeros((1, 1))}) == 1,
    ),
    "a Keras loss": (
        HeadLoss, "gives one number, or one a sample with `reduction=None`", averaged,
    ),
    "a diagonal": (
        constraints.diagonal, "Where the diagonal stands among the entries of a lower triangle, "
        "row by row", lambda: constraints.diagonal(6) == [0, 2, 5],
    ),
    "a triangle": (
        constraints.triangle_side, "How many rows a lower triangle with that many entries has",
        lambda: constraints.triangle_side(10) == 4,
    ),
    "independent parts": (
        tensors.per_sample, "The sum over the last axis",
        lambda: array(tensors.per_sample(np.ones((2, 3)))).tolist() == [3, 3],
    ),
    "what is held": (
        tensors.held, "±1e18 in float64; beyond, it grows on as a logarithm",
        lambda: np.allclose(
            array(tensors.held(ops.convert_to_tensor(np.array([-1e30, 2.0, 1e18])))),
            [-1e18 * (1 + np.log(1e12)), 2, 1e18],
        ),
    ),
    "both directions": (
        sys.modules[links.__name__],
        "`link.activation(raw)` gives the value, `link.inverse(value)` the raw output",
        lambda: np.isclose(
            link_for(constraints.POSITIVE).inverse(np.log1p(np.exp(0.3))), 0.3
        ),
    ),
    "the complement": (
        links.ProbabilityLink.complement, "1 - value, with all digits where the value is close",
        lambda: np.isclose(
            array(link_for(constraints.UNIT_INTERVAL).complement(np.array([50.0])))[0], np.exp(-50)
        ),
    ),
    "its logarithm": (
        links.ProbabilityLink.log_complement, "log(1 - value), also where the value rounds to 1",
        lambda: array(link_for(constraints.UNIT_INTERVAL).log_complement(np.array([90.0])))[0]
        == -90,
    ),
    "the reciprocal": (
        links.PositiveLink.reciprocal, "1 / value.",
        lambda: np.isclose(array(link_for(constraints.POSITIVE).reciprocal(np.array([0.0])))[0],
                           1 / np.log(2)),
    ),
}  # fmt: skip
"""What → whose docstring, a sentence of it, and whether that is so."""


@pytest.mark.parametrize("what", FACTS)
def test_what_a_shared_docstring_says_is_so(what):
    thing, sentence, so = FACTS[what]
    assert sentence in said(thing)
    assert so()

"""Outcomes, raw outputs and parameters of every wrong width, rank or length, for every head."""

import numpy as np
import pytest
from lossbook import ops
from lossbook.heads import HEADS
from sizes import SIZED

N = 7
"""How many outcomes a batch has; no head here has as many values or raw outputs to mix up."""


@pytest.fixture(params=SIZED.values(), ids=SIZED.keys())
def head(request):
    return request.param()


def drawn(head, n=N):
    rng = np.random.default_rng(0)
    raw = rng.normal(scale=0.5, size=(n, head.units))
    y = np.asarray(head.sample(head.parameters(raw), rng), float)
    return y.reshape(n, head.columns), raw


def widths(right):
    """Widths that are not the right one: none, one, one more or less, twice as many."""
    return sorted({0, 1, right - 1, right + 1, 2 * right} - {right})


def of_width(table, width):
    """The table with another number of columns, whose values are as good as before."""
    return np.resize(table.T, (width, len(table))).T


def test_raw_outputs_of_another_width_are_refused_by_all_that_take_them(head):
    """Wider ones too, of which the last would count for nothing."""
    y, raw = drawn(head)
    y = y[:, 0] if head.columns == 1 else y
    said = rf"^{type(head).__name__}: raw outputs have shape .* must have {head.units} \("
    for width in widths(head.units):
        wrong = of_width(raw, width)
        for call in (head.parameters, head.split):
            with pytest.raises(ValueError, match=said):
                call(wrong)
        for call in (head.nll, head.objective, head.gradient, head.automatic_gradient, head.loss):
            with pytest.raises(ValueError, match=said):
                call(y, wrong)


def misfits(head, y):
    """Outcomes that do not fit to raw outputs `(N, units)`: what is wrong → y."""
    found = {f"{n} rows": np.resize(y, (n, head.columns)) for n in (0, 1, N - 1, N + 1, 2 * N)}
    if head.columns == 1:
        found |= {f"{key}, flat": value[:, 0] for key, value in found.items()}
        found["a number"] = y[0, 0]
    else:
        found |= {"a column": y[:, 0], "an outcome": y[0], "all in a row": y.ravel()}
    two = {2} if head.name == "binomial" and head.size == 1 else set()  # successes and trials
    found |= {f"{w} wide": of_width(y, w) for w in widths(head.columns) if w not in two}
    found |= {
        "an axis before": y[None], "an axis between": y[:, None].repeat(2, axis=1),
        "two axes at the end": y[..., None].repeat(2, axis=-1), "turned": y.T,
    }  # fmt: skip
    return found


def test_outcomes_of_another_shape_are_refused_by_all_that_take_them(head):
    """As arrays, and in a graph, where only shapes are known."""
    import tensorflow as tf

    y, raw = drawn(head)
    said = rf"{type(head).__name__}: y has shape .* it must be (\(|\d)"
    for wrong in misfits(head, y).values():
        for call in (head.nll, head.objective, head.gradient, head.loss):
            with pytest.raises(ValueError, match=said):
                call(wrong, raw)
        spec = tf.TensorSpec(np.shape(wrong), tf.float64)
        graph = tf.function(head.nll, autograph=False)
        with pytest.raises(ValueError, match=said):
            graph.get_concrete_function(spec, tf.TensorSpec(raw.shape, tf.float64))


def test_one_row_of_raw_outputs_is_not_that_of_all_outcomes(head):
    y, raw = drawn(head)
    for rows in (raw[:1], raw[0], raw[:0]):
        with pytest.raises(ValueError, match="y has shape"):
            head.nll(y, rows)


SEVERAL = [name for name, kind in HEADS.items() if len(kind.declared) > 1]


@pytest.mark.parametrize("name", SEVERAL)
def test_parameters_of_different_lengths_are_refused(name):
    """In whichever of them the rows are missing or too many."""
    head = HEADS[name]()
    raw = np.random.default_rng(0).normal(size=(N, head.units))
    right = {key: ops.convert_to_numpy(value) for key, value in head.parameters(raw).items()}
    for key, value in right.items():
        for n in (0, 2, N - 1, N + 1, 2 * N):
            wrong = right | {key: np.resize(value, (n, value.shape[-1]))}
            for call in (head.predict, lambda p: head.sample(p, np.random.default_rng(0))):
                with pytest.raises(ValueError, match="the parameters' shapes do not fit together"):
                    call(wrong)

"""What is given to a head or a link is left as it is, and one row does not stand for several."""

import numpy as np
import pytest
from lossbook import ops
from lossbook.heads import HEADS
from lossbook.heads.keras_loss import HeadLoss
from lossbook.links import LINKS
from oracles import CASES
from sizes import SIZED


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def locked(values):
    """A copy that cannot be written to."""
    kept = np.array(values)
    kept.flags.writeable = False
    return kept


def drawn(head, n, seed=0):
    rng = np.random.default_rng(seed)
    raw = rng.normal(size=(n, head.units))
    p = {key: array(value) for key, value in head.parameters(raw).items()}
    return raw, np.asarray(head.sample(p, rng)), p


@pytest.mark.parametrize("name", LINKS)
def test_the_inverse_of_a_link_leaves_the_values_as_they_are(name):
    link = LINKS[name]()
    raw = np.random.default_rng(0).normal(size=(4, 6))
    values = locked(array(link.activation(ops.convert_to_tensor(raw))))
    again = array(link.activation(ops.convert_to_tensor(link.inverse(values))))
    np.testing.assert_allclose(again, values, rtol=1e-9)


@pytest.mark.parametrize("name", HEADS)
def test_a_head_leaves_outcomes_raw_outputs_and_parameters_as_they_are(name):
    head = CASES[name].head()
    raw, y, p = drawn(head, 12)
    raw, y, p = locked(raw), locked(y), {key: locked(value) for key, value in p.items()}
    for call in (head.nll, head.objective, head.gradient, head.automatic_gradient, head.loss):
        assert np.isfinite(array(call(y, raw))).all()
    head.loss(y, raw, locked(np.ones(12)))
    head.sample(p, np.random.default_rng(1))
    head.predict(p)
    assert np.isfinite(head.best_constant(y)).all()


@pytest.mark.parametrize("name", SIZED)
def test_one_row_does_not_stand_for_several(name):
    """Not in the batch, nor along the steps of a sequence: NumPy would repeat it."""
    head = SIZED[name]()
    raw, y, _ = drawn(head, 6)
    steps, outcomes = raw.reshape(3, 2, -1), y.reshape(3, 2, *y.shape[1:])
    pairs = [(y[:1], raw), (y, raw[:1]), (outcomes[:, :1], steps), (outcomes, steps[:, :1]),
             (outcomes[:1], steps), (outcomes, steps[:1])]  # fmt: skip
    for given, outputs in pairs:
        for call in (head.nll, head.objective, head.gradient, head.loss):
            with pytest.raises(ValueError, match="y has shape"):
                call(given, outputs)


@pytest.mark.parametrize("name", [n for n in HEADS if HEADS[n]().columns == 1])
def test_weights_as_a_column_weigh_and_leave_out_as_flat_ones_do(name):
    """For outcomes that are flat, and for outcomes that are a column."""
    head = CASES[name].head()
    raw, y, _ = drawn(head, 6)
    weight = np.array([0.0, 2.0, 0.5, 0.0, 1.0, 3.0])
    each = array(HeadLoss(head, reduction=None, dtype="float64")(y, raw))
    y = y.astype(float)
    y.reshape(6, -1)[[0, 3]] = np.nan
    loss = HeadLoss(head, reduction="sum", dtype="float64")
    for outcomes in (y.reshape(6), y.reshape(6, 1)):
        for weights in (weight, weight[:, None]):
            np.testing.assert_allclose(float(loss(outcomes, raw, weights)), weight @ each)

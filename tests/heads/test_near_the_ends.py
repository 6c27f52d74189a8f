"""Outcomes as close to an end of the support as float64 has them, against scipy's densities."""

import numpy as np
import pytest
from lossbook import ops
from lossbook.heads import HEADS
from oracles import CASES

CLOSE = np.geomspace(1e-30, 1e-3, 10)
KINDS = {
    "positive": CLOSE[:, None],
    "non-negative": CLOSE[:, None],
    "open unit interval": np.concatenate([CLOSE, 1 - np.geomspace(1e-12, 1e-3, 10)])[:, None],
    "censored time": np.stack([np.tile(CLOSE, 2), np.repeat([0.0, 1.0], len(CLOSE))], axis=1),
    "open simplex": np.stack([CLOSE, 0.3 + 0 * CLOSE, 0.7 - CLOSE], axis=1),
}
"""Kind of support → outcomes close to where it ends."""
NAMES = [name for name, case in CASES.items() if case.head().support.name in KINDS]


def test_every_kind_of_support_that_ends_between_two_numbers_is_tried():
    found = {HEADS[name].support.name for name in HEADS} - set(KINDS)
    assert found <= {"real", "count", "binary", "class", "angle", "unit vector"}
    assert {CASES[name].head().support.name for name in NAMES} == set(KINDS)


@pytest.mark.parametrize("name", NAMES)
def test_an_outcome_close_to_an_end_has_the_loss_of_the_density_there(name):
    case = CASES[name]
    head, y = case.head(), KINDS[case.head().support.name]
    p = {
        key: np.array([value], float).repeat(len(y), axis=0) for key, value in case.recover.items()
    }
    raw = np.concatenate([head.links[key].inverse(value) for key, value in p.items()], axis=1)
    found = np.asarray(ops.convert_to_numpy(head.nll(y, raw)))
    np.testing.assert_allclose(found, -case.log_density(head, p, y), rtol=1e-7, atol=1e-9)

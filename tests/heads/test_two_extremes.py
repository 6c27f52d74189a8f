"""Two raw outputs far out at once, with every link: float32 against float64, value and gradient.

With the default links `test_heads.py` goes on to ±10⁴.
"""

import inspect
from itertools import combinations, product

import numpy as np
import pytest
from lossbook import ops
from lossbook.constraints import POSITIVE
from lossbook.heads import HEADS
from lossbook.links import LINKS
from oracles import CASES
from sizes import LINKED

FAR = (-60.0, -43.0, -20.0, 20.0, 60.0)
LARGEST = 1e12
"""Beyond, some heads go on more slowly in float32, and say so."""


def exponentials(kind):
    """All the positive parameters of a head with the exponential link at once."""
    return {p.name: "exponential" for p in kind.declared if p.constraint is POSITIVE}


SEVERAL = {
    f"{name}-all-exponential": lambda kind=kind: kind(links=exponentials(kind))
    for name, kind in HEADS.items() if len(exponentials(kind)) > 1
}  # fmt: skip
MAKE = {name: make for name, make in (LINKED | SEVERAL).items() if make().units > 1}


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def test_heads_with_two_positive_parameters_are_tried_with_both():
    assert {f"{n}-all-exponential" for n in ("gamma", "inverse_gaussian", "weibull",
            "negative_binomial", "kumaraswamy")} <= set(MAKE)  # fmt: skip


@pytest.mark.parametrize("name", MAKE)
def test_two_raw_outputs_far_out_at_once_keep_the_loss_and_a_finite_gradient(name):
    """Where an outcome's own rounding to float32 changes the loss, it has no digits to compare."""
    head = MAKE[name]()
    rows = []
    for pair, values in product(combinations(range(head.units), 2), product(FAR, repeat=2)):
        raw = np.zeros(head.units)
        raw[list(pair)] = values
        rows.append(raw)
    raw, tried = np.array(rows), 0
    for outcome in np.asarray(CASES[head.name].border):
        y = np.repeat(outcome.reshape(1, -1), len(raw), axis=0)
        single = y.astype("float32") if y.dtype.kind == "f" else y
        if not head.inside(single).all():
            continue
        found = array(head.nll(single, raw.astype("float32")))
        assert not np.isnan(found).any()
        assert (found > -np.inf).all()
        exact = array(head.nll(single, raw))
        # Rounding of the outcome, and of a parameter that is as close to it.
        off = [array(head.nll(single, raw * (1 + e) + e)) for e in (-2e-7, 2e-7)]
        if head.support.name in ("positive", "non-negative", "real", "censored time"):
            moved = np.eye(1, y.shape[1])  # of a time and its event the time
            off += [array(head.nll(single * (1 + e * moved), raw)) for e in (-2e-7, 2e-7)]
        sure = np.max(np.abs(np.array(off) - exact), axis=0) < 1e-3 * np.abs(exact) + 1e-2
        usual = sure & (np.abs(exact) < LARGEST)
        tried += usual.sum()
        np.testing.assert_allclose(found[usual], exact[usual], rtol=1e-3, atol=1e-2)
        assert (found[sure & ~usual] >= 0.9 * LARGEST).all()
        assert np.isfinite(found).all()
        assert np.isfinite(array(head.automatic_gradient(single, raw.astype("float32")))).all()
    assert tried > len(raw) / 4


def spread(head, n=40):
    """Raw outputs, each pair of them anywhere within ±60, as float32 has them."""
    rng, rows = np.random.default_rng(1), []
    for pair in combinations(range(head.units), 2):
        raw = np.zeros((n, head.units))
        raw[:, list(pair)] = rng.uniform(-60, 60, (n, 2))
        rows.append(raw)
    return np.concatenate(rows).astype("float32")


def usual_outcomes(head, n=6):
    rng = np.random.default_rng(2)
    drawn = head.sample(head.parameters(rng.normal(size=(n, head.units))), rng)
    return drawn.astype("float32") if drawn.dtype.kind == "f" else drawn


@pytest.mark.parametrize("name", [name for name in MAKE if name.endswith("exponential")])
def test_the_exponentials_docstring_is_right_about_two_raw_outputs_up_to_60(name):
    """For outcomes that are usual, while those above are on the border of the support."""
    head = MAKE[name]()
    raw, tried = spread(head), 0
    exactly = raw.astype(float)
    for outcome in usual_outcomes(head):
        y = np.repeat(np.reshape(outcome, (1, -1)), len(raw), axis=0)
        found, exact = array(head.nll(y, raw)), array(head.nll(y, exactly))
        off = [array(head.nll(y, exactly * (1 + e) + e)) for e in (-2e-7, 2e-7)]
        if head.support.name in ("positive", "non-negative", "real", "censored time"):
            moved = np.eye(1, y.shape[1])  # of a time and its event the time
            off += [array(head.nll(y * (1 + e * moved), exactly)) for e in (-2e-7, 2e-7)]
        sure = np.max(np.abs(np.array(off) - exact), axis=0) < 1e-3 * np.abs(exact) + 1e-2
        usual = sure & (np.abs(exact) < LARGEST)
        tried += usual.sum()
        np.testing.assert_allclose(found[usual], exact[usual], rtol=1e-3, atol=1e-2)
        assert np.isfinite(array(head.automatic_gradient(y, raw))).all()
    assert tried > len(raw)
    text = " ".join(inspect.getdoc(LINKS["exponential"]).split())
    assert "within 0.1 % or 0.01 of the one in float64, as long as that is below 1e12" in text

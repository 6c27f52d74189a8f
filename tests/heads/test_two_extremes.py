"""Two raw outputs far out at once, with every link: float32 against float64, value and gradient.

To ±10⁴ both are finite; with the default links `test_heads.py` tries that too.
"""

import inspect
from itertools import combinations, product

import numpy as np
import pytest
from lossbook import backend, ops
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


FURTHER = (-1e4, -700.0, -150.0, -100.0, -60.0, -43.0, -20.0, 0.0)
FURTHER = (*FURTHER, *(-z for z in FURTHER))
OUTCOMES = {
    "real": (0.3, 0.30000001, -1e4, 1e-9),
    "positive": (2.0, 1e4, 1e-9),
    "non-negative": (0.0, 1e-9, 1e4),
    "count": (0, 2, 10**4),
}
"""Support → outcomes: usual ones, and those which a raw output of 0.3 hits or nearly hits."""


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [name for name, kind in HEADS.items() if exponentials(kind)])
def test_under_the_exponential_loss_and_gradient_are_finite_to_ten_thousand(name, dtype):
    """Each pair of raw outputs, among them both limits of the link, and the others at 0.3."""
    head = HEADS[name](links=exponentials(HEADS[name]))
    rows = []
    for pair in combinations(range(head.units), min(2, head.units)):
        for values in product(FURTHER, repeat=len(pair)):
            rows.append(np.full(head.units, 0.3))
            rows[-1][list(pair)] = values
    raw = np.array(rows, dtype)
    found = OUTCOMES.get(head.support.name)
    for outcome in usual_outcomes(head, 2) if found is None else np.array(found)[:, None]:
        y = np.repeat(np.reshape(outcome, (1, -1)), len(raw), axis=0).astype(dtype)
        assert np.isfinite(array(head.objective(y, raw))).all()
        assert np.isfinite(array(head.automatic_gradient(y, raw))).all()
    text = " ".join(inspect.getdoc(LINKS["exponential"]).split())
    assert "loss and gradient are finite with such a parameter's raw output to ±10⁴" in text


@pytest.mark.parametrize("beta", [0.5, 1.0])
def test_a_gaussian_scales_weight_is_held_within_e_to_the_60(beta):
    """As its docstring says, in float32, where the square of the scale is beyond any number."""
    head = HEADS["gaussian_scale"](beta=beta, links={"scale": "exponential"})
    raw = np.array([[0.3, z] for z in FURTHER], "float32")
    y = np.full(len(raw), 2.0, "float32")
    logs = np.clip(
        2 * beta * array(head.links["scale"].log(ops.convert_to_tensor(raw[:, 1]))), -60, 60
    )
    found = array(head.objective(y, raw))
    np.testing.assert_allclose(found, np.exp(logs) * array(head.nll(y, raw)), rtol=1e-5)
    slopes = array(backend.gradient(lambda at: head.objective(y, at), ops.convert_to_tensor(raw)))
    assert np.isfinite(slopes).all()
    assert "held between e⁻⁶⁰ and e⁶⁰" in " ".join(inspect.getdoc(type(head)).split())


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

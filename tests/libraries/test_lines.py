"""Every line of the table "the same loss in other libraries", by number."""

import os
import re
import subprocess
import sys
from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import optax
import pytest
import running
import torch
from lossbook.catalogue import writing
from lossbook.heads import HEADS
from scipy import stats
from sklearn import linear_model

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 2e-5
"""In nats a sample: tree libraries count in float32, fits end where their optimisers stop."""


@pytest.mark.parametrize("line", running.LINES, ids=lambda line: line.key)
def test_the_line_is_the_heads_likelihood(line):
    assert running.difference(line) < TOLERANCE


@pytest.mark.parametrize("line", [x for x in running.LINES if x.scale], ids=lambda line: line.key)
def test_another_scale_or_offset_would_be_noticed(line):
    assert running.difference(replace(line, scale=f"1.01 * ({line.scale})")) > 10 * TOLERANCE
    assert running.difference(replace(line, offset=f"0.01 + {line.offset}")) > 10 * TOLERANCE


KERAS = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
"""Keras's own conversion on PyTorch, with NumPy 2."""
TAKEN = [
    (head, library, found[0])
    for head in HEADS
    for library in writing.TABS
    if (found := writing.lines(head, library))
]


@KERAS
@pytest.mark.parametrize(("head", "library", "line"), TAKEN, ids=lambda value: str(value)[:30])
def test_the_code_that_pages_show_gives_the_same_loss_and_parameters(head, library, line):
    drawn = running.sample(line)
    if library == "Keras":
        assert_keras_model_is_the_heads(head, drawn, line)
        return
    names = running.arrays(line.library, drawn)
    raw = names["raw"].reshape(running.N, -1)
    names = {"x": names["X"], "X": names["X"], "y": names["y"], "model": lambda x: raw}
    exec(writing.code(line), names)
    if line.kind == "value":
        loss = running.Sample.numpy(names["loss"])
        mean = replace(line, reduction="mean")
        assert running.compared(mean, drawn, loss) < TOLERANCE
    if line.kind == "tree":
        raw = names["trees"].predict(
            *([names["x"]] if library == "LightGBM" else [names["data"]]),
            **{"raw_score" if library == "LightGBM" else "output_margin": True},
        )
    if line.kind == "fit":
        raw = running.evaluated(line.scores, line.library, drawn, fit=names["fit"])
    raw = np.asarray(raw, float).reshape(running.N, -1)
    expected = drawn.head.parameters(raw)
    given = [name for name in expected if name in names]
    assert given == (
        list(expected) if line.kind == "value" else [line.predicts] * bool(line.predicts)
    )
    for name in given:
        value = running.Sample.numpy(names[name]).reshape(running.N, -1)
        np.testing.assert_allclose(value, running.Sample.numpy(expected[name]), atol=1e-5)


def assert_keras_model_is_the_heads(name, drawn, line):
    code = writing.keras(name)
    assert "..., " in code
    columns = drawn.x.shape[1]
    names = {"x": drawn.x, "y": drawn.y}
    exec(code.replace("...,", f"keras.Input(({columns},)),"), names)
    out = running.Sample.numpy(names["model"](drawn.x))
    reported = float(names["model"].evaluate(drawn.x, drawn.y, verbose=0))
    [(parameter, link)] = drawn.head.links.items()
    if "head" in names:
        head = names["head"]
        nll = running.Sample.numpy(head.nll(drawn.y, out))
        assert abs(reported - nll.mean()) < TOLERANCE
        return
    activated = f'activation="{link.name}"' in code
    raw = link.inverse(out) if activated else out
    shifted = replace(line, reduction="mean")
    own = copy(drawn)
    own.nll = drawn.at(raw)
    assert running.compared(shifted, own, np.float64(reported)) < TOLERANCE
    given = running.Sample.numpy(names[parameter])
    expected = running.Sample.numpy(drawn.head.parameters(raw)[parameter])
    if parameter != "direction":  # Keras scales the arrow inside its loss
        np.testing.assert_allclose(given, expected, rtol=1e-6)


@KERAS
@pytest.mark.parametrize("name", [n for n in HEADS if not writing.lines(n, "Keras")])
def test_the_head_is_the_loss_of_a_keras_model_where_keras_has_none(name):
    drawn = running.sample(running.Line(name, "Keras", "", ""))
    names = {"x": drawn.x, "y": drawn.y}
    code = writing.keras(name).replace("...,", "keras.Input((2,)),")
    exec(code, names)
    head = names["head"]
    if head.units == drawn.head.units:
        out = names["model"](drawn.x)
        nll = running.Sample.numpy(head.nll(drawn.y, out)).mean()
        reported = names["model"].evaluate(drawn.x, drawn.y, verbose=0)
        # Weights that were not trained yet can give a loss of millions, in float32.
        assert float(reported) == pytest.approx(nll, rel=1e-5, abs=1e-4)
    assert list(names["found"]) == list(drawn.head.sizes())


BOOSTED = [
    (name, library)
    for name in HEADS
    for library in ("LightGBM", "XGBoost")
    if writing.boosted(name) and not writing.lines(name, library)
    and not writing.instead(name, library)
]  # fmt: skip


@pytest.mark.parametrize(("name", "library"), BOOSTED)
def test_the_code_for_an_objective_learns(name, library):
    drawn = running.sample(running.Line(name, library, "", "", options=sized(name)))
    names = {"x": drawn.x, "y": drawn.y}
    exec(writing.with_objective(name, library), names)
    found = running.Sample.numpy(drawn.head.nll(drawn.y, np.reshape(names["raw"], (running.N, -1))))
    constant = drawn.at(np.tile(names["start"], (running.N, 1))).mean()
    assert found.mean() < constant - 0.05
    assert list(names["found"]) == list(drawn.head.sizes())


def sized(name):
    sizes = {"independent_bernoullis": 3, "categorical": 3, "dirichlet": 3, "ordinal": 5}
    return {"size": sizes[name]} if name in sizes else {}


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
@pytest.mark.parametrize("entry", running.FACTORS, ids=lambda entry: entry.title)
def test_the_factor_between_two_libraries_is_the_one_stated(entry):
    assert running.factor_difference(entry) < TOLERANCE
    assert running.factor_difference(replace(entry, factor=f"1.01 * ({entry.factor})")) > TOLERANCE


def blocks():
    """The page's code that the book does not run."""
    page = (ROOT / "chapters" / "libraries.md").read_text("utf-8")
    return re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_the_pages_code_for_trees_runs():
    found = [block for block in blocks() if "objective" in block]
    assert len(found) == 3
    names: dict[str, object] = {}
    for block in found:
        exec(block, names)
        first = next(iter(names["found"].values()))
        mean = first[:, 0] / (first.sum(axis=1) if first.shape[1] > 1 else 1)
        assert np.corrcoef(np.log(mean), names["x"][:, 0])[0, 1] > 0.8


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_the_pages_training_loops_learn(backend):
    [block] = [block for block in blocks() if f'"KERAS_BACKEND"] = "{backend}"' in block]
    judged = """
mean = np.log(np.asarray(found["mean"].detach() if hasattr(loss, "detach") else found["mean"]))
assert np.corrcoef(mean[:, 0], np.asarray(x)[:, 0])[0, 1] > 0.8
import statsmodels.api as sm
fit = sm.NegativeBinomial(np.asarray(y), np.ones(len(y))).fit(disp=0)
assert float(loss) < -fit.llf / len(y) - 0.05, (float(loss), -fit.llf / len(y))
"""
    # A process of its own, because Keras has one backend in each.
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", block + judged],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_traps_are_as_the_table_has_them():
    p, y = torch.tensor([[0.7, 0.2, 0.1]]), torch.tensor([0])
    assert torch.nn.NLLLoss()(p, y) < 0
    twice = torch.nn.CrossEntropyLoss()(torch.softmax(torch.tensor([[50.0, 0.0, 0.0]]), -1), y)
    assert twice > 0.5  # sure and right, and still far from 0
    counts, logs = torch.tensor([4.0]), torch.tensor([1.0])
    full = torch.nn.PoissonNLLLoss(full=True)(logs, counts)
    exact = -torch.distributions.Poisson(logs.exp()).log_prob(counts)[0]
    assert 1e-3 < abs(full - exact) < 0.1
    assert torch.nn.GaussianNLLLoss()(counts, counts, 0 * counts) > 0.5 * np.log(1e-6) - 1e-3
    assert np.shape(torch.zeros(3) - torch.zeros(3, 1)) == (3, 3)
    assert not hasattr(optax.losses, "poisson_nll_loss")
    penalties = [
        linear_model.LogisticRegression().C,
        linear_model.PoissonRegressor().alpha,
        linear_model.QuantileRegressor().alpha,
    ]
    assert penalties == [1.0, 1.0, 1.0]
    again = torch.distributions.NegativeBinomial(3.0, probs=0.3).log_prob(counts)
    np.testing.assert_allclose(again, stats.nbinom(3, 1 - 0.3).logpmf(4), rtol=1e-5)

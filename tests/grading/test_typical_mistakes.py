"""A typical mistake does not get all hidden calls of its question right, whatever the secret.

Each is written as a change to the reference solution, which gets them all.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from conftest import EXERCISES
from grader import exercise, plain, plan

MISTAKES = [  # sheet, function, what the solution says, what is written instead
    ("01_start", "can_be", "np.isfinite(y),\n", "(y < np.inf),\n"),
    ("01_start", "ending", "(y.sum(axis=1) == 1).all()", "y.sum() == len(y)"),
    ("07_clip", "gradients", "(z > 0) & (z < 1)", "(z >= 0) & (z <= 1)"),
    ("07_clip", "gradients", "np.exp(-np.logaddexp(0.0, -z))", "np.exp(z) / (1 + np.exp(z))"),
    ("09_softmax", "softmax_nll", "Z - Z.max(axis=1, keepdims=True)", "Z"),
    ("09_softmax", "softmax_nll", "return -log_p[", "return -np.log(np.exp(log_p))["),
    ("11_claims", "jacobian", " - np.max(z))", ")"),
    ("11_claims", "compare", "> factor * error", "> error"),
    ("11_claims", "compare", "> factor * error", "> 2 * error"),
    ("11_claims", "compare", "abs(mean) > factor", "mean > factor"),
    ("12_learned_scale", "coverage", "1.645 * scale", "1.645 * np.mean(scale)"),
    ("13_quantiles", "best", "y = np.sort(np.asarray(y, float))", "y = np.asarray(y, float)"),
    ("13_quantiles", "diagnose", "[:, None] < quantiles", "[:, None] <= quantiles"),
    ("15_counts", "train", "X.T @ (X * rate[:, None])", "X.T @ X * rate.mean()"),
    ("16_positive", "totals", "np.sum(y) / np.sum(np.exp(fitted))", "np.mean(y / np.exp(fitted))"),
    ("19_angles", "diagnose", "np.angle(np.exp(1j * (np.asarray(prediction) - y)))",
     "prediction - y"),
    ("22_contrastive", "infonce", "scores - scores.max(axis=1, keepdims=True)", "scores"),
    ("23_preferences", "fit", "n, K = wins + wins.T, len(wins)",
     "wins = wins / np.maximum(wins + wins.T, 1)\n    n, K = wins + wins.T, len(wins)"),
    ("25_distillation", "distil", "raw = raw - raw.max(axis=1, keepdims=True)", "pass"),
    ("26_every_pair", "dead_share", "(z > 0)", "(z >= 0)"),
    ("28_what_is_estimated", "descend", "y <= c", "y < c"),
    ("28_what_is_estimated", "answers", "p[expected.argmin(axis=1)]",
     "p[::-1][expected[:, ::-1].argmin(axis=1)]"),
    ("29_logits", "smoothed", "Z - Z.max(axis=1, keepdims=True)", "Z"),
    ("pairing", "double", "a - a.max(axis=1, keepdims=True)", "a"),
    ("pairing", "double", "slope = first * (off - (first * off).sum(axis=1, keepdims=True))",
     "slope = off"),
    ("pairing", "repair", "odds = outputs / (1 - outputs)", "odds = outputs"),
    ("pairing", "repair", "log + (1 - log.sum(axis=1, keepdims=True)) / outputs.shape[1]",
     "log / log.sum(axis=1, keepdims=True)"),
    ("31_first_loss", "first_loss", "top = Z.max(axis=1)", "top = np.zeros(len(Z))"),
]  # fmt: skip


def shares(sheet: str, function: str, old: str, new: str, secret: bytes) -> list[float]:
    """What each hidden call gives to the solution with `old` replaced by `new`."""
    found = exercise.read(EXERCISES / f"{sheet}.md")
    right: dict = {"np": np}
    wrong: dict = {"np": np}
    for cell in found.notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution") and cell.cell_type == "code":
            exec(cell.source, right)
            changed = cell.source
            if f"def {function}(" in changed:
                assert old in changed, "the solution no longer says that"
                changed = changed.replace(old, new)
            exec(changed, wrong)
    marks = []
    for one in plan.calls(found, secret):
        if one.function == function:
            given = [plain.decode(argument) for argument in one.encoded()]
            with np.errstate(all="ignore"):
                reply = {"value": plain.decode(plain.encode(wrong[function](*given)))}
            expected = right[function](*one.arguments)
            marks.append(one.mark(reply, expected)[0])
    return marks


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m[0]}-{m[1]}-{m[3][:20]}")
def test_a_typical_mistake_never_gets_everything(mistake):
    sheet, function, old, new = mistake
    for number in range(5):
        secret = bytes([number])
        assert set(shares(sheet, function, old, old, secret)) == {1.0}
        assert min(shares(sheet, function, old, new, secret)) < 1


def test_inputs_are_those_of_the_moment_when_they_were_yielded():
    hidden = """def draw(rng):
    x = np.zeros(2)
    yield call("f", x)
    x[:] = 1
    yield call("f", x)
"""
    question = SimpleNamespace(name="f", written=False, hidden=hidden)
    first, second = plan.calls(SimpleNamespace(name="sheet", questions=[question]), b"secret")
    assert first.arguments[0].tolist() == [0, 0]
    assert second.arguments[0].tolist() == [1, 1]

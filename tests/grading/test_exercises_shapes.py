"""Reference solutions of the chapters on shares, ordered answers, angles and mixtures.

Each is held against a library, since marks are given by them.
"""

import numpy as np
from conftest import EXERCISES
from lossbook.grading import exercise
from scipy import stats


def solutions(name: str) -> dict:
    names: dict = {"np": np}
    for cell in exercise.read(EXERCISES / f"{name}.md").notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            exec(cell.source, names)
    return names


def test_shares_against_scipy():
    answer, rng = solutions("17_shares"), np.random.default_rng(0)
    y = rng.beta(2, 5, 60)
    fitted = stats.beta(*answer["shapes"](y))
    np.testing.assert_allclose([fitted.mean(), fitted.var()], [y.mean(), y.var()])
    trials, p = rng.integers(20, 400, 5000), rng.uniform(0.2, 0.8, 5000)
    counts = rng.binomial(trials, p)
    model = stats.binom(trials, p)
    dispersion, inside = answer["diagnose"](counts, trials, p)
    np.testing.assert_allclose(dispersion, np.mean((counts - model.mean()) ** 2 / model.var()))
    assert abs(inside - 0.95) < 0.015

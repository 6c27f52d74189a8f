"""The lines under "Write this" run as they stand, and give what the chapter says they give."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from lossbook import keras
from press.chapters import find_root

ROOT = find_root()
N = 64
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 3)).astype("float32")


def block(chapter: str) -> str:
    """The code under the heading, with fewer epochs: that it runs is the point here."""
    text = (ROOT / "chapters" / f"{chapter}.md").read_text(encoding="utf-8")
    found = re.search(r"^## Write this\n.*?^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert found, f"{chapter} has no code under “Write this”"
    return re.sub(r"epochs=\d+", "epochs=2", found.group(1))


def array(value: Any) -> np.ndarray:
    return np.asarray(value, float)


def quantiles_rise(made: dict[str, Any]) -> bool:
    low, middle, high = (array(made[name]) for name in ("low", "middle", "high"))
    return bool((low <= middle).all() and (middle <= high).all())


CASES: dict[str, tuple[np.ndarray, Callable[[dict[str, Any]], bool]]] = {
    "12_learned_scale": (
        RNG.normal(size=N),
        lambda made: (array(made["low"]) < array(made["high"])).all(),
    ),
    "13_quantiles": (RNG.normal(size=(N, 1)).astype("float32"), quantiles_rise),
    "14_robust": (
        50 + 9 * RNG.standard_t(2, N),
        lambda made: abs(np.median(array(made["prediction"])) - 50) < 25,
    ),
    "15_counts": (RNG.poisson(2, N).astype(float), lambda made: (array(made["mean"]) > 0).all()),
    "16_positive": (RNG.gamma(2, size=N), lambda made: (array(made["mean"]) > 0).all()),
    "survival": (
        np.stack([RNG.gamma(2, size=N), RNG.integers(0, 2, N)], axis=1).astype("float32"),
        lambda made: ((array(made["three_years"]) >= 0) & (array(made["three_years"]) <= 1)).all(),
    ),
    "17_shares": (
        RNG.beta(2, 3, N),
        lambda made: ((array(made["mean"]) > 0) & (array(made["mean"]) < 1)).all(),
    ),
    "18_ordered": (
        RNG.integers(0, 7, N),
        lambda made: (
            np.allclose(array(made["probabilities"]).sum(axis=1), 1, atol=1e-5)
            and set(made["answer"]) <= set(range(7))
        ),
    ),
    "19_angles": (
        RNG.uniform(-np.pi, np.pi, N),
        lambda made: (
            (np.abs(array(made["direction"])) <= np.pi + 1e-6).all()
            and (array(made["concentration"]) > 0).all()
        ),
    ),
    "20_mixtures": (
        RNG.normal(size=N),
        lambda made: (
            np.allclose(array(made["weights"]).sum(axis=1), 1, atol=1e-5)
            and array(made["means"]).shape == (N, 2)
        ),
    ),
    "27_wrong_assumption": (
        RNG.negative_binomial(0.5, 0.05, N).astype(float),
        lambda made: array(made["gap"]).shape == (5,) and array(made["gap"]).mean() > 0,
    ),
}
"""Chapter → labels of the stated kind, and what must hold of the names that the lines define."""


@pytest.mark.parametrize("chapter", CASES)
def test_the_lines_run_as_they_stand(chapter: str) -> None:
    y, holds = CASES[chapter]
    keras.utils.set_random_seed(1)
    made: dict[str, Any] = {"x": X, "y": y}
    exec(compile(block(chapter), f"{chapter}: Write this", "exec"), made)
    assert holds(made)

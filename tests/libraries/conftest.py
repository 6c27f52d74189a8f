"""Most tests here run in an environment of their own, with the libraries that they compare."""

import importlib.util
import os
from pathlib import Path

import pytest

# One thread for each library: they are slower where threads of several wait for each other.
os.environ["OMP_NUM_THREADS"] = os.environ["LOKY_MAX_CPU_COUNT"] = "1"

HERE = {"test_keras_lines.py"}
"""The tests of the course's own environment."""
_elsewhere = {path.name for path in Path(__file__).parent.glob("test_*.py")} - HERE
_compared = all(importlib.util.find_spec(name) for name in ("lightgbm", "optax"))
collect_ignore = sorted(HERE if _compared else _elsewhere)  # the others: `make test-libraries`


@pytest.fixture(autouse=True)
def seeded() -> None:
    """What a line draws, such as a network's first weights, is the same in every run."""
    import keras

    keras.utils.set_random_seed(0)

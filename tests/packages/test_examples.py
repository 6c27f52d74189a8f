"""The examples in README, and on the page of the library those that are not executed there, run."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def blocks(file: str) -> list[str]:
    """The Python blocks of a page that its build does not execute."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def run(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_readme():
    [code] = blocks("README.md")
    said = run(code)
    assert "keras.losses.Poisson()" in said
    assert said.rstrip().endswith("no mistake found")


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
def test_a_loop_in_pytorch():
    [code] = blocks("chapters/api.md")
    check = (
        "\nassert 'tensorflow' not in __import__('sys').modules"
        "\nmean, scale = (value.detach()[:, 0] for value in parameters.values())"
        "\ntorch.testing.assert_close(mean, 2 * x[:, 0], atol=0.5, rtol=0)"
        "\ntorch.testing.assert_close(scale, torch.exp(x[:, 0]), atol=0.1, rtol=0.25)"
    )
    run(code + check, KERAS_BACKEND="torch")

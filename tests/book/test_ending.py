"""A build ends when its work does: no thread is left for the interpreter to wait for."""

import subprocess
import sys

import pytest

RENDERS = """
import atexit, threading
atexit.register(lambda: print([t.name for t in threading.enumerate()]))
from lossbook.site import katex
assert "katex" in katex.render("x^2", display=False)
"""


def test_a_process_that_rendered_a_formula_ends():
    """Left open, the engine hangs the end of a program on Python 3.13; its thread tells on any."""
    try:
        run = subprocess.run(
            [sys.executable, "-c", RENDERS], capture_output=True, text=True, timeout=60, check=True
        )
    except subprocess.TimeoutExpired:
        pytest.fail("the process rendered its formula and then did not end")
    assert run.stdout.strip() == "['MainThread']"

"""Checks that a reader sees at once: each says what is wrong, and none says the answer.

They guide; they give no marks. Every function prints one line, returns whether the check passed,
and never raises, so that "Run all" runs all. `checks` runs a whole cell of them, apart from the
notebook's own names.
"""

import functools
import importlib.util
import inspect
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def _say(passed: bool, what: str, hint: str) -> bool:
    print(f"{'✓' if passed else '✗'} {what}" + ("" if passed else f": {hint}"))
    return passed


def shape(value: Any, expected: tuple[int, ...], what: str, hint: str) -> bool:
    """Whether `value` is numeric and has that shape."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return _say(False, what, f"got a {type(value).__name__}, not numbers. {hint}")
    if array.shape != expected:
        return _say(False, what, f"got shape {array.shape}, not {expected}. {hint}")
    return _say(bool(np.isfinite(array).all()), what, f"some values are not finite. {hint}")


def close(value: Any, known: Any, what: str, hint: str, tolerance: float = 1e-6) -> bool:
    """Whether `value` is what you can know without the answer: a special case, an identity."""
    try:
        passed = np.shape(value) == np.shape(known) and bool(
            np.allclose(np.asarray(value, dtype=float), known, rtol=tolerance, atol=tolerance)
        )
    except (TypeError, ValueError):
        passed = False
    return _say(passed, what, hint)


def true(passed: Any, what: str, hint: str) -> bool:
    """Whether a property holds."""
    return _say(bool(passed), what, hint)


def checks(check: Callable[..., None]) -> None:
    """Run a cell's checks at once, as `@hints.checks` above `def check(function, …):`.

    Each parameter is a name of the notebook, and is handed over: functions such that what they
    return is arrays, as it is for the marks. Whatever the checks define stays inside. What cannot
    be checked is said in a line.
    """
    names, scope = list(inspect.signature(check).parameters), check.__globals__
    missing = [name for name in names if name not in scope]
    if missing:
        _say(False, f"{missing[0]} is not defined", "Run the cell of your answer first.")
        return
    try:
        check(**{name: _as_marked(scope[name]) for name in names})
    except NotImplementedError:
        print(f"✗ {' or '.join(names)} is not written yet")
    except Exception as problem:
        frames = traceback.extract_tb(problem.__traceback__)
        theirs = [f for f in frames if f.filename not in (__file__, check.__code__.co_filename)]
        where = f" in the line `{theirs[-1].line[:80]}`" if theirs and theirs[-1].line else ""
        what = f"{type(problem).__name__}: {problem}{where}"
        _say(False, ", ".join(names), f"the checks stopped with {what}")


CHECKING = "LOSSBOOK_CHECKING"
"""Set in the kernels that `check` starts, so that a notebook that checks itself ends."""


def notebook(name: str) -> None:
    """Check the saved notebook `name` as `lossbook-grade check` does, from a cell of its own.

    It runs from the top in a fresh kernel. Where no person is there, it does nothing. Where the
    packages of `check` are missing (this module alone needs only NumPy), it says so.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if CHECKING in os.environ or not hasattr(shell, "kernel"):
        return
    path = Path(os.environ.get("JPY_SESSION_NAME", name))
    path = path if path.is_file() else Path(name)
    if not path.is_file():
        print(f"✗ there is no {name} in {Path.cwd()}: give the name that the notebook now has")
        return
    if importlib.util.find_spec("nbgrader") is None:
        print(
            "The whole notebook can be checked where the course and nbgrader are installed. Here, "
            "restart the kernel and run all cells, to see that each of them runs from the top."
        )
        return
    saved = time.strftime("%H:%M:%S", time.localtime(path.stat().st_mtime))
    print(f"{path.name} as it was saved at {saved}:")
    command = [sys.executable, "-m", "grader.cli", "check", str(path)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(done.stdout)


def _as_marked(thing: Any) -> Any:
    """A function whose lists, tuples and tensors of numbers come back as arrays."""
    if not callable(thing) or isinstance(thing, type):
        return thing

    @functools.wraps(thing)
    def function(*arguments: Any, **named: Any) -> Any:
        return _array(thing(*arguments, **named))

    return function


def _array(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | complex | str | np.ndarray):
        return value
    if isinstance(value, dict):
        return {key: _array(item) for key, item in value.items()}
    try:
        array = np.asarray(value)
    except Exception:  # lists of unequal lengths, and what is no array at all
        return [_array(item) for item in value] if isinstance(value, list | tuple) else value
    return array if array.dtype.kind in "biufc" else value

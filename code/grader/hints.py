"""Checks that a reader sees at once: each says what is wrong, and none says the answer.

They guide; they give no marks. Every function prints one line, returns whether the check passed,
and never raises, so that "Run all" runs all.
"""

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

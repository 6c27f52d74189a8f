"""A value from the sandbox against the reference value: right, or wrong in which way."""

from typing import Any

import numpy as np

RIGHT = "right"


def verdict(value: Any, expected: Any, rtol: float, atol: float) -> str:
    """`RIGHT`, or a few words on how `value` differs; the words give no expected number away.

    Numbers and arrays must agree in shape and within `atol + rtol * |expected|`, element by
    element; a list of numbers counts as an array. NaN is right only where NaN is expected.
    """
    if isinstance(expected, dict):
        if not isinstance(value, dict) or set(value) != set(expected):
            return "a dict with other keys" if isinstance(value, dict) else _kind(value)
        return _first(verdict(value[key], expected[key], rtol, atol) for key in expected)
    if expected is None or isinstance(expected, str):
        same = value == expected if isinstance(value, str | type(None)) else False
        return RIGHT if same else ("other text" if isinstance(value, str) else _kind(value))
    wanted, got = _numbers(expected), _numbers(value)
    if wanted is None:
        if not isinstance(value, list) or len(value) != len(expected):
            return f"{len(value)} values" if isinstance(value, list) else _kind(value)
        return _first(verdict(v, e, rtol, atol) for v, e in zip(value, expected, strict=True))
    if got is None:
        return _kind(value)
    return _difference(got, wanted, rtol, atol)


def _first(verdicts: Any) -> str:
    return next((words for words in verdicts if words != RIGHT), RIGHT)


def _kind(value: Any) -> str:
    return "nothing (None)" if value is None else f"a {type(value).__name__}"


def _numbers(value: Any) -> np.ndarray | None:
    if isinstance(value, bool | int | float | np.ndarray):
        return np.asarray(value, dtype=np.float64)
    if isinstance(value, list):
        parts = [_numbers(item) for item in value]
        known = [part for part in parts if part is not None]
        if len(known) == len(parts) and len({part.shape for part in known}) == 1:
            return np.stack(known)
    return None


def _difference(got: np.ndarray, wanted: np.ndarray, rtol: float, atol: float) -> str:
    if got.shape != wanted.shape:
        return f"shape {got.shape}"
    if np.allclose(got, wanted, rtol=rtol, atol=atol, equal_nan=True):
        return RIGHT
    if not np.isfinite(got).all() and np.isfinite(wanted).all():
        return "not finite"

    def near(other: np.ndarray) -> bool:
        return bool(np.allclose(other, wanted, rtol=max(rtol, 1e-3), atol=atol))

    if near(-got):
        return "the sign is flipped"
    with np.errstate(all="ignore"):
        ratios = (got / wanted)[np.abs(wanted) > atol]
    if ratios.size and np.isfinite(ratios).all() and np.ptp(ratios) <= 1e-3 * abs(ratios[0]):
        return f"{ratios[0]:.4g} times the value"
    offset = got - wanted
    if offset.size > 1 and np.ptp(offset) <= 1e-3 * np.abs(offset).max():
        return f"the value plus {offset.flat[0]:.4g}"
    return "another value"

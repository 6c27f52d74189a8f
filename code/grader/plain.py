"""Values as plain data, so that what leaves the sandbox is never unpickled.

A value is None, a boolean, a number, a string, a list, a dict with string keys, or an array of
booleans or real numbers. Arrays travel as a type, a shape and base64. Both sides use this module;
only `decode` runs outside the sandbox, and it trusts nothing.
"""

import base64
import binascii
import math
import numbers
from typing import Any

import numpy as np

TYPES = frozenset(
    ["|b1", "|i1", "|u1"] + [f"<{kind}{size}" for kind in "iu" for size in (2, 4, 8)]
) | {"<f2", "<f4", "<f8"}
MOST_BYTES = 4 << 20
MOST_ITEMS = 10_000
MOST_VALUES = 200_000
MOST_DEPTH = 6


class NotPlain(Exception):
    """The value cannot be sent, or is not what this module would have sent."""


def encode(value: Any, depth: int = 0) -> Any:
    """`value` as JSON-ready data; tensors, series and frames become arrays.

    Other kinds of real numbers (`Decimal`, `Fraction`, `longdouble`, SymPy's, complex ones without
    an imaginary part) become floats, alone and in arrays of objects.
    """
    if depth > MOST_DEPTH:
        raise NotPlain("nested too deeply")
    if isinstance(value, bool | float | str) or value is None:
        return value
    if isinstance(value, int):
        if abs(value) >= 1 << 63:
            raise NotPlain("an integer of more than 64 bits")
        return value
    if isinstance(value, list | tuple):
        if len(value) > MOST_ITEMS // 10 and all(type(item) in (int, float) for item in value):
            return _encode_array(_real(np.asarray(value), "list"))
        return {"list": [encode(item, depth + 1) for item in value]}
    if isinstance(value, dict):
        return {"dict": {str(key): encode(item, depth + 1) for key, item in value.items()}}
    if hasattr(value, "detach"):  # a tensor of PyTorch
        value = value.detach().cpu()
    return _encode_array(_real(np.asarray(value), type(value).__name__))


def _real(array: np.ndarray, kind: str) -> np.ndarray:
    """The array with a type that can be sent; `NotPlain` if its elements are no real numbers."""
    if array.dtype.kind == "c":
        if (array.imag != 0).any():
            raise NotPlain("complex numbers")
        array = array.real
    if array.dtype.kind == "O":
        array = np.array([_float(item, kind) for item in array.flat]).reshape(array.shape)
    if array.dtype.kind == "V" and array.dtype.names is None:  # bfloat16 and its like
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError) as problem:
            raise NotPlain(f"a {kind} is neither a number nor an array of numbers") from problem
    if array.dtype.kind not in "biuf":
        raise NotPlain(f"a {kind} is neither a number nor an array of numbers")
    return array.astype(np.float64) if array.dtype.itemsize > 8 else array


def _float(item: Any, kind: str) -> float:
    if isinstance(item, str | bytes) or not (hasattr(item, "__float__") or _imaginary(item)):
        raise NotPlain(f"a {kind} is neither a number nor an array of numbers")
    if _imaginary(item):
        if item.imag != 0:
            raise NotPlain("complex numbers")
        item = item.real
    return float(item)


def _imaginary(item: Any) -> bool:
    return isinstance(item, numbers.Complex) and not isinstance(item, numbers.Real)


def _encode_array(array: np.ndarray) -> dict[str, Any]:
    if array.nbytes > MOST_BYTES:
        raise NotPlain(f"an array of {array.nbytes} bytes is too large")
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return {
        "array": little.dtype.str,
        "shape": list(array.shape),
        "data": base64.b64encode(little.tobytes()).decode("ascii"),
    }


def decode(data: Any) -> Any:
    """The value that `encode` made `data` from; `NotPlain` if it cannot have made it."""
    return _Decoder().decode(data, 0)


class _Decoder:
    """Counts what it makes: a few bytes of JSON can be many objects."""

    def __init__(self) -> None:
        self._left = MOST_VALUES

    def decode(self, data: Any, depth: int) -> Any:
        self._left -= 1
        if depth > MOST_DEPTH or self._left < 0:
            raise NotPlain("nested too deeply" if depth > MOST_DEPTH else "too many values")
        if data is None or isinstance(data, bool | float):
            return data
        if isinstance(data, int):
            if abs(data) >= 1 << 63:
                raise NotPlain("an integer of more than 64 bits")
            return data
        if isinstance(data, str):
            return data[:MOST_ITEMS]
        if not isinstance(data, dict):
            raise NotPlain("not a value")
        if set(data) == {"list"} and isinstance(data["list"], list):
            if len(data["list"]) > MOST_ITEMS:
                raise NotPlain("too long a list")
            return [self.decode(item, depth + 1) for item in data["list"]]
        if set(data) == {"dict"} and isinstance(data["dict"], dict):
            return {key: self.decode(item, depth + 1) for key, item in data["dict"].items()}
        if set(data) == {"array", "shape", "data"}:
            return _array(data["array"], data["shape"], data["data"])
        raise NotPlain("not a value")


def _array(kind: Any, shape: Any, text: Any) -> np.ndarray:
    if not isinstance(kind, str) or kind not in TYPES or not isinstance(text, str):
        raise NotPlain("not an array")
    if not isinstance(shape, list) or len(shape) > 8:
        raise NotPlain("not a shape")
    for size in shape:
        if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= MOST_BYTES:
            raise NotPlain("not a shape")
    if len(text) > 2 * MOST_BYTES:
        raise NotPlain("too large an array")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise NotPlain("not an array") from problem
    if math.prod(shape) * np.dtype(kind).itemsize != len(raw):
        raise NotPlain("the array's size and shape disagree")
    try:
        return np.frombuffer(raw, dtype=kind).reshape(shape).copy()
    except ValueError as problem:  # empty, with other sides whose product NumPy cannot hold
        raise NotPlain("not a shape") from problem

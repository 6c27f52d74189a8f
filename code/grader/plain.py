"""Values as plain data, so that what leaves the sandbox is never unpickled.

A value is None, a boolean, a number, a string, a list, a dict with string keys, or an array of
booleans or real numbers. Arrays travel as a type, a shape and base64. Both sides use this module;
only `decode` runs outside the sandbox, and it trusts nothing.
"""

import base64
import binascii
import math
from typing import Any

import numpy as np

TYPES = frozenset(
    ["|b1", "|i1", "|u1"] + [f"<{kind}{size}" for kind in "iu" for size in (2, 4, 8)]
) | {"<f2", "<f4", "<f8"}
MOST_BYTES = 4 << 20
MOST_ITEMS = 10_000
MOST_DEPTH = 6


class NotPlain(Exception):
    """The value cannot be sent, or is not what this module would have sent."""


def encode(value: Any, depth: int = 0) -> Any:
    """`value` as JSON-ready data; tensors, series and frames become arrays."""
    if depth > MOST_DEPTH:
        raise NotPlain("nested too deeply")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return {"list": [encode(item, depth + 1) for item in value]}
    if isinstance(value, dict):
        return {"dict": {str(key): encode(item, depth + 1) for key, item in value.items()}}
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise NotPlain(f"a {type(value).__name__} is neither a number nor an array of numbers")
    if array.nbytes > MOST_BYTES:
        raise NotPlain(f"an array of {array.nbytes} bytes is too large")
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return {
        "array": little.dtype.str,
        "shape": list(array.shape),
        "data": base64.b64encode(little.tobytes()).decode("ascii"),
    }


def decode(data: Any, depth: int = 0) -> Any:
    """The value that `encode` made `data` from; `NotPlain` if it cannot have made it."""
    if depth > MOST_DEPTH:
        raise NotPlain("nested too deeply")
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
        return [decode(item, depth + 1) for item in data["list"]]
    if set(data) == {"dict"} and isinstance(data["dict"], dict):
        return {key: decode(item, depth + 1) for key, item in data["dict"].items()}
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
    return np.frombuffer(raw, dtype=kind).reshape(shape).copy()

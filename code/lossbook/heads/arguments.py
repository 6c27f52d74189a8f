"""Arguments of heads that make no distribution are one clear error."""

from typing import Any


def whole(head: Any, name: str, value: int, least: int = 1, why: str = "") -> int:
    """The value, if it is a whole number of at least `least`; otherwise ValueError."""
    if value % 1 != 0 or value < least:  # infinity and NaN have no remainder of 0 either
        raise ValueError(
            f"{type(head).__name__}: {name} must be a whole number of at least {least}"
            f"{f' ({why})' if why else ''}, not {value}"
        )
    return int(value)


def above_zero(head: Any, name: str, value: float) -> float:
    """The value as a float, if it is finite and above zero; otherwise ValueError."""
    if not 0 < value < float("inf"):
        raise ValueError(
            f"{type(head).__name__}: {name} must be above zero and finite, not {value}"
        )
    return float(value)

"""Helpers of the course: which activation, which loss, and why.

Importing this package is quick and does not import TensorFlow. `keras`, `ops` and `tf` are here
too (`from lossbook import keras`); they import TensorFlow when they are first used. So is
`check_pairing`, which looks for mistakes in how a compiled model ends.
"""

from typing import Any

from lossbook._lazy import keras, ops, tf

__all__ = ["check_pairing", "keras", "ops", "tf"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import what is seldom needed when it is asked for."""
    if name == "check_pairing":
        from lossbook.pairing import check_pairing

        return check_pairing
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

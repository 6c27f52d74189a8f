"""Helpers of the course: which activation, which loss, and why.

Importing this package is quick and does not import TensorFlow. `keras`, `ops` and `tf` are here
too (`from lossbook import keras`); they import TensorFlow when they are first used. `choose` asks
what y can be and what to predict, and answers with a head, an activation and a loss.
`check_pairing` looks for mistakes in how a compiled model ends.
"""

import importlib
from typing import Any

from lossbook._lazy import keras, ops, tf

__all__ = ["check_pairing", "choose", "keras", "ops", "tf"]
__version__ = "0.1.0"

_SELDOM = {"check_pairing": "lossbook.pairing", "choose": "lossbook.chooser"}
"""Where the functions are that few chapters need, so that the others do not depend on them."""


def __getattr__(name: str) -> Any:
    """Import what is seldom needed when it is asked for."""
    if name in _SELDOM:
        return getattr(importlib.import_module(_SELDOM[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

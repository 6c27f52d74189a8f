"""Does a model's last activation fit its loss, its units, its labels and its metrics?

`check_pairing(model, y)` finds the mistakes that train without an error and learn badly, in Keras,
PyTorch, scikit-learn, LightGBM and XGBoost. `CheckPairing` is the same as a Keras callback, `watch`
around a PyTorch loop; `python -m lossbook.check FILE` looks at a script or a notebook.
"""

import importlib
from typing import TYPE_CHECKING, Any

from lossbook.pairing.check import check_pairing
from lossbook.pairing.report import Change, Finding, PairingError, PairingWarning, Report

if TYPE_CHECKING:
    from lossbook.pairing.callback import CheckPairing
    from lossbook.pairing.watching import watch

__all__ = [
    "Change",
    "CheckPairing",
    "Finding",
    "PairingError",
    "PairingWarning",
    "Report",
    "check_pairing",
    "watch",
]

_LATE = {"CheckPairing": "callback", "watch": "watching"}
"""What imports Keras or PyTorch, and is imported when it is asked for."""


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(importlib.import_module(f"lossbook.pairing.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

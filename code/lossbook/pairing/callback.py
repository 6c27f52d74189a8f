"""The checker as a Keras callback: it looks before the first batch, with the labels of `fit`."""

import sys
import warnings
from typing import Any

from lossbook._lazy import keras
from lossbook.pairing.check import check_pairing
from lossbook.pairing.report import PairingError, PairingWarning, Report

DRAWING = ("Shuffle", "Generator", "Random", "Sample", "Rejection")
"""Datasets of which a second iterator would change what the first one gives."""


class CheckPairing(keras.callbacks.Callback):
    """Check the model and its labels before the first batch of `fit`; training goes as it would.

    `CheckPairing()` warns with a `PairingWarning`, `CheckPairing("raise")` stops with a
    `PairingError`. The report is kept as `report`. Labels are looked at where they can be had
    without drawing on the data: arrays, `PyDataset`s, and datasets of TensorFlow that are neither
    shuffled nor generated; otherwise the model is checked without them.
    """

    def __init__(self, on_finding: str = "warn") -> None:
        super().__init__()
        if on_finding not in ("warn", "raise"):
            raise ValueError(f'on_finding is "warn" or "raise", not {on_finding!r}')
        self.on_finding = on_finding
        self.report: Report | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Look, once a fit."""
        x, y = _batch(_iterator())
        self.report = check_pairing(self.model, y, x=x)
        if self.report.findings:
            if self.on_finding == "raise":
                raise PairingError(self.report)
            warnings.warn(f"\n{self.report}", PairingWarning, stacklevel=2)


def _iterator() -> Any:
    """The iterator over the data in the call of `fit` that is going on."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if "epoch_iterator" in frame.f_locals:
            return frame.f_locals["epoch_iterator"]
        frame = frame.f_back
    return None


def _batch(iterator: Any) -> tuple[Any, Any]:
    """Inputs and labels that `fit` was given, all or one batch; None for what cannot be had."""
    adapter = getattr(iterator, "data_adapter", None)
    arrays = getattr(adapter, "_inputs", None)
    if isinstance(arrays, tuple):
        return (*arrays, None)[:2]
    sequence = getattr(adapter, "py_dataset", None)
    if sequence is not None:
        return (*sequence[0], None)[:2]
    dataset = getattr(adapter, "_dataset", None)
    if dataset is None or any(word in name for name in _kinds(dataset) for word in DRAWING):
        return None, None
    first = next(iter(dataset.take(1)))
    return (*first, None)[:2] if isinstance(first, tuple) else (None, None)


def _kinds(dataset: Any) -> list[str]:
    """The classes of a TensorFlow dataset and of all that it is made from."""
    inputs = dataset._inputs() if hasattr(dataset, "_inputs") else []
    return [type(dataset).__name__, *(name for one in inputs for name in _kinds(one))]

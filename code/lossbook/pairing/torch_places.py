"""A PyTorch output as a report names it, and as the lines of findings leave it."""

from dataclasses import replace

import numpy as np

from lossbook.pairing import torch_rules
from lossbook.pairing.endings import Ending
from lossbook.pairing.ranges import KNOWN, Range
from lossbook.pairing.report import Finding
from lossbook.pairing.torch_losses import TorchLoss


def mended(ending: Ending, told: list[Finding]) -> Ending:
    """The output with the activation that findings ask for."""
    for change in (c for finding in told for c in finding.change if c.part == "last layer"):
        name = next((k for k, code in torch_rules.MODULES.items() if code in change.code), "linear")
        last = replace(ending.last, activation=name, range=KNOWN[name], low=-np.inf, high=np.inf)
        return replace(ending, steps=(last, *ending.steps[1:]))
    return ending


def where(ending: Ending, loss: TorchLoss) -> str:
    """The output, its last activation and its loss, on one line."""
    last = ending.last
    activation = "no activation" if last.activation == "linear" else last.activation
    if last.activation not in KNOWN and last.range is not Range.UNKNOWN:
        activation += f" ({last.range.value})"
    layer = f"module {last.layer!r}, " if last.layer else ""
    shape = ", ".join("n" if size is None else str(size) for size in ending.shape)
    return f"{ending.name} ({shape}): {layer}{activation} → {loss.text}"

"""Remarks about a PyTorch model: a loss that fits the labels better, and dropout on the outputs."""

from typing import Any

import numpy as np

from lossbook.pairing import remarks, starts, torch_losses, torch_rules
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import Loss
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.torch_distributions import labels
from lossbook.pairing.torch_losses import TorchLoss

KERAS = {
    "mse_loss": "mean_squared_error",
    "huber_loss": "huber",
    "binary_cross_entropy": "binary_crossentropy",
    "binary_cross_entropy_with_logits": "binary_crossentropy",
}
"""The losses of which something is remarked → the names by which `remarks` knows them."""

LINES: dict[str, tuple[str, str]] = {
    "counts-squared": ("loss", "nn.PoissonNLLLoss()"),
    "degrees-squared": ("labels", "y = torch.deg2rad(y)"),
    "skewed-squared": ("labels", "y = y.log()"),
}


def on_labels(ending: Ending, given: TorchLoss, y: Any) -> Finding | None:
    """What the labels show beyond mistakes, with lines for PyTorch."""
    kind = KERAS.get(given.kind)
    if kind is None or given.own or not hasattr(y, "detach"):
        return None
    values = y.detach().cpu().double().numpy()
    loss = Loss(kind, given.text, "logits" in given.kind, options=given.options)
    _, noted = remarks.split(ending, loss, values, "")
    if not noted:
        return None
    [told] = noted
    return Finding(
        told.code, told.what, "", told.why, told.remedy, told.severity, _lines(ending, told, values)
    )


def _lines(ending: Ending, told: Finding, values: np.ndarray) -> tuple[Change, ...]:
    if told.code == "classes-squared":
        code = {0: (), 1: (labels("y = y - 1"),), -1: (labels("y = (y + 1) / 2"),)}
        return (
            *code[int(values.min())],
            torch_rules.last(ending),
            torch_rules.loss("nn.BCEWithLogitsLoss()"),
        )
    if told.code == "huber-scale":
        return told.change
    if told.code in LINES:
        part, line = LINES[told.code]
        return (Change(part, line),)
    return ()


def dropout(model: Any) -> Finding | None:
    """Dropout after the last layer, where it drops predictions."""
    modules = [m for m in model.modules() if not list(m.children())]
    kind = type(model).__name__
    if kind != "Sequential" or not modules or not type(modules[-1]).__name__.startswith("Dropout"):
        return None
    return Finding(
        "dropout-on-outputs", "dropout on the outputs", "",
        "in training some of the outputs are set to zero and the others enlarged, so the loss is "
        "that of predictions that the model never makes",
        "dropout before the last layer", "warning",
    )  # fmt: skip


def start(
    model: Any, out: Any, loss: Any, y: Any, x: Any, places: tuple[str, ...]
) -> list[Finding]:
    """A remark on the loss that a module of one output begins with; `out` are a few outputs."""
    import torch

    given = torch_losses.read(loss, None)
    one = isinstance(out, torch.Tensor) and isinstance(y, torch.Tensor) and len(places) == 1
    kind = {**KERAS, "cross_entropy": "sparse_categorical_crossentropy"}.get(given.kind)
    # In training, statistics of the batch stand in for those of a model that has seen nothing.
    moving = any(hasattr(module, "running_mean") for module in model.modules())
    if not one or kind is None or moving or y.ndim == 0 or given.own:
        return []
    if given.options.get("reduction", "mean") != "mean" or y.is_floating_point() != (
        given.kind != "cross_entropy"
    ):
        return []
    with torch.no_grad():
        value = float(loss(out, y[: len(out)]))
    units = out.shape[1] if out.ndim > 1 else 1
    known, labels = Loss(kind, given.text), y.detach().cpu().numpy()
    told = starts.remark(known, value, labels, len(out), units, places[0], x)
    return [told] if told else []

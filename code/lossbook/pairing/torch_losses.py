"""Which PyTorch loss is it: a module, a function, or an own callable known by its values."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lossbook.pairing import trials

CLASSES = {
    "CrossEntropyLoss": "cross_entropy", "NLLLoss": "nll_loss", "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits", "MSELoss": "mse_loss",
    "L1Loss": "l1_loss", "SmoothL1Loss": "smooth_l1_loss", "HuberLoss": "huber_loss",
    "PoissonNLLLoss": "poisson_nll_loss", "GaussianNLLLoss": "gaussian_nll_loss",
    "KLDivLoss": "kl_div", "MultiLabelSoftMarginLoss": "multilabel_soft_margin_loss",
    "MultiMarginLoss": "multi_margin_loss", "SoftMarginLoss": "soft_margin_loss",
    "HingeEmbeddingLoss": "hinge_embedding_loss", "CTCLoss": "ctc_loss",
    "CosineEmbeddingLoss": "cosine_embedding_loss", "MarginRankingLoss": "margin_ranking_loss",
}  # fmt: skip
"""PyTorch's modules → the functions of `torch.nn.functional` that they call."""

MODULES = {function: module for module, function in CLASSES.items()}
REGRESSION = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"})
OPTIONS = ("reduction", "log_input", "log_target", "ignore_index", "delta", "beta", "blank")
WEIGHTS = ("weight", "pos_weight")
"""Buffers of a loss, of which the shape is noted."""

FAMILIES: dict[tuple[str, str], list[str]] = {
    ("yes or no", "units"): ["binary_cross_entropy"],
    ("yes or no", "raw"): ["binary_cross_entropy_with_logits"],
    ("one-hot", "raw"): ["cross_entropy"],
    ("classes", "raw"): ["cross_entropy"],
    ("amounts", "amounts"): ["mse_loss", "l1_loss", "smooth_l1_loss", "rmse"],
}


@dataclass(frozen=True)
class TorchLoss:
    """A loss as far as it is known: the function's name in torch.nn.functional, or "unknown"."""

    kind: str
    text: str
    options: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False

    @property
    def module(self) -> str:
        """The loss as a module of torch.nn."""
        return MODULES.get(self.kind, self.text)


def read(loss: Any, units: int | None) -> TorchLoss:
    """The loss behind a module, a function, or an own callable of (output, target)."""
    import torch

    options: dict[str, Any] = {}
    shown = type(loss).__name__
    while isinstance(loss, functools.partial):
        options = {**loss.keywords, **options}
        loss = loss.func
    name = getattr(loss, "__name__", "")
    if name in MODULES and getattr(torch.nn.functional, name, None) is loss:
        return TorchLoss(name, f"{name}{_shown(options)}", options)
    for kind in type(loss).__mro__:
        if kind.__module__.startswith("torch.nn") and kind.__name__ in CLASSES:
            if type(loss) is not kind and "forward" in vars(type(loss)):
                break  # a class of somebody's own, which may do anything
            found = {key: getattr(loss, key) for key in OPTIONS if hasattr(loss, key)}
            found |= {key: tuple(loss._buffers[key].shape) for key in WEIGHTS
                      if loss._buffers.get(key) is not None}  # fmt: skip
            return TorchLoss(CLASSES[kind.__name__], kind.__name__ + _shown(found), found)
    shown = name or shown
    known = _by_values(loss, units or 3)
    if known:
        text = f"{shown}, which is {MODULES.get(known, 'a root mean squared error')}"
        return TorchLoss("mse_loss" if known == "rmse" else known, text, options, own=True)
    return TorchLoss("unknown", shown.strip("<>"), options, own=True)


def _shown(options: Mapping[str, Any]) -> str:
    usual = {
        "reduction": "mean", "log_input": True, "log_target": False, "ignore_index": -100,
        "delta": 1.0, "beta": 1.0, "blank": 0,
    }  # fmt: skip
    told = [f"{k}={v!r}" for k, v in options.items() if k in usual and v != usual[k]]
    return f"({', '.join(told)})" if told else ""


def _by_values(loss: Any, units: int) -> str | None:
    import torch

    functional = torch.nn.functional
    for (labels, outputs), names in FAMILIES.items():
        for size in dict.fromkeys([min(units, 7), 3] if units == 1 else [min(units, 7)]):
            if (size == 1) == (labels in ("one-hot", "classes")):
                continue
            batches = [trials.batch(labels, outputs, (size,), n) for n in range(4)]
            ours = values(loss, tensors(batches))
            if len(ours) < 4:
                continue
            for name in names:
                known = getattr(functional, name, None) or (
                    lambda p, y: torch.sqrt(functional.mse_loss(p, y))
                )
                if trials.agree(ours, values(known, tensors(batches))):
                    return name
    return None


def tensors(batches: list[tuple[np.ndarray, np.ndarray]]) -> list[tuple[Any, Any]]:
    """Labels and outputs as PyTorch takes them."""
    import torch

    return [
        (torch.as_tensor(y.astype("int64") if y.dtype.kind == "i" else y), torch.as_tensor(p))
        for y, p in batches
    ]


def values(loss: Any, batches: list[tuple[Any, Any]]) -> list[float]:
    """The mean loss of each batch of labels and outputs, as far as it can be computed."""
    import contextlib
    import io
    import warnings

    import torch

    found: list[float] = []
    for y, p in batches:
        try:
            with (
                torch.no_grad(), warnings.catch_warnings(),
                contextlib.redirect_stdout(io.StringIO()),
            ):  # fmt: skip
                warnings.simplefilter("ignore")
                value = float(torch.as_tensor(loss(p, y)).float().mean())
        except Exception:  # somebody else's code, on labels it was not written for
            break
        if not np.isfinite(value):
            break
        found.append(value)
    return found

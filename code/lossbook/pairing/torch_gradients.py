"""Whether a gradient comes from a PyTorch loss to the module's weights, and a number at all."""

import contextlib
import io
import math
import warnings
from collections.abc import Mapping
from typing import Any

from lossbook.pairing import gradients
from lossbook.pairing.report import Finding
from lossbook.pairing.torch_calls import called, evaluating


def of_module(model: Any, x: Any) -> Finding | None:
    """Outputs that are cut off from the weights; `x` are the module's arguments."""
    import torch

    if not any(parameter.requires_grad for parameter in model.parameters()):
        return None
    with evaluating(model), torch.enable_grad():
        out = called(model, x)
    tensors = [part for part in _tensors(out) if part.is_floating_point()]
    if not tensors or any(part.requires_grad for part in tensors):
        return None
    return Finding(
        "no-gradient", "outputs that no gradient passes", "",
        "between the weights and the outputs stands a step that has no derivative (detach, "
        "torch.no_grad, argmax, round, a way through NumPy), so backward fails or changes nothing",
        "leave it out of forward; take classes and NumPy arrays where you use the prediction",
    )  # fmt: skip


def of_loss(loss: Any, tensor: Any, y: Any, raw: bool) -> Finding | None:
    """An own loss on the module's own outputs; `y` are as many labels.

    `raw` outputs, of a layer with weights and nothing behind it, can be any real numbers.
    """
    import torch

    generator = torch.Generator().manual_seed(0)
    first, flat = tensor.detach().float(), True
    # Where every margin is kept there is no slope either: it is looked for on other outputs too.
    for scale in (0.0, 1.0, 30.0):
        noise = torch.randn(first.shape, generator=generator)
        outputs = (first + scale * noise).requires_grad_()
        try:
            with (
                torch.enable_grad(), warnings.catch_warnings(),
                contextlib.redirect_stdout(io.StringIO()),
            ):  # fmt: skip
                warnings.simplefilter("ignore")
                value = torch.as_tensor(loss(outputs, y)).float().mean()
                number = value.item()
                if not value.requires_grad:
                    break
                if scale <= raw and not math.isfinite(number):
                    return gradients.not_a_number("", number, raw)
                [slope] = torch.autograd.grad(value, outputs, allow_unused=True)
        except Exception:  # somebody else's code; it says itself what it cannot take
            return None
        flat = flat and (slope is None or not slope.any())
    return gradients.no_gradient_of_loss("") if flat else None


def _tensors(out: Any) -> list[Any]:
    import torch

    if isinstance(out, torch.Tensor):
        return [out]
    if isinstance(out, Mapping):
        return [part for value in out.values() for part in _tensors(value)]
    if isinstance(out, tuple | list):
        return [part for value in out for part in _tensors(value)]
    return []

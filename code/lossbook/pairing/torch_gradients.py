"""Whether a gradient comes from a PyTorch loss to the module's weights, and a number at all."""

import contextlib
import io
import math
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook.pairing import gradients, probing, sentinels, torch_distributions, torch_rules
from lossbook.pairing.endings import Ending
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Finding
from lossbook.pairing.torch_calls import called, evaluating

CONFINED = frozenset({Range.UNIT, Range.SYMMETRIC, Range.CUT, Range.POSITIVE})
"""Outputs whose labels may lie beyond their reach."""


def of_module(model: Any, x: Any, stepped: bool = False) -> Finding | None:
    """Outputs that are cut off from the weights; `x` are the module's arguments.

    `stepped` says that a function such as round stands on the way; a gradient may pass beside it.
    """
    import torch

    if not any(parameter.requires_grad for parameter in model.parameters()):
        return None
    with evaluating(model), torch.enable_grad():
        out = called(model, x)
    tensors = [part for part in _tensors(out) if part.is_floating_point()]
    joined = [part for part in tensors if part.requires_grad]
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not tensors or (joined and not (stepped and _flat_in(joined, weights))):
        return None
    return Finding(
        "no-gradient", "outputs that no gradient passes", "",
        "between the weights and the outputs stands a step that has no derivative (detach, "
        "torch.no_grad, argmax, round, a way through NumPy), so backward fails or changes nothing",
        "leave it out of forward; take classes and NumPy arrays where you use the prediction",
    )  # fmt: skip


def _flat_in(outputs: list[Any], weights: list[Any]) -> bool:
    """Whether outputs have no slope in any weight."""
    import torch

    with torch.enable_grad():
        total = sum((part * torch.rand_like(part)).sum() for part in outputs)
        slopes = torch.autograd.grad(total, weights, allow_unused=True)
    return not any(slope is not None and slope.any() for slope in slopes)


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


def probed(loss: Any, ending: Ending, tensor: Any, y: Any, raw: bool) -> Finding | None:
    """An own loss that wants probabilities, or labels beyond the outputs' reach; `y` are all."""
    import torch

    few, shape = y[: tensor.shape[0]], tuple(tensor.shape)
    if int(np.prod(shape)) > 10**6:
        return None

    def evaluate(labels: np.ndarray, outputs: np.ndarray) -> tuple[float, np.ndarray]:
        p = torch.as_tensor(outputs, dtype=torch.float32).requires_grad_()
        given = torch.as_tensor(labels)
        with torch.enable_grad():
            value = torch.as_tensor(
                loss(p, given.float() if given.is_floating_point() else given)
            ).mean()  # fmt: skip
            [slope] = torch.autograd.grad(value, p, allow_unused=True)
        return value.item(), np.zeros(shape) if slope is None else slope.numpy()

    last, given = ending.last, few.detach().cpu().numpy()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            if raw:
                flat = tuple(few.shape) == shape[:-1] and shape[-1] == 1
                if flat and _stretched(evaluate, shape):
                    return _flat(len(shape))
            if raw or last.range is Range.SYMMETRIC:
                low = -np.inf if raw else -1.0
                why = probing.wants_probabilities(evaluate, given, shape, low)
                change = (torch_rules.last(ending, "sigmoid"),)
                if why or raw:
                    return probing.probabilities(why, last.activation, change) if why else None
            if tuple(few.shape[1:]) != shape[1:]:
                return None
            values = y.detach().cpu().double().numpy()
            change = (torch_rules.last(ending, "softplus" if values.min() >= 0 else None),)
            reach = (last.low, last.high)
            return probing.beyond(
                evaluate, values, shape, reach, last.range, last.activation, change
            )  # fmt: skip
    except Exception:  # somebody else's code, on outputs it was not written for
        return None


def kept(loss: Any, tensor: Any, y: Any) -> Any:
    """The labels, without those that an own loss leaves out; `tensor` are a few outputs."""
    import torch

    if not isinstance(y, torch.Tensor) or y.dtype is torch.bool or not y.ndim:
        return y

    def slope(labels: np.ndarray) -> np.ndarray:
        rows = torch.arange(len(labels)) % len(tensor)
        p = tensor.detach().float()[rows].clone().requires_grad_()
        with torch.enable_grad():
            value = torch.as_tensor(loss(p, torch.as_tensor(labels, dtype=y.dtype))).sum()
            [found] = torch.autograd.grad(value, p, allow_unused=True)
        return np.ones(p.shape) if found is None else np.asarray(found.numpy())

    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            values = sentinels.kept(y.detach().cpu().numpy(), slope)
    except Exception:  # somebody else's code, on labels it was not written for
        return y
    return torch.as_tensor(values, dtype=y.dtype)


def _stretched(evaluate: probing.Evaluate, shape: tuple[int, ...]) -> bool:
    """Whether labels without the last axis are compared with the outputs of all samples."""
    if shape[0] < 2 or not probing.compares(evaluate, shape, Range.REAL, two=False):
        return False
    y = np.linspace(-1, 1, int(np.prod(shape))).reshape(shape)
    return evaluate(y[..., 0], y)[0] > evaluate(y, y)[0] + 0.01


def _flat(axes: int) -> Finding:
    return Finding(
        "shape", "labels without the last axis of the outputs", "",
        "the own loss stretches the two to a square, in which every output is compared with every "
        "label: the model learns their mean",
        "the same shape for both",
        change=(torch_distributions.labels(f"y = y.unsqueeze({axes - 1})"),),
    )  # fmt: skip


def _tensors(out: Any) -> list[Any]:
    import torch

    if isinstance(out, torch.Tensor):
        return [out]
    if isinstance(out, Mapping):
        return [part for value in out.values() for part in _tensors(value)]
    if isinstance(out, tuple | list):
        return [part for value in out for part in _tensors(value)]
    return []

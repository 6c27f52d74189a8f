"""A PyTorch module with its loss, looked at by running it once on a few samples."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lossbook.pairing import (
    torch_endings,
    torch_gradients,
    torch_labels,
    torch_layouts,
    torch_losses,
    torch_remarks,
    torch_rules,
)
from lossbook.pairing.endings import Ending
from lossbook.pairing.ranges import KNOWN, Range
from lossbook.pairing.report import Finding, Report
from lossbook.pairing.shapes import samples
from lossbook.pairing.states import undisturbed
from lossbook.pairing.torch_losses import TorchLoss

FEW = 4
"""Samples on which the module is run."""


def check(model: Any, y: Any = None, x: Any = None, loss: Any = None) -> Report:
    """See `check_pairing`."""
    import torch

    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"check_pairing takes a PyTorch module, not a {type(model).__name__}")
    if loss is None:
        raise ValueError("a PyTorch module does not know its loss: give it as loss=…")
    if isinstance(model, torch.nn.modules.loss._Loss):
        raise TypeError(f"{type(model).__name__} is a loss: give it as loss=…, and the model first")
    with undisturbed():
        inputs = few(x) if x is not None else guessed(model)
        if inputs is None:
            return _not_judged("the outputs: give a batch of inputs as x")
        try:
            out, record = torch_endings.run(model, inputs)
        except Exception as error:  # the module's own code
            if x is not None:
                return _not_judged(f"the outputs: the module cannot be run on x ({error})")
            return _not_judged("the outputs: give a batch of inputs as x")
        report = of_outputs(model, out, record, loss, y, x)
        places = "; ".join(report.looked_at)
        of_model = [torch_gradients.of_module(model, inputs), torch_remarks.dropout(model)]
        more = tuple(replace(finding, where=places) for finding in of_model if finding)
        if not more:
            return report
        return replace(report, findings=(*more, *report.findings), judged=True)


def _not_judged(words: str) -> Report:
    return Report(unseen=(words,), judged=False)


def of_outputs(model: Any, out: Any, record: Any, loss: Any, y: Any, x: Any) -> Report:
    """The report on outputs that a module has made."""
    chosen = outputs(out, loss)
    if chosen is None:
        return _not_judged(
            "the outputs: there are several, and which one the loss takes is not known"
        )
    found: list[Finding] = []
    noted: list[Finding] = []
    looked_at, unseen = [], []
    judged = False
    for name, tensor in chosen.items():
        axis = 1 if tensor.ndim > 1 else 0
        ending = torch_endings.ending(name, tensor, record, model, axis)
        given = torch_losses.read(loss, ending.units)
        labels = target = y.get(name) if isinstance(y, Mapping) else y
        if given.own and target is not None:
            ending, given, target = arranged(ending, given, loss, tensor, target)
        place = where(ending, given)
        looked_at.append(place)
        if given.kind == "unknown":
            unseen.append(f"{place}: a loss of your own")
        elif ending.last.range is Range.UNKNOWN:
            unseen.append(f"{place}: what {ending.last.layer or 'the model'!r} can put out")
        judged = judged or (given.kind != "unknown" and ending.last.range is not Range.UNKNOWN)
        told = torch_rules.findings(ending, given)
        tried = _on_labels(model, ending, given, loss, tensor, target)
        told += [tried] if tried else []
        if y is not None and name != "variance" and target is not None:
            count = _samples(x, labels, tensor)
            told += [count] if count else []
            alone = {"softmax-one-unit", "one-unit-categorical"} & {f.code for f in told}
            told += [] if alone else torch_labels.findings(
                mended(ending, told), given, target
            )  # fmt: skip
        found += [replace(one, where=place) for one in told]
        remark = torch_rules.reduction(given)
        noted += [replace(remark, where=place)] if remark else []
        better = torch_remarks.on_labels(ending, given, target) if not told else None
        noted += [replace(better, where=place)] if better else []
    return Report(
        tuple(found), tuple(looked_at), tuple(unseen), tuple(noted), judged or bool(found)
    )


def _samples(x: Any, target: Any, tensor: Any) -> Finding | None:
    """Whether there are as many labels as inputs, where there is an output for each input."""
    first = next(iter(x.values())) if isinstance(x, Mapping) else x
    if first is None or not hasattr(first, "shape") or tensor.shape[0] != min(FEW, len(first)):
        return None
    return samples(first, np.empty((len(target), 0)))


def arranged(
    ending: Ending, given: TorchLoss, loss: Any, tensor: Any, target: Any
) -> tuple[Ending, TorchLoss, Any]:
    """An own loss that calls a known one on rearranged outputs: both as the known one gets them."""
    import torch

    y = target if isinstance(target, torch.Tensor) else torch.as_tensor(np.asarray(target))
    few_labels = y[: tensor.shape[0]]
    if len(few_labels) != tensor.shape[0]:
        return ending, given, target
    found = torch_layouts.known(loss, tensor, few_labels)
    if found is None:
        return ending, given, target
    shape = (None, *found.outputs(tensor).shape[1:])
    # A loss of classes gets them on the last axis.
    units = ending.units_only if found.kind in torch_layouts.EACH else None
    read = replace(
        given, kind=found.kind, text=f"{given.text}, which calls {torch_losses.MODULES[found.kind]}"
    )
    return replace(ending, shape=shape, units_only=units), read, found.labels(y)


def _on_labels(
    model: Any, ending: Ending, given: TorchLoss, loss: Any, tensor: Any, target: Any
) -> Finding | None:
    """An unknown loss on the module's outputs and on the labels that belong to them."""
    import torch

    if given.kind != "unknown" or target is None:
        return None
    y = target if isinstance(target, torch.Tensor) else torch.as_tensor(np.asarray(target))
    if len(y) < tensor.shape[0]:
        return None
    # Only a module with weights and nothing behind it: what is put together may have a part that
    # is above zero.
    end = dict(model.named_modules()).get(ending.last.layer)
    raw = ending.last.range is Range.REAL and end is ending.source and hasattr(end, "weight")
    return torch_gradients.of_loss(loss, tensor, y[: tensor.shape[0]], raw)


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


def outputs(out: Any, loss: Any) -> dict[str, Any] | None:
    """The outputs that the loss takes, by name."""
    import torch

    if isinstance(out, torch.Tensor):
        return {"output": out}
    if isinstance(out, Mapping):
        for name in ("logits", "out"):
            if isinstance(out.get(name), torch.Tensor):
                return {name: out[name]}
        tensors = {str(k): v for k, v in out.items() if isinstance(v, torch.Tensor)}
        return tensors if len(tensors) == 1 else None
    if isinstance(getattr(out, "logits", None), torch.Tensor):
        return {"logits": out.logits}
    if isinstance(out, tuple | list):
        parts = [one for one in out if isinstance(one, torch.Tensor)]
        gaussian = torch_losses.read(loss, 1).kind == "gaussian_nll_loss"
        if len(parts) == 2 and gaussian:
            return {"mean": parts[0], "variance": parts[1]}
        if len(parts) == 1:
            return {"output": parts[0]}
    return None


def few(x: Any) -> Any:
    """A few samples of a batch, as parts; other arguments as they are."""
    import torch

    if isinstance(x, Mapping):
        return {key: few(value) for key, value in x.items()}
    if isinstance(x, tuple | list) and x and not isinstance(x[0], int | float):
        return type(x)(few(value) for value in x)
    if isinstance(x, torch.Tensor):
        return x[:FEW]
    if isinstance(x, np.ndarray | list | tuple):
        array = np.asarray(x)
        kind = torch.float32 if array.dtype.kind == "f" else torch.int64
        return torch.as_tensor(array[:FEW], dtype=kind)
    return x


def guessed(model: Any) -> Any:
    """Random inputs for the first module with weights; None where they cannot be guessed."""
    import torch

    first: Any = next((m for m in model.modules() if list(m.parameters(recurse=False))), None)
    generator = torch.Generator().manual_seed(0)
    name = type(first).__name__
    if name in ("Linear", "LazyLinear") and hasattr(first, "in_features"):
        shape: tuple[int, ...] = (FEW, first.in_features)
    elif name.startswith("Conv") and first is not None:
        size = {"1": (64,), "2": (64, 64), "3": (32, 32, 32)}.get(name[-2], (64,))
        shape = (2, first.in_channels, *size)
    elif name.startswith("BatchNorm1d") and first is not None:
        shape = (FEW, first.num_features)
    elif name in ("LSTM", "GRU", "RNN") and first is not None:
        shape = (FEW, 7, first.input_size) if first.batch_first else (7, FEW, first.input_size)
    elif name.startswith("Embedding") and first is not None:
        return torch.randint(0, first.num_embeddings, (FEW, 8), generator=generator)
    else:
        return None
    return torch.randn(shape, generator=generator)

"""A PyTorch module with its loss, looked at by running it once on a few samples."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lossbook.pairing import (
    torch_endings,
    torch_gradients,
    torch_inside,
    torch_labels,
    torch_layouts,
    torch_losses,
    torch_remarks,
    torch_rules,
)
from lossbook.pairing.endings import Ending
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Finding, Report
from lossbook.pairing.shapes import samples
from lossbook.pairing.states import undisturbed
from lossbook.pairing.torch_inputs import FEW, few, guessed
from lossbook.pairing.torch_losses import TorchLoss
from lossbook.pairing.torch_places import mended, where


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
        if isinstance(loss, Mapping | list | tuple):
            report = _each(model, out, record, loss, y, x)
        else:
            report = of_outputs(model, out, record, loss, y, x)
            if not report.judged:
                inside = torch_inside.report(model, out, record, loss, y, x)
                report = report if inside is None else inside
        if report.ok and x is not None:
            early = torch_remarks.start(model, out, loss, y, x, report.looked_at)
            report = replace(report, remarks=(*report.remarks, *early))
        places = "; ".join(report.looked_at)
        stepped = torch_endings.stepped(out, record)
        of_model = [torch_gradients.of_module(model, inputs, stepped), torch_remarks.dropout(model)]
        more = tuple(replace(finding, where=places) for finding in of_model if finding)
        if not more:
            return report
        return replace(report, findings=(*more, *report.findings), judged=True)


def _not_judged(words: str) -> Report:
    return Report(unseen=(words,), judged=False)


def _each(model: Any, out: Any, record: Any, losses: Any, y: Any, x: Any) -> Report:
    """The report on several outputs with a loss for each, by name or in their order."""
    pairs: dict[Any, Any] = dict(losses if isinstance(losses, Mapping) else enumerate(losses))
    parts = out if isinstance(out, Mapping) else dict(enumerate(out))
    labels = y if isinstance(y, Mapping) or y is None else dict(enumerate(y))
    for what, given in (("outputs", parts), ("labels", labels)):
        missing = [key for key in pairs if given is not None and key not in given]
        if missing:
            raise ValueError(
                f"there is a loss for {missing[0]!r}, but the {what} are {list(given or {})}"
            )
    reports = []
    for key, loss in pairs.items():
        name = key if isinstance(key, str) else f"output {key}"
        target = labels[key] if labels is not None else None
        reports.append(of_outputs(model, parts[key], record, loss, target, x, name))

    def together(part: str) -> tuple[Any, ...]:
        return tuple(one for report in reports for one in getattr(report, part))

    return Report(
        together("findings"),
        together("looked_at"),
        together("unseen"),
        together("remarks"),
        any(report.judged for report in reports),
    )


def of_outputs(
    model: Any, out: Any, record: Any, loss: Any, y: Any, x: Any, name: str = "output"
) -> Report:
    """The report on outputs that a module has made; `name` is for one that has none."""
    chosen = outputs(out, loss, name)
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
            target = torch_gradients.kept(loss, tensor, target)
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
        if given.own and target is not None and any(one.code == "class-axis" for one in told):
            # What takes outputs and labels as they are has the classes where it wants them.
            runs = bool(torch_losses.values(loss, [(target[: len(tensor)], tensor)]))
            told = [one for one in told if one.code != "class-axis" or not runs]
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
    end = dict(model.named_modules()).get(ending.last.layer, model)
    raw = ending.last.range is Range.REAL and end is ending.source and hasattr(end, "weight")
    told = torch_gradients.of_loss(loss, tensor, y[: tensor.shape[0]], raw)
    if told is None and (raw or ending.last.range in torch_gradients.CONFINED):
        told = torch_gradients.probed(loss, ending, tensor, y, raw)
    return told


def outputs(out: Any, loss: Any, name: str = "output") -> dict[str, Any] | None:
    """The outputs that the loss takes, by name."""
    import torch

    if isinstance(out, torch.Tensor):
        return {name: out}
    if isinstance(out, Mapping):
        for usual in ("logits", "out"):
            if isinstance(out.get(usual), torch.Tensor):
                return {usual: out[usual]}
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
            return {name: parts[0]}
    return None

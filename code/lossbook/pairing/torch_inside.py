"""The known losses that an own PyTorch loss computes inside, seen while it runs once.

Training code adds losses up: one for each output, one for each scale, a divergence beside an error.
Each call of a loss of `torch.nn.functional` passes the gate at which the module's own functions
were recorded, so what the loss is given can be traced back to the module's layers.
"""

import contextlib
import functools
import io
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lossbook.pairing import torch_endings, torch_gradients, torch_labels, torch_losses, torch_rules
from lossbook.pairing.ranges import KNOWN, Range
from lossbook.pairing.report import Finding, Report
from lossbook.pairing.torch_calls import evaluating
from lossbook.pairing.torch_endings import Record
from lossbook.pairing.torch_inputs import few
from lossbook.pairing.torch_places import mended, where

BATCHES = 60
"""An own loss is called at most so often, to see more labels as the known losses get them."""

ELEMENTS = 4_000_000
"""And on no more numbers than these, all calls together."""

MOST = 256
"""A module is run on no more samples than these."""

PAIRS = frozenset({"cosine_embedding_loss", "margin_ranking_loss"})
"""Losses of two outputs and a label."""

CONSTRUCTED = frozenset({"confined-logits", "double-activation", "hinge-range", "tanh-log-loss"})
"""Findings that need a named activation: products of outputs, as cosines are, may be scaled."""


@dataclass(frozen=True, eq=False)
class Call:
    """A known loss, with the outputs that it was given, its labels, and its options."""

    function: Any
    output: Any
    target: Any
    options: Mapping[str, Any]
    variance: Any = None

    @property
    def name(self) -> str:
        """Its name in torch.nn.functional."""
        return str(self.function.__name__)


def arguments(function: Any, args: Any, kwargs: Any) -> Call:
    """What a loss of `torch.nn.functional` was given."""
    name = function.__name__
    places: tuple[str, ...] = ("input", "target")
    if name == "ctc_loss":
        places = ("log_probs", "targets")
    elif name in PAIRS:
        places = ("input1", "input2", "target")
    given = dict(zip(places, args, strict=False)) | dict(kwargs)
    options = {key: kwargs[key] for key in torch_losses.OPTIONS if key in kwargs}
    variance = None
    if name == "gaussian_nll_loss":
        variance = kwargs.get("var", args[2] if len(args) > 2 else None)
    return Call(function, given.get(places[0]), given.get(places[-1]), options, variance)


def report(model: Any, out: Any, record: Record, loss: Any, y: Any, x: Any) -> Report | None:
    """The report on the known losses inside an own one; None if there are none.

    `out` and `record` come from a run on a few samples of `x`; `y` are all labels.
    """
    if x is None and any(part.ndim > 2 for _, part in tensors(out)):
        return None  # places of inputs that were guessed are not those of the labels
    import torch

    y = _as_tensors(y)
    own = {len(part) for _, part in tensors(out) if part.ndim}
    if y is None or own == {_length(few(y))}:
        batches = list(_batches(y, _length(few(y))))
    elif x is None or _length(x) > MOST:
        return None
    else:  # places or times among the samples: what belongs together is seen on the whole alone
        with evaluating(model):
            out, record = torch_endings.run(model, _as_tensors(few(x, MOST)))
        batches = [y]
    if isinstance(out, torch.Tensor) and isinstance(y, torch.Tensor):
        whole = torch_gradients.kept(loss, out, y)
        batches = list(_batches(whole, len(batches[0]))) if len(batches) > 1 else [whole]
    seen = _run(loss, out, batches[0], record)
    places = [n for n, call in enumerate(seen) if torch_endings.learnt(call.output, record)]
    if not places:
        return None
    labels = _labels(loss, out, batches, seen, record)
    shown = getattr(loss, "__name__", type(loss).__name__).strip("<>")
    return _told(model, out, record, [(seen[n], labels[n]) for n in places], shown)


def _told(
    model: Any, out: Any, record: Record, calls: list[tuple[Call, Any]], shown: str
) -> Report:
    """Findings about each call, said once."""
    found: dict[tuple[str, str], Finding] = {}
    looked_at, unseen = [], []
    import torch

    for call, target in calls:
        axis = 2 if call.name == "ctc_loss" else min(1, call.output.ndim - 1)
        name = _named(call.output, out, record)
        ending = torch_endings.ending(name, call.output, record, model, axis)
        given = torch_losses.read(functools.partial(call.function, **call.options), ending.units)
        text = f"{shown}, which calls {given.text.replace(call.name, given.module, 1)}"
        given = replace(given, text=text, own=True)
        place = where(ending, given)
        looked_at.append(place)
        if ending.last.range is Range.UNKNOWN:
            unseen.append(f"{place}: what {ending.last.layer or 'the model'!r} can put out")
        told = torch_rules.findings(ending, given)
        spread = call.variance
        if isinstance(spread, torch.Tensor) and torch_endings.learnt(spread, record):
            second = torch_rules.variance(torch_endings.ending(name, spread, record, model, axis))
            told += [second] if second else []
        sure = ending.last.activation in KNOWN or ending.last.range is Range.SIMPLEX
        told = [one for one in told if sure or one.code not in CONSTRUCTED]
        if target is not None:
            told += torch_labels.findings(mended(ending, told), given, target)
        for one in told:
            found.setdefault((one.code, place), replace(one, where=place))
    used = [one for call, _ in calls for one in (call.output, call.variance) if one is not None]
    entered = {part for one in used for part in _reached(one, out, record)}
    for name, _ in tensors(out):
        if name not in entered:
            unseen.append(f"{name}: it enters no known loss")
    return Report(
        tuple(found.values()), tuple(dict.fromkeys(looked_at)), tuple(dict.fromkeys(unseen))
    )


def _run(loss: Any, out: Any, y: Any, record: Record) -> list[Call]:
    """The known losses that an own one calls, as far as it runs."""
    import torch
    from torch.overrides import TorchFunctionMode

    calls: list[Call] = []

    class Inside(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            kwargs = kwargs or {}
            if getattr(func, "__name__", "") not in torch_losses.MODULES:
                made = func(*args, **kwargs)
            else:
                call = arguments(func, args, kwargs)
                calls.append(call)
                try:
                    made = func(*args, **kwargs)
                except Exception:  # told as a finding; the terms after it are to be seen too
                    made = torch.zeros(())
            record.keep(func, args, kwargs, made)
            return made

    for values in _ways(loss, out, y):
        calls.clear()
        try:
            with (
                torch.no_grad(), warnings.catch_warnings(),
                contextlib.redirect_stdout(io.StringIO()), Inside(),
            ):  # fmt: skip
                warnings.simplefilter("ignore")
                loss(*values)
            break
        except TypeError:  # other arguments than these
            continue
        except Exception:  # somebody else's code, on labels it was not written for
            break
    return [call for call in calls if isinstance(call.output, torch.Tensor)]


def _ways(loss: Any, out: Any, y: Any) -> Iterator[tuple[Any, ...]]:
    """Arguments with which a loss may be called."""
    labels = () if y is None else (y,)
    several = not hasattr(out, "shape") and isinstance(out, tuple | list)
    if type(loss).__module__.startswith("torch.nn") or loss in _functions():
        yield (*out, *labels) if several else (out, *labels)
        return
    yield (out, *labels)
    if several:
        yield (*out, *labels)


def _functions() -> list[Any]:
    import torch

    return [getattr(torch.nn.functional, name) for name in torch_losses.MODULES]


def _labels(loss: Any, out: Any, batches: list[Any], seen: list[Call], record: Record) -> list[Any]:
    """For each call, its labels in all batches; None where they are no labels but outputs."""
    import torch

    own: list[list[Any]] = [[] for _ in seen]
    size = sum(part.numel() for _, part in tensors(out))
    most = max(1, min(BATCHES, ELEMENTS // max(size, 1), len(batches)))
    for number in np.linspace(0, len(batches) - 1, most).round().astype(int):
        again = seen if not number else _run(loss, out, batches[number], record)
        if [call.name for call in again] != [call.name for call in seen]:
            break
        for kept, call in zip(own, again, strict=True):
            target = call.target
            usual = isinstance(target, torch.Tensor) and target.numel() > 1
            if usual and not torch_endings.learnt(target, record):
                kept.append(target)
    return [
        torch.cat(kept) if kept and len({k.shape[1:] for k in kept}) == 1 else (kept or [None])[0]
        for kept in own
    ]


def tensors(out: Any, name: str = "output") -> list[tuple[str, Any]]:
    """The tensors of numbers among a module's outputs, each with its name."""
    import torch

    if isinstance(out, torch.Tensor):
        return [(name, out)] if out.is_floating_point() else []
    if isinstance(out, Mapping):
        return [pair for key, part in out.items() for pair in tensors(part, str(key))]
    if isinstance(out, tuple | list):
        names = getattr(out, "_fields", [f"{name} {n}" for n in range(len(out))])
        return [pair for key, part in zip(names, out, strict=True) for pair in tensors(part, key)]
    return []


def _reached(tensor: Any, out: Any, record: Record) -> list[str]:
    """The names of the module's outputs of which a tensor is made, the nearest ones."""
    names = {id(part): name for name, part in tensors(out)}
    return [names[one] for one in torch_endings.ancestors(tensor, record, names) if one in names]


def _named(tensor: Any, out: Any, record: Record) -> str:
    return next(iter(_reached(tensor, out, record)), "output")


def _first(y: Any) -> Any:
    while isinstance(y, tuple | list | Mapping) and len(y):
        y = next(iter(y.values())) if isinstance(y, Mapping) else y[0]
    return y


def _length(y: Any) -> int:
    first = _first(y)
    return len(first) if getattr(first, "ndim", 0) else 0


def _as_tensors(y: Any) -> Any:
    """Labels or inputs as a loop gets them: tensors, in float32 where they are not whole."""
    import torch

    if isinstance(y, Mapping):
        return {key: _as_tensors(value) for key, value in y.items()}
    if isinstance(y, tuple | list) and not all(isinstance(one, int | float) for one in y):
        return type(y)(_as_tensors(value) for value in y)
    if isinstance(y, np.ndarray | list | tuple):
        array = np.asarray(y)
        if array.dtype.kind not in "biuf":
            return y
        return torch.as_tensor(array, dtype=torch.float32 if array.dtype.kind == "f" else None)
    return y


def _batches(y: Any, size: int) -> Iterator[Any]:
    """Labels by so many at a time; the last ones overlap those before them."""
    if y is None or not size:
        yield y
        return
    for start in range(0, _length(y), size):
        first = max(0, min(start, _length(y) - size))
        yield _cut(y, first, first + size)


def _cut(y: Any, start: int, stop: int) -> Any:
    if isinstance(y, Mapping):
        return {key: _cut(value, start, stop) for key, value in y.items()}
    if isinstance(y, tuple | list):
        return type(y)(_cut(value, start, stop) for value in y)
    return y[start:stop] if getattr(y, "ndim", 0) else y

"""The end of a PyTorch module: the functions that made its outputs, recorded while it runs once.

Whether an activation is a module, a function of `torch.nn.functional` or a method of a tensor, it
passes the same gate, and a mode of PyTorch's own (`TorchFunctionMode`) sees it there.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lossbook.pairing import ranges
from lossbook.pairing.endings import Ending, Step
from lossbook.pairing.ranges import KNOWN, Range, Reached
from lossbook.pairing.torch_calls import called, evaluating

ACTIVATIONS = {
    "sigmoid": "sigmoid", "sigmoid_": "sigmoid", "expit": "sigmoid", "softmax": "softmax",
    "log_softmax": "log_softmax", "relu": "relu", "relu_": "relu", "relu6": "relu6",
    "softplus": "softplus", "exp": "exp", "exp_": "exp", "tanh": "tanh", "tanh_": "tanh",
    "hardsigmoid": "hard_sigmoid", "logsigmoid": "log_sigmoid", "softsign": "softsign",
    "elu": "elu", "selu": "selu", "gelu": "gelu", "silu": "silu", "leaky_relu": "leaky_relu",
    "prelu": "leaky_relu", "hardtanh": "hard_tanh", "mish": "mish", "celu": "celu",
}  # fmt: skip
"""PyTorch's functions → the names by which their ranges are known."""

PASS = frozenset(
    {"dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout",
     "contiguous", "float", "to", "clone", "detach", "interpolate", "upsample", "type", "cpu"}
)  # fmt: skip

MOVING = frozenset(
    {"view", "reshape", "flatten", "squeeze", "unsqueeze", "permute", "transpose", "t", "movedim",
     "__getitem__", "select", "narrow", "chunk", "split", "unbind", "swapaxes", "expand",
     "pixel_shuffle", "mean", "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d",
     "avg_pool1d", "avg_pool2d", "max_pool1d", "max_pool2d", "adaptive_max_pool1d",
     "adaptive_max_pool2d", "amax", "unflatten", "view_as", "reshape_as"}
)  # fmt: skip

POOLING = frozenset(
    {"mean", "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "avg_pool1d",
     "avg_pool2d"}
)  # fmt: skip

WEIGHTS = frozenset(
    {"linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
     "conv_transpose3d", "bilinear", "embedding", "embedding_bag", "batch_norm", "layer_norm",
     "group_norm", "instance_norm", "multi_head_attention_forward", "matmul", "bmm", "mm",
     "einsum", "addmm", "__matmul__", "baddbmm", "scaled_dot_product_attention", "rms_norm"}
)  # fmt: skip
"""Functions whose outputs are any real numbers."""

STEPS = frozenset(
    {"round", "round_", "floor", "ceil", "trunc", "sign", "sgn", "heaviside", "bernoulli",
     "threshold_"}
)  # fmt: skip
"""Functions that are constant but for jumps."""

RECURRENT = frozenset({"lstm", "gru", "rnn_tanh", "rnn_relu"})


@dataclass
class Made:
    """How a tensor was made: by which function, from what, in which module."""

    function: Callable[..., Any]
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    place: int | None
    module: str


@dataclass
class Record:
    """All that was made while a module ran; tensors are kept alive, so that ids stay theirs."""

    made: dict[int, Made] = field(default_factory=dict)
    alive: list[Any] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)

    def keep(self, function: Any, args: Any, kwargs: Any, out: Any) -> None:
        """Note what a function put out."""
        import torch

        name = getattr(function, "__name__", str(function))
        parts = list(out) if isinstance(out, tuple | list) else [out]
        for place, part in enumerate(parts):
            if isinstance(part, torch.Tensor) and name != "__get__":
                where = self.stack[-1] if self.stack else ""
                before = any(part is a for a in args)
                if before and not name.endswith("_") and name not in ACTIVATIONS:
                    continue  # it changed nothing, and is the same tensor
                index = place if isinstance(out, tuple | list) else None
                kept = tuple(args)
                if before:  # in place: what it was made from is what stood there before
                    old = self.made.get(id(part))
                    kept = (_Before(old), *args[1:]) if old is not None else (None, *args[1:])
                self.made[id(part)] = Made(function, name, kept, dict(kwargs or {}), index, where)
                self.alive.append(part)


@dataclass
class _Before:
    """What a tensor was before it was changed in place."""

    made: Made


def run(model: Any, x: Any) -> tuple[Any, Record]:
    """The module's outputs for a batch, in its evaluation mode, and how they were made."""
    import torch
    from torch.overrides import TorchFunctionMode

    record = Record()

    class Recorder(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            out = func(*args, **(kwargs or {}))
            record.keep(func, args, kwargs, out)
            return out

    names = {id(module): name for name, module in model.named_modules()}

    def enter(module: Any, _: Any) -> None:
        record.stack.append(names.get(id(module), type(module).__name__))

    def leave(*_: Any) -> None:
        record.stack.pop()

    hooks = []
    for module in model.modules():
        hooks.append(module.register_forward_pre_hook(enter))
        hooks.append(module.register_forward_hook(leave, always_call=True))
    try:
        with evaluating(model), torch.no_grad(), Recorder():
            out = called(model, x)
        return out, record
    finally:
        for hook in hooks:
            hook.remove()


def ending(name: str, tensor: Any, record: Record, model: Any, axis: int) -> Ending:
    """One output as an `Ending`; `axis` is the one along which its classes stand."""
    steps = _trace(record.made.get(id(tensor)), record, tensor)
    modules = dict(model.named_modules())
    made = _source(tensor, record)
    source = modules.get(made.module) if made is not None else None
    shape = (None, *tensor.shape[1:])
    units = shape[axis] if len(shape) > abs(axis) else None
    steps = [replace(step, units=units) for step in steps]
    path = tuple(module for module in model.modules() if not list(module.children()))
    dtype = str(tensor.dtype).removeprefix("torch.")
    return Ending(name, shape, dtype, tuple(steps), source, path, units_only=units)


def learnt(tensor: Any, record: Record) -> bool:
    """Whether a tensor comes from a function with weights."""
    return _source(tensor, record) is not None


def ancestors(tensor: Any, record: Record, ends: Container[int] = ()) -> list[int]:
    """The identities of a tensor and of all that it was made of, back to `ends`, nearest first."""
    waiting, seen = [tensor], dict[int, None]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen[id(one)] = None
        if id(one) in ends:
            continue
        made = one.made if isinstance(one, _Before) else record.made.get(id(one))
        waiting += _tensors(made) if made is not None else []
    return list(seen)


def stepped(out: Any, record: Record) -> bool:
    """Whether a function that is constant but for jumps stands on the way to an output tensor."""
    ways = (record.made.get(one) for one in ancestors(out, record))
    return any(made is not None and made.name in STEPS for made in ways)


def _source(tensor: Any, record: Record) -> Made | None:
    """The last function with weights before a tensor."""
    waiting = [record.made.get(id(tensor))]
    seen: set[int] = set()
    while waiting:
        made = waiting.pop(0)
        if made is None or id(made) in seen:
            continue
        seen.add(id(made))
        if made.name in WEIGHTS | RECURRENT and _learnt(made):
            return made
        waiting += [
            part.made if isinstance(part, _Before) else record.made.get(id(part))
            for part in _tensors(made)
        ]
    return None


def _parent(made: Made, record: Record) -> Made | None:
    parents = _tensors(made)
    if len(parents) == 1 and isinstance(parents[0], _Before):
        return parents[0].made
    return record.made.get(id(parents[0])) if len(parents) == 1 else None


def _tensors(made: Made) -> list[Any]:
    """The tensors that a function was given, parameters and constants left out."""
    import torch

    found: list[Any] = []
    for value in (*made.args, *made.kwargs.values()):
        for part in value if isinstance(value, tuple | list) else [value]:
            if isinstance(part, _Before) or (
                isinstance(part, torch.Tensor) and not isinstance(part, torch.nn.Parameter)
            ):
                found.append(part)
    return found


def _trace(made: Made | None, record: Record, tensor: Any) -> list[Step]:
    """The steps that made a tensor, the last one first."""
    if made is None:
        return [Step("input", Range.UNKNOWN, "", None)]
    where = made.module or made.name
    if made.name in WEIGHTS and _learnt(made):
        return [Step("linear", Range.REAL, where, None)]
    if made.name in RECURRENT:
        bounded = made.name != "rnn_relu"
        return [Step("tanh", Range.SYMMETRIC, where, None, -1, 1)] if bounded else [
            Step("relu", Range.CUT, where, None, 0)
        ]  # fmt: skip
    before = _parent(made, record)
    if made.name in PASS:
        return _trace(before, record, None)
    if made.name in ACTIVATIONS:
        return [_activation(made, where, tensor), *_trace(before, record, None)]
    rest = _trace(before, record, None) if before is not None else []
    if made.name in MOVING and rest:
        if rest[0].range in (Range.SIMPLEX, Range.LOG_SIMPLEX):
            found = reached(made, record)
            words = rest[0].activation + ("" if found.range is rest[0].range else ", moved")
            if found.range is Range.UNKNOWN:
                return rest
            return [
                replace(rest[0], activation=words, range=found.range, axis=found.axis), *rest[1:]
            ]  # fmt: skip
        return [replace(rest[0], pooled=True), *rest[1:]] if made.name in POOLING else rest
    found = reached(made, record)
    if made.name in ("add", "__add__", "sub", "__sub__") and found.range is Range.UNKNOWN:
        parts = [record.made.get(id(t)) for t in _tensors(made)]
        if any(p is not None and _trace(p, record, None)[0].range is Range.REAL for p in parts):
            found = Reached(Range.REAL)
    if found.range is Range.REAL:
        return [Step("linear", Range.REAL, where, None)]
    if rest and found.range is rest[0].range is not Range.UNKNOWN:
        return [replace(rest[0], low=found.low, high=found.high, pooled=True), *rest[1:]]
    shown = made.name.strip("_")
    return [
        Step(shown, found.range, where, None, found.low, found.high, found.axis), *rest
    ]  # fmt: skip


def _learnt(made: Made) -> bool:
    """Whether a product is one with weights; other products are tried."""
    import torch

    if made.name not in ("matmul", "bmm", "mm", "einsum", "__matmul__", "baddbmm"):
        return True
    flat = [p for a in made.args for p in (a if isinstance(a, tuple | list) else [a])]
    return any(isinstance(part, torch.nn.Parameter) for part in flat)


def _activation(made: Made, where: str, tensor: Any) -> Step:
    name = ACTIVATIONS[made.name]
    known = KNOWN[name]
    low, high = ranges.bounds(name, known)
    axis = -1
    if name in ("softmax", "log_softmax"):
        given = made.kwargs.get("dim", made.args[1] if len(made.args) > 1 else None)
        axis = given if isinstance(given, int) else 1
    if name == "hard_tanh":
        low = made.kwargs.get("min_val", made.args[1] if len(made.args) > 1 else -1.0)
        high = made.kwargs.get("max_val", made.args[2] if len(made.args) > 2 else 1.0)
        known = Range.CLIPPED if (low, high) == (0, 1) else Range.SYMMETRIC
        if (low, high) not in ((0, 1), (-1, 1)):
            known = Range.BOUNDED
    return Step(name, known, where, None, float(low), float(high), axis)


def reached(made: Made, record: Record) -> Reached:
    """The range of a tensor, from running what made it on samples of the layers before."""
    outs: list[np.ndarray] = []
    sources: list[bool] = []
    given = None
    for seed in range(8):
        seen: dict[int, Any] = {}
        try:
            out = _value(made, record, seen, seed, sources)
        except Exception:  # somebody else's code, on numbers it was not written for
            return Reached(Range.UNKNOWN)
        outs.append(np.asarray(out.detach().float().cpu(), float))
    stacked = np.concatenate([out.reshape(-1, *out.shape[1:]) for out in outs if out.ndim])
    found = ranges.judged(stacked, given)
    open_ended = found.range in (Range.REAL, Range.BOUNDED, Range.ABOVE)
    return Reached(Range.UNKNOWN) if open_ended and not all(sources) else found


def _value(
    made: Made | None, record: Record, seen: dict[int, Any], seed: int, sources: list[bool]
) -> Any:
    import torch

    if made is None:
        raise LookupError
    if id(made) in seen:
        return seen[id(made)]
    if made.name in WEIGHTS | RECURRENT and (made.name in RECURRENT or _learnt(made)):
        raise LookupError  # its caller has the tensor, and with it the shape

    def sampled(tensor: Any) -> Any:
        if isinstance(tensor, _Before):
            return _value(tensor.made, record, seen, seed, sources)
        if not isinstance(tensor, torch.Tensor) or isinstance(tensor, torch.nn.Parameter):
            return tensor
        inner = record.made.get(id(tensor))
        if inner is None:
            if not tensor.is_floating_point() or tensor.ndim == 0:
                return tensor
            sources.append(False)
            return tensor
        if id(inner) in seen:
            return seen[id(inner)]
        source = inner.name in RECURRENT or (inner.name in WEIGHTS and _learnt(inner))
        if source:
            sources.append(inner.name not in RECURRENT or inner.name != "rnn_relu")
            rng = np.random.default_rng(97 * seed + len(seen))
            scale = (0.3, 2.0, 10.0)[seed % 3]
            mean = (0, 0, 0, -12, 12, -30, 30, 0)[seed]
            z = mean + scale * rng.normal(size=tuple(tensor.shape))
            out = torch.as_tensor(np.tanh(z) if inner.name in RECURRENT else z).to(tensor.dtype)
        else:
            out = _value(inner, record, seen, seed, sources)
        seen[id(inner)] = out
        return out

    def deep(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return type(value)(deep(part) for part in value)
        return sampled(value)

    with torch.no_grad():
        out = made.function(
            *[deep(a) for a in made.args], **{k: deep(v) for k, v in made.kwargs.items()}
        )
    out = out[made.place] if made.place is not None else out
    seen[id(made)] = out
    return out

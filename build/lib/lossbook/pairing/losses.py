"""Which loss is it: from a name, an object, a function, a head's method, or by trying it."""

import functools
import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.heads.base import Head

BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
ONE_HOT = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy"})
SPARSE = frozenset({"sparse_categorical_crossentropy"})
OVERLAP = frozenset({"dice", "tversky"})
CATEGORICAL = ONE_HOT | SPARSE
LOG = BINARY | CATEGORICAL | {"kl_divergence", "poisson"}
"""Losses that take a logarithm of what the model says."""
REGRESSION = frozenset(
    {"mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
     "mean_squared_logarithmic_error", "huber", "log_cosh"}
)  # fmt: skip
HINGE = frozenset({"hinge", "squared_hinge"})


@dataclass(frozen=True)
class Loss:
    """A loss as far as it is known.

    `kind` is Keras's name of the function, "head" for a negative log likelihood of `head`, or
    "unknown". `text` is what a reader would recognise.
    """

    kind: str
    text: str
    from_logits: bool = False
    head: Head | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def on_last_axis(self, shape: tuple[int | None, ...]) -> bool:
        """Whether the classes stand along the output's last axis, as nearly always."""
        return self.options.get("axis", -1) in (-1, len(shape) - 1)


def read(loss: Any, shape: tuple[int | None, ...]) -> Loss:
    """The loss behind what `compile` was given, for an output of that shape.

    Functions that are neither Keras's nor a head's are called on random labels and outputs, and
    known by their values: a loss in a lambda is the same loss.
    """
    if isinstance(loss, str | dict):
        loss = keras.losses.get(loss)
    head = _of_head(loss)
    if head is not None:
        return Loss("head", f"{head!r}.loss", head=head)
    found = _of_keras(loss)
    if found is not None:
        return found
    shown = getattr(loss, "__name__", type(loss).__name__).strip("<>")
    for head in _heads_in(loss):
        if _same(loss, head.nll, *_for_head(head)):
            return Loss("head", f"{shown}, which is {head!r}.loss", head=head)
    for kind, from_logits in _candidates():
        reference = functools.partial(getattr(keras.losses, kind), **_logits(from_logits))
        if _same(loss, reference, *_trial(kind, from_logits, shape)):
            words = f"{shown}, which is {_call(kind, from_logits)}"
            return Loss(kind, words, from_logits)
    return Loss("unknown", shown)


def _of_head(loss: Any) -> Head | None:
    owner = getattr(loss, "__self__", None)
    if isinstance(owner, Head) and getattr(loss, "__name__", "") in ("loss", "nll"):
        return owner
    return None


def _of_keras(loss: Any) -> Loss | None:
    """Keras's own function or object, also with options bound to it."""
    options: dict[str, Any] = {}
    while isinstance(loss, functools.partial):
        if loss.args:
            return None
        options = {**loss.keywords, **options}
        loss = loss.func
    wrapper = keras.losses.Loss
    if isinstance(loss, wrapper):
        defined = next(cls for cls in type(loss).__mro__ if "call" in vars(cls))
        if not defined.__module__.startswith("keras.") or not hasattr(loss, "fn"):
            return None
        options, shown = {**loss._fn_kwargs, **options}, type(loss).__name__
        inner = _of_keras(loss.fn)
        if inner is None:
            return None
        from_logits = bool(options.get("from_logits", inner.from_logits))
        text = shown + ("(from_logits=True)" if from_logits else "")
        return Loss(inner.kind, text, from_logits, options={**inner.options, **options})
    name = getattr(loss, "__name__", "")
    module = getattr(loss, "__module__", "") or ""
    if module.startswith("keras.") and getattr(keras.losses, name, None) is loss:
        from_logits = bool(options.get("from_logits", False))
        return Loss(name, _call(name, from_logits), from_logits, options=options)
    return None


def _call(kind: str, from_logits: bool) -> str:
    return f"{kind}(from_logits=True)" if from_logits else kind


def _logits(from_logits: bool) -> dict[str, bool]:
    return {"from_logits": True} if from_logits else {}


def _heads_in(function: Any) -> list[Head]:
    """Heads that a function of somebody else's refers to."""
    function = getattr(function, "fn", function)
    try:
        names = inspect.getclosurevars(function)
    except (TypeError, ValueError):
        return []
    values = [*names.nonlocals.values(), *names.globals.values()]
    owners = [getattr(value, "__self__", value) for value in values]
    return [value for value in owners if isinstance(value, Head)]


def _candidates() -> list[tuple[str, bool]]:
    both = sorted(BINARY | CATEGORICAL)
    rest = sorted(REGRESSION | HINGE | OVERLAP | {"poisson", "kl_divergence", "categorical_hinge"})
    return [(kind, logits) for kind in both for logits in (False, True)] + [
        (kind, False) for kind in rest
    ]


def _trial(
    kind: str, from_logits: bool, shape: tuple[int | None, ...]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Labels and outputs that suit a loss, three batches of them."""
    rng = np.random.default_rng(1)
    size = (5, *[axis or 3 for axis in shape[1:]]) if len(shape) > 1 else (5, 3)
    units = size[-1]
    labels, outputs = [], []
    for _ in range(3):
        raw = rng.normal(size=size)
        odds = np.exp(rng.normal(size=size))
        shares = odds / odds.sum(axis=-1, keepdims=True)
        classes = rng.integers(units, size=size[:-1])
        y: np.ndarray
        if kind in SPARSE:
            y = classes
        elif kind in ONE_HOT or kind in ("kl_divergence", "categorical_hinge"):
            y = np.eye(units)[classes]
        elif kind in BINARY or kind in HINGE or kind in OVERLAP:
            y = rng.integers(0, 2, size).astype(float)
        else:
            y = rng.poisson(3, size).astype(float) + 1
        if from_logits or kind in HINGE or kind == "categorical_hinge":
            p = raw
        elif kind in CATEGORICAL or kind == "kl_divergence":
            p = shares
        elif kind in BINARY | OVERLAP:
            p = 1 / (1 + np.exp(-raw))
        else:
            p = 3 * odds
        labels.append(y.astype("int32" if kind in SPARSE else "float32"))
        outputs.append(p.astype("float32"))
    return labels, outputs


def _for_head(head: Head) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(1)
    labels, outputs = [], []
    for _ in range(3):
        raw = rng.normal(size=(8, head.units)).astype("float32")
        values = {k: np.asarray(v, float) for k, v in head.parameters(raw).items()}
        labels.append(np.asarray(head.sample(values, rng)))
        outputs.append(raw)
    return labels, outputs


def _same(
    loss: Callable[..., Any],
    reference: Callable[..., Any],
    labels: list[np.ndarray],
    outputs: list[np.ndarray],
) -> bool:
    """Whether both losses agree on each batch, up to one factor."""
    ratios = []
    for y, p in zip(labels, outputs, strict=True):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                y_, p_ = keras.ops.convert_to_tensor(y), keras.ops.convert_to_tensor(p)
                ours, known = (float(np.mean(np.asarray(f(y_, p_)))) for f in (loss, reference))
        except Exception:  # somebody else's code, on labels it was not written for
            return False
        if not np.isfinite([ours, known]).all() or abs(known) < 1e-6 or abs(ours) < 1e-9:
            return False
        ratios.append(ours / known)
    return ratios[0] > 0 and float(np.ptp(ratios)) < 1e-3 * ratios[0]

"""An own loss known by its values: it is called on small random labels and outputs.

Whether two losses are one and the same is told by values that differ widely: each batch has
labels and outputs of another sort and scale, so that a mean over many numbers, which hardly
scatters, cannot agree by chance. What is no known loss on all of them is not judged.
"""

import contextlib
import functools
import inspect
import io
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.heads.base import Head

Batch = tuple[np.ndarray, np.ndarray]

SCALES = (0.3, 1.0, 3.0, 6.0)
"""One batch each: how far raw outputs are from zero."""

LIKE = 1e-3
"""Values of two losses may differ by this share; a clip or a small constant does no more."""

CATEGORICAL = ("categorical_crossentropy", "categorical_focal_crossentropy")
BINARY = ("binary_crossentropy", "binary_focal_crossentropy")

FAMILIES: dict[tuple[str, str], list[tuple[str, bool]]] = {
    ("yes or no", "units"): [(k, False) for k in BINARY] + [("dice", False), ("tversky", False)],
    ("yes or no", "raw"): [(k, True) for k in BINARY],
    ("one-hot", "shares"): [(k, False) for k in CATEGORICAL] + [("kl_divergence", False)],
    ("one-hot", "raw"): [(k, True) for k in CATEGORICAL] + [("categorical_hinge", False)],
    ("classes", "shares"): [("sparse_categorical_crossentropy", False)],
    ("classes", "raw"): [("sparse_categorical_crossentropy", True)],
    ("amounts", "amounts"): [
        (k, False)
        for k in (
            "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
            "mean_squared_logarithmic_error", "huber", "log_cosh", "poisson", "rmse",
        )
    ],
    ("signs", "raw"): [("hinge", False), ("squared_hinge", False)],
}  # fmt: skip
"""Kind of labels and of outputs → the losses that take them, with raw outputs or without."""


def known(loss: Any, shape: tuple[int | None, ...]) -> tuple[str, bool] | None:
    """Keras's name of a loss, and whether from raw outputs; None if it is none of those.

    Tried on a small output first, because a loss has no business with its size; on one of the
    true number of units only if it cannot take the small one.
    """
    units = shape[-1] if shape and shape[-1] else 3
    places = tuple(min(axis or 3, 3) for axis in shape[1:-1])
    sizes = [min(units, 7)] if units <= 64 or units > 100_000 else [7, units]
    if units <= 64:
        sizes.append(units)
    if units == 1:
        sizes.append(3)  # a loss of classes shows only where there are several
    with watched(loss):
        for size in dict.fromkeys(sizes):
            near = places if size < 5000 else tuple(1 for _ in places)
            found, ran = _among(loss, (*near, size), units)
            # What runs on a small output and is no known loss there is none on a large one.
            if found or (ran and units > 1):
                return found
    return None


def _among(loss: Any, size: tuple[int, ...], units: int) -> tuple[tuple[str, bool] | None, bool]:
    """The known loss, and whether the loss could be run at all."""
    ran = False
    for (labels, outputs), names in FAMILIES.items():
        if size[-1] == 1 and labels in ("one-hot", "classes"):
            continue
        if units == 1 and size[-1] > 1 and labels not in ("one-hot", "classes"):
            continue
        batches = [batch(labels, outputs, size, number) for number in range(len(SCALES))]
        ours = _values(loss, batches)
        ran = ran or bool(ours)
        if len(ours) < len(batches):
            continue
        for kind, from_logits in names:
            if agree(ours, _values(reference(kind, from_logits), batches)):
                return (kind, from_logits), True
    return None, ran


def head(loss: Any) -> Head | None:
    """A head that a function of somebody else's refers to, and whose loss it is."""
    heads = _heads_in(loss)
    with watched(loss):
        for one in heads:
            batches = _for_head(one)
            ours = _values(loss, batches)
            if len(ours) == len(batches) and agree(ours, _values(one.nll, batches), 0):
                return one
    return None


def reference(kind: str, from_logits: bool) -> Callable[..., Any]:
    """Keras's function of that name; "rmse" is the root of the mean squared error."""
    if kind == "rmse":
        return lambda y, p: np.sqrt(np.mean((np.asarray(y) - np.asarray(p)) ** 2))
    function = getattr(keras.losses, kind)
    return functools.partial(function, from_logits=True) if from_logits else function


def agree(ours: list[float], known: list[float], spread: float = 0.05) -> bool:
    """Whether two losses are one up to a factor, on batches on which the known one varies."""
    if len(ours) != len(known) or not ours:
        return False
    a, b = np.asarray(ours), np.asarray(known)
    if not np.isfinite([a, b]).all() or (np.abs(b) < 1e-6).any() or (np.abs(a) < 1e-9).any():
        return False
    if np.ptp(b) < spread * np.abs(b).max():  # values that hardly vary tell nothing
        return False
    ratios = a / b
    return bool(ratios[0] > 0 and np.ptp(ratios) < LIKE * ratios[0])


def _values(loss: Callable[..., Any], batches: list[Batch]) -> list[float]:
    """The mean loss of each batch, as far as it can be computed."""
    found: list[float] = []
    for y, p in batches:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                y_, p_ = keras.ops.convert_to_tensor(y), keras.ops.convert_to_tensor(p)
                value = float(np.mean(keras.ops.convert_to_numpy(loss(y_, p_))))
        except Exception:  # somebody else's code, on labels it was not written for
            break
        if not np.isfinite(value):
            break
        found.append(value)
    return found


@contextlib.contextmanager
def watched(loss: Any) -> Iterator[None]:
    """Hold back what an own loss prints, and put a loss object's variables back."""
    owner = loss if isinstance(loss, keras.losses.Loss) else getattr(loss, "__self__", None)
    kept = dict(vars(owner)) if owner is not None and hasattr(owner, "__dict__") else {}
    variables = [
        (v, v.numpy().copy()) for v in kept.values() if hasattr(v, "assign") and hasattr(v, "numpy")
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            yield
        finally:
            for variable, value in variables:
                variable.assign(value)
            for name, value in kept.items():
                if getattr(owner, name, None) is not value:
                    object.__setattr__(owner, name, value)


def batch(labels: str, outputs: str, size: tuple[int, ...], number: int) -> Batch:
    """Labels and outputs of one kind, `(5, *size)`; batches differ in scale and composition."""
    rng = np.random.default_rng(number + 1)
    full, units, scale = (5, *size), size[-1], SCALES[number]
    y: np.ndarray
    p: np.ndarray
    if labels == "classes" or labels == "one-hot":
        # Class 0 is left out: where it stands for padding, a loss masks it.
        y = rng.integers(1 if units > 2 else 0, units, full[:-1]).astype("int32")
        if labels == "one-hot":
            y = (y[..., None] == np.arange(units)).astype("float32")
    elif labels == "yes or no":
        y = (rng.random(full) < (0.3, 0.5, 0.7, 0.9)[number]).astype("float32")
        y.reshape(-1)[:2] = (0, 1)
    elif labels == "signs":
        y = np.where(rng.random(full) < 0.5, -1.0, 1.0).astype("float32")
    else:
        y = scale * (rng.poisson(3, full) + 1.0)
    raw = scale * rng.normal(size=full)
    if outputs == "raw":
        p = raw
    elif outputs == "units":
        p = 1 / (1 + np.exp(-np.clip(raw, -9, 9)))
    elif outputs == "shares":
        odds = np.exp(np.clip(raw, -6, 6))
        p = odds / odds.sum(axis=-1, keepdims=True)
    else:
        p = scale * 3 * np.exp(rng.normal(size=full))
    kept = y if y.dtype.kind == "i" else y.astype("float32")
    return kept, p.astype("float32")


def _heads_in(function: Any) -> list[Head]:
    """Heads that a function of somebody else's refers to."""
    function = getattr(function, "fn", function)
    try:
        names = inspect.getclosurevars(function)
    except (TypeError, ValueError):
        return []
    found = [*names.nonlocals.values(), *names.globals.values()]
    owners = [getattr(value, "__self__", getattr(value, "head", value)) for value in found]
    return [value for value in owners if isinstance(value, Head)]


def _for_head(head: Head) -> list[Batch]:
    rng = np.random.default_rng(1)
    batches = []
    for scale in (0.5, 1.0, 2.0):
        raw = (scale * rng.normal(size=(8, head.units))).astype("float32")
        values = {k: np.asarray(v, float) for k, v in head.parameters(raw).items()}
        batches.append((np.asarray(head.sample(values, rng)), raw))
    return batches

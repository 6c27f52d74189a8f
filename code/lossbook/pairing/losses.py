"""Which loss is it: from a name, an object, a function, a head's method, or by trying it."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lossbook._lazy import keras
from lossbook.heads.base import Head
from lossbook.pairing import trials

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
    "unknown". `text` is what a reader would recognise. `own` says that it is somebody's own
    function, known by its values.
    """

    kind: str
    text: str
    from_logits: bool = False
    head: Head | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False

    def axis(self, shape: tuple[int | None, ...]) -> int:
        """The axis of the classes, counted from the end."""
        axis = self.options.get("axis", -1)
        if not isinstance(axis, int):  # None: over all axes, as Dice is
            return -1
        return axis if axis < 0 else axis - len(shape)

    def on_last_axis(self, shape: tuple[int | None, ...]) -> bool:
        """Whether the classes stand along the output's last axis, as nearly always."""
        return self.axis(shape) == -1


def read(loss: Any, shape: tuple[int | None, ...], y: Any = None) -> Loss:
    """The loss behind what `compile` was given, for an output of that shape.

    Functions that are neither Keras's nor a head's are called on a few small random labels and
    outputs, and known by their values: a loss in a lambda is the same loss. `y` are labels, by
    which Keras chooses what "crossentropy" means.
    """
    if isinstance(loss, str) and loss.lower() in ("crossentropy", "ce"):
        loss = _crossentropy(shape, y)
    if isinstance(loss, str | dict):
        loss = keras.losses.get(loss)
    head = _of_head(loss)
    if head is not None:
        return Loss("head", f"{head!r}.loss", head=head)
    found = _of_keras(loss)
    if found is not None:
        return found
    shown = getattr(loss, "__name__", type(loss).__name__).strip("<>")
    head = trials.head(loss)
    if head is not None:
        return Loss("head", f"{shown}, which is {head!r}.loss", head=head, own=True)
    known = trials.known(loss, shape)
    if known is not None:
        kind, from_logits = known
        words = "a root mean squared error" if kind == "rmse" else call(kind, from_logits)
        kind = "mean_squared_error" if kind == "rmse" else kind
        return Loss(kind, f"{shown}, which is {words}", from_logits, own=True)
    return Loss("unknown", shown, own=True)


def _crossentropy(shape: tuple[int | None, ...], y: Any) -> str:
    """What Keras makes of loss="crossentropy"."""
    if shape and shape[-1] == 1:
        return "binary_crossentropy"
    given = tuple(getattr(y, "shape", ()) or ())
    sparse = given and (len(given) < len(shape) or given[-1] == 1)
    return "sparse_categorical_crossentropy" if sparse else "categorical_crossentropy"


def _of_head(loss: Any) -> Head | None:
    """The head of a bound method `head.loss`, or of a loss object that carries its head."""
    for owner in (getattr(loss, "__self__", None), getattr(loss, "head", None)):
        if isinstance(owner, Head) and (
            isinstance(loss, keras.losses.Loss)
            or getattr(loss, "__name__", "") in ("objective", "nll", "call")
        ):
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
        return Loss(name, call(name, from_logits), from_logits, options=options)
    return None


def call(kind: str, from_logits: bool) -> str:
    """The loss as one would name it."""
    return f"{kind}(from_logits=True)" if from_logits else kind

"""Corrected lines of code for a Keras model: the last layer, the loss, a layer on the way."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lossbook.pairing import ranges
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import Loss
from lossbook.pairing.report import Change, Finding

SAME = "the same"

LOSSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "binary_focal_crossentropy": "BinaryFocalCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "mean_squared_error": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
    "hinge": "Hinge",
    "kl_divergence": "KLDivergence",
    "poisson": "Poisson",
}


def last(
    ending: Ending, units: int | None = None, activation: Any = SAME, dense: bool = False
) -> Change:
    """The last layer with weights, with another number of units or another activation.

    `activation` None means none, and `dense` a Dense layer in place of a convolution. The
    activations that stand in layers of their own after it are to be left out, so that the line is
    the model's whole end.
    """
    layer = ending.source
    kind = type(layer).__name__
    size = units if units is not None else ending.source_units or ending.units or "units"
    if activation is SAME:
        activation = _activation(ending)
    options = f', activation="{activation}"' if activation else ""
    if not dense and kind.startswith("Conv") and hasattr(layer, "kernel_size"):
        shape = layer.kernel_size
        shown = shape[0] if len(set(shape)) == 1 else tuple(shape)
        options = (
            (f', padding="{layer.padding}"' if layer.padding != "valid" else "")
            + (f", strides={layer.strides[0]}" if set(layer.strides) != {1} else "")
            + options
        )
        code = f"keras.layers.{kind}({size}, {shown}{options})"
    else:
        code = f"keras.layers.Dense({size}{options})"
    name = getattr(layer, "name", "") or ""
    on_the_way = {getattr(op, "name", "") for op in ending.path}
    steps = [s for s in dict.fromkeys(step.layer for step in ending.steps) if s in on_the_way]
    return Change("last layer", code, name, tuple(step for step in steps if step and step != name))


def mended(ending: Ending, findings: Sequence[Finding]) -> Ending:
    """The output with the activation that findings ask for, for what else is to be said of it."""
    for change in (c for finding in findings for c in finding.change):
        if change.part == "last layer":
            asked = re.search(r'activation="(\w+)"', change.code)
            name = asked.group(1) if asked else "linear"
            known = ranges.KNOWN.get(name, ending.last.range)
            low, high = ranges.bounds(name, known)
            last = replace(ending.last, activation=name, range=known, low=low, high=high)
            return replace(ending, steps=(last, *ending.steps[1:]))
    return ending


def half(ending: Ending) -> Change:
    """The last layer in float32."""
    change = last(ending)
    return replace(change, code=change.code[:-1] + ', dtype="float32")')


def _activation(ending: Ending) -> str | None:
    name = ending.last.activation
    return name if name.isidentifier() and name not in ("linear", "nothing") else None


def loss(kind: str, from_logits: bool = False, **options: Any) -> Change:
    """A loss of Keras's, as an object."""
    told = {"from_logits": True} if from_logits else {}
    shown = ", ".join(f"{key}={value!r}" for key, value in {**told, **options}.items())
    return Change("loss", f"keras.losses.{LOSSES[kind]}({shown})")


def with_logits(now: Loss) -> Change:
    """The same loss, told that it gets raw outputs, or not told so any more."""
    kept = {
        key: value
        for key, value in now.options.items()
        if key in ("label_smoothing", "axis", "ignore_class", "gamma", "alpha")
        and value not in (None, 0, 0.0, -1)
        and isinstance(value, int | float)
    }
    return loss(now.kind, not now.from_logits, **kept)


def labels(code: str) -> Change:
    """An assignment to y."""
    return Change("labels", code)


def metric(code: str) -> Change:
    """A metric in place of the one that misleads."""
    return Change("metric", code)


def layer(name: str, code: str) -> Change:
    """A layer on the way to the output."""
    return Change("layer", code, name)

"""Labels against outputs, axis by axis: samples, places and times, values."""

from typing import Any

import numpy as np

from lossbook.pairing import lines
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import SPARSE, Loss
from lossbook.pairing.report import Change, Finding

Sizes = tuple[int | None, ...]


def number(value: float) -> str:
    """A number as one writes it: 660,000,000 and 1.5, not 6.6e+08."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def counted(count: float, word: str) -> str:
    """A count with its noun: "1 unit", "3 units", "2 classes"."""
    plural = word + ("es" if word.endswith("s") else "s")
    return f"{number(count)} {word if count == 1 else plural}"


def places(ending: Ending) -> Sizes:
    """The axes between the samples and the units: times, rows and columns."""
    return ending.shape[1:-1]


def fits(sizes: Sizes, wanted: Sizes) -> bool:
    """Whether sizes are as wanted, where None fits any."""
    return len(sizes) == len(wanted) and all(
        a is None or b is None or a == b for a, b in zip(sizes, wanted, strict=True)
    )


def finding(ending: Ending, loss: Loss, y: np.ndarray) -> Finding | None:
    """What is wrong with the labels' axes other than the last one, if anything."""
    if len(ending.shape) < 2 or not loss.on_last_axis(ending.shape):
        return None
    given, where, units = y.shape[1:], places(ending), ending.units
    sparse = loss.kind in SPARSE
    if sparse or units == 1:
        if fits(given, where) or fits(given, (*where, 1)):
            return None
        # A mismatch of the last axis alone is a matter of coding, and told elsewhere.
        if len(given) == len(where) + 1 and fits(given[:-1], where):
            return None
    elif len(given) == len(where) + 1 and fits(given[:-1], where):
        return None
    elif fits(given, where) or fits(given, (*where, 1)):
        return None  # one number where there should be several: told elsewhere
    label = given[:-1] if given and (given[-1] in (1, units)) and len(given) > 1 else given
    if not where:
        return _too_many(ending, given, sparse)
    if given in ((), (1,)) or (given == (units,) and not sparse):
        return _one_for_all(ending, given)
    if len(label) == len(where):
        return _other_places(ending, label)
    return Finding(
        "shape",
        f"labels of shape {_shape(given)} a sample, outputs of {_shape(ending.shape[1:])}",
        "",
        "the loss compares each output with a label of its own; these have another number of axes, "
        "which is an error or, in some losses, is stretched to fit without a word",
        f"labels of shape {_shape((*where, 1) if sparse else ending.shape[1:])} a sample",
    )


def samples(x: Any, y: np.ndarray) -> Finding | None:
    """Whether there are as many labels as inputs."""
    first = x
    while isinstance(first, list | tuple | dict) and first:
        first = next(iter(first.values())) if isinstance(first, dict) else first[0]
    size = np.shape(first)[:1]
    if not size or not y.shape or size[0] == y.shape[0]:
        return None
    return Finding(
        "samples",
        f"labels for {counted(y.shape[0], 'sample')}, inputs for {counted(size[0], 'sample')}",
        "",
        "each input needs a label of its own; what belongs to what is lost",
        "the same rows in x and in y",
    )


def _shape(sizes: Sizes) -> str:
    if not sizes:
        return "one number"
    return " × ".join("any" if size is None else str(size) for size in sizes)


def _sequence(ending: Ending, returns: bool) -> Any:
    """The last recurrent layer on the way, if it returns all times (or only the last one)."""
    for layer in ending.path:
        inner = getattr(layer, "forward_layer", layer)
        if hasattr(inner, "return_sequences"):
            return layer if bool(inner.return_sequences) is returns else None
    return None


def _recurrent(layer: Any, returns: bool) -> Change:
    inner = getattr(layer, "forward_layer", layer)
    option = ", return_sequences=True" if returns else ""
    units = getattr(inner, "units", getattr(inner, "filters", "units"))
    code = f"keras.layers.{type(inner).__name__}({units}{option})"
    if inner is not layer:
        code = f"keras.layers.{type(layer).__name__}({code})"
    return lines.layer(layer.name, code)


def _one_for_all(ending: Ending, given: Sizes) -> Finding:
    where, layer = places(ending), _sequence(ending, True)
    shown = _shape(where)
    what = f"one label per sample, outputs at {shown} " + ("times" if layer else "places")
    why = (
        "one label is compared with the output at every place, or stretched over them without a "
        "word, although it belongs to the sample as a whole"
    )
    if layer is not None and len(where) == 1:
        return Finding(
            "shape", what, "", why,
            f"return_sequences=False (or leave it out) in layer {layer.name!r}, which then gives "
            "its last output only",
            change=(_recurrent(layer, False),),
        )  # fmt: skip
    if where == (1,):
        return Finding(
            "shape", what, "",
            "the axis of size 1 makes the loss compare every output with every label",
            "the same axes in labels and outputs",
            change=(lines.labels(f"y = y.reshape(-1, 1, {ending.units})"),),
        )  # fmt: skip
    axes = len(where)
    pooling = f"keras.layers.GlobalAveragePooling{axes}D()"
    return Finding(
        "shape", what, "", why,
        "bring all places together before the last layer, with a pooling layer or Flatten",
        change=(Change("layer before the last", pooling), lines.last(ending, dense=True))
        if axes < 4
        else (),
    )  # fmt: skip


def _other_places(ending: Ending, label: Sizes) -> Finding:
    where = places(ending)
    change: tuple[Change, ...] = ()
    sizes = [(a or 0, b or 0) for a, b in zip(label, where, strict=True)]
    steps = [a // b if b and a % b == 0 else 0 for a, b in sizes]
    remedy = "labels and outputs of the same size: resize one of them"
    if all(steps) and len(set(steps) - {1}) == 1:
        cut = ", ".join(":" if step == 1 else f"::{step}" for step in steps)
        remedy = (
            "outputs as large as the labels (an upsampling or transposed convolution before the "
            "last layer), or smaller labels"
        )
        change = (lines.labels(f"y = y[:, {cut}]"),)
    return Finding(
        "shape",
        f"labels for {_shape(label)} places, outputs for {_shape(where)}",
        "",
        "each output needs the label of its own place; other sizes are an error or are stretched "
        "to fit",
        remedy,
        change=change,
    )


def _too_many(ending: Ending, given: Sizes, sparse: bool) -> Finding | None:
    """Labels at several places for an output without places."""
    if len(given) < 2:
        return None
    layer = _sequence(ending, False)
    label = given[:-1] if given[-1] in (1, ending.units) else given
    if layer is not None and len(label) == 1:
        return Finding(
            "shape",
            f"labels for {label[0]} times, one output per sample",
            "",
            "the output is compared with the labels of all times, so it learns their mean",
            f"return_sequences=True in layer {layer.name!r}, which then gives an output at each "
            "time",
            change=(_recurrent(layer, True),),
        )
    if all(size == 1 for size in given[:-1]):
        return Finding(
            "shape",
            f"labels of shape {_shape(given)}, outputs of {_shape(ending.shape[1:])}",
            "",
            "the extra axis makes the loss compare every output with every label",
            "one axis less in the labels",
            change=(lines.labels(f"y = y.reshape(len(y), {given[-1]})"),),
        )
    return Finding(
        "shape",
        f"labels for {_shape(label)} places, one output per sample",
        "",
        "the output is compared with the labels of all places: an error, or it learns their mean",
        "an output at each place (no Flatten or pooling over places on the way), or one label a "
        "sample",
    )


def same_axes(ending: Ending, y: np.ndarray) -> bool:
    """Whether each label stands at the output it belongs to; a last axis of one may be left out."""
    size, shape = ending.units, y.shape
    if size is None or not ending.shape:
        return True
    if len(shape) == len(ending.shape) - 1:
        return size == 1
    return len(shape) != len(ending.shape) or shape[-1] == size


def last_axis(ending: Ending, y: np.ndarray, remedy: str, *change: Change) -> Finding:
    """So many values a label, and another number of units."""
    per = 1 if len(y.shape) < len(ending.shape) else y.shape[-1]
    return Finding(
        "shape",
        f"{counted(per, 'value')} a label, {counted(ending.units or 0, 'unit')}",
        "",
        "the loss compares each output with a label of its own; other shapes are an error, or "
        "are stretched to fit without a word",
        remedy,
        change=change,
    )

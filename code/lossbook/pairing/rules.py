"""Last activation against loss: what does not fit, why, and what would."""

from collections.abc import Iterator
from dataclasses import replace

from lossbook.pairing import expected, lines
from lossbook.pairing.endings import Ending, Step
from lossbook.pairing.graph import kind_of
from lossbook.pairing.losses import CATEGORICAL, HINGE, LOG, Loss
from lossbook.pairing.ranges import CONFINED, KNOWN, SQUASHED, Range
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.shapes import counted, number

ENOUGH = 6.0
"""Raw outputs between bounds this far apart can say 95 %: soft capping, a scaled cosine."""


def where(ending: Ending, loss: Loss) -> str:
    """The output, its last layer and activation, and its loss, on one line."""
    last = ending.last
    activation = "no activation" if last.activation == "linear" else last.activation
    if last.activation not in KNOWN and last.range is not Range.UNKNOWN:
        bounded = last.range is Range.BOUNDED
        reach = f"between {number(last.low)} and {number(last.high)}" if bounded else ""
        activation += f" ({reach or last.range.value})"
    units = f"{counted(last.units, 'unit')}, " if last.units else ""
    layer = f"layer {last.layer!r}, " if last.layer != ending.name else ""
    return f"output {ending.name!r}: {layer}{units}{activation} → {loss.text}"


def findings(ending: Ending, loss: Loss) -> list[Finding]:
    """Everything that can be said without labels."""
    place = where(ending, loss)
    return [replace(found, where=place) for found in _findings(ending, loss)]


def _findings(ending: Ending, loss: Loss) -> Iterator[Finding]:
    if _softmax_on_one(ending):
        yield Finding(
            "softmax-one-unit",
            "softmax on one unit",
            "",
            "softmax shares out a total of one; a single unit always gets all of it, so the "
            "output is 1 whatever the weights are, and nothing is learnt",
            "for two classes a sigmoid on one unit with binary cross entropy; or one unit per "
            "class, softmax, and categorical cross entropy",
            change=(lines.last(ending, 1, "sigmoid"), lines.loss("binary_crossentropy")),
        )
        return
    if loss.kind == "head":
        yield from _head(ending, loss)
        return
    if loss.kind in CATEGORICAL and ending.units == 1 and loss.on_last_axis(ending.shape):
        yield Finding(
            "one-unit-categorical",
            "one unit with a categorical cross entropy",
            "",
            "categorical cross entropy compares one output per class; a single one is divided by "
            "itself, so the loss does not depend on the weights",
            "for two classes a sigmoid and binary cross entropy; else one unit per class",
            change=(lines.last(ending, 1, "sigmoid"), lines.loss("binary_crossentropy")),
        )
        return
    if loss.kind == "cosine_similarity" and ending.units == 1 and loss.on_last_axis(ending.shape):
        yield Finding(
            "cosine-one-unit",
            "one unit with cosine similarity",
            "",
            "it compares the directions of two vectors; a single number has no direction but its "
            "sign, so the loss is -1 or 1 and has no gradient",
            "mean squared error; or as many units as the vectors have",
            change=(lines.last(ending, 1, None), lines.loss("mean_squared_error")),
        )
        return
    told = _axis(ending, loss) or _stack(ending, loss)
    if told is None and not loss.from_logits:
        told = expected.finding(ending, loss)
    if told:
        yield told
    if ending.last.range is Range.CLIPPED and loss.kind not in LOG | HINGE | {"unknown"}:
        yield Finding(
            "clipped",
            "the output is clipped",
            "",
            "outside the interval the gradient is exactly zero, so the samples that are most "
            "wrong teach nothing",
            "a sigmoid, which has a slope everywhere",
            change=(lines.last(ending, None, "sigmoid"),),
        )
    yield from _precision(ending, loss)
    if told is None:
        yield from _dropout(ending)


def _dropout(ending: Ending) -> Iterator[Finding]:
    """Dropout behind the last layer with weights, where it drops predictions."""
    for layer in ending.path:
        if layer is ending.source:
            return
        if kind_of(layer) in ("Dropout", "AlphaDropout") and ending.source is not None:
            yield Finding(
                "dropout-on-outputs",
                "dropout on the outputs",
                "",
                "in training some of the outputs are set to zero and the others enlarged, so the "
                "loss is that of predictions that the model never makes",
                "dropout before the last layer",
                "warning",
                (Change("layer", "keras.layers.Identity()", layer.name),),
            )
            return


def _precision(ending: Ending, loss: Loss) -> Iterator[Finding]:
    if ending.dtype in ("float16", "bfloat16") and loss.kind in LOG | {"head"}:
        yield Finding(
            "half-precision",
            f"the output is {ending.dtype}",
            "",
            "a log loss needs probabilities near 0 and 1; in half precision they round to "
            "exactly 0 or 1, and large raw outputs overflow",
            'give the last layer dtype="float32"; the layers before it may stay as they are',
            "warning",
            (lines.half(ending),),
        )


def _softmax_on_one(ending: Ending) -> bool:
    return any(
        step.range is Range.SIMPLEX and step.units == 1 and step.axis == -1
        for step in ending.steps[:2]
    )


def _head(ending: Ending, loss: Loss) -> Iterator[Finding]:
    head = loss.head
    assert head is not None
    if ending.units is not None and ending.units != head.units:
        yield Finding(
            "head-units",
            f"{counted(ending.units, 'unit')} for {head.title}, which needs {head.units}",
            "",
            f"its parameters ({', '.join(p.name for p in head.declared)}) take {head.units} raw "
            "outputs together",
            f"give the last Dense layer {counted(head.units, 'unit')}",
            change=(lines.last(ending, head.units, None),),
        )
    last = ending.last
    mixed = " beside " in last.activation
    plain = last.range in (Range.REAL, Range.LOG_SIMPLEX) or _wide(last)
    if not plain and (last.range is not Range.UNKNOWN or mixed):
        yield Finding(
            "head-activation",
            f"{last.activation} before the loss of a head",
            "",
            "the head applies its own activations to raw outputs; with another one before them "
            "its parameters cannot reach all their values",
            "no activation on the last layer; head.parameters(raw) gives the parameters",
            change=(lines.last(ending, head.units, None),),
        )
    yield from _precision(ending, loss)


def _axis(ending: Ending, loss: Loss) -> Finding | None:
    """Whether softmax and loss look for the classes along the same axis."""
    if loss.kind not in CATEGORICAL or len(ending.shape) < 3 or loss.from_logits:
        return None
    last, rank = ending.last, len(ending.shape)
    if not last.activation.startswith("softmax") or "moved" in last.activation:
        return None
    axis = last.axis if last.axis < 0 else last.axis - rank
    if axis == loss.axis(ending.shape):
        return None
    wanted = loss.options.get("axis", -1)
    return Finding(
        "softmax-axis",
        f"softmax over axis {last.axis}, the loss has its classes on axis {wanted}",
        "",
        "the probabilities sum to one along another axis than the classes', so at no place do "
        "the classes share out a total of one",
        "the same axis in both",
        change=(
            Change("layer", f"keras.layers.Softmax(axis={wanted})", last.layer),
        ),
    )  # fmt: skip


def _wide(step: Step) -> bool:
    return step.range is Range.BOUNDED and step.high - step.low >= ENOUGH


def _mended(ending: Ending, loss: Loss, inner: Step) -> tuple[Change, ...]:
    """No activation where raw outputs are expected."""
    if inner is ending.last:
        return (lines.last(ending, None, None),)
    # The last activation stays where it is, without the one before it.
    return (lines.last(ending, None, ending.last.activation),)


def _stack(ending: Ending, loss: Loss) -> Finding | None:
    """What serves as logits must be any real number: neither squashed already, nor confined."""
    if loss.from_logits or loss.kind == "ctc":
        logits, outer = ending.last, loss.text
    elif ending.last.activation in ("softmax", "sigmoid") and ending.before:
        logits, outer = ending.before, ending.last.activation
    else:
        return None
    stacked = logits is not ending.last
    if logits.range in SQUASHED and not logits.pooled and not _attention(logits):
        inner = logits.activation
        return Finding(
            "double-activation",
            f"{inner}, and then {outer} on top of it"
            if stacked
            else f"{inner} on the last layer, and another one inside the loss",
            "",
            f"the probabilities that {inner} in layer {logits.layer!r} puts out differ by at most "
            "1; taken for raw outputs they can never become a confident answer, so the loss stays "
            "high and the gradient small (Keras sees this only where its own activation comes "
            "last, and then warns)",
            "no activation on the last layer with from_logits=True, or the activation once "
            "without from_logits",
            change=_mended(ending, loss, logits),
        )
    if logits.range in CONFINED and not (
        # Softmax is unmoved by a shift: a range without an upper end leaves it all its answers.
        logits.range in (Range.POSITIVE, Range.NEGATIVE, Range.ABOVE)
        and (loss.kind in CATEGORICAL or outer == "softmax")
    ):
        many = loss.kind in CATEGORICAL or outer == "softmax"
        if logits.range is Range.CUT and logits.pooled and many:
            return None  # a mean of places after relu: as SqueezeNet and Network in Network end
        if logits.range is Range.CUT:
            why = "relu cuts off everything below zero: " + (
                "a class whose unit is cut off has no gradient through it, and where all are cut "
                "off, all classes get the same probability and nothing is learnt"
                if many
                else "the probability can never be less than one half, and where the unit is cut "
                "off there is no gradient at all"
            )
        else:
            why = (
                f"raw outputs must be any real number; after {logits.activation} they are "
                f"{logits.range.value}, so some probabilities can never be predicted"
            )
        return Finding(
            "relu-log-loss" if logits.range is Range.CUT else "confined-logits",
            f"{logits.activation} where raw outputs are expected",
            "",
            why,
            "no activation on the last layer before the sigmoid, the softmax, or a loss with "
            "from_logits=True",
            change=_mended(ending, loss, logits),
        )
    return None


def _attention(step: Step) -> bool:
    return step.range is Range.UNIT and step.axis != -1

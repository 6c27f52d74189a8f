"""Last activation against loss: what does not fit, why, and what would."""

from collections.abc import Callable, Iterator

from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import (
    BINARY,
    CATEGORICAL,
    HINGE,
    LOG,
    OVERLAP,
    Loss,
)
from lossbook.pairing.ranges import KNOWN, Range
from lossbook.pairing.report import Finding

SQUASHED = frozenset({Range.UNIT, Range.SIMPLEX})
CONFINED = frozenset(
    {Range.CUT, Range.CLIPPED, Range.SYMMETRIC, Range.POSITIVE, Range.NEGATIVE, Range.ABOVE}
)


def where(ending: Ending, loss: Loss) -> str:
    """The output, its last layer and activation, and its loss, on one line."""
    last = ending.last
    activation = "no activation" if last.activation == "linear" else last.activation
    if last.activation not in KNOWN and last.range is not Range.UNKNOWN:
        activation += f" ({last.range.value})"
    units = f"{last.units} unit{'s' * (last.units != 1)}, " if last.units else ""
    layer = f"layer {last.layer!r}, " if last.layer != ending.name else ""
    return f"output {ending.name!r}: {layer}{units}{activation} → {loss.text}"


def findings(ending: Ending, loss: Loss) -> Iterator[Finding]:
    """Everything that can be said without labels."""
    place = where(ending, loss)

    def found(code: str, what: str, why: str, remedy: str, severity: str = "error") -> Finding:
        return Finding(code, what, place, why, remedy, severity)

    if _softmax_on_one(ending):
        yield found(
            "softmax-one-unit",
            "softmax on one unit",
            "softmax shares out a total of one; a single unit always gets all of it, so the "
            "output is 1 whatever the weights are, and nothing is learnt",
            "for two classes a sigmoid on one unit with binary cross entropy; or one unit a "
            "class, softmax, and categorical cross entropy",
        )
        return
    if loss.kind == "head":
        yield from _head(ending, loss, found)
        return
    if loss.kind in CATEGORICAL and ending.units == 1 and loss.on_last_axis(ending.shape):
        yield found(
            "one-unit-categorical",
            "one unit with a categorical cross entropy",
            "categorical cross entropy compares one output a class; a single one is divided by "
            "itself, so the loss does not depend on the weights",
            "for two classes a sigmoid and binary cross entropy; else one unit a class",
        )
        return
    doubled = _stack(ending, loss)
    if doubled:
        yield found(*doubled)
    elif not loss.from_logits:
        told = _probabilities(ending, loss)
        if told:
            yield found(*told)
    if ending.last.range is Range.CLIPPED and loss.kind not in LOG | HINGE:
        yield found(
            "clipped",
            "the output is clipped",
            "outside the interval the gradient is exactly zero, so the samples that are most "
            "wrong teach nothing",
            "a sigmoid, which has a slope everywhere",
        )
    if ending.dtype in ("float16", "bfloat16") and loss.kind in LOG | {"head"}:
        yield found(
            "half-precision",
            f"the output is {ending.dtype}",
            "a log loss needs probabilities near 0 and 1; in half precision they round to "
            "exactly 0 or 1, and large raw outputs overflow",
            'give the last layer dtype="float32"; the layers before it may stay as they are',
            "warning",
        )


def _softmax_on_one(ending: Ending) -> bool:
    return any(step.range is Range.SIMPLEX and step.units == 1 for step in ending.steps[:2])


def _head(ending: Ending, loss: Loss, found: Callable[..., Finding]) -> Iterator[Finding]:
    head = loss.head
    assert head is not None
    if ending.units is not None and ending.units != head.units:
        yield found(
            "head-units",
            f"{ending.units} unit{'s' * (ending.units != 1)} for {head.title}, which needs "
            f"{head.units}",
            f"its parameters ({', '.join(p.name for p in head.declared)}) take {head.units} raw "
            "outputs together",
            f"give the last Dense layer {head.units} units",
        )
    last = ending.last
    mixed = " beside " in last.activation
    plain = last.range in (Range.REAL, Range.LOG_SIMPLEX)
    if not plain and (last.range is not Range.UNKNOWN or mixed):
        yield found(
            "head-activation",
            f"{last.activation} before the loss of a head",
            "the head applies its own activations to raw outputs; with another one before them "
            "its parameters cannot reach all their values",
            "no activation on the last layer; head.parameters(raw) gives the parameters",
        )
    if ending.dtype in ("float16", "bfloat16"):
        yield found(
            "half-precision",
            f"the output is {ending.dtype}",
            "logarithms and exponentials of raw outputs overflow or lose their digits",
            'give the last layer dtype="float32"',
            "warning",
        )


def _stack(ending: Ending, loss: Loss) -> tuple[str, str, str, str] | None:
    """What serves as logits must be any real number: neither squashed already, nor confined."""
    if loss.from_logits or loss.kind == "ctc":
        logits, outer = ending.last, loss.text
    elif ending.last.activation in ("softmax", "sigmoid") and ending.before:
        logits, outer = ending.before, ending.last.activation
    else:
        return None
    if logits.range in SQUASHED:
        inner = logits.activation
        return (
            "double-activation",
            f"{inner} on the last layer, and another one inside the loss"
            if logits is ending.last
            else f"{inner}, and then {outer} on top of it",
            "probabilities differ by at most 1; taken for raw outputs they can never become a "
            "sure answer, so the loss stays high and the gradient small (Keras sees this only "
            "where its own activation comes last, and then warns)",
            "no activation on the last layer with from_logits=True, or the activation once "
            "without from_logits",
        )
    if logits.range in CONFINED and not (
        # Softmax is unmoved by a shift: a range without an upper end leaves it all its answers.
        logits.range in (Range.POSITIVE, Range.NEGATIVE, Range.ABOVE)
        and (loss.kind in CATEGORICAL or outer == "softmax")
    ):
        if logits.range is Range.CUT:
            why = (
                "relu cuts off everything below zero: one unit can never say less than one half, "
                "and where all units are cut off there is no gradient at all"
            )
        else:
            why = (
                f"raw outputs must be any real number; after {logits.activation} they are "
                f"{logits.range.value}, so some probabilities can never be said"
            )
        return (
            "relu-log-loss" if logits.range is Range.CUT else "confined-logits",
            f"{logits.activation} where raw outputs are expected",
            why,
            "no activation on the last layer before the sigmoid, the softmax, or a loss with "
            "from_logits=True",
        )
    return None


def _fitting(kind: str) -> str:
    if kind in BINARY:
        return "a sigmoid on the last layer; or none, and BinaryCrossentropy(from_logits=True)"
    if kind in CATEGORICAL:
        return "softmax on the last layer; or none, and from_logits=True in the loss"
    if kind == "poisson":
        return "softplus or an exponential on the last layer"
    if kind == "kl_divergence":
        return "softmax on the last layer"
    return "a sigmoid (or softmax) on the last layer"


def _probabilities(ending: Ending, loss: Loss) -> tuple[str, str, str, str] | None:
    """Losses that take what the output means: a probability, a rate, a score."""
    last, kind = ending.last, loss.kind
    if kind in HINGE:
        if last.range in SQUASHED | {Range.CUT, Range.CLIPPED, Range.POSITIVE}:
            return (
                "hinge-range",
                f"{last.activation} with a hinge loss",
                "a hinge wants scores of at least 1 for one class and at most -1 for the other; "
                f"the output is {last.range.value}, so one class can never be satisfied",
                "no activation (or tanh) with hinge; or a sigmoid with binary cross entropy",
            )
        return None
    if kind == "poisson":
        if last.range in SQUASHED or last.range is Range.CLIPPED:
            return (
                "bounded-rate",
                f"{last.activation} as the rate of a Poisson",
                "an expected count may be any positive number; here it can never exceed 1",
                _fitting(kind),
            )
        if last.range is Range.CUT:
            return _cut(kind, last.activation)
    elif kind in BINARY and last.range is Range.SIMPLEX:
        return (
            "softmax-binary",
            "softmax with binary cross entropy",
            "softmax makes the classes compete for a total of one; binary cross entropy asks one "
            "question a class, as if each could be present or not",
            "exactly one class: categorical cross entropy; any number of them: a sigmoid each",
        )
    elif kind in CATEGORICAL and last.range in (Range.UNIT, Range.CLIPPED):
        if "sliced" in last.activation or last.activation not in ("sigmoid", "hard_sigmoid"):
            return None
        return (
            "sigmoid-categorical",
            f"{last.activation} with categorical cross entropy",
            "the loss takes the outputs for shares of one; sigmoids need not sum to one, so it "
            "divides them by their sum (or takes the raw outputs behind them: then it trains as "
            "softmax, and predicts as sigmoids)",
            "exactly one class: softmax; several at once: keep the sigmoids, take binary cross "
            "entropy",
        )
    elif kind not in LOG | OVERLAP:
        return None
    if last.range is Range.CLIPPED:
        return (
            "clipped",
            "a clipped output in a log loss",
            "where it is clipped to 0 or 1 the gradient is zero and the logarithm infinite: the "
            "worst mistakes teach nothing",
            _fitting(kind),
        )
    if last.range in (Range.CUT, Range.ABOVE) or (last.range is Range.POSITIVE and kind in BINARY):
        return _cut(kind, last.activation)
    if last.range in (Range.LOG_SIMPLEX, Range.NEGATIVE):
        return (
            "log-probabilities",
            f"{last.activation} with {kind}",
            "the loss takes the logarithm itself; it is given logarithms, which are below zero",
            "no activation, and from_logits=True in the loss",
        )
    if last.range is Range.SYMMETRIC:
        return (
            "tanh-log-loss",
            f"{last.activation} with {kind}",
            "its outputs run from -1 to 1; the logarithm of a negative number does not exist, "
            "and Keras puts a tiny number in its place, without a gradient",
            _fitting(kind),
        )
    if last.range is Range.REAL:
        rate = kind == "poisson"
        return (
            "missing-activation",
            f"no activation before {kind}, which expects "
            + ("a rate above zero" if rate else "probabilities"),
            "raw outputs may be negative or large: no probability and no rate is, and where Keras "
            "moves them into the allowed range the gradient is zero",
            _fitting(kind),
        )
    return None


def _cut(kind: str, activation: str) -> tuple[str, str, str, str]:
    wanted = "a rate above zero" if kind == "poisson" else "probabilities"
    return (
        "relu-log-loss",
        f"{activation} before {kind}, which expects {wanted}",
        f"{activation} gives exact zeros, where the logarithm is infinite and the gradient dead"
        if kind == "poisson"
        else f"{activation} gives numbers that are zero, where the logarithm is infinite and the "
        "gradient dead, or above one, which no probability is",
        _fitting(kind),
    )

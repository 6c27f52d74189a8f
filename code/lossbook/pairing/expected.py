"""Losses that take the output for a probability, a rate or a score: can it be one?"""

from lossbook.pairing import lines
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import BINARY, CATEGORICAL, HINGE, LOG, OVERLAP, Loss
from lossbook.pairing.ranges import SQUASHED, Range
from lossbook.pairing.report import Change, Finding


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


def _fit(ending: Ending, kind: str) -> tuple[Change, ...]:
    many = (ending.units or 1) > 1
    activation = "sigmoid"
    if kind == "poisson":
        activation = "softplus"
    elif kind in CATEGORICAL or kind == "kl_divergence" or (kind in OVERLAP and many):
        activation = "softmax"
    return (lines.last(ending, None, activation),)


def finding(ending: Ending, loss: Loss) -> Finding | None:
    """What does not fit, if the loss takes the output for something that it cannot be."""
    last, kind = ending.last, loss.kind
    if kind in HINGE:
        if last.range in SQUASHED | {Range.CUT, Range.CLIPPED, Range.POSITIVE}:
            return Finding(
                "hinge-range",
                f"{last.activation} with a hinge loss",
                "",
                "a hinge wants scores of at least 1 for one class and at most -1 for the other; "
                f"the output is {last.range.value}, so one class can never be satisfied",
                "no activation (or tanh) with hinge; or a sigmoid with binary cross entropy",
                change=(lines.last(ending, None, None),),
            )
        return None
    if kind == "poisson":
        if last.range in SQUASHED or last.range is Range.CLIPPED:
            return Finding(
                "bounded-rate",
                f"{last.activation} as the rate of a Poisson",
                "",
                "an expected count may be any positive number; here it can never exceed 1",
                _fitting(kind),
                change=_fit(ending, kind),
            )
        if last.range is Range.CUT:
            return _cut(ending, kind)
    elif kind in BINARY and last.range is Range.SIMPLEX:
        if last.units == 2:
            return None  # of two shares each says all: it is the categorical cross entropy
        return Finding(
            "softmax-binary",
            "softmax with binary cross entropy",
            "",
            "softmax makes the classes compete for a total of one; binary cross entropy asks one "
            "question per class, as if each could be present or not",
            "exactly one class: categorical cross entropy; any number of them: a sigmoid each",
            change=(lines.loss("categorical_crossentropy"),),
        )
    elif kind in CATEGORICAL and last.range in (Range.UNIT, Range.CLIPPED):
        if last.pooled or last.activation not in ("sigmoid", "hard_sigmoid"):
            return None
        return Finding(
            "sigmoid-categorical",
            f"{last.activation} with categorical cross entropy",
            "",
            "the loss takes the outputs for shares of one; sigmoids need not sum to one, so it "
            "divides them by their sum (or takes the raw outputs behind them: then it trains as "
            "softmax, and predicts as sigmoids)",
            "exactly one class: softmax; several at once: keep the sigmoids, take binary cross "
            "entropy",
            change=(lines.last(ending, None, "softmax"),),
        )
    elif kind not in LOG | OVERLAP:
        return None
    if last.range is Range.CLIPPED:
        return Finding(
            "clipped",
            "a clipped output in a log loss" if kind in LOG else "the output is clipped",
            "",
            "where it is clipped to 0 or 1 the gradient is zero and the logarithm infinite: the "
            "worst mistakes teach nothing"
            if kind in LOG
            else "where it is clipped to 0 or 1 the gradient is zero: the worst mistakes teach "
            "nothing",
            _fitting(kind),
            change=_fit(ending, kind),
        ) if kind in LOG else None  # fmt: skip
    if last.range in (Range.CUT, Range.ABOVE) or (last.range is Range.POSITIVE and kind in BINARY):
        return _cut(ending, kind)
    if last.range in (Range.LOG_SIMPLEX, Range.NEGATIVE):
        return Finding(
            "log-probabilities",
            f"{last.activation} with {kind}",
            "",
            "the loss takes the logarithm itself; it is given logarithms, which are below zero",
            "no activation, and from_logits=True in the loss"
            if kind in BINARY | CATEGORICAL
            else _fitting(kind),
            change=(lines.last(ending, None, None), lines.with_logits(loss))
            if kind in BINARY | CATEGORICAL
            else _fit(ending, kind),
        )
    if last.range is Range.SYMMETRIC:
        return Finding(
            "tanh-log-loss",
            f"{last.activation} with {kind}",
            "",
            "its outputs run from -1 to 1; the logarithm of a negative number does not exist, "
            "and Keras puts a tiny number in its place, without a gradient"
            if kind in LOG
            else "its outputs run from -1 to 1; the loss counts overlaps, of which none is "
            "negative",
            _fitting(kind),
            change=_fit(ending, kind),
        )
    bounded = last.range is Range.BOUNDED and (last.low < 0 or last.high > 1)
    if last.range is Range.REAL or (bounded and kind in BINARY | CATEGORICAL):
        rate = kind == "poisson"
        return Finding(
            "missing-activation",
            ("no activation" if last.activation == "linear" else last.activation)
            + f" before {kind}, which expects "
            + ("a rate above zero" if rate else "probabilities"),
            "",
            "raw outputs may be negative or large: no probability and no rate is, and where Keras "
            "moves them into the allowed range the gradient is zero"
            if kind in LOG
            else "raw outputs may be negative or large; the loss counts overlaps, and grows "
            "without end in the wrong direction",
            _fitting(kind),
            change=_fit(ending, kind),
        )
    return None


def _cut(ending: Ending, kind: str) -> Finding:
    activation = ending.last.activation
    wanted = "a rate above zero" if kind == "poisson" else "probabilities"
    if kind == "poisson":
        why = (
            f"{activation} gives exact zeros, where the logarithm is infinite and the gradient dead"
        )
    elif kind in OVERLAP:
        why = f"{activation} may give any number above one, which no share of an overlap is"
    else:
        why = (
            f"{activation} gives numbers that are zero, where the logarithm is infinite and the "
            "gradient dead, or above one, which no probability is"
        )
    return Finding(
        "relu-log-loss",
        f"{activation} before {kind}, which expects {wanted}",
        "",
        why,
        _fitting(kind),
        change=_fit(ending, kind),
    )

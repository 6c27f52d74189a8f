"""Last activation against loss, for PyTorch."""

from typing import Any

from lossbook.pairing.endings import Ending, Step
from lossbook.pairing.ranges import CONFINED, SQUASHED, Range
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.shapes import counted
from lossbook.pairing.torch_losses import TorchLoss

LOGITS = frozenset(
    {"cross_entropy", "binary_cross_entropy_with_logits", "multilabel_soft_margin_loss"}
)
MARGIN = frozenset({"multi_margin_loss", "soft_margin_loss"})

MODULES = {
    "sigmoid": "nn.Sigmoid()", "softplus": "nn.Softplus()", "softmax": "nn.Softmax(dim=1)",
    "log_softmax": "nn.LogSoftmax(dim=1)", "relu": "nn.ReLU()", "tanh": "nn.Tanh()",
}  # fmt: skip


def last(ending: Ending, activation: str | None = None, units: int | None = None) -> Change:
    """The last module with weights, and the activation after it; it ends the model."""
    source = ending.source
    size = units or getattr(source, "out_features", getattr(source, "out_channels", ending.units))
    if hasattr(source, "in_channels") and hasattr(source, "kernel_size"):
        kernel = source.kernel_size
        shown = kernel[0] if len(set(kernel)) == 1 else kernel
        padding = f", padding={source.padding[0]}" if any(source.padding) else ""
        code = f"nn.{type(source).__name__}({source.in_channels}, {size}, {shown}{padding})"
    else:
        code = f"nn.Linear({getattr(source, 'in_features', 'features')}, {size})"
    if activation:
        code = f"nn.Sequential({code}, {MODULES[activation]})"
    return Change("last layer", code)


def loss(code: str) -> Change:
    """A loss in place of the one given."""
    return Change("loss", code)


def findings(ending: Ending, given: TorchLoss) -> list[Finding]:
    """Everything that can be said without labels, the place left empty."""
    kind, step = given.kind, ending.last
    if step.range is Range.SIMPLEX and ending.units == 1 and "softmax" in step.activation:
        return [_softmax_on_one(ending)]
    if kind == "cross_entropy" and ending.units == 1:
        return [
            Finding(
                "one-unit-categorical", "one output with CrossEntropyLoss", "",
                "it compares one output per class; of a single one softmax makes 1, so the loss is "
                "zero whatever the weights are",
                "for two classes BCEWithLogitsLoss; else one output per class",
                change=(last(ending), loss("nn.BCEWithLogitsLoss()")),
            )
        ]  # fmt: skip
    found = _doubled(ending, given) if kind in LOGITS else _stacked(ending)
    found = found or _scores(ending, given) or _probabilities(ending, given)
    told = [found] if found else []
    told += _weights(ending, given)
    if kind == "kl_div" and given.options.get("reduction", "mean") == "mean":
        told.append(
            Finding(
                "kl-reduction", 'KLDivLoss with reduction="mean"', "",
                "it divides by the number of outputs, not of samples, so it is no divergence: the "
                "more classes, the smaller it gets",
                'reduction="batchmean"', "warning",
                (loss('nn.KLDivLoss(reduction="batchmean")'),),
            )
        )  # fmt: skip
    return told


def _weights(ending: Ending, given: TorchLoss) -> list[Finding]:
    """Class weights that are not one a class."""
    name = "weight" if given.kind in ("cross_entropy", "nll_loss") else "pos_weight"
    shape, units = given.options.get(name), ending.units
    if not shape or not units or shape[0] in (1, units) or len(shape) != 1:
        return []
    if name == "pos_weight" and len(ending.shape) != 2:
        return []
    return [
        Finding(
            "class-weights", f"{counted(shape[0], 'weight')} for {counted(units, 'output')}", "",
            f"{name} holds one number per class, in the order of the outputs",
            f"{counted(units, 'weight')}",
        )
    ]  # fmt: skip


def _softmax_on_one(ending: Ending) -> Finding:
    return Finding(
        "softmax-one-unit", "softmax on one output", "",
        "softmax shares out a total of one; a single output always gets all of it, so it is 1 "
        "whatever the weights are, and nothing is learnt",
        "no activation, and BCEWithLogitsLoss",
        change=(last(ending), loss("nn.BCEWithLogitsLoss()")),
    )  # fmt: skip


def _doubled(ending: Ending, given: TorchLoss) -> Finding | None:
    """Losses that apply softmax or sigmoid themselves, to raw outputs."""
    step, many = ending.last, given.kind == "cross_entropy"
    if step.range in SQUASHED and not (step.pooled and step.range is Range.UNIT):
        inside = "softmax" if many else "sigmoid"
        return Finding(
            "double-activation",
            f"{step.activation} before {given.module}, which applies {inside} itself", "",
            f"the outputs of {_where(step)} differ by at most 1; taken for raw outputs they can "
            "never become a confident answer, so the loss stays high and the gradient small",
            "no activation at the end of the model; apply it where you need probabilities",
            change=(last(ending),),
        )  # fmt: skip
    shifted = step.range in (Range.POSITIVE, Range.NEGATIVE, Range.ABOVE)
    if step.range not in CONFINED or (many and (shifted or step.pooled)):
        return None
    cut = step.range is Range.CUT
    return Finding(
        "relu-log-loss" if cut else "confined-logits",
        f"{step.activation} before {given.module}, which expects raw outputs", "",
        "what is cut off at zero has no gradient, and "
        + ("all classes cut off get the same probability" if many
           else "the probability can never be less than one half")
        if cut
        else f"after {step.activation} the outputs are {step.range.value}, so some probabilities "
        "can never be predicted",
        "no activation at the end of the model",
        change=(last(ending),),
    )  # fmt: skip


def _stacked(ending: Ending) -> Finding | None:
    """An activation that takes raw outputs, given those of another one."""
    outer, inner = ending.last, ending.before
    if outer.activation not in ("softmax", "log_softmax", "sigmoid", "log_sigmoid"):
        return None
    if inner is None or inner.range not in SQUASHED or inner.pooled or inner.axis not in (-1, 1):
        return None
    kept = outer.activation if outer.activation in MODULES else None
    return Finding(
        "double-activation", f"{inner.activation}, and then {outer.activation} on top of it", "",
        f"the outputs of {_where(inner)} differ by at most 1; taken for raw outputs they can never "
        "become a confident answer, so the loss stays high and the gradient small",
        f"{outer.activation} alone", change=(last(ending, kept),),
    )  # fmt: skip


def _where(step: Step) -> str:
    return f"{step.activation} in {step.layer!r}" if step.layer else step.activation


def _scores(ending: Ending, given: TorchLoss) -> Finding | None:
    step = ending.last
    if given.kind in MARGIN and step.range in SQUASHED | {Range.CUT, Range.POSITIVE}:
        return Finding(
            "hinge-range", f"{step.activation} with {given.module}", "",
            f"the loss wants scores that may be far apart; the output is {step.range.value}",
            "no activation at the end of the model", change=(last(ending),),
        )  # fmt: skip
    if given.kind != "poisson_nll_loss":
        return None
    log_input = given.options.get("log_input", True)
    if log_input and step.range in SQUASHED | {Range.POSITIVE, Range.CUT, Range.CLIPPED}:
        return Finding(
            "log-input", f"{step.activation} before PoissonNLLLoss, which takes log rates",
            "",
            f"with log_input=True the output is exponentiated; after {step.activation} it is "
            f"{step.range.value}, so a rate below 1 can never be predicted",
            "no activation; or log_input=False after softplus", change=(last(ending),),
        )  # fmt: skip
    if not log_input and step.range is Range.REAL:
        return Finding(
            "missing-activation", "raw outputs as the rate of PoissonNLLLoss(log_input=False)", "",
            "a rate is above zero; of a raw output that is not, the logarithm does not exist",
            "log_input=True", change=(loss("nn.PoissonNLLLoss(log_input=True)"),),
        )  # fmt: skip
    if not log_input and step.range in SQUASHED:
        return Finding(
            "bounded-rate", f"{step.activation} as the rate of a Poisson", "",
            "an expected count may be any positive number; here it can never exceed 1",
            "softplus", change=(last(ending, "softplus"),),
        )  # fmt: skip
    return None


def _probabilities(ending: Ending, given: TorchLoss) -> Finding | None:
    """Losses that take probabilities, or their logarithms."""
    step, kind = ending.last, given.kind
    if kind in ("nll_loss", "kl_div", "ctc_loss"):
        return _logarithms(ending, given)
    if kind == "gaussian_nll_loss" and ending.name == "variance":
        return variance(ending)
    if kind != "binary_cross_entropy":
        return None

    def told(code: str, what: str, why: str, remedy: str, *change: Change) -> Finding:
        return Finding(code, what, "", why, remedy, change=change)

    better = (last(ending), loss("nn.BCEWithLogitsLoss()"))
    if step.range is Range.SIMPLEX and (ending.units or 0) > 2:
        return told(
            "softmax-binary", "softmax with BCELoss",
            "softmax makes the classes compete for a total of one; BCELoss asks one question a "
            "class, as if each could be present or not",
            "exactly one class: CrossEntropyLoss on raw outputs; any number of them: "
            "BCEWithLogitsLoss", *better,
        )  # fmt: skip
    if step.range is Range.REAL:
        return told(
            "missing-activation", "raw outputs before BCELoss, which expects probabilities",
            "it takes the logarithm of the output and of one minus it; outside 0 to 1 it is an "
            "error, on a GPU one that names no line",
            "BCEWithLogitsLoss, which takes raw outputs", *better[1:],
        )  # fmt: skip
    if step.range in (Range.CUT, Range.POSITIVE, Range.ABOVE):
        return told(
            "relu-log-loss", f"{step.activation} before BCELoss, which expects probabilities",
            "the outputs may exceed 1, which is an error", "BCEWithLogitsLoss on raw outputs",
            *better,
        )  # fmt: skip
    if step.range in (Range.SYMMETRIC, Range.BOUNDED):
        return told(
            "tanh-log-loss", f"{step.activation} before BCELoss, which expects probabilities",
            "the outputs may be negative, which is an error", "BCEWithLogitsLoss on raw outputs",
            *better,
        )  # fmt: skip
    if step.range in (Range.LOG_SIMPLEX, Range.NEGATIVE):
        return told(
            "log-probabilities", f"{step.activation} before BCELoss, which expects probabilities",
            "the loss takes the logarithm itself; it is given logarithms, which are below zero",
            "BCEWithLogitsLoss on raw outputs", *better,
        )  # fmt: skip
    if step.range is Range.CLIPPED:
        return told(
            "clipped", f"{step.activation} before BCELoss",
            "where the output is clipped to 0 or 1 there is no gradient: the worst mistakes teach "
            "nothing", "BCEWithLogitsLoss on raw outputs", *better,
        )  # fmt: skip
    return None


def _logarithms(ending: Ending, given: TorchLoss) -> Finding | None:
    step, kind = ending.last, given.kind
    change: tuple[Change, ...] = (last(ending, "log_softmax"),)
    if kind == "nll_loss":
        change = (last(ending), loss("nn.CrossEntropyLoss()"))
    remedy = "LogSoftmax at the end" + (
        "; or raw outputs and CrossEntropyLoss, which is both in one" if kind == "nll_loss" else ""
    )
    if step.range is Range.REAL:
        return Finding(
            "missing-activation",
            f"raw outputs before {given.module}, which expects logarithms of probabilities", "",
            "it computes no logarithm itself: on raw outputs the loss falls without end as they "
            "grow",
            remedy, change=change,
        )  # fmt: skip
    if step.range in SQUASHED | {Range.CUT, Range.POSITIVE, Range.CLIPPED}:
        return Finding(
            "probabilities",
            f"{step.activation} before {given.module}, which expects logarithms of probabilities",
            "",
            "it computes no logarithm itself: the loss of probabilities is no likelihood, and its "
            "gradient is the weaker the more the model errs",
            remedy, change=change,
        )  # fmt: skip
    axis = step.axis if step.axis >= 0 else step.axis + len(ending.shape)
    if step.activation == "log_softmax" and kind == "nll_loss" and axis != 1:
        return Finding(
            "softmax-axis", f"log_softmax over axis {axis}, the loss has its classes on axis 1", "",
            "the probabilities sum to one along another axis than the classes'",
            "dim=1", change=(last(ending, "log_softmax"),),
        )  # fmt: skip
    return None


def variance(ending: Ending) -> Finding | None:
    """The second input of GaussianNLLLoss."""
    if ending.last.range not in (Range.REAL, Range.SYMMETRIC, Range.ABOVE, Range.BOUNDED):
        return None
    return Finding(
        "negative-variance", "raw outputs as the variance of GaussianNLLLoss", "",
        "a variance is above zero; a negative one is an error",
        "softplus (or an exponential) on the output for the variance",
        change=(last(ending, "softplus"),),
    )  # fmt: skip


def reduction(given: TorchLoss) -> Finding | None:
    """A remark on how single losses are brought together."""
    how: Any = given.options.get("reduction", "mean")
    if how == "none":
        return Finding(
            "reduction", 'reduction="none"', "",
            "the loss is one number per sample; backward needs a single one",
            ".mean() (after weights of your own)", "remark",
        )  # fmt: skip
    if how == "sum":
        return Finding(
            "reduction", 'reduction="sum"', "",
            "the gradient grows with the batch, so the learning rate depends on its size",
            'reduction="mean"', "remark", (loss(f"nn.{given.module}()"),),
        )  # fmt: skip
    return None

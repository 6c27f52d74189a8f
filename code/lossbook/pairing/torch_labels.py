"""Labels against loss and output, for PyTorch: type, shape, coding, support."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lossbook.pairing import torch_distributions, torch_rules
from lossbook.pairing.endings import Ending
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.shapes import counted, number
from lossbook.pairing.torch_distributions import labels
from lossbook.pairing.torch_losses import REGRESSION, TorchLoss
from lossbook.pairing.values import minus_one, one_hot, said, whole

BINARY = frozenset(
    {"binary_cross_entropy", "binary_cross_entropy_with_logits", "multilabel_soft_margin_loss"}
)
CLASSES = frozenset({"cross_entropy", "nll_loss", "multi_margin_loss"})
SIGNS = frozenset(
    {"soft_margin_loss", "hinge_embedding_loss", "cosine_embedding_loss", "margin_ranking_loss"}
)


def findings(ending: Ending, given: TorchLoss, y: Any) -> Iterator[Finding]:
    """What does not fit about the labels; they are a tensor, or become one as they are."""
    import torch

    if not isinstance(y, torch.Tensor):
        array = np.asarray(y)
        if array.dtype.kind not in "biuf":
            yield Finding(
                "not-numbers", "the labels are not numbers", "",
                f"they are of type {array.dtype}; a loss computes with numbers",
                "numbers of the classes from 0 on",
                change=(labels("y = torch.as_tensor(numpy.unique(y, return_inverse=True)[1])"),),
            )  # fmt: skip
            return
        typed = False
        y = torch.as_tensor(array)
    else:
        typed = True
    if given.kind == "unknown" or y.numel() == 0:
        return
    values = y.detach().cpu().double().numpy()
    if not np.isfinite(values).all():
        yield Finding(
            "not-finite", "some labels are missing or infinite", "",
            "one NaN in a batch makes the whole loss, and then all weights, NaN",
            "leave those samples out, or fill them in",
            change=(labels("y = y[torch.isfinite(y.flatten(1) if y.ndim > 1 else y[:, None])"
                           ".all(dim=1)]"),),
        )  # fmt: skip
        return
    told = None
    if given.kind in CLASSES:
        told = _classes(ending, given, y, values, typed)
    elif given.kind in BINARY:
        told = _binary(ending, given, y, values, typed)
    elif given.kind in REGRESSION:
        told = _numbers(ending, y, values, typed)
    elif given.kind == "poisson_nll_loss":
        told = torch_distributions.counts(values) or _same_shape(ending, y)
    elif given.kind == "gaussian_nll_loss":
        told = _same_shape(ending, y)
    elif given.kind == "kl_div":
        told = torch_distributions.distribution(ending, given, y, values)
    elif given.kind == "ctc_loss":
        told = torch_distributions.letters(ending, given, values)
    elif given.kind in SIGNS and not minus_one(values):
        two = set(np.unique(values)) <= {0.0, 1.0}
        told = Finding(
            "outside-support", f"labels of {given.module} that are not -1 and 1", "",
            f"{said(values)}; with a label of 0 a sample costs the same whatever the output is",
            "labels of -1 and 1", change=(labels("y = 2 * y - 1"),) if two else (),
        )  # fmt: skip
    if told:
        yield told


def _classes(
    ending: Ending, given: TorchLoss, y: Any, values: np.ndarray, typed: bool
) -> Finding | None:
    out, units = ending.shape, ending.units or 0
    places, name = out[2:], given.module
    same = tuple(y.shape[1:]) == tuple(out[1:])
    if same and y.ndim > 1:
        coded = one_hot(np.moveaxis(values, 1, -1))
        if given.kind == "cross_entropy" and (y.is_floating_point() or not typed):
            sums = values.sum(axis=1)
            if (values < 0).any() or not np.isclose(sums, 1, atol=1e-3).all():
                if set(np.unique(values)) <= {0.0, 1.0}:
                    return Finding(
                        "multi-label",
                        f"{name} for labels of which several, or none, may be true", "",
                        f"the rows of the labels sum to {number(sums.min())} to "
                        f"{number(sums.max())}, the probabilities always to 1",
                        "BCEWithLogitsLoss", change=(torch_rules.loss("nn.BCEWithLogitsLoss()"),),
                    )  # fmt: skip
                return Finding(
                    "outside-support", f"labels of {name} that are no distribution", "",
                    f"their rows sum to {sums.min():.3g} to {sums.max():.3g}",
                    "for amounts MSELoss", change=(torch_rules.loss("nn.MSELoss()"),),
                )  # fmt: skip
            return None
        if coded:
            return Finding(
                "one-hot-sparse", f"one-hot labels for {name}", "",
                "whole numbers are taken for class numbers, and there is one of those per sample",
                "class numbers", change=(labels("y = y.argmax(dim=1)"),),
            )  # fmt: skip
    if y.ndim == len(out) and y.shape[1] == 1 and y.ndim >= 2 and units > 1:
        code = "y = y.squeeze(1)" + (".long()" if y.is_floating_point() else "")
        return Finding(
            "shape", f"class numbers of shape (n, 1{', …' * bool(places)}) for {name}", "",
            "it takes class numbers without an axis for the classes",
            "one axis less in the labels", change=(labels(code),),
        )  # fmt: skip
    if y.ndim == 2 and len(out) == 2 and one_hot(values) and y.shape[1] != units:
        return Finding(
            "one-hot-sparse", f"one-hot labels of {counted(y.shape[1], 'class')} for "
            f"{counted(units, 'output')}", "",
            "each class needs an output of its own", f"{y.shape[1]} outputs",
            change=(torch_rules.last(ending, _kept(ending), y.shape[1]),
                    labels("y = y.argmax(dim=1)")),
        )  # fmt: skip
    if len(out) > 2 and tuple(y.shape[1:]) == tuple(out[1:-1]):
        if tuple(y.shape[1:]) != tuple(places):
            order = ", ".join(map(str, [0, len(out) - 1, *range(1, len(out) - 1)]))
            return Finding(
                "class-axis", f"the classes are on the last axis, {name} has them on axis 1",
                "",
                f"outputs are {_shown(out)}, labels {_shown((None, *y.shape[1:]))}",
                "the classes' axis directly after the samples",
                change=(Change("outputs", f"output = output.permute({order})"),),
            )  # fmt: skip
    elif tuple(y.shape[1:]) != tuple(places):
        return Finding(
            "shape", f"labels {_shown((None, *y.shape[1:]))}, outputs {_shown(out)}", "",
            f"{name} takes the outputs' axes without that of the classes",
            f"labels {_shown((None, *places))}",
        )  # fmt: skip
    ignored = given.options.get("ignore_index", -100)
    kept = values[values != ignored]
    if kept.size and not whole(kept):
        return Finding(
            "outside-support", "labels that are amounts, not classes", "",
            f"{said(kept)}; {name} takes class numbers", "for amounts one output and MSELoss",
            change=(torch_rules.last(ending, None, 1), torch_rules.loss("nn.MSELoss()"),
                    labels("y = y.float().reshape(-1, 1)")),
        )  # fmt: skip
    if typed and (y.is_floating_point() or y.element_size() in (2, 4)):
        return Finding(
            "label-type", f"class numbers of type {str(y.dtype).removeprefix('torch.')} for {name}",
            "", "it takes class numbers as int64, and refuses others", "y.long()",
            change=(labels("y = y.long()"),),
        )  # fmt: skip
    if kept.size and kept.min() < 0:
        return Finding(
            "outside-support", "labels that are not class numbers", "",
            f"{said(kept)}; class numbers are the whole numbers from 0 on",
            "number the classes 0, 1, 2, …",
            change=(labels("y = (y + 1) // 2" if minus_one(kept)
                           else "y = torch.unique(y, return_inverse=True)[1]"),),
        )  # fmt: skip
    if kept.size and units and kept.max() >= units:
        from_one, wanted = kept.min() == 1 and kept.max() == units, int(kept.max()) + 1
        return Finding(
            "outside-support", f"class number {number(kept.max())} for {counted(units, 'output')}",
            "", f"the outputs stand for the classes 0 to {units - 1}; others are an error, on a "
            "GPU one that names no line",
            "subtract 1: the labels count from 1" if from_one else f"{wanted} outputs",
            change=(labels("y = y - 1"),) if from_one
            else (torch_rules.last(ending, _kept(ending), wanted),),
        )  # fmt: skip
    return None


def _kept(ending: Ending) -> str | None:
    name = ending.last.activation
    return name if name in torch_rules.MODULES else None


def _shown(shape: tuple[Any, ...]) -> str:
    return "(" + ", ".join("n" if size is None else str(size) for size in shape) + ")"


def _same_shape(ending: Ending, y: Any, strict: bool = False) -> Finding | None:
    """Labels and outputs of different shape; PyTorch stretches them, or refuses."""
    out, given = tuple(ending.shape[1:]), tuple(y.shape[1:])
    if out == given:
        return None
    effect = (
        "the loss refuses shapes that differ"
        if strict
        else "the two are stretched to a square, in which every output is compared with every "
        "label: the model learns their mean, and PyTorch only warns"
    )
    change: tuple[Change, ...] = ()
    if (*given, 1) == out:
        change = (labels(f"y = y.unsqueeze({len(out)})"),)
    elif given == (*out, 1):
        change = (labels(f"y = y.squeeze({len(given)})"),)
    elif len(out) == len(given) == 1:
        change = (torch_rules.last(ending, _kept(ending), given[0]),)
        effect = "each value of a label needs an output of its own"
    elif len(out) == 1 and not given:
        effect = "one label stands against several outputs"
        change = (torch_rules.last(ending, _kept(ending), 1), labels("y = y.unsqueeze(1)"))
    return Finding(
        "shape", f"labels {_shown((None, *given))}, outputs {_shown((None, *out))}", "", effect,
        "the same shape for both", change=change,
    )  # fmt: skip


def _binary(
    ending: Ending, given: TorchLoss, y: Any, values: np.ndarray, typed: bool
) -> Finding | None:
    if minus_one(values):
        return Finding(
            "outside-support", f"labels -1 and 1 for {given.module}", "",
            "its labels are probabilities, 0 to 1; at -1 the loss has no minimum", "(y + 1) / 2",
            change=(labels("y = (y + 1) / 2"),),
        )  # fmt: skip
    if values.min() < 0 or values.max() > 1:
        return _outside(ending, given, values)
    if ending.units == 1 and y.ndim == 2 and y.shape[1] > 1 and one_hot(values):
        if y.shape[1] == 2:
            return Finding(
                "shape", "one-hot labels of two classes for one output", "",
                "the second column says it all", "one number per sample",
                change=(labels("y = y[:, 1:].float()"),),
            )  # fmt: skip
        return Finding(
            "shape", f"one-hot labels of {y.shape[1]} classes for one output", "",
            "the classes exclude each other", f"{y.shape[1]} outputs and CrossEntropyLoss",
            change=(torch_rules.last(ending, None, y.shape[1]),
                    torch_rules.loss("nn.CrossEntropyLoss()"), labels("y = y.argmax(dim=1)")),
        )  # fmt: skip
    flat = (ending.units or 1) > 1 and y.ndim == len(ending.shape) - 1 == 1
    if flat and (not typed or not y.is_floating_point() or ending.units == 2):
        return Finding(
            "shape", f"class numbers for {counted(ending.units or 0, 'output')} with "
            f"{given.module}", "",
            "it asks one question per output, and takes one label for each",
            "class numbers: CrossEntropyLoss on raw outputs",
            change=(torch_rules.last(ending), torch_rules.loss("nn.CrossEntropyLoss()"),
                    labels("y = y.long()")),
        )  # fmt: skip
    shape = _same_shape(ending, y, strict=True)
    if shape:
        change = tuple(
            labels(c.code + ".float()") if c.part == "labels" and typed else c for c in shape.change
        )
        return Finding(shape.code, shape.what, "", shape.why, shape.remedy, change=change)
    return _float(y, given.module) if typed else None


def _outside(ending: Ending, given: TorchLoss, values: np.ndarray) -> Finding:
    what = f"labels outside 0 and 1 for {given.module}"
    why = f"{said(values)}; beyond 1 the loss has no minimum"
    if set(np.unique(values)) == {1.0, 2.0}:
        return Finding("outside-support", what, "", why, "subtract 1: the labels count from 1",
                       change=(labels("y = y - 1"),))  # fmt: skip
    if values.min() >= 0 and 50 < values.max() <= 255 and values.ndim > 2:
        return Finding("outside-support", what, "", why, "divide pixels by 255",
                       change=(labels("y = y / 255"),))  # fmt: skip
    if whole(values) and values.min() >= 0 and values.max() < 1000:
        classes = int(values.max()) + 1
        flat = labels("y = y.long().flatten()")
        return Finding(
            "outside-support", what, "", why, f"{classes} outputs and CrossEntropyLoss",
            change=(torch_rules.last(ending, None, classes),
                    torch_rules.loss("nn.CrossEntropyLoss()"), flat),
        )  # fmt: skip
    return Finding(
        "outside-support", what, "", why, "for amounts no activation and MSELoss",
        change=(torch_rules.last(ending), torch_rules.loss("nn.MSELoss()")),
    )  # fmt: skip


def _float(y: Any, name: str) -> Finding | None:
    import torch

    if y.dtype in (torch.float32, torch.float16, torch.bfloat16):
        return None
    return Finding(
        "label-type", f"labels of type {str(y.dtype).removeprefix('torch.')} for {name}", "",
        "it computes with float32 outputs, and refuses another type, some losses only in backward",
        "y.float()", change=(labels("y = y.float()"),),
    )  # fmt: skip


def _numbers(ending: Ending, y: Any, values: np.ndarray, typed: bool) -> Finding | None:
    last = ending.last
    slack = 1e-6 + 1e-3 * (last.range is not Range.CUT) * np.max(abs(values))
    shape = _same_shape(ending, y)
    if shape:
        return shape
    if values.min() < last.low - slack or values.max() > last.high + slack:
        positive = values.min() >= 0
        return Finding(
            "out-of-reach", f"labels that {last.activation} can never reach", "",
            f"{said(values)}; the output is {last.range.value}",
            "no activation for any real number, softplus above zero; or bring the labels into "
            "that range",
            change=(torch_rules.last(ending, "softplus" if positive else None),),
        )  # fmt: skip
    return _float(y, "a regression loss") if typed else None

"""Labels of PyTorch's losses for counts, distributions and sequences of letters."""

from typing import Any

import numpy as np

from lossbook.pairing import torch_rules
from lossbook.pairing.endings import Ending
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.shapes import counted, number
from lossbook.pairing.torch_losses import TorchLoss
from lossbook.pairing.values import said


def labels(code: str) -> Change:
    """An assignment to y."""
    return Change("labels", code)


def counts(values: np.ndarray) -> Finding | None:
    """Labels of PoissonNLLLoss."""
    if values.min() >= 0:
        return None
    return Finding(
        "outside-support", "negative labels with PoissonNLLLoss", "",
        f"{said(values)}; counts are zero or more", "MSELoss for any real number",
        change=(torch_rules.loss("nn.MSELoss()"),),
    )  # fmt: skip


def distribution(ending: Ending, given: TorchLoss, y: Any, values: np.ndarray) -> Finding | None:
    """Labels of KLDivLoss, which are probabilities or their logarithms."""
    if given.options.get("log_target"):
        if values.max() > 1e-6:
            return Finding(
                "outside-support", "labels of KLDivLoss(log_target=True) that are no logarithms",
                "", f"{said(values)}; logarithms of probabilities are zero or less",
                "the logarithm of the labels; or log_target=False",
                change=(torch_rules.loss('nn.KLDivLoss(reduction="batchmean")'),),
            )  # fmt: skip
        return None
    if y.ndim == len(ending.shape) - 1:
        return Finding(
            "sparse-one-hot", "class numbers for KLDivLoss", "",
            "it takes one probability per class for each sample",
            "CrossEntropyLoss on raw outputs; or a one-hot code",
            change=(labels(f"y = torch.nn.functional.one_hot(y.long(), {ending.units}).float()"),),
        )  # fmt: skip
    if (values < 0).any():
        return Finding(
            "outside-support", "negative labels for KLDivLoss", "",
            f"{said(values)}; they are probabilities (log_target=True takes their logarithms)",
            "probabilities, or log_target=True",
            change=(torch_rules.loss('nn.KLDivLoss(reduction="batchmean", log_target=True)'),),
        )  # fmt: skip
    # Of words in a sentence, the classes stand last.
    sums = values.sum(axis=1)
    last = np.isclose(values.sum(axis=-1), 1, atol=1e-3).all()
    if not last and not np.isclose(sums, 1, atol=1e-3).all():
        return Finding(
            "outside-support", "labels of KLDivLoss that are no distribution", "",
            f"their rows sum to {sums.min():.3g} to {sums.max():.3g}", "divide each row by its sum",
            change=(labels("y = y / y.sum(dim=1, keepdim=True)"),),
        )  # fmt: skip
    return None


def letters(ending: Ending, given: TorchLoss, values: np.ndarray) -> Finding | None:
    """Labels of CTCLoss: numbers of units, and never that of the blank between letters.

    Rows may be padded with the blank at their end, where their lengths leave it out.
    """
    units, blank = ending.units or 0, given.options.get("blank", 0)
    if values.size and (values.min() < 0 or values.max() >= units):
        wanted = int(values.max()) + 1
        return Finding(
            "outside-support", f"letter number {number(values.max())} for "
            f"{counted(units, 'output')} of CTCLoss" if values.min() >= 0
            else "negative letter numbers for CTCLoss", "",
            f"{said(values)}; the outputs stand for 0 to {units - 1}, the blank among them",
            f"{wanted} outputs" if values.min() >= 0 else "numbers from 1 on, 0 is the blank",
            change=(torch_rules.last(ending, "log_softmax", wanted),) if values.min() >= 0 else (),
        )  # fmt: skip
    rows = values if values.ndim == 2 else values.reshape(1, -1)
    here = rows == blank
    padding = np.logical_and.accumulate(here[:, ::-1], axis=1)[:, ::-1]
    if not (here & ~padding).any():
        return None
    return Finding(
        "outside-support", "the blank among the labels of CTCLoss", "",
        f"number {blank} stands for the blank, which separates letters and is none",
        "letters from 1 on, or blank= another number",
        change=(labels("y = y + 1"),) if blank == 0 else (),
    )  # fmt: skip

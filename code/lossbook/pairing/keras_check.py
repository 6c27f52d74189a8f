"""A compiled Keras model, looked at output by output."""

from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.pairing import (
    balance,
    gradients,
    labels,
    lines,
    losses,
    matching,
    metrics,
    outputs,
    remarks,
    rules,
    starts,
)
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import Loss
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Finding, Report
from lossbook.pairing.states import undisturbed

OF_LABELS = frozenset({"outside-support", "out-of-reach", "shape", "not-finite", "not-numbers"})
"""Findings after which the labels will be others, or stand for something else."""


def check(model: Any, y: Any = None, x: Any = None, loss: Any = None) -> Report:
    """See `check_pairing`; `loss` takes the place of the one that the model was compiled with."""
    if not isinstance(model, keras.Model):
        raise TypeError(
            "check_pairing takes a Keras model, a PyTorch module, or an estimator of scikit-learn, "
            f"LightGBM or XGBoost, not a {type(model).__name__}"
        )
    if loss is None and not getattr(model, "compiled", False):
        raise ValueError("the model is not compiled: call model.compile(loss=…) first")
    given = loss if loss is not None else getattr(model, "loss", None)
    if given is None:
        return _not_judged("the loss: compile was given none (add_loss, or an own train_step)")
    with undisturbed():
        structure = outputs.structure(model, x)
        if structure is None or not matching.flat(structure):
            return _not_judged(
                "the outputs: run the model once on a batch, model(x), and give the batch as x; a "
                "model that works neither on symbolic tensors nor with other weights stays unseen"
                if x is None or not model.built
                else "the outputs: the model's own call can be neither traced nor run"
            )
        return _report(model, given, structure, y, x)


def _not_judged(words: str) -> Report:
    return Report(unseen=(words,), judged=False)


def _report(model: Any, given: Any, structure: Any, y: Any, x: Any) -> Report:
    targets = matching.targets(y, structure)
    pairs = list(matching.losses(given, structure))
    read = [
        (ending, losses.read(one, ending.shape, targets.get(ending.name))) for ending, one in pairs
    ]
    found: list[Finding] = []
    noted: list[Finding] = []
    unseen: list[str] = []
    judged, broken = False, set[str]()
    for (ending, loss), (_, one) in zip(read, pairs, strict=True):
        place, target = rules.where(ending, loss), targets.get(ending.name)
        if loss.kind == "unknown":
            unseen.append(f"{place}: a loss of your own")
        if ending.last.range is Range.UNKNOWN:
            unseen.append(f"{place}: what {ending.last.layer!r} can put out")
        seen = loss.kind != "unknown" and (
            ending.last.range is not Range.UNKNOWN or target is not None
        )
        judged = judged or seen
        if loss.own and target is not None and callable(one):
            target = gradients.kept(ending, one, target)
        told, extra = _of_output(ending, loss, target, place, x)
        if loss.kind == "unknown" and target is not None and callable(one):
            told = gradients.findings(ending, one, target, place) + told
        found += told
        noted += extra
        if {one.code for one in told} & OF_LABELS:
            broken.add(ending.name)
    # Of labels that are to be changed, nothing else is said.
    kept = {name: y for name, y in targets.items() if name not in broken}
    found += metrics.findings(model, read, structure, kept)
    found += balance.unbalanced(model, read, kept)
    if not found and x is not None:
        noted += _start(model, read, targets, x)
    looked_at = tuple(rules.where(ending, loss) for ending, loss in read)
    return Report(tuple(found), looked_at, tuple(unseen), tuple(noted), judged or bool(found))


def _start(model: Any, read: Any, targets: Any, x: Any) -> list[Finding]:
    """A remark on the loss that a model of one output begins with."""
    if len(read) != 1 or not model.built or model.count_params() > outputs.MANY:
        return []
    [(ending, loss)] = read
    target = targets.get(ending.name)
    # In training, statistics of the batch stand in for those of a model that has seen nothing.
    moving = any("moving" in weight.name for weight in model.non_trainable_variables)
    if target is None or moving or loss.own or not hasattr(target, "shape"):
        return []
    value = outputs.first_loss(model, x, target)
    told = None
    if value is not None:
        place = rules.where(ending, loss)
        y = np.asarray(target)
        told = starts.remark(loss, value, y, outputs.FEW, ending.units, place, x)
    return [told] if told else []


def _of_output(
    ending: Ending, loss: Loss, target: Any, place: str, x: Any
) -> tuple[list[Finding], list[Finding]]:
    """Findings and remarks about one output and its loss."""
    found = rules.findings(ending, loss)
    about_labels = []
    if target is not None:
        about_labels = labels.findings(lines.mended(ending, found), loss, target, place, x)
    # Said once: that several labels may be true is the better word for softmax there.
    if "multi-label" in {finding.code for finding in about_labels}:
        weaker = ("softmax-binary", "sigmoid-categorical")
        found = [finding for finding in found if finding.code not in weaker]
    mine = {finding.code for finding in found}
    alone = mine & {"one-unit-categorical", "softmax-one-unit"}
    if alone and target is not None:
        better = remarks.one_unit(ending, target, place, found[0])
        found = [better] if better else found
        about_labels = []
    # Labels are judged only for outputs that could mean something.
    if "softmax-one-unit" not in mine:
        found += about_labels
    if found or target is None:
        return found, []
    return remarks.split(ending, loss, np.asarray(target), place)

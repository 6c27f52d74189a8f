"""Losses of several outputs side by side: whether one of them is lost in the total."""

from typing import Any

import numpy as np

from lossbook import best_constant
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import BINARY, ONE_HOT, SPARSE, Loss
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.shapes import number


def unbalanced(
    model: Any, read: list[tuple[Ending, Loss]], targets: dict[str, Any]
) -> list[Finding]:
    """Losses of several outputs that differ a thousandfold, at their best constants."""
    sizes: list[tuple[float, Ending, Loss]] = []
    for ending, loss in read:
        if ending.name not in targets:
            continue
        y = np.asarray(targets[ending.name])
        if y.dtype.kind not in "biuf" or y.size < 2 or not np.isfinite(y.astype(float)).all():
            continue
        size = constant_loss(loss, y.astype(float))
        weight = _weight(model, ending, [one.name for one, _ in read])
        if size and weight:
            sizes.append((size * weight, ending, loss))
    if len(sizes) < 2:
        return []
    most, least = max(sizes, key=lambda s: s[0]), min(sizes, key=lambda s: s[0])
    if most[0] < 1000 * least[0]:
        return []
    ratio = most[0] / least[0]
    return [
        Finding(
            "unbalanced-losses",
            f"the losses of two outputs differ {number(float(f'{ratio:.1g}'))}-fold",
            f"output {most[1].name!r} → {most[2].text}, about {most[0]:.2g}; output "
            f"{least[1].name!r} → {least[2].text}, about {least[0]:.2g}",
            "the total is the larger one alone: what the two outputs share is trained for it, and "
            "the other one hardly counts",
            "labels in a unit in which they scatter by about 1; or loss_weights in compile",
            "warning",
            (
                Change(
                    "loss weights", f"{{{most[1].name!r}: {1 / ratio:.1g}, {least[1].name!r}: 1}}"
                ),
            ),
        )
    ]


def constant_loss(loss: Loss, y: np.ndarray) -> float | None:
    """The mean loss of the best constant prediction, where it has a formula.

    Huber's loss and that of the hyperbolic cosine are taken for the absolute error, to which they
    are close where errors are large. Not less than 0.001 for classes, where labels are all alike.
    """
    rows = y.reshape(-1, y.shape[-1]) if y.ndim > 1 else y.reshape(-1, 1)
    if loss.kind == "mean_squared_error":
        return best_constant.squared(rows)
    if loss.kind in ("mean_absolute_error", "huber", "log_cosh"):
        return best_constant.absolute(rows)
    if loss.kind in SPARSE:
        return max(best_constant.classes(y.reshape(-1)), 1e-3)
    if loss.kind in BINARY:
        return max(best_constant.binary(rows), 1e-3)
    if loss.kind in ONE_HOT:
        return max(float(best_constant.entropy(np.clip(rows.mean(axis=0), 0, 1))), 1e-3)
    return None


def _weight(model: Any, ending: Ending, names: list[str]) -> float:
    weights = getattr(getattr(model, "_compile_loss", None), "_user_loss_weights", None)
    if isinstance(weights, dict):
        value = weights.get(ending.name, 1.0)
    elif isinstance(weights, list | tuple) and len(weights) == len(names):
        value = weights[names.index(ending.name)]
    else:
        value = 1.0
    return float(value) if isinstance(value, int | float) else 1.0

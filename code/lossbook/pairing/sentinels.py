"""Labels that mark what is missing: an own loss leaves them out, so they are no mistakes.

Losses of one's own often mask a value, such as -1 or 255 for "not known" or NaN for "not measured".
Such a value shows itself: where it stands, the loss has no slope in the outputs.
"""

from collections.abc import Callable

import numpy as np

Slope = Callable[[np.ndarray], np.ndarray]
"""Labels of a few samples → the slope of the mean loss in the outputs that belong to them."""

FEW = 8
"""Samples on which the slope is looked at."""


def kept(y: np.ndarray, slope: Slope) -> np.ndarray:
    """The labels, with others in place of those that the loss leaves out.

    `y` is `(n, …)`; the slope has the same axes, and may have one more for the classes (the
    second or the last), or a last one of size 1 more or less.
    """
    if y.dtype.kind not in "iuf" or y.size < 2:
        return y
    values = [y.min(), y.max()] if not np.isnan(y.astype(float)).any() else [np.nan]
    for value in values:
        here = np.isnan(y.astype(float)) if np.isnan(value) else y == value
        rows = here.reshape(len(y), -1).any(axis=1)
        chosen = np.concatenate([np.flatnonzero(rows)[: FEW // 2], np.flatnonzero(~rows)])[:FEW]
        if here[chosen].all() or not rows.any():
            continue
        steep = _each_label(slope(y[chosen]), here[chosen])
        if (
            steep is not None
            and not steep[here[chosen]].any()
            and steep[~here[chosen]].mean() > 0.5
        ):
            y = np.where(here, y[~here][0], y)
    return y


def _each_label(slope: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """For each label, whether the loss has a slope in an output that belongs to it."""
    steep = slope != 0
    if steep.size == labels.size:
        return np.asarray(steep.reshape(labels.shape))
    flat = labels.reshape(labels.shape[:-1]) if labels.shape[-1] == 1 else labels
    if steep.ndim == flat.ndim + 1:
        for axis in (-1, 1):
            each = steep.any(axis=axis)
            if each.shape == flat.shape:
                return np.asarray(each.reshape(labels.shape))
    return None

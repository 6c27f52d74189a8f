"""Logits before and after softmax, with a temperature; every logit can be moved."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workshop.explore.base import Explorable, numbers, plain, within
from workshop.plotting import BLUE, GREY, bars, canvas, show


def temperature(
    logits: Any, *, start: float = 1.0, names: Sequence[str] | None = None
) -> Explorable:
    """Bars of up to twelve `logits` and of softmax(logits / T), T from 0.1 to 10, at T = `start`.

    Raises ValueError for fewer than 2 logits, more than 12, or one that is not finite.
    """
    raw = numbers(logits, "logits", least=2, most=12)
    T = within(start, 0.1, 10, "the temperature")
    labels = list(names) if names else [f"output {k}" for k in range(1, len(raw) + 1)]
    if len(labels) != len(raw):
        raise ValueError(f"{len(raw)} logits but {len(labels)} names")
    scaled = np.exp((raw - raw.max()) / T)
    p = scaled / scaled.sum()
    low, high = min(float(raw.min()), 0) - 1.5, float(raw.max()) + 1.5
    with canvas(1, 2, height=0.9 + 0.29 * len(raw), wide=True) as (fig, (left, right)):
        bars(left, labels, raw, GREY, digits=1)
        bars(right, [""] * len(raw), p, BLUE)
        left.set(xlabel="raw output", xlim=(low, high))
        right.set(xlabel=f"probability at T = {T:g}", xlim=(0, 1))
    first, second = np.argsort(p)[[-1, -2]]
    still = show(
        fig,
        alt=f"{len(raw)} raw outputs as bars, and beside them their softmax at temperature {T:g}: "
        f"{labels[first]} has {p[first]:.2f}, {labels[second]} {p[second]:.2f}.",
        caption="Left: raw outputs, before softmax. Right: probabilities, after it.",
    )
    values = {"logits": plain(raw), "names": labels, "T": T, "low": low, "high": high}
    return Explorable("temperature", "Softmax with a temperature", still, values)

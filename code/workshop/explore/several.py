"""Several objects at once: what a sigmoid for each class can say, and what softmax can."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workshop.explore.base import Explorable
from workshop.plotting import BLUE, GREY, PURPLE, bars, canvas, show

PRESENT, ABSENT = 3.0, -4.0
"""The raw outputs of a confident network."""


def several(names: Sequence[str], objects: Sequence[int] = (0, 1, 2)) -> Explorable:
    """Raw outputs of the classes `names`, and what sigmoids and softmax make of them.

    There are scenes with none of the three `objects` (places in `names`), with the first, with the
    first two, and with all; the start has two. Needs 3 to 12 names. Raises ValueError for others,
    and for an object that is not among them.
    """
    n = len(names)
    if not 3 <= n <= 12:
        raise ValueError(f"3 to 12 names are needed, not {n}")
    if len(set(objects)) != 3 or any(not 0 <= k < n for k in objects):
        raise ValueError(f"objects must be three places from 0 to {n - 1}, not {list(objects)}")
    present = list(objects[:2])
    raw = np.full(n, ABSENT)
    raw[present] = PRESENT
    each, grown = 1 / (1 + np.exp(-raw)), np.exp(raw - raw.max())
    soft = grown / grown.sum()
    places = np.arange(n)[::-1]
    with canvas(1, 2, height=0.9 + 0.29 * n, wide=True) as (fig, (left, right)):
        bars(left, names, raw, GREY, digits=None)
        left.set(xlabel="raw output", xlim=(-6, 6))
        right.barh(places + 0.18, each, color=BLUE, height=0.32)
        right.barh(places - 0.18, soft, color=PURPLE, height=0.32)
        right.axvline(0.5, color=GREY, lw=1, ls=":")
        right.set(xlabel="probability", xlim=(0, 1), yticks=[])
    there = " and ".join(names[k] for k in present)
    high = (float(each[k]) for k in present)
    still = show(
        fig,
        alt=f"Raw outputs of {n} classes, high for {there}. Beside them the sigmoid of each, "
        f"{', '.join(f'{p:.2f}' for p in high)} where it is high, and the softmax, at most "
        f"{soft.max():.2f}.",
        caption="Blue: a sigmoid on every output. Purple: one softmax over all. Dotted: ½.",
    )
    scenes: list[tuple[str, list[int]]] = [("nothing", [])] + [
        (", ".join(names[k] for k in objects[:count]), list(objects[:count])) for count in (1, 2, 3)
    ]
    values: dict[str, Any] = {"names": list(names), "raw": raw.tolist(), "scenes": scenes}
    return Explorable("several", "Sigmoids and softmax on the same outputs", still, values)

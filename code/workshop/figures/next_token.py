"""Figures of the chapter on next tokens. Surprise is in nats."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import (
    BLUE,
    GREY,
    Picture,
    canvas,
    show,
)


def surprises(
    text: str, rows: Sequence[tuple[str, np.ndarray, str]], *, alt: str, caption: str
) -> Picture:
    """The surprise at each character of `text`, one panel a model (name, nats, colour)."""
    with canvas(len(rows), 1, height=0.7 + 1.25 * len(rows), sharex=True, squeeze=False) as (
        fig,
        axes,
    ):
        places = np.arange(len(text))
        top = 1.15 * max(float(values.max()) for _, values, _ in rows)
        for ax, (name, values, colour) in zip(axes[:, 0], rows, strict=True):
            ax.bar(places, values, color=colour, width=0.8)
            ax.set(ylabel="nats", ylim=(0, top), title=name)
        axes[-1, 0].set_xticks(places, [{" ": "␣"}.get(letter, letter) for letter in text])
        axes[-1, 0].tick_params(axis="x", length=0, labelsize=9)
    return show(fig, alt=alt, caption=caption)


def table_against_counts(
    counted: np.ndarray, trained: np.ndarray, *, alt: str, caption: str
) -> Picture:
    """Each probability of the trained table against the frequency that is the exact answer."""
    with canvas() as (fig, ax):
        ax.loglog(counted, trained, "o", color=BLUE, markersize=3.5, alpha=0.6)
        ends = [float(counted.min()), 1.0]
        ax.loglog(ends, ends, color=GREY, lw=1)
        ax.set(xlabel="frequency in the text", ylabel="probability\nin the trained table")
    return show(fig, alt=alt, caption=caption)

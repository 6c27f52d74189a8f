"""Figures of the chapter on preferences. Rewards are in logits."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import (
    BLUE,
    GREEN,
    GREY,
    Picture,
    canvas,
    label_line,
    show,
)


def strengths(
    names: Sequence[str], values: np.ndarray, error: np.ndarray, *, alt: str, caption: str
) -> Picture:
    """One reward a thing compared, with an interval of two standard errors."""
    with canvas(height=2.4) as (fig, ax):
        places = np.arange(len(names))[::-1]
        ax.errorbar(values, places, xerr=2 * error, fmt="o", color=BLUE, capsize=3)
        ax.set_yticks(places, names)
        ax.set_ylim(-0.6, len(names) - 0.4)
        ax.set(xlabel="reward, in logits above the first")
        ax.axvline(0, color=GREY, lw=0.8)
    return show(fig, alt=alt, caption=caption)


def votes(
    centre: np.ndarray, share: np.ndarray, counts: np.ndarray, grid: np.ndarray,
    lines: Sequence[tuple[str, np.ndarray, str]], *, alt: str, caption: str,
) -> Picture:  # fmt: skip
    """The proportion of voters for Dole against the lead in distance, with models' curves."""
    with canvas() as (fig, ax):
        ax.scatter(centre, share, s=4 + counts, color=GREEN, alpha=0.6)
        for name, values, colour in lines:
            ax.plot(grid, values, color=colour)
            at = int(0.62 * len(grid))
            label_line(ax, grid[at] + 0.5, float(values[at]), name, colour)
        ax.set(
            xlabel="how much closer to Dole than to Clinton (points)", ylabel="proportion for Dole"
        )
    return show(fig, alt=alt, caption=caption)


def policies(rows: Sequence[tuple[str, np.ndarray, str]], *, alt: str, caption: str) -> Picture:
    """Probabilities of the same answers under several policies (name, probabilities, colour)."""
    with canvas(len(rows), 1, height=1.5 * len(rows), sharex=True, sharey=True) as (fig, axes):
        for ax, (name, p, colour) in zip(axes, rows, strict=True):
            ax.bar(np.arange(len(p)), p, color=colour)
            ax.set(title=name, ylabel="probability", xticks=range(len(p)))
        axes[-1].set_xlabel("answer")
    return show(fig, alt=alt, caption=caption)


def over_steps(
    steps: np.ndarray, rows: Sequence[tuple[str, np.ndarray, str]], *, ylabel: str, alt: str,
    caption: str,
) -> Picture:  # fmt: skip
    """Probabilities over the steps of a descent (name, probabilities, colour)."""
    with canvas(height=2.8) as (fig, ax):
        previous = -np.inf
        for name, values, colour in sorted(rows, key=lambda row: float(row[1][-1])):
            ax.semilogx(steps, values, color=colour)
            previous = max(float(values[-1]), previous + 0.09)  # so that labels do not overlap
            label_line(ax, float(steps[-1]) * 1.15, previous, name, colour)
        ax.set(xlabel="steps of gradient descent", ylabel=ylabel)
        ax.set_xlim(1, float(steps[-1]) ** 1.4)
    return show(fig, alt=alt, caption=caption)

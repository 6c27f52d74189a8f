"""Figures of the chapter on regression and the median."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import BLUE, GREEN, GREY, PURPLE, Picture, canvas, curves, label_line, show


def totals(
    grid: np.ndarray, panels: Sequence[tuple[str, np.ndarray, np.ndarray]], alt: str
) -> Picture:
    """The sum of absolute errors over the constant c, for samples (title, data, sums)."""
    with canvas(1, len(panels), height=2.7) as (fig, axes):
        for ax, (title, data, sums) in zip(axes, panels, strict=True):
            ax.plot(grid, sums, color=PURPLE)
            best = np.isclose(sums, sums.min())
            ax.plot(grid[best], sums[best], color=BLUE, lw=5, solid_capstyle="round")
            ax.plot(data, np.full(len(data), sums.min() - 2), "|", color=GREEN, ms=12, mew=2)
            ax.set(title=title, xlabel="c", ylim=(sums.min() - 4, sums.min() + 16))
        axes[0].set(ylabel="sum of |yᵢ − c|")
    return show(
        fig, alt=alt, caption="Green: the data. Blue: every c that is best. Each bend is a datum."
    )


def moved(
    panels: Sequence[tuple[str, str, np.ndarray, np.ndarray, np.ndarray]], alt: str, caption: str
) -> Picture:
    """Slopes of both lines as one flower moves: (title, axis, places, mean, median)."""
    with canvas(1, len(panels), height=3, sharey=True) as (fig, axes):
        for ax, (title, axis, places, mean, median) in zip(axes, panels, strict=True):
            curves(ax, places, [("mean", mean, BLUE), ("median", median, PURPLE)])
            ax.set(title=title, xlabel=axis, xlim=(places[0], places[-1] * 1.3))
        axes[0].set(ylabel="slope of the line")
    return show(fig, alt=alt, caption=caption)


def settling(runs: Sequence[tuple[str, np.ndarray, str]], alt: str, caption: str) -> Picture:
    """The loss above the exact one (name, an excess an epoch, colour), on a logarithmic axis."""
    with canvas(height=3.2) as (fig, ax):
        for name, values, colour in runs:
            # Below 1e-8 there is only the rounding of single precision.
            ax.semilogy(np.maximum(values, 1e-8), color=colour, lw=0.9)
            level = max(float(np.median(values[-100:])), 1e-8)
            label_line(ax, 1.01 * len(values), level, name, colour)
        ax.axhline(1e-8, color=GREY, lw=0.8)
        ax.set(xlabel="epoch", ylabel="loss above the exact one")
        ax.set_xlim(0, 1.5 * max(len(values) for _, values, _ in runs))
    return show(fig, alt=alt, caption=caption)

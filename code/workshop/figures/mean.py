"""Figures of the chapter on regression and the mean. Lengths and widths are in cm."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from workshop.plotting import (
    BLUE,
    GOLD,
    GREEN,
    GREY,
    PURPLE,
    Picture,
    canvas,
    label_line,
    show,
)

Line = Sequence[float]
ENDS = np.array([4.2, 8.0])


def scatter(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """The flowers, with named axes."""
    ax.plot(x, y, "o", color=GREEN, alpha=0.35, markersize=5)
    ax.set(xlabel="sepal length (cm)", ylabel="sepal width (cm)")


def flowers(
    x: np.ndarray,
    y: np.ndarray,
    lines: Sequence[tuple[str, Line, str]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """The flowers under lines (name, (intercept, slope), colour)."""
    with canvas() as (fig, ax):
        scatter(ax, x, y)
        for name, (intercept, slope), colour in lines:
            ax.plot(ENDS, intercept + slope * ENDS, color=colour)
            label_line(ax, 8.05, intercept + slope * 8, name, colour)
        ax.set(xlim=(4.1, 9 if lines else 8.1), ylim=(1.8, 4.7))
    return show(fig, alt=alt, caption=caption)


def residuals(
    x: np.ndarray, residual: np.ndarray, quantiles: np.ndarray, groups: Sequence[np.ndarray],
    names: Sequence[str], *, alt: str, caption: str,
) -> Picture:  # fmt: skip
    """A quantile plot of the residuals beside the residuals of each group, given as masks."""
    with canvas(1, 2) as (fig, (left, right)):
        left.plot(quantiles, np.sort(residual), "o", color=GREEN, markersize=4)
        left.plot(quantiles, quantiles, color=GREY, lw=1)
        left.set(xlabel="quantile of the Gaussian (cm)", ylabel="residual (cm)")
        for mask, colour in zip(groups, (BLUE, PURPLE, GOLD), strict=True):
            right.plot(x[mask], residual[mask], "o", color=colour, markersize=4, alpha=0.7)
        right.axhline(0, color=GREY, lw=1)
        places = [(4.2, 1.35), (5.6, -1.3), (6.9, 0.95)]
        for name, colour, (a, b) in zip(names, (BLUE, PURPLE, GOLD), places, strict=True):
            label_line(right, a, b, name, colour, fontsize=10)
        right.set(xlabel="sepal length (cm)", ylim=(-1.5, 1.6))
    return show(fig, alt=alt, caption=caption)

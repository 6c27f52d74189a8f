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
    RED,
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


def valleys(
    panels: Sequence[tuple[str, np.ndarray, np.ndarray]], y: np.ndarray, centre: float
) -> Picture:
    """The loss over intercept and slope for inputs (title, x, path of lines `(k, 2)`)."""
    with canvas(1, 2, height=3.3, sharey=True) as (fig, axes):
        for ax, (title, x, path) in zip(axes, panels, strict=True):
            a, b = np.meshgrid(np.linspace(-0.2, 5, 130), np.linspace(-0.7, 0.9, 110))
            residual = y - a[..., None] - b[..., None] * x
            loss = (residual**2).mean(axis=-1)
            ax.contour(a, b, np.log10(loss - loss.min() + 0.02), 9, colors=GREY, linewidths=0.7)
            ax.plot(path[:, 0], path[:, 1], "o-", color=BLUE, markersize=3, lw=1)
            ax.plot(*path[0], "o", color=RED, markersize=6)
            ax.set(title=title, xlabel="intercept (cm)")
        axes[0].set(ylabel="slope", ylim=(-0.7, 0.9))
    return show(
        fig,
        alt="Contours of the squared error over intercept and slope. With the raw input they are "
        f"a long thin valley, and training, from the red dot on, creeps along it (the least "
        f"intercept it starts from is near 0, the exact one {centre:.1f}). With the standardised "
        "input they are round, and training walks straight to the middle.",
        caption="Red: after 50 epochs. Each blue dot: 50 epochs more.",
    )


def approach(
    excess: Sequence[tuple[str, np.ndarray, str]], limit: float, *, alt: str, caption: str
) -> Picture:
    """How far each training run (name, one excess an epoch, colour) is above the exact loss."""
    with canvas() as (fig, ax):
        end = max(len(values) for _, values, _ in excess)
        for name, values, colour in excess:
            ax.semilogy(np.arange(1, len(values) + 1), values, color=colour, lw=1.2)
            level = float(np.median(values[-200:]))
            label_line(ax, len(values) + 0.01 * end, level, name, colour)
        ax.axhline(limit, color=GREY, lw=1, ls="--")
        ax.axvline(50, color=GREY, lw=1)
        label_line(ax, 58, ax.get_ylim()[1] / 2, "50 epochs", GREY)
        ax.set(xlabel="epochs", ylabel="squared error above\nthe exact one (cm²)")
        ax.set_xlim(0, 1.25 * end)
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


def groups(
    x: np.ndarray, y: np.ndarray, masks: Sequence[np.ndarray], names: Sequence[str],
    lines: Sequence[Line], overall: Line, *, alt: str, caption: str,
) -> Picture:  # fmt: skip
    """Each group with its own line, and the line of all flowers together."""
    with canvas() as (fig, ax):
        for mask, name, (a, b), colour in zip(
            masks, names, lines, (BLUE, PURPLE, GOLD), strict=True
        ):
            ax.plot(x[mask], y[mask], "o", color=colour, markersize=4, alpha=0.5)
            ends = np.array([x[mask].min(), x[mask].max()])
            ax.plot(ends, a + b * ends, color=colour)
            # The second line ends among the others' points, and begins below them.
            at, side = (ends[0] - 0.05, "right") if colour == PURPLE else (ends[1] + 0.05, "left")
            label_line(ax, at, a + b * at, name, colour, fontsize=10, ha=side)
        ax.plot(ENDS, overall[0] + overall[1] * ENDS, color=GREY, ls="--")
        label_line(ax, 4.2, overall[0] + 0.12 + overall[1] * 4.2, "all", GREY, ha="right")
        ax.set(xlabel="sepal length (cm)", ylabel="sepal width (cm)", xlim=(3.9, 8.9))
    return show(fig, alt=alt, caption=caption)

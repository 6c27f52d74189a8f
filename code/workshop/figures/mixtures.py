"""Figures of the chapter on several answers at once. Lengths and widths are in cm."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from workshop.plotting import (
    BLUE,
    GREEN,
    GREY,
    HEAT,
    PURPLE,
    RED,
    Picture,
    canvas,
    label_line,
    show,
)


def _scatter(ax: Axes, width: np.ndarray, length: np.ndarray) -> None:
    ax.plot(width, length, "o", color=GREEN, alpha=0.5, markersize=4)
    ax.set(xlabel="sepal width (cm)", ylabel="petal length (cm)")


def flowers(width: np.ndarray, length: np.ndarray, gap: tuple[float, float]) -> Picture:
    """The flowers, the gap between the short petals and the long, and the least squares line."""
    slope, intercept = np.polyfit(width, length, 1)
    ends = np.array([2.0, 4.4])
    with canvas() as (fig, ax):
        _scatter(ax, width, length)
        ax.axhspan(*gap, color=GREY, alpha=0.25, lw=0)
        ax.plot(ends, intercept + slope * ends, color=PURPLE)
        label_line(ax, 4.43, intercept + slope * 4.4, "least squares", PURPLE)
        label_line(ax, 4.43, gap[1] - 0.2, "no flower", GREY)
        ax.set(xlim=(1.9, 5.1), ylim=(0.5, 7.2))
    return show(
        fig,
        alt="Petal length against sepal width. Flowers lie in two groups, petals of 1 to 2 cm and "
        "of 3 to 7 cm, with an empty band between. The least squares line falls through the band.",
        caption="150 flowers in two groups. The line of means crosses the gap between them, "
        "where no flower lies.",
    )


def network(
    grid: np.ndarray, heights: np.ndarray, density: np.ndarray,
    values: Mapping[str, np.ndarray], width: np.ndarray, length: np.ndarray, mean: np.ndarray,
) -> Picture:  # fmt: skip
    """The density of the mixture network `(heights, grid)`, its means, and its weights."""
    with canvas(2, 1, height=6.6, height_ratios=(3, 2), sharex=True) as (fig, (above, below)):
        above.pcolormesh(grid, heights, np.sqrt(density), cmap=HEAT, rasterized=True)
        above.plot(width, length, "o", color="#fffffe", markersize=3, mec="#010101", mew=0.5)
        above.plot(grid, mean, color=RED, ls="--")
        above.set(ylabel="petal length (cm)", ylim=(0.3, 7.4))
        order = np.argsort(values["means"].mean(axis=0))
        for k, name, colour in zip(order, ("short", "long"), (BLUE, PURPLE), strict=True):
            below.plot(grid, values["weights"][:, k], color=colour)
            label_line(below, grid[-1], values["weights"][-1, k], f" {name}", colour)
        below.set(xlabel="sepal width (cm)", ylabel="weight", ylim=(-0.03, 1.03))
        below.set_xlim(grid[0], grid[-1] + 0.5)
    return show(
        fig,
        alt="Above: the predicted density as shades over sepal width and petal length: two bands, "
        "between which the dashed mean falls, from the upper into the gap. Below: the weight of "
        "the short petals rises with sepal width, that of the long ones falls.",
        caption="Dark: likely. Dots: the flowers. Dashed: the mean. What the input changes most "
        "is the weight of the two components.",
    )


def samples(
    data: np.ndarray, panels: Sequence[tuple[str, np.ndarray, str]]
) -> Picture:  # fmt: skip
    """Histograms of samples from models (title, draws, colour) over that of the data."""
    bins = np.arange(-1, 9.01, 0.4)
    with canvas(len(panels), 1, height=5, sharex=True, sharey=True) as (fig, axes):
        for ax, (title, draws, colour) in zip(axes, panels, strict=True):
            ax.hist(data, bins=bins, density=True, color=GREEN, alpha=0.3)
            ax.hist(draws, bins=bins, density=True, color=colour, histtype="step", lw=2)
            ax.set(title=title, ylabel="density")
        axes[-1].set_xlabel("petal length (cm)")
        label_line(axes[0], 4.5, 0.42, "data", GREEN)
    return show(
        fig,
        alt="Histograms of samples over that of the data. The single Gaussian fills the gap "
        "between the two groups; the mixture leaves it nearly empty and follows both groups.",
        caption="Green: the flowers. Outlines: samples from the models. Only the single Gaussian "
        "fills the gap.",
    )


def collapse(scales: np.ndarray, losses: np.ndarray, rounded: np.ndarray) -> Picture:
    """The loss over the scale of a shrinking component, with densities and with probabilities."""
    with canvas(height=2.9) as (fig, ax):
        ax.semilogx(scales, losses, color=RED)
        ax.semilogx(scales, rounded, color=BLUE)
        label_line(ax, scales[-1], losses[-1], "density ", RED, ha="right")
        label_line(ax, scales[-1], rounded[-1], "probability ", BLUE, ha="right")
        ax.set(xlabel="scale of the shrinking component (cm)", ylabel="loss (nats a flower)")
        ax.set_xlim(2e-7, 0.5)
    return show(
        fig,
        alt="The loss over the scale of a component that shrinks onto a common value. With "
        "densities it falls in a straight line without end; with the probability of the rounding "
        "interval it levels off.",
        caption="With densities, a smaller scale lowers the loss without end. With the "
        "probability of the measured interval it soon makes no difference.",
    )

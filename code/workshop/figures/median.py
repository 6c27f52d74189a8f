"""Figures of the chapter on regression and the median."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import BLUE, GREEN, PURPLE, Picture, canvas, curves, show


def penalties(error: np.ndarray) -> Picture:
    """Squared and absolute error, and their derivatives, over the error in cm."""
    with canvas(1, 2, height=2.9) as (fig, (left, right)):
        curves(left, error, [("squared", error**2, BLUE), ("absolute", np.abs(error), PURPLE)])
        left.set(xlabel="prediction minus truth (cm)", ylabel="loss", ylim=(0, 6), xlim=(-3, 4.8))
        for text in left.texts:  # the parabola leaves the picture before its end
            text.set_y(min(text.get_position()[1], 5.5))
        curves(right, error, [("squared", 2 * error, BLUE), ("absolute", np.sign(error), PURPLE)])
        right.set(xlabel="prediction minus truth (cm)", ylabel="derivative", xlim=(-3, 4.8))
    return show(
        fig,
        alt="Top: squared error is a parabola, absolute error a V. Bottom: the derivative of "
        "squared error is a rising line, that of absolute error jumps from −1 to 1 at zero.",
        caption="Squared error pulls in proportion to the error, absolute error always with the "
        "same force.",
    )


def totals(
    grid: np.ndarray, panels: Sequence[tuple[str, np.ndarray, np.ndarray]], alt: str
) -> Picture:
    """The sum of absolute errors over the constant c, for samples (title, data, sums)."""
    with canvas(1, len(panels), height=2.5) as (fig, axes):
        for ax, (title, data, sums) in zip(axes, panels, strict=True):
            ax.plot(grid, sums, color=PURPLE)
            best = np.isclose(sums, sums.min())
            ax.plot(grid[best], sums[best], "o-", color=BLUE, lw=5, ms=5)
            ax.plot(data, np.full(len(data), sums.min() - 2), "|", color=GREEN, ms=12, mew=2)
            ax.set(title=title, xlabel="c", ylabel="sum of |yᵢ − c|")
            ax.set_ylim(sums.min() - 4, sums.min() + 16)
    return show(
        fig,
        alt=alt,
        caption="Green: the data. Blue: every c that is best. The sum bends at each data point.",
    )

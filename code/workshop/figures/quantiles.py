"""Figures of the chapter on quantiles. Incomes and expenditures in francs a year."""

import numpy as np

from workshop.figures.learned_scale import households
from workshop.plotting import BLUE, GOLD, GREY, PURPLE, RED, Picture, canvas, curves, show


def pinball() -> Picture:
    """The pinball loss and its gradient at three levels."""
    error = np.linspace(-2, 2, 401)
    levels = ((0.1, PURPLE), (0.5, BLUE), (0.9, RED))
    with canvas(2, 1, height=5.4, sharex=True) as (fig, (above, below)):
        lines = [(f"τ = {t}", np.maximum(t * error, (t - 1) * error), c) for t, c in levels]
        curves(above, error, lines)
        above.set(ylabel="pinball loss", xlim=(-2, 3.2))
        for t, colour in levels:
            below.step([-2, 0, 2], [1 - t, 1 - t, -t], where="pre", color=colour)
            below.text(2.1, -t, f"τ = {t}", color=colour, va="center")
        below.axhline(0, color=GREY, lw=1)
        below.set(xlabel="error y − q", ylabel="gradient in q", xlim=(-2, 3.2))
    return show(
        fig,
        alt="Above: three bent lines through zero. At τ = 0.9 the side of positive errors is "
        "steep, at 0.1 the other side, at 0.5 both are equal. Below: the gradients, steps from "
        "1 − τ to −τ at zero error.",
        caption="Top: the loss. The level τ sets how much more it costs to be too low (right) "
        "than to be too high (left). Bottom: its gradient, which has one size on each "
        "side.",
    )


def fan(income: np.ndarray, food: np.ndarray, at: np.ndarray, lines: np.ndarray) -> Picture:
    """Quantile lines `(len(at), 5)` over the households."""
    with canvas(height=3.6) as (fig, ax):
        households(ax, income, food)
        for values, level in zip(lines.T, (0.1, 0.25, 0.5, 0.75, 0.9), strict=True):
            ax.plot(at, values, color=BLUE, lw=2.5 if level == 0.5 else 1.5)
            ax.text(at[-1] + 40, values[-1], f"{level:.0%}", color=BLUE, va="center")
        ax.set_xlim(right=at[-1] + 500)
    return show(
        fig,
        alt="The households under five straight quantile lines, which fan out with income: 10%, "
        "25%, 50%, 75% and 90%.",
        caption="Each quantile has a line of its own, with its own slope. No shape and no scale "
        "was assumed.",
    )


def crossing(levels: np.ndarray, free: np.ndarray, ordered: np.ndarray) -> Picture:
    """One household's predicted quantiles, with free and with ordered outputs."""
    with canvas(height=3) as (fig, ax):
        curves(ax, levels, [(" ordered", ordered, BLUE), (" free", free, PURPLE)], marker="o")
        down = np.flatnonzero(np.diff(free) < 0)
        for k in down:
            ax.plot(levels[k : k + 2], free[k : k + 2], color=GOLD, lw=4)
        ax.set(xlabel="level τ", ylabel="predicted quantile (francs)", xlim=(0, 1.15))
    return show(
        fig,
        alt="Predicted quantiles of one household against the level. With free outputs the line "
        "falls at least once, marked gold; with ordered outputs it only rises.",
        caption="Gold: a higher level with a lower quantile, which no distribution allows.",
    )

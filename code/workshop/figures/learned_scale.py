"""Figures of the chapter on a learned scale. Incomes and expenditures in francs a year."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from workshop.plotting import (
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    RED,
    Picture,
    canvas,
    curves,
    label_line,
    show,
)

Band = tuple[str, np.ndarray, np.ndarray, np.ndarray]
"""Title, income, lower and upper end."""


def households(ax: Axes, income: np.ndarray, food: np.ndarray) -> None:
    """The households, with named axes."""
    ax.plot(income, food, "o", color=GREEN, alpha=0.4, markersize=4)
    ax.set(xlabel="income (francs a year)", ylabel="food (francs a year)")


def data(income: np.ndarray, food: np.ndarray) -> Picture:
    """Food expenditure against income."""
    with canvas() as (fig, ax):
        households(ax, income, food)
    return show(
        fig,
        alt="Food expenditure of 235 households against income: a fan. Poor households lie close "
        "together, rich ones far apart.",
        caption="The richer the household, the less its income says about what it spends on food.",
    )


def prices() -> Picture:
    """The loss of one sample over the scale, and its pull on the mean."""
    scale = np.linspace(0.15, 4, 300)

    def seen(values: np.ndarray) -> np.ndarray:
        return np.where(values < 4, values, np.nan)

    errors = ((0.5, BLUE), (1.0, PURPLE), (2.0, RED))
    with canvas(1, 2, height=3.1) as (fig, (left, right)):
        curves(
            left,
            scale,
            [(f"error {e:g}", seen(e**2 / (2 * scale**2) + np.log(scale)), c) for e, c in errors],
        )
        for e, c in errors:
            left.plot(e, 0.5 + np.log(e), "o", color=c)
        left.set(xlabel="scale σ", ylabel="loss without ½ log 2π", ylim=(-0.5, 4), xlim=(0, 5.6))
        for e, c in errors:
            right.plot(scale, seen(e / scale**2), color=c)
            label_line(right, 2.4, 2.4 + 0.6 * e, f"error {e:g}", c)
        right.set(xlabel="scale σ", ylabel="size of the pull on the mean", ylim=(0, 4))
        right.set_xlim(0, 4)
    return show(
        fig,
        alt="Left: loss over the scale for errors 0.5, 1 and 2. Each curve is steep to the left "
        "and has its minimum (a dot) where the scale equals the error. Right: the pull on the "
        "mean falls with the square of the scale.",
        caption="Left: the best scale is as large as the error. Right: a large scale quiets it.",
    )


def bands(income: np.ndarray, food: np.ndarray, panels: Sequence[Band]) -> Picture:
    """The households under 90% intervals, one panel a model."""
    with canvas(1, 2, height=3.3, sharey=True) as (fig, axes):
        for ax, (title, at, low, high), colour in zip(axes, panels, (GREY, BLUE), strict=True):
            households(ax, income, food)
            ax.fill_between(at, low, high, color=colour, alpha=0.25, lw=0)
            ax.plot(at, (low + high) / 2, color=colour)
            ax.set(title=title, xlim=(250, 3050), ylim=(0, 2300))
        axes[1].set_ylabel("")
    return show(
        fig,
        alt="The households twice, with 90% intervals. On the left, with one scale, the band is "
        "too wide for small incomes and too narrow for large ones. On the right, with a learned "
        "scale, it opens like the data.",
        caption="90% intervals: one scale for all, and a scale that depends on income.",
    )


def explained_away(
    x: np.ndarray, y: np.ndarray, runs: Sequence[tuple[str, np.ndarray, np.ndarray]]
) -> Picture:
    """A wave under several fits (title, mean, scale), sorted by x, one panel each."""
    with canvas(1, len(runs), height=2.9, sharey=True) as (fig, axes):
        for ax, (title, mean, scale) in zip(axes, runs, strict=True):
            ax.plot(x, y, ".", color=GREEN, markersize=3, alpha=0.6)
            ax.fill_between(x, mean - 2 * scale, mean + 2 * scale, color=BLUE, alpha=0.25, lw=0)
            ax.plot(x, mean, color=BLUE)
            ax.set(title=title, xlabel="x")
        axes[0].set(ylabel="y", ylim=(-2.2, 2.2))
    return show(
        fig,
        alt="A sine wave with little noise, three times. With β = 0 the mean follows only a part "
        "of the wave and covers the rest by a wide band. With β = 0.5 and 1 the mean follows the "
        "wave throughout and the band is narrow.",
        caption="Mean and ± 2 scales after the same training. Left: noise that is none.",
    )

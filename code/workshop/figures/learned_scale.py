"""Figures of the chapter on a learned scale. Incomes and expenditures in francs a year."""

from collections.abc import Mapping, Sequence

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
    with canvas(2, 1, height=5.6, sharex=True) as (fig, (above, below)):
        curves(
            above,
            scale,
            [(f"error {e:g}", seen(e**2 / (2 * scale**2) + np.log(scale)), c) for e, c in errors],
        )
        for e, c in errors:
            above.plot(e, 0.5 + np.log(e), "o", color=c)
        above.set(ylabel="loss", ylim=(-0.5, 4), xlim=(0, 5.6))
        for e, c in errors:
            below.plot(scale, seen(e / scale**2), color=c)
            label_line(below, 2.4, 2.2 + 0.7 * e, f"error {e:g}", c)
        below.set(xlabel="scale σ", ylabel="pull on the mean", ylim=(0, 4))
    return show(
        fig,
        alt="Above: loss over the scale for errors 0.5, 1 and 2. Each curve is steep to the left "
        "and has its minimum (a dot) where the scale equals the error. Below: the pull on the "
        "mean falls with the square of the scale.",
        caption="Top: the loss without ½ log 2π; the dots mark the best scale, which is as large "
        "as the error. Bottom: the larger the scale, the weaker the pull on the mean.",
    )


def bands(income: np.ndarray, food: np.ndarray, panels: Sequence[Band]) -> Picture:
    """The households under 90% intervals, one panel a model."""
    with canvas(2, 1, height=6, sharex=True) as (fig, axes):
        for ax, (title, at, low, high), colour in zip(axes, panels, (GREY, BLUE), strict=True):
            households(ax, income, food)
            ax.fill_between(at, low, high, color=colour, alpha=0.25, lw=0)
            ax.plot(at, (low + high) / 2, color=colour)
            ax.set(title=title, xlim=(250, 3050), ylim=(0, 2300))
        axes[0].set_xlabel("")
    return show(
        fig,
        alt="The households twice, with 90% intervals. Above, with one scale, the band is "
        "too wide for small incomes and too narrow for large ones. Below, with a learned "
        "scale, it opens like the data.",
        caption="90% intervals. Top: one scale for all households. Bottom: a scale that depends "
        "on income.",
    )


def pits(values: Mapping[str, np.ndarray]) -> Picture:
    """PIT histograms of two models (name → values in [0, 1]), ten bins."""
    with canvas(2, 1, height=4.6, sharex=True, sharey=True) as (fig, axes):
        for ax, (name, found), colour in zip(axes, values.items(), (GREY, BLUE), strict=True):
            ax.hist(found, bins=10, range=(0, 1), color=colour, alpha=0.7)
            ax.axhline(len(found) / 10, color=GREY, ls="--", lw=1)
            ax.set(title=name, ylabel="households")
        axes[-1].set_xlabel("PIT")
    return show(
        fig,
        alt="Two PIT histograms. With one scale it is high in the middle: most outcomes fall "
        "nearer to the mean than predicted. With a learned scale there is no hump: the bars "
        "scatter around the dashed line.",
        caption="Dashed: what a right distribution gives on average. A hump in the middle says "
        "that intervals are too wide for most.",
    )


def error_over_epochs(wrong: np.ndarray, betas: Sequence[float]) -> Picture:
    """Error of the mean after each epoch, `(β, seed, epoch)`: one line a seed."""
    epochs = np.arange(1, wrong.shape[2] + 1)
    with canvas(height=3.8) as (fig, ax):
        for runs, beta, colour, place in zip(
            wrong, betas, (RED, BLUE, PURPLE), ((150, 0.28), (14, 0.1), (14, 0.07)), strict=True
        ):
            for run in runs:
                # A running mean, since a constant learning rate makes single epochs jitter.
                smooth = np.convolve(run, np.ones(10) / 10, "valid")
                ax.loglog(epochs[9:], smooth, color=colour, lw=1.2, alpha=0.8)
            label_line(ax, *place, f"β = {beta:g}", colour)
        ax.axhline(0.05, color=GREY, ls="--", lw=1)
        ax.set(xlabel="epochs", ylabel="error of the mean", xlim=(9, epochs[-1]))
        ax.set_xticks([10, 30, 100, 400], ["10", "30", "100", "400"])
        ax.set_yticks([0.03, 0.1, 0.3], ["0.03", "0.1", "0.3"])
        ax.minorticks_off()
    return show(
        fig,
        alt="Error of the mean over epochs, five lines for each β. Those of the plain likelihood "
        "come down several times later than those of β = ½ and 1, but they come down, and at "
        "the right end all lie together.",
        caption="Five starts for each β, averaged over ten epochs. Dashed: the noise's "
        "standard deviation. With β = 0 the error comes down late.",
    )


def explained_away(
    x: np.ndarray,
    y: np.ndarray,
    grid: np.ndarray,
    runs: Sequence[tuple[str, np.ndarray, np.ndarray]],
) -> Picture:
    """A wave under several fits (title, mean and scale along `grid`), one panel each."""
    with canvas(len(runs), 1, height=5.4, sharex=True, sharey=True) as (fig, axes):
        for ax, (title, mean, scale) in zip(axes, runs, strict=True):
            ax.plot(x, y, ".", color=GREEN, markersize=3, alpha=0.6)
            ax.fill_between(grid, mean - 2 * scale, mean + 2 * scale, color=BLUE, alpha=0.25, lw=0)
            ax.plot(grid, mean, color=BLUE)
            ax.set(title=title, ylabel="y", ylim=(-2.2, 2.2))
        axes[-1].set_xlabel("x")
    return show(
        fig,
        alt="A sine wave with little noise under two fits after 80 epochs. With β = 0 the mean "
        "follows only a part of the wave and a wide band covers the rest. With β = 0.5 the mean "
        "follows the wave throughout and the band is narrow.",
        caption="Line: the mean; band: ± 2 scales. At the top, what is reported as noise is a "
        "mean not yet learned.",
    )

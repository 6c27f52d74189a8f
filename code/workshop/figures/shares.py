"""Figures of the chapter on proportions and compositions."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from workshop.plotting import (
    BLUE,
    GOLD,
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


def districts(income: np.ndarray, share: np.ndarray) -> Picture:
    """Proportion above the national median against the percentage of low-income students."""
    with canvas() as (fig, ax):
        ax.plot(income, share, "o", color=GREEN, alpha=0.4, markersize=5)
        for border in (0, 1):
            ax.axhline(border, color=GREY, lw=1)
        ax.set(xlabel="students from low-income families (%)", ylim=(-0.03, 1.03))
        ax.set(ylabel="proportion above the median")
    return show(
        fig,
        alt="Proportion of students above the national median in mathematics against the "
        "percentage from low-income families, in 303 districts. It falls from about 0.8 to about "
        "0.1, and scatters less near 0.",
        caption="303 Californian school districts. No proportion can lie beyond the grey lines, "
        "and near 0 the scatter is smaller.",
    )


def shapes(kappas: Sequence[float]) -> Picture:
    """Beta densities for several means and concentrations, beside the gradient."""
    grid = np.linspace(0.002, 0.998, 400)
    with canvas(len(kappas), 1, height=6.4, sharex=True, sharey=True) as (fig, axes):
        for ax, kappa in zip(axes, kappas, strict=True):
            for mean, colour in ((0.1, BLUE), (0.5, PURPLE), (0.8, GOLD)):
                density = stats.beta.pdf(grid, mean * kappa, (1 - mean) * kappa)
                ax.plot(grid, density, color=colour)
            ax.set(title=f"concentration {kappa:g}", ylabel="density", ylim=(0, 6))
        axes[-1].set_xlabel("proportion y")
        for mean, colour, height in ((0.1, BLUE, 5.2), (0.5, PURPLE, 3.9), (0.8, GOLD, 2.6)):
            label_line(axes[0], 0.3, height, f"mean {mean}", colour)
    return show(
        fig,
        alt="Beta densities of means 0.1, 0.5 and 0.8. With concentration 1 they rise without "
        "limit at both borders, with 5 those near a border lean against it, with 26 they are "
        "bells, the ones near a border narrower.",
        caption="The larger the concentration, the smaller the scatter. Near a border there is "
        "less room for it.",
    )


def pits(panels: Sequence[tuple[str, np.ndarray, str]], *, alt: str, caption: str) -> Picture:
    """Histograms of PIT values (title, values in [0, 1], colour) against the flat one."""
    with canvas(len(panels), 1, height=6.4, sharex=True, sharey=True) as (fig, axes):
        for ax, (title, values, colour) in zip(axes, panels, strict=True):
            ax.hist(values, bins=np.linspace(0, 1, 11), density=True, color=colour, alpha=0.75)
            ax.axhline(1, color=GREY, lw=1)
            ax.set(title=title, ylabel="density")
        axes[-1].set_xlabel("PIT")
    return show(fig, alt=alt, caption=caption)


def pull(odds: np.ndarray, gradient: np.ndarray, cross: np.ndarray, kappa: float) -> Picture:
    """The gradient with respect to the raw output, for one outcome, under two losses."""
    with canvas() as (fig, ax):
        lines = [("beta", gradient, GOLD), ("cross entropy", cross, RED)]
        curves(ax, odds, lines)
        ax.axhline(0, color=GREY, lw=1)
        ax.set(xlabel="raw output z, for y = 0.2", ylabel="gradient (nats)")
        ax.set_xlim(odds[0], odds[-1] * 1.55)
    return show(
        fig,
        alt="Gradient over the raw output for y = 0.2. That of the beta is −1 at the far left, "
        "dips below, crosses zero near −1.2 and peaks on the right before it falls to 1. That of "
        "cross entropy is an S-curve from −0.2 to 0.8.",
        caption=f"Concentration {kappa:g}: the beta pulls hardest where it is moderately wrong.",
    )

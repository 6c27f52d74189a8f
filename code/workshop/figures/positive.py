"""Figures of the chapter on positive amounts."""

import numpy as np

from workshop.plotting import BLUE, GOLD, GREEN, GREY, PURPLE, Picture, canvas, show


def spending(income: np.ndarray, spent: np.ndarray, line: np.ndarray, at: np.ndarray) -> Picture:
    """Monthly spending by card against income, and the mean `line` at incomes `at`."""
    with canvas(height=3.1) as (fig, ax):
        ax.plot(income, spent, "o", color=GREEN, alpha=0.6, markersize=5)
        ax.plot(at, line, color=BLUE)
        ax.text(at[-1], line[-1] + 60, "gamma mean", color=BLUE, ha="right")
        ax.set(xlabel="income (10,000 dollars a year)", ylabel="spent by card\n(dollars a month)")
    return show(
        fig,
        alt="Spending against income for 72 card holders: all above zero, most below 400 dollars, "
        "some far higher, and the more scattered the higher the mean. A curve of means rises.",
        caption="Amounts never lie below zero, have a long tail upwards, and scatter more where "
        "their mean is larger.",
    )


def shapes() -> Picture:
    """Densities of mean 1."""
    from scipy import stats

    y = np.linspace(0.02, 3.2, 300)
    wald = stats.invgauss.pdf(y, 0.5, scale=2)
    normal = stats.lognorm.pdf(y, 0.67, scale=np.exp(-(0.67**2) / 2))
    with canvas(height=3.4) as (fig, ax):
        for name, values, colour, place in (
            ("exponential", np.exp(-y), GREY, (0.02, 1.02)),
            ("gamma, k = 2", stats.gamma.pdf(y, 2, scale=0.5), BLUE, (1.2, 0.56)),
            ("inverse Gaussian", wald, PURPLE, (0.95, 0.72)),
            ("log-normal", normal, GOLD, (0.75, 0.88)),
        ):
            ax.plot(y, values, color=colour)
            ax.text(*place, name, color=colour)
        ax.set(xlabel="y, in units of its mean", ylabel="density", ylim=(0, 1.12))
    return show(
        fig,
        alt="Four densities of mean 1. The exponential falls from its start; gamma, inverse "
        "Gaussian and log-normal rise to a peak and have tails to the right.",
        caption="Four families with the same mean. They differ in how much lies near zero and "
        "how much far out.",
    )

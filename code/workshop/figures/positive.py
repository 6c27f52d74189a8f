"""Figures of the chapter on positive and censored values."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import BLUE, GOLD, GREEN, GREY, PURPLE, RED, Picture, canvas, curves, show


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
        caption="Never below zero, a long tail upwards, and a scatter that grows with the mean.",
    )


def shapes() -> Picture:
    """Densities of mean 1, and hazards of three Weibulls."""
    from scipy import special, stats

    y = np.linspace(0.02, 3.2, 300)
    wald = stats.invgauss.pdf(y, 0.5, scale=2)
    normal = stats.lognorm.pdf(y, 0.67, scale=np.exp(-(0.67**2) / 2))
    with canvas(1, 2, height=3) as (fig, (left, right)):
        for name, values, colour, place in (
            ("exponential", np.exp(-y), GREY, (0.02, 1.02)),
            ("gamma, k = 2", stats.gamma.pdf(y, 2, scale=0.5), BLUE, (1.25, 0.52)),
            ("inverse Gaussian", wald, PURPLE, (0.95, 0.7)),
            ("log-normal", normal, GOLD, (0.75, 0.88)),
        ):
            left.plot(y, values, color=colour)
            left.text(*place, name, color=colour)
        left.set(xlabel="y, in units of its mean", ylabel="density", ylim=(0, 1.12))
        hazards = [
            (f"k = {k:g}", k / special.gamma(1 + 1 / k) ** -k * y ** (k - 1), colour)
            for k, colour in ((0.7, RED), (1.0, GREY), (1.8, BLUE))
        ]
        curves(right, y, hazards)
        right.set(xlabel="time, in units of its mean", ylabel="hazard", xlim=(0, 4.4), ylim=(0, 5))
    return show(
        fig,
        alt="Left: four densities of mean 1. The exponential falls from its start; gamma, inverse "
        "Gaussian and log-normal rise to a peak and have tails to the right. Right: the hazard of "
        "a Weibull falls for k = 0.7, is level for k = 1 and rises for k = 1.8.",
        caption="Left: positive amounts. Right: the chance of the event now, given none so far.",
    )


def patients(time: np.ndarray, event: np.ndarray) -> Picture:
    """A few patients as lines from 0 to their time; a cross where the event happened."""
    with canvas(height=2.9) as (fig, ax):
        for row, (t, e) in enumerate(zip(time, event, strict=True)):
            ax.plot([0, t], [row, row], color=GREEN, lw=1.5)
            ax.plot(t, row, "X" if e else ">", color=RED if e else GREY, markersize=6)
        ax.set(xlabel="years since surgery", yticks=[], ylabel="patients", xlim=(0, None))
    return show(
        fig,
        alt="Sixteen horizontal lines, one a patient, from surgery on. Some end in a cross, the "
        "return of the cancer or death; the others in an arrow: watched so far without it.",
        caption="Cross: the event. Arrow: censored. All we know is that it came later, if at all.",
    )


def survival(
    steps: tuple[np.ndarray, np.ndarray], lines: Sequence[tuple[str, np.ndarray, str]],
    at: np.ndarray,
) -> Picture:  # fmt: skip
    """Kaplan–Meier (times, shares) as steps, under survival curves at times `at`."""
    with canvas(height=3.2) as (fig, ax):
        ax.step(*steps, where="post", color=GREEN, lw=3, alpha=0.6)
        curves(ax, at, lines)
        ax.text(4.3, 0.64, "Kaplan–Meier", color=GREEN)
        ax.set(xlabel="years", ylabel="share without the event", xlim=(0, 9.6), ylim=(0, 1))
    return show(
        fig,
        alt="Share without the event over the years. The Weibull that counts censoring follows "
        "the Kaplan–Meier steps. Taking censored times as events falls far below, leaving the "
        "censored out falls further still.",
        caption="Ignore censoring, and everybody seems to relapse early.",
    )


def thirds(
    steps: Sequence[tuple[np.ndarray, np.ndarray]], lines: Sequence[np.ndarray], at: np.ndarray
) -> Picture:
    """Kaplan–Meier and mean prediction, for thirds of the test patients by predicted risk."""
    names, colours = ("high risk", "middle", "low risk"), (RED, PURPLE, BLUE)
    with canvas(height=3.2) as (fig, ax):
        for step, colour in zip(steps, colours, strict=True):
            ax.step(*step, where="post", color=colour, lw=1, alpha=0.8)
        curves(ax, at, list(zip(names, lines, colours, strict=True)))
        ax.set(xlabel="years", ylabel="share without the event", xlim=(0, 7.4), ylim=(0, 1.02))
    return show(
        fig,
        alt="Three smooth predicted survival curves, for high, middle and low predicted risk, "
        "each beside the Kaplan–Meier steps of the same patients.",
        caption="Steps: what happened. Smooth: what was predicted, for patients not trained on.",
    )

"""Figures of the chapter on robust losses."""

from collections.abc import Sequence

import numpy as np

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


def states(
    urban: np.ndarray, murder: np.ndarray, lines: Sequence[tuple[str, Sequence[float], str]]
) -> Picture:
    """The states under lines (name, (intercept, slope per percent), colour)."""
    ends = np.array([15.0, 100.0])
    with canvas(height=3.5) as (fig, ax):
        ax.plot(urban, murder, "o", color=GREEN, alpha=0.6, markersize=5)
        previous = np.inf  # steepest first; labels that would overlap move down
        for name, (a, b), colour in sorted(lines, key=lambda line: -line[1][0] - 100 * line[1][1]):
            ax.plot(ends, a + b * ends, color=colour)
            previous = min(a + b * 100, previous - 1.5)
            label_line(ax, 101, previous, name, colour)
        far = int(np.argmax(murder))
        ax.text(urban[far] - 1.5, murder[far], "District of Columbia", ha="right", va="center")
        ax.set(xlabel="people in cities (%)", ylabel="murders per 100,000")
        ax.set_xlim(14, 125)
    names = " and ".join(name for name, _, _ in lines)
    told = f" The lines of {names} are drawn; squared error's is the steepest." if lines else ""
    return show(
        fig,
        alt="Murder rate against the percentage of people in cities, 51 states. All but one lie "
        f"below 13; the District of Columbia stands alone at 24.{told}",
        caption="One point of 51 makes the line of squared error much steeper."
        if lines
        else "50 states, and the District of Columbia.",
    )


def family(df: float, delta: float) -> Picture:
    """The losses over the error, and their pulls (influence functions)."""
    u = np.linspace(-6, 6, 481)
    size = np.abs(u)
    huber = np.where(size <= delta, u**2 / 2, delta * (size - delta / 2))
    losses = [
        ("squared", np.where(u**2 / 2 < 6, u**2 / 2, np.nan), RED),
        ("absolute", size, PURPLE),
        ("Huber", huber, BLUE),
        ("log cosh", np.log(np.cosh(u)), GREEN),
        ("Student t", (df + 1) / 2 * np.log1p(u**2 / df), GOLD),
    ]
    pulls = [
        ("squared", np.where(size < 3, u, np.nan), RED),
        ("absolute", np.sign(u), PURPLE),
        ("Huber", np.clip(u, -delta, delta), BLUE),
        ("log cosh", np.tanh(u), GREEN),
        ("Student t", (df + 1) * u / (df + u**2), GOLD),
    ]
    with canvas(2, 1, height=6.4, sharex=True) as (fig, (above, below)):
        for ax, lines in ((above, losses), (below, pulls)):
            shown = [(n, v, c) for n, v, c in lines if n != "squared"]
            ax.plot(u, lines[0][1], color=RED)
            ax.set_ylim((0, 6.6) if ax is above else (-3.4, 3.4))
            curves(ax, u, shown)
            ax.set(xlim=(-6, 10), xticks=(-6, -3, 0, 3, 6))
        label_line(above, 3.3, 6.2, "squared", RED, ha="right")
        label_line(below, 2.6, 3.2, "squared", RED, ha="right")
        above.set(ylabel="loss", ylim=(0, 8.2))
        below.set(ylabel="pull on the prediction", xlabel="error y − prediction")
    return show(
        fig,
        alt="Above: five losses over the error. Squared error rises fastest, absolute error, Huber "
        "and log cosh go over into straight lines, Student's t bends down. Below: their pulls. "
        "Squared error's is a straight line without end, the next three level off, Student's t "
        "rises to a peak and falls back towards zero.",
        caption="Top: the losses. Bottom: the pull of one sample. All but absolute error pull in "
        "proportion to a small error; they differ in what a large one does.",
    )


def sensitivity(moved: np.ndarray, slopes: Sequence[tuple[str, np.ndarray, str]]) -> Picture:
    """The slope, when one state's murder rate is set to other values."""
    with canvas(height=3.1) as (fig, ax):
        curves(ax, moved, slopes)
        ax.set(xlabel="murders per 100,000 in the moved state", ylabel="slope")
        ax.set_xlim(0, 1.32 * moved[-1])
        ax.axhline(0, color=GREY, lw=1)
    return show(
        fig,
        alt="Slope against the value that one state was given. Under squared error it rises "
        "without end, under Huber it levels off, under Student's t it returns to where it was.",
        caption="One state's rate is moved from 5 to 100. The slope follows without end, levels "
        "off, or returns.",
    )


def two_valleys(at: np.ndarray, losses: Sequence[tuple[str, np.ndarray, str]]) -> Picture:
    """Mean losses over a constant prediction, each less its least value."""
    with canvas(height=2.9) as (fig, ax):
        curves(ax, at, [(name, v - v.min(), colour) for name, v, colour in losses])
        ax.set(
            xlabel="prediction", ylabel="mean loss above its least", xlim=(-3, 16), ylim=(0, None)
        )
    return show(
        fig,
        alt="Mean loss over the prediction for two groups of targets, at 0 and at 10. Huber's has "
        "one minimum. Student's t has two valleys, one at each group.",
        caption="Targets at 0 and at 10. Student's t is not convex: it has a valley at each "
        "group, and training may stay in the wrong one.",
    )

"""Figures of the chapter on survival times. Times are in years."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import BLUE, GREEN, GREY, PURPLE, RED, Picture, canvas, curves, show

Line = tuple[str, np.ndarray, str]
"""Name, values, colour."""


def patients(time: np.ndarray, event: np.ndarray) -> Picture:
    """A few patients as lines from 0 to their time; a cross where the event happened."""
    with canvas(height=3.2) as (fig, ax):
        for row, (t, e) in enumerate(zip(time, event, strict=True)):
            ax.plot([0, t], [row, row], color=GREEN, lw=1.5)
            ax.plot(t, row, "X" if e else ">", color=RED if e else GREY, markersize=6)
        ax.set(xlabel="years since surgery", yticks=[], ylabel="patients", xlim=(0, None))
    return show(
        fig,
        alt="Sixteen horizontal lines, one a patient, from surgery on. Some end in a cross, the "
        "return of the cancer or death; the others in an arrow: watched so far without it.",
        caption="Cross: the event. Arrow: censored, so that all we know is that the event came "
        "later, if at all.",
    )


def ignored(steps: tuple[np.ndarray, np.ndarray], lines: Sequence[Line], at: np.ndarray) -> Picture:
    """Kaplan–Meier (times, proportions) as steps, under survival curves at times `at`."""
    with canvas(height=3.6) as (fig, ax):
        ax.step(*steps, where="post", color=GREEN, lw=3, alpha=0.6)
        curves(ax, at, lines)
        ax.text(4.3, 0.66, "Kaplan–Meier", color=GREEN)
        ax.set(xlabel="years", ylabel="without the event", xlim=(0, 11.5), ylim=(0, 1))
        ax.set_xticks(range(0, 8))
    return show(
        fig,
        alt="Proportion without the event over the years. The Weibull that counts censoring "
        "follows the Kaplan–Meier steps. Taking censored times as events falls far below, leaving "
        "the censored out falls further still.",
        caption="Both ways of ignoring censoring make times look much too short. Steps: "
        "Kaplan–Meier, which assumes no distribution.",
    )


def hazards(
    edges: np.ndarray, rate: np.ndarray, error: np.ndarray, lines: Sequence[Line], at: np.ndarray
) -> Picture:
    """Events per person-year between `edges`, with their errors, and the models' hazards."""
    with canvas(height=3.8) as (fig, ax):
        middle = (edges[1:] + edges[:-1]) / 2
        ax.hlines(rate, edges[:-1], edges[1:], color=GREEN, lw=3)
        ax.errorbar(middle, rate, 2 * error, fmt="none", color=GREEN, capsize=3, lw=1)
        curves(ax, at, lines)
        ax.text(2.1, 0.245, "observed, ± 2 standard errors", color=GREEN)
        ax.set(xlabel="years since surgery", ylabel="events a year", ylim=(0, 0.28))
        ax.set(xlim=(0, 10), xticks=range(0, 8))
    return show(
        fig,
        alt="Events per woman and year in eight intervals: 0.04 in the first half year, a peak of "
        "0.21 between one and one and a half years, then a fall to about 0.13. The hazard of the "
        "Weibull rises throughout; those of log-logistic and log-normal rise and fall.",
        caption="The Weibull's hazard can only rise. The counted rates rise and then fall, as "
        "the other two families allow.",
    )


def thirds(
    models: Sequence[tuple[str, Sequence[tuple[np.ndarray, np.ndarray]], Sequence[np.ndarray]]],
    at: np.ndarray,
) -> Picture:
    """For models (title, steps, lines): Kaplan–Meier and mean prediction of three risk groups."""
    names, colours = ("high risk", "middle", "low risk"), (RED, PURPLE, BLUE)
    with canvas(len(models), 1, height=3 * len(models), sharex=True, sharey=True) as (fig, axes):
        for ax, (title, steps, lines) in zip(axes, models, strict=True):
            for (when, kept), colour in zip(steps, colours, strict=True):
                shown = when <= at[-1]  # beyond stand the labels
                ax.step(when[shown], kept[shown], where="post", color=colour, lw=1, alpha=0.8)
            curves(ax, at, list(zip(names, lines, colours, strict=True)))
            ax.set(title=title, ylabel="without the event", xlim=(0, 7.6), ylim=(0, 1.02))
        axes[-1].set_xlabel("years")
    return show(
        fig,
        alt="For each of two models three smooth survival curves, for high, middle and low "
        "predicted risk, beside the Kaplan–Meier steps of the same patients, which they follow "
        "more or less closely.",
        caption="Steps: what happened (Kaplan–Meier). Smooth lines: what was predicted, for "
        "women the models were not trained on.",
    )

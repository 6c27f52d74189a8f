"""Figures of the chapter on ordered answers."""

from collections.abc import Sequence

import numpy as np
from scipy import special, stats

from workshop.plotting import (
    BLUE,
    GOLD,
    GREEN,
    GREY,
    PURPLE,
    RED,
    Picture,
    canvas,
    heatmap,
    label_line,
    show,
)

PARTIES = (
    "strong Democrat", "weak Democrat", "leans Democrat", "independent",
    "leans Republican", "weak Republican", "strong Republican",
)  # fmt: skip


def answers(table: np.ndarray, columns: Sequence[str]) -> Picture:
    """Proportion of each answer (rows, `(7, k)`) at each place on the left-right scale."""
    with canvas(height=3.6) as (fig, ax):
        heatmap(ax, table, PARTIES, columns, "{:.0%}")
        ax.set(xlabel="own place, from 1 (very liberal) to 7 (very conservative)")
    return show(
        fig,
        alt="Table of shades: percentage of each party answer at each place from liberal to "
        "conservative. The dark cells run along the diagonal from strong Democrat among liberals "
        "to strong Republican among conservatives.",
        caption="Each column sums to 100%. From left to right the likeliest answer moves step by "
        "step along the order.",
    )


def score(cuts: np.ndarray, places: Sequence[tuple[float, str, str]]) -> Picture:
    """A hidden logistic score at several places (place, label, colour), cut at `cuts`."""
    grid = np.linspace(-7, 7, 500)
    with canvas(height=2.8) as (fig, ax):
        for place, label, colour in places:
            ax.plot(grid, stats.logistic.pdf(grid, place), color=colour)
            label_line(ax, place, 0.268, label, colour, ha="center")
        for cut in cuts:
            ax.axvline(cut, color=GREY, lw=1, ls="--")
        edges = [-5.5, *((cuts[1:] + cuts[:-1]) / 2), 5.5]
        for number, x in enumerate(edges):
            ax.text(x, 0.305, str(number), ha="center", va="center", color=GREEN)
        ax.set(xlabel="hidden score (on top: each piece's answer)", ylabel="density")
        ax.set(ylim=(0, 0.32), xticks=[])
    return show(
        fig,
        alt="Two bells of the same shape at different places over a line cut in seven pieces. The "
        "area of a bell over a piece is the probability of that answer.",
        caption="The cuts are the same for both people. The input moves the bell, and the area "
        "over a piece is the probability of that answer.",
    )


def links(grid: np.ndarray) -> Picture:
    """The three cumulative curves that serve as links, the probit stretched to the logit."""
    with canvas(height=2.9) as (fig, ax):
        ax.plot(grid, special.expit(grid), color=BLUE)
        ax.plot(grid, special.ndtr(grid / 1.702), color=PURPLE)
        ax.plot(grid, stats.gumbel_l.cdf(grid), color=GOLD)
        label_line(ax, 2.2, 0.8, "logit", BLUE)
        label_line(ax, 2.2, 0.7, "probit, stretched by 1.7", PURPLE)
        label_line(ax, -4.1, 0.8, "complementary\nlog-log", GOLD)
        ax.set(xlabel="cut minus score", ylabel="P(answer at most k)", ylim=(-0.02, 1.1))
    return show(
        fig,
        alt="Three rising curves from 0 to 1. Logit and stretched probit lie on top of each other; "
        "the complementary log-log rises slowly at first and reaches 1 sooner.",
        caption="The logit and the stretched probit coincide; only the complementary log-log is "
        "not symmetric.",
    )


def by_cut(effect: np.ndarray, error: np.ndarray, common: float) -> Picture:
    """The effect of one input in a separate two-class model at each cut, with 95% intervals."""
    with canvas(height=2.9) as (fig, ax):
        places = np.arange(1, len(effect) + 1)
        ax.errorbar(places, effect, 1.96 * error, fmt="o", color=GREEN, capsize=3)
        ax.axhline(common, color=BLUE)
        label_line(ax, 2.4, common - 0.22, "proportional odds: one for all", BLUE)
        ax.set(xlabel="cut", ylabel="effect on the log odds", xlim=(0.5, len(effect) + 0.5))
    return show(
        fig,
        alt="The effect of the left-right place in six separate two-class models, with intervals: "
        "about 1.1 at the first cut, 1.8 in the middle. The common effect is a line near 1.5.",
        caption="Points: the effect at one cut alone, with a 95% interval. If odds were "
        "proportional, they would scatter about the line.",
    )


def sizes(amounts: Sequence[int], curves: Sequence[tuple[str, np.ndarray, str]]) -> Picture:
    """Test loss over training size, for models (name, losses `(sizes, splits)`, colour)."""
    with canvas(height=4.2) as (fig, ax):
        ends = sorted(curves, key=lambda curve: float(np.median(curve[1][-1])))
        low = -np.inf
        places = {}
        for name, losses, _ in ends:  # labels that would overlap are moved apart
            low = places[name] = max(float(np.median(losses[-1])), low + 0.055)
        for shift, (name, losses, colour) in enumerate(curves):
            at = np.asarray(amounts) * 1.03 ** (shift - 1.5)
            middle = np.median(losses, axis=1)
            spread = np.abs([losses.min(axis=1) - middle, losses.max(axis=1) - middle])
            ax.errorbar(at, middle, spread, fmt="o-", color=colour, capsize=2, markersize=4, lw=1.5)
            label_line(ax, amounts[-1] * 1.15, places[name], name, colour)
        ax.set(xlabel="people in the training set", ylabel="nats a person, new people")
        ax.set_xscale("log")
        ax.set_xticks(amounts, [str(amount) for amount in amounts])
        ax.minorticks_off()
        ax.set_xlim(80, 2600)
    return show(
        fig,
        alt="Loss on new people over the number of people trained on, with the range over twelve "
        "splits. With few people plain softmax is far behind, softmax with a ridge a little "
        "behind the ordinal model; with many the three are level. Squared error on codes stays "
        "behind.",
        caption="Median and range over twelve splits. The fewer people there are to learn from, "
        "the more it helps to know the order.",
    )


COLOURS = (BLUE, PURPLE, GOLD, RED)
"""Ordinal, softmax with a ridge, softmax, squared error on codes."""

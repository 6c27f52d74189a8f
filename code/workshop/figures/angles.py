"""Figures of the chapter on angles and directions. Angles are in degrees clockwise from north."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LightSource

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

COMPASS = (0, 90, 180, 270, 360)


def terrain(height: np.ndarray, row: np.ndarray, column: np.ndarray, facing: np.ndarray) -> Picture:
    """The shaded ground with an arrow downhill at some of the places."""
    shade = LightSource(azdeg=315, altdeg=45).hillshade(height, vert_exag=0.05)
    with canvas(height=5.0) as (fig, ax):
        ax.imshow(shade[::2, ::2], cmap="gray", extent=(0, 403, 344, 0))
        some = slice(None, None, 23)
        ax.quiver(column[some], row[some], np.sin(facing[some]), np.cos(facing[some]),
                  color=GOLD, scale=38, width=0.004)  # fmt: skip
        ax.set(xlabel="cells of about 74 m from the west", ylabel="cells of about 93 m")
    return show(
        fig,
        alt="Shaded relief of ridges and valleys, with arrows that point downhill in all "
        "directions.",
        caption="The ground near the Jacksboro fault in Tennessee. The arrows point the way the "
        "ground faces, which is downhill.",
    )


def bells(kappas: Sequence[float]) -> Picture:
    """Densities of the von Mises around north, by concentration (a degree)."""
    from scipy import stats

    degrees = np.linspace(-180, 180, 361)
    with canvas(height=3.1) as (fig, ax):
        for kappa, colour in zip(kappas, (GREY, PURPLE, BLUE), strict=True):
            density = stats.vonmises.pdf(np.radians(degrees), kappa) * np.pi / 180
            ax.plot(degrees, density, color=colour)
            at = 180 + int(38 / np.sqrt(kappa))
            ax.text(degrees[at] + 4, density[at] + 0.0004, f"κ = {kappa:g}", color=colour)
        ax.set(xlabel="degrees from the direction μ", ylabel="density (a degree)")
        ax.set(xticks=(-180, -90, 0, 90, 180), ylim=(0, None))
    return show(
        fig,
        alt="Three bells around 0 degrees. The larger the concentration, the higher and narrower "
        "the bell. Each has the same height at -180 and 180 degrees.",
        caption="The von Mises for three concentrations. The left and the right end are the same "
        "direction, so each curve closes.",
    )


def wrap(error: np.ndarray, kappas: Sequence[float]) -> Picture:
    """Losses for a truth of 350°, over the prediction `error` in degrees from 0 to 360."""
    off = np.radians(error - 350)
    with canvas(2, 1, height=5, sharex=True) as (fig, (above, below)):
        above.plot(error, (error - 350) ** 2 / 1000, color=RED)
        label_line(above, 90, 95, "squared error", RED)
        above.set(ylabel="1000 sq. degrees")
        for kappa, shade in zip(kappas, (1.0, 0.5), strict=True):
            below.plot(error, kappa * (1 - np.cos(off)), color=BLUE, alpha=shade)
            label_line(below, 172, 2 * kappa + 0.45, f"κ = {kappa:g}", BLUE, ha="center")
        below.set(ylabel="nats", ylim=(0, 2 * max(kappas) + 1.2))
        for ax in (above, below):
            ax.axvline(350, color=GREEN, lw=1, ls="--")
        below.set(xlabel="predicted direction (°)", xticks=COMPASS)
    return show(
        fig,
        alt="Loss over the predicted direction when the truth is 350 degrees. Squared error is "
        "largest at 0 degrees, ten degrees from the truth. The von Mises losses are periodic and "
        "largest at 170 degrees, on the other side.",
        caption="The truth is 350° (dashed). A prediction of 0° is only 10° off, but squared "
        "error counts it as 350° off.",
    )


def by_direction(centres: np.ndarray, lines: Sequence[tuple[str, np.ndarray, str]]) -> Picture:
    """Mean angular error over the true direction, for models (name, errors, colour)."""
    with canvas(height=3.6) as (fig, ax):
        curves(ax, centres, lines)
        ax.set(xlabel="true direction (°)", ylabel="mean error (°)", ylim=(0, None))
        ax.set(xticks=COMPASS, xlim=(0, 500))
    return show(
        fig,
        alt="Mean angular error over the true direction. The errors of the von Mises and of "
        "squared error on cosine and sine are about the same everywhere and lie together; that "
        "of squared error on degrees is far larger near north.",
        caption="Squared error on degrees fails around north, where the numbers jump from 360 to "
        "0. The two ways with two outputs do not.",
    )


def concentrated(kappa: np.ndarray, seen: np.ndarray, promised: np.ndarray) -> Picture:
    """Mean cosine observed and expected in groups of concentration, `(starts, groups)` each."""
    order = np.argsort(kappa.mean(axis=0))
    middle = kappa.mean(axis=0)[order]
    with canvas(height=3.6) as (fig, ax):
        ax.plot(middle, promised.mean(axis=0)[order], color=BLUE)
        for one, level in zip(seen, kappa, strict=True):
            ax.plot(level, one, "o", color=GREEN, alpha=0.5, markersize=5)
        label_line(ax, middle[-1] * 1.05, promised.mean(axis=0)[order][-1], " expected", BLUE)
        label_line(ax, middle[1] + 0.2, seen[:, 1].mean() - 0.15, " observed, five starts", GREEN)
        ax.set(xlabel="predicted concentration κ", ylabel="mean cosine of the error")
        ax.set(ylim=(0, 1.05), xlim=(0, middle[-1] * 1.35))
        ax.axhline(1, color=GREY, lw=1)
    return show(
        fig,
        alt="Mean cosine of the error in six groups by predicted concentration, for five starts. "
        "The points rise with the curve that the von Mises distribution predicts.",
        caption="Groups of test places. The more confident the network is, the smaller its error, "
        "by about as much as the distribution predicts.",
    )

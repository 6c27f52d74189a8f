"""Squared error and cross entropy on a sigmoid, with their gradients, as the raw output moves."""

import numpy as np

from workshop.explore.base import Explorable, within
from workshop.plotting import BLUE, GREY, PURPLE, canvas, curves, show


def losses(z: float = -6.0) -> Explorable:
    """½ (p − y)² and cross entropy over z from −10 to 10, for truth 1; z and the truth can change.

    Both losses take p = σ(z). The gradients are with respect to z.
    """
    z = within(z, -10, 10, "the raw output")
    grid = np.append(np.linspace(-10, 10, 400), z)
    p = 1 / (1 + np.exp(-grid))
    squared, cross = (p - 1) ** 2 / 2, np.logaddexp(0, -grid)
    squared_slope, cross_slope = (p - 1) * p * (1 - p), p - 1
    panels = (("loss", squared, cross), ("gradient", squared_slope, cross_slope))
    with canvas(1, 2, height=3, wide=True) as (fig, axes):
        for ax, (title, ours, theirs) in zip(axes, panels, strict=True):
            lines = [("squared", ours[:-1], PURPLE), ("cross entropy", theirs[:-1], BLUE)]
            ax.axvline(z, color=GREY, lw=1)
            curves(ax, grid[:-1], lines)
            ax.plot(z, ours[-1], "o", color=PURPLE)
            ax.plot(z, theirs[-1], "o", color=BLUE, clip_on=False)
            ax.set(xlabel="raw output z, truth 1", ylabel=title, xlim=(-10, 20))
            ax.set_xticks([-10, -5, 0, 5, 10])
    still = show(
        fig,
        alt="Left: for a truth of 1 the cross entropy rises in a straight line to the left, the "
        "squared error levels off at one half. Right: the gradient of cross entropy tends to −1 "
        f"on the left, that of squared error to 0. Both are marked at z = {z:g}.",
        caption="At the left end of both panels the network is confident and wrong. Only cross "
        "entropy has a gradient there.",
    )
    return Explorable("losses", "Two losses and their gradients", still, {"z": z, "y": 1})

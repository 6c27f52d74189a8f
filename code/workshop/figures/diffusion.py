"""Figures of the chapter on diffusion."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import (
    BLUE,
    GREY,
    RED,
    Picture,
    canvas,
    label_line,
    show,
)

Cloud = tuple[str, np.ndarray, str]


def clouds(
    panels: Sequence[Cloud], limit: float, axes_names: tuple[str, str], *, alt: str, caption: str
) -> Picture:
    """Clouds of points side by side: title, points `(n, 2)`, colour."""
    with canvas(1, len(panels), height=7.2 / len(panels) + 0.5, sharex=True, sharey=True) as (
        fig,
        axes,
    ):
        for ax, (title, points, colour) in zip(axes, panels, strict=True):
            ax.plot(points[:, 0], points[:, 1], "o", color=colour, markersize=1.8, alpha=0.35)
            ax.set(title=title, xlabel=axes_names[0], xlim=(-limit, limit), ylim=(-limit, limit))
            ax.set_aspect("equal")
        axes[0].set_ylabel(axes_names[1])
    return show(fig, alt=alt, caption=caption)


def weights(values: np.ndarray, *, alt: str, caption: str) -> Picture:
    """The weight that the likelihood gives to each step's squared error."""
    with canvas(height=2.7) as (fig, ax):
        steps = np.arange(len(values))
        ax.semilogy(steps, values, color=BLUE)
        ax.axhline(1, color=GREY, lw=1, ls="--")
        label_line(ax, 55, 1.6, "dropped: every step counts 1", GREY)
        ax.set(xlabel="step", ylabel="weight of the\nsquared error")
    return show(fig, alt=alt, caption=caption)


def against_exact(
    steps: np.ndarray, floor: np.ndarray, excess: np.ndarray, *, alt: str, caption: str
) -> Picture:
    """The squared error at each step that no model can avoid, and what the network adds."""
    with canvas() as (fig, ax):
        ax.plot(steps, floor, color=GREY)
        ax.plot(steps, excess, color=RED)
        high, third = float(floor.max()), len(steps) // 3
        label_line(ax, steps[third], floor[third] + 0.12 * high, "exact answer", GREY)
        last = 3 * len(steps) // 4
        label_line(ax, steps[last], excess.max() + 0.12 * high, "network's extra", RED, ha="center")
        ax.set(xlabel="step", ylabel="squared error of\nthe noise", ylim=(0, None))
    return show(fig, alt=alt, caption=caption)

"""A Gaussian, a Laplace and a Student-t, fitted by hand to points that can be moved."""

from typing import Any

import numpy as np
from scipy import stats

from workshop.explore.base import Explorable, numbers, plain
from workshop.plotting import BLUE, GREEN, canvas, label_line, show


def fit_by_hand(points: Any, *, xlabel: str = "y") -> Explorable:
    """A density over 3 to 12 `points`, with location, scale and, for a Student-t, ν to move.

    Scales are σ of the Gaussian, b of the Laplace, and the scale of a Student-t as in scipy. The
    start is a Gaussian somewhat to the left of the best one. Raises ValueError if all points are
    equal.
    """
    data = numbers(points, "points", least=3, most=12)
    spread = float(data.std())
    if spread == 0:
        raise ValueError("points: they are all equal, so the best scale is zero")
    step = 10.0 ** np.floor(np.log10(np.ptp(data) / 20))
    low = np.floor((data.min() - 0.25 * np.ptp(data)) / step) * step
    high = np.ceil((data.max() + 0.5 * np.ptp(data)) / step) * step
    location, scale = round(float(data.mean() - 0.5 * spread), 2), round(0.8 * spread, 2)
    least = max(0.01, round(0.1 * spread, 2))
    grid = np.linspace(low, high, 400)
    density = stats.norm.pdf(grid, location, scale)
    heights = stats.norm.pdf(data, location, scale)
    surprise = float(-stats.norm.logpdf(data, location, scale).mean())
    with canvas(height=3.4) as (fig, ax):
        ax.vlines(data, 0, heights, color=GREEN, lw=1.5)
        ax.plot(grid, density, color=BLUE)
        ax.plot(data, np.full(len(data), -0.06 * density.max()), "o", color=GREEN, markersize=8)
        label_line(ax, location, 1.06 * float(density.max()), "Gaussian", BLUE, ha="center")
        ax.set(xlabel=xlabel, ylabel="density", xlim=(low, high))
    still = show(
        fig,
        alt=f"A Gaussian density over {len(data)} points, with a line from each point up to the "
        f"density that it gets. With location {location:.2f} and scale {scale:.2f} the average "
        f"surprise is {surprise:.2f} nats a point.",
        caption="Green lines: the density each point gets. The likelihood is their product.",
    )
    ends = plain(np.array([low, high]))
    values = {
        "points": plain(data), "x": ends, "step": plain(np.array([step]))[0], "family": "gaussian",
        "location": location, "scale": scale, "nu": 3, "scales": [least, round(3 * spread, 2)],
        "top": plain(np.array([0.5 / spread]))[0], "xlabel": xlabel,
    }  # fmt: skip
    return Explorable("fit_by_hand", "A density fitted by hand", still, values)

"""The average surprise of a Gaussian over its mean and scale, with steps of gradient descent."""

from typing import Any

import numpy as np

from workshop.explore.base import Explorable, numbers, plain
from workshop.plotting import BLUE, GOLD, GREEN, RED, canvas, label_line, show

LOG_2PI = float(np.log(2 * np.pi))
START = (-1.6, 0.7)
"""Where the descent starts: the mean and log σ, in standard deviations from the minimum."""
ABOVE = (0.02, 0.08, 0.25, 0.6, 1.2, 2.2, 4.0)
"""How far the contours lie above the minimum, in nats."""
STEPS, RATE = 20, 0.3


def surface(y: Any) -> Explorable:
    """Contours of the mean of −log N(y; μ, σ²) over μ and σ, for 2 to 100 numbers `y`.

    Steps are taken in (μ / s, log σ), with s the standard deviation of y: the logarithm keeps σ
    positive, the division makes one learning rate serve both. Raises ValueError if all y are equal.
    """
    data = numbers(y, "y", least=2, most=100)
    mean, spread = float(data.mean()), float(data.std())
    if spread == 0:
        raise ValueError("y: the numbers are all equal, so the best scale is zero")

    def surprise(mu: Any, sigma: Any) -> Any:
        return (spread**2 + (mean - mu) ** 2) / (2 * sigma**2) + np.log(sigma) + LOG_2PI / 2

    path = [(mean + START[0] * spread, spread * float(np.exp(START[1])))]
    for _ in range(STEPS):
        mu, sigma = path[-1]
        slope_mu = spread * (mu - mean) / sigma**2
        slope_log = 1 - (spread**2 + (mu - mean) ** 2) / sigma**2
        path.append((mu - RATE * spread * slope_mu, sigma * float(np.exp(-RATE * slope_log))))
    x_range = (mean - 2.2 * spread, mean + 2.2 * spread)
    y_range = (0.3 * spread, 2.8 * spread)
    m, s = np.meshgrid(np.linspace(*x_range, 160), np.linspace(*y_range, 160))
    least = float(surprise(mean, spread))
    with canvas(height=3.8) as (fig, ax):
        lines = ax.contour(
            m, s, surprise(m, s), levels=[least + a for a in ABOVE], colors=BLUE, linewidths=1.1
        )
        ax.clabel(lines, lines.levels[1:], fontsize=8, fmt="%.2f")
        ax.plot(*np.transpose(path), ".-", color=GOLD, markersize=7, linewidth=1.2)
        ax.plot(*path[0], "o", color=GOLD, markersize=9)
        ax.plot(mean, spread, "o", color=RED)
        label_line(ax, mean + 0.07 * spread, spread, "minimum", RED)
        ax.plot(data, np.full(len(data), y_range[0]), "|", color=GREEN, ms=14, mew=2)
        ax.set(xlabel="mean μ", ylabel="standard deviation σ", xlim=x_range, ylim=y_range)
    still = show(
        fig,
        alt=f"Contours of the average surprise over mean and standard deviation, with a single "
        f"minimum of {least:.2f} nats at mean {mean:.2f} and standard deviation {spread:.2f}; the "
        f"surface is steep towards small standard deviations. {STEPS} gradient steps lead from the "
        "upper left to the minimum.",
        caption="Average surprise in nats. Gold: gradient steps. Green: the data.",
    )
    values = {
        "y": plain(data), "x": plain(np.array(x_range)), "s": plain(np.array(y_range)),
        "start": plain(np.array(path[0])), "above": list(ABOVE), "rate": RATE,
    }  # fmt: skip
    return Explorable("surface", "Gradient steps on the surprise", still, values)

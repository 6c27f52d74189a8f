"""The tilted absolute error, and the prediction that it leads to: a quantile."""

from typing import Any

import numpy as np

from workshop.explore.base import Explorable, numbers, plain, within
from workshop.plotting import BLUE, GREEN, GREY, RED, canvas, label_line, show


def quantile(y: Any, *, level: float = 0.5, unit: str = "") -> Explorable:
    """The tilted loss u · (τ − [u < 0]) of u = y − c, and its average over c for data `y`.

    The level τ, from 0.05 to 0.95, and the prediction c can be moved. Raises ValueError if all y
    are equal.
    """
    data = numbers(y, "y", least=3)
    tau = within(level, 0.05, 0.95, "the level")
    if np.ptp(data) == 0:
        raise ValueError("y: the numbers are all equal, so every quantile is the same")
    # Round limits, and steps of which at least two hundred fit between them.
    step = 10.0 ** np.floor(np.log10(np.ptp(data) / 20))
    low, high = np.floor(data.min() / step) * step, np.ceil(data.max() / step) * step
    step /= 10
    best = float(np.quantile(data, tau, method="averaged_inverted_cdf"))
    c = float(np.round(np.quantile(data, 0.25), 2))
    grid, error = np.linspace(low, high, 400), np.linspace(-1, 1, 201) * (high - low) / 2

    def tilted(u: np.ndarray) -> np.ndarray:
        return u * (tau - (u < 0))

    means = tilted(data[:, None] - grid).mean(axis=0)
    words = f" ({unit})" if unit else ""
    with canvas(1, 2, height=3, wide=True) as (fig, (left, right)):
        left.plot(error, tilted(error), color=RED)
        left.set(xlabel=f"error y − c{words}", ylabel="loss of one")
        right.plot(grid, means, color=RED)
        right.plot(data, np.full(len(data), -0.08 * np.max(means)), "|", color=GREEN)
        right.axvline(best, color=GREY, lw=1)
        label_line(right, best, np.max(means), f" quantile {best:.2f}", GREY)
        right.plot(c, tilted(data - c).mean(), "o", color=BLUE)
        right.set(xlabel=f"prediction c{words}", ylabel="average loss")
    still = show(
        fig,
        alt=f"Left: the loss of one error, a V with slopes −{1 - tau:.2f} and {tau:.2f}. "
        f"Right: its average over {len(data)} data, smallest at the quantile {best:.2f}.",
        caption="Left: the tilted V. Right: its average over the data (green).",
    )
    ends = plain(np.array([low, high, step]))
    values = {
        "y": plain(data), "level": tau, "unit": f" {unit}" if unit else "", "c": c,
        "low": ends[0], "high": ends[1], "step": ends[2],
    }  # fmt: skip
    return Explorable("quantile", "The tilting loss", still, values)

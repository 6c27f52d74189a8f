"""Clip against sigmoid, and the derivative of each, as the raw output moves."""

import numpy as np

from workshop.explore.base import Explorable, within
from workshop.plotting import BLUE, GREY, RED, canvas, curves, show


def clip(z: float = -1.5) -> Explorable:
    """clip(z, 0, 1) and σ(z) over z from −4 to 5, with their derivatives; z can be moved."""
    z = within(z, -4, 5, "the raw output")
    grid = np.linspace(-4, 5, 400)
    sigmoid = 1 / (1 + np.exp(-grid))
    slope, inside = sigmoid * (1 - sigmoid), ((grid > 0) & (grid < 1)) * 1.0
    with canvas(1, 2, height=2.9, wide=True) as (fig, (left, right)):
        curves(left, grid, [("clip", np.clip(grid, 0, 1), RED), ("sigmoid", sigmoid, BLUE)])
        left.set(xlabel="raw output z", ylabel="p", xlim=(-4, 7))
        curves(right, grid, [("clip", inside, RED), ("sigmoid", slope, BLUE)])
        right.set(xlabel="raw output z", ylabel="derivative of p", xlim=(-4, 7))
        here = 1 / (1 + np.exp(-z))
        for ax, clipped, squashed in (
            (left, min(max(z, 0.0), 1.0), here),
            (right, float(0 < z < 1), here * (1 - here)),
        ):
            ax.axvline(z, color=GREY, lw=1)
            ax.plot(z, clipped, "o", color=RED)
            ax.plot(z, squashed, "o", color=BLUE)
    still = show(
        fig,
        alt="Left: a clipped line and a sigmoid between 0 and 1. Right: their derivatives. The "
        "clip's is 1 between 0 and 1 and exactly 0 elsewhere; the sigmoid's is a bell that never "
        f"reaches 0. Both are marked at z = {z:g}.",
        caption="For z below 0 or above 1 the clipped output is constant, so its derivative is 0.",
    )
    return Explorable("clip", "Clip against sigmoid", still, {"z": z})

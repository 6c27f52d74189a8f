"""The loss −log p, or −log(1 − p), with a prediction that can be pulled along the curve."""

import numpy as np

from workshop.explore.base import Explorable, within
from workshop.plotting import BLUE, PURPLE, RED, canvas, label_line, show


def surprise(p: float = 0.9, y: int = 0) -> Explorable:
    """Binary cross entropy over the predicted probability, a point at `p` on the curve of `y`."""
    p = within(p, 0.001, 0.999, "the probability")
    if y not in (0, 1):
        raise ValueError(f"y must be 0 or 1, not {y}")
    grid = np.linspace(0.001, 0.999, 500)
    cost = -np.log(p if y else 1 - p)
    with canvas() as (fig, ax):
        ax.plot(grid, -np.log(grid), color=RED)
        ax.plot(grid, -np.log(1 - grid), color=PURPLE)
        label_line(ax, 0.06, 3.6, "truth is 1: −log p", RED)
        label_line(ax, 0.94, 3.6, "truth is 0: −log(1 − p)", PURPLE, ha="right")
        ax.plot(p, cost, "o", color=BLUE, markersize=9)
        ax.set(xlabel="predicted probability p", ylabel="loss (nats)", ylim=(0, 7))
    still = show(
        fig,
        alt="Two curves over the predicted probability: the loss for truth 1 falls from near 7 to "
        "0, the loss for truth 0 is its mirror image. A point marks the prediction "
        f"{p:g} for a truth of {y}, which costs {cost:.2f} nats.",
        caption="The loss of a prediction, one curve for each truth. "
        "Confident mistakes cost the most.",
    )
    return Explorable("surprise", "What a prediction costs", still, {"p": p, "y": y})

"""Figures of the catalogue."""

from collections.abc import Sequence

import numpy as np
from lossbook.catalogue import proofs
from scipy import special

from workshop.experiments import loss_costs as experiment
from workshop.plotting import BLUE, GOLD, GREY, PURPLE, RED, Picture, canvas, label_line, show

SHARES = np.linspace(0.02, 0.98, 49)


def minimisers() -> dict[str, np.ndarray]:
    """What each loss says, as a probability, where a 1 has probability `SHARES`."""

    def best(loss):  # type: ignore[no-untyped-def]
        def value(y: np.ndarray, z: np.ndarray) -> np.ndarray:
            return np.array([loss(y[i : i + 1], z[i : i + 1])[0] for i in range(len(z))])

        grid = np.linspace(-8, 8, 801)
        one, none = value(np.ones(801), grid), value(np.zeros(801), grid)
        return np.array([grid[np.argmin(q * one + (1 - q) * none)] for q in SHARES])

    return {
        "cross entropy": special.expit(best(experiment.cross_entropy)),
        "focal": special.expit(best(experiment.focal)),
        "generalised": special.expit(best(experiment.generalised)),
        "hinge": special.expit(best(experiment.hinge)),
    }


def what_they_say(found: dict[str, np.ndarray], alt: str, caption: str) -> Picture:
    """Predicted against true probability for each loss, and the threshold of Dice."""
    colours = {"cross entropy": BLUE, "focal": PURPLE, "generalised": GOLD, "hinge": RED}
    with canvas(1, 2, height=3.4, sharey=True) as (fig, (left, right)):
        for name, values in found.items():
            left.plot(SHARES, values, color=colours[name])
        places = {"cross entropy": (0.99, 0.9), "focal": (0.99, 0.79), "generalised": (0.99, 1.01),
                  "hinge": (0.99, 0.68)}  # fmt: skip
        for name, (x, y) in places.items():
            label_line(left, x, y, f" {name}", colours[name], fontsize=10)
        left.set(xlabel="true probability of a 1", ylabel="minimiser, as a probability",
                 xlim=(0, 1.45), ylim=(-0.03, 1.06), xticks=[0, 0.5, 1])  # fmt: skip
        q = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9])
        right.plot([0, 1], [0, 1], color=GREY, lw=1)
        right.plot(q, proofs.best_mask(q), "o", color=RED)
        right.set(xlabel="true probability of a pixel", title="Dice, eight pixels")
    return show(fig, alt=alt, caption=caption)


def costs(scores: dict[str, np.ndarray], names: Sequence[str], alt: str, caption: str) -> Picture:
    """Calibration error and log loss of each loss: each split a dot, their mean a line."""
    with canvas(1, 2, height=3.2, sharey=True) as (fig, axes):
        for ax, column, label in zip(
            axes, (1, 2), ("calibration error", "log loss (nats)"), strict=True
        ):
            for place, name in enumerate(reversed(names)):
                values = scores[name][:, column]
                colour = BLUE if name == "cross entropy" else RED
                ax.plot(values, np.full(len(values), place), "o", color=colour, alpha=0.5, ms=5)
                ax.plot([values.mean()] * 2, [place - 0.3, place + 0.3], color=colour)
            ax.set(xlabel=label, yticks=range(len(names)))
            ax.set_xlim(left=0)
        axes[0].set_yticklabels(list(reversed(names)))
    return show(fig, alt=alt, caption=caption)

"""Figures of the chapter on distillation."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import (
    BLUE,
    GOLD,
    GREEN,
    GREY,
    Picture,
    bars,
    canvas,
    label_line,
    show,
)


def dark(
    picture: np.ndarray, panels: Sequence[tuple[str, np.ndarray]], *, alt: str, caption: str
) -> Picture:
    """A digit `(8, 8)` beside a teacher's probabilities of the ten digits (title, values)."""
    with canvas(1, len(panels) + 1, height=3.2) as (fig, axes):
        axes[0].imshow(picture, cmap="gray")
        axes[0].axis("off")
        names = [str(digit) for digit in range(10)]
        for ax, (title, p) in zip(axes[1:], panels, strict=True):
            bars(ax, names, p, BLUE)
            ax.set(title=title, xlabel="probability", xlim=(0, 1.3))
    return show(fig, alt=alt, caption=caption)


def sizes(
    temperatures: np.ndarray, plain: np.ndarray, scaled: np.ndarray, *, alt: str, caption: str
) -> Picture:
    """Mean size of the gradient against the temperature, without and with the factor T²."""
    with canvas(height=2.8) as (fig, ax):
        for name, values, colour in (("times T²", scaled, GOLD), ("plain", plain, GREY)):
            ax.loglog(temperatures, values, "o-", color=colour)
            label_line(ax, temperatures[-1] * 1.1, float(values[-1]), name, colour)
        ax.set(xlabel="temperature", ylabel="size of the gradient")
        ax.set_xticks(temperatures, [f"{t:g}" for t in temperatures])
        ax.minorticks_off()
        ax.set_xlim(temperatures[0] * 0.9, temperatures[-1] * 2.5)
    return show(fig, alt=alt, caption=caption)


def arms(
    rows: Sequence[tuple[str, np.ndarray, str]], teacher: float, *, alt: str, caption: str
) -> Picture:
    """One dot a seed, the mean as a bar: name, held-out accuracies, colour."""
    with canvas(height=2.9) as (fig, ax):
        for place, (_, values, colour) in enumerate(reversed(rows)):
            ax.plot(values, np.full(len(values), place), "o", color=colour, alpha=0.5)
            ax.plot([values.mean()] * 2, [place - 0.3, place + 0.3], color=colour, lw=3)
        ax.set_yticks(range(len(rows)), [name for name, _, _ in reversed(rows)])
        ax.axvline(teacher, color=GREEN, lw=1.2)
        label_line(ax, teacher, len(rows) - 0.35, "teacher ", GREEN, ha="right")
        ax.set(xlabel="test accuracy", ylim=(-0.6, len(rows) - 0.1))
    return show(fig, alt=alt, caption=caption)


def directions(
    x: np.ndarray, lines: Sequence[tuple[str, np.ndarray, str]], *, alt: str, caption: str
) -> Picture:
    """Densities over one axis, labelled at their peaks."""
    with canvas(height=3) as (fig, ax):
        for name, values, colour in lines:
            ax.plot(x, values, color=colour)
            peak = int(np.argmax(values))
            label_line(ax, float(x[peak]), float(values[peak]) + 0.02, name, colour, ha="center")
        ax.set(xlabel="y", ylabel="density", ylim=(0, None))
    return show(fig, alt=alt, caption=caption)

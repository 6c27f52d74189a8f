"""Figures of the chapter on contrastive losses."""

from collections.abc import Mapping, Sequence

import numpy as np

from workshop.plotting import (
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    RED,
    Picture,
    canvas,
    heatmap,
    label_line,
    show,
)

SHADES = (BLUE, PURPLE, RED)


def question(upper: np.ndarray, lower: np.ndarray, *, alt: str, caption: str) -> Picture:
    """One upper half `(4, 8)` and several lower halves `(k, 4, 8)` to choose from."""
    with canvas(1, len(lower) + 1, height=1.5, wide=True) as (fig, axes):
        for ax, picture, title in zip(
            axes, [upper, *lower], ["upper half", *"abcdefgh"[: len(lower)]], strict=True
        ):
            ax.imshow(picture, cmap="gray", vmin=0, vmax=1)
            ax.set_title(title, loc="center", fontsize=10)
            ax.axis("off")
    return show(fig, alt=alt, caption=caption)


def bound(
    information: np.ndarray, found: Mapping[int, np.ndarray], *, alt: str, caption: str
) -> Picture:
    """log n - loss against the true mutual information, a line for each n."""
    with canvas() as (fig, ax):
        ax.plot(information, information, color=GREEN)
        end = float(information[-1])
        label_line(ax, end, end + 0.4, " true", GREEN)
        for (n, values), colour in zip(found.items(), SHADES, strict=True):
            ax.plot(information, values, color=colour)
            ax.axhline(np.log(n), color=colour, lw=0.8, ls=":")
            label_line(ax, end, float(values[-1]), f" n = {n}", colour)
        ax.set(xlabel="mutual information (nats)", ylabel="log n − loss (nats)")
        ax.set_xlim(0, 1.15 * end)
    return show(fig, alt=alt, caption=caption)


def scores(table: np.ndarray, digits: Sequence[int], *, alt: str, caption: str) -> Picture:
    """The probability of each lower half (column) given each upper half (row)."""
    with canvas(height=4, wide=True) as (fig, ax):
        names = [str(digit) for digit in digits]
        heatmap(ax, table, names, names)
        ax.set(xlabel="lower half of a", ylabel="upper half of a")
    return show(fig, alt=alt, caption=caption)


def probes(
    labels: Sequence[int], rows: Sequence[tuple[str, np.ndarray, str]], *, alt: str, caption: str
) -> Picture:
    """Held-out accuracy against the number of labels; each row is name, (runs, labels), colour."""
    with canvas() as (fig, ax):
        for _, runs, colour in rows:
            mean = runs.mean(axis=0)
            ax.fill_between(
                labels, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.15, lw=0
            )
            ax.plot(labels, mean, color=colour)
        previous, step = -np.inf, 0.09 * np.ptp(ax.get_ylim())
        for name, runs, colour in sorted(rows, key=lambda row: float(row[1].mean(axis=0)[-1])):
            previous = max(float(runs.mean(axis=0)[-1]), previous + step)  # labels do not overlap
            label_line(ax, labels[-1] * 1.06, previous, name, colour)
        ax.set(xscale="log", xlabel="labelled digits", ylabel="test accuracy")
        ax.set_xticks(labels, [str(n) for n in labels])
        ax.minorticks_off()
        ax.set_xlim(labels[0] * 0.9, labels[-1] * 4)
    return show(fig, alt=alt, caption=caption)


def collapse(rows: Sequence[tuple[str, np.ndarray, str]], *, alt: str, caption: str) -> Picture:
    """Histograms of cosines between different pictures (name, cosines, colour)."""
    with canvas(len(rows), 1, height=2.0 * len(rows), sharex=True) as (fig, axes):
        for ax, (name, cosines, colour) in zip(axes, rows, strict=True):
            ax.hist(cosines, bins=np.linspace(-1, 1.0001, 41), color=colour, density=True)
            ax.axvline(0, color=GREY, lw=0.8)
            ax.set(title=name, ylabel="density")
        axes[-1].set(xlabel="cosine of two pictures")
    return show(fig, alt=alt, caption=caption)

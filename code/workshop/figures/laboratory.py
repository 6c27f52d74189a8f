"""Figures that the laboratory's chapters share."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import GREY, Picture, canvas, heatmap, label_line, show


def matrix(
    table: np.ndarray, rows: Sequence[str], columns: Sequence[str], *, alt: str, caption: str,
    format: str = "{:.2f}", labels: tuple[str, str] = ("head", "data from"), height: float = 3.3,
) -> Picture:  # fmt: skip
    """A table of numbers as shades, with names above the columns, `labels` for x and y."""
    with canvas(height=height) as (fig, ax):
        heatmap(ax, table, rows, columns, format)
        ax.tick_params(axis="x", labelsize=9)
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.set(xlabel=labels[0], ylabel=labels[1])
    return show(fig, alt=alt, caption=caption)


def intervals(
    names: Sequence[str], centre: np.ndarray, error: np.ndarray, colours: Sequence[str], *,
    xlabel: str, alt: str, caption: str, log: bool = False,
) -> Picture:  # fmt: skip
    """One point a name with two standard errors to each side, from top to bottom."""
    with canvas(height=0.32 * len(names) + 0.8) as (fig, ax):
        places = np.arange(len(names))[::-1]
        for place, middle, wide, colour in zip(places, centre, error, colours, strict=True):
            ax.errorbar(middle, place, xerr=2 * wide, fmt="o", color=colour, capsize=3, lw=1.5)
        ax.axvline(0, color=GREY, lw=1)
        if log:
            ax.set_xscale("symlog", linthresh=0.05)
            ticks = [0, 0.05, 0.1, 0.2, 0.5, 1, 2]
            ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
            ax.minorticks_off()
            ax.set_xlim(-0.04, 2.2)
        ax.set_yticks(places, names)
        ax.set(xlabel=xlabel)
    return show(fig, alt=alt, caption=caption)


def bands(
    lines: Sequence[tuple[str, np.ndarray, str]], x: np.ndarray, level: tuple[float, str] | None,
    *, xlabel: str, ylabel: str, alt: str, caption: str, right: float = 1.3,
) -> Picture:  # fmt: skip
    """Mean and range over seeds of each line (name, values `(seeds, n)`, colour) over `x` `(n,)`.

    `level`, a height with its name, is drawn as a dashed reference line.
    """
    with canvas() as (fig, ax):
        for _name, values, colour in lines:
            mean = values.mean(axis=0)
            ax.fill_between(
                x, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.2, lw=0
            )
            ax.plot(x, mean, color=colour)
        ends = [(float(values.mean(axis=0)[-1]), name, colour) for name, values, colour in lines]
        if level:
            ax.plot([x[0], x[-1]], [level[0], level[0]], color=GREY, lw=1, ls="--")
            ends.append((*level, GREY))
        previous, step = -np.inf, 0.085 * np.ptp(ax.get_ylim())
        for height, name, colour in sorted(ends):
            previous = max(height, previous + step)  # so that labels do not overlap
            label_line(ax, x[-1] + 0.01 * np.ptp(x), previous, f" {name}", colour)
        ax.set(xlabel=xlabel, ylabel=ylabel, xlim=(x[0], x[0] + right * np.ptp(x)))
    return show(fig, alt=alt, caption=caption)

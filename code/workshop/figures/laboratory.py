"""Figures that the laboratory's chapters share."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import GREY, RED, Picture, canvas, heatmap, label_line, show


def matrix(
    table: np.ndarray, rows: Sequence[str], columns: Sequence[str], *, alt: str, caption: str,
    format: str = "{:.2f}", labels: tuple[str, str] = ("head", "data from"), height: float = 3.3,
) -> Picture:  # fmt: skip
    """A table of numbers as shades, with names above the columns, `labels` for x and y."""
    with canvas(height=height, wide=True) as (fig, ax):
        heatmap(ax, table, rows, columns, format)
        ax.tick_params(axis="x", labelsize=9)
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.set(xlabel=labels[0], ylabel=labels[1])
    return show(fig, alt=alt, caption=caption)


def intervals(
    names: Sequence[str], centre: np.ndarray, half: np.ndarray, colours: Sequence[str], *,
    xlabel: str, alt: str, caption: str, log: bool = False,
) -> Picture:  # fmt: skip
    """One point a name with an interval, `half` to each side, from top to bottom."""
    with canvas(height=0.32 * len(names) + 0.8) as (fig, ax):
        places = np.arange(len(names))[::-1]
        for place, middle, wide, colour in zip(places, centre, half, colours, strict=True):
            ax.errorbar(middle, place, xerr=wide, fmt="o", color=colour, capsize=3, lw=1.5)
        ax.axvline(0, color=GREY, lw=1)
        if log:
            ax.set_xscale("symlog", linthresh=0.05)
            ticks = [0, 0.1, 0.5, 2]
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
        ticks = [tick for tick in ax.get_xticks() if x[0] <= tick <= x[-1]]
        ax.set_xticks(ticks)  # none below the names, where there are no values
    return show(fig, alt=alt, caption=caption)


def densities(
    x: np.ndarray,
    panels: Sequence[tuple[str, Sequence[tuple[str, np.ndarray, str]]]],
    *,
    top: float,
    alt: str,
    caption: str,
) -> Picture:
    """Panels (title, densities) over one axis; each density (name, values, colour) is labelled."""
    with canvas(len(panels), 1, height=2.6 * len(panels), sharex=True) as (fig, axes):
        for ax, (title, lines) in zip(axes, panels, strict=True):
            for place, (name, values, colour) in enumerate(lines):
                ax.plot(x, values, color=colour)
                height = (0.9 - 0.15 * place) * top
                label_line(ax, 0.3 * x[-1], height, name, colour)
            ax.set(title=title, ylabel="density", ylim=(0, top))
        axes[-1].set_xlabel("y")
    return show(fig, alt=alt, caption=caption)


def cost_curves(
    panels: Sequence[tuple[str, np.ndarray, np.ndarray, float, Sequence[float]]],
    *,
    top: float,
    alt: str,
    caption: str,
) -> Picture:
    """Regret against the size of a mistake: the size by name, sizes, nats, one marked, ticks."""
    with canvas(len(panels), 1, height=2.4 * len(panels)) as (fig, axes):
        for ax, (name, sizes, nats, marked, ticks) in zip(axes, panels, strict=True):
            ax.semilogx(sizes, nats, color=RED)
            at = float(np.interp(marked, sizes, nats))
            ax.plot(marked, at, "o", color=RED)
            ax.annotate(f"{at:.2f}", (marked, at), (6, 8), textcoords="offset points", color=RED)
            ax.axhline(0.1, color=GREY, lw=0.8, ls="--")
            ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
            ax.minorticks_off()
            ax.set(xlabel=name, ylabel="nats lost", ylim=(0, top))
    return show(fig, alt=alt, caption=caption)

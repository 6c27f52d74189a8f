"""Figures of the chapter on logits."""

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
    label_line,
    show,
)

COLOURS = {"float16": RED, "float32": PURPLE, "float64": BLUE}


def breaking(
    z: np.ndarray, true: np.ndarray, computed: Mapping[str, np.ndarray], ends: Mapping[str, float]
) -> Picture:
    """The loss of y = 0 over the raw output: exact, and as written in each number type.

    `computed` holds one `(n,)` array a type, infinite where it breaks; `ends` where that begins.
    """
    with canvas(1, 2, height=3.3) as (fig, (left, right)):
        left.plot(z, true, color=GREEN, lw=4, alpha=0.35)
        label_line(left, 38, 44, "exact", GREEN, ha="right")
        for name, values in computed.items():
            kept = np.isfinite(values) & (z > 0)
            left.plot(z[kept], values[kept], color=COLOURS[name], lw=1.2)
            left.plot(z[kept][-1], values[kept][-1], "x", color=COLOURS[name], markersize=8, mew=2)
            label_line(left, ends[name] + 1.5, ends[name] - 2.5, name, COLOURS[name])
        left.set(xlabel="raw output z, truth 0", ylabel="loss (nats)", xlim=(0, 55), ylim=(0, 48))
        for name, values in computed.items():
            below = z < 0
            error = np.abs(values[below] - true[below]) / true[below]
            smooth = np.maximum(error, 1e-17)
            right.semilogy(z[below], smooth, color=COLOURS[name], lw=1.2)
        right.axhline(1, color=GREY, lw=1)
        for name, end in (("float16", 0), ("float32", -10.5), ("float64", -30)):
            label_line(right, end, 40, name, COLOURS[name], ha="right")
        right.set(
            xlabel="raw output z, truth 0",
            ylabel="relative error",
            ylim=(1e-17, 300),
            xlim=(-44, 0),
        )
    words = ", ".join(f"{name} at {ends[name]:.1f}" for name in computed)
    return show(
        fig,
        alt="Above: the exact loss is a straight line; computed as written it becomes infinite, "
        f"{words}. Below: for negative raw outputs the relative error grows until it is 1, that "
        "is, until nothing of the loss is left.",
        caption="A cross marks the last finite value. On the grey line every digit is wrong.",
    )


def runs(
    results: Mapping[str, np.ndarray], names: Mapping[str, str], *, alt: str, caption: str
) -> Picture:
    """Accuracy and log loss of each variant, `(seeds, 2)`, one dot a seed."""
    with canvas(1, 2, height=3.1, sharey=True) as (fig, (left, right)):
        places = np.arange(len(results))[::-1]
        for place, (name, values) in zip(places, results.items(), strict=True):
            colour = BLUE if name == "logits" else RED
            for ax, column in ((left, 0), (right, 1)):
                ax.plot(
                    values[:, column], np.full(len(values), place), "o", color=colour, alpha=0.6
                )
        left.set_yticks(places, [names[name] for name in results])
        left.set(xlabel="test accuracy", xlim=(0, 1.03), ylim=(-0.6, len(results) - 0.4))
        right.set(xlabel="log loss on test digits (nats)", xlim=(0, None))
        right.tick_params(left=False)
    return show(fig, alt=alt, caption=caption)


def climbing(
    curves: Mapping[str, Sequence[np.ndarray]], colours: Mapping[str, str], *, alt: str
) -> Picture:
    """Training accuracy over the epochs, one line a seed."""
    with canvas(height=3) as (fig, ax):
        for name, lines in curves.items():
            for line in lines:
                ax.plot(np.arange(1, len(line) + 1), line, color=colours[name], lw=1.2)
            label_line(ax, len(lines[0]) + 0.3, float(np.mean([v[-1] for v in lines])), name,
                       colours[name])  # fmt: skip
        last = len(next(iter(curves.values()))[0])
        ax.set(xlabel="epoch", ylabel="training accuracy", xlim=(0.5, last * 1.3), ylim=(0, 1.02))
    return show(fig, alt=alt, caption="Plain gradient descent, the same starts and steps.")


__all__ = ["breaking", "climbing", "runs"]

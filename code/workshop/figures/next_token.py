"""Figures of the chapter on next tokens. Surprise is in nats."""

from collections.abc import Sequence

import numpy as np

from workshop.plotting import (
    BLUE,
    GREY,
    PURPLE,
    RED,
    Picture,
    canvas,
    curves,
    label_line,
    show,
)


def surprises(
    text: str, rows: Sequence[tuple[str, np.ndarray, str]], *, alt: str, caption: str
) -> Picture:
    """The surprise at each character of `text`, one panel a model (name, nats, colour)."""
    with canvas(len(rows), 1, height=0.7 + 1.25 * len(rows), sharex=True, squeeze=False) as (
        fig,
        axes,
    ):
        places = np.arange(len(text))
        top = 1.15 * max(float(values.max()) for _, values, _ in rows)
        for ax, (name, values, colour) in zip(axes[:, 0], rows, strict=True):
            ax.bar(places, values, color=colour, width=0.8)
            ax.set(ylabel="nats", ylim=(0, top), title=name)
        axes[-1, 0].set_xticks(places, [{" ": "␣"}.get(letter, letter) for letter in text])
        axes[-1, 0].tick_params(axis="x", length=0, labelsize=9)
    return show(fig, alt=alt, caption=caption)


def table_against_counts(
    counted: np.ndarray, trained: np.ndarray, *, alt: str, caption: str
) -> Picture:
    """Each probability of the trained table against the frequency that is the exact answer."""
    with canvas() as (fig, ax):
        ax.loglog(counted, trained, "o", color=BLUE, markersize=3.5, alpha=0.6)
        ends = [float(counted.min()), 1.0]
        ax.loglog(ends, ends, color=GREY, lw=1)
        ax.set(xlabel="frequency in the text", ylabel="probability\nin the trained table")
    return show(fig, alt=alt, caption=caption)


def learning(
    trained: np.ndarray, held_out: np.ndarray, pairs: float, *, alt: str, caption: str
) -> Picture:
    """Nats a character over the epochs, with the level of the table of pairs."""
    with canvas() as (fig, ax):
        epochs = np.arange(1, len(trained) + 1)
        curves(ax, epochs, [("trained on", trained, BLUE), ("held out", held_out, RED)])
        ax.axhline(pairs, color=PURPLE, lw=1.2)
        label_line(ax, len(trained) * 0.62, pairs + 0.1, "table of pairs, held out", PURPLE)
        ax.set(xlabel="epoch", ylabel="nats a character", xlim=(0.8, 1.3 * len(trained)))
    return show(fig, alt=alt, caption=caption)


def lengths(
    values: np.ndarray, token: float, sequence: float, *, alt: str, caption: str
) -> Picture:
    """How long the sentences are, and the two lengths that the two averages imply."""
    with canvas(height=2.8) as (fig, ax):
        ax.hist(values, bins=np.arange(15, 130, 5), color=GREY, alpha=0.6)
        top = ax.get_ylim()[1]
        for place, name, colour, side in (
            (token, " mean over tokens", BLUE, "left"),
            (sequence, "mean over sentences ", RED, "right"),
        ):
            ax.axvline(place, color=colour)
            label_line(ax, place, 1.08 * top, name, colour, ha=side)
        ax.set(xlabel="characters in a sentence", ylabel="sentences", ylim=(0, 1.18 * top))
    return show(fig, alt=alt, caption=caption)

"""What every interactive figure is: a still picture, and the values that a script starts from.

The page shows the still picture. Where scripts run, `press.extensions.explore` puts a live figure
in its place when it comes into view; it computes all it shows in the page, without a kernel.
"""

import html
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from workshop.plotting import Picture


class Explorable:
    """A figure with controls; a still picture, with alternative text, wherever there are none.

    `name` is also that of the script, `title` what the group of controls is called, `values` what
    the script starts from (anything that JSON can hold).
    """

    def __init__(self, name: str, title: str, still: Picture, values: Mapping[str, Any]) -> None:
        self.name, self.title, self.still, self.values = name, title, still, dict(values)

    def __repr__(self) -> str:
        return f"Interactive figure: {self.title}. {self.still.alt}"

    def _repr_png_(self) -> bytes | None:
        return self.still._repr_png_()

    def _repr_html_(self) -> str:
        values = html.escape(json.dumps(self.values, ensure_ascii=False, allow_nan=False))
        return (
            f'<figure class="lb-figure lb-explore" data-explore="{self.name}" '
            f'data-title="{html.escape(self.title)}" data-values="{values}">'
            f'<div class="lb-explore-still" style="{self.still.style}">{self.still.svg}</div>'
            f"<figcaption>{html.escape(self.still.caption)}</figcaption></figure>"
        )


def numbers(values: Any, what: str, *, least: int = 1, most: int = 1000) -> np.ndarray:
    """`values` as a vector of float64; ValueError if too few, too many, or not all finite."""
    found = np.asarray(values, float).ravel()
    if not least <= len(found) <= most:
        raise ValueError(f"{what}: {least} to {most} numbers are needed, not {len(found)}")
    if not np.isfinite(found).all():
        raise ValueError(f"{what}: every number must be finite")
    return found


def plain(values: np.ndarray) -> list[float]:
    """For JSON: without the noise that single precision leaves in the last digits."""
    return [round(float(value), 6) for value in values]


def within(value: float, low: float, high: float, what: str) -> float:
    """`value` if it lies from `low` to `high`; else ValueError."""
    if not low <= value <= high:
        raise ValueError(f"{what} must be from {low} to {high}, not {value}")
    return float(value)

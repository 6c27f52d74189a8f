"""One style for every figure: inline SVG that follows the page's theme, with alternative text.

A figure is drawn with Matplotlib, then written as SVG in which the ink is `currentColor` and each
series colour is a CSS variable, so that the same figure reads well on light and on dark. The same
colour stands for the same thing through the whole book:

- `BLUE` the model's prediction, `PURPLE` a second model to compare with,
- `GREEN` data and truth, `RED` loss and error, `GOLD` gradients, `GREY` reference lines.
"""

import hashlib
import html
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

BLUE, RED, GREEN = "#0072b2", "#b84e00", "#00735a"
PURPLE, GOLD, GREY = "#9c3f7b", "#8a6100", "#6b6b6b"
VARIABLES = {
    BLUE: "--lb-blue",
    RED: "--lb-red",
    GREEN: "--lb-green",
    PURPLE: "--lb-purple",
    GOLD: "--lb-gold",
    GREY: "--lb-grey",
}

HEAT = LinearSegmentedColormap.from_list("lossbook", ["#eef6fb", BLUE, "#062b44"])
"""For heat maps: light is little, dark is much, in both themes."""

STYLE: Any = {
    "figure.figsize": (7.0, 3.4),
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "font.family": "DejaVu Sans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.prop_cycle": cycler(color=[BLUE, PURPLE, GREEN, RED, GOLD, GREY]),
    "axes.axisbelow": True,
    "lines.linewidth": 2,
    "legend.frameon": False,
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "mathtext.fontset": "dejavusans",
}

INK = "#000000"


class Picture:
    """A finished figure: SVG for the page, its alternative text wherever there is only text."""

    def __init__(self, svg: str, alt: str, caption: str) -> None:
        self.svg, self.alt, self.caption = svg, alt, caption

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"

    def _repr_html_(self) -> str:
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return f'<figure class="lb-figure">{self.svg}{caption}</figure>'


@contextmanager
def canvas(
    rows: int = 1, columns: int = 1, *, height: float | None = None, **options: Any
) -> Iterator[tuple[Figure, Any]]:
    """A figure in the book's style, as `with canvas() as (fig, ax): …`.

    `height` is in inches for a width of 7; further options go to `Figure.subplots`. The figure
    belongs to no global state, so nothing needs closing.
    """
    with matplotlib.rc_context({**STYLE}):
        size = (7.0, height or STYLE["figure.figsize"][1])
        figure = Figure(figsize=size)
        yield figure, figure.subplots(rows, columns, **options)


def show(figure: Figure, alt: str, caption: str = "") -> Picture:
    """The figure for the page; make it the last line of a cell.

    `alt` says in words what there is to see, for those who cannot see it (at least a sentence);
    `caption` stands below the figure for everyone. Raises ValueError if `alt` says too little.
    """
    if len(alt.split()) < 5:
        raise ValueError(f"alternative text must say what there is to see, not just {alt!r}")
    buffer = io.StringIO()
    salt = hashlib.sha256(f"{alt}{caption}".encode()).hexdigest()[:8]
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return Picture(_themed(buffer.getvalue(), alt, salt), alt, caption)


def _themed(svg: str, alt: str, prefix: str) -> str:
    """Matplotlib's SVG with page colours, unique ids, page fonts and alternative text."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\b(id|href|xlink:href)="(#?)', rf'\1="\g<2>{prefix}-', svg)
    svg = svg.replace("url(#", f"url(#{prefix}-")
    # A picture inside the figure is a data URI, not a reference: take its prefix off again.
    svg = svg.replace(f'href="{prefix}-data:', 'href="data:')
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, f"var({variable}, {colour})")
    svg = re.sub(rf"(stroke|fill): {INK}", r"\1: currentColor", svg)
    # Text without a fill of its own would be black on a dark page.
    svg = re.sub(r"<text(?=[ >])", '<text fill="currentColor"', svg)
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    label = html.escape(alt, quote=True)
    head = f'<svg role="img" aria-label="{label}" '
    svg = re.sub(r'<svg (.*?)width="[^"]+" height="[^"]+"|<svg ', _sizer(head), svg, count=1)
    return re.sub(r"\n\s*", "\n", svg).strip()


def _sizer(head: str) -> Any:
    def replace(match: re.Match[str]) -> str:
        return head + (match.group(1) or "")

    return replace


def label_line(ax: Axes, x: float, y: float, text: str, colour: str, **options: Any) -> None:
    """A direct label beside a line, in its colour, in data coordinates."""
    ax.text(x, y, text, color=colour, **{"ha": "left", "va": "center", **options})


def curves(
    ax: Axes, x: np.ndarray, lines: Sequence[tuple[str, np.ndarray, str]], **options: Any
) -> None:
    """Several lines (label, values, colour) over one x, labelled directly at the right end.

    Labels that would overlap are moved apart.
    """
    for _, values, colour in lines:
        ax.plot(x, values, color=colour, **options)
    ax.margins(x=0.02)
    low, high = ax.get_ylim()
    step = 0.085 * (high - low)
    previous = -np.inf
    for label, values, colour in sorted(lines, key=lambda line: float(line[1][-1])):
        previous = max(float(values[-1]), previous + step)
        label_line(ax, float(x[-1]), previous, f" {label}", colour)


def bars(
    ax: Axes, names: Sequence[str], values: np.ndarray, colour: str, digits: int | None = 2
) -> None:
    """Horizontal bars from top to bottom, each with its value (unless `digits` is None)."""
    places = np.arange(len(names))[::-1]
    ax.barh(places, values, color=colour, height=0.7)
    ax.set_yticks(places, names)
    if digits is not None:
        for place, value in zip(places, values, strict=True):
            side = "left" if value >= 0 else "right"
            ax.text(value, place, f" {value:.{digits}f} ", ha=side, va="center", fontsize=9)


def heatmap(
    ax: Axes,
    table: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    format: str = "{:.2f}",
) -> None:
    """A table of numbers as shades, each cell with its number in an ink that can be read."""
    low, high = float(np.nanmin(table)), float(np.nanmax(table))
    scaled = (table - low) / (high - low) if high > low else np.zeros_like(table)
    ax.imshow(scaled, cmap=HEAT, vmin=0, vmax=1, aspect="auto")
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    for i, j in np.ndindex(table.shape):
        if np.isfinite(table[i, j]):
            # Not pure black, which would follow the theme while the shade behind it does not.
            ink = "#fffffe" if scaled[i, j] > 0.4 else "#010101"
            text = format.format(table[i, j])
            ax.text(j, i, text, ha="center", va="center", color=ink, fontsize=9)


def images(
    pictures: np.ndarray, titles: Sequence[str], *, columns: int = 5, size: float = 1.35
) -> Figure:
    """A contact sheet of pictures `(n, height, width, 3)`, each with a title above it."""
    rows = -(-len(pictures) // columns)
    with canvas(rows, columns, height=rows * (size + 0.25), squeeze=False) as (figure, axes):
        for ax in axes.flat:
            ax.axis("off")
        for ax, picture, title in zip(axes.flat, pictures, titles, strict=False):
            ax.imshow(picture, interpolation="nearest")
            ax.set_title(title, fontsize=9, loc="center")
    return figure

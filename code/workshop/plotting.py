"""One style for every figure: inline SVG that follows the page's theme, with alternative text.

A figure is drawn with Matplotlib, then written as SVG in which the ink is `currentColor` and each
series colour is a CSS variable, so that the same figure reads well on light and on dark. It is
drawn for a phone: narrow, with its panels below each other and no text below `LEAST` pixels. The
same colour stands for the same thing through the whole book:

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
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

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

WIDTH, WIDE = 5.0, 7.0
"""A figure's width in inches; the wide one is for tables, and scrolls on a phone."""
TALLER = 1.25
"""Letters take more of a narrow figure: it is so much taller in proportion."""
SMALLEST, LEAST = 11.7, 11
"""No text is set smaller, in points; and so many pixels high it is on the page at least."""

STYLE: Any = {
    "figure.constrained_layout.use": True,
    "font.size": 12,
    "font.family": "DejaVu Sans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
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
DPI = 144
"""Dots an inch of a figure's PNG, which stays sharp on dense screens."""


class Picture:
    """A finished figure: SVG for the page, PNG for notebooks that trust no markup, and words.

    The alternative text stands for it wherever there is only text. `width` is the SVG's own, in
    points.
    """

    def __init__(
        self, svg: str, alt: str, caption: str, width: float = 72 * WIDTH, png: bytes = b""
    ) -> None:
        self.svg, self.alt, self.caption, self.width, self.png = svg, alt, caption, width, png

    @property
    def style(self) -> str:
        """The least and the most width on the page; where there is less, the figure scrolls."""
        least, most = self.width * LEAST / SMALLEST, self.width * 1.4
        return f"--least:{least:.0f}px;--most:{most:.0f}px"

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"

    def _repr_html_(self) -> str:
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return f'<figure class="lb-figure" style="{self.style}">{self.svg}{caption}</figure>'

    def _repr_png_(self) -> bytes | None:
        return self.png or None


@contextmanager
def canvas(
    rows: int = 1,
    columns: int = 1,
    *,
    height: float = 3.4,
    wide: bool = False,
    **options: Any,
) -> Iterator[tuple[Figure, Any]]:
    """A figure in the book's style, as `with canvas() as (fig, ax): …`.

    Panels are drawn below each other (in pairs from four in a row on), though the array of axes is
    that of `Figure.subplots(rows, columns)`, to which further options go. With `wide` they stand
    as named, and a phone scrolls sideways: for tables and rows of small pictures. `height` is that
    of the panels as named, in inches if they were `WIDE` across. The figure belongs to no global
    state, so nothing needs closing.
    """
    across = columns if wide else 1 if columns < 4 else 2
    down = -(-rows * columns // across)
    if wide:
        size = (WIDE, height)
    else:
        # A panel keeps its height as it becomes broader, but for what stood above and below all.
        size = (
            WIDTH,
            height * TALLER * WIDTH / WIDE if columns == 1 else 0.9 * height * down / rows,
        )
        options.pop("width_ratios", None)
    with matplotlib.rc_context({**STYLE}):
        figure = Figure(figsize=size)
        squeeze = options.pop("squeeze", True)
        axes = figure.subplots(down, across, squeeze=False, **options).ravel()
        for ax in axes[rows * columns :]:
            figure.delaxes(ax)
        grid = axes[: rows * columns].reshape(rows, columns)
        yield figure, grid if not squeeze else grid.item() if grid.size == 1 else grid.squeeze()


def show(figure: Figure, alt: str, caption: str = "") -> Picture:
    """The figure for the page; make it the last line of a cell.

    `alt` says in words what there is to see, for those who cannot see it (at least a sentence);
    `caption` stands below the figure for everyone. Text smaller than `SMALLEST` is set larger.
    Raises ValueError if `alt` says too little.
    """
    if len(alt.split()) < 5:
        raise ValueError(f"alternative text must say what there is to see, not just {alt!r}")
    for text in figure.findobj(Text):
        if float(text.get_fontsize()) < SMALLEST:
            text.set_fontsize(SMALLEST)
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_tick_params(labelsize=max(SMALLEST, _tick_size(axis)))
    buffer, raster = io.StringIO(), io.BytesIO()
    salt = hashlib.sha256(f"{alt}{caption}".encode()).hexdigest()[:8]
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        # White behind it, because black ink on a dark notebook could not be read.
        figure.savefig(raster, format="png", dpi=DPI, transparent=False, facecolor="white")
    width = 72 * figure.get_size_inches()[0]
    return Picture(_themed(buffer.getvalue(), alt, salt), alt, caption, width, raster.getvalue())


def _tick_size(axis: Axis) -> float:
    """The size of an axis's tick labels in points, also of those that are made only when drawn."""
    size = axis.get_tick_params().get("labelsize", STYLE["font.size"])
    return FontProperties(size=size).get_size_in_points()


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
    step = 0.1 * (high - low)
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
            ax.text(value, place, f" {value:.{digits}f} ", ha=side, va="center")


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
            ax.text(j, i, text, ha="center", va="center", color=ink, fontsize=SMALLEST)


def images(pictures: np.ndarray, titles: Sequence[str], *, columns: int = 5) -> Figure:
    """A contact sheet of pictures `(n, height, width, 3)`, each with a title above it."""
    rows = -(-len(pictures) // columns)
    lines = max(title.count("\n") + 1 for title in titles)
    height = rows * (WIDTH / columns + 0.23 * lines + 0.08)
    with matplotlib.rc_context({**STYLE}):
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.subplots(rows, columns, squeeze=False)
        for ax in axes.flat:
            ax.axis("off")
        for ax, picture, title in zip(axes.flat, pictures, titles, strict=False):
            ax.imshow(picture, interpolation="nearest")
            ax.set_title(title, fontsize=SMALLEST, loc="center", pad=3)
    return figure

"""Figures can be read on a phone: narrow, panels below each other, no small text."""

import re

import numpy as np
import pytest
from workshop.plotting import LEAST, SMALLEST, WIDTH, bars, canvas, heatmap, images, show

ALT = "A picture that says what there is to see."


def text_sizes(svg):
    """The size of each text in the SVG's units; scripts of formulas have sizes of their own."""
    return [float(size) for size in re.findall(r"<text[^>]*font-size: ([\d.]+)px", svg)]


def small_text():
    with canvas(1, 3, height=3) as (figure, axes):
        axes[0].set_title("small", fontsize=6)
        axes[1].text(0.5, 0.5, "smaller", fontsize=5)
        axes[2].tick_params(labelsize=7)
        figure.supxlabel("x", fontsize=4)
    return figure


def table():
    with canvas(height=4) as (figure, ax):
        heatmap(ax, np.eye(3), list("abc"), list("def"))
    return figure


def row():
    with canvas(wide=True) as (figure, ax):
        bars(ax, ["one", "two"], np.array([1.0, -2.0]), "red")
    return figure


def sheet():
    return images(np.zeros((7, 4, 4, 3)), [f"picture\n{k}" for k in range(7)])


@pytest.mark.parametrize("draw", [small_text, table, row, sheet])
def test_no_text_is_below_the_least_size_at_the_least_width(draw):
    picture = show(draw(), ALT)
    least = float(re.search(r"--least:(\d+)px", picture.style).group(1))
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', picture.svg).group(1))
    sizes = text_sizes(picture.svg)
    assert len(sizes) >= 3
    assert min(sizes) * least / width >= LEAST - 0.05


def test_a_phone_shows_a_figure_whole():
    with canvas() as (figure, _):
        picture = show(figure, ALT)
    assert picture.width == 72 * WIDTH
    assert picture.width * LEAST / SMALLEST <= 340


@pytest.mark.parametrize(
    ("rows", "columns", "shape", "across"),
    [(1, 1, None, 1), (1, 3, (3,), 1), (2, 2, (2, 2), 1), (3, 1, (3,), 1), (1, 5, (5,), 2)],
)
def test_panels_stand_below_each_other_and_keep_their_places(rows, columns, shape, across):
    with canvas(rows, columns) as (figure, axes):
        assert len(figure.axes) == rows * columns
        assert figure.axes[0].get_subplotspec().get_gridspec().ncols == across
        if shape is None:
            assert axes is figure.axes[0]
        else:
            assert axes.shape == shape
            assert list(axes.flat) == figure.axes


def test_a_wide_figure_keeps_its_columns():
    with canvas(1, 3, wide=True) as (figure, axes):
        assert figure.axes[0].get_subplotspec().get_gridspec().ncols == 3
        assert axes.shape == (3,)


def test_alternative_text_that_says_too_little_is_refused():
    with canvas() as (figure, _), pytest.raises(ValueError, match="say what there is to see"):
        show(figure, "A plot")

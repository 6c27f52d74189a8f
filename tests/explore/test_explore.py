"""Interactive figures: a still picture with alternative text, honest start values, clear errors."""

import json
import subprocess
import sys

import numpy as np
import pytest
from bs4 import BeautifulSoup
from press.front import STATIC
from workshop import explore

Y = [1.1, 1.7, 2.0, 2.6, 3.6]
MADE = {
    "choose": lambda: explore.choose(),
    "clip": lambda: explore.clip(),
    "fit_by_hand": lambda: explore.fit_by_hand(Y),
    "losses": lambda: explore.losses(),
    "quantile": lambda: explore.quantile(Y, unit="cm"),
    "several": lambda: explore.several(["bird", "cat", "dog", "ship"]),
    "surface": lambda: explore.surface(Y),
    "surprise": lambda: explore.surprise(),
    "temperature": lambda: explore.temperature([1.0, 2.0, -0.5]),
}


def figure(made):
    return BeautifulSoup(made._repr_html_(), "html.parser").figure


def test_all_are_tried_and_have_a_script():
    assert set(MADE) == set(explore.__all__) == set(dir(explore))
    scripts = {path.stem for path in (STATIC / "explore").glob("*.js")}
    assert scripts == set(MADE) | {"kit", "loader"}


@pytest.mark.parametrize("name", MADE)
def test_still_picture_says_what_there_is_to_see(name):
    found = figure(MADE[name]())
    assert found["data-explore"] == name
    assert json.loads(found["data-values"])
    still = found.select_one(".lb-explore-still svg[role=img]")
    assert len(still["aria-label"].split()) > 10
    assert found["data-title"]
    assert found.figcaption.text.strip()


@pytest.mark.parametrize("name", MADE)
def test_text_and_page_are_the_same_each_time(name):
    first, second = MADE[name](), MADE[name]()
    assert repr(first) == repr(second)
    assert first._repr_html_() == second._repr_html_()
    assert first.still.alt in repr(first)


def test_names_with_markup_stay_text():
    found = figure(explore.temperature([0.0, 1.0], names=['<b>"a"</b>', "b & c"]))
    assert json.loads(found["data-values"])["names"] == ['<b>"a"</b>', "b & c"]
    assert found.find("b") is None


def test_quantile_starts_from_limits_that_hold_all_data():
    values = explore.quantile(np.float32([2.31, 4.07, 3.3])).values
    assert values["low"] <= min(values["y"])
    assert max(values["y"]) <= values["high"]
    assert values["y"] == [2.31, 4.07, 3.3], "without the noise of single precision"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: explore.temperature([1.0]), "2 to 12 numbers are needed, not 1"),
        (lambda: explore.temperature([1.0, np.nan]), "every number must be finite"),
        (lambda: explore.temperature([1.0, 2.0], start=0), "from 0.1 to 10, not 0"),
        (lambda: explore.temperature([1.0, 2.0], names=["a"]), "2 logits but 1 names"),
        (lambda: explore.choose("anything"), "y cannot be 'anything'"),
        (lambda: explore.clip(9), "from -4 to 5, not 9"),
        (lambda: explore.losses(-11), "from -10 to 10, not -11"),
        (lambda: explore.surprise(1.0), "from 0.001 to 0.999"),
        (lambda: explore.surprise(0.5, 2), "y must be 0 or 1, not 2"),
        (lambda: explore.surface([2, 2, 2]), "all equal"),
        (lambda: explore.fit_by_hand([1, 1, 1]), "all equal"),
        (lambda: explore.fit_by_hand([1, 2]), "3 to 12 numbers are needed, not 2"),
        (lambda: explore.quantile([3, 3, 3]), "all equal"),
        (lambda: explore.quantile(Y, level=1), "the level must be from 0.05 to 0.95"),
        (lambda: explore.several(["a", "b"]), "3 to 12 names are needed, not 2"),
        (lambda: explore.several(["a", "b", "c"], objects=(0, 1, 3)), "three places from 0 to 2"),
    ],
)
def test_bad_input_gives_one_clear_error(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_unknown_figure_is_an_attribute_error():
    with pytest.raises(AttributeError, match="explore attribute nothing"):
        _ = explore.nothing


def test_a_chapter_imports_only_the_figures_it_uses():
    program = (
        "import sys; from workshop import explore; explore.clip();"
        "print(sorted(m for m in sys.modules if m.startswith('workshop.explore.')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "['workshop.explore.base', 'workshop.explore.clip']"

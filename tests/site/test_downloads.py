"""Notebooks to download say what the pages say, in Markdown that any notebook program shows."""

import re
from functools import cache

import nbformat
import pytest
from browsing import ROOT, SITE
from bs4 import BeautifulSoup
from grader import release
from press import store
from press.chapters import Chapter, chapters, pages
from press.extensions import course
from press.notebooks import wheels
from press.notebooks.markdown import NOT_RUN, formatted
from press.notebooks.reader import glued, is_sheet
from press.notebooks.sources import Sources

pytestmark = pytest.mark.skipif(
    not (SITE / "index.html").exists(), reason="the site is not built; run `make book`"
)
PLACE = course.place(ROOT)
BASE = PLACE.base
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<to>[^)\s]+)\)")


@cache
def download(chapter: Chapter) -> nbformat.NotebookNode:
    return nbformat.read(SITE / "notebooks" / f"{chapter.path.stem}.ipynb", as_version=4)


@cache
def page(name: str) -> BeautifulSoup:
    return BeautifulSoup((SITE / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def prose(chapter: Chapter) -> list[str]:
    return [cell.source for cell in download(chapter).cells if cell.cell_type == "markdown"]


each = pytest.mark.parametrize("chapter", chapters(ROOT), ids=lambda c: c.path.stem)


@each
def test_has_the_chapters_cells_and_their_results(chapter):
    notebook = download(chapter)
    nbformat.validate(notebook)
    first, *code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert f"{BASE}notebooks/" in first.source
    executed = [c for c in store.load(chapter).notebook.cells if c.cell_type == "code"]
    assert [cell.source for cell in code] == [cell.source for cell in executed]
    drawn = sum(
        "Figure: " in o.get("data", {}).get("text/plain", "") for c in executed for o in c.outputs
    )
    kept = [o for c in code for o in c.outputs if "image/png" in o.get("data", {})]
    assert len(kept) >= drawn
    assert all("text/html" not in o.data and o.data["text/plain"] for o in kept)


@each
def test_has_no_answer_in_view_and_no_markup_of_the_sources(chapter):
    for text in prose(chapter):
        bare = CODE.sub("", text)
        assert not re.search(r"\[[x ]\] |\{[\w:-]+\}`|^\([\w:.-]+\)=|^:::", text, re.MULTILINE), (
            text
        )
        assert not re.search(r"^(`{3,}|~{3,})\{", text, re.MULTILINE), text
        assert NOT_RUN not in text
        assert "Right.**" not in bare.split("<details>")[0], "an answer before its fold"
        assert bare.count("<details>") == bare.count("</details>")


@each
def test_links_lead_to_places_on_the_site_and_never_to_their_own_page(chapter):
    for text in prose(chapter)[1:]:
        for link in LINK.finditer(text):
            if link["to"].startswith(BASE):
                name, _, anchor = link["to"].removeprefix(BASE).partition("#")
                # What only the site can show is linked there; a reference is never to its own page.
                own = name == f"{chapter.name}.html"
                assert not own or link["words"] == "on its page", link[0]
                assert (SITE / name).is_file(), link[0]
                there = page(name.removesuffix(".html"))
                assert not anchor or there.find(id=anchor), link[0]
            assert not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", link["words"]), "a bare label"


@each
def test_glued_numbers_are_those_of_the_page(chapter):
    values = glued(store.load(chapter).notebook)
    shown = " ".join(page(chapter.name).get_text().split())
    for key in re.findall(r"\{glue:text\}`([^`]+)`", chapter.text):
        name, _, spec = key.partition(":")
        assert formatted(values[name], spec) in shown, key


def test_equations_are_numbered_and_works_are_called_as_on_the_pages():
    sources = Sources(ROOT)
    assert len(sources.equations) > 50
    for label, target in sources.equations.items():
        place = page(target.page).find(id=target.anchor)
        assert place is not None, label
        assert f"({target.words})" in place.get_text(), label
    told = " ".join(page(name.name).get_text() for name in pages(ROOT) if not is_sheet(name.name))
    cited = told.replace("\N{NO-BREAK SPACE}", " ")
    used = {
        key.strip()
        for chapter in chapters(ROOT)
        for keys in re.findall(r"\{cite:[pt]\}`([^`]+)`", chapter.text)
        for key in keys.split(",")
    }
    for key in used:
        who, year = sources.work(key)
        assert re.search(rf"{re.escape(who)},? [\[(]?{year}", cited), (who, year)


def test_the_wheels_that_the_first_cell_installs_lie_beside_the_notebooks():
    source = download(chapters(ROOT)[0]).cells[1].source
    named = re.findall(rf"{re.escape(BASE)}(\S+)", source)
    assert len(named) == 3
    for name in named:
        assert (SITE / name).is_file(), name
    pins = (SITE / "notebooks" / wheels.CONSTRAINTS).read_text().splitlines()
    assert any(pin.startswith("statsmodels==") for pin in pins)
    assert not any(pin.startswith(("tensorflow==", "numpy==")) for pin in pins)


@pytest.mark.parametrize(
    "sheet", [p for p in pages(ROOT) if is_sheet(p.name)], ids=lambda p: p.path.stem
)
def test_a_sheet_gets_its_checks_where_they_are_missing_and_is_still_the_released_one(sheet):
    path = SITE / "notebooks" / "exercises" / f"{sheet.path.stem}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    named = re.findall(rf"{re.escape(BASE)}(\S+)", notebook.cells[0].source)
    assert len(named) == 1
    assert (SITE / named[0]).is_file()
    assert release.stamp(notebook) == notebook.metadata["lossbook"]["release"]

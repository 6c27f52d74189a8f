"""What every page has; CONTRIBUTING has the same lists."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from press.chapters import EXERCISES, pages
from press.extensions import course

ROOT = Path(__file__).resolve().parents[2]
SHEETS = [sheet for part in course.parts(ROOT) for sheet in part.pages]
NUMBERED = [sheet for sheet in SHEETS if sheet.number]


def text_of(sheet):
    return (ROOT / f"{sheet.name}.md").read_text(encoding="utf-8")


def test_every_file_of_chapters_is_a_page():
    listed = {page.path for page in pages(ROOT)}
    for folder in ("chapters", EXERCISES):
        for path in (ROOT / folder).glob("*.md"):
            assert path in listed, f"{path.relative_to(ROOT)} is no page: add it to _toc.yml"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: Path(sheet.name).name)
def test_every_page_can_be_found_and_referred_to(sheet):
    file = f"{sheet.name}.md"
    assert sheet.description, f"{file}: give its header a description (myst: html_meta:)"
    assert re.search(r"^\([\w-]+\)=\n# ", text_of(sheet), re.MULTILINE), (
        f"{file}: put a label, (name)=, above the title"
    )


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: Path(sheet.name).name)
def test_every_quiz_has_one_right_answer_and_explains_each(sheet):
    for question, body in re.findall(
        r"^```\{quiz\} (.+)\n((?:.*\n)*?)```", text_of(sheet), re.MULTILINE
    ):
        tokens = MarkdownIt().parse(body)
        # A list item's own paragraphs, one level below it.
        items: list[list[str]] = []
        for token, follows in pairwise(tokens):
            if token.type == "list_item_open" and token.level == 1:
                items.append([])
            if token.type == "paragraph_open" and token.level == 2:
                items[-1].append(follows.content)
        where = f"{sheet.name}.md, quiz {question!r}"
        marks = [paragraphs[0][:3] for paragraphs in items]
        assert sorted(set(marks)) == ["[ ]", "[x]"], f"{where}: begin answers with [ ] or [x]"
        assert marks.count("[x]") == 1, f"{where}: one right answer"
        assert all(len(paragraphs) > 1 for paragraphs in items), (
            f"{where}: explain each answer in a second paragraph, after an empty line"
        )


@pytest.mark.parametrize("sheet", NUMBERED, ids=lambda sheet: Path(sheet.name).name)
def test_every_chapter_says_its_aims_asks_and_sums_up(sheet):
    file, text = f"{sheet.name}.md", text_of(sheet)
    assert ":::{admonition} You will be able to\n" in text, (
        f"{file}: begin with what the reader will be able to do (an admonition of that title)"
    )
    assert "{quiz}" in text, f"{file}: ask at least one question with the directive quiz"
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections[-1] == "Take-away", f"{file}: end with the section Take-away"
    exercises = f"{EXERCISES}{Path(sheet.name).name}"
    assert exercises in {page.name for page in pages(ROOT)}, (
        f"{file}: write {exercises}.md, and list it in _toc.yml below the chapter"
    )

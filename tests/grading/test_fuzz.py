"""Whatever a student can hand in or send is taken, refused or cut, and never raises anything else.

`python tools/grading/fuzz.py SECONDS` runs the same for as long as you like.
"""

import contextlib
import io
import json
import os
import re
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from conftest import EXERCISES
from grader import compare, feedback, intake, layouts, outputs, plain
from grader.assemble import assemble
from grader.exercise import read
from grader.roster import Roster, Student, student_id
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown import markdown2html
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

EXAMPLES = int(os.environ.get("LOSSBOOK_FUZZ", "60"))
settings.register_profile(
    "grading", deadline=None, suppress_health_check=list(HealthCheck), max_examples=EXAMPLES
)
settings.load_profile("grading")

any_text = st.text(st.characters(codec=None), max_size=40)  # halves of characters too
leaves = st.none() | st.booleans() | st.integers() | st.floats() | any_text
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4)
)
WHEN = datetime(2026, 1, 9)


def _released() -> NotebookNode:
    found = read(EXERCISES / "02_likelihood.md").notebook
    found.metadata["lossbook"] = NotebookNode(assignment="02_likelihood", release="x")
    return found


RELEASED = _released()
PLACES = ["source", "metadata", "cell_type", "outputs", "id", "attachments"]


def attempt(**files: bytes) -> intake.Attempt:
    return intake.Attempt("anna", WHEN, files)


@given(st.lists(st.tuples(st.integers(0, 11), st.sampled_from(PLACES), trees), max_size=6), trees)
def test_notebooks_of_any_form(changes, metadata):
    notebook = json.loads(nbformat.writes(RELEASED))
    for at, place, tree in changes:
        notebook["cells"][at % len(notebook["cells"])][place] = tree
    if isinstance(metadata, dict):
        notebook["metadata"].update(metadata)
    else:
        notebook["metadata"] = metadata
    given_in = attempt(x=b"", **{"02_likelihood.ipynb": json.dumps(notebook).encode()})
    try:
        handed_in, _files = intake.choose(given_in, "02_likelihood")
        made = assemble(handed_in, RELEASED)
    except intake.Refused as problem:
        outputs.line(problem).encode()
        return
    nbformat.writes(made.notebook).encode()


@given(trees)
def test_notebooks_that_are_none(tree):
    with contextlib.suppress(intake.Refused):
        handed_in, _ = intake.choose(attempt(**{"a.ipynb": json.dumps(tree).encode()}), "a")
        assert handed_in["cells"] == []


KINDS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@given(
    st.lists(st.tuples(st.text(max_size=30), st.binary(max_size=60)), max_size=4),
    st.sampled_from(KINDS),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8),
)
def test_zip_files_of_any_form(tmp_path_factory, entries, kind, changes):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", kind) as archive:
        for name, body in {name.replace("\0", ""): body for name, body in entries}.items():
            archive.writestr(zipfile.ZipInfo(name or "x"), body)
    body = bytearray(target.getvalue())
    for at, value in changes:
        body[at % len(body)] = value
    path = tmp_path_factory.getbasetemp() / "fuzzed.zip"
    path.write_bytes(bytes(body))
    found = intake.read(intake.Entry("anna", WHEN, ((path, "fuzzed.zip"),)))
    assert found.refused is None or found.files == {}
    assert all(".." not in Path(name).parts and name[:1] != "/" for name in found.files)
    assert found.digest


@given(any_text)
def test_names_of_any_form(name):
    made = student_id(name)
    assert student_id(made) == made
    assert made.encode()
    assert made.strip(". ") == made
    assert made[0] not in "=+-@"
    assert not set(made) & set("/\\\n\t\"',;*?[]<>|")


@given(any_text, st.sampled_from(["canvas", "moodle"]))
def test_names_in_downloads_of_any_form(name, system):
    people = Roster("canvas", [Student("anna", "Lee, Anna", "anna", "17")])
    name = name.replace("/", "").replace("\0", "") or "x"
    for start in ("", "leeanna_17_", "leeanna_LATE_17_3_", "Anna Lee_17_assignsubmission_"):
        found = layouts._downloaded([Path(start + name)], system, people, "2026-01-10T00:00Z")
        assert {entry.student for entry in found.entries} <= {"anna"}


TWO = Roster(
    "canvas", [Student("anna", "Lee, Anna", "anna", "17"), Student("ben", "Ott, Ben", "ben", "18")]
)
PARTS = ["17", "18", "017", "LATE", "leeanna", "ottben", "5", "text.html", "x.ipynb", ""]


@given(st.lists(st.sampled_from(PARTS) | any_text, min_size=3, max_size=7).map("_".join))
@example("renamed_17_18_5_x.ipynb")
@example("renamed_18_17_5_x.ipynb")
@example("renamed_LATE_17_5_18_x.ipynb")
def test_a_file_from_canvas_is_nobodys_where_its_name_has_the_numbers_of_two(name):
    """A display name can be changed, and a file called anything: both are the student's choice."""
    name = name.replace("/", "").replace("\0", "") or "x"
    found = layouts._downloaded([Path(name)], "canvas", TWO, "2026-01-10T00:00Z")
    for entry in found.entries:
        (own, start), (other, _) = [("17", "leeanna_"), ("18", "ottben_")][
            :: 1 if entry.student == "anna" else -1
        ]
        parts = [part.lstrip("0") for part in name.split("_")]
        assert own in parts
        assert other not in parts or name.startswith(start)


PIECES = ["<", ">", "</", "<script>", "<!--", "-->", "<a href=", "<img src=x onerror=a()>"]
PIECES += ["[", "]", "](", ")", "![", "[1]: ", "[1]", "javascript:a()", "http://x.y", "www.x.y"]
PIECES += ["<http://x.y>", "mailto:a@b.c", "<a@b.c>", "$", "$$", "\\(", "\\[", "\\href{", "\\url{"]
PIECES += ["\\href1", "\\style{", "\\htmlData{"]
PIECES += ["\\unicode{", "}", "`", "```", "\n", "\n\n", " ", "    ", "a", "&lt;", "&#60;", "\\"]
PIECES += ["*", "|", "~~~", "\u00a0"]


@given(st.lists(st.sampled_from(PIECES) | any_text, max_size=12).map("".join))
def test_written_answers_of_any_form(text):
    """Neither tag nor link of a student's own becomes one on a page."""
    safe = feedback.disarmed(text)
    assert not re.search(r"\\(href|url|unicode|style|htmlData)(?![A-Za-z])", safe)
    assert feedback.disarmed(safe) == safe
    page = BeautifulSoup(markdown2html(safe), "html.parser")
    assert not page.find_all(["script", "img", "iframe", "object", "style", "svg", "form"])
    assert all(link["href"].startswith("#") for link in page.find_all("a"))  # of headings
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]


@given(trees)
def test_values_of_any_form(tree):
    try:
        value = plain.decode(tree)
    except plain.NotPlain:
        value = None
    for expected in (1.0, np.ones(3), [1.0, [2.0]], {"a": 1.0}, None, "text", True):
        assert compare.verdict(value, expected, 1e-5, 1e-8)
    try:
        sent = json.loads(json.dumps(plain.encode(tree)))
    except plain.NotPlain:
        return
    plain.decode(sent)


@given(st.lists(trees, max_size=3), trees, any_text)
def test_outputs_of_any_form(found, tree, name):
    kinds = [{"output_type": kind, "text": tree, "name": name, "data": {"text/plain": tree}}
             for kind in ("stream", "display_data", "error")]  # fmt: skip
    cell = new_code_cell("1", id="a")
    cell.outputs = [new_output(**output) for output in outputs.clean([*found, *kinds])]
    nbformat.writes(new_notebook(cells=[cell])).encode()
    assert all(c.isprintable() for c in outputs.line(tree))


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        *(("\x1b", "\\x1b"), ("\x07", "\\x07"), ("\b", "\\x08"), ("\r", "\\r"), ("\n", "\\n")),
        *(("\x9b", "\\x9b"), ("\x7f", "\\x7f"), ("\u2028", "\\u2028"), ("\ud83d", "\\ud83d")),
        *(("\u202e", "\\u202e"), ("\u2066", "\\u2066"), ("\u200b", "\\u200b"), ("\xad", "\\xad")),
        *(("\U000e0041", "\\U000e0041"), ("\u00e9", "\u00e9"), ("\u6f22", "\u6f22")),
    ],
)
def test_a_line_shows_what_could_move_a_cursor_turn_text_round_or_hide(character, shown):
    assert outputs.line(f"a{character}b") == f"a{shown}b"


@pytest.mark.parametrize("address", ["http://a.example", "HTTPS://a.example", "mailto:a@b.example"])
def test_a_bare_address_in_a_written_answer_is_no_link(address):
    scheme, rest = address.split(":", 1)
    assert feedback.disarmed(f"see {address}") == f"see {scheme} :{rest}"

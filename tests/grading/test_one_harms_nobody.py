"""Whatever one student hands in, the others have their marks and pages, and the one is named."""

import base64
import io
import json
import os
import resource
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cases
import nbformat
import pytest
from cases import FIT, NLL, Case, attempt, cell_of, raw, zipped
from conftest import EXERCISES, grade
from grader import batch, feedback, intake, layouts, outputs, record
from grader import course as course_files
from grader.course import Course
from grader.roster import student_id
from PIL import Image


def _surrogate(notebook):
    notebook["cells"].append(cases.code("# \ud83d"))
    cell_of(notebook, "negative")["source"] = "half \ude00 an emoji"


def _damaged_lzma(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("02_likelihood.ipynb", content)
    body = bytearray(path.with_suffix(".zip").read_bytes())
    body[60:260] = b"\xff" * 200
    path.with_suffix(".zip").write_bytes(bytes(body))


def _deep(path: Path, content: bytes) -> None:
    here = os.getcwd()
    path.mkdir(parents=True)
    try:
        os.chdir(path)
        for _ in range(1200):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)


def _long_name(path: Path, content: bytes) -> None:
    zipped([("n" * 260 + ".txt", b"x"), ("02_likelihood.ipynb", b"NOTEBOOK")])(path, content)


def _written(text: str):
    def edit(notebook):
        cell_of(notebook, "negative")["source"] = text

    return edit


def _not_utf8(path: Path, content: bytes) -> None:
    attempt(Path(os.fsdecode(os.fsencode(path) + b"\xff\xfe")), content, cases.IN_TIME)


def _noname(path: Path, content: bytes) -> None:
    zipped([("02_likelihood.ipynb", b"NOTEBOOK"), (zipfile.ZipInfo(""), b"x")])(path, content)


def _secret_folder(path: Path, content: bytes) -> None:
    attempt(path / "data", content, cases.IN_TIME)
    (path / "data" / "in").mkdir()
    (path / "data" / "in" / "x.csv").write_text("1")
    (path / "readme.md").write_text("see data")


FULL = [
    Case("anna", NLL, FIT),
    Case("surrogate", NLL, FIT, edit=_surrogate),
    Case("noname", NLL, FIT, write=_noname),
    Case("bob ", NLL, FIT),
    Case("c" * 79 + " d" * 60, NLL, FIT),
    Case("longname", NLL, FIT, write=_long_name),
    Case("carl", NLL, FIT, write=raw(".IPYNB", lambda content: content)),
    Case("redos", NLL, FIT, edit=_written("\\begin{a}" * 60_000)),
    Case("brackets", NLL, FIT, edit=_written("[a](" * 100_000)),
    Case("percent", NLL, FIT, after=["%" * 900_000]),
    Case("not_utf8", NLL, FIT, write=_not_utf8),
    Case(
        "folders",
        NLL.replace("    z =", "    assert open('in/x.csv').read() == '1'\n    z ="),
        FIT,
        write=_secret_folder,
    ),
    Case("a,b", NLL, FIT),
    Case("a&b", NLL, FIT),
    Case("zoe", NLL, FIT),
]
REFUSED = [
    Case("lzma", write=_damaged_lzma),
    Case("deep", write=_deep),
]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    root = tmp_path_factory.mktemp("one")
    course = Course(root / "course")
    common = ("--course", course.root, "--exercises", EXERCISES)
    assert grade(*common, "release", "02_likelihood", "--untried") == 0
    released = json.loads(course.released("02_likelihood").read_text())
    for case in FULL + REFUSED:
        case.hand_in(root / "submissions", released)
    assert grade(*common, "run", "02_likelihood", root / "submissions") == 0
    yield course
    # pytest cannot remove folders this deep before Python 3.12, and then fails at its next end
    subprocess.run(["rm", "-rf", root], check=True)


def _id(case: Case) -> str:
    if case.name == "not_utf8":
        return student_id(os.fsdecode(b"not_utf8\xff\xfe"))
    return student_id(case.name)


def test_everybody_has_marks_and_the_unreadable_are_named(graded: Course):
    found = batch.read_all(graded.outcomes("02_likelihood"))
    points = {student: results[0].points for student, results in found.items()}
    wanted = {_id(case): 7.0 for case in FULL} | {_id(case): 0.0 for case in REFUSED}
    assert points == wanted
    for case in REFUSED:
        assert found[_id(case)][0].look, case.name
    with graded.gradebook() as gradebook:
        recorded = {
            one.student.id: one.score for one in gradebook.assignment_submissions("02_likelihood")
        }
    assert recorded == wanted
    assert set(feedback.students(graded, "02_likelihood")) == set(wanted)


def test_a_file_of_the_course_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "kept.json"
    course_files.write(path, "as it was")
    with pytest.raises(UnicodeEncodeError):
        course_files.write(path, "half an emoji: \ud83d")
    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("student", "most"), [("redos", 20_000), ("percent", 100_000)])
def test_a_cell_that_takes_minutes_to_show_is_cut(graded: Course, student, most):
    """In a page of feedback, and in the formgrader, which has no limit of time."""
    path = graded.root / "autograded" / student / "02_likelihood" / "02_likelihood.ipynb"
    longest = max((cell.source for cell in nbformat.read(path, as_version=4).cells), key=len)
    assert most < len(longest) < most + 100
    assert "(cut here: " in longest[most:]


def test_everybody_has_a_page_in_bounded_time(graded: Course):
    failed = feedback.feedback(graded, "02_likelihood", seconds=150)
    for case in FULL + REFUSED:
        page = graded.root / "feedback" / _id(case) / "02_likelihood" / "02_likelihood.html"
        assert page.stat().st_size > 1000, case.name
    assert set(failed) <= {"redos", "brackets", "percent"}


def test_a_page_that_takes_too_long_is_given_as_text(graded: Course, tmp_path, monkeypatch):
    monkeypatch.setattr(feedback, "students", lambda *_: ["anna", "zoe"])
    failed = feedback.feedback(graded, "02_likelihood", seconds=0.01)
    assert set(failed) == {"anna", "zoe"}
    page = graded.root / "feedback" / "anna" / "02_likelihood" / "02_likelihood.html"
    assert "4 of 4 points" in page.read_text()
    assert "more than 0.01 s" in page.read_text()


def test_a_page_cut_off_by_a_crash_is_written_again(graded: Course):
    path = graded.root / "autograded" / "anna" / "02_likelihood" / "02_likelihood.ipynb"
    path.write_text("")
    students = batch.read_all(graded.outcomes("02_likelihood"))
    assert record.record(graded, "02_likelihood", students) == {}
    assert nbformat.read(path, as_version=4).metadata.lossbook.key


def test_who_cannot_be_recorded_is_named_and_the_others_are(graded: Course, monkeypatch):
    students = batch.read_all(graded.outcomes("02_likelihood"))
    for student in ("anna", "zoe"):
        path = graded.root / "autograded" / student / "02_likelihood" / "02_likelihood.ipynb"
        path.unlink()
    before = record._record

    def fails(gradebook, chosen, notebook):
        if chosen.student == "anna":
            raise UnicodeEncodeError("utf-8", "x", 0, 1, "surrogates not allowed")
        before(gradebook, chosen, notebook)

    monkeypatch.setattr(record, "_record", fails)
    failed = record.record(graded, "02_likelihood", students)
    assert list(failed) == ["anna"]
    assert (graded.root / "autograded" / "zoe" / "02_likelihood" / "02_likelihood.ipynb").exists()


def test_nobody_else_of_the_machine_reads_solutions_or_marks(graded: Course):
    assert stat.S_IMODE(graded.root.stat().st_mode) == 0o700
    for name in ("gradebook.db", "instructor.json", "source", "outcomes", "released"):
        assert not (graded.root / name).stat().st_mode & 0o077, name
    open_to_others = [
        path
        for folder in ("source", "outcomes", "autograded", "released")
        for path in (graded.root / folder).rglob("*")
        if path.stat().st_mode & 0o007
    ]
    assert open_to_others == []


@pytest.mark.parametrize(("size", "kept"), [((5000, 5000), True), ((20_000, 20_000), False)])
def test_a_picture_that_fills_the_memory_of_a_browser_is_left_out(size, kept):
    file = io.BytesIO()
    Image.new("1", size).save(file, "PNG")
    picture = base64.b64encode(file.getvalue()).decode()
    assert len(picture) < outputs.MOST_PICTURE
    shown = {"output_type": "display_data", "data": {"image/png": picture, "text/plain": "figure"}}
    (found,) = outputs.clean([shown])
    assert ("image/png" in found["data"]) == kept
    assert ("20000 x 20000 pixels" in found["data"]["text/plain"]) != kept


def test_a_picture_is_base64_and_nothing_else():
    file = io.BytesIO()
    Image.new("1", (8, 8)).save(file, "PNG")
    picture = base64.b64encode(file.getvalue()).decode()
    for more in ("", "\n", '"><script>alert(1)</script>'):
        shown = {"output_type": "display_data", "data": {"image/png": picture + more}}
        (found,) = outputs.clean([shown])
        kept = base64.b64decode(found["data"]["image/png"], validate=True)
        assert kept.startswith(file.getvalue())


def test_memory_grows_with_what_runs_and_not_with_what_was_handed_in(tmp_path):
    for number in range(12):
        path = tmp_path / f"s{number}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in range(2):
                archive.writestr(f"{part}.txt", b"0" * (30 << 20))
    found = layouts.find(tmp_path)
    assert len(found.entries) == 12
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    digests = {intake.read(entry).digest for entry in found.entries}
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert len(digests) == 12
    assert grown < 300 << 10, f"{grown >> 10} MiB for 720 MiB handed in"


NAMES = [
    ("Anna", "Anna"),
    ("O'Neil", None),
    ("=cmd", None),
    ("ann.lee@uni.example", "ann.lee@uni.example"),
    ("José", "José"),
    ("हिन्दी", "हिन्दी"),
    ("x" * 300, None),
    ("..", None),
    ("\ud800", None),
    ("a\nb", None),
]


def test_names_stay_as_they_are_or_apart_from_all_others():
    made = [student_id(name) for name, _ in NAMES]
    for (name, same), found in zip(NAMES, made, strict=True):
        assert found == same if same else found != name
        assert student_id(found) == found
        assert len(found.encode()) < 100
        assert found == found.strip()
    assert len(set(made)) == len(NAMES)
    assert student_id("Jose\u0301") == "José"
    assert sys.getfilesystemencoding() == "utf-8"

"""Every example submission gets what expected.csv says; feedback, report, running again.

All in one file: the batch is graded once, for whoever runs this file.
"""

import csv
import json
import re
import shutil
from pathlib import Path

import cases
import hostile
import numpy as np
import pytest
from conftest import EXERCISES, Graded, expected, grade
from grader import exercise, plan
from grader.course import Course
from grader.roster import student_id
from honest import HONEST
from nbformat import read
from nbgrader.api import MissingEntry
from nbgrader.utils import determine_grade

ROWS = expected()


def test_the_table_and_the_submissions_are_the_same_list():
    assert [row.name for row in ROWS] == [case.name for case in HONEST + hostile.HOSTILE]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_marks(graded: Graded, row):
    results = graded.outcomes[student_id(row.name)]
    best = max(results, key=lambda result: result.points)
    points = {mark.question: mark.points for mark in best.marks}
    assert points == {"nll": row.nll, "fit": row.fit}, [mark.said for mark in best.marks]
    if row.look != "any":
        assert any(result.look for result in results) == (row.look == "yes")
    for result in results:
        assert result.problem is None or result.problem in result.look


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_gradebook(graded: Graded, row):
    """nbgrader's database has the same, with lateness, and so does the notebook."""
    student = student_id(row.name)
    with graded.course.gradebook() as gradebook:
        found = gradebook.find_submission("02_likelihood", student)
        assert found.score - found.late_submission_penalty == pytest.approx(row.net)
        assert found.max_score == 9
    path = graded.course.root / "autograded" / student / "02_likelihood" / "02_likelihood.ipynb"
    read_by_nbgrader = {
        cell.metadata.nbgrader.grade_id: determine_grade(cell)
        for cell in read(path, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert read_by_nbgrader["nll-check"] == (row.nll, 3)
    assert read_by_nbgrader["fit-check"] == (row.fit, 4)


def test_the_batch_ended_and_told_who_needs_a_look(graded: Graded):
    assert graded.code == 0
    assert len(graded.outcomes) == len(ROWS)


def test_a_blank_written_answer_is_zero_and_a_given_one_waits_for_a_person(graded: Graded):
    arguments = ("negative", "02_likelihood", "02_likelihood")
    with graded.course.gradebook() as gradebook:
        blank = gradebook.find_grade(*arguments, "right")
        assert (blank.auto_score, blank.needs_manual_grade) == (0, False)
        given = gradebook.find_grade(*arguments, "file_html")
        assert (given.auto_score, given.needs_manual_grade) == (None, True)
        with pytest.raises(MissingEntry):
            gradebook.find_grade(*arguments, "nobody")


SPIES = [case.name for case in hostile.HOSTILE if "FOUND" in (case.nll or "")]


@pytest.mark.parametrize("name", SPIES)
def test_what_must_not_be_reached_was_not(graded: Graded, name):
    """Each of these prints FOUND and a list of what it reached: the list must be empty."""
    (result,) = graded.outcomes[name]
    printed = [
        output.get("text", "")
        for cell in result.notebook["cells"]
        for output in cell.get("outputs", [])
    ]
    told = [text for text in printed if "FOUND" in text]
    assert told
    assert all("FOUND []" in text for text in told), told


def test_nobody_connected_from_a_sandbox(graded: Graded):
    assert graded.visitors == []


def test_nothing_is_left_behind(graded: Graded):
    """No daemon, no file, no control group, no change to what was handed in."""
    names = []
    for comm in Path("/proc").glob("[0-9]*/comm"):
        try:
            names.append(comm.read_text())
        except OSError:
            continue
    assert "left-daemon\n" not in names
    assert not [p for p in ("/tmp", "/dev/shm", "/var/tmp") if Path(p, "left-behind").exists()]
    # Another test may be grading at this moment: a group is left behind once its supervisor, whose
    # process id it is named after, has ended.
    groups = Path("/sys/fs/cgroup").glob("**/lossbook-*")
    ended = [g for g in groups if not Path("/proc", g.name.removeprefix("lossbook-")).exists()]
    assert not [group for group in ended if group.exists()]
    assert not list(graded.root.glob("*.csv"))
    assert json.loads(
        (graded.submissions / "right" / "02_likelihood.ipynb").read_text()
    ) == json.loads(cases.Case("right", cases.NLL, cases.FIT).notebook(_released(graded)))


def _released(graded: Graded):
    path = graded.course.released("02_likelihood")
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


FEW = ["right", "partial_no_scale", "file_html", "file_cut_off"]
FEW += [case.name for case in hostile.READING if case.name.startswith("read_inputs")]


@pytest.fixture
def copied(graded: Graded, tmp_path):
    """A copy of the graded course, to change."""
    shutil.copytree(graded.course.root, tmp_path / "course")
    return Course(tmp_path / "course")


def common(course: Course):
    return ("--course", course.root, "--exercises", EXERCISES)


@pytest.fixture(scope="module")
def pages(graded: Graded, tmp_path_factory):
    """Feedback for a few: the course with all others' notebooks left out."""
    root = tmp_path_factory.mktemp("few") / "course"
    shutil.copytree(
        graded.course.root,
        root,
        ignore=lambda folder, names: (
            set(names) - set(FEW) if folder.endswith("autograded") else set()
        ),
    )
    assert grade("--course", root, "feedback", "02_likelihood") == 0
    return {
        name: (root / "feedback" / name / "02_likelihood" / "02_likelihood.html").read_text()
        for name in FEW
    }


def test_feedback_says_the_points_and_the_kind_of_failure(pages):
    assert "Score: 7.0 / 9.0" in pages["right"]
    assert "3 of 3 points: 3 of 3 hidden checks passed" in pages["right"]
    assert "1 of 3 hidden checks passed (a wrong value)" in pages["partial_no_scale"]
    assert "could not be graded in full" in pages["file_cut_off"]
    assert "cut off or damaged" in pages["file_cut_off"]


def test_feedback_shows_no_hidden_check_and_no_hidden_input(graded: Graded, pages):
    found = exercise.read(EXERCISES / "02_likelihood.md")
    inputs = [
        f"{number:.7g}"
        for made in plan.calls(found, graded.course.secret)
        for argument in made.arguments
        for number in np.ravel(argument)
        if number not in (0, 1, 10)
    ]
    assert len(inputs) > 50
    for page in pages.values():
        assert "HIDDEN" not in page
        for question in found.questions:
            for line in question.hidden.splitlines():
                assert not line.strip() or line.strip() not in page
        assert not [number for number in inputs if number[:-1] in page]
    # This one prints its inputs and raises them: what the checks in the notebook show, stays.
    assert "LEAK [np.float64(-1.0), np.float64(0.0)" in pages["read_inputs_into_feedback"]
    assert "(raised ValueError)" in pages["read_inputs_into_feedback"]


def test_feedback_runs_no_script_of_a_student(pages):
    page = pages["file_html"]
    assert "owned" in page  # the answer is shown, as text
    assert "<script>document.title" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "$a&lt; b$" in page  # formulas stay


def test_a_person_who_marks_runs_no_script_of_a_student(graded: Graded):
    """nbgrader's formgrader shows these files as they are, in the instructor's browser."""
    path = graded.course.root / "autograded" / "file_html" / "02_likelihood" / "02_likelihood.ipynb"
    sources = [c.source for c in read(path, as_version=4).cells if c.cell_type == "markdown"]
    (written,) = [source for source in sources if "owned" in source]
    assert "< script>" in written
    assert "<img" not in written
    assert "](" not in written


def test_report(graded: Graded, copied):
    assert grade(*common(copied), "report", "02_likelihood") == 0
    folder = copied.root / "report" / "02_likelihood"
    net = {student_id(row.name): row.net for row in expected()}
    with (folder / "moodle.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["username"]: float(row["Exercises: likelihood"]) for row in rows} == net
    with (folder / "canvas.csv").open(encoding="utf-8") as file:
        canvas = list(csv.DictReader(file))
    assert canvas[0]["Student"].strip() == "Points Possible"
    assert float(canvas[0]["Exercises: likelihood"]) == 9
    assert {r["SIS Login ID"]: float(r["Exercises: likelihood"]) for r in canvas[1:]} == net
    with (folder / "grades.csv").open(encoding="utf-8") as file:
        assert {
            r["student_id"]: pytest.approx(float(r["score"])) for r in csv.DictReader(file)
        } == net
    page = (folder / "index.html").read_text("utf-8")
    assert "0 times the value" in page
    assert "file_cut_off" in page
    assert "a density can exceed 1" in page
    assert page.count("<svg") == 3
    assert "<script" not in page


def test_running_again_runs_nothing_and_keeps_a_persons_marks(
    graded: Graded, copied, capsys, monkeypatch
):
    """The mark is given by the lines of the manual, which are for anna in the folder `course`."""
    manual = (EXERCISES.parents[1] / "docs" / "grading.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", manual, re.DOTALL)
    (lines,) = [block for block in blocks if "manual_score" in block]
    monkeypatch.chdir(copied.root.parent)
    exec(compile(lines.replace('"anna"', '"file_html"'), "grading.md", "exec"), {})
    files = sorted(copied.outcomes("02_likelihood").glob("*/*.json"))
    before = {path: path.stat().st_mtime_ns for path in files}
    assert grade(*common(copied), "run", "02_likelihood", graded.submissions) == 0
    assert f"0 attempts graded, {len(files)} graded before" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in files} == before
    with copied.gradebook() as gradebook:
        assert gradebook.find_submission("02_likelihood", "file_html").score == 2.0


def test_one_more_attempt_is_the_only_one_that_runs(graded: Graded, copied, tmp_path, capsys):
    content = (graded.submissions / "right" / "02_likelihood.ipynb").read_bytes()
    cases.attempt(tmp_path / "more" / "half_first_only", content, "2026-01-09T20:00Z")
    assert grade(*common(copied), "run", "02_likelihood", tmp_path / "more") == 0
    assert "1 attempts graded" in capsys.readouterr().out
    with copied.gradebook() as gradebook:
        assert gradebook.find_submission("02_likelihood", "half_first_only").score == 7

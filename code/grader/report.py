"""The gradebook as nbgrader's CSV, and a page for the instructor."""

import html
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import nbformat
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import CsvExportPlugin

from grader import course as courses
from grader import imports, record, similarity
from grader.compare import RIGHT
from grader.course import Course
from grader.exercise import Exercise
from grader.outcome import Outcome
from grader.roster import Roster

MOST_WRONG = 8


def report(
    course: Course,
    exercise: Exercise,
    students: dict[str, list[Outcome]],
    roster: Roster | None = None,
    column: str = "",
) -> list[Path]:
    """Write `report/ASSIGNMENT/`: grades.csv, index.html, and what Canvas and Moodle import.

    `column` is what they call the assignment; without it, its title.
    """
    folder = course.root / "report" / exercise.name
    folder.mkdir(parents=True, exist_ok=True)
    with course.gradebook() as gradebook:
        export = CsvExportPlugin()
        export.to, export.assignment = str(folder / "grades.csv"), [exercise.name]
        export.export(gradebook)
        rows = _grades(gradebook, exercise.name)
        most = gradebook.find_assignment(exercise.name).max_score
        waiting = _waiting(gradebook, exercise, rows)
    older = record.unrecorded(course, exercise.name, students)
    alike = _alike(course, exercise, students)
    page = _page(exercise, students, rows, most, waiting, older, alike)
    courses.write(folder / "index.html", page)
    tables = imports.write(folder, exercise, dict(rows), most, roster, column or exercise.title)
    return [folder / "grades.csv", *tables, folder / "index.html"]


def _grades(gradebook: Gradebook, assignment: str) -> list[tuple[str, float]]:
    """Every student of the gradebook with the points that count, lateness taken off."""
    rows = []
    for student in gradebook.students:
        try:
            submission = gradebook.find_submission(assignment, student.id)
        except MissingEntry:
            rows.append((student.id, 0.0))
        else:
            points = submission.score - submission.late_submission_penalty
            rows.append((student.id, round(max(points, 0.0), 2)))
    return sorted(rows)


def _waiting(gradebook: Gradebook, exercise: Exercise, rows: list[tuple[str, float]]) -> dict:
    """Whose written answers wait for a person, a question: new ones, and those to see again."""
    found: dict[str, list[str]] = {q.name: [] for q in exercise.questions if q.written}
    for student, _points in rows:
        for question in exercise.questions:
            if question.written:
                try:
                    grade = gradebook.find_grade(
                        question.grade_id, exercise.name, exercise.name, student
                    )
                except MissingEntry:
                    continue
                if grade.needs_manual_grade:
                    found[question.name].append(student)
    return found


def _alike(
    course: Course, exercise: Exercise, students: dict[str, list[Outcome]]
) -> list[similarity.Pair]:
    released = nbformat.read(course.released(exercise.name), as_version=4)
    given = [*released.cells, *exercise.notebook.cells]
    latest = {student: _cells(results[-1]) for student, results in students.items()}
    return similarity.pairs(latest, given)


def _cells(result: Outcome) -> Iterator[dict[str, Any]]:
    """A generator, so that one student's notebook at a time is in memory."""
    yield from result.notebook["cells"]


def _page(
    exercise: Exercise,
    students: dict[str, list[Outcome]],
    rows: list[tuple[str, float]],
    most: float,
    waiting: dict[str, list[str]],
    older: list[str],
    alike: list[similarity.Pair],
) -> str:
    latest = [results[-1] for results in students.values()]
    environment = jinja2.Environment(loader=jinja2.PackageLoader("grader", "."), autoescape=True)
    return environment.get_template("report.html").render(
        exercise=exercise,
        students=len(rows),
        attempts=sum(map(len, students.values())),
        total=_histogram([points for _, points in rows], most, "points in all"),
        questions=[_question(name, latest) for name in _names(exercise)],
        written=[(q, waiting[q.name]) for q in exercise.questions if q.written],
        older=older,
        alike=alike,
        look=[(r, r.look, r.notes) for results in students.values() for r in results if r.look],
    )


def _names(exercise: Exercise) -> list[str]:
    return [question.name for question in exercise.questions if not question.written]


def _question(name: str, latest: list[Outcome]) -> dict[str, Any]:
    marks = [mark for result in latest for mark in result.marks if mark.question == name]
    # A student counts once for each way of being wrong, however many checks show it.
    wrong = Counter(words for mark in marks for words in set(mark.said) if words != RIGHT)
    most = marks[0].most if marks else 0.0
    return {
        "name": name,
        "most": most,
        "mean": float(np.mean([mark.points for mark in marks])) if marks else 0.0,
        "full": sum(mark.points == mark.most for mark in marks),
        "plot": _histogram([mark.points for mark in marks], most, f"points in {name}"),
        "wrong": wrong.most_common(MOST_WRONG),
    }


def _histogram(points: list[float], most: float, what: str) -> str:
    """An SVG of how many students have how many points."""
    most = max([most, *points]) or 1.0  # with extra credit; nobody may have been asked yet
    edges = np.linspace(0, most, 11)
    counts, _ = np.histogram(np.clip(points, 0, most), edges)
    figure = Figure(figsize=(7, 1.9), layout="constrained")
    axes = figure.subplots()
    axes.bar(edges[:-1], counts, width=np.diff(edges) * 0.9, align="edge", color="#4c78a8")
    axes.set(xlabel=what, ylabel="students", xlim=(0, most))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    shares = ", ".join(
        f"{count} with {low:g} to {high:g}"
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True)
        if count
    )
    target = io.StringIO()
    figure.savefig(target, format="svg", metadata={"Date": None})
    told = html.escape(f"Histogram of {what}, students: {shares or 'none yet'}")
    drawn = target.getvalue()
    start = drawn.index("<svg") + len("<svg")
    return f'<svg role="img" aria-label="{told}"{drawn[start:]}'

"""The gradebook as CSV (nbgrader's, Canvas's, Moodle's) and a page for the instructor."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import CsvExportPlugin
from workshop import plotting

from grader.compare import RIGHT
from grader.course import Course
from grader.exercise import Exercise
from grader.outcome import Outcome

MOST_WRONG = 8


def report(course: Course, exercise: Exercise, students: dict[str, list[Outcome]]) -> list[Path]:
    """Write `report/ASSIGNMENT/`: grades.csv, canvas.csv, moodle.csv and index.html."""
    folder = course.root / "report" / exercise.name
    folder.mkdir(parents=True, exist_ok=True)
    with course.gradebook() as gradebook:
        export = CsvExportPlugin()
        export.to, export.assignment = str(folder / "grades.csv"), [exercise.name]
        export.export(gradebook)
        rows = _grades(gradebook, exercise.name)
        most = gradebook.find_assignment(exercise.name).max_score
        waiting = _waiting(gradebook, exercise, rows)
    _canvas(folder / "canvas.csv", exercise, rows, most)
    _moodle(folder / "moodle.csv", exercise, rows)
    (folder / "index.html").write_text(_page(exercise, students, rows, most, waiting), "utf-8")
    return [folder / name for name in ("grades.csv", "canvas.csv", "moodle.csv", "index.html")]


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
    """How many written answers a person has not marked yet, a question."""
    count: dict[str, int] = {}
    for question in exercise.questions:
        if question.written:
            found = 0
            for student, _points in rows:
                try:
                    grade = gradebook.find_grade(
                        question.grade_id, exercise.name, exercise.name, student
                    )
                except MissingEntry:
                    continue
                found += bool(grade.needs_manual_grade and grade.manual_score is None)
            count[question.name] = found
    return count


def _canvas(path: Path, exercise: Exercise, rows: list[tuple[str, float]], most: float) -> None:
    """Columns of Canvas's gradebook; it finds students by their SIS login."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", exercise.title])
        table.writerow(["    Points Possible", "", "", "", "", most])
        table.writerows([[student, "", "", student, "", points] for student, points in rows])


def _moodle(path: Path, exercise: Exercise, rows: list[tuple[str, float]]) -> None:
    """Columns for Moodle's grade import, which maps `username` to its users."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["username", exercise.title])
        table.writerows(rows)


def _page(
    exercise: Exercise,
    students: dict[str, list[Outcome]],
    rows: list[tuple[str, float]],
    most: float,
    waiting: dict[str, int],
) -> str:
    latest = [results[-1] for results in students.values()]
    environment = jinja2.Environment(loader=jinja2.PackageLoader("grader", "."), autoescape=True)
    return environment.get_template("report.html").render(
        exercise=exercise,
        students=len(students),
        attempts=sum(map(len, students.values())),
        total=_histogram([points for _, points in rows], most, "points in all"),
        questions=[_question(name, latest) for name in _names(exercise)],
        written=[(q, waiting[q.name]) for q in exercise.questions if q.written],
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
    edges = np.linspace(0, most, 11)
    counts, _ = np.histogram(np.clip(points, 0, most), edges)
    with plotting.canvas(height=1.9) as (figure, ax):
        ax.bar(edges[:-1], counts, width=np.diff(edges) * 0.9, align="edge", color=plotting.BLUE)
        ax.set(xlabel=what, ylabel="students", xlim=(0, most))
        ax.yaxis.get_major_locator().set_params(integer=True)
    shares = ", ".join(
        f"{count} with {low:g} to {high:g}"
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True)
        if count
    )
    return plotting.show(figure, alt=f"Histogram of {what}, students: {shares or 'none yet'}").svg

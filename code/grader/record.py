"""Into nbgrader's gradebook: of each student's attempts the one that counts."""

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import SaveAutoGrades
from sqlalchemy.exc import SAWarning

from grader import course as courses
from grader.course import Course, Policy
from grader.feedback import disarmed
from grader.outcome import Outcome
from grader.roster import Roster

MOST_WRITTEN, MOST_CODE = 20_000, 100_000
"""Characters of a cell that a page shows: Markdown and highlighting take seconds for a long one."""


class Save(SaveAutoGrades):
    """nbgrader's own step, over one open gradebook instead of a new connection a notebook."""

    def __init__(self, gradebook: Gradebook, assignment: str, student: str) -> None:
        super().__init__()
        self.gradebook = gradebook
        self.assignment_id = self.notebook_id = assignment
        self.student_id = student
        self.log = logging.getLogger("grader")

    def save(self, notebook: NotebookNode) -> None:
        """Points and "No response" of every cell that has any."""
        for number, cell in enumerate(notebook.cells):
            self.preprocess_cell(cell, {}, number)


def counts(results: Sequence[Outcome], policy: Policy, most: float) -> Outcome:
    """The attempt that counts: the last, or the best after lateness (of equals the last).

    `most` is what the whole assignment is worth: lateness costs a share of it.
    """

    def left(result: Outcome) -> float:
        lost = policy.lost(result.moment, most, result.student)
        return result.points - min(lost, result.points)

    if policy.keep == "last":
        return max(results, key=lambda result: result.when)
    return max(results, key=lambda result: (left(result), result.when))


@contextmanager
def _open(course: Course) -> Iterator[Gradebook]:
    with course.gradebook() as gradebook, warnings.catch_warnings():
        # nbgrader 0.9 makes a submission before it adds it to the session; SQLAlchemy 2.1 warns.
        warnings.filterwarnings("ignore", "Object of type <Submitted", SAWarning)
        yield gradebook


def record(
    course: Course,
    assignment: str,
    students: dict[str, list[Outcome]],
    roster: Roster | None = None,
) -> dict[str, str]:
    """Write the executed notebooks to `autograded/`, and the points to the gradebook.

    What a person has marked stays; nbgrader asks them to look again if the attempt is another one.
    Returned is who could not be recorded, and why; all others are.
    """
    policy, failed = course.policy(assignment), {}
    with _open(course) as gradebook:
        for one in roster.students if roster else ():
            last, comma, first = one.name.partition(",")  # as Canvas sorts names
            gradebook.update_or_create_student(
                one.id,
                first_name=_field(first if comma else last),
                last_name=_field(last if comma else ""),
                email=_field(one.email),
            )
        most = gradebook.find_assignment(assignment).max_score
        for student, results in students.items():
            chosen = counts(results, policy, most)
            path = course.root / "autograded" / student / assignment / f"{assignment}.ipynb"
            if _recorded(path) == chosen.key:
                continue
            try:
                notebook = nbformat.from_dict(chosen.notebook)
                _record(gradebook, chosen, notebook)
                _write(path, chosen, notebook)
                gradebook.db.commit()
            except Exception as problem:  # the others have their marks
                gradebook.db.rollback()
                failed[student] = f"{type(problem).__name__}: {problem}"
        _penalise(gradebook, course, assignment)
    return failed


def _field(text: str) -> str | None:
    """For nbgrader's export, which quotes nothing."""
    return re.sub(r'[",\s]+', " ", text).strip().lstrip("=+-@ ") or None


def penalise(course: Course, assignment: str) -> None:
    """What lateness costs each student, by the policy and with the marks as they now are."""
    with _open(course) as gradebook:
        _penalise(gradebook, course, assignment)


def _penalise(gradebook: Gradebook, course: Course, assignment: str) -> None:
    policy = course.policy(assignment)
    most = gradebook.find_assignment(assignment).max_score
    gradebook.db.expire_all()
    for submission in gradebook.assignment_submissions(assignment):
        lost = policy.lost(submission.timestamp, most, submission.student.id)
        for notebook in submission.notebooks:
            due = min(lost, notebook.score) if lost else None
            if (notebook.late_submission_penalty or None) != (due or None):
                notebook.late_submission_penalty = due
    gradebook.db.commit()


def _recorded(path: Path) -> str | None:
    try:
        return nbformat.read(path, as_version=4).metadata.get("lossbook", {}).get("key")
    except Exception:  # not there, or cut off by a crash: it is written again
        return None


def _write(path: Path, chosen: Outcome, notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        most = MOST_WRITTEN if cell.cell_type == "markdown" else MOST_CODE
        if cell.cell_type == "markdown":  # nbgrader's formgrader would run a student's scripts
            cell.source = disarmed(cell.source)
        if len(cell.source) > most:
            cell.source = f"{cell.source[:most]}\n(cut here: {len(cell.source)} characters)"
    notebook.metadata["lossbook"] = {
        "key": chosen.key,
        "look": chosen.look,
        "notes": chosen.notes,
    }
    courses.write(path, nbformat.writes(notebook))


def _record(gradebook: Gradebook, chosen: Outcome, notebook: NotebookNode) -> None:
    assignment, student = chosen.assignment, chosen.student
    gradebook.update_or_create_student(student)
    gradebook.update_or_create_submission(assignment, student, timestamp=chosen.moment)
    Save(gradebook, assignment, student).save(notebook)
    for mark in chosen.marks:
        if mark.extra:
            cell = f"{mark.question}-check"
            grade = gradebook.find_grade(cell, assignment, assignment, student)
            grade.extra_credit = mark.points
    if chosen.look:
        submitted = gradebook.find_submission_notebook(assignment, assignment, student)
        for grade in submitted.grades:
            grade.needs_manual_grade = True


def unrecorded(course: Course, assignment: str, students: dict[str, list[Outcome]]) -> list[str]:
    """Who has marks in the gradebook that come from older checks than the current outcomes."""
    with _open(course) as gradebook:
        try:
            found = gradebook.assignment_submissions(assignment)
        except MissingEntry:
            return []
        return sorted({one.student.id for one in found} - set(students))

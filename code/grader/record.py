"""Into nbgrader's gradebook: of each student's attempts the one that counts."""

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades
from sqlalchemy.exc import SAWarning

from grader.course import Course, Policy
from grader.feedback import disarmed
from grader.outcome import Outcome


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
    if policy.keep == "last":
        return max(results, key=lambda result: result.when)
    return max(
        results, key=lambda r: (r.points - min(policy.lost(r.moment, most), r.points), r.when)
    )


def record(course: Course, assignment: str, students: dict[str, list[Outcome]]) -> None:
    """Write the executed notebooks to `autograded/`, and the points to the gradebook.

    What a person has marked stays; nbgrader asks them to look again if the attempt is another one.
    """
    policy = course.policy(assignment)
    with course.gradebook() as gradebook, warnings.catch_warnings():
        # nbgrader 0.9 makes a submission before it adds it to the session; SQLAlchemy 2.1 warns.
        warnings.filterwarnings("ignore", "Object of type <Submitted", SAWarning)
        most = gradebook.find_assignment(assignment).max_score
        for student, results in students.items():
            chosen = counts(results, policy, most)
            path = course.root / "autograded" / student / assignment / f"{assignment}.ipynb"
            if _recorded(path) != chosen.key:
                _record(gradebook, chosen)
                _write(path, chosen)
            _penalise(gradebook, chosen, policy, most)
        gradebook.db.commit()


def _recorded(path: Path) -> str | None:
    if not path.exists():
        return None
    return nbformat.read(path, as_version=4).metadata.get("lossbook", {}).get("key")


def _write(path: Path, chosen: Outcome) -> None:
    notebook = nbformat.from_dict(chosen.notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":  # nbgrader's formgrader would run a student's scripts
            cell.source = disarmed(cell.source)
    notebook.metadata["lossbook"] = {"key": chosen.key, "look": chosen.look, "notes": chosen.notes}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def _record(gradebook: Gradebook, chosen: Outcome) -> None:
    assignment, student = chosen.assignment, chosen.student
    gradebook.update_or_create_student(student)
    gradebook.update_or_create_submission(assignment, student, timestamp=chosen.moment)
    Save(gradebook, assignment, student).save(nbformat.from_dict(chosen.notebook))
    if chosen.look:
        submitted = gradebook.find_submission_notebook(assignment, assignment, student)
        for grade in submitted.grades:
            grade.needs_manual_grade = True


def _penalise(gradebook: Gradebook, chosen: Outcome, policy: Policy, most: float) -> None:
    submitted = gradebook.find_submission_notebook(
        chosen.assignment, chosen.assignment, chosen.student
    )
    gradebook.db.refresh(submitted)
    lost = policy.lost(chosen.moment, most)
    submitted.late_submission_penalty = min(lost, submitted.score) if lost else None

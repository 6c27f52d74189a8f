"""Each student's HTML page, made by nbgrader from the notebook as it ran and the gradebook.

The notebook is the student's own, with released cells only, so no hidden check is in it. Whatever
HTML or link a student wrote is shown as text.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters.generate_feedback import GenerateFeedback
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor

from grader.converting import convert
from grader.course import Course
from grader.errors import GradingError


def disarmed(source: str) -> str:
    """Markdown in which no tag opens and nothing is a link; the same if done twice."""
    return re.sub(r"\](?=[(\[:])", "] ", re.sub(r"<(?=[A-Za-z/!?])", "< ", source))


class Disarm(NbGraderPreprocessor):
    """Markdown without HTML and without links; text and formulas stay.

    nbgrader's template ignores the exporter's `sanitize_html`, and nbconvert's SanitizeHTML lets
    `javascript:` links pass and garbles `<` in formulas. A space is enough: `< b` opens no tag.
    """

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """One cell."""
        if cell.cell_type == "markdown":
            cell.source = disarmed(cell.source)
        return cell, resources


def students(course: Course, assignment: str) -> list[str]:
    """Everyone who has an attempt in the gradebook."""
    found = (course.root / "autograded").glob(f"*/{assignment}/{assignment}.ipynb")
    return sorted(path.parents[1].name for path in found)


def feedback(
    course: Course, assignment: str, tell: Callable[[int, int], None] = lambda done, of: None
) -> Path:
    """Write `feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html` for everyone; the folder of them."""
    course.released(assignment)
    everyone = students(course, assignment)
    if not everyone:
        raise GradingError(
            f"nothing of {assignment} has been graded yet: run lossbook-grade run {assignment}"
        )
    for number, student in enumerate(everyone, start=1):
        directory = course.directory(assignment)
        directory.student_id = student
        make = GenerateFeedback(coursedir=directory)
        make.preprocessors = [GetGrades, Disarm, CSSHTMLHeaderPreprocessor]
        make.force = True
        convert(make, f"feedback for {student}")
        tell(number, len(everyone))
    return course.root / "feedback"

"""Each student's HTML page, made by nbgrader from the notebook as it ran and the gradebook.

The notebook is the student's own, with released cells only, so no hidden check is in it. Whatever
HTML a student wrote is sanitised.
"""

from collections.abc import Callable
from pathlib import Path

from nbgrader.converters.generate_feedback import GenerateFeedback
from traitlets.config import Config

from lossbook.grading.converting import convert
from lossbook.grading.course import Course
from lossbook.grading.errors import GradingError


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
        config = Config()
        config.HTMLExporter.sanitize_html = True
        make = GenerateFeedback(coursedir=directory, config=config)
        make.force = True
        convert(make, f"feedback for {student}")
        tell(number, len(everyone))
    return course.root / "feedback"

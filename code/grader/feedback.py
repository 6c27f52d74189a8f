"""Each student's HTML page, made by nbgrader from the notebook as it ran and the gradebook.

The notebook is the student's own, with released cells only, so no hidden check is in it. Whatever
HTML or link a student wrote is shown as text. Pages are made in processes of their own, each page
with a limit of time and size (`paging`): what cannot be rendered is given as plain text.
"""

import html
import os
import queue
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import nbformat
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters.generate_feedback import GenerateFeedback
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor

from grader import course as courses
from grader import outputs
from grader.converting import convert
from grader.course import Course
from grader.errors import GradingError
from grader.paging import Pager

PAGE_SECONDS = 60.0


COMMANDS = "href|url|html[A-Za-z]*|require|unicode|includegraphics|class|style|cssId"
"""Of MathJax: they make links, load more of it, or change what is around the formula."""


def disarmed(source: str) -> str:
    """Markdown in which no tag opens and nothing is a link; the same if done twice."""
    source = re.sub(rf"\\(?=(?:{COMMANDS})(?![A-Za-z]))", r"\\ ", source)
    source = re.sub(r"(?i)(https?|ftp|mailto)(?=:)", r"\1 ", source)
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


def page(course: Course, assignment: str, student: str) -> None:
    """Write `feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html`; `GradingError` if nbgrader cannot."""
    directory = course.directory(assignment)
    directory.student_id = student
    make = GenerateFeedback(coursedir=directory)
    make.preprocessors = [GetGrades, Disarm, CSSHTMLHeaderPreprocessor]
    make.force = True
    convert(make, f"feedback for {student}")


def feedback(
    course: Course,
    assignment: str,
    tell: Callable[[int], None] = lambda done: None,
    seconds: float = PAGE_SECONDS,
) -> dict[str, str]:
    """Write everyone's page; returned is whose could only be given as plain text, and why."""
    course.released(assignment)
    everyone = students(course, assignment)
    if not everyone:
        raise GradingError(
            f"no submission of {assignment} has been graded yet: "
            f"run lossbook-grade run {assignment}"
        )
    failed: dict[str, str] = {}
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for student in everyone:
        waiting.put(student)

    stopping, pagers = threading.Event(), []

    def make() -> None:
        with Pager(course.root, assignment) as pager:
            pagers.append(pager)
            while not stopping.is_set():
                try:
                    student = waiting.get_nowait()
                except queue.Empty:
                    return
                why = pager.page(student, seconds)
                if stopping.is_set():
                    return
                if why:
                    failed[student] = why
                    _plain(course, assignment, student, why)
                tell(len(everyone) - waiting.qsize())

    count = min(os.cpu_count() or 1, len(everyone))
    with ThreadPoolExecutor(count) as pool:
        try:
            for future in [pool.submit(make) for _ in range(count)]:
                future.result()
        except BaseException:
            stopping.set()
            for pager in pagers:
                pager.stop()
            raise
    return dict(sorted(failed.items()))


def _plain(course: Course, assignment: str, student: str, why: str) -> None:
    """The points and what was printed, as text, where the page itself cannot be made."""
    source = course.root / "autograded" / student / assignment / f"{assignment}.ipynb"
    parts = []
    for cell in nbformat.read(source, as_version=4).cells:
        parts.append(cell.source[:5000])
        parts += [outputs.text(out.get("text", ""), 5000) for out in cell.get("outputs", [])]
    body = "\n".join(f"<pre>{html.escape(part)}</pre>" for part in parts if part)
    folder = course.root / "feedback" / student / assignment
    courses.write(
        folder / f"{assignment}.html",
        f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>{assignment}</title>\n'
        f"<p>This page shows plain text, because {html.escape(outputs.line(why))}.</p>\n"
        f"{body}\n</html>\n",
    )

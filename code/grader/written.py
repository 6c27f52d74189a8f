"""All written answers of an assignment on pages to print, as text; a PDF where Chromium is."""

import html
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nbformat

from grader import course as courses
from grader import feedback
from grader.course import Course
from grader.errors import GradingError
from grader.exercise import Exercise

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MOST_TEXT = 20_000
PRINT_SECONDS = 180
_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
  body {{ font: 11pt/1.45 serif; max-width: 44rem; margin: 2rem auto; }}
  section {{ break-after: page; }}
  pre {{ font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }}
</style></head><body>
"""


def write(course: Course, exercise: Exercise) -> list[Path]:
    """Write `report/NAME/written.html`, and `written.pdf` if a browser is found; their paths."""
    questions = [question for question in exercise.questions if question.written]
    if not questions:
        raise GradingError(f"{exercise.name} has no written question")
    parts = [_HEAD.format(title=html.escape(exercise.title))]
    for student in feedback.students(course, exercise.name):
        path = course.root / "autograded" / student / exercise.name / f"{exercise.name}.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        texts = {c.metadata.get("nbgrader", {}).get("grade_id"): c.source for c in cells}
        parts.append(f"<section><h1>{html.escape(student)}</h1>")
        for question in questions:
            text = html.escape(texts.get(question.grade_id, "")[:MOST_TEXT])
            parts.append(f"<h2>{question.name} (of {question.points:g} points)</h2>")
            parts.append(f"<pre>{text}</pre>")
        parts.append("</section>")
    page = course.root / "report" / exercise.name / "written.html"
    courses.write(page, "\n".join([*parts, "</body></html>\n"]))
    printed = page.with_suffix(".pdf")
    return [page, *([printed] if _print(page, printed) else [])]


def _print(page: Path, target: Path) -> bool:
    """Whether a browser made a PDF; `GradingError` if one is there and fails."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return False
    with tempfile.TemporaryDirectory(prefix="lossbook-grade-") as profile:
        command = [browser, "--headless", "--disable-gpu", f"--user-data-dir={profile}"]
        command += ["--no-pdf-header-footer", f"--print-to-pdf={target}", page.as_uri()]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium does not start as root with it
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=PRINT_SECONDS)
        except subprocess.TimeoutExpired as problem:
            raise GradingError(f"{browser} did not print {page} in time") from problem
    if done.returncode or not target.exists():
        raise GradingError(f"{browser} could not print {page}; open it in a browser and print it")
    return True

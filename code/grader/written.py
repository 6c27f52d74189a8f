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
  h2 {{ margin-top: 2rem; break-after: avoid; }}
  section {{ break-before: page; }}
  pre {{ font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }}
  em {{ color: #555; }}
  @page {{ margin: 2cm; @bottom-right {{ content: counter(page) " / " counter(pages); }} }}
  @media print {{ body {{ margin: 0; max-width: none; }} }}
{pages}
</style></head><body>
"""
_PAGE = "  @page s{number} {{ @top-left {{ content: {name}; }} }} #s{number} {{ page: s{number}; }}"


def write(course: Course, exercise: Exercise) -> list[Path]:
    """Write `report/NAME/written.html`, and `written.pdf` if a browser is found; their paths.

    A first page has the points and rubrics; each student's answers begin a new page, and their
    name heads every page of theirs.
    """
    questions = [question for question in exercise.questions if question.written]
    if not questions:
        raise GradingError(f"{exercise.name} has no written question")
    blank = _texts(course.released(exercise.name))
    parts = [f"<h1>{html.escape(exercise.title)}</h1>"]
    for question in questions:
        parts.append(f"<h2>{question.name} ({question.points:g} points)</h2><ul>")
        parts += [f"<li>{html.escape(line)}</li>" for line in question.rubric]
        parts.append("</ul>")
    everyone = feedback.students(course, exercise.name)
    for number, student in enumerate(everyone):
        path = course.root / "autograded" / student / exercise.name / f"{exercise.name}.ipynb"
        texts = _texts(path)
        parts.append(f'<section id="s{number}"><h1>{html.escape(student)}</h1>')
        for question in questions:
            text = texts.get(question.grade_id, "").strip()
            parts.append(f"<h2>{question.name} (of {question.points:g} points)</h2>")
            if text in ("", feedback.disarmed(blank.get(question.grade_id, "")).strip()):
                parts.append("<p><em>no answer</em></p>")
                continue
            parts.append(f"<pre>{html.escape(text[:MOST_TEXT])}</pre>")
            if len(text) > MOST_TEXT:
                parts.append(f"<p><em>cut here, after {MOST_TEXT} characters</em></p>")
        parts.append("</section>")
    pages = (_PAGE.format(number=n, name=_quoted(name)) for n, name in enumerate(everyone))
    head = _HEAD.format(title=html.escape(exercise.title), pages="\n".join(pages))
    page = course.root / "report" / exercise.name / "written.html"
    courses.write(page, "\n".join([head, *parts, "</body></html>\n"]))
    printed = page.with_suffix(".pdf")
    return [page, *([printed] if _print(page, printed) else [])]


def _texts(path: Path) -> dict[str, str]:
    """The source of each cell that nbgrader knows, by its id."""
    cells = nbformat.read(path, as_version=4).cells
    return {c.metadata.get("nbgrader", {}).get("grade_id"): c.source for c in cells}


def _quoted(text: str) -> str:
    """A string in CSS, in which no character of `text` means anything."""
    return '"' + "".join(c if c.isalnum() else f"\\{ord(c):x} " for c in text) + '"'


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

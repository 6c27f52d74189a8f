"""Points in the tables that Canvas and Moodle import, and feedback in the layouts they take back.

- Canvas finds students by ID, else SIS User ID, else SIS Login ID, and the column by `Title (ID)`
  (`lib/gradebook_importer.rb`); it takes feedback back by the names of its own download.
- Moodle's grading worksheet goes back with its Grade column filled, its rows found by Identifier
  (`mod/assign/feedback/offline/importgradeslib.php`); its general import finds users by one field
  that the person who imports maps (`grade/import/csv/classes/load_data.php`), and one unknown user
  cancels all of it: so nobody is in ours who is not on the roster.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from grader import course as courses
from grader.course import Course
from grader.exercise import Exercise
from grader.roster import Roster

CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]


def write(
    folder: Path,
    exercise: Exercise,
    points: dict[str, float],
    most: float,
    roster: Roster | None,
    column: str,
) -> list[Path]:
    """Write the tables for the system that the roster is from, or for both; their paths."""
    system = roster.system if roster else ""
    within = {student: min(got, most) for student, got in points.items()}  # Moodle takes no more
    written = []
    if not system.startswith("moodle"):
        written.append(folder / "canvas.csv")
        _table(written[-1], _canvas(points, most, roster, column))
    if system == "moodle worksheet" and roster:
        written.append(folder / "moodle-worksheet.csv")
        _table(written[-1], _worksheet(within, roster))
    if system != "canvas":
        written.append(folder / "moodle.csv")
        _table(written[-1], _moodle(within, roster, column))
    return written


def pages(course: Course, assignment: str, back: dict[str, str], system: str) -> Path:
    """A zip file of everybody's feedback, as the system that the submissions are from takes it."""
    path = course.root / "feedback" / f"{assignment}-{system}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, name in sorted(back.items()):
            page = course.root / "feedback" / student / assignment / f"{assignment}.html"
            if page.exists():
                archive.write(page, f"{name}.html")
    return path


def _table(path: Path, rows: Iterable[list]) -> None:
    target = io.StringIO()
    csv.writer(target).writerows([[_harmless(field) for field in row] for row in rows])
    courses.write(path, target.getvalue())


def _harmless(field: object) -> object:
    """No text that a spreadsheet would take for a formula; a dash alone is none."""
    if field == "-":
        return field
    return f"'{field}" if isinstance(field, str) and field[:1] in tuple("=+-@\t\r") else field


def _canvas(
    points: dict[str, float], most: float, roster: Roster | None, column: str
) -> Iterable[list]:
    if roster is None or roster.system != "canvas":
        yield [*CANVAS, column]
        yield ["    Points Possible", "", "", "", "", most]
        for student, got in points.items():
            yield [student, "", "", student, "", got]
        return
    kept = [roster.header.index(name) for name in CANVAS if name in roster.header]
    yield [*(roster.header[at] for at in kept), column]
    yield ["    Points Possible", *[""] * (len(kept) - 1), most]
    for one in roster.students:
        row = roster.rows[one.id]
        yield [*(row[at] if at < len(row) else "" for at in kept), points.get(one.id, 0.0)]


def _worksheet(points: dict[str, float], roster: Roster) -> Iterable[list]:
    yield roster.header
    at = roster.header.index("Grade")
    for one in roster.students:
        row = [*roster.rows[one.id], *[""] * len(roster.header)][: len(roster.header)]
        row[at] = f"{points.get(one.id, 0.0):g}"
        yield row


def _moodle(points: dict[str, float], roster: Roster | None, column: str) -> Iterable[list]:
    if roster is None:
        yield ["username", column]
        yield from ([student, got] for student, got in points.items())
        return
    fields = (("username", "login"), ("email", "email"), ("idnumber", "sis"))
    for name, field in fields:
        if all(getattr(one, field) for one in roster.students):
            yield [name, column]
            for one in roster.students:
                yield [getattr(one, field), points.get(one.id, 0.0)]
            return
    yield ["username", column]

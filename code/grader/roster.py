"""Who is in the class, from a table that the instructor's own system exports.

Read are: Canvas's gradebook (Export), Moodle's grading worksheet (Download grading worksheet) or
list of participants, and a plain table with a column `student`. A table may also say when each
student handed in: that is the system's word, and no file name overrules it.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import parser as dates

from grader.errors import GradingError

COLUMNS = {
    "login": ("sis login id", "username", "login", "user name"),
    "number": ("id", "identifier", "user_id", "user id", "participant"),
    "name": ("student", "full name", "name", "sortable_name"),
    "email": ("email address", "email"),
    "sis": ("sis user id", "id number", "idnumber"),
    "when": ("last modified (submission)", "submitted_at", "submitted", "time", "timestamp"),
}
MOST_NAME = 80


@dataclass(frozen=True)
class Student:
    """One student: `id` here and in nbgrader; `number` is the system's own, in its file names."""

    id: str
    name: str = ""
    login: str = ""
    number: str = ""
    email: str = ""
    sis: str = ""
    when: datetime | None = None


@dataclass
class Roster:
    """The class, with the table as it was exported, to be given back filled in."""

    system: str
    students: list[Student]
    header: list[str] = field(default_factory=list)
    rows: dict[str, list[str]] = field(default_factory=dict)

    def by_number(self, number: str) -> Student | None:
        """Whose number of the system that is."""
        return next((one for one in self.students if one.number == number.lstrip("0")), None)

    def by_name(self, name: str) -> Student | None:
        """Whose login, address, number or id that is; two may share a name."""
        for one in self.students:
            keys = (one.id, one.login, one.email, one.number, one.sis)
            if name.casefold() in [key.casefold() for key in keys if key]:
                return one
        return None

    def when(self, student: str) -> datetime | None:
        """When they handed in, if the table says so."""
        return next((one.when for one in self.students if one.id == student), None)

    def add_times(self, other: "Roster") -> list[str]:
        """Take the times of another table; who is not on this one, told."""
        told, times = [], {}
        for one in other.students:
            keys = (one.number, one.login, one.email, one.sis, one.id)
            known = next((k for key in keys if key and (k := self.by_name(key))), None)
            if known:
                times[known.id] = one.when
            else:
                told.append(f"{one.id} has a time and is not on the roster")
        self.students = [
            Student(**{**vars(one), "when": times.get(one.id, one.when)}) for one in self.students
        ]
        return told


def student_id(name: str) -> str:
    """A name that is safe in paths, in nbgrader's patterns and in spreadsheets.

    What had to be changed or cut gets a few characters that keep it apart from its like.
    """
    name = unicodedata.normalize("NFC", name)
    safe = "".join(c if _harmless(c) else "_" for c in name).lstrip(".=+-@ ").rstrip(". ")
    if safe != name or not safe or len(safe.encode()) > MOST_NAME:
        while len(safe.encode()) > MOST_NAME - len("-0000"):
            safe = safe[:-1].rstrip(". ")
        mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:4]
        safe = f"{safe or 'unnamed'}-{mark}"
    return safe


def _harmless(character: str) -> bool:
    return character.isalnum() or character in "_.@+ -" or unicodedata.category(character)[0] == "M"


def canvas_name(name: str) -> str:
    """The name as Canvas writes it into file names (`sanitize_user_name`, `sanitize_file_name`)."""
    name = re.sub(r"_(\d+)_", r"\1", name).lower()
    return "".join(c for c in name if c.isalnum() or c == "_" or unicodedata.category(c)[0] == "M")


def read(path: Path, timezone: str = "") -> Roster:
    """The roster in a CSV file; `GradingError` says which line is wrong and why."""
    try:
        text = path.read_text("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        table = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise GradingError(f"the roster {path} cannot be read: {problem}") from problem
    if not table:
        raise GradingError(f"the roster {path} is empty")
    header = [name.strip() for name in table[0]]
    places = _places(header)
    if not {"login", "number", "name", "email"} & set(places):
        raise GradingError(
            f"{path}: no column names the students; one of Student, ID, SIS Login ID, Username, "
            "Identifier, Email address is needed"
        )
    system = _system(header)
    roster = Roster(system, [], header)
    for number, row in enumerate(table[1:], start=2):
        found = {kind: row[at].strip() for kind, at in places.items() if at < len(row)}
        if system == "canvas" and not found.get("number", "").isdigit():
            continue  # points possible, muted columns, and the test student without a number
        _add(roster, found, row, f"{path}, line {number}", timezone)
    return roster


def _places(header: Iterable[str]) -> dict[str, int]:
    lower = [name.casefold() for name in header]
    places: dict[str, int] = {}
    for kind, names in COLUMNS.items():
        for name in names:
            if kind not in places and name in lower:
                places[kind] = lower.index(name)
    if "first name" in lower and "name" not in places:
        places["name"] = lower.index("first name")
    return places


def _system(header: list[str]) -> str:
    if "SIS Login ID" in header or header[:2] == ["Student", "ID"]:
        return "canvas"
    if "Identifier" in header:
        return "moodle worksheet"
    return "moodle" if "Username" in header or "username" in header else "plain"


def _add(roster: Roster, found: dict[str, str], row: list[str], where: str, timezone: str) -> None:
    number = re.sub(r"^\D*", "", found.get("number", "")).lstrip("0")
    keys = (found.get("login"), found.get("email"), found.get("sis"), number, found.get("name"))
    first = next((key for key in keys if key), None)
    if first is None:
        raise GradingError(f"{where}: nothing in it says who it is")
    one = Student(
        id=student_id(first),
        name=found.get("name", ""),
        login=found.get("login", ""),
        number=number,
        email=found.get("email", ""),
        sis=found.get("sis", ""),
        when=_time(found.get("when", ""), where, timezone),
    )
    if one.id in roster.rows:
        raise GradingError(f"{where}: {first} is on the roster twice")
    roster.students.append(one)
    roster.rows[one.id] = row


def _time(text: str, where: str, timezone: str) -> datetime | None:
    """UTC without a zone; Moodle's "Wednesday, 10 June 2026, 2:14 PM" needs `timezone`."""
    if text in ("", "-"):
        return None
    try:
        when = dates.parse(text)
        numbers = not re.match(r"\d{4}", text)
        unclear = numbers and when != dates.parse(text, dayfirst=True)
    except (ValueError, OverflowError) as problem:
        raise GradingError(f"{where}: {text!r} is not a time that can be read") from problem
    if unclear:
        raise GradingError(f"{where}: {text!r} can be read in two ways; write 2026-01-31 14:00")
    if when.tzinfo is None:
        if not timezone:
            raise GradingError(f"{where}: {text!r} has no time zone; say which: --timezone")
        when = when.replace(tzinfo=zone(timezone))
    try:
        return when.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as problem:  # before year 1
        raise GradingError(f"{where}: {text!r} is not a time that can be read") from problem


def zone(name: str) -> ZoneInfo:
    """The time zone of that name; `GradingError` if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise GradingError(f"there is no time zone {name!r} (Europe/Berlin)") from problem

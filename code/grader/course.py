"""The instructor's folder, laid out as nbgrader lays it out, and what only the instructor knows."""

import contextlib
import glob
import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets.config import Config

from grader.errors import GradingError
from grader.roster import student_id


@dataclass(frozen=True)
class Policy:
    """Deadline and resubmission: `due` in UTC, ISO 8601, or "" for none.

    The first `late_days` days cost nothing; every day begun after that costs `penalty` of the
    assignment's points. Of several attempts the `keep` ("best" or "last") counts.
    """

    due: str = ""
    late_days: int = 0
    penalty: float = 0.1
    keep: str = "best"
    extensions: dict[str, str] = field(default_factory=dict)
    """Another deadline for single students."""

    def __post_init__(self) -> None:
        for due in filter(None, (self.due, *self.extensions.values())):
            deadline(due)
        if self.late_days < 0 or not 0 <= self.penalty <= 1:
            raise GradingError("late days must not be negative, and the penalty a day 0 to 1")
        if self.keep not in ("best", "last"):
            raise GradingError(f"keep the best or the last attempt, not {self.keep!r}")

    def told(self) -> str:
        """The policy in one sentence, for whoever sets it."""
        if not self.due:
            return f"no deadline; the {self.keep} attempt counts"
        days = "a day" if self.late_days == 1 else f"{self.late_days} days"
        free = f", {days} after it free" if self.late_days else ""
        return (
            f"due {deadline(self.due):%A, %d %B %Y, %H:%M} UTC{free}, then {self.penalty:.0%} of "
            f"the points a day begun; the {self.keep} attempt counts"
        )

    def lost(self, when: datetime | None, points: float, student: str = "") -> float:
        """Points that lateness costs an attempt that `student` handed in at `when` (UTC)."""
        due = self.extensions.get(student, self.due)
        if not due or when is None:
            return 0.0
        late = (when - deadline(due)).total_seconds() - 86_400 * self.late_days
        days_begun = max(-int(-late // 86_400), 0)
        return min(days_begun * self.penalty, 1.0) * points


def deadline(text: str) -> datetime:
    """A deadline as UTC without a zone; `GradingError` if it could be read in two ways."""
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text.strip()):
        raise GradingError(
            f"{text!r} is not a deadline that can be read in one way only; "
            "write year, month, day and time (2026-11-24T23:59Z, or +01:00 for a zone)"
        )
    return moment(text)


def moment(text: str) -> datetime:
    """A time as UTC without a zone, as nbgrader stores times; `GradingError` if it is none."""
    try:
        return parse_utc(text.strip())
    except Exception as problem:  # dateutil raises of several kinds
        raise GradingError(f"{text!r} is not a date and time (2026-11-24T23:59Z)") from problem


def _handed_in(gradebook: Gradebook, assignment: str, student: str) -> bool:
    try:
        gradebook.find_submission(assignment, student)
    except MissingEntry:
        return False
    return True


def write(path: Path, text: str) -> None:
    """Write a file of the course, whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class Course:
    """`source/`, `release/`, `autograded/`, `feedback/`, `gradebook.db` as nbgrader has them.

    Beside them `outcomes/` (one file an attempt) and `instructor.json`: the secret from which the
    hidden inputs are drawn, and each assignment's policy. Keep both from students.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.db_url = f"sqlite:///{self.root / 'gradebook.db'}"

    @property
    def _settings(self) -> Path:
        return self.root / "instructor.json"

    def _read(self) -> dict[str, Any]:
        if self._settings.exists():
            return json.loads(self._settings.read_text("utf-8"))
        return {"secret": secrets.token_hex(32), "policies": {}}

    def create(self) -> None:
        """Make the folder and its secret, once; nobody else of this machine may look into it."""
        if self.root.exists():
            os.chmod(self.root, self.root.stat().st_mode & 0o770)
        else:
            self.root.mkdir(parents=True, mode=0o700)
        if not self._settings.exists():
            self._write(self._read())

    @contextlib.contextmanager
    def draft(self) -> Iterator["Course"]:
        """An empty course with the same secret, for what may fail; it is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="lossbook-grade-") as folder:
            draft = Course(Path(folder) / "course")
            draft.create()
            draft._write({"secret": self._read()["secret"], "policies": {}})
            yield draft

    def _write(self, settings: dict[str, Any]) -> None:
        write(self._settings, json.dumps(settings, indent=1))

    @property
    def secret(self) -> bytes:
        """The seed of all hidden inputs."""
        return bytes.fromhex(self._read()["secret"])

    def policy(self, assignment: str) -> Policy:
        """What was set at release."""
        return Policy(**self._read()["policies"].get(assignment, {}))

    def set_policy(self, assignment: str, policy: Policy) -> None:
        """Remember the deadline and the rest."""
        settings = self._read()
        settings["policies"][assignment] = asdict(policy)
        self._write(settings)

    def extend(self, assignment: str, student: str, due: str) -> None:
        """Give one student another deadline, or the common one again if `due` is ""."""
        policy, student = self.policy(assignment), student_id(student)
        others = {name: date for name, date in policy.extensions.items() if name != student}
        given = {**others, student: due} if due else others
        self.set_policy(assignment, replace(policy, extensions=given))

    def released(self, assignment: str) -> Path:
        """The notebook as released; `GradingError` if it was not.

        It is kept apart from `release/`, which nbgrader's "Generate" writes anew without our stamp;
        what that has overwritten is put back.
        """
        kept = self.root / "released" / f"{assignment}.ipynb"
        path = self.root / "release" / assignment / f"{assignment}.ipynb"
        if not kept.exists() and path.exists() and '"lossbook"' in path.read_text("utf-8"):
            write(kept, path.read_text("utf-8"))  # released before there was a copy
        if not kept.exists():
            raise GradingError(
                f"{assignment} has not been released in {self.root}: "
                f"run lossbook-grade release {assignment}"
            )
        if not path.exists() or path.read_bytes() != kept.read_bytes():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            shutil.copyfile(kept, path)
        return path

    def remove(self, assignment: str, student: str) -> None:
        """Forget everything that this student handed in for the assignment."""
        student = student_id(student)  # "" or ".." would be everybody's folder
        found = [self.root / "autograded" / student / assignment]
        found.append(self.root / "feedback" / student / assignment)
        found += (self.root / "outcomes" / assignment).glob(f"*/{glob.escape(student)}")
        with self.gradebook() as gradebook:
            known = student in [one.id for one in gradebook.students]
            if not known and not any(map(Path.exists, found)):
                raise GradingError(f"{assignment} has no submission of {student}")
            if known:
                with contextlib.suppress(MissingEntry):
                    gradebook.remove_submission(assignment, student)
                rest = [a for a in gradebook.assignments if _handed_in(gradebook, a.name, student)]
                if not rest:
                    gradebook.remove_student(student)
        for folder in found:
            shutil.rmtree(folder, ignore_errors=True)

    def outcomes(self, assignment: str, checks: str | None = None) -> Path:
        """Where outcomes are kept: those of the last run, or of these `checks` from now on.

        Another release or other hidden checks are another folder: their marks do not mix.
        """
        settings = self._read()
        current = settings.setdefault("checks", {})
        if checks is not None and current.get(assignment) != checks:
            current[assignment] = checks
            self._write(settings)
        return self.root / "outcomes" / assignment / current.get(assignment, "none")

    def directory(self, assignment: str) -> CourseDirectory:
        """The same folder for nbgrader's own tools."""
        config = Config()
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.db_url = self.db_url
        config.CourseDirectory.assignment_id = assignment
        return CourseDirectory(config=config)

    def gradebook(self) -> Gradebook:
        """nbgrader's gradebook; use it as a context manager."""
        return Gradebook(self.db_url)

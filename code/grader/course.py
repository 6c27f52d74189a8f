"""The instructor's folder, laid out as nbgrader lays it out, and what only the instructor knows."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets.config import Config

from grader.errors import GradingError


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

    def __post_init__(self) -> None:
        if self.due:
            moment(self.due)
        if self.late_days < 0 or not 0 <= self.penalty <= 1:
            raise GradingError("late days must not be negative, and the penalty a day 0 to 1")
        if self.keep not in ("best", "last"):
            raise GradingError(f"keep the best or the last attempt, not {self.keep!r}")

    def lost(self, when: datetime | None, points: float) -> float:
        """Points that lateness costs an attempt handed in at `when` (UTC)."""
        if not self.due or when is None:
            return 0.0
        late = (when - moment(self.due)).total_seconds() - 86_400 * self.late_days
        days_begun = max(-int(-late // 86_400), 0)
        return min(days_begun * self.penalty, 1.0) * points


def moment(text: str) -> datetime:
    """A time as UTC without a zone, as nbgrader stores times; `GradingError` if it is none."""
    try:
        return parse_utc(text.strip())
    except Exception as problem:  # dateutil raises of several kinds
        raise GradingError(f"{text!r} is not a date and time (2026-11-24T23:59Z)") from problem


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
        """Make the folder and its secret, once."""
        self.root.mkdir(parents=True, exist_ok=True)
        if not self._settings.exists():
            self._write(self._read())

    def _write(self, settings: dict[str, Any]) -> None:
        handle = os.open(self._settings, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(settings, file, indent=1)

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

    def released(self, assignment: str) -> Path:
        """The notebook as released; `GradingError` if it was not."""
        path = self.root / "release" / assignment / f"{assignment}.ipynb"
        if not path.exists():
            raise GradingError(
                f"{assignment} has not been released in {self.root}: "
                f"run lossbook-grade release {assignment}"
            )
        return path

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

"""What grading an attempt gave: plain data, one JSON file an attempt, written in one step."""

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass
class Mark:
    """One question's points by its hidden checks; `said` has a word for each check."""

    question: str
    points: float
    most: float
    said: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """One attempt's marks, its executed notebook, and why a person should look, if so.

    `problem` is what stopped the grading, for the student too; what was not reached has no points.
    """

    student: str
    assignment: str
    key: str
    when: str
    marks: list[Mark]
    notebook: dict[str, Any]
    problem: str | None = None
    look: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def points(self) -> float:
        """The sum over questions, before lateness."""
        return sum(mark.points for mark in self.marks)

    @property
    def moment(self) -> datetime:
        """When it was handed in, UTC."""
        return datetime.fromisoformat(self.when)

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
        os.replace(temporary, path)


def read(path: Path) -> Outcome:
    """The outcome that `write` wrote."""
    data = json.loads(path.read_text("utf-8"))
    data["marks"] = [Mark(**mark) for mark in data["marks"]]
    return Outcome(**data)

"""What grading an attempt gave: plain data, two files an attempt, each written in one step.

`KEY.json` has the marks; `KEY.notebook` the notebook as it ran, which is read only where it is
wanted: a class of thousands fits into memory.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from grader import course


@dataclass
class Mark:
    """One question's points by its hidden checks; `said` has a word for each check."""

    question: str
    points: float
    most: float
    said: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    """The instructor's own words for checks that failed."""
    extra: bool = False


@dataclass
class Outcome:
    """One attempt's marks, and why a person should look, if so.

    `problem` is what stopped the grading, for the student too; what was not reached has no points.
    """

    student: str
    assignment: str
    key: str
    when: str
    marks: list[Mark]
    problem: str | None = None
    look: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    ran: dict[str, Any] | None = None
    path: Path | None = None
    content: str = ""
    """The same for the same files, whenever they were handed in."""
    stated: bool = True
    """Whether its time was somebody's word, not that of a file."""

    @property
    def points(self) -> float:
        """The sum over questions, before lateness."""
        return sum(mark.points for mark in self.marks)

    @property
    def moment(self) -> datetime:
        """When it was handed in, UTC."""
        return datetime.fromisoformat(self.when)

    @property
    def notebook(self) -> dict[str, Any]:
        """The notebook as it ran; read again each time, so that nobody keeps a class of them."""
        if self.ran is not None:
            return self.ran
        assert self.path is not None
        return json.loads(self.path.with_suffix(".notebook").read_text("utf-8"))

    def write(self, path: Path) -> None:
        """Write both files, the marks last: where they are, everything is."""
        course.write(path.with_suffix(".notebook"), json.dumps(self.notebook))
        kept = asdict(replace(self, ran=None, path=None))
        course.write(path, json.dumps({k: v for k, v in kept.items() if k not in ("ran", "path")}))


def read(path: Path) -> Outcome:
    """The outcome that `write` wrote."""
    data = json.loads(path.read_text("utf-8"))
    data["marks"] = [Mark(**mark) for mark in data["marks"]]
    # Before the notebook had a file of its own it stood here.
    return Outcome(
        **{k: v for k, v in data.items() if k != "notebook"}, ran=data.get("notebook"), path=path
    )

"""A released exercise in a folder of its own, graded as who runs the tests or as another user."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import cases
import pytest
from grader import batch
from grader.course import Course
from grader.sandbox import bubble
from ordinary import as_nobody

AS_WHOM = ["self", pytest.param("nobody", marks=pytest.mark.skipif(os.geteuid() != 0, reason="no"))]
CLUSTER = """
import sys
from distributed import LocalCluster
from grader import cli
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0",
                      silence_logs=50) as cluster:
        before = {worker.pid for worker in cluster.workers.values()}
        code = cli.main([*sys.argv[1:], "--dask", cluster.scheduler_address])
        assert {worker.pid for worker in cluster.workers.values()} == before, "a worker is gone"
    sys.exit(code)
"""
"""A program that grades through two Dask workers and fails if one of them is lost."""


@dataclass
class Place:
    """A course of one released exercise in a folder that whoever grades may write to."""

    root: Path
    nobody: bool

    @property
    def course(self) -> Course:
        """The course; read it only after the grading."""
        return Course(self.root / "course")

    def hand_in(self, *given: cases.Case) -> None:
        """Write these submissions."""
        released = json.loads(self.course.released("02_likelihood").read_text())
        for case in given:
            case.hand_in(self.root / "submissions", released)

    def arguments(self, *options: str) -> list[str]:
        """What `lossbook-grade` is called with to grade them."""
        words = ["--course", str(self.root / "course")]
        words += ["--exercises", str(self.root / "exercises"), "run", "02_likelihood"]
        return [*words, str(self.root / "submissions"), "--cell-seconds", "3", *options]

    def command(self, *options: str) -> list[str]:
        """The command line that grades them."""
        words = ["-m", "grader.cli", *self.arguments("--jobs", "2", *options)]
        return self.as_whom([sys.executable, *words])

    def as_whom(self, words: list[str]) -> list[str]:
        """The command as whoever grades here."""
        if not self.nobody:
            return words
        for path in [self.root, *self.root.rglob("*")]:
            os.chown(path, 65534, 65534)
        return as_nobody(words, [*bubble.readable(), self.root])

    def environment(self) -> dict[str, str]:
        """What the grader needs of ours."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "TMPDIR": str(self.root),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }

    def run(
        self, *options: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Grade in a session of its own, so that signals to "the group" stay with the grader."""
        return self.start(self.command(*options), environment or {})

    def start(
        self, command: list[str], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            command,
            env={**self.environment(), **environment},
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            timeout=600,
        )

    def points(self) -> dict[str, float]:
        """Each student's, by hidden checks."""
        found = batch.read_all(self.course.outcomes("02_likelihood"))
        return {student: results[-1].points for student, results in found.items()}

    def printed(self, student: str) -> str:
        """What the student's cells wrote."""
        (result,) = batch.read_all(self.course.outcomes("02_likelihood"))[student]
        cells = result.notebook["cells"]
        return "".join(o.get("text", "") for cell in cells for o in cell.get("outputs", []))


def right(name: str, *before: str) -> cases.Case:
    return cases.Case(name, cases.NLL, cases.FIT, list(before))

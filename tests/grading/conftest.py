"""One course, graded once: every example submission in one batch, then each looked up."""

import contextlib
import csv
import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from grader import batch, cli
from grader.course import Course
from grader.outcome import Outcome

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXERCISES = ROOT / "chapters" / "exercises"
sys.path.insert(0, str(HERE))

from places import AS_WHOM, Place  # noqa: E402


@dataclass(frozen=True)
class Expected:
    """One row of expected.csv: points by question, before lateness, and after it in all."""

    name: str
    nll: float
    fit: float
    net: float
    look: str


def expected() -> list[Expected]:
    with (HERE / "expected.csv").open(encoding="utf-8", newline="") as file:
        return [
            Expected(r["name"], float(r["nll"]), float(r["fit"]), float(r["net"]), r["look"])
            for r in csv.DictReader(file)
        ]


@dataclass
class Graded:
    """The course after the batch, and what the batch said."""

    root: Path
    submissions: Path
    course: Course
    outcomes: dict[str, list[Outcome]]
    visitors: list[str]
    code: int


def grade(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


@contextlib.contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    """Loopback and an abstract Unix socket that nobody in a sandbox must reach."""
    visitors: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("\0lossbook-test")
        unix.listen()

        def accept(server: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while True:
                    server.accept()[0].close()
                    visitors.append("somebody")

        for server in (tcp, unix):
            threading.Thread(target=accept, args=(server,), daemon=True).start()
        yield tcp.getsockname()[1], visitors
        for server in (tcp, unix):
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    import cases
    import hostile

    root = tmp_path_factory.mktemp("course")
    course, submissions = Course(root / "course"), root / "submissions"
    common = ("--course", course.root, "--exercises", EXERCISES)
    released = (*common, "release", "02_likelihood", "--due", cases.DUE, "--late-days", 1)
    assert grade(*released) == 0
    with listening() as (port, visitors):
        for case in hostile.READING:
            case.nll = case.nll and case.nll.replace("PORT", str(port))
        cases.everything(submissions, course.released("02_likelihood"))
        limits = ("--cell-seconds", 2, "--total-seconds", 30, "--memory", 512)
        code = grade(
            *common,
            "run",
            "02_likelihood",
            submissions,
            *limits,
            "--jobs",
            2 * (os.cpu_count() or 1),
        )
    outcomes = batch.read_all(course.outcomes("02_likelihood"))
    return Graded(root, submissions, course, outcomes, visitors, code)


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one exercise released and nothing handed in."""
    course = tmp_path_factory.mktemp("untouched") / "course"
    assert grade("--course", course, "--exercises", EXERCISES, "release", "02_likelihood") == 0
    return course


@pytest.fixture(params=AS_WHOM)
def place(request, untouched: Path, tmp_path: Path) -> Place:
    """A copy of it, graded as who runs the tests, and as an ordinary user."""
    root = tmp_path / "graded"
    shutil.copytree(untouched, root / "course")
    shutil.copytree(EXERCISES, root / "exercises")
    return Place(root, request.param == "nobody")

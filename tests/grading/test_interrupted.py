"""Ctrl-C ends a command and all that it started; the same command goes on from there."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from test_workflow import RIGHT, Class

STUDENTS, PAGES = 6, 20
"""So many that some are left to do when the first is seen to be done."""
SLOW = f"import time\ntime.sleep(3)\n{RIGHT}"
ENDLESS = f"import time\ntime.sleep(600)\n{RIGHT}"
"""Within its limits, but longer than any wait here: only what is ended from outside ends."""


@pytest.fixture
def rates(tmp_path) -> Class:
    made = Class(tmp_path)
    (tmp_path / "temporary").mkdir()
    assert made.command("release", "rates", "--untried") == 0
    for number in range(STUDENTS):
        made.hand_in(f"s{number}", "2026-01-09T12:00Z", SLOW)
    return made


def start(rates: Class, *words: object) -> subprocess.Popen[str]:
    """In a group of its own: a terminal sends its signals to the whole group."""
    common = ["--course", rates.course.root, "--exercises", rates.exercises, *words]
    # Where the tests run in the background, they and what they start ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "grader.cli", *map(str, common)],
            env={**os.environ, "TMPDIR": str(rates.root / "temporary")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """All that it has started and that runs now."""
    found = []
    for one in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # it may end at any moment
            if one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


def warm(process: subprocess.Popen[str]) -> set[int]:
    """The processes from which runs are forked, without the forks."""
    found = set()
    for one in psutil.Process(process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "zygote" in str(one.cmdline()):
                found.add(one.pid)
    return found


def interrupt(process: subprocess.Popen[str], when: Callable[[], object]) -> str:
    """What it said; nothing that it started may be left."""
    end = time.monotonic() + 600
    started: set[psutil.Process] = set()
    while not when() and time.monotonic() < end:
        started.update(children(process))
        time.sleep(0.02)
    started.update(children(process))
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    try:
        said = process.communicate(timeout=400)[1]
    finally:
        process.kill()
    assert process.returncode == 130, said
    assert started
    _, left = psutil.wait_procs(started, timeout=100)
    assert left == []
    return said


def _count(folder: Path, pattern: str) -> int:
    return len(list(folder.glob(pattern)))


@pytest.mark.parametrize("moment", ["preparing", "running"])
def test_a_run(rates, moment):
    words = ("run", "rates", rates.root / "submissions", "--jobs", 2)
    graded = lambda: _count(rates.course.root, "outcomes/*/*/*/*.json")  # noqa: E731
    process = start(rates, *words)
    if moment == "running":
        said = interrupt(process, lambda: graded() > 0)
        assert 0 < graded() < STUDENTS
    else:
        said = interrupt(process, lambda: warm(process))
        assert graded() == 0
    assert said.splitlines()[-1] == "stopped; the same command goes on from here"
    assert "Traceback" not in said
    assert list((rates.root / "temporary").iterdir()) == []
    before = graded()
    told, _ = (again := start(rates, *words)).communicate(timeout=600)
    assert again.returncode == 0
    assert f"{STUDENTS - before} attempts graded, {before} graded before" in told


@pytest.mark.parametrize("moment", ["starting", "running"])
def test_a_run_of_answers_that_take_minutes(tmp_path, moment):
    (made := Class(tmp_path)).command("release", "rates", "--untried")
    (tmp_path / "temporary").mkdir()
    for number in range(STUDENTS):
        answer = RIGHT if number == 0 and moment == "running" else ENDLESS
        made.hand_in(f"s{number}", "2026-01-09T12:00Z", answer)
    words = ("run", "rates", made.root / "submissions", "--jobs", 2)
    process = start(made, *words, "--cell-seconds", 900, "--total-seconds", 1800)

    def starting() -> bool:
        """The reference solution has run, and the first answers follow."""
        return "checks" in json.loads((made.course.root / "instructor.json").read_text())

    graded = lambda: _count(made.course.root, "outcomes/*/*/*/*.json")  # noqa: E731
    said = interrupt(process, starting if moment == "starting" else lambda: graded() > 0)
    assert said.splitlines()[-1] == "stopped; the same command goes on from here"
    assert "Traceback" not in said
    assert graded() == (moment == "running")
    assert list((tmp_path / "temporary").iterdir()) == []


def test_feedback(tmp_path):
    rates = Class(tmp_path)
    (tmp_path / "temporary").mkdir()
    assert rates.command("release", "rates", "--untried") == 0
    for number in range(PAGES):
        rates.hand_in(f"s{number}", "2026-01-09T12:00Z", RIGHT)
    assert rates.run() == 0
    pages = lambda: _count(rates.course.root, "feedback/*/*/*.html")  # noqa: E731
    said = interrupt(start(rates, "feedback", "rates"), lambda: pages() > 0)
    assert said.splitlines()[-1] == "stopped; the same command goes on from here"
    assert pages() < PAGES
    written = [p.read_text() for p in (rates.course.root / "feedback").glob("*/*/*.html")]
    assert not [page for page in written if "shows plain text" in page]

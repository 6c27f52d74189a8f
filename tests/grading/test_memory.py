"""Memory of the grader itself: it grows neither with the class nor with what one student sends."""

import copy
import json
import socket
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from conftest import EXERCISES, grade
from grader import batch, exercise, intake, layouts, marking, record, report
from grader.course import Course
from grader.outcome import Mark, Outcome
from grader.sandbox import channel
from grader.sandbox.host import Run
from grader.sandbox.limits import Limits

NAME = "02_likelihood"
PRINTED = 2 << 20
"""Characters that each notebook has printed; a run may print sixteen MiB."""


def _given(course: Course, number: int) -> None:
    """Outcomes of so many students, as `run` leaves them."""
    released = json.loads(course.released(NAME).read_text("utf-8"))
    checks = [q for q in exercise.read(EXERCISES / f"{NAME}.md").questions if not q.written]
    for index in range(number):
        notebook = copy.deepcopy(released)
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
        shown = {"output_type": "stream", "name": "stdout", "text": str(index % 10) * PRINTED}
        notebook["cells"][0] = {
            **{"cell_type": "code", "id": "printed", "metadata": {}, "execution_count": None},
            **{"source": "print('much')", "outputs": [shown]},
        }
        marks = [Mark(q.name, q.points, q.points) for q in checks]
        when = "2026-01-09T12:00:00+00:00"
        result = Outcome(f"s{index}", NAME, f"key{index}", when, marks, ran=notebook)
        result.write(course.outcomes(NAME, "checks") / f"s{index}" / f"key{index}.json")


def _peak(root: Path, number: int) -> int:
    """Bytes at most, while their points are written down and the report is made."""
    course = Course(root / "course")
    common = ("--course", course.root, "--exercises", EXERCISES)
    assert grade(*common, "release", NAME, "--untried") == 0
    _given(course, number)
    found = exercise.read(EXERCISES / f"{NAME}.md")
    tracemalloc.start()
    try:
        students = batch.read_all(course.outcomes(NAME, "checks"))
        assert record.record(course, NAME, students) == {}
        report.report(course, found, students)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_one_notebook_at_a_time_is_in_memory(tmp_path):
    _peak(tmp_path / "first", 1)  # what is imported on the way is not counted
    few, many = (_peak(tmp_path / str(number), number) for number in (2, 20))
    assert len(list(tmp_path.glob("20/course/autograded/*/*/*.ipynb"))) == 20
    grown = many - few
    assert grown < 4 * PRINTED, f"{grown >> 20} MiB for 18 notebooks of {PRINTED >> 20} MiB more"


DATA = 8 << 20
"""Bytes that each student hands in beside the notebook."""


def test_a_batch_has_in_memory_only_what_runs(tmp_path, untouched, monkeypatch):
    released = untouched / "released" / f"{NAME}.ipynb"
    for number in range(12):
        folder = tmp_path / "submissions" / f"s{number}"
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_bytes(released.read_bytes())
        (folder / "data.csv").write_bytes(b"0" * DATA)

    def run(*_: object) -> Run:
        time.sleep(0.2)
        return Run(problem="it was not run")

    monkeypatch.setattr(batch, "run_anywhere", run)
    found, plan = exercise.read(EXERCISES / f"{NAME}.md"), marking.Plan((), ())
    notebook = nbformat.read(released, as_version=4)
    prepared = marking.Prepared(found, notebook, (plan,), "key", b"salt")
    monkeypatch.setattr(marking, "marks", lambda *_: [Mark("nll", 0, 3), Mark("fit", 0, 4)])
    entries = layouts.find(tmp_path / "submissions").entries
    with ThreadPoolExecutor(1) as pool:

        def work() -> None:
            where = batch.Where(pool, 3)
            tally = batch.grade(prepared, entries, tmp_path / "outcomes", (Limits(), True), where)
            assert tally.graded == len(entries) == 12

        assert _grown(work) < 8 * DATA


MANY = {"dicts": b"{},", "lists": b"[],", "texts": '"\u00e91",'.encode(), "numbers": b"1234,"}
"""Each has many objects in a few bytes."""
MOST = 6
"""Bytes in memory for each byte of it; some 25 without a limit."""


def _grown(work) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", MANY)
def test_a_frame_of_many_small_parts_is_not_taken_apart(kind):
    body = b"[" + MANY[kind] * ((12 << 20) // len(MANY[kind])) + b"0]"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=channel.send_body, args=(theirs, body))
        sender.start()

        def read() -> None:
            with pytest.raises(channel.TooMuch):
                channel.Reader(ours, 16 << 20).frame(time.monotonic() + 100)

        grown = _grown(read)
        sender.join()
    assert grown < MOST * len(body)


@pytest.mark.parametrize("kind", MANY)
def test_a_notebook_of_many_small_parts_is_refused(kind):
    body = b'{"cells": [' + MANY[kind] * ((30 << 20) // len(MANY[kind])) + b"0]}"
    attempt = intake.Attempt("anna", datetime.now(UTC), {f"{NAME}.ipynb": body})

    def read() -> None:
        with pytest.raises(intake.Refused, match=rf"{NAME}.ipynb has more than 4000000 lists"):
            intake.choose(attempt, NAME)

    assert _grown(read) < MOST * len(body)


def test_the_largest_output_of_a_cell_is_taken():
    """As much as the runner keeps of a cell's outputs, all of it brackets."""
    much = [{"output_type": "display_data", "data": {"text/plain": "[" * 20_000}}] * 20
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["[" * 20_000] * 40}
    text = {"output_type": "stream", "name": "stdout", "text": "[" * 20_000}
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sent = {"cell": 0, "outputs": [text, {**text, "name": "stderr"}, *much, error]}
        sender = threading.Thread(target=channel.send, args=(theirs, sent))
        sender.start()
        assert channel.Reader(ours, 16 << 20).frame(time.monotonic() + 100) == sent
        sender.join()

"""What the gradebook and the report take of memory does not grow with the class."""

import copy
import json
import tracemalloc
from pathlib import Path

from conftest import EXERCISES, grade
from grader import batch, exercise, record, report
from grader.course import Course
from grader.outcome import Mark, Outcome

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

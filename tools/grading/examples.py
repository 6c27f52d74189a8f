"""`make grade-demo`: write the example submissions, and hold a report against what they must get.

    python tools/grading/examples.py FOLDER RELEASED.ipynb
    python tools/grading/examples.py --compare MOODLE.csv

The submissions and `expected.csv` are those of the grader's tests.
"""

import csv
import sys
from pathlib import Path

from grader.roster import student_id

TESTS = Path(__file__).resolve().parents[2] / "tests" / "grading"
sys.path.insert(0, str(TESTS))

import cases  # noqa: E402


def compare(report: Path) -> str | None:
    """Say how many students have the points of `expected.csv`; who has not, if anybody."""
    with (TESTS / "expected.csv").open(encoding="utf-8", newline="") as file:
        wanted = {student_id(row["name"]): float(row["net"]) for row in csv.DictReader(file)}
    with report.open(encoding="utf-8", newline="") as file:
        found = {name: float(points) for name, points in list(csv.reader(file))[1:]}
    wrong = [n for n in {**wanted, **found} if wanted.get(n) != found.get(n)]
    print(f"{len(wanted) - len(wrong)} of {len(wanted)} students have what expected.csv says")
    told = [f"{n}: {found.get(n)} points, not {wanted.get(n)}" for n in wrong]
    return "\n".join(told) or None


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        sys.exit(compare(Path(sys.argv[2])))
    cases.everything(Path(sys.argv[1]), Path(sys.argv[2]))

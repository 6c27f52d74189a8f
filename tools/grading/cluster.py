"""A class through two Dask workers, as an ordinary user: `python tools/grading/cluster.py [1000]`.

Right, half right and blank answers in turn, and every hundredth student ends, stops or interrupts
every process that it can reach. The marks must be right and both workers must live; told are the
seconds, the submissions a minute, the peak memory of everything together, and that of the process
of the grader and the scheduler in each quarter of the time: it should not grow with the class.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "grading"))

import cases  # noqa: E402
import numpy as np  # noqa: E402
from places import CLUSTER, Place, right  # noqa: E402
from ways import SIGNALS  # noqa: E402

import bench  # noqa: E402

ANSWERS = [
    (cases.NLL, cases.FIT, 7.0),
    (cases.NLL, None, 3.0),
    (None, cases.FIT, 4.0),
    (None, None, 0.0),
]
ATTACK_EVERY = 100


def class_of(number: int) -> tuple[list[cases.Case], dict[str, float]]:
    """The submissions, and the points that each of the harmless ones must get."""
    attacks = cycle(SIGNALS.items())
    given, expected = [], {}
    for index in range(number):
        name = f"s{index:05}"
        if index % ATTACK_EVERY == ATTACK_EVERY // 2:
            kind, source = next(attacks)
            given.append(right(f"{name}_{kind}", source))
            continue
        nll, fit, points = ANSWERS[index % len(ANSWERS)]
        given.append(cases.Case(name, nll, fit))
        expected[name] = points
    return given, expected


def main() -> int:
    """0 if all marks are right and no worker was lost."""
    number = int((sys.argv[1:] or ["1000"])[0])
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "graded", nobody=os.geteuid() == 0)
        place.root.mkdir()
        Path(folder).chmod(0o755)
        shutil.copytree(ROOT / "chapters" / "exercises", place.root / "exercises")
        words = [sys.executable, "-m", "grader.cli", "--course", str(place.course.root)]
        words += ["--exercises", str(place.root / "exercises"), "release", "02_likelihood"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        given, expected = class_of(number)
        place.hand_in(*given)
        program = place.root / "cluster.py"
        program.write_text(CLUSTER)
        words = [sys.executable, str(program), *place.arguments("--total-seconds", "20")]
        os.environ.update(place.environment())
        found = bench.measured(place.as_whom(words), place.root)
        points = place.points()
        wrong = {name: points.get(name) for name, p in expected.items() if points.get(name) != p}
    print(f"{len(points)} of {number} graded, {len(wrong)} marks wrong, no worker lost")
    print(f"marks: {dict(sorted(Counter(points.values()).items()))}")
    print(f"{found.seconds:.0f} s, {60 * number / found.seconds:.0f} a minute")
    quarters = np.array_split(found.own, 4)
    each = ", ".join(f"{quarter.max(initial=0):.0f}" for quarter in quarters)
    print(f"at most {found.peak:.0f} MiB; grader and scheduler, by quarters: {each} MiB")
    for name, mark in wrong.items():
        print(f"wrong: {name} has {mark}, not {expected[name]}")
    return int(bool(wrong) or len(points) != number)


if __name__ == "__main__":
    sys.exit(main())

"""Seconds a submission and peak memory: `lossbook-grade run` against `nbgrader autograde`.

The same submissions, in one run, for 02_likelihood with and without TensorFlow imported in the
notebook. `python tools/grading/bench.py [NUMBER …]`: how many submissions (default 10 100).
nbgrader runs its own way: no sandbox, the hidden checks as asserts inside the student's kernel.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "grading"))

import cases  # noqa: E402

EXERCISE = Path("chapters") / "exercises" / "02_likelihood.md"
BIN = Path(sys.executable).parent
RIGHT = 7.0
"""The points of right code in it; the written answer is left blank."""
MOST_NBGRADER = 100
"""More of nbgrader's own runs would take hours; its time a notebook does not change."""


@dataclass
class Measured:
    """Seconds, and memory in MiB: of all that was started, and of the command's own Python."""

    seconds: float = 0.0
    peak: float = 0.0
    own: list[float] = field(default_factory=list)
    """Four times a second."""


def measured(
    command: list[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Measured:
    """Run the command; `SystemExit` with what it said if it fails."""
    environment = environment or _environment(BIN)
    began, found = time.monotonic(), Measured()
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)

        def watch() -> None:
            while process.poll() is None:
                used = list(_memory(process.pid))
                found.peak = max(found.peak, sum(mib for _, mib in used))
                # As another user it runs below two programs that make it so.
                found.own.append(next((mib for name, mib in used if "python" in name), 0.0))
                time.sleep(0.25)

        thread = threading.Thread(target=watch)
        thread.start()
        code = process.wait()
        thread.join()
    if code:
        raise SystemExit((folder / "log").read_text()[-3000:])
    found.seconds = time.monotonic() - began
    return found


def _environment(programs: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def _memory(pid: int) -> Iterator[tuple[str, float]]:
    """Name and MiB of a process and of each that it started, parents first."""
    with contextlib.suppress(psutil.Error):
        first = psutil.Process(pid)
        for one in [first, *first.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):  # it has ended
                yield one.name(), one.memory_full_info().pss / 2**20


def ours(folder: Path, number: int, tensorflow: bool = False, tree: Path = ROOT) -> Measured:
    """A class graded by the grader of a checkout: this one, or another with its environment."""
    exercises = folder / "exercises"
    exercises.mkdir()
    text = (tree / EXERCISE).read_text("utf-8")
    if tensorflow:
        text = text.replace("imports: [numpy]", "imports: [tensorflow]")
    (exercises / EXERCISE.name).write_text(text, "utf-8")
    own = BIN if tree == ROOT else tree / ".venv" / "bin"
    command = [str(own / "lossbook-grade"), "--course", "course", "--exercises", str(exercises)]
    environment = _environment(own)
    if tree != ROOT:
        environment.pop("PYTHONPATH", None)
    release = [*command, "release", "02_likelihood"]
    subprocess.run(release, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    released = folder / "course/release/02_likelihood/02_likelihood.ipynb"
    hand_in(folder / "submissions", json.loads(released.read_text()), number, tensorflow)
    found = measured([*command, "run", "02_likelihood", "submissions"], folder, environment)
    marks = [json.loads(path.read_text()) for path in folder.glob("course/outcomes/**/*.json")]
    points = [sum(mark["points"] for mark in each["marks"]) for each in marks]
    if points != [RIGHT] * number:
        raise SystemExit(f"{len(points)} of {number} graded, with {sorted(set(points))} points")
    return found


def theirs(folder: Path, number: int, tensorflow: bool) -> Measured:
    """A course of nbgrader's own with the same cells, and asserts for hidden checks."""
    import nbformat
    from grader import exercise

    found = exercise.read(ROOT / EXERCISE)
    notebook = found.notebook
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "fit-check":
            cell.source = (
                exercise.visible(cell.source) + "\nassert fit(np.arange(5.0)).shape == (2,)"
            )
    source = folder / "source" / "02_likelihood"
    source.mkdir(parents=True)
    nbformat.write(notebook, source / "02_likelihood.ipynb")
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    nbgrader = str(BIN / "nbgrader")
    measured([nbgrader, "generate_assignment", "02_likelihood"], folder)
    released = folder / "release/02_likelihood/02_likelihood.ipynb"
    hand_in(folder / "submitted", json.loads(released.read_text()), number, tensorflow, deep=True)
    return measured([nbgrader, "autograde", "02_likelihood"], folder)


def hand_in(
    folder: Path, released: dict, number: int, tensorflow: bool, *, deep: bool = False
) -> None:
    for cell in released["cells"]:
        cell["source"] = "".join(cell["source"])
    before = ["import tensorflow as tf\ntf.constant([1.0, 2.0]) * 2"] if tensorflow else []
    for index in range(number):
        case = cases.Case(f"s{index:04}", cases.NLL, cases.FIT, before)
        place = folder / case.name / "02_likelihood" if deep else folder / case.name
        cases.attempt(place, case.notebook(released), "2026-01-09 12:00:00")


def main() -> None:
    numbers = [int(text) for text in sys.argv[1:]] or [10, 100]
    print("| submissions | TensorFlow | ours s/each | MiB | nbgrader s/each | MiB | times |")
    print("|---|---|---|---|---|---|---|")
    for tensorflow in (False, True):
        for number in numbers:
            with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
                own = ours(Path(first), number, tensorflow)
                with_it = "yes" if tensorflow else "no"
                row = f"| {number} | {with_it} | {own.seconds / number:.3f} | {own.peak:.0f}"
                if number > MOST_NBGRADER:
                    print(f"{row} | | | |", flush=True)
                    continue
                plain = theirs(Path(second), number, tensorflow)
                row += f" | {plain.seconds / number:.2f} | {plain.peak:.0f}"
                print(f"{row} | {plain.seconds / own.seconds:.0f} |", flush=True)


if __name__ == "__main__":
    main()

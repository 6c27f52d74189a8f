"""Seconds a submission and peak memory: `lossbook-grade run` against `nbgrader autograde`.

The same submissions, in one run, for 02_likelihood with and without TensorFlow imported in the
notebook. `python tools/grading/bench.py [NUMBER …]`: how many submissions (default 10 100).
nbgrader runs its own way: no sandbox, the hidden checks as asserts inside the student's kernel.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "grading"))

import cases  # noqa: E402

EXERCISE = ROOT / "chapters" / "exercises" / "02_likelihood.md"
BIN = Path(sys.executable).parent
MOST_NBGRADER = 100
"""More of nbgrader's own runs would take hours; its time a notebook does not change."""


def measured(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds, and the peak memory in MiB of the command and all that it starts."""
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    began, peak = time.monotonic(), 0.0
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)

        def watch() -> None:
            nonlocal peak
            while process.poll() is None:
                try:
                    found = psutil.Process(process.pid)
                    each = [found, *found.children(recursive=True)]
                    total = sum(p.memory_full_info().pss for p in each)
                except psutil.Error:
                    total = 0
                peak = max(peak, total / 2**20)
                time.sleep(0.25)

        thread = threading.Thread(target=watch)
        thread.start()
        code = process.wait()
        thread.join()
    if code:
        raise SystemExit((folder / "log").read_text()[-3000:])
    return time.monotonic() - began, peak


def ours(folder: Path, number: int, tensorflow: bool) -> tuple[float, float]:
    exercises = folder / "exercises"
    exercises.mkdir()
    text = EXERCISE.read_text("utf-8")
    if tensorflow:
        text = text.replace("imports: [numpy]", "imports: [tensorflow]")
    (exercises / EXERCISE.name).write_text(text, "utf-8")
    command = [str(BIN / "lossbook-grade"), "--course", "course", "--exercises", str(exercises)]
    subprocess.run([*command, "release", "02_likelihood"], cwd=folder, check=True, stdout=-3)
    released = folder / "course/release/02_likelihood/02_likelihood.ipynb"
    hand_in(folder / "submissions", json.loads(released.read_text()), number, tensorflow)
    return measured([*command, "run", "02_likelihood", "submissions"], folder)


def theirs(folder: Path, number: int, tensorflow: bool) -> tuple[float, float]:
    """A course of nbgrader's own with the same cells, and asserts for hidden checks."""
    import nbformat
    from grader import exercise

    found = exercise.read(EXERCISE)
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
                seconds, peak = ours(Path(first), number, tensorflow)
                with_it = "yes" if tensorflow else "no"
                row = f"| {number} | {with_it} | {seconds / number:.3f} | {peak:.0f}"
                if number > MOST_NBGRADER:
                    print(f"{row} | | | |", flush=True)
                    continue
                slow, much = theirs(Path(second), number, tensorflow)
                print(
                    f"{row} | {slow / number:.2f} | {much:.0f} | {slow / seconds:.0f} |", flush=True
                )


if __name__ == "__main__":
    main()

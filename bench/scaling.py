"""Time and memory against the number of chapters, of images and of cores, with a plot."""

import json
import os
import sys
import tempfile
from pathlib import Path

from measuring import OUT, ROOT, measured, table
from workshop.plotting import BLUE, PURPLE, canvas, label_line

CHAPTER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
# Chapter {number}

```{{code-cell}} python3
import numpy as np

a = np.random.default_rng({number}).normal(size=(700, 700))
for _ in range(40):
    b = np.linalg.solve(a, a)
print(np.allclose(b, np.eye(700), atol=1e-3))
```
"""
TRAIN = """
import sys, json, time, resource
from lossbook import training
from workshop import models
from workshop.data import load_cifar10, to_float
n = int(sys.argv[1])
cifar = load_cifar10()
x, y = to_float(cifar.x_train[:n]), cifar.y_train[:n]
training.set_seed(1)
model = models.ten_classes_network()
training.fit(model, x, y, epochs=1, progress=False)
began = time.perf_counter()
training.fit(model, x, y, epochs=2, progress=False)
print(json.dumps([time.perf_counter() - began,
                  resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def book_of(folder: Path, count: int) -> Path:
    """A book of `count` chapters that each compute for about a second."""
    book = folder / "book"
    (book / "chapters").mkdir(parents=True)
    for number in range(count):
        text = CHAPTER.format(number=number)
        (book / "chapters" / f"c{number}.md").write_text(text, encoding="utf-8")
    for name in ("code", "data", "requirements.txt", "pyproject.toml"):
        (book / name).symlink_to(ROOT / name)
    (book / "_config.yml").write_text("title: Scaling\nauthor: Nobody\n")
    rest = "\n".join(f"- file: chapters/c{number}" for number in range(1, count))
    chapters = f"chapters:\n{rest}\n" if rest else ""
    (book / "_toc.yml").write_text(f"format: jb-book\nroot: chapters/c0\n{chapters}")
    return book


def scaling(quick: bool) -> str:
    """Chapters 1 to 50 at one and at two at a time; images 1,000 to 50,000."""
    counts = (1, 2, 5) if quick else (1, 5, 10, 20, 50)
    chapters: dict[int, list[tuple[int, float, float]]] = {1: [], 2: []}
    for count in counts:
        for jobs in chapters:
            print(f"scaling: {count} chapters, {jobs} at a time", file=sys.stderr)
            with tempfile.TemporaryDirectory() as folder:
                book = book_of(Path(folder), count)
                command = [sys.executable, "-m", "press", "execute", "--jobs", str(jobs)]
                run = measured(command, book)
            chapters[jobs].append((count, run.seconds, run.peak))
    images = []
    for count in (1000, 4000) if quick else (1000, 5000, 20_000, 50_000):
        print(f"scaling: {count} images", file=sys.stderr)
        images.append((count, *trained(count)))
    draw(chapters, images)
    rows = [
        [f"{count} chapters", f"{one:.0f}", f"{two:.0f}", f"{peak_one:.0f}", f"{peak_two:.0f}"]
        for (count, one, peak_one), (_, two, peak_two) in zip(chapters[1], chapters[2], strict=True)
    ]
    first = table(["executing", "s, 1 at a time", "s, 2 at a time", "MiB", "MiB"], rows)
    second = table(
        ["training on", "s an epoch", "images a second", "MiB"],
        [[f"{n:,} images", f"{s:.2f}", f"{n / s:,.0f}", f"{m:.0f}"] for n, s, m in images],
    )
    return f"{first}\n{second}"


def trained(count: int) -> tuple[float, float]:
    """Seconds an epoch of the ten-class network on that many images, and MiB at the peak."""
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", TRAIN, str(count)],
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"error: training on {count} images failed:\n{done.stderr[-2000:]}")
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds / 2, peak


def draw(chapters: dict[int, list[tuple[int, float, float]]], images: list) -> None:
    """The plot, written to _build/bench/scaling.svg."""
    with canvas(1, 2) as (figure, (left, right)):
        for jobs, colour in ((1, PURPLE), (2, BLUE)):
            counts, seconds, _ = zip(*chapters[jobs], strict=True)
            left.plot(counts, seconds, "o-", color=colour)
            label_line(left, counts[-1], seconds[-1], f" {jobs} at a time", colour)
        left.set(xlabel="chapters", ylabel="seconds", xlim=(0, 1.5 * counts[-1]))
        counts, seconds, _ = zip(*images, strict=True)
        right.loglog(counts, seconds, "o-", color=BLUE)
        right.set(xlabel="images", ylabel="seconds an epoch")
    OUT.mkdir(parents=True, exist_ok=True)
    figure.savefig(OUT / "scaling.svg")

"""Grading in this checkout against another: `python tools/grading/against.py TREE [NUMBER [PAIRS]]`

TREE has its own environment in TREE/.venv. The same right answers to 02_likelihood (default 60) are
graded by both in turns (default 3 pairs, the order changes), each with its own release of it and
its own default of workers and limits. Told are the seconds and their ratios, this one's to TREE's.
"""

import statistics
import sys
import tempfile
from pathlib import Path

import bench


def main() -> None:
    tree, *rest = sys.argv[1:]
    number, pairs = (*map(int, rest), *(60, 3)[len(rest) :])
    other, this = Path(tree).resolve(), bench.ROOT
    seconds: dict[Path, list[float]] = {other: [], this: []}
    for pair in range(pairs):
        for one in (other, this) if pair % 2 == 0 else (this, other):
            with tempfile.TemporaryDirectory() as folder:
                found = bench.ours(Path(folder), number, tree=one)
            seconds[one].append(found.seconds)
            who = "this" if one == this else "other"
            print(f"{who}: {found.seconds:.1f} s, {found.peak:.0f} MiB", flush=True)
    medians = [statistics.median(seconds[one]) for one in (this, other)]
    ratios = sorted(a / b for a, b in zip(seconds[this], seconds[other], strict=True))
    print(f"{number} submissions, medians {medians[0]:.1f} s and {medians[1]:.1f} s")
    print(f"ratio {medians[0] / medians[1]:.2f}; of pairs {ratios[0]:.2f} to {ratios[-1]:.2f}")


if __name__ == "__main__":
    main()

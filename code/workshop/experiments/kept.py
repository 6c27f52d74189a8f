"""An experiment is many runs; each finished one is kept, so that a rerun goes on where it stopped.

A run is kept in a file of its own, written whole or not at all, under a digest of everything that
it depends on: settings, the data, the versions of the libraries. When all runs of an experiment
are there, they are combined into one record (`workshop.recorded`).
"""

import hashlib
import importlib.metadata
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop import recorded
from workshop.files import write_whole

FOLDER = Path(__file__).resolve().parents[3] / "_build" / "experiments"


class ExperimentError(ValueError):
    """An experiment cannot run; the message says why, and what to do."""


@dataclass(frozen=True)
class Run:
    """One run: what it is called, the settings that fix its result, and how to compute that."""

    title: str
    settings: dict[str, Any]
    compute: Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Experiment:
    """All runs of an experiment, what they become together, and how one is told in a line.

    `combine` takes the results in the order of `runs` and gives the values to record.
    """

    name: str
    source: str
    seeds: list[int]
    runs: Sequence[Run]
    combine: Callable[[list[dict[str, Any]]], dict[str, Any]]
    line: Callable[[dict[str, Any]], str]
    data: str = ""
    """A fingerprint of the data: kept runs on other data are not used."""


@dataclass
class Outcome:
    """What became of an experiment: how many runs were computed, how many were kept before."""

    name: str
    computed: int = 0
    kept: int = 0
    seconds: float = 0.0
    path: Path | None = None
    lines: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        where = f" -> {self.path.name}" if self.path else ""
        return (
            f"{self.name}: {self.computed} runs computed in {self.seconds:.0f} s, "
            f"{self.kept} kept from before{where}"
        )


def place(experiment: Experiment, run: Run, folder: Path) -> Path:
    """Where a run's result is kept: a name to read, and a digest of what it depends on."""
    about = {
        "settings": run.settings,
        "data": experiment.data,
        "versions": {name: importlib.metadata.version(name) for name in recorded.LIBRARIES},
    }
    told = json.dumps(about, sort_keys=True, ensure_ascii=False).encode()
    return folder / experiment.name / f"{hashlib.sha256(told).hexdigest()[:32]}.json"


def load(path: Path) -> dict[str, Any] | None:
    """A kept result, or None if there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def perform(
    experiment: Experiment,
    *,
    folder: Path = FOLDER,
    out: Path = recorded.FOLDER,
    say: Callable[[str], None] = print,
) -> Outcome:
    """Compute what is missing, keep each run as it ends, and record them all together."""
    total, began = len(experiment.runs), time.monotonic()
    outcome = Outcome(experiment.name)
    results: list[dict[str, Any]] = []
    missing = sum(load(place(experiment, run, folder)) is None for run in experiment.runs)
    if missing < total:
        say(f"{experiment.name}: {total - missing} of {total} runs are there already")
    for number, run in enumerate(experiment.runs, start=1):
        path = place(experiment, run, folder)
        result = load(path)
        if result is None:
            # As JSON and back, so that a run just computed is the same as one kept before.
            text = json.dumps(run.compute(), allow_nan=False)
            write_whole(path, text)
            result = json.loads(text)
            outcome.computed += 1
            spent = time.monotonic() - began
            left = spent / outcome.computed * (missing - outcome.computed)
            say(
                f"{experiment.name} {number}/{total} · {run.title} · {experiment.line(result)} · "
                f"about {left / 60:.0f} min left"
            )
        else:
            outcome.kept += 1
        results.append(result)
    outcome.seconds = time.monotonic() - began
    outcome.path = recorded.save(
        experiment.name,
        experiment.combine(results),
        source=experiment.source,
        seeds=experiment.seeds,
        folder=out,
    )
    return outcome

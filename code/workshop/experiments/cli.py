"""The command that runs the laboratory's experiments: `make experiments`."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from workshop import recorded
from workshop.data import DataError
from workshop.experiments import (
    assumptions,
    calibrating,
    confidence,
    insurance,
    kept,
    next_token,
    pairs,
    pictures,
    real,
    scenes,
    starts,
)
from workshop.experiments.kept import Experiment, ExperimentError

DESCRIPTION = """\
Run the laboratory's experiments and record their results in data/recorded/. Finished runs are kept
in _build/experiments/: a run that is cut off goes on where it stopped. The experiments on pictures
need real CIFAR-10 (see data/README.md).
"""

Maker = Callable[[argparse.Namespace], Experiment]


def _every_pair(options: argparse.Namespace) -> Experiment:
    chosen = pictures.two_classes(options.source).first(options.samples)
    return pairs.experiment(
        chosen, seeds=options.seeds or pairs.SEEDS, epochs=options.epochs or pairs.EPOCHS
    )


def _wrong_assumption(options: argparse.Namespace) -> Experiment:
    return assumptions.drawn(
        options.seeds or assumptions.SEEDS, options.samples or assumptions.TRAIN
    )


def _real_assumption(options: argparse.Namespace) -> Experiment:
    return real.experiment(options.seeds or real.SEEDS)


def _insurance(options: argparse.Namespace) -> Experiment:
    return insurance.experiment(
        options.seeds or insurance.SEEDS, options.epochs or insurance.EPOCHS
    )


def _next_token(options: argparse.Namespace) -> Experiment:
    return next_token.experiment(
        options.seeds or next_token.SEEDS, options.epochs or next_token.EPOCHS
    )


def _calibration(options: argparse.Namespace) -> Experiment:
    two, ten = pictures.two_classes(options.source), pictures.ten_classes(options.source)
    return calibrating.experiment(
        two.first(options.samples),
        ten.first(options.samples),
        seeds=options.seeds or calibrating.SEEDS,
        epochs=options.epochs,
    )


def _confidence(options: argparse.Namespace) -> Experiment:
    return confidence.experiment(
        pictures.ten_classes(options.source).first(options.samples),
        seeds=options.seeds or confidence.SEEDS,
        epochs=options.epochs,
    )


def _starts(options: argparse.Namespace) -> Experiment:
    chosen = pictures.two_classes(options.source).first(options.samples or starts.SAMPLES)
    return starts.experiment(chosen, seeds=options.seeds or starts.SEEDS, epochs=options.epochs)


def _scenes(options: argparse.Namespace) -> Experiment:
    return scenes.experiment(
        options.source,
        seeds=options.seeds or scenes.SEEDS,
        epochs=options.epochs,
        scenes=options.samples,
    )


MAKERS: dict[str, Maker] = {
    "wrong_assumption": _wrong_assumption,
    "real_assumption": _real_assumption,
    "insurance": _insurance,
    "next_token": _next_token,
    "calibration": _calibration,
    "confidence": _confidence,
    "every_pair": _every_pair,
    "starts": _starts,
    "scenes": _scenes,
}
"""Every experiment by the name of its record."""


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {text}")
    return number


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    found = argparse.ArgumentParser(
        prog="python -m workshop.experiments",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("--only", nargs="+", choices=list(MAKERS), help="these experiments alone")
    found.add_argument("--source", help="how the pictures are described in the records")
    found.add_argument("--seeds", nargs="+", type=int, help="other seeds than an experiment's own")
    found.add_argument("--epochs", type=_count, help="other numbers of epochs, to try things out")
    found.add_argument(
        "--samples", type=_count, help="fewer samples to train on, to try things out"
    )
    found.add_argument(
        "--out", type=Path, default=recorded.FOLDER, help="where to record (data/recorded)"
    )
    found.add_argument(
        "--kept", type=Path, default=kept.FOLDER, help="where finished runs are kept"
    )
    return found


def check(options: argparse.Namespace) -> None:
    """Refuse what would record a trial, or drawn pictures, as the course's results."""
    trial = options.seeds or options.epochs or options.samples
    own = options.out.resolve() == recorded.FOLDER.resolve()
    if own and trial:
        raise ExperimentError(
            "--seeds, --epochs and --samples are for trying things out; say with --out where to "
            "record them instead of data/recorded"
        )
    if own:
        os.environ["LOSSBOOK_REQUIRE_REAL"] = "1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the experiments asked for; exit status 0, or 1 with one line that says what is wrong."""
    options = parser().parse_args(arguments)
    options.seeds = tuple(options.seeds) if options.seeds else None
    began, outcomes = time.monotonic(), []
    try:
        check(options)
        for name, make in MAKERS.items():
            if options.only is None or name in options.only:
                experiment = make(options)
                outcomes.append(
                    kept.perform(
                        experiment,
                        folder=options.kept,
                        out=options.out,
                        say=lambda line: print(line, flush=True),
                    )
                )
    except (ExperimentError, DataError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; finished runs are kept, the same command goes on", file=sys.stderr)
        return 130
    print("\nsummary")
    for outcome in outcomes:
        print(f"  {outcome}")
    print(f"  {time.monotonic() - began:.0f} s in all, recorded in {options.out.name}/")
    return 0

"""`lossbook-grade`: release exercises, grade what is handed in, give feedback, report."""

import argparse
import os
import sys
import time
from pathlib import Path

from grader import outputs
from grader.errors import GradingError
from grader.quick import leave_out_grammars


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lossbook-grade", description=__doc__)
    parser.add_argument(
        "--course",
        type=Path,
        default=Path("course"),
        metavar="DIR",
        help="the instructor's folder, laid out as nbgrader's (default: course)",
    )
    parser.add_argument(
        "--exercises",
        type=Path,
        default=Path("chapters/exercises"),
        metavar="DIR",
        help="where the exercises with their solutions are (default: chapters/exercises)",
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument("assignment", help="an exercise, by file name without .md")
        return made

    release = command("release", "try an exercise, and write what students get of it")
    release.add_argument("--due", default="", help="deadline, UTC: 2026-11-24T23:59Z")
    release.add_argument("--late-days", type=int, default=0, help="free days after it (default 0)")
    release.add_argument(
        "--penalty", type=float, default=0.1, help="share of the points a late day (default 0.1)"
    )
    release.add_argument("--keep", choices=["best", "last"], default="best", help="which attempt")
    release.add_argument("--untried", action="store_true", help="do not run the solution first")
    _run_options(command("run", "grade submissions; what is graded already is not run again"))
    command("feedback", "write an HTML page for each student")
    report = command("report", "write the gradebook as CSV, and a page with plots for you")
    report.add_argument(
        "--column", default="", help="what Canvas or Moodle calls it: 'Exercise 2 (4711)'"
    )
    report.add_argument("--timezone", default="UTC", help=argparse.SUPPRESS)
    command("written", "write all written answers on pages to print, and as a PDF")
    remove = command("remove", "forget everything that a student handed in")
    remove.add_argument("student")
    extend = command("extend", "give one student another deadline")
    extend.add_argument("student")
    extend.add_argument("--due", default="", help="UTC, or nothing for the common one again")
    pages = command("page", "write the exercise with its solution folded away, for the site")
    pages.add_argument("folder", type=Path, help="where to write it")
    check = commands.add_parser("check", help="for students: try a notebook before handing it in")
    check.add_argument("notebook", type=Path)
    check.add_argument("--cell-seconds", type=_seconds, default=60.0, help="of a cell (default 60)")
    return parser


def _run_options(run: argparse.ArgumentParser) -> None:
    run.add_argument("submissions", type=Path, help="a folder, or the zip file that was downloaded")
    run.add_argument("--again", action="store_true", help="run also what is graded already")
    run.add_argument(
        "--layout",
        choices=["auto", "plain", "canvas", "moodle"],
        default="auto",
        help="how the names in it are made (default: by looking at them)",
    )
    run.add_argument("--roster", type=Path, metavar="CSV", help="who is in the class")
    run.add_argument("--times", type=Path, metavar="CSV", help="when each student handed in")
    run.add_argument(
        "--correct-times", action="store_true", help="times of earlier runs were wrong: forget them"
    )
    run.add_argument("--timezone", default="", help="of times without one: Europe/Berlin")
    run.add_argument("--jobs", type=_positive, help="runs at a time (default: one per core)")
    run.add_argument("--dask", metavar="tcp://HOST:PORT", help="run on this Dask cluster")
    run.add_argument("--no-sandbox", action="store_true", help="run with your own rights: unsafe")
    run.add_argument("--cell-seconds", type=_seconds, help="processor time of a cell (default 30)")
    run.add_argument("--total-seconds", type=_seconds, help="limit of a notebook (default 300)")
    run.add_argument("--memory", type=_memory, metavar="MIB", help="of a notebook (default 2048)")
    run.add_argument("--processes", type=_positive, help="and threads, of a notebook (default 512)")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above zero")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds") from problem
    if not 0 < seconds < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above zero")
    return seconds


def _memory(text: str) -> int:
    if _positive(text) < 256:
        raise argparse.ArgumentTypeError("below 256 MiB Python with NumPy does not start")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    """Run the command: 0 if all went well, 1 on an error, 130 if stopped by Ctrl-C."""
    options = _parser().parse_args(arguments)
    began = time.monotonic()
    leave_out_grammars()
    before = os.umask(0o077)  # solutions, marks and pages are the instructor's alone
    try:
        from grader import commands

        commands.COMMANDS[options.command](options)
    except GradingError as problem:
        print(f"error: {outputs.line(problem, 2000)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
    finally:
        os.umask(before)
    print(f"done in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

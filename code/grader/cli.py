"""`lossbook-grade`: release exercises, grade what is handed in, give feedback, report."""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader import outputs
from grader.errors import GradingError

if TYPE_CHECKING:
    from grader.sandbox.limits import Limits


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

    release = command("release", "write a notebook and a zip file for students, without solutions")
    release.add_argument("--due", default="", help="deadline, UTC: 2026-11-24T23:59Z")
    release.add_argument("--late-days", type=int, default=0, help="free days after it (default 0)")
    release.add_argument(
        "--penalty", type=float, default=0.1, help="share of the points a late day (default 0.1)"
    )
    release.add_argument("--keep", choices=["best", "last"], default="best", help="which attempt")
    run = command("run", "grade a folder of submissions; what is graded already is not run again")
    run.add_argument("submissions", type=Path, help="STUDENT/, STUDENT.zip or STUDENT.ipynb each")
    run.add_argument("--again", action="store_true", help="run also what is graded already")
    run.add_argument("--jobs", type=int, help="runs at a time (default: one a core)")
    run.add_argument("--dask", metavar="tcp://HOST:PORT", help="run on this Dask cluster")
    run.add_argument("--no-sandbox", action="store_true", help="run with your own rights: unsafe")
    run.add_argument("--cell-seconds", type=float, help="processor time of a cell (default 30)")
    run.add_argument("--total-seconds", type=float, help="limit of a notebook (default 300)")
    run.add_argument("--memory", type=int, metavar="MIB", help="limit of a notebook (default 2048)")
    command("feedback", "write an HTML page for each student")
    command("report", "write the gradebook as CSV, and a page with plots for the instructor")
    pages = command("page", "write the exercise with its solution folded away, for the site")
    pages.add_argument("folder", type=Path, help="where to write it")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command: 0 if all went well, 1 on an error, 130 if stopped by Ctrl-C."""
    options = _parser().parse_args(arguments)
    began = time.monotonic()
    try:
        COMMANDS[options.command](options)
    except GradingError as problem:
        print(f"error: {outputs.line(problem, 2000)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
    print(f"done in {time.monotonic() - began:.1f} s")
    return 0


def _release(options: argparse.Namespace) -> None:
    from grader import exercise, release
    from grader.course import Course, Policy

    policy = Policy(options.due, options.late_days, options.penalty, options.keep)
    found = exercise.read(options.exercises / f"{options.assignment}.md")
    path = release.release(Course(options.course), found, policy)
    print(f"{sum(q.points for q in found.questions):g} points in {len(found.questions)} questions")
    print(f"for students: {path}")


def _run(options: argparse.Namespace) -> None:
    from grader import batch, exercise, intake, marking, record
    from grader.course import Course
    from grader.progress import counting
    from grader.sandbox import bubble
    from grader.sandbox.host import Host
    from grader.sandbox.limits import MIB, Limits

    course = Course(options.course)
    found = exercise.read(options.exercises / f"{options.assignment}.md")
    course.released(found.name)
    limits = _limits(options, Limits(), MIB)
    if options.no_sandbox:
        print(
            "warning: --no-sandbox: students' code runs with your rights and can read and change "
            "what you can, the gradebook among it",
            file=sys.stderr,
        )
    else:
        bubble.check([course.root, options.submissions, options.exercises])
    everything = list(intake.attempts(options.submissions))
    sandbox = not options.no_sandbox
    with Host(found.imports, limits, sandbox=sandbox) as host:
        prepared = marking.prepare(course, found, host)
    folder = course.outcomes(found.name, prepared.key[:16])
    with (
        counting("graded", len(everything)) as tell,
        batch.executor(options.jobs, options.dask) as where,
    ):
        tally = batch.grade(
            prepared,
            everything,
            folder,
            (limits, sandbox),
            where,
            again=options.again,
            tell=lambda so_far: tell(so_far.graded + so_far.known),
        )
    batch.close_hosts()
    students = batch.read_all(folder)
    record.record(course, found.name, students)
    print(
        f"{len(students)} students: {tally.graded} attempts graded, {tally.known} graded before, "
        f"{tally.look} of the new ones need a look"
    )
    for results in students.values():
        for result in results:
            if result.look:
                why = outputs.line("; ".join(result.look), 1000)
                print(f"  look: {outputs.line(result.student)} ({result.when[:16]}): {why}")


def _limits(options: argparse.Namespace, limits: "Limits", mib: int) -> "Limits":
    given = {
        "cell_seconds": options.cell_seconds,
        "total_seconds": options.total_seconds,
        "memory": options.memory and options.memory * mib,
    }
    return replace(limits, **{name: value for name, value in given.items() if value is not None})


def _feedback(options: argparse.Namespace) -> None:
    from grader import feedback
    from grader.course import Course
    from grader.progress import counting

    course = Course(options.course)
    course.released(options.assignment)
    everyone = feedback.students(course, options.assignment)
    with counting("pages", len(everyone)) as tell:
        folder = feedback.feedback(course, options.assignment, lambda done, _of: tell(done))
    print(f"{len(everyone)} pages in {folder}")


def _report(options: argparse.Namespace) -> None:
    from grader import batch, exercise, report
    from grader.course import Course

    course = Course(options.course)
    course.released(options.assignment)
    found = exercise.read(options.exercises / f"{options.assignment}.md")
    students = batch.read_all(course.outcomes(found.name))
    if not students:
        raise GradingError(f"nothing of {found.name} has been graded yet")
    for path in report.report(course, found, students):
        print(path)


def _page(options: argparse.Namespace) -> None:
    from grader import exercise, pages

    found = exercise.read(options.exercises / f"{options.assignment}.md")
    print(pages.write(found, options.folder))


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "release": _release,
    "run": _run,
    "feedback": _feedback,
    "report": _report,
    "page": _page,
}

if __name__ == "__main__":
    sys.exit(main())

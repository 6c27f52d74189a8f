"""What each command of `lossbook-grade` does, from its options."""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from grader import course as courses
from grader import outputs
from grader import roster as rosters
from grader.errors import GradingError
from grader.exercise import Exercise
from grader.roster import Roster
from grader.sandbox.limits import MIB, Limits

OURS = ["source", "release", "released", "autograded", "feedback", "outcomes", "report", "rosters"]
"""Folders of a course in which nobody hands anything in."""


def _exercise(options: argparse.Namespace) -> Exercise:
    from grader import exercise

    return exercise.read(options.exercises / f"{options.assignment}.md")


def _release(options: argparse.Namespace) -> None:
    from grader import release, trying
    from grader.course import Course, Policy
    from grader.sandbox.host import Host

    policy = Policy(options.due, options.late_days, options.penalty, options.keep)
    found, course = _exercise(options), Course(options.course)
    course.create()
    with course.draft() as draft:  # what fails must not replace what students have
        release.release(draft, found, policy)
        if not options.untried:
            # The instructor's own code: where there is no sandbox it may run without.
            boxed = shutil.which("bwrap") is not None
            with Host(found.imports, Limits(), sandbox=boxed) as host:
                trying.attempt(draft, found, host)
    path = release.release(course, found, policy)
    most = sum(q.points for q in found.questions if not q.extra)
    extra = sum(q.points for q in found.questions if q.extra)
    more = f", and {extra:g} extra" if extra else ""
    print(f"{_count(most, 'point')}{more} in {_count(len(found.questions), 'question')}")
    print(f"policy: {course.policy(found.name).told()}")
    if not options.untried:
        print("tried: the solution passes every check, and a blank notebook gets nothing")
        if found.mistakes:
            each = _count(len(found.mistakes), "typical mistake")
            print(f"tried: {each} with the points that the exercise says")
    print(f"for students: {path}")


def _run(options: argparse.Namespace) -> None:
    from grader import batch, layouts, marking, record
    from grader.course import Course
    from grader.progress import counting
    from grader.sandbox import bubble

    course, found = Course(options.course), _exercise(options)
    course.released(found.name)
    course.create()
    limits, sandbox = _limits(options, Limits()), not options.no_sandbox
    if not sandbox:
        print(
            "warning: --no-sandbox: students' code runs with your rights and can read and change "
            "what you can, the gradebook among it",
            file=sys.stderr,
        )
    else:
        bubble.check([course.root, options.submissions, options.exercises], found.imports)
    given = options.submissions.resolve()
    inside = given.relative_to(course.root).parts[:1] if given.is_relative_to(course.root) else None
    if inside in ((), *((name,) for name in OURS)) or (given / "instructor.json").exists():
        raise GradingError(f"{options.submissions} is the course's own folder, not submissions")
    if options.timezone:
        rosters.zone(options.timezone)
    roster = _roster(options, course.root / "rosters" / f"{found.name}.csv")
    due = course.policy(found.name).due
    with tempfile.TemporaryDirectory(prefix="lossbook-grade-") as unpacked, batch.hosts() as warm:
        told: list[str] = []
        folder = layouts.unpacked(options.submissions, Path(unpacked), told)
        handed_in = layouts.find(folder, options.layout, roster, due)
        if handed_in.system != "plain":
            print(f"{options.submissions} is a download of {handed_in.system.title()}")
        _tell(told + handed_in.told)
        if handed_in.back:
            back = {"system": handed_in.system, "back": handed_in.back}
            courses.write(course.root / "rosters" / f"{found.name}.json", json.dumps(back))
        prepared = marking.prepare(course, found, warm(found.imports, limits, sandbox))
        if options.dask:
            batch.close_hosts()  # the others run on the cluster
        outcomes = course.outcomes(found.name, prepared.key[:16])
        with (
            counting("graded", len(handed_in.entries)) as tell,
            batch.executor(options.jobs, options.dask) as where,
        ):
            tally = batch.grade(
                prepared,
                handed_in.entries,
                outcomes,
                (limits, sandbox),
                where,
                again=options.again,
                correct=options.correct_times,
                tell=lambda so_far: tell(so_far.graded + so_far.known),
            )
    students = batch.read_all(outcomes)
    failed = record.record(course, found.name, students, roster)
    _tell(f"not in the gradebook: {student}: {why}" for student, why in failed.items())
    if tally.resubmitted:
        _tell(
            [
                f"the same files as before at a later time: {_names(sorted(tally.resubmitted))}; "
                "both count as attempts (if the earlier time was wrong: --correct-times)"
            ]
        )
    look = [result for results in students.values() for result in results if result.look]
    print(
        f"{_count(len(students), 'student')}: {tally.graded} attempts graded, "
        f"{tally.known} graded before, {len(look)} to look at, {tally.look} of them new"
    )
    if roster:
        missing = [one.id for one in roster.students if one.id not in students]
        print(f"{len(roster.students)} on the roster; handed in nothing: {_names(missing)}")
    older = record.unrecorded(course, found.name, students)
    if older:
        print(f"marked by older checks, and not in {options.submissions}: {_names(older)}")
    for result in look:
        why = outputs.line("; ".join(result.look), 1000)
        print(f"  look: {outputs.line(result.student)} ({result.when[:16]}): {why}")


def _count(number: float, what: str) -> str:
    return f"{number:g} {what}" if number == 1 else f"{number:g} {what}s"


def _names(names: list[str]) -> str:
    return outputs.line(", ".join(names), 2000) or "nobody"


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"note: {outputs.line(line, 1000)}")


def _roster(options: argparse.Namespace, kept: Path) -> Roster | None:
    """The roster given now, or at an earlier run of this assignment."""
    if not options.roster and not kept.exists():
        if options.times:
            raise GradingError("--times needs a --roster: times are believed of students in it")
        return None
    found = rosters.read(options.roster or kept, options.timezone)
    if options.roster and options.roster.resolve() != kept:  # one that cannot be read replaces none
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(options.roster, kept)
    if options.times:
        _tell(found.add_times(rosters.read(options.times, options.timezone)))
    return found


def _limits(options: argparse.Namespace, limits: Limits) -> Limits:
    given = {
        "cell_seconds": options.cell_seconds,
        "total_seconds": options.total_seconds,
        "memory": options.memory and options.memory * MIB,
        "processes": options.processes,
    }
    return replace(limits, **{name: value for name, value in given.items() if value is not None})


def _feedback(options: argparse.Namespace) -> None:
    from grader import feedback, imports, record
    from grader.course import Course
    from grader.progress import counting

    course = Course(options.course)
    course.released(options.assignment)
    record.penalise(course, options.assignment)
    everyone = feedback.students(course, options.assignment)
    with counting("pages", len(everyone)) as tell:
        failed = feedback.feedback(course, options.assignment, tell)
    _tell(f"{student}: a page of plain text: {why}" for student, why in failed.items())
    print(f"{_count(len(everyone), 'page')} in {course.root / 'feedback'}")
    kept = course.root / "rosters" / f"{options.assignment}.json"
    if kept.exists():
        given = json.loads(kept.read_text("utf-8"))
        path = imports.pages(course, options.assignment, given["back"], given["system"])
        print(f"for {given['system'].title()} to take back: {path}")


def _report(options: argparse.Namespace) -> None:
    from grader import batch, record, report
    from grader.course import Course

    course, found = Course(options.course), _exercise(options)
    course.released(options.assignment)
    students = batch.read_all(course.outcomes(found.name))
    if not students:
        raise GradingError(f"no submission of {found.name} has been graded yet")
    record.penalise(course, options.assignment)
    kept = course.root / "rosters" / f"{found.name}.csv"
    who = rosters.read(kept, options.timezone) if kept.exists() else None
    for path in report.report(course, found, students, who, options.column):
        print(path)


def _written(options: argparse.Namespace) -> None:
    from grader import written
    from grader.course import Course

    course = Course(options.course)
    course.released(options.assignment)
    paths = written.write(course, _exercise(options))
    for path in paths:
        print(path)
    if len(paths) == 1:
        print("there is no Chromium here to make a PDF: print the page from your browser")


def _remove(options: argparse.Namespace) -> None:
    from grader.course import Course

    course = Course(options.course)
    course.released(options.assignment)
    student, _ = _student(course, options.assignment, options.student)
    course.remove(options.assignment, student)
    print(f"{student} is no longer in {options.assignment}")


def _extend(options: argparse.Namespace) -> None:
    from grader import record
    from grader.course import Course

    course = Course(options.course)
    course.released(options.assignment)
    student, who = _student(course, options.assignment, options.student)
    if who and student not in who.rows:
        raise GradingError(f"nobody on the roster has the login or address {options.student!r}")
    course.extend(options.assignment, student, options.due)
    record.penalise(course, options.assignment)
    if not who and not (course.outcomes(options.assignment) / student).exists():
        _tell([f"no submission of {student} has been graded yet; is the name right?"])
    print(f"{student}: due {options.due or 'as all others'}")


def _student(course: courses.Course, assignment: str, name: str) -> tuple[str, Roster | None]:
    """A student's id here, whichever of their names was given, and the roster if there is one."""
    kept = course.root / "rosters" / f"{assignment}.csv"
    who = rosters.read(kept, "UTC") if kept.exists() else None
    known = who.by_name(name) if who else None
    return (known.id if known else rosters.student_id(name)), who


def _page(options: argparse.Namespace) -> None:
    from grader import pages

    print(pages.write(_exercise(options), options.folder))


def _check(options: argparse.Namespace) -> None:
    from grader import check

    found = check.check(options.notebook, options.cell_seconds)
    for line in found.passed + found.wrong:
        print(outputs.line(line, 500))
    if found.wrong:
        raise GradingError(f"{_count(len(found.wrong), 'thing')} to look at before you hand it in")
    print("every cell runs from the top, and every visible check passes")


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "release": _release,
    "run": _run,
    "feedback": _feedback,
    "report": _report,
    "written": _written,
    "remove": _remove,
    "extend": _extend,
    "page": _page,
    "check": _check,
}

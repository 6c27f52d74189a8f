"""An exercise tried before students have it, or students' work is graded by it."""

import nbformat
from nbformat import NotebookNode

from grader import marking
from grader.assemble import Assembled
from grader.course import Course
from grader.errors import GradingError
from grader.exercise import Exercise
from grader.sandbox.host import Host, Job, Run


def attempt(course: Course, exercise: Exercise, host: Host) -> None:
    """`GradingError` if the solution fails a check, or a notebook left as released gets points."""
    prepared = marking.prepare(course, exercise, host)
    solved = host.execute(_alone(exercise))
    for line in _printed(solved).splitlines():
        if line.startswith("✗"):
            raise GradingError(f"{exercise.name}: the solution fails a visible check: {line}")
    blank = Assembled(NotebookNode(nbformat.from_dict(prepared.released)))
    run = host.execute(marking.calling(prepared, blank, {}))
    if run.problem:
        raise GradingError(f"{exercise.name}: a blank notebook does not run: {run.problem}")
    for mark in marking.marks(prepared, run):
        if mark.points:
            raise GradingError(
                f"{exercise.name}: a blank notebook gets {mark.points:g} of {mark.most:g} points "
                f"for {mark.question}: its name must not be defined before the answer"
            )


def _printed(run: Run) -> str:
    return "".join(str(output.get("text", "")) for cell in run.outputs for output in cell)


def _alone(exercise: Exercise) -> Job:
    sources, files, checks = marking.solution(exercise)
    return Job(sources, (), files, checks)

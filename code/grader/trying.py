"""An exercise tried before students have it, or students' work is graded by it."""

from dataclasses import replace

import nbformat
from nbformat import NotebookNode

from grader import marking
from grader.assemble import Assembled
from grader.course import Course
from grader.errors import GradingError
from grader.exercise import Exercise, Mistake, visible
from grader.sandbox.host import Host, Job, Run


def attempt(course: Course, exercise: Exercise, host: Host) -> None:
    """`GradingError` if the solution fails a check, or a notebook left as released gets points.

    Or if a typical mistake gets other points than the exercise says.
    """
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
    for mistake in exercise.mistakes:
        _mistaken(prepared, mistake, host)


def _mistaken(prepared: marking.Prepared, mistake: Mistake, host: Host) -> None:
    """The solution with one answer replaced must get what the mistake says, in every variant."""
    cells = [NotebookNode(cell) for cell in prepared.exercise.notebook.cells]
    for cell in cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = mistake.source if name == mistake.question else visible(cell.source)
    notebook = NotebookNode(prepared.exercise.notebook, cells=cells)
    for plan in prepared.plans:
        one = replace(prepared, plans=(plan,))
        run = host.execute(marking.calling(one, Assembled(notebook), {}))
        (mark,) = [m for m in marking.marks(one, run) if m.question == mistake.question]
        if run.problem or mark.points != mistake.points:
            why = run.problem or "; ".join(dict.fromkeys(mark.said))
            raise GradingError(
                f"{prepared.exercise.name}: cell {mistake.where}: the mistake in "
                f"{mistake.question} gets {mark.points:g} points, not {mistake.points:g} ({why})"
            )


def _printed(run: Run) -> str:
    return "".join(str(output.get("text", "")) for cell in run.outputs for output in cell)


def _alone(exercise: Exercise) -> Job:
    sources, files, checks = marking.solution(exercise)
    return Job(sources, (), files, checks)

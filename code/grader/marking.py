"""One attempt from what was handed in to its marks; the run itself happens elsewhere."""

import builtins
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from grader import outputs
from grader.assemble import Assembled, assemble
from grader.compare import RIGHT
from grader.course import Course
from grader.errors import GradingError
from grader.exercise import Exercise, visible
from grader.intake import Attempt, Refused, choose
from grader.outcome import Mark, Outcome
from grader.plan import Call, calls
from grader.sandbox.host import Host, Job, Run


@dataclass(frozen=True)
class Prepared:
    """All that every attempt of an assignment is graded with. The expected values stay here."""

    exercise: Exercise
    released: NotebookNode
    calls: tuple[Call, ...]
    expected: tuple[Any, ...]
    key: str


def prepare(course: Course, exercise: Exercise, host: Host) -> Prepared:
    """Run the reference solution on the hidden inputs; `GradingError` if it fails on any."""
    released = nbformat.read(course.released(exercise.name), as_version=4)
    planned = tuple(calls(exercise, course.secret))
    sources = tuple(visible(c.source) for c in exercise.notebook.cells if c.cell_type == "code")
    run = host.execute(
        Job(
            sources,
            [(c.function, c.encoded()) for c in planned],
            checks=_checks(exercise.notebook.cells),
        )
    )
    where = f"{exercise.name}: the reference solution"
    if run.problem:
        raise GradingError(f"{where} did not run: {run.problem}")
    for found in run.outputs:
        for output in found:
            if output["output_type"] == "error":
                raise GradingError(f"{where} fails: {output['ename']}: {output['evalue']}")
    expected = []
    for call, reply in zip(planned, run.replies, strict=True):
        if "error" in reply:
            raise GradingError(f"{where} of {call.question} fails: {reply['error']}")
        expected.append(reply["value"])
        share, words = call.mark(reply, expected[-1])
        if share < 1:
            raise GradingError(f"{where} of {call.question} fails its own check: {words}")
    parts = [released.metadata.lossbook, [q.hidden for q in exercise.questions], *sources]
    key = hashlib.sha256(course.secret + json.dumps(parts).encode()).hexdigest()
    return Prepared(exercise, released, planned, tuple(expected), key)


def attempt_key(prepared: Prepared, attempt: Attempt) -> str:
    """The same only for the same content, release and hidden checks."""
    return hashlib.sha256((prepared.key + attempt.digest).encode()).hexdigest()[:24]


def job(prepared: Prepared, attempt: Attempt) -> tuple[Assembled, Job]:
    """What to run for an attempt; `Refused` if there is nothing to run."""
    assembled = assemble(choose(attempt, prepared.exercise.name), prepared.released)
    cells = [cell.source for cell in assembled.notebook.cells if cell.cell_type == "code"]
    files = {n: body for n, body in attempt.files.items() if not n.endswith(".ipynb")}
    calls = [(c.function, c.encoded()) for c in prepared.calls]
    return assembled, Job(cells, calls, files, _checks(assembled.notebook.cells))


def _checks(cells: Sequence[NotebookNode]) -> list[int]:
    """Which of the code cells are checks."""
    marks = [c.metadata.get("nbgrader") or {} for c in cells if c.cell_type == "code"]
    return [n for n, mark in enumerate(marks) if mark.get("grade") and not mark.get("solution")]


def refused(prepared: Prepared, attempt: Attempt, problem: Refused) -> Outcome:
    """Zero, with the reason, for a person to look at."""
    empty = Assembled(NotebookNode(nbformat.from_dict(prepared.released)))
    run = Run(problem=str(problem))
    return outcome(prepared, attempt, empty, run)


def outcome(prepared: Prepared, attempt: Attempt, assembled: Assembled, run: Run) -> Outcome:
    """Marks from the values that came out, and the notebook as it ran."""
    marks = _marks(prepared, run)
    notebook = nbformat.from_dict(assembled.notebook)
    _fill(notebook, run, {mark.question: mark for mark in marks})
    if run.problem:
        words = f"**This could not be graded in full:** {outputs.text(run.problem, 300)}"
        notebook.cells.insert(0, new_markdown_cell(words, id="problem"))
    why = [run.problem, *assembled.look, _not_their_doing(run, marks)]
    return Outcome(
        student=student_id(attempt.student),
        assignment=prepared.exercise.name,
        key=attempt_key(prepared, attempt),
        when=attempt.when.isoformat(),
        marks=marks,
        notebook=notebook,
        problem=run.problem and outputs.line(run.problem),
        look=[outputs.line(words) for words in why if words],
        notes=[outputs.line(words) for words in attempt.notes + assembled.notes],
        seconds=run.seconds,
    )


def _not_their_doing(run: Run, marks: list[Mark]) -> str | None:
    """Why marks may have been lost without a wrong answer: an import or a magic that fails here."""
    if all(mark.points == mark.most for mark in marks):
        return None
    for cell in run.outputs:
        for output in cell:
            if output.get("ename") in ("ModuleNotFoundError", "ImportError"):
                return f"an import failed here: {output['evalue']}"
            if str(output.get("text", "")).startswith("UsageError: "):
                return f"a magic failed here: {output['text'].strip()}"
    return None


def student_id(name: str) -> str:
    """A name that is safe in paths, in nbgrader's patterns and in spreadsheets."""
    return re.sub(r"[^\w.@+ -]", "_", name).lstrip(".=+-@ ")[:80] or "unnamed"


def _marks(prepared: Prepared, run: Run) -> list[Mark]:
    marks = []
    for question in prepared.exercise.questions:
        if question.written:
            continue
        mark, total, got = Mark(question.name, 0.0, question.points), 0.0, 0.0
        for number, call in enumerate(prepared.calls):
            if call.question == question.name:
                reply = run.replies[number] if number < len(run.replies) else None
                share, words = call.mark(reply, prepared.expected[number])
                mark.said.append(outputs.text(words, 300))
                total += call.weight
                got += share * call.weight
        mark.points = round(question.points * got / total, 2)
        marks.append(mark)
    return marks


def _fill(notebook: NotebookNode, run: Run, marks: dict[str, Mark]) -> None:
    """Put outputs into the cells, and into each cell of checks its points, as nbgrader reads them.

    nbgrader takes the points of such a cell from its result, and gives none if anything went to
    stderr: so the cell shows what it printed, and the result is ours.
    """
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        found = run.outputs[number] if number < len(run.outputs) else []
        number += 1
        meta = cell.metadata.get("nbgrader")
        if meta and meta.grade and not meta.solution:
            mark = marks[meta.grade_id.removesuffix("-check")]
            shown = "\n".join(filter(None, (_printed(output) for output in found)))
            found = [
                {"output_type": "stream", "name": "stdout", "text": f"{shown}\n{_summary(mark)}\n"},
                {
                    "output_type": "execute_result",
                    "data": {"text/plain": str(mark.points)},
                    "metadata": {},
                    "execution_count": None,
                },
            ]
        cell.outputs = [new_output(**output) for output in found]


def _printed(output: dict[str, Any]) -> str:
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    return str(output.get("text", "")).rstrip()


def _summary(mark: Mark) -> str:
    passed = sum(words == RIGHT for words in mark.said)
    wrong = sorted({for_student(words) for words in mark.said if words != RIGHT})
    told = f" ({'; '.join(wrong)})" if wrong else ""
    return (
        f"{mark.points:g} of {mark.most:g} points: "
        f"{passed} of {len(mark.said)} hidden checks passed{told}"
    )


def for_student(words: str) -> str:
    """What a student may know of a failed check: the kind of failure, never a number of it."""
    name = words.partition(":")[0]
    if isinstance(getattr(builtins, name, None), type):
        return f"raised {name}"
    if words.endswith(" is not defined"):
        # Not their words: an exception of the notebook's own can say anything.
        return "the function that the question names is not defined"
    for start in ("shape", "not finite", "nothing (None)", "no answer", "CellTimeout"):
        if words.startswith(start):
            return {"shape": "wrong shape", "CellTimeout": "took too long"}.get(start, start)
    if words.startswith("NotPlain"):
        return KINDS.get(words, "neither real numbers nor arrays of them")
    return OTHERS.get(words, "a wrong value")


KINDS = {
    "NotPlain: complex numbers": "complex numbers",
    "NotPlain: too large a value": "too large a value",
}
OTHERS = {
    "a str": "text where it should not be",
    "a dict": "a dict where it should not be",
    "a list": "a list where it should not be",
    "a dict with other keys": "a dict with other keys",
}

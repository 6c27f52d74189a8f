"""One attempt from what was handed in to its marks; the run itself happens elsewhere."""

import builtins
import hashlib
import json
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
from grader.intake import Attempt, choose
from grader.outcome import Mark, Outcome
from grader.plan import Call, calls
from grader.sandbox.host import Host, Job, Run


@dataclass(frozen=True)
class Plan:
    """One variant's hidden checks, and what the reference solution gives for each."""

    calls: tuple[Call, ...]
    expected: tuple[Any, ...]


@dataclass(frozen=True)
class Prepared:
    """All that every attempt of an assignment is graded with. The expected values stay here."""

    exercise: Exercise
    released: NotebookNode
    plans: tuple[Plan, ...]
    key: str
    salt: bytes
    """Of the draw of each student's variant."""

    def plan(self, student: str) -> Plan:
        """The student's hidden checks; the same variant every time."""
        drawn = hashlib.sha256(self.salt + student.encode("utf-8", "surrogatepass")).digest()
        return self.plans[int.from_bytes(drawn, "big") % len(self.plans)]


def prepare(course: Course, exercise: Exercise, host: Host) -> Prepared:
    """Run the reference solution on the hidden inputs; `GradingError` if it fails on any."""
    released = nbformat.read(course.released(exercise.name), as_version=4)
    _same(exercise, released)
    variants = range(exercise.variants)
    plans = tuple(_plan(exercise, tuple(calls(exercise, course.secret, v)), host) for v in variants)
    parts = [released.metadata.lossbook, [q.hidden for q in exercise.questions]]
    parts += solution(exercise)[0]
    if exercise.variants > 1:
        parts.append(exercise.variants)
    key = hashlib.sha256(course.secret + json.dumps(parts).encode()).hexdigest()
    salt = hashlib.sha256(course.secret + f"/{exercise.name}".encode()).digest()
    return Prepared(exercise, released, plans, key, salt)


def _plan(exercise: Exercise, planned: tuple[Call, ...], host: Host) -> Plan:
    sources, files, checks = solution(exercise)
    run = host.execute(Job(sources, [(c.function, c.encoded()) for c in planned], files, checks))
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
    return Plan(planned, tuple(expected))


def _same(exercise: Exercise, released: NotebookNode) -> None:
    """`GradingError` if questions, points or visible checks are not as they were released."""

    def told(cells: Sequence[NotebookNode]) -> dict[str, tuple]:
        found = {}
        for cell in cells:
            mark = cell.metadata.get("nbgrader")
            if mark:
                source = None if mark["solution"] else visible(cell.source)
                points = (mark.get("points"), cell.metadata.get("extra_points"))
                found[mark["grade_id"]] = (points, source)
        return found

    now, then = told(exercise.notebook.cells), told(released.cells)
    changed = sorted(name for name in {*now, *then} if now.get(name) != then.get(name))
    if changed:
        raise GradingError(
            f"{exercise.name} is not as it was released: {', '.join(changed)} differ in points or "
            "visible checks. Release it again, or put the exercise back as it was"
        )


def attempt_key(prepared: Prepared, attempt: Attempt) -> str:
    """The same only for the same content, release and hidden checks."""
    return hashlib.sha256((prepared.key + attempt.digest).encode()).hexdigest()[:24]


def job(prepared: Prepared, attempt: Attempt) -> tuple[Assembled, Job]:
    """What to run for an attempt; `Refused` if there is nothing to run."""
    handed_in, files = choose(attempt, prepared.exercise.name)
    assembled = assemble(handed_in, prepared.released)
    return assembled, calling(prepared, assembled, files, attempt.student)


def calling(
    prepared: Prepared, assembled: Assembled, files: dict[str, bytes], student: str = ""
) -> Job:
    """The notebook's cells, then every hidden check."""
    cells = [cell.source for cell in assembled.notebook.cells if cell.cell_type == "code"]
    calls = [(c.function, c.encoded()) for c in prepared.plan(student).calls]
    files = {**files, **prepared.exercise.files}
    return Job(cells, calls, files, _checks(assembled.notebook.cells))


def solution(exercise: Exercise) -> tuple[tuple[str, ...], dict[str, bytes], list[int]]:
    """The exercise's own cells without hidden checks, its files, and which cells are checks."""
    cells = exercise.notebook.cells
    sources = tuple(visible(cell.source) for cell in cells if cell.cell_type == "code")
    return sources, exercise.files, _checks(cells)


def _checks(cells: Sequence[NotebookNode]) -> list[int]:
    """Which of the code cells are checks."""
    marks = [c.metadata.get("nbgrader") or {} for c in cells if c.cell_type == "code"]
    return [n for n, mark in enumerate(marks) if mark.get("grade") and not mark.get("solution")]


def outcome(prepared: Prepared, attempt: Attempt, assembled: Assembled | None, run: Run) -> Outcome:
    """Marks from the values that came out, and the notebook as it ran.

    Without anything that could be assembled: zero, with the reason, for a person to look at.
    """
    assembled = assembled or Assembled(NotebookNode(nbformat.from_dict(prepared.released)))
    given = marks(prepared, run, attempt.student)
    notebook = nbformat.from_dict(assembled.notebook)
    _fill(notebook, run, {mark.question: mark for mark in given})
    if run.problem:
        words = f"**This could not be graded in full:** {outputs.text(run.problem, 300)}"
        notebook.cells.insert(0, new_markdown_cell(words, id="problem"))
    why = [run.problem, *attempt.look, *assembled.look, _not_their_doing(run, given)]
    return Outcome(
        student=attempt.student,
        assignment=prepared.exercise.name,
        key=attempt_key(prepared, attempt),
        when=attempt.when.isoformat(),
        marks=given,
        ran=notebook,
        problem=run.problem and outputs.line(run.problem),
        look=[outputs.line(words) for words in why if words],
        notes=[outputs.line(words) for words in attempt.notes + assembled.notes],
        seconds=run.seconds,
        content=attempt.content,
        stated=attempt.stated,
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


def marks(prepared: Prepared, run: Run, student: str = "") -> list[Mark]:
    """Each question's points, by its hidden checks; what was not reached has none."""
    given, plan = [], prepared.plan(student)
    for question in prepared.exercise.questions:
        if question.written:
            continue
        mark = Mark(question.name, 0.0, question.points, extra=question.extra)
        total = got = 0.0
        for number, call in enumerate(plan.calls):
            if call.question == question.name:
                reply = run.replies[number] if number < len(run.replies) else None
                share, words = call.mark(reply, plan.expected[number])
                mark.said.append(outputs.text(words, 300))
                if share < 1 and call.hint and call.hint not in mark.hints:
                    mark.hints.append(call.hint)
                total += call.weight
                got += share * call.weight
        mark.points = round(question.points * got / total, 2)
        given.append(mark)
    return given


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
                    # nbgrader refuses more than a cell is worth: `record` adds what is extra.
                    "data": {"text/plain": str(0.0 if mark.extra else mark.points)},
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
        f"{mark.points:g} of {mark.most:g} {'extra ' if mark.extra else ''}points: "
        f"{passed} of {len(mark.said)} hidden checks passed{told}"
        + "".join(f"\n  {hint}" for hint in mark.hints)
    )


def for_student(words: str) -> str:
    """What a student may know of a failed check: the kind of failure, never a number of it."""
    name = words.partition(":")[0]
    if isinstance(getattr(builtins, name, None), type):
        return f"raised {name}"
    if words.endswith(" is not defined"):
        # Not their words: an exception of the notebook's own can say anything.
        return "what the question asks for is not defined"
    for start in ("shape", "not finite", "nothing (None)", "no answer", "CellTimeout"):
        if words.startswith(start):
            return {"shape": "wrong shape", "CellTimeout": "took too long"}.get(start, start)
    if words.startswith("NotPlain"):
        if words.endswith((" is too large", " of more than 64 bits")):
            return "too large a value"
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

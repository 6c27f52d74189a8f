"""One exercise file: a MyST notebook with its solution, from which everything else is made.

`docs/grading.md` describes the format. A cell's role stands in its metadata under `exercise`:

- `{answer: NAME}`: a code cell with `### BEGIN SOLUTION` … `### END SOLUTION`;
- `{check: NAME, points: P}`: visible checks, and hidden ones between `### BEGIN HIDDEN TESTS` and
  `### END HIDDEN TESTS`;
- `{written: NAME, points: P, rubric: [...]}`: a Markdown cell that is the model answer;
- `{mistake: NAME, points: P}`: a code cell that `release` tries in place of an answer and leaves
  out, which must get these points.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode

from grader.errors import GradingError

HIDDEN = re.compile(r"[ \t]*### BEGIN HIDDEN TESTS\n(.*?)[ \t]*### END HIDDEN TESTS\n?", re.DOTALL)
MOST_VARIANTS = 1000
SOLUTION = re.compile(r"### BEGIN SOLUTION\n.*?### END SOLUTION", re.DOTALL)


@dataclass(frozen=True)
class Question:
    """One question: marked by its hidden checks, or by a person if `written`."""

    name: str
    points: float
    written: bool
    hidden: str = ""
    rubric: tuple[str, ...] = ()
    extra: bool = False
    """Whether its points are extra credit, beyond what the assignment is worth."""

    @property
    def grade_id(self) -> str:
        """The id of the cell that carries the points."""
        return self.name if self.written else f"{self.name}-check"


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that students typically give, and the points that it must get."""

    question: str
    points: float
    source: str
    where: int


@dataclass(frozen=True)
class Exercise:
    """A file's questions, in order, and the notebook with nbgrader's metadata."""

    name: str
    title: str
    imports: tuple[str, ...]
    questions: tuple[Question, ...]
    notebook: NotebookNode
    files: dict[str, bytes] = field(default_factory=dict)
    """What is released and graded beside the notebook, by its path from there."""
    mistakes: tuple[Mistake, ...] = ()
    variants: int = 1
    """How many sets of hidden inputs there are; each student has one of them."""


def visible(source: str) -> str:
    """A check cell without its hidden checks."""
    return HIDDEN.sub("", source).rstrip()


def read(path: Path) -> Exercise:
    """The exercise in `path`; `GradingError` names the file, the cell and the remedy."""
    try:
        notebook = jupytext.read(path, fmt="md:myst")
    except FileNotFoundError as problem:
        raise GradingError(f"there is no exercise {path}") from problem
    except Exception as problem:  # the parsers below jupytext raise of all kinds
        raise GradingError(f"{path}: not a MyST notebook: {problem}") from problem
    questions: list[Question] = []
    mistakes: list[Mistake] = []
    kept = []
    for number, cell in enumerate(notebook.cells, start=1):
        role = cell.metadata.pop("exercise", None)
        if not (isinstance(role, dict) and "mistake" in role):
            kept.append(cell)
        if role is None:
            if "BEGIN SOLUTION" in cell.source or "BEGIN HIDDEN" in cell.source:
                raise GradingError(
                    f"{path}: cell {number} has a solution or hidden checks and no "
                    "`exercise` metadata: they would reach the students"
                )
            continue
        try:
            if cell is not kept[-1]:
                mistakes.append(_mistake(cell, role, number))
                continue
            question = _mark(cell, role)
        except KeyError as problem:
            words = f"{problem.args[0]} is missing in `exercise`, which has {dict(role)}"
            raise GradingError(f"{path}: cell {number}: {words}") from problem
        except (TypeError, ValueError) as problem:
            raise GradingError(f"{path}: cell {number}: {problem}") from problem
        if question:
            questions.append(question)
    notebook.cells = kept
    _validate(path, notebook, questions, mistakes)
    settings = notebook.metadata.pop("exercise", {})
    title = next(
        (
            line[2:]
            for cell in notebook.cells
            for line in cell.source.splitlines()
            if cell.cell_type == "markdown" and line.startswith("# ")
        ),
        path.stem,
    )
    imports = tuple(settings.get("imports", ["numpy"]))
    return Exercise(
        path.stem,
        title,
        imports,
        tuple(questions),
        notebook,
        _files(path, settings),
        tuple(mistakes),
        _variants(path, settings),
    )


def _variants(path: Path, settings: dict[str, Any]) -> int:
    number = settings.get("variants", 1)
    if not isinstance(number, int) or not 1 <= number <= MOST_VARIANTS:
        raise GradingError(f"{path}: variants is a whole number up to {MOST_VARIANTS}")
    return number


def _mistake(cell: NotebookNode, role: dict[str, Any], number: int) -> Mistake:
    if set(role) != {"mistake", "points"} or cell.cell_type != "code":
        raise ValueError(f"a mistake is a code cell with {{mistake: NAME, points: P}}, not {role}")
    return Mistake(str(role["mistake"]), float(role["points"]), cell.source, number)


def _files(path: Path, settings: dict[str, Any]) -> dict[str, bytes]:
    found = {}
    for name in settings.get("files", ()):
        place = path.parent / str(name)
        if ".." in place.parts or Path(str(name)).is_absolute():
            raise GradingError(f"{path}: the file {name} must lie beside the exercise or below it")
        try:
            found[Path(str(name)).as_posix()] = place.read_bytes()
        except OSError as problem:
            raise GradingError(f"{path}: the file {name}: {problem.strerror}") from problem
    return found


def _mark(cell: NotebookNode, role: dict[str, Any]) -> Question | None:
    """Give the cell nbgrader's metadata; the question, if the cell carries points."""
    kinds = {"answer", "check", "written"} & set(role)
    if len(kinds) != 1:
        raise ValueError(f"`exercise` must have one of answer, check, written; it has {dict(role)}")
    (kind,) = kinds
    unknown = set(role) - kinds - {"points", "rubric", "extra"}
    if unknown:
        raise ValueError(f"unknown in `exercise`: {', '.join(sorted(unknown))}")
    name = str(role[kind])
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"the name {name!r} must be lower-case letters, digits and underscores")
    if (kind == "written") != (cell.cell_type == "markdown"):
        raise ValueError(f"{name}: `written` is for Markdown cells, `answer` and `check` for code")
    if kind == "answer" and not SOLUTION.search(cell.source):
        raise ValueError(f"{name}: no ### BEGIN SOLUTION … ### END SOLUTION in the answer cell")
    points = float(role["points"]) if kind != "answer" else None
    if points is not None and not points > 0:
        raise ValueError(f"{name}: points must be above zero")
    extra = role.get("extra", False)
    if extra is not False and (extra is not True or kind != "check"):
        raise ValueError(
            f"{name}: `extra: true` is for checks; for a written answer the formgrader has a field"
        )
    question = None
    if kind == "check":
        found = HIDDEN.findall(cell.source)
        if len(found) != 1:
            raise ValueError(f"{name}: one region of hidden checks is needed, not {len(found)}")
        question = Question(name, float(role["points"]), False, hidden=found[0], extra=extra)
    if kind == "written":
        rubric = tuple(map(str, role.get("rubric", ())))
        if not rubric:
            raise ValueError(f"{name}: a written question needs a rubric")
        question = Question(name, float(role["points"]), True, rubric=rubric)
    cell.metadata["nbgrader"] = {
        "grade_id": f"{name}-check" if kind == "check" else name,
        "grade": kind != "answer",
        "solution": kind != "check",
        "locked": kind == "check",
        "task": False,
        "schema_version": 3,
        # What the assignment is worth is their sum; extra points come on top when they are earned.
        **({"points": 0.0 if extra else points} if points is not None else {}),
    }
    if extra:
        cell.metadata["extra_points"] = points
    return question


def _validate(
    path: Path, notebook: NotebookNode, questions: list[Question], mistakes: list[Mistake]
) -> None:
    ids = [c.metadata["nbgrader"]["grade_id"] for c in notebook.cells if "nbgrader" in c.metadata]
    for name in ids:
        if ids.count(name) > 1:
            raise GradingError(f"{path}: two cells are called {name}")
    for question in questions:
        if not question.written and question.name not in ids:
            raise GradingError(f"{path}: {question.name} has checks but no answer cell")
    for name in ids:
        if not any(name in (q.name, q.grade_id) for q in questions):
            raise GradingError(f"{path}: the answer {name} has no check")
    if not any(not question.extra for question in questions):
        raise GradingError(f"{path}: no question")
    for mistake in mistakes:
        if mistake.question not in [q.name for q in questions if not q.written]:
            words = f"there is no answer {mistake.question} to mistake"
            raise GradingError(f"{path}: cell {mistake.where}: {words}")

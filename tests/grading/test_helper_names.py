"""A student's own names keep their meaning, whatever the checks call theirs."""

import ast
import contextlib
import io

import numpy as np
import pytest
from conftest import EXERCISES
from grader import exercise, hints, plain, plan
from grader.exercise import visible

FILES = sorted(EXERCISES.glob("*.md"))
HELPERS = """
softmax sigmoid logistic squared loss losses nll clip cross cross_entropy log_likelihood gaussian
likelihood helper check checks test f g h y z x X p q w b t s n k rng grid data line share rate
scale mean var sd area found fitted result values weights out tmp
"""


def stored(source: str) -> set[str]:
    """Names that a cell binds anywhere, functions' own among them."""
    tree = ast.parse(source)
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and type(n.ctx) is ast.Store}
    inner = (n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    return names | {name for name in inner if not name.startswith("check_")}


def with_helpers(cells: list, answers: list[int], checks: list[int]) -> list[str]:
    """Each answer leans on helpers that have the names of the checks and natural ones."""
    theirs = {name for n, cell in enumerate(cells) if n in checks for name in stored(cell)}
    given = {name for n, cell in enumerate(cells) if n not in checks for name in stored(cell)}
    used = {
        node.id
        for n, cell in enumerate(cells)
        if n not in checks
        for node in ast.walk(ast.parse(cell))
        if isinstance(node, ast.Name)
    }
    names = sorted((theirs | set(HELPERS.split())) - given - used - {"np", "hints"})
    made = list(cells)
    for at in answers:
        functions = [n.name for n in ast.parse(cells[at]).body if isinstance(n, ast.FunctionDef)]
        helpers = "".join(f"def {name}(): return {name!r}\n" for name in names)
        asked = " and ".join(f"{name}() == {name!r}" for name in names)
        wrapped = "".join(
            f"\n_right_{name} = {name}\n"
            f"def {name}(*_given, **_named):\n"
            f"    assert {asked}\n    return _right_{name}(*_given, **_named)\n"
            for name in functions
        )
        made[at] = helpers + cells[at] + wrapped
    return made


def ran(sources: list[str]) -> tuple[dict, str]:
    """The names after a student's own Jupyter, in which one namespace holds all cells."""
    names: dict = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for source in sources:
            exec(compile(source, "<a cell>", "exec"), names)
    return names, printed.getvalue()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_right_answers_with_helpers_of_any_name_have_all_points(path):
    found = exercise.read(path)
    cells = [cell for cell in found.notebook.cells if cell.cell_type == "code"]
    roles = [cell.metadata.get("nbgrader") or {} for cell in cells]
    answers = [n for n, role in enumerate(roles) if role.get("solution")]
    checks = [n for n, role in enumerate(roles) if role.get("locked")]
    sources = [visible(cell.source) for cell in cells]
    reference, _ = ran(sources)
    helped, printed = ran(with_helpers(sources, answers, checks))
    assert "✗" not in printed, printed
    assert "✓" in printed
    for call in plan.calls(found, b"secret"):
        right = plain.decode(plain.encode(reference[call.function](*_copies(call))))
        value = plain.decode(plain.encode(helped[call.function](*_copies(call))))
        assert call.mark({"value": value}, right) == (1.0, "right"), call


def _copies(call: plan.Call) -> list:
    return [plain.decode(argument) for argument in call.encoded()]


def twice(values):
    return tuple(2 * v for v in values)


def not_written():
    raise NotImplementedError


def test_a_cell_of_checks_says_what_it_could_not_check_and_never_raises(capsys):
    @hints.checks
    def right(twice):
        hints.true(twice([1.0, 2.0]).sum() == 6.0, "sums", "no")

    @hints.checks
    def stopped(twice):
        twice([1.0, None])

    @hints.checks
    def blank(not_written):
        not_written()

    @hints.checks
    def missing(nowhere):
        raise AssertionError

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "✓ sums"
    assert lines[1].startswith("✗ twice: the checks stopped with TypeError")
    assert lines[2] == "✗ not_written is not written yet"
    assert lines[3].startswith("✗ nowhere is not defined")
    assert (right, stopped, blank, missing) == (None,) * 4


@pytest.mark.parametrize(
    ("value", "kind"), [((1, 2), "i"), ([1.5, 2], "f"), ([[1], [2, 3]], None), ("text", None)]
)
def test_values_come_to_the_checks_as_they_come_to_the_marks(value, kind):
    found = hints._array(value)
    assert found.dtype.kind == kind if kind else not isinstance(found, np.ndarray)

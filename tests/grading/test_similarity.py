"""Copies are listed however they are disguised; who has thought for themselves is not."""

from collections.abc import Callable

import numpy as np
import pytest
from conftest import EXERCISES
from grader import exercise, similarity
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from test_workflow import RIGHT, Class
from thirty import CLASS, DISGUISES

GIVEN = [{"cell_type": "code", "source": "import numpy as np\n\ndef slope(x, y):\n    return 0"}]
# A least-squares slope without numpy's own, by eight people.
ANSWERS = {
    "anna": """def slope(x, y):
    mx, my = np.mean(x), np.mean(y)
    top = 0.0
    bottom = 0.0
    for a, b in zip(x, y):
        top += (a - mx) * (b - my)
        bottom += (a - mx) ** 2
    return top / bottom""",
    "ben": """def slope(x, y):
    x = np.asarray(x, dtype=float)
    y = np.asarray(y, dtype=float)
    dx = x - x.mean()
    return float(dx @ (y - y.mean()) / (dx @ dx))""",
    "clara": """def slope(x, y):
    design = np.column_stack([np.ones(len(x)), x])
    beta = np.linalg.solve(design.T @ design, design.T @ np.asarray(y))
    return beta[1]""",
    "dora": """def slope(x, y):
    n = len(x)
    sx = sum(x); sy = sum(y)
    sxy = sum(p * q for p, q in zip(x, y))
    sxx = sum(p * p for p in x)
    return (n * sxy - sx * sy) / (n * sxx - sx * sx)""",
    "emil": """def slope(x, y):
    w, b = 0.0, 0.0
    for step in range(20000):
        error = w * np.array(x) + b - np.array(y)
        w -= 0.01 * np.mean(error * x)
        b -= 0.01 * np.mean(error)
    return w""",
    "fred": """def slope(x, y):
    c = np.cov(x, y, bias=True)
    return c[0, 1] / c[0, 0]""",
    "gina": """def slope(x, y):
    def mean(v):
        return sum(v) / len(v)
    cx = [v - mean(x) for v in x]
    cy = [v - mean(y) for v in y]
    return sum(map(lambda p: p[0] * p[1], zip(cx, cy))) / sum(v * v for v in cx)""",
    "hugo": """from scipy import stats
def slope(x, y):
    if len(x) != len(y):
        raise ValueError("not the same length")
    return stats.linregress(x, y).slope""",
}
DISGUISED = """# my own work
def slope( u , v ) :

    m1 , m2 = np.mean( u ) , np.mean( v )
    s = 1.5   # a sum
    t = 2.5
    for p , q in zip( u , v ) :
        s += (p-m1)*(q-m2)
        t += (p-m1)**2
    return s/t
"""


def code(source: str) -> list[dict]:
    return [{"cell_type": "code", "source": source}]


def handed_in(nll: str, fit: str, text: str) -> list[dict]:
    return [*code(nll), *code(fit), {"cell_type": "markdown", "source": text}]


THIRTY = {student: handed_in(*answers) for student, answers in CLASS.items()}
SHEET = exercise.read(EXERCISES / "02_likelihood.md").notebook.cells
OWN_NLL = """def gaussian_nll(y, mean, scale):
    tau = scale ** -2.0
    return np.array([(tau * (v - mean) ** 2 - np.log(tau / np.pi / 2)) * 0.5 for v in y])"""
OWN_TEXT = (
    "Heights of a curve have no upper bound, so signs tell nothing; add 6.9 for the new unit."
)


def found_by(copy: Callable[[str, str], list[dict]]) -> set[str]:
    """Of thirty classes, each with a copy of one of its students: in which that pair is listed."""
    found = set()
    for student, (nll, fit, _) in CLASS.items():
        pairs = similarity.pairs({**THIRTY, "zoe": copy(nll, fit)}, SHEET)
        others = {(pair.first, pair.second) for pair in pairs} - {(student, "zoe")}
        assert not others
        found |= {student} if pairs else set()
    return found


def listed(answers: dict[str, str]) -> set[tuple[str, str]]:
    found = similarity.pairs({name: code(text) for name, text in answers.items()}, GIVEN)
    return {(pair.first, pair.second) for pair in found}


def test_nobody_who_wrote_their_own_is_listed():
    assert listed(ANSWERS) == set()


def test_a_copy_with_other_names_numbers_and_layout_is_listed():
    assert listed({**ANSWERS, "zoe": DISGUISED}) == {("anna", "zoe")}
    (pair,) = similarity.pairs({n: code(t) for n, t in {**ANSWERS, "zoe": DISGUISED}.items()}, [])
    assert pair.share > 0.9


def test_what_was_given_and_what_many_have_counts_for_nothing():
    same = {f"s{n}": ANSWERS["anna"] for n in range(similarity.COMMON + 1)}
    assert listed({**ANSWERS, **same}) == set()
    two = {"anna": ANSWERS["anna"], "zoe": DISGUISED}
    found = {name: code(text) for name, text in two.items()}
    assert similarity.pairs(found, code(ANSWERS["anna"])) == []


def test_copied_text_is_listed():
    words = "the density can be above one because only its area is one and that needs a width"
    cells = {
        "anna": [{"cell_type": "markdown", "source": f"I say: {words}, so no alarm is due here."}],
        "ben": [{"cell_type": "markdown", "source": f"Well, {words.upper()}; so no alarm is due!"}],
        "zoe": [
            {"cell_type": "markdown", "source": "A density is per unit of y; any height is fine."}
        ],
    }
    assert [(p.first, p.second) for p in similarity.pairs(cells, [])] == [("anna", "ben")]


@pytest.mark.parametrize("student", CLASS)
def test_the_class_of_thirty_answers_rightly(student):
    names: dict = {"np": np}
    for source in CLASS[student][:2]:
        exec(source, names)
    y = np.random.default_rng(0).normal(-3.0, 0.2, 30)
    expected = -stats.norm.logpdf(y, -2.9, 0.3)
    np.testing.assert_allclose(names["gaussian_nll"](y, -2.9, 0.3), expected, rtol=1e-6)
    np.testing.assert_allclose(names["fit"](y), [y.mean(), y.std()], atol=2e-3)


def test_in_a_class_of_thirty_nobody_is_listed_who_worked_alone():
    assert similarity.pairs(THIRTY, SHEET) == []


@pytest.mark.parametrize("disguise", DISGUISES)
def test_in_a_class_of_thirty_a_copy_of_the_code_is_listed(disguise):
    change = DISGUISES[disguise]
    assert found_by(lambda a, b: handed_in(change(a), change(b), OWN_TEXT)) == set(CLASS)


def test_in_a_class_of_thirty_a_copied_text_is_listed():
    for student, (_, _, text) in CLASS.items():
        copy = handed_in(OWN_NLL, "def fit(y):\n    return norm.fit(y)", text.upper())
        (pair,) = similarity.pairs({**THIRTY, "zoe": copy}, SHEET)
        assert (pair.first, pair.second, pair.kind) == (student, "zoe", "text")


def test_a_cell_that_is_no_python_is_compared_line_by_line():
    broken = f"?slope\n{DISGUISED}\nx = ("
    assert listed({**ANSWERS, "zoe": broken}) == {("anna", "zoe")}


@pytest.mark.parametrize("piece", ["a\\\n", "(\n", "'\n", "x;", "?a\n", "f'{'", '"""a\n'])
def test_a_cell_that_would_take_minutes_is_compared_in_part(piece):
    """A megabyte of backslashes held up everybody's report."""
    much = piece * (2**20 // len(piece))
    names = {"a": code(much) + code(DISGUISED), "b": code(DISGUISED) + code(much)}
    (pair,) = similarity.pairs(names, [])
    assert (pair.first, pair.second) == ("a", "b")


MUCH = "# " + "x" * (similarity.MOST_CELL - 1000) + "\n"
"""A comment, which is nobody's line, and fills a cell but for its last thousand characters."""


@pytest.mark.parametrize(
    ("cells", "within"),
    [
        ([MUCH + DISGUISED], True),
        ([2 * MUCH + DISGUISED], False),
        ([MUCH] * 9 + [DISGUISED], True),
        ([MUCH] * 11 + [DISGUISED], False),
    ],
    ids=["a cell", "a long cell", "cells", "many cells"],
)
def test_only_the_beginning_of_long_cells_and_notebooks_is_compared(cells, within):
    """Two are alike at their ends."""
    one = [cell for source in cells for cell in code(source)]
    assert bool(similarity.pairs({"a": one, "b": one}, [])) == within


@given(st.text(max_size=200))
def test_code_of_any_form_is_taken(source):
    similarity.pairs({"a": code(source), "b": code(source + "\n(")}, [])


@pytest.mark.parametrize("copied", [True, False])
def test_the_report_lists_them_as_a_hint(tmp_path, copied):
    rates = Class(tmp_path)
    assert rates.command("release", "rates", "--untried") == 0
    long = ANSWERS["anna"].replace("slope(x, y)", "other(x, y)")
    rates.hand_in("anna", "2026-01-09T12:00Z", f"{RIGHT}\n{long}")
    rates.hand_in("zoe", "2026-01-09T12:00Z", f"{RIGHT}\n{DISGUISED if copied else ''}")
    assert rates.run() == 0
    rates.reported()
    assert ("<td>anna, zoe</td>" in rates.page()) == copied
    assert ("No two share unusually much" in rates.page()) != copied

"""Copies are listed however they are disguised; who has thought for themselves is not."""

import pytest
from grader import similarity
from hypothesis import given
from hypothesis import strategies as st
from test_workflow import RIGHT, Class

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

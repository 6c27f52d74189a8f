"""Variables, extra credit, variants of the inputs, typical mistakes."""

import csv
import json

import pytest
from grader import batch, exercise, plan
from grader.errors import GradingError
from test_workflow import RIGHT, SMALL, Class

RATE, WHY = SMALL.split("+++ {")[0], "+++ {" + SMALL.split("+++ {")[1]
MORE = """
```{code-cell} python3
---
exercise: {answer: weights}
---
### BEGIN SOLUTION
weights = counts / counts.sum()
### END SOLUTION
```

```{code-cell} python3
---
exercise: {check: weights, points: 2, extra: true}
---
print(len(weights))
### BEGIN HIDDEN TESTS
def draw(rng):
    yield value("weights", weight=3)
    yield value("weights", judge=lambda v, e: float(abs(v.sum() - 1) < 1e-9))
### END HIDDEN TESTS
```

"""
MISTAKES = """
```{code-cell} python3
---
exercise: {mistake: rate, points: 0}
---
def rate(y):
    return np.median(y) + 100
```

```{code-cell} python3
---
exercise: {mistake: weights, points: 0.5}
---
weights = np.ones(3) / 3
```

"""


@pytest.fixture
def rates(tmp_path) -> Class:
    made = Class(tmp_path)
    made.write(RATE + MORE + MISTAKES + WHY)
    return made


def _add(rates: Class, student: str, source: str) -> None:
    path = rates.root / "submissions" / student / "rates.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "weights":
            cell["source"] = source
    path.write_text(json.dumps(notebook))


def test_variables_are_marked_and_extra_credit_comes_on_top(rates, capsys):
    assert rates.command("release", "rates") == 0
    told = capsys.readouterr().out
    assert "10 points, and 2 extra in 3 questions" in told
    assert "tried: 2 typical mistakes with the points that the exercise says" in told
    given = {
        "all": "weights = counts / counts.sum()",
        "part": "weights = np.ones(3) / 3",
        "none": "weight = counts",
        "early": "weights = counts / counts.sum()\nold = rate\n"
        "def rate(y):\n    global weights\n    weights = None\n    return old(y)",
    }
    for student, source in given.items():
        rates.hand_in(student, "2026-01-09T12:00Z", RIGHT)
        _add(rates, student, source)
    assert rates.run() == 0
    assert rates.reported() == {"all": 6.0, "part": 4.5, "none": 4.0, "early": 6.0}
    found = batch.read_all(rates.course.outcomes("rates"))
    text = json.dumps(found["none"][0].notebook)
    assert "0 of 2 extra points: 0 of 2 hidden checks passed (what the question asks for is" in text
    released = rates.course.released("rates").read_text()
    assert "median" not in released
    assert "np.ones(3)" not in released
    with rates.course.gradebook() as gradebook:
        assert gradebook.find_assignment("rates").max_score == 10
        assert gradebook.find_submission("rates", "all").score == 6


def test_extra_credit_above_the_whole_is_cut_only_for_the_system_that_refuses_it(rates):
    assert rates.command("release", "rates", "--untried") == 0
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT, "Because.")
    _add(rates, "anna", "weights = counts / counts.sum()")
    assert rates.run() == 0
    rates.mark("anna", 6)
    assert rates.reported() == {"anna": 10.0}
    with (rates.course.root / "report" / "rates" / "canvas.csv").open() as file:
        assert [row[-1] for row in csv.reader(file)][1:] == ["10.0", "12.0"]
    assert "1 with 10.8 to 12" in rates.page()


def test_extra_points_that_change_need_a_new_release(rates, capsys):
    assert rates.command("release", "rates", "--untried") == 0
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT)
    rates.write((RATE + MORE + MISTAKES + WHY).replace("points: 2, extra", "points: 3, extra"))
    assert rates.run() == 1
    assert "not as it was released: weights-check differ" in capsys.readouterr().err


def test_a_typical_mistake_with_other_points_stops_the_release(rates, capsys):
    text = RATE + MORE + MISTAKES + WHY
    for change, words in {
        ("points: 0.5}", "points: 1}"): "the mistake in weights gets 0.5 points, not 1",
        ("np.median(y) + 100", "np.mean(y)"): "the mistake in rate gets 4 points, not 0",
        ("mistake: weights", "mistake: weight"): "there is no answer weight to mistake",
        ("check: weights, points: 2, extra: true", "check: weights, points: 2, extra: 1"): "extra:",
        ("mistake: rate, points: 0", "mistake: rate"): "a mistake is a code cell with",
    }.items():
        assert change[0] in text
        rates.write(text.replace(*change))
        assert rates.command("release", "rates") == 1
        assert words in capsys.readouterr().err


def test_each_student_has_one_variant_of_the_inputs_and_keeps_it(rates):
    def variants(number: object) -> str:
        return (RATE + WHY).replace("imports: [numpy]", f"variants: {number}, imports: [numpy]")

    rates.write(variants(5))
    assert rates.command("release", "rates") == 0
    spy = "def rate(y):\n    raise ValueError(str(sorted(y)))"
    for number in range(8):
        rates.hand_in(f"s{number}", "2026-01-09T12:00Z", spy)
        rates.hand_in(f"right{number}", "2026-01-09T12:00Z", RIGHT)
    assert rates.run() == 0
    found = batch.read_all(rates.course.outcomes("rates"))
    assert {found[f"right{n}"][0].points for n in range(8)} == {4.0}
    said = {f"s{n}": found[f"s{n}"][0].marks[0].said for n in range(8)}
    assert 2 <= len(set(map(str, said.values()))) <= 5
    assert rates.run("--again") == 0
    found = batch.read_all(rates.course.outcomes("rates"))
    assert {name: found[name][0].marks[0].said for name in said} == said
    made = exercise.read(rates.exercises / "rates.md")
    drawn = [str(plan.calls(made, b"secret", variant)) for variant in range(5)]
    assert len(set(drawn)) == 5
    for wrong in (0, 5000, "many"):
        rates.write(variants(wrong))
        with pytest.raises(GradingError, match="variants is a whole number up to 1000"):
            exercise.read(rates.exercises / "rates.md")

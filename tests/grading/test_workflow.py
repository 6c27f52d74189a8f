"""The documented workflow gives the right number: marks by a person, changes, single students."""

import csv
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import cases
import pytest
from conftest import grade
from grader import batch, release, written
from grader.course import Course, Policy
from grader.errors import GradingError
from nbgrader.preprocessors import NbGraderPreprocessor

SMALL = """---
exercise: {imports: [numpy], files: [data/counts.csv]}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# Rates

```{code-cell} python3
import numpy as np
counts = np.loadtxt("data/counts.csv")
```

```{code-cell} python3
---
exercise: {answer: rate}
---
def rate(y):
    ### BEGIN SOLUTION
    return np.mean(y) + 0 * counts.sum()
    ### END SOLUTION
```

```{code-cell} python3
---
exercise: {check: rate, points: 4}
---
print("✓" if np.ndim(rate(counts)) == 0 else "✗ one number")
### BEGIN HIDDEN TESTS
def draw(rng):
    yield call("rate", rng.poisson(3.0, 8))
    yield call("rate", rng.poisson(30.0, 3))
### END HIDDEN TESTS
```

+++ {"exercise": {"written": "why", "points": 6, "rubric": ["6 points: because"]}}

Because it is.
"""


class Class:
    """A course of its own with one small exercise, and the students' folders."""

    def __init__(self, root: Path) -> None:
        self.root, self.course = root, Course(root / "course")
        self.exercises = root / "exercises"
        (self.exercises / "data").mkdir(parents=True)
        (self.exercises / "data" / "counts.csv").write_text("1\n2\n3\n")
        self.write(SMALL)

    def write(self, text: str) -> None:
        (self.exercises / "rates.md").write_text(text)

    def command(self, *words: object) -> int:
        return grade("--course", self.course.root, "--exercises", self.exercises, *words)

    def hand_in(self, student: str, when: str, rate: str | None, why: str | None = None) -> None:
        notebook = json.loads(self.course.released("rates").read_text())
        for name, source in (("rate", rate), ("why", why)):
            if source is not None:
                cases.cell_of(notebook, name)["source"] = source
        folder = self.root / "submissions" / student
        shutil.rmtree(folder, ignore_errors=True)
        cases.attempt(folder, json.dumps(notebook).encode(), when, "rates.ipynb")

    def run(self, *words: object) -> int:
        return self.command("run", "rates", self.root / "submissions", *words)

    def mark(self, student: str, points: float) -> None:
        """As a person does in the formgrader."""
        with self.course.gradebook() as gradebook:
            given = gradebook.find_grade("why", "rates", "rates", student)
            given.manual_score, given.needs_manual_grade = points, False
            gradebook.db.commit()

    def reported(self) -> dict[str, float]:
        assert self.command("report", "rates") == 0
        with (self.course.root / "report" / "rates" / "moodle.csv").open() as file:
            return {name: float(points) for name, points in list(csv.reader(file))[1:]}

    def page(self) -> str:
        return (self.course.root / "report" / "rates" / "index.html").read_text()


RIGHT = "def rate(y):\n    return np.mean(y)"
DUE = ("--due", "2026-01-10T00:00Z", "--untried")


@pytest.fixture
def rates(tmp_path) -> Class:
    return Class(tmp_path)


def test_lateness_is_taken_off_marks_that_a_person_gives_after_the_run(rates):
    assert rates.command("release", "rates", *DUE) == 0
    rates.hand_in("clara", "2026-01-12T12:00Z", None, "Because.")  # three days begun, of 10 points
    rates.hand_in("ben", "2026-01-12T12:00Z", RIGHT, "Because.")
    assert rates.run() == 0
    rates.mark("clara", 2.0)
    rates.mark("ben", 5.0)
    assert rates.command("feedback", "rates") == 0
    with rates.course.gradebook() as gradebook:
        found = gradebook.find_submission("rates", "clara")
        assert (found.score, found.late_submission_penalty) == (2.0, 2.0)
    assert rates.reported() == {"ben": 6.0, "clara": 0.0}
    assert rates.command("extend", "rates", "clara", "--due", "2026-01-12T00:00Z") == 0
    assert rates.reported() == {"ben": 6.0, "clara": 1.0}
    assert rates.command("release", "rates", *DUE, "--penalty", "0") == 0
    assert rates.reported() == {"ben": 9.0, "clara": 2.0}
    assert rates.course.policy("rates").extensions == {"clara": "2026-01-12T00:00Z"}


def test_an_exercise_that_is_not_as_released_grades_nobody(rates, capsys):
    assert rates.command("release", "rates", "--untried") == 0
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT)
    assert rates.run() == 0
    why = "+++ {"
    question = SMALL[SMALL.index("```{code-cell} python3\n---") : SMALL.index(why)]
    more = question.replace("answer: rate", "answer: more").replace("check: rate", "check: more")
    for changed, names in {
        SMALL.replace(why, more + why): "more, more-check",
        SMALL.replace("points: 4", "points: 8"): "rate-check",
        SMALL.replace("one number", "two"): "rate-check",
    }.items():
        rates.write(changed)
        assert rates.run() == 1
        assert f"not as it was released: {names} differ" in capsys.readouterr().err
        assert rates.reported() == {"anna": 4.0}
    assert rates.command("release", "rates", "--untried") == 0
    assert rates.run() == 0
    assert rates.reported() == {"anna": 4.0}


def test_points_changed_by_a_new_release_change_everybodys(rates):
    assert rates.command("release", "rates", "--untried") == 0
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT)
    assert rates.run() == 0
    rates.write(SMALL.replace("points: 4", "points: 8"))
    assert rates.command("release", "rates", "--untried") == 0
    assert rates.run() == 0
    assert rates.reported() == {"anna": 8.0}


def test_nbgraders_generate_does_no_harm(rates):
    assert rates.command("release", "rates", "--untried") == 0
    before = rates.course.released("rates").read_bytes()
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT)
    assert rates.run() == 0
    (rates.course.root / "nbgrader_config.py").write_text("c = get_config()\n")
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "rates", "--force"],
        cwd=rates.course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    path = rates.course.root / "release" / "rates" / "rates.ipynb"
    assert path.read_bytes() != before
    assert rates.run("--again") == 0
    assert path.read_bytes() == before
    assert rates.reported() == {"anna": 4.0}


def test_the_report_names_who_waits_and_whose_marks_are_old(rates, capsys):
    assert rates.command("release", "rates", "--untried") == 0
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT, "Because.")
    rates.hand_in("ben", "2026-01-09T12:00Z", RIGHT, "Because.")
    assert rates.run() == 0
    rates.mark("anna", 5.0)
    rates.reported()
    assert "1 answers wait for a person: ben" in rates.page()
    rates.mark("ben", 3.0)
    rates.reported()
    assert "0 answers wait" in rates.page()
    rates.hand_in("ben", "2026-01-09T13:00Z", RIGHT, "Because I say so.")
    assert rates.run() == 0
    rates.reported()
    assert "1 answers wait for a person: ben" in rates.page()
    shutil.rmtree(rates.root / "submissions" / "anna")
    rates.write(SMALL.replace("poisson(3.0, 8)", "poisson(5.0, 9)"))
    capsys.readouterr()
    assert rates.run() == 0
    assert "marked by older checks" in capsys.readouterr().out
    rates.reported()
    assert "Marked by older checks" in rates.page()
    assert "<p>2 students, " in rates.page(), "as many as the histogram shows"
    assert "anna" in rates.page()


def test_as_many_attempts_are_listed_to_look_at_as_run_says(rates, capsys):
    assert rates.command("release", "rates", "--untried") == 0
    for count, student in enumerate(["anna", "ben", "clara"], start=1):
        rates.hand_in(student, "2026-01-09T12:00Z", f"import no_such_module\n{RIGHT}")
        for new in (1, 0):
            capsys.readouterr()
            assert rates.run() == 0
            told = capsys.readouterr().out
            assert f"{count} to look at, {new} of them new\n" in told
            assert told.count("\n  look: ") == count
            rates.reported()
            assert rates.page().count("an import failed here: ") == count


def test_a_failure_of_nbgraders_is_told_with_all_that_it_says(rates, capsys, monkeypatch):
    class Fails(NbGraderPreprocessor):
        def preprocess(self, notebook, resources):
            raise ValueError("this cannot be read\n\n    1 +\n      ^") from OSError("before\nit")

    monkeypatch.setattr(release, "STEPS", [Fails])
    assert rates.command("release", "rates", "--untried") == 1
    said = "error: rates could not be released: ValueError: this cannot be read 1 + ^\n"
    assert capsys.readouterr().err == said


def test_a_student_can_be_removed_and_a_wrong_folder_is_refused(rates, capsys):
    assert rates.command("release", "rates", "--untried") == 0
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT)
    rates.hand_in("wrong", "2026-01-09T12:00Z", RIGHT)
    assert rates.run() == 0
    shutil.rmtree(rates.root / "submissions" / "wrong")
    assert rates.command("remove", "rates", "wrong") == 0
    assert rates.command("remove", "rates", "wrong") == 1
    assert rates.run() == 0
    assert rates.reported() == {"anna": 4.0}
    capsys.readouterr()
    assert rates.command("run", "rates", rates.course.root) == 1
    assert "the course's own folder" in capsys.readouterr().err


@pytest.mark.parametrize("due", ["10/01/2026", "2026-01-10", "01-10-2026 12:00", "tomorrow"])
def test_a_deadline_that_can_be_read_in_two_ways_is_refused(due):
    with pytest.raises(GradingError, match="one way only"):
        Policy(due=due)


def test_release_says_the_policy_and_tries_the_exercise(rates, capsys):
    assert rates.command("release", "rates", "--due", "2026-01-10T12:00+02:00") == 0
    told = capsys.readouterr().out
    assert "due Saturday, 10 January 2026, 10:00 UTC, then 10% of the points a day begun" in told
    assert "tried: the solution passes every check" in told
    early = "if len(y) == 3: return np.mean(y)\n"
    broken = {
        "the reference solution fails": SMALL.replace("np.mean(y) +", "np.maen(y) +"),
        "visible check": SMALL.replace('print("✓" if', 'print("✓" if False and'),
        "gets 2 of 4 points": SMALL.replace("def rate(y):\n", "def rate(y):\n    " + early),
        "NameError": SMALL.replace("rng.poisson(3.0, 8)", "rgn.poisson(3.0, 8)"),
        "gone.csv": SMALL.replace("files: [data/counts.csv]", "files: [data/gone.csv]"),
        "points is missing": SMALL.replace("check: rate, points: 4", "check: rate"),
    }  # fmt: skip
    for words, text in broken.items():
        rates.write(text)
        assert rates.command("release", "rates") == 1, words
        assert words in capsys.readouterr().err


def test_a_release_that_fails_leaves_the_one_that_students_have(rates, capsys):
    def kept() -> dict[Path, bytes]:
        found = [p for p in rates.course.root.rglob("*") if p.is_file() and p.suffix != ".db"]
        return {path: path.read_bytes() for path in found}

    assert rates.command("release", "rates", *DUE) == 0
    before = kept()
    broken = {
        "the reference solution fails": SMALL.replace("np.mean(y) +", "np.maen(y) +"),
        "would show": SMALL.replace("Because it is.", "Not np.mean(y) + 0 * counts.sum()").replace(
            "# Rates",
            "# Rates: np.mean(y) + 0 * counts.sum(), return np.mean(y) + 0 * counts.sum()",
        ),
    }
    for words, text in broken.items():
        rates.write(text)
        assert rates.command("release", "rates", "--due", "2027-01-10T00:00Z") == 1
        assert words in capsys.readouterr().err
        assert kept() == before
    rates.write(SMALL)
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT)
    assert rates.run() == 0
    assert rates.reported() == {"anna": 4.0}


def test_files_of_an_exercise_are_released_and_lie_beside_every_notebook(rates):
    assert rates.command("release", "rates", "--untried") == 0
    with zipfile.ZipFile(rates.course.root / "release" / "rates.zip") as archive:
        assert sorted(archive.namelist()) == ["rates/data/counts.csv", "rates/rates.ipynb"]
    rates.hand_in("anna", "2026-01-09T12:00Z", "def rate(y):\n    return np.mean(y) * counts[0]")
    assert rates.run() == 0
    found = batch.read_all(rates.course.outcomes("rates"))
    assert found["anna"][0].points == 4.0


def test_ctrl_c_ends_the_runs_and_the_same_command_goes_on(rates, monkeypatch, capsys):
    assert rates.command("release", "rates", "--untried") == 0
    for number in range(6):
        rates.hand_in(f"s{number}", "2026-01-09T12:00Z", RIGHT)
    seen = []

    def interrupt(*_arguments):
        seen.append(1)
        if len(seen) == 2:
            raise KeyboardInterrupt

    before = batch.grade
    monkeypatch.setattr(batch, "grade", lambda *a, tell, **k: before(*a, tell=interrupt, **k))
    assert rates.run("--jobs", 2) == 130
    monkeypatch.setattr(batch, "grade", before)
    assert rates.run() == 0
    assert len(rates.reported()) == 6


def test_who_fails_a_hidden_check_reads_the_instructors_own_words(rates):
    hint = "Zero is a count too."
    rates.write(SMALL.replace("rng.poisson(3.0, 8))", f"rng.poisson(3.0, 8), hint={hint!r})"))
    assert rates.command("release", "rates", "--untried") == 0
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT)
    rates.hand_in("ben", "2026-01-09T12:00Z", "def rate(y):\n    return -1.0")
    assert rates.run() == 0
    found = batch.read_all(rates.course.outcomes("rates"))
    assert {name: each[0].marks[0].hints for name, each in found.items()} == {
        "anna": [],
        "ben": [hint],
    }
    assert hint in json.dumps(found["ben"][0].notebook)
    assert hint not in json.dumps(found["anna"][0].notebook)


def test_written_answers_are_printed_as_text(rates, capsys, monkeypatch):
    assert rates.command("release", "rates", "--untried") == 0
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT, "Because $a<b$ <script>alert(1)</script>")
    rates.hand_in("ben", "2026-01-09T12:00Z", RIGHT, "line\n\n" * 60)
    rates.hand_in("clara", "2026-01-09T12:00Z", RIGHT)
    rates.hand_in("dora", "2026-01-09T12:00Z", RIGHT, "long " * written.MOST_TEXT)
    assert rates.run() == 0
    assert rates.command("written", "rates") == 0
    folder = rates.course.root / "report" / "rates"
    page = (folder / "written.html").read_text()
    assert "Because $a&lt; b$ &lt; script&gt;alert(1)" in page  # as the formgrader shows it
    assert "<h1>ben</h1>" in page
    assert page.count("why (of 6 points)") == 4
    assert "<li>6 points: because</li>" in page
    answers = dict(re.findall(r"<h1>(\w+)</h1>(.*?)</section>", page, re.DOTALL))
    assert [name for name, text in answers.items() if "no answer" in text] == ["clara"]
    assert [name for name, text in answers.items() if "cut here" in text] == ["dora"]
    assert re.findall(r"@page (s\d) \{ @top-left \{ content: (.*); \} \}", page) == [
        (f"s{n}", f'"{name}"') for n, name in enumerate(["anna", "ben", "clara", "dora"])
    ]
    assert not set(written._quoted('a"b</style>')[1:-1]) & set('"</>')
    if any(map(shutil.which, written.BROWSERS)):
        body = (folder / "written.pdf").read_bytes()
        assert body.startswith(b"%PDF")
        assert len(re.findall(rb"/Type\s*/Page\b", body)) >= 7
    monkeypatch.setattr(written, "BROWSERS", ())
    assert rates.command("written", "rates") == 0
    assert "there is no Chromium here" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("--jobs", "-1"),
        ("--jobs", "0"),
        ("--cell-seconds", "-1"),
        ("--total-seconds", "nan"),
        ("--memory", "10"),
        ("--processes", "many"),
    ],
)
def test_options_that_make_no_sense_are_refused(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        grade("run", "rates", "nowhere", *words)
    assert f"argument {words[0]}" in capsys.readouterr().err

"""Every exercise: student's version, solution page and graded assignment agree; answers are right.

The reference solutions are held against libraries, since marks are given by them.
"""

import json
import zipfile

import nbformat
import numpy as np
import pytest
from conftest import EXERCISES
from grader import exercise, marking, pages, release
from grader.course import Course, Policy
from grader.errors import GradingError
from grader.exercise import SOLUTION, visible
from grader.sandbox.host import Host, Job
from grader.sandbox.limits import Limits
from scipy import optimize, special, stats
from solved import solutions

FILES = sorted(EXERCISES.glob("*.md"))


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    return Course(tmp_path_factory.mktemp("exercises") / "course")


@pytest.fixture(scope="module")
def hosts():
    kept: dict[tuple, Host] = {}

    def host(imports: tuple) -> Host:
        if imports not in kept:
            kept[imports] = Host(imports, Limits())
            kept[imports].start()
        return kept[imports]

    yield host
    for one in kept.values():
        one.close()


def code(notebook) -> list[str]:
    return [visible(cell.source) for cell in notebook.cells if cell.cell_type == "code"]


def printed(run) -> str:
    assert run.problem is None
    return "".join(out.get("text", out.get("ename", "")) for cell in run.outputs for out in cell)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_source_three_versions(path, course, hosts):
    found = exercise.read(path)
    host = hosts(found.imports)
    archive = release.release(course, found, Policy())
    with zipfile.ZipFile(archive) as opened:
        assert opened.namelist() == [f"{path.stem}/{path.stem}.ipynb"]
        students = nbformat.reads(opened.read(opened.namelist()[0]).decode(), as_version=4)
    page = pages.solved(found)

    # The same cells in the same order; where they differ, only by the answer and hidden checks.
    assert students.cells.pop().source.endswith(f'hints.notebook("{path.stem}.ipynb")')
    assert len(students.cells) == len(page.cells) == len(found.notebook.cells)
    for theirs, shown, source in zip(students.cells, page.cells, found.notebook.cells, strict=True):
        assert theirs.cell_type == shown.cell_type == source.cell_type
        meta = source.metadata.get("nbgrader", {})
        if not meta.get("solution"):
            assert theirs.source == shown.source == visible(source.source)
        elif source.cell_type == "code":
            around = SOLUTION.split(source.source)
            assert all(part.strip() in theirs.source for part in around)
            assert all(part.strip() in shown.source for part in around)
            assert "raise NotImplementedError" in theirs.source
        else:
            assert theirs.source == "YOUR ANSWER HERE"
            assert source.source in shown.source
    for text in (nbformat.writes(students), json.dumps(page)):
        assert "HIDDEN TESTS" not in text
        assert "def draw(" not in text
        assert "BEGIN SOLUTION" not in text

    # With the answers every visible check passes, without them none; hidden checks pass.
    good = printed(host.execute(Job(code(page))))
    assert "✓" in good
    assert "✗" not in good
    bare = printed(host.execute(Job(code(students))))
    assert "✗" in bare
    assert "✓" not in bare
    prepared = marking.prepare(course, found, host)
    for question in found.questions:
        assert question.written or any(c.question == question.name for c in prepared.plans[0].calls)
    marked = [question for question in found.questions if not question.written]
    assert len(marked) >= 2, (
        f"chapters/exercises/{found.name}.md asks {len(marked)} question that is marked by running "
        "it: ask two at least, so that a part of the work can earn a part of the points"
    )


def test_likelihood_against_scipy():
    answer, rng = solutions("02_likelihood"), np.random.default_rng(0)
    y = rng.normal(3, 2, 40)
    np.testing.assert_allclose(answer["gaussian_nll"](y, 1, 3), -stats.norm.logpdf(y, 1, 3))
    np.testing.assert_allclose(answer["fit"](y), stats.norm.fit(y), atol=1e-6)


def test_mean_against_differences():
    answer, rng = solutions("04_mean"), np.random.default_rng(0)
    X, y, w = rng.normal(size=(9, 3)), rng.normal(size=9), rng.normal(size=4)
    loss = lambda v: -np.mean(stats.norm.logpdf(y, X @ v[:3] + v[3], 0.7))  # noqa: E731
    np.testing.assert_allclose(
        answer["gradient"](X, y, w[:3], w[3], 0.7),
        optimize.approx_fprime(w, loss, 1e-7),
        rtol=1e-5,
    )
    p = np.arange(9.0)
    np.testing.assert_allclose(answer["diagnose"](p[::-1], p[::-1] + p[::-1] // 3), [0, 1, 2])


def test_two_classes_against_scipy():
    answer, rng = solutions("06_two_classes"), np.random.default_rng(0)
    z, y = rng.normal(0, 3, 20), rng.integers(0, 2, 20)
    np.testing.assert_allclose(
        answer["bernoulli_nll"](y, z), -stats.bernoulli.logpmf(y, special.expit(z))
    )
    X = rng.normal(size=(20, 2))

    def loss(v):
        nll = answer["bernoulli_nll"](y, X @ v[:2] + v[2])
        return nll.mean() + 0.05 * np.sum(v[:2] ** 2)

    best = optimize.minimize(loss, np.zeros(3), tol=1e-10).x
    np.testing.assert_allclose(answer["train"](X, y), best, atol=1e-4)


def test_softmax_against_scipy():
    answer, rng = solutions("09_softmax"), np.random.default_rng(0)
    Z, y = rng.normal(0, 3, (6, 4)), rng.integers(0, 4, 6)
    nll, gradient = answer["softmax_nll"](y, Z)
    np.testing.assert_allclose(nll, -special.log_softmax(Z, axis=1)[np.arange(6), y])
    np.testing.assert_allclose(gradient, special.softmax(Z, axis=1) - np.eye(4)[y])
    # The floor, by searching: the first softmax's logits, one of them free to grow.
    twice = lambda a: -special.log_softmax(special.softmax([a, 0, 0, 0]))[0]  # noqa: E731
    lowest = min(twice(a) for a in np.linspace(-5, 60, 500))
    assert answer["floor"](4) == pytest.approx(lowest)


BROKEN = {
    "no metadata": ("exercise: {answer: nll}", "tags: []", "would reach the students"),
    "no solution": ("### END SOLUTION", "", "no ### BEGIN SOLUTION"),
    "no hidden checks": ("### END HIDDEN TESTS", "", "one region of hidden checks"),
    "no points": ("check: nll, points: 3", "check: nll", "points is missing"),
    "unknown key": ("check: nll, points: 3", "check: nll, points: 3, pionts: 4", "pionts"),
    "no answer to a check": ("check: fit,", "check: other,", "no answer cell"),
    "no rubric": ('"rubric": [', '"rubric": [], "x": [', "unknown in `exercise`: x"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_exercise_is_refused_with_the_reason(case, tmp_path):
    old, new, told = BROKEN[case]
    text = (EXERCISES / "02_likelihood.md").read_text("utf-8")
    assert old in text
    (tmp_path / "broken.md").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(GradingError, match=r"broken\.md.*" + told):
        exercise.read(tmp_path / "broken.md")


def test_a_wrong_reference_solution_or_check_is_found_before_any_student_is_graded(
    course, hosts, tmp_path
):
    text = (EXERCISES / "02_likelihood.md").read_text("utf-8")
    broken = text.replace("return 0.5 * z**2", "return undefined * z**2")
    (tmp_path / "wrong.md").write_text(broken, "utf-8")
    found = exercise.read(tmp_path / "wrong.md")
    release.release(course, found, Policy())
    with pytest.raises(GradingError, match="the reference solution"):
        marking.prepare(course, found, hosts(found.imports))
    broken = text.replace("rng.normal(3.0, scale", "rng.normall(3.0, scale")
    (tmp_path / "wrong.md").write_text(broken, "utf-8")
    with pytest.raises(GradingError, match=r"hidden checks of nll.*normall"):
        marking.prepare(course, exercise.read(tmp_path / "wrong.md"), hosts(found.imports))

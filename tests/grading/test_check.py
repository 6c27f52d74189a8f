"""What a student is told before handing in: what the visible checks tell, and no more."""

import json

import cases
import pytest
from cases import FIT, NLL, Case
from conftest import EXERCISES, grade
from grader.course import Course


def _without(name):
    def edit(notebook):
        notebook["cells"].remove(cases.cell_of(notebook, name))

    return edit


def _changed(notebook):
    cases.cell_of(notebook, "nll-check")["source"] = "print('all is well')"


TOLD = [
    (Case("right", NLL, FIT), 0, "every cell runs from the top"),
    (Case("renamed", NLL.replace("gaussian_nll", "nll"), FIT), 1, "gaussian_nll is not defined at"),
    (Case("wrong", NLL.replace(" + np.log(scale)", ""), FIT), 1, "✗ the density has area 1"),
    (Case("error", NLL, FIT, ["1 / 0"]), 1, "cell 3 does not run: ZeroDivisionError"),
    (Case("order", NLL, FIT, ["gaussian_nll([1], 0, 1)"]), 1, "does not run: NameError"),
    (Case("missing", NLL, FIT, edit=_without("fit")), 1, "the cell fit is missing"),
    (Case("changed", NLL, FIT, edit=_changed), 1, "the checks nll-check were changed"),
    (Case("tuple", NLL, "def fit(y):\n    return y.mean(), y.std()"), 0, "every visible check"),
]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("check") / "course")
    common = ("--course", course.root, "--exercises", EXERCISES)
    assert grade(*common, "release", "02_likelihood", "--untried") == 0
    return json.loads(course.released("02_likelihood").read_text())


@pytest.mark.parametrize(
    ("case", "code", "words"), TOLD, ids=lambda value: getattr(value, "name", "")
)
def test_a_student_is_told_what_would_not_run_or_is_missing(
    released, tmp_path, capsys, case, code, words
):
    path = tmp_path / "02_likelihood.ipynb"
    path.write_bytes(case.notebook(released))
    before = path.read_bytes()
    assert grade("check", path) == code
    told = capsys.readouterr()
    assert words in told.out
    assert path.read_bytes() == before
    assert "hidden" not in told.out + told.err


def test_what_is_no_notebook_of_an_exercise_is_said(tmp_path, capsys):
    (tmp_path / "x.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    for name, words in (("x.ipynb", "not a notebook of an exercise"), ("y.ipynb", "there is no")):
        assert grade("check", tmp_path / name) == 1
        assert words in capsys.readouterr().err

"""What a student is told before handing in: what the visible checks tell, and no more."""

import json
import sys
from types import SimpleNamespace

import cases
import nbformat
import pytest
from cases import FIT, NLL, Case
from conftest import EXERCISES, grade
from grader import hints
from grader.course import Course
from grader.sandbox.host import Host, Job
from grader.sandbox.limits import Limits
from nbclient import NotebookClient


def _without(name):
    def edit(notebook):
        notebook["cells"].remove(cases.cell_of(notebook, name))

    return edit


def _changed(notebook):
    cases.cell_of(notebook, "nll-check")["source"] = "print('all is well')"


def _odd(notebook):
    """As programs other than Jupyter leave it."""
    for cell in notebook["cells"]:
        cell["id"] = "same"
    notebook["cells"][0]["metadata"] = None
    notebook["cells"][0]["source"] = None
    notebook["cells"].append(cases.code("# half an emoji: \ud83d"))


def _as_markdown(notebook):
    cases.cell_of(notebook, "fit")["cell_type"] = "markdown"


TOLD = [
    (Case("right", NLL, FIT), 0, "every cell runs from the top"),
    (Case("renamed", NLL.replace("gaussian_nll", "nll"), FIT), 1, "gaussian_nll is not defined at"),
    (Case("wrong", NLL.replace(" + np.log(scale)", ""), FIT), 1, "✗ the density has area 1"),
    (Case("error", NLL, FIT, ["1 / 0"]), 1, "cell 3 does not run: ZeroDivisionError"),
    (Case("order", NLL, FIT, ["gaussian_nll([1], 0, 1)"]), 1, "does not run: NameError"),
    (Case("missing", NLL, FIT, edit=_without("fit")), 1, "the cell fit is missing"),
    (Case("changed", NLL, FIT, edit=_changed), 1, "the checks nll-check were changed"),
    (Case("odd", NLL, FIT, edit=_odd), 0, "every visible check passes"),
    (Case("text", NLL, FIT, edit=_as_markdown), 1, "fit is not defined at the end"),
    (
        Case("slow", NLL, FIT, ["", "import time\ntime.sleep(600)"]),
        1,
        "cell 4 takes more than 12 s",
    ),
    (Case("dies", NLL, FIT, ["import os\nos._exit(1)"]), 1, "cell 3 ends the kernel"),
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
    released, tmp_path, capfd, case, code, words
):
    path = tmp_path / "02_likelihood.ipynb"
    path.write_bytes(case.notebook(released))
    before = path.read_bytes()
    assert grade("check", path, "--cell-seconds", 12 if case.name == "slow" else 240) == code
    told = capfd.readouterr()
    assert words in told.out
    assert told.err.count("\n") == code, "only the line of the error, nothing of the kernel's log"
    assert path.read_bytes() == before
    assert "hidden" not in told.out + told.err


def test_what_is_no_notebook_of_an_exercise_is_said(tmp_path, capsys):
    (tmp_path / "x.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    (tmp_path / "old.ipynb").write_text('{"worksheets": [], "metadata": {}, "nbformat": 3}')
    (tmp_path / "cut.ipynb").write_text('{"cells": [')
    (tmp_path / "wide.ipynb").write_bytes('{"cells": []}'.encode("utf-16"))
    for name, words in {
        "x.ipynb": "not a notebook of an exercise",
        "y.ipynb": "there is no",
        "old.ipynb": "not a notebook of format 4",
        "cut.ipynb": "cut off or damaged",
        "wide.ipynb": "cut off or damaged",
        "": "cannot be read",
    }.items():
        assert grade("check", tmp_path / name) == 1
        assert words in capsys.readouterr().err


def test_the_last_cell_of_a_released_notebook_checks_it(released, tmp_path, monkeypatch):
    """Run as a person runs it: saved, in a kernel of its own, in the notebook's folder."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    for case, words in (
        (Case("right", NLL, FIT), "every cell runs from the top, and every visible check passes"),
        (Case("wrong", NLL.replace(" + np.log(scale)", ""), FIT), "✗ the density has area 1"),
    ):
        folder = tmp_path / case.name
        folder.mkdir()
        path = folder / "02_likelihood.ipynb"
        path.write_bytes(case.notebook(released))
        notebook = nbformat.read(path, as_version=4)
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()
        told = "".join(output.text for output in notebook.cells[-1].outputs)
        print(told)
        assert told.startswith("02_likelihood.ipynb as it was saved at")
        assert words in told
        assert told.count("as it was saved") == 1
        assert "IPKernelApp" not in told


def test_the_last_cell_says_which_file_it_misses_and_does_nothing_in_a_sandbox(released, tmp_path):
    source = "".join(released["cells"][-1]["source"])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()
    assert "✗ there is no 02_likelihood.ipynb in" in notebook.cells[0].outputs[0].text
    with Host([], Limits()) as host:
        run = host.execute(Job([source], files={"02_likelihood.ipynb": b"{}"}))
    assert (run.problem, run.outputs) == (None, [[]])


def test_the_last_cell_of_a_downloaded_sheet_says_so_where_nbgrader_is_missing(
    tmp_path, monkeypatch, capsys
):
    """A reader's own machine, or Colab, where a sheet installs the visible checks alone."""
    (tmp_path / "x.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=True))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    hints.notebook("x.ipynb")
    told = capsys.readouterr().out
    assert "where the course and nbgrader are installed" in told
    assert "Traceback" not in told

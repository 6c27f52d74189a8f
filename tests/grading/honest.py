"""Honest submissions: right, wrong, partly right, late, again, and awkward."""

import json
from pathlib import Path

from cases import FIT, IN_TIME, NLL, Case, attempt, attempts, cell_of, code, raw, zipped

PLAIN_PYTHON = """import math
def gaussian_nll(y, mean, scale):
    return [((v - mean) / scale) ** 2 / 2 + math.log(scale * math.sqrt(2 * math.pi)) for v in y]"""
WITH_SCIPY = """from scipy import stats
gaussian_nll = lambda y, mean, scale: -stats.norm.logpdf(y, mean, scale)"""
NO_CONSTANT = NLL.replace(" + 0.5 * np.log(2 * np.pi)", "")
NO_SCALE = NLL.replace(" + np.log(scale)", "")
MEAN = NLL.replace("return ", "return np.mean(") + ")"
UNBIASED = FIT.replace("np.std(y)", "np.std(y, ddof=1)")
IN_PLACE = """def fit(y):
    y -= 0.0
    y.sort()
    return y.mean(), y.std()"""


def _reorder(notebook):
    cells = notebook["cells"]
    first, checks = cell_of(notebook, "nll"), cell_of(notebook, "nll-check")
    cells.remove(first)
    cells.insert(cells.index(checks) + 1, first)
    second = cell_of(notebook, "fit")
    cells.remove(second)
    cells.insert(2, second)


def _no_metadata(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def _no_checks(notebook):
    notebook["cells"] = [
        c
        for c in notebook["cells"]
        if not c["metadata"].get("nbgrader", {}).get("grade_id", "").endswith("-check")
    ]


def _changed_checks(notebook):
    cell_of(notebook, "nll-check")["source"] = "print('I tried something here')"


def _old_format(notebook):
    notebook["nbformat_minor"] = 2
    for cell in notebook["cells"]:
        cell.pop("id", None)
        cell["source"] = cell["source"].splitlines(keepends=True)


def _twice(notebook):
    notebook["cells"].append(dict(cell_of(notebook, "nll")))


def _with_helper(path: Path, content: bytes) -> None:
    attempt(path, content, IN_TIME)
    (path / "my_helper.py").write_text("def half(x):\n    return x / 2\n")


def _renamed(path: Path, content: bytes) -> None:
    attempt(path, content, IN_TIME, name="Exercise 2 (final) FINAL.ipynb")


def _with_outputs(notebook):
    cell_of(notebook, "nll")["outputs"] = [
        {"output_type": "stream", "name": "stderr", "text": "an old warning"}
    ]


HONEST = [
    Case("right", NLL, FIT),
    Case("right_plain_python", PLAIN_PYTHON, FIT),
    Case("right_scipy", WITH_SCIPY, FIT),
    Case("right_in_place", NLL, IN_PLACE),
    Case("wrong", MEAN, UNBIASED),
    Case("empty"),
    Case("half_first_only", NLL),
    Case("half_second_only", None, FIT),
    Case("partial_no_scale", NO_SCALE, FIT),
    Case("wrong_constant", NO_CONSTANT, FIT),
    Case("wrong_returns_none", NLL.replace("return", "result ="), FIT),
    Case("wrong_name", NLL.replace("gaussian_nll", "nll"), FIT),
    Case("syntax_error", "def gaussian_nll(y, mean, scale)\n    return 0", FIT),
    Case("late_free", NLL, FIT, when="2026-01-10T12:00Z"),
    Case("late_one_day", NLL, FIT, when="2026-01-11T06:00Z"),
    Case("late_three_days", NLL, FIT, when="2026-01-14T00:00Z"),
    Case("late_zoned_in_time", NLL, FIT, when="2026-01-10 01:30:00 +0200"),
    Case(
        "resubmitted_better",
        write=attempts((IN_TIME, NLL, None), ("2026-01-09T13:00Z", NLL, FIT)),
    ),
    Case(
        "resubmitted_worse",
        write=attempts((IN_TIME, NLL, FIT), ("2026-01-09T13:00Z", None, FIT)),
    ),
    Case(
        "resubmitted_late_not_worth",
        write=attempts((IN_TIME, NLL, FIT), ("2026-01-13T00:00Z", NLL, FIT)),
    ),
    Case(
        "awkward_warnings",
        NLL.replace(
            "    z", "    warnings.warn('careful')\n    print('hm', file=sys.stderr)\n    z"
        ),
        FIT,
        before=["import sys, warnings\nprint('starting', file=sys.stderr)\nnp.log(0.0)"],
    ),
    Case("awkward_big_output", NLL, FIT, before=["for _ in range(30):\n    print('x' * 100_000)"]),
    Case("awkward_prints", NLL.replace("    z", "    print(y)\n    z"), FIT),
    Case(
        "awkward_helpers",
        NLL.replace("/ scale", "/ double(scale) * 2").replace("0.5 * z", "CONST * z"),
        FIT,
        before=["CONST = 0.5", "def double(x):\n    return 2 * x"],
    ),
    Case(
        "awkward_helper_file",
        "from my_helper import half\n" + NLL.replace("0.5 * z**2", "half(z**2)"),
        FIT,
        write=_with_helper,
    ),
    Case("awkward_renamed", NLL, FIT, write=_renamed),
    Case("awkward_reordered", NLL, FIT, edit=_reorder),
    Case("awkward_no_metadata", NLL, FIT, edit=_no_metadata),
    Case("awkward_no_checks", NLL, FIT, edit=_no_checks),
    Case("awkward_changed_checks", NLL, FIT, edit=_changed_checks),
    Case("awkward_old_format", NLL, FIT, edit=_old_format),
    Case("awkward_answer_twice", NLL, FIT, edit=_twice),
    Case("awkward_old_outputs", NLL, FIT, edit=_with_outputs),
    Case("awkward_hangs_in_own_cell", NLL, FIT, before=["while True:\n    pass"]),
    Case("awkward_error_in_own_cell", NLL, FIT, before=["1 / 0"]),
    Case("awkward_exit", NLL, FIT, before=["exit()", "import sys; sys.exit(3)"]),
    Case("awkward_input", NLL, FIT, before=["name = input('your name? ')"]),
    Case("awkward_shell", NLL, FIT, before=["!echo hello", "%pip install nothing-of-that-name"]),
    Case("awkward_seed", NLL, FIT, before=["np.random.seed(0)\nnp.seterr(all='raise')"]),
    Case(
        "awkward_picture",
        NLL,
        FIT,
        before=["import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.show()"],
    ),
    Case("awkward_single_file", NLL, FIT, write=raw(".ipynb", lambda content: content)),
    Case("awkward_bom", NLL, FIT, write=raw(".ipynb", lambda c: b"\xef\xbb\xbf" + c)),
    Case(
        "awkward_zip",
        NLL,
        FIT,
        write=zipped(
            [
                ("02_likelihood/02_likelihood.ipynb", b"NOTEBOOK"),
                ("__MACOSX/02_likelihood/._02_likelihood.ipynb", b"\x00\x05\x16\x07"),
                (".ipynb_checkpoints/02_likelihood-checkpoint.ipynb", b"{}"),
                ("notes.docx", b"not needed"),
            ]
        ),
    ),
    Case(
        "awkward_two_notebooks",
        NLL,
        FIT,
        write=zipped(
            [
                ("a first try.ipynb", json.dumps({"cells": [code("1")]}).encode()),
                ("02_likelihood.ipynb", b"NOTEBOOK"),
            ]
        ),
    ),
    Case("Ünïcode Name (12) O'Neil", NLL, FIT),
]

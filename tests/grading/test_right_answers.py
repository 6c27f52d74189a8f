"""Natural right answers keep their marks, whatever else is in the notebook."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from cases import FIT, NLL, Case, zipped
from conftest import EXERCISES, grade
from grader import batch
from grader.course import Course
from grader.outcome import Outcome
from grader.sandbox.host import Host, Job
from grader.sandbox.limits import Limits


def _imports(source: str):
    def edit(notebook):
        first = next(c for c in notebook["cells"] if c["cell_type"] == "code")
        first["source"] = source

    return edit


def magic(name: str, source: str) -> Case:
    """The cell of imports begins with that line."""
    rest = "\nimport numpy as np\nfrom grader import hints"
    return Case(f"magic_{name}", NLL, FIT, edit=_imports(source + rest))


def valued(name: str, convert: str, imports: str = "") -> Case:
    """Both functions return their values as another type."""
    nll = f"{imports}\n" + NLL.replace("def gaussian_nll", "def right_nll")
    nll += f"\ndef gaussian_nll(y, mean, scale):\n    x = right_nll(y, mean, scale)\n    {convert}"
    fit = FIT.replace("def fit", "def right_fit")
    fit += f"\ndef fit(y):\n    x = right_fit(y)\n    {convert}"
    return Case(f"type_{name}", nll, fit)


def _inner(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("hw/02_likelihood.ipynb", content)
    return target.getvalue()


def _zip_in_a_zip(path: Path, content: bytes) -> None:
    zipped([("exercise 2/hw.ZIP", _inner(content)), ("exercise 2/readme.txt", b"")])(path, content)


def _zip_in_a_folder(path: Path, content: bytes) -> None:
    path.mkdir(parents=True)
    (path / "hw.zip").write_bytes(_inner(content))
    (path / "readme.txt").write_text("my answers")


def _zip_of_data(path: Path, content: bytes) -> None:
    """Beside a notebook, so that it is not opened: it is damaged."""
    zipped([("data.zip", b"PK"), ("02_likelihood.ipynb", b"NOTEBOOK")])(path, content)


FULL = [
    magic("inline", "%matplotlib inline"),
    magic("bare", "%matplotlib"),
    magic("window", "%matplotlib qt"),
    magic("widget", "%matplotlib widget"),
    magic("gui", "%gui qt"),
    magic("retina", "%config InlineBackend.figure_format = 'retina'"),
    magic("pylab", "%pylab inline"),
    magic("autoreload", "%load_ext autoreload\n%autoreload 2"),
    magic("kernel", "%clear\n%autosave 60\n%precision 3\n%xmode Plain\n%who\n%env"),
    magic("faulthandler", "import faulthandler\nfaulthandler.enable()"),
    magic("in_the_middle", "import os\n%matplotlib inline\n!echo hello\nimport sys"),
    Case("magic_in_the_answer", "%matplotlib inline\n" + NLL, FIT, ["%%time\nx = 1"]),
    valued("longdouble", "return np.asarray(x, dtype=np.longdouble)"),
    valued("decimal", "return [Decimal(float(v)) for v in x]", "from decimal import Decimal"),
    valued("fraction", "return [Fraction(float(v)) for v in x]", "from fractions import Fraction"),
    valued("complex", "return np.asarray(x) + 0j"),
    valued("python_complex", "return [complex(v) for v in x]"),
    valued("objects", "return np.array(x, dtype=object)"),
    valued("sympy", "return [sympy.Float(float(v), 17) for v in x]", "import sympy"),
    valued("mpmath", "return [mpmath.mpf(float(v)) for v in x]", "import mpmath"),
    valued("tuple", "return tuple(x)"),
    valued("strided", "return np.repeat(x, 2)[::2].astype('>f8')"),
    valued("masked", "return np.ma.masked_array(x)"),
    valued("pandas", "return pd.Series(x, dtype='Float64')", "import pandas as pd"),
    Case("closes_stdout", NLL, FIT, ["import sys\nwith sys.stdout as out: print('x', file=out)"]),
    Case("zip_in_a_zip", NLL, FIT, write=_zip_in_a_zip),
    Case("zip_in_a_folder", NLL, FIT, write=_zip_in_a_folder),
    Case("zip_of_data", NLL, FIT, write=_zip_of_data),
    Case("many_pictures", NLL, FIT, [
        "import matplotlib.pyplot as plt\n"
        "for _ in range(20):\n"
        "    plt.imshow(np.random.rand(200, 200)); plt.show()"
    ] * 4),
    Case("many_threads", NLL.replace("    z =", "    assert len(begun) == 200\n    z ="), FIT, [
        "import threading, time\nbegun = []\n"
        "for _ in range(200):\n"
        "    thread = threading.Thread(target=time.sleep, args=(3,))\n"
        "    thread.start(); begun.append(thread)"
    ]),
]  # fmt: skip

HALF = {
    "huge_number": "return 10**5000",
    "exception_without_text": "class E(Exception):\n        def __str__(self): raise self\n"
    "    raise E()",
    "exception_without_a_name": "class M(type):\n        __name__ = property(lambda c: 1 / 0)\n"
    "    class E(Exception, metaclass=M): pass\n    raise E()",
    "huge_array": "return np.zeros((1000, 1000))",
    "huge_text": "return 'x' * 20_000_000",
    "many_values": "return [[[0] * 100] * 100] * 100",
    "complex_number": "return y + 1j",
    "generator": "return (v for v in y)",
    "lambda": "return lambda: y",
    "exit": "raise SystemExit(0)",
    "surrogate": "return '\\ud83d'",
    "interrupt": "raise KeyboardInterrupt",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    root = tmp_path_factory.mktemp("right")
    course = Course(root / "course")
    common = ("--course", course.root, "--exercises", EXERCISES)
    assert grade(*common, "release", "02_likelihood") == 0
    released = json.loads(course.released("02_likelihood").read_text())
    for case in FULL:
        case.hand_in(root / "submissions", released)
    for name, body in HALF.items():
        source = f"def gaussian_nll(y, mean, scale):\n    {body}"
        Case(f"half_{name}", source, FIT).hand_in(root / "submissions", released)
    for name, line in (("import", "import no_such_module"), ("magic", "%no_such_magic")):
        case = Case(f"fails_{name}", NLL, FIT, edit=_imports(f"{line}\nimport numpy as np"))
        case.hand_in(root / "submissions", released)
    assert grade(*common, "run", "02_likelihood", root / "submissions") == 0
    found = batch.read_all(course.outcomes("02_likelihood"))
    return {student: each[0] for student, each in found.items()}


@pytest.mark.parametrize("name", [case.name for case in FULL])
def test_a_right_answer_has_all_points(results, name):
    said = [mark.said for mark in results[name].marks]
    assert results[name].points == 7, (said, _errors(results[name]))
    assert results[name].look == []


@pytest.mark.parametrize("name", HALF)
def test_a_value_that_cannot_be_taken_costs_its_own_check_only(results, name):
    result = results[f"half_{name}"]
    assert [mark.points for mark in result.marks] == [0, 4], (result.marks, _errors(result))
    assert result.look == []


KINDS = {
    "huge_number": "too large a value",
    "huge_array": "too large a value",
    "huge_text": "too large a value",
    "complex_number": "complex numbers",
    "generator": "neither real numbers nor arrays of them",
    "surrogate": "text where it should not be",
    "exit": "raised SystemExit",
}


@pytest.mark.parametrize("name", KINDS)
def test_feedback_names_the_kind_of_a_value_that_cannot_be_taken(results, name):
    cells = json.dumps(results[f"half_{name}"].notebook["cells"])
    assert f"0 of 3 hidden checks passed ({KINDS[name]})" in cells


@pytest.mark.parametrize("name", ["import", "magic"])
def test_what_fails_here_and_not_with_the_student_is_for_a_person_to_look_at(results, name):
    assert results[f"fails_{name}"].points < 7
    (why,) = results[f"fails_{name}"].look
    assert f"{name} failed here: " in why
    assert "no_such" in why


def _errors(result: Outcome) -> list[str]:
    cells = result.notebook["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [o.get("evalue") or o.get("text") or "" for o in outputs]


def test_tensorflow_runs_with_the_pools_of_a_machine_of_32_cores():
    source = (
        "import tensorflow as tf\n"
        "tf.config.threading.set_intra_op_parallelism_threads(32)\n"
        "tf.config.threading.set_inter_op_parallelism_threads(32)\n"
        "def f(x): return tf.linalg.matvec(tf.ones((4, 3)), tf.constant(x, tf.float32))"
    )
    with Host(["tensorflow"], Limits()) as host:
        run = host.execute(Job([source], [("f", [{"list": [1.0, 2.0, 3.0]}])] * 2))
    assert run.problem is None
    assert [list(reply["value"]) for reply in run.replies] == [[6.0] * 4] * 2


def test_checks_cannot_change_the_names_of_a_notebook():
    cells = [
        "def helper(x): return 2 * x\ndef f(x): return helper(x)\ny = 1",
        "def helper(a, b): return a\ny, extra = 2, 3\nprint(f(2), y)\ndel f",
        "print(y, extra, helper(4))\ndef g(x): return f(x) + y",
    ]
    with Host([], Limits()) as host:
        run = host.execute(Job(cells, [("f", [3]), ("g", [3])], checks=[1]))
    assert [reply["value"] for reply in run.replies] == [6, 7]
    printed = [output["text"] for cell in run.outputs for output in cell]
    assert printed == ["4 2\n", "1 3 8\n"]

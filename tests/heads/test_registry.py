"""The registry of heads: found by their files; what is not asked for stays out."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import claims
import pytest
from derivations import DERIVATIONS
from lossbook import heads
from lossbook.chooser.rows import ROWS
from lossbook.heads.registry import FOLDER, Registry, class_name, file_name
from one_sample import ONE_SAMPLE
from oracles import CASES

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import sys
from lossbook.heads import HEADS, VonMises
assert HEADS["gaussian"].name == "gaussian"
print(*sorted(name for name in sys.modules if name.startswith("lossbook.heads.")))
"""


def test_only_the_heads_that_are_asked_for_are_imported():
    said = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    taken = {name.rpartition(".")[2] for name in said.stdout.split()}
    assert {"gaussian", "von_mises"} <= taken
    assert not taken & (set(heads.HEADS) - {"gaussian", "von_mises"})


def test_each_head_has_the_name_of_its_module_and_can_be_imported_by_class():
    assert {"gaussian", "student_t", "von_mises_fisher"} <= set(heads.HEADS)
    assert len(heads.HEADS) == len(list(heads.HEADS))
    for name, head in heads.HEADS.items():
        assert head.name == name, f"{head.__module__}: the head's `name` must be its file's"
        assert file_name(class_name(name)) == name
        assert getattr(heads, head.__name__) is head
        assert head.__name__ in heads.__all__
    assert set(heads.__all__) <= set(dir(heads))


@pytest.mark.parametrize("name", heads.HEADS)
def test_each_head_is_held_against_others_and_can_be_chosen(name):
    """What a new head needs besides its own file; CONTRIBUTING has the same list."""
    named = {case.partition("-")[0] for case in CASES}
    assert name in named, f"tests/heads/oracles.py: give {name} a row in CASES"
    named = {case.partition("-")[0] for case in DERIVATIONS}
    assert name in named, f"tests/heads/derivations.py: give {name} a density in DERIVATIONS"
    for table in ("SUPPORTS", "QUESTIONS", "SUMMARIES", "REFERENCES"):
        assert name in vars(claims)[table], f"tests/heads/claims.py: give {name} a row in {table}"
    assert name in ONE_SAMPLE, f"tests/heads/one_sample.py: give {name} a row in ONE_SAMPLE"
    named = {row.head for row in ROWS}
    assert name in named, f"code/lossbook/chooser/answers.toml: give {name} an [[answer]]"


def test_no_row_is_left_of_a_head_that_is_gone():
    for file, named in {
        "tests/heads/oracles.py": {case.partition("-")[0] for case in CASES},
        "tests/heads/derivations.py": {case.partition("-")[0] for case in DERIVATIONS},
        "code/lossbook/chooser/answers.toml": {row.head for row in ROWS} - {""},
    }.items():
        assert named <= set(heads.HEADS), f"{file}: no head is called {named - set(heads.HEADS)}"


def test_the_stub_for_type_checkers_is_current():
    made = subprocess.run(
        [sys.executable, "-c", "from stub import stub; print(stub(), end='')"],
        cwd=ROOT / "tools" / "heads", capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert (FOLDER / "__init__.pyi").read_text() == made, "run `make stubs`"


def test_a_file_is_enough(tmp_path):
    """A copy of the package with one more file in it."""
    copy = tmp_path / "lossbook"
    shutil.copytree(FOLDER.parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    text = (copy / "heads" / "laplace.py").read_text()
    text = text.replace("class Laplace", "class TwoSided").replace('"laplace"', '"two_sided"')
    (copy / "heads" / "two_sided.py").write_text(text)
    ask = (
        "from lossbook import heads; from lossbook.heads import TwoSided;"
        "print(TwoSided(2), heads.HEADS['two_sided'].name, 'TwoSided' in dir(heads),"
        "'two_sided' in list(heads.HEADS))"
    )
    said = subprocess.run(
        [sys.executable, "-c", ask],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert said.stdout == "TwoSided(size=2) two_sided True True\n", said.stderr


def test_an_unknown_head_is_told_which_there_are():
    with pytest.raises(KeyError, match=r"'gauss'; there are: asymmetric_laplace, "):
        heads.HEADS["gauss"]
    for name in ("base", "__init__", "registry"):
        assert name not in heads.HEADS
    with pytest.raises(AttributeError, match="Gauss"):
        heads.Gauss  # noqa: B018


def test_a_file_that_holds_no_head_says_what_to_do(monkeypatch):
    module = importlib.import_module("lossbook.heads.gaussian")
    monkeypatch.setattr(module, "Gaussian", None)
    with pytest.raises(TypeError, match=r"heads/gaussian\.py must hold a Head called Gaussian"):
        Registry()["gaussian"]


@pytest.mark.parametrize("name", ["", "a b", "gaussian.py", "gaussian.x", "../x", 3, None, "Gamma"])
def test_what_is_no_name_of_a_module_is_no_head(name):
    assert name not in heads.HEADS
    with pytest.raises(KeyError, match="there are: asymmetric_laplace, "):
        heads.HEADS[name]

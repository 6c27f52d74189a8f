"""Which package may import which: `make check` notices every import that it should."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLANTED = [
    ("lossbook/constraints.py", "from workshop import files", "lossbook -> workshop"),
    ("lossbook/pairing/rules.py", "import press.store", "lossbook -> press"),
    ("lossbook/catalogue/entry.py", "import grader.compare", "lossbook -> grader"),
    ("grader/compare.py", "from lossbook import heads", "grader -> lossbook"),
    ("grader/sandbox/channel.py", "import workshop.files", "grader -> workshop"),
    ("grader/plan.py", "from press import digest", "grader -> press"),
    ("workshop/recorded.py", "from press import digest", "workshop -> press"),
    ("workshop/data/iris.py", "import grader.plain", "workshop -> grader"),
    ("press/render.py", "from lossbook import links", "press -> lossbook"),
    ("press/store.py", "from workshop import plotting", "press -> workshop"),
    ("press/digest.py", "from press import chapters", "a cycle in press"),
]
"""A module, an import that it does not have, and what is wrong with it, if anything."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and the contracts, to be changed."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "code", tmp_path / "code", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    # As a program the package is called `importlinter.cli`; a script may lie elsewhere.
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    environment = os.environ | {"PYTHONPATH": str(folder / "code"), "COLUMNS": "200"}
    return subprocess.run(
        [*command, "--no-logo", "--no-cache"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_contracts_hold():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("module", "line", "wrong"), PLANTED, ids=[case[2] for case in PLANTED])
def test_a_planted_import_is_noticed(copy, module, line, wrong):
    path = copy / "code" / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    done = lint(copy)
    broken = done.stdout.partition("Broken contracts")[2]
    assert done.returncode == 1, done.stdout
    assert f".{Path(module).stem} -> " in broken

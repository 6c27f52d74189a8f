"""The Makefile's environment: made once, and made anew when it is half-made, moved or broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READY = Path(".venv") / ".ready"
MAKING = "making the environment in .venv"


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A folder with the real Makefile and nothing to install, under a name to be quoted."""
    folder = tmp_path / "un été"
    (folder / "code").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("pyproject.toml", "code/pyproject.toml"):
        (folder / name).touch()
    (folder / "requirements.txt").write_text("# nothing\n")
    return folder


def make(folder: Path) -> subprocess.CompletedProcess:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", f"PYTHON={sys.executable}", str(READY)],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_environment_is_made_once_and_anew_when_the_folder_moved_or_its_python_is_gone(checkout):
    assert MAKING in make(checkout).stdout
    assert "up to date" in make(checkout).stdout

    moved = checkout.rename(checkout.with_name("moved"))
    assert MAKING in make(moved).stdout
    assert "up to date" in make(moved).stdout

    python = moved / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert MAKING in make(moved).stdout
    subprocess.run([python, "-c", ""], check=True)


def test_a_half_made_environment_is_noticed_and_begun_anew(checkout):
    (checkout / "requirements.txt").write_text("./nowhere\n")
    failed = make(checkout)
    assert failed.returncode
    assert "error: the environment is not complete, for the reason above" in failed.stderr
    rest = checkout / ".venv" / "half"
    rest.touch()
    (checkout / "requirements.txt").write_text("# nothing\n")
    assert MAKING in make(checkout).stdout
    assert not rest.exists()
    assert "up to date" in make(checkout).stdout


def test_an_environment_that_the_folder_only_links_to_is_never_emptied(checkout, tmp_path):
    shared = tmp_path / "shared"
    (shared / "bin").mkdir(parents=True)
    (shared / "bin" / "python").symlink_to(sys.executable)
    (shared / ".ready").write_text("/somewhere/else\n")
    (checkout / ".venv").symlink_to(shared)
    assert "up to date" in make(checkout).stdout

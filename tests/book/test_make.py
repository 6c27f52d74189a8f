"""The Makefile's environment: made once, and made anew when it is half-made, moved or broken."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
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


def start(folder: Path) -> subprocess.Popen[str]:
    """In a group of its own: a terminal sends its signals to the whole group."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.Popen(
        ["make", f"PYTHON={sys.executable}", str(READY)],
        cwd=folder,
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def make(folder: Path) -> subprocess.CompletedProcess[str]:
    run = start(folder)
    out, err = run.communicate()
    return subprocess.CompletedProcess(run.args, run.returncode, out, err)


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


SLOW = """
import pathlib, time
def get_requires_for_build_wheel(settings=None):
    pathlib.Path("begun").touch()
    time.sleep(600)
"""
"""What builds a requirement, and takes longer than any wait here."""


@pytest.mark.parametrize("stage", ["the environment itself", "its packages"])
def test_ctrl_c_while_it_is_made_gives_one_line_and_the_next_time_it_is_made(checkout, stage):
    if stage == "its packages":
        backend = '[build-system]\nrequires = []\nbuild-backend = "slow"\nbackend-path = ["."]\n'
        (checkout / "slow").mkdir()
        (checkout / "slow" / "slow.py").write_text(SLOW)
        (checkout / "slow" / "pyproject.toml").write_text(backend)
        (checkout / "requirements.txt").write_text("./slow\n")
        begun = checkout / "slow" / "begun"
    else:
        begun = checkout / ".venv" / "pyvenv.cfg"  # the first file of an environment

    # Where the tests run in the background, they and what they start ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    run = start(checkout)
    signal.signal(signal.SIGINT, before)
    while not begun.exists():
        assert run.poll() is None
        time.sleep(0.02)
    started = psutil.Process(run.pid).children(recursive=True)
    os.killpg(run.pid, signal.SIGINT)
    said = run.communicate(timeout=60)[1]
    assert run.returncode in (2, -signal.SIGINT), said  # the next one is make's own
    assert "stopped; the environment is not complete, and the same command makes it\n" in said
    assert "Traceback" not in said
    assert psutil.wait_procs(started, timeout=10)[1] == []

    (checkout / "requirements.txt").write_text("# nothing\n")
    assert MAKING in make(checkout).stdout
    assert "up to date" in make(checkout).stdout

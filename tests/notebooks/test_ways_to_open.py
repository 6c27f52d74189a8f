"""What README, Binder and the devcontainer say to do fits the course: it is there, and works."""

import json
import os
import re
import subprocess
import urllib.request

import pytest
from lab import ROOT, checkout, commands, serving


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return checkout(tmp_path_factory.mktemp("binder"))


def test_after_binders_last_step_jupyterlab_opens_chapters_as_notebooks(root, monkeypatch):
    home = root.parent / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("JUPYTER_CONFIG_DIR", raising=False)
    subprocess.run(["bash", "binder/postBuild"], cwd=root, check=True)
    written = home / ".jupyter"
    with serving(root, options=[], configuration=written) as address:
        asked = f"{address}/api/contents/chapters/04_mean.md?type=notebook&content=1"
        with urllib.request.urlopen(asked, timeout=60) as answer:
            model = json.load(answer)
    assert model["type"] == "notebook"
    assert "{quiz}" not in "".join(cell["source"] for cell in model["content"]["cells"])


def test_binder_installs_what_make_installs():
    assert os.access(ROOT / "binder" / "postBuild", os.X_OK)
    told = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").split()
    assert told == ["-r", "../requirements.txt"]
    version = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert version in ("3.11", "3.12", "3.13")


def test_readme_makes_the_environment_without_make_as_make_does():
    asked = ["make", "--dry-run", "--always-make", ".venv/.ready"]
    planned = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    first, second, _ = commands()
    assert first == "python3 -m venv .venv"
    assert second.startswith(".venv/bin/python -m pip install ")
    assert second.split(" install ")[1] in planned
    assert "-m venv" in planned


def test_the_devcontainer_makes_the_environment_that_its_editor_uses():
    told = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    interpreter = told["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert interpreter == "${workspaceFolder}/.venv/bin/python"
    [target] = re.findall(r"&& make (\S+)$", told["postCreateCommand"])
    assert target == ".venv/.ready"
    asked = ["make", "--dry-run", "--always-make", target]
    planned = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "-m pip install" in planned
    assert "-r requirements.txt" in planned

"""A JupyterLab started as README says, opened in Chromium as a reader does."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = ("_toc.yml", "_config.yml", "requirements.txt", "requirements.in", "pyproject.toml")


def checkout(folder: Path) -> Path:
    """What a reader works in: the book's sources, with neither site nor executed chapters."""
    root = folder / "course"
    root.mkdir()
    for name in FILES:
        shutil.copy(ROOT / name, root)
    for name in ("binder", "chapters", "data", "make"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(".ipynb_*"))
    (root / "code").symlink_to(ROOT / "code")
    return root


def commands() -> list[str]:
    """README's commands for a machine without make: an environment, and JupyterLab."""
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    for block in re.findall(r"^```\n(.*?)^```", told, re.MULTILINE | re.DOTALL):
        lines = [line.split("  #")[0].strip() for line in block.splitlines()]
        if any("-m venv" in line for line in lines):
            return lines
    raise AssertionError("README has no block of commands that makes an environment")


def settings() -> list[str]:
    """The options that README gives to JupyterLab."""
    program, lab, *options = shlex.split(commands()[-1])
    assert (program, lab) == (".venv/bin/jupyter", "lab")
    return options


@contextmanager
def serving(
    root: Path,
    program: str = "lab",
    options: list[str] | None = None,
    configuration: Path | None = None,
) -> Iterator[str]:
    """The address of `jupyter lab` (or `notebook`) on this machine, with the book at `root`.

    Without `options`, it has those that README gives; `configuration` is Jupyter's own folder of
    settings (a new one if there is none).
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = root.parent / f"home-{program}"
    given = settings() if options is None else options
    command = [sys.executable, "-m", "jupyter", program, *given]
    command += ["--no-browser", f"--port={port}", "--ServerApp.ip=127.0.0.1"]
    command += ["--IdentityProvider.token=", "--ServerApp.allow_root=True"]
    command += [
        "--ServerApp.disable_check_xsrf=True"
    ]  # the tests speak to it without a browser, too
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(configuration or home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "LOSSBOOK_CIFAR10": os.environ.get("LOSSBOOK_CIFAR10", "drawn"),
    }
    address = f"http://127.0.0.1:{port}"
    with (root.parent / f"{program}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
        try:
            for _ in range(600):
                if process.poll() is not None:
                    raise RuntimeError(Path(log.name).read_text())
                try:
                    urllib.request.urlopen(f"{address}/api/status", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.2)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:  # a loaded machine, where a kernel is slow to end
                process.kill()
                process.wait()

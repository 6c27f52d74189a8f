"""Try the ways to open the course's notebooks, each in a clean clone: `make test-ways`.

`readme` runs README's commands for a machine without make, where nothing but Python and git is
found; `binder` does what repo2docker does with binder/, but that a venv stands in for its conda
environment; `codespace` runs the devcontainer's command, with apt-get simulated. Each then
asks the server for a chapter as JupyterLab does, and runs one from its first cell to its last.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ("01_start", "04_mean", "exercises/02_likelihood")
TOOLS = ("git", "bash", "sh", "env", "ls", "cat", "mkdir", "rm", "cp", "mv", "uname", "dirname")
"""All that the machine has, beside Python, on which README is tried."""
BEFORE_PIP = ("ipywidgets==8.*", "jupyter-offlinenotebook==0.3.*", "jupyter-resource-usage==1.*")
BEFORE_PIP += ("jupyter_server==2.*", "jupyterhub==5.*", "jupyterlab==4.*", "notebook==7.*")
"""What repo2docker's own environment has, before the repository's requirements come."""


def commands(readme: str) -> list[str]:
    """README's commands for a machine without make, which make its environment and open it."""
    for block in re.findall(r"^```\n(.*?)^```", readme, re.MULTILINE | re.DOTALL):
        lines = [line.split("  #")[0].strip() for line in block.splitlines()]
        if any("-m venv" in line for line in lines):
            return lines
    raise SystemExit("error: README has no block of commands that makes an environment")


def run(command: str, root: Path, environment: dict[str, str]) -> None:
    print(f"$ {command}", flush=True)
    subprocess.run(["bash", "-c", command], cwd=root, env=environment, check=True)


def bare(folder: Path, python: str) -> dict[str, str]:
    """The environment of a new user of a machine that has Python, git and little else."""
    (folder / "bin").mkdir()
    (folder / "home").mkdir()
    for name in TOOLS:
        (folder / "bin" / name).symlink_to(shutil.which(name))
    # A script, since a link would not find what belongs to its Python.
    for name in ("python", "python3"):
        place = folder / "bin" / name
        place.write_text(f'#!/bin/bash\nexec {shlex.quote(python)} "$@"\n')
        place.chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    return kept | {"PATH": str(folder / "bin"), "HOME": str(folder / "home"), "LANG": "C.UTF-8"}


@contextmanager
def serving(command: str, root: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of the Jupyter server that the command starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    here = f" --no-browser --port={port} --ServerApp.ip=127.0.0.1 --IdentityProvider.token="
    here += " --ServerApp.allow_root=True"
    print(f"$ {command}", flush=True)
    log = root.parent / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}{here}"],
            cwd=root,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise SystemExit(f"error: the server ended\n{log.read_text()}")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def opens(address: str) -> None:
    """Ask for chapters as JupyterLab does, and see that readers' notebooks come."""
    for name in CHAPTERS:
        asked = f"{address}/api/contents/chapters/{name}.md?type=notebook&content=1"
        with urllib.request.urlopen(asked, timeout=120) as answer:
            model = json.load(answer)
        text = "\n".join(cell["source"] for cell in model["content"]["cells"])
        if model["type"] != "notebook" or "{quiz}" in text or "BEGIN SOLUTION" in text:
            raise SystemExit(f"error: {name} did not open as a reader's notebook")
        print(f"opened {name}: {len(model['content']['cells'])} cells", flush=True)


def finish(root: Path, environment: dict[str, str], programs: list[str], scripts: str) -> None:
    """The servers open chapters, and a reader's copy runs from its first cell to its last."""
    for program in programs:
        with serving(program, root, environment) as address:
            opens(address)
    run(f"{scripts}lossbook-build notebooks", root, environment)
    run(f"{scripts}jupyter execute --timeout=600 notebooks/01_start.ipynb", root, environment)
    said = subprocess.run(
        ["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True
    )
    if said.stdout:
        raise SystemExit(f"error: files of the course have changed:\n{said.stdout}")


def readme(root: Path, environment: dict[str, str], python: str) -> None:
    *before, opening = commands((root / "README.md").read_text(encoding="utf-8"))
    for command in before:
        run(command, root, environment)
    notebook = opening.replace("jupyter lab", "jupyter notebook")
    finish(root, environment, [opening, notebook], ".venv/bin/")


def binder(root: Path, environment: dict[str, str], python: str) -> None:
    wanted = (root / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    told = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout
    if not told.startswith(f"Python {wanted}."):
        raise SystemExit(f"error: binder/ asks for Python {wanted}; name one with --python")
    scripts = f"{root.parent}/kernel/bin"
    run(f"python3 -m venv {root.parent}/kernel", root, environment)
    environment = environment | {"PATH": f"{scripts}:{environment['PATH']}"}
    run(f"pip install --quiet {shlex.join(BEFORE_PIP)}", root, environment)
    run('pip install --quiet --no-cache-dir -r "binder/requirements.txt"', root, environment)
    run("pip check", root, environment)
    run("chmod +x binder/postBuild && ./binder/postBuild", root, environment)
    finish(root, environment, ["jupyter notebook", "jupyter lab"], "")


def codespace(root: Path, environment: dict[str, str], python: str) -> None:
    told = json.loads((root / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    environment = environment | {"PATH": f"{environment['PATH']}:{os.environ['PATH']}"}
    # The container's packages are only looked up, so that this machine's own stay as they are.
    sudo = root.parent / "bin" / "sudo"
    sudo.write_text('#!/bin/bash\nprogram=$1\nshift\nexec "$program" --simulate "$@"\n')
    sudo.chmod(0o755)
    run(told["postCreateCommand"], root, environment)
    opening = ".venv/bin/jupyter lab --config=make/jupyter_config.py"
    finish(root, environment, [opening], ".venv/bin/")


WAYS = {"readme": readme, "binder": binder, "codespace": codespace}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="make test-ways")
    parser.add_argument("ways", nargs="*", choices=[*WAYS, []], help="default: readme")
    parser.add_argument("--python", default=sys.executable, help="which Python (default: this one)")
    options = parser.parse_args()
    for name in options.ways or ["readme"]:
        print(f"== {name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "course"
            subprocess.run(["git", "clone", "--quiet", ROOT, root], check=True)
            WAYS[name](root, bare(Path(folder), options.python), options.python)
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Run downloaded notebooks where the course is not installed, as on Colab: `make test-notebooks`.

An environment of its own gets what Colab has by default, at this course's pinned versions. Then
each notebook runs from its first cell to its last, in an empty folder, with no data kept;
the first cell installs the course's packages from the site, which is served on this machine.
Chapters with pictures do what they do for any reader: they fetch CIFAR-10, and without a network
take the drawn stand-in. A sheet of exercises runs as students get it, nothing written yet. Without
names, a few notebooks; `all` runs every one.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from browsing import ROOT, SITE
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell
from press.extensions import course
from serving import served

COLAB = "ipykernel matplotlib numpy pandas pillow scikit-learn scipy statsmodels sympy tensorflow"
"""What Colab brings of what the chapters import; the rest is for the first cell to install."""
FEW = ("02_likelihood", "16_positive", "questions_symptoms", "exercises/04_mean")


def environment(folder: Path, base: str) -> Path:
    """A new environment of the Python `base`, with Colab's packages only; its own Python."""
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = folder.with_suffix(".txt")
    wanted.write_text("\n".join(pin for pin in pins if pin.split("==")[0] in COLAB.split()) + "\n")
    subprocess.run([base, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", wanted], check=True)
    return python


def stranger(cache: Path) -> dict[str, str]:
    """The environment variables of somebody who has never heard of the course, nor kept its data.

    The home folder stays, since pip's own settings may be there.
    """
    mine = ("PYTHON", "VIRTUAL_ENV", "LOSSBOOK_", "KERAS_", "JUPYTER", "IPYTHON", "MPL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
    return kept | {"XDG_CACHE_HOME": str(cache), "KERAS_HOME": str(cache / "keras")}


def kernel(python: Path, folder: Path) -> KernelManager:
    """A kernel of the Python `python`, whose description is written to `folder`."""
    spec = folder / "kernels" / "elsewhere"
    spec.mkdir(parents=True, exist_ok=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    told = {"argv": argv, "display_name": "elsewhere", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(told), encoding="utf-8")
    found = KernelSpecManager(kernel_dirs=[str(spec.parent)], ensure_native_kernel=False)
    return KernelManager(kernel_name="elsewhere", kernel_spec_manager=found)


def run(path: Path, python: Path, cache: Path, site: str, here: str) -> None:
    """Run one notebook under another Python, the site's address read as this machine's."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = cell.source.replace(site, here)
    there = f"import sys\nassert sys.prefix == {str(python.parent.parent)!r}, sys.prefix"
    notebook.cells.insert(0, new_code_cell(there))
    with tempfile.TemporaryDirectory() as empty:
        manager = kernel(python, cache)
        place = {"metadata": {"path": empty}}
        client = NotebookClient(notebook, km=manager, timeout=900, resources=place)
        try:
            client.execute(env=stranger(cache))
        finally:
            manager.shutdown_kernel(now=True)  # the client ends only kernels of its own making


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="make test-notebooks")
    parser.add_argument("names", nargs="*", default=FEW, help="notebooks, or: all")
    parser.add_argument("--python", default=sys.executable, help="which Python (default: this one)")
    options = parser.parse_args()
    names = options.names
    if not (SITE / "notebooks").is_dir():
        print("error: the site is not built; run `make book`", file=sys.stderr)
        return 2
    given = SITE / "notebooks"
    found = given.rglob("*.ipynb")
    offered = sorted(path.relative_to(given).with_suffix("").as_posix() for path in found)
    if names == ["all"]:
        names = offered
    if unknown := sorted(set(names) - set(offered)):
        print(f"error: the site offers no notebook {', '.join(unknown)}; it has", file=sys.stderr)
        print("\n".join(f"  {name}" for name in offered), file=sys.stderr)
        return 2
    failed = []
    with tempfile.TemporaryDirectory() as folder, served(SITE) as address:
        print("making an environment without the course", flush=True)
        python = environment(Path(folder) / "elsewhere", options.python)
        cache = Path(folder) / "cache"
        cache.mkdir()
        for name in names:
            began = time.monotonic()
            try:
                notebook = SITE / "notebooks" / f"{name}.ipynb"
                run(notebook, python, cache, course.place(ROOT).base, address)
                print(f"ran {name} in {time.monotonic() - began:.0f} s", flush=True)
            except CellExecutionError as problem:
                failed.append(name)
                print(f"{name} failed:\n{problem}", file=sys.stderr, flush=True)
    print(f"{len(names) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Run downloaded notebooks where the course is not installed, as on Colab: `make test-notebooks`.

An environment of its own gets what Colab has by default, at this course's pinned versions. Then
each notebook runs from its first cell to its last; the first installs the course's packages from
the site, which is served on this machine. Without names, three notebooks; `all` runs every one.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from browsing import ROOT, SITE
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from press.extensions import course
from serving import served

COLAB = "ipykernel matplotlib numpy pandas pillow scikit-learn scipy statsmodels sympy tensorflow"
"""What Colab brings of what the chapters import; the rest is for the first cell to install."""
FEW = ("02_likelihood", "16_positive", "questions_symptoms")


def environment(folder: Path) -> Path:
    """A new environment with Colab's packages, and nothing of the course; its Python."""
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = folder.with_suffix(".txt")
    wanted.write_text("\n".join(pin for pin in pins if pin.split("==")[0] in COLAB.split()) + "\n")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", wanted], check=True)
    return python


def run(path: Path, python: Path, home: str, here: str) -> None:
    """Run one notebook under another Python, the site's address read as this machine's."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = cell.source.replace(home, here)
    manager = KernelManager()
    manager.kernel_cmd = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    NotebookClient(notebook, km=manager, timeout=900, resources={}).execute()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="make test-notebooks")
    parser.add_argument("names", nargs="*", default=FEW, help="notebooks, or: all")
    names = parser.parse_args().names
    if not (SITE / "notebooks").is_dir():
        print("error: the site is not built; run `make book`", file=sys.stderr)
        return 2
    offered = sorted(path.stem for path in (SITE / "notebooks").glob("*.ipynb"))
    if names == ["all"]:
        names = offered
    if unknown := sorted(set(names) - set(offered)):
        print(f"error: the site offers no notebook {', '.join(unknown)}; it has", file=sys.stderr)
        print("\n".join(f"  {name}" for name in offered), file=sys.stderr)
        return 2
    failed = []
    with tempfile.TemporaryDirectory() as folder, served(SITE) as address:
        print("making an environment without the course", flush=True)
        python = environment(Path(folder) / "elsewhere")
        for name in names:
            began = time.monotonic()
            try:
                run(SITE / "notebooks" / f"{name}.ipynb", python, course.place(ROOT).base, address)
                print(f"ran {name} in {time.monotonic() - began:.0f} s", flush=True)
            except CellExecutionError as problem:
                failed.append(name)
                print(f"{name} failed:\n{problem}", file=sys.stderr, flush=True)
    print(f"{len(names) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""The course's packages as wheels on the site, for notebooks that run where they are missing."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from press.chapters import BookError
from press.digest import digest_file, digest_json

FOLDER = Path("_build") / "wheels"
CONSTRAINTS = "constraints.txt"
PLATFORMS_OWN = frozenset({"numpy", "scipy", "pandas", "tensorflow", "keras", "ml-dtypes"})
"""What Colab brings in versions that fit its machines: no notebook replaces these."""
SOURCES = ("pyproject.toml", "code/pyproject.toml", "code/setup.py", "LICENSE", "LICENSE-text")


def wheels(root: Path) -> list[Path]:
    """The wheels of `lossbook` and of `lossbook-course`, built anew when their sources changed.

    Raises BookError with pip's words if one cannot be built.
    """
    files = [root / name for name in SOURCES]
    for folder in ("code/lossbook", "code/workshop", "code/press", "code/grader", "data/recorded"):
        files += [p for p in sorted((root / folder).rglob("*")) if p.is_file()]
    kept = [path for path in files if "__pycache__" not in path.parts]
    digest = digest_json({str(path.relative_to(root)): digest_file(path) for path in kept})
    target = root / FOLDER / digest
    if not target.exists():
        _build(root, kept, target)
        for old in (root / FOLDER).iterdir():
            if old != target:
                shutil.rmtree(old)
    return sorted(target.glob("*.whl"))


def _build(root: Path, files: list[Path], target: Path) -> None:
    # In a copy, since setuptools leaves its build folder among the sources.
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "course"
        for path in files:
            place = copy / path.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
        made = Path(name) / "wheels"
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
        command += ["--no-build-isolation", "--disable-pip-version-check", "--wheel-dir", str(made)]
        process = subprocess.run(
            [*command, str(copy), str(copy / "code")], capture_output=True, text=True, check=False
        )
        if process.returncode:
            raise BookError(f"the course's wheels could not be built:\n{process.stderr}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(made, target)


def constraints(root: Path) -> str:
    """The pinned versions of `requirements.txt`, less those that are the platform's own."""
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if re.match(r"[\w.-]+==", line)]
    kept = [pin for pin in pins if pin.split("==")[0].lower() not in PLATFORMS_OWN]
    return "\n".join(kept) + "\n"


def setup_cell(base: str, made: list[Path]) -> str:
    """The source of a first cell that installs the course where it is missing, as on Colab.

    `base` is the address of the folder that has the wheels and the constraints.
    """
    # The library first: the course asks for it by name, and it is on no package index.
    ordered = sorted(made, key=lambda path: path.name.startswith("lossbook_course"))
    addresses = " ".join(base + path.name for path in ordered)
    return (
        "# Installs the course's packages where they are missing, as on Colab (a minute).\n"
        "import importlib.util\n"
        'if importlib.util.find_spec("workshop") is None:\n'
        f"    %pip install --quiet --constraint {base}{CONSTRAINTS} {addresses}"
    )

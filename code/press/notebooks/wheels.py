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


def _of_the_course(wheel: Path) -> bool:
    return wheel.name.startswith("lossbook_course")


def _where_missing(packages: tuple[str, ...], what: str, install: str) -> str:
    return (
        f"# Installs {what}, as on Colab.\n"
        "from importlib.util import find_spec\n"
        f"if not all(map(find_spec, {packages!r})):\n"
        f"    %pip install --quiet {install}"
    )


def setup_cell(base: str, made: list[Path]) -> str:
    """The source of a chapter's first cell, which installs the course where it is missing.

    `base` is the address of the folder that has the wheels `made` and the constraints.
    """
    # The library first: the course asks for it by name, and it is on no package index.
    addresses = " ".join(base + path.name for path in sorted(made, key=_of_the_course))
    install = f"--constraint {base}{CONSTRAINTS} {addresses}"
    # A sheet may have brought the course's packages alone.
    packages = ("lossbook", "workshop", "myst_nb")
    return _where_missing(
        packages, "what this chapter imports where it is missing (a minute)", install
    )


def sheet_setup_cell(base: str, made: list[Path]) -> str:
    """The same for a sheet of exercises, whose checks need nothing but NumPy."""
    wheel = next(path for path in made if _of_the_course(path))
    return _where_missing(
        ("grader",), "the checks where they are missing", f"--no-deps {base}{wheel.name}"
    )

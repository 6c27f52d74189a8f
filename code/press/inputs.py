"""What a chapter's results depend on beyond its own cells.

While a chapter runs, its kernel notes which of the project's modules it imported, which files
under `data/` and which tables (`.toml`) beside the modules it opened, and which folders of modules
it listed. A remembered result is used again
only while all of these are unchanged, the pinned versions and the Python version too, and, for
chapters that use CIFAR-10, the file that the pictures came from.
"""

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

from press.digest import digest_file, digest_json

CIFAR_MODULE = "code/workshop/data/cifar10.py"

START = """
import press.inputs as _inputs
_inputs.start({root!r})
del _inputs
"""
FINISH = "__import__('press.inputs', fromlist=['finish']).finish({root!r})"

_opened: set[str] = set()


def start(root: str) -> None:
    """Begin noting, in the kernel, which files under `data/` and tables under `code/` are opened.

    A table is a `.toml` file beside the modules that read it. Also noted is which folders under
    `code/` are listed with `os.scandir`, as registries do when they are asked for all they have;
    Python's own imports list folders too, with `os.listdir`.
    """
    data = os.path.join(os.path.realpath(root), "data") + os.sep
    code = os.path.join(os.path.realpath(root), "code") + os.sep

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.scandir" and isinstance(arguments[0], str | os.PathLike):
            path = os.path.realpath(arguments[0])
            if path.startswith(code):
                _opened.add(path + os.sep)
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if path.startswith(data) or (path.startswith(code) and path.endswith(".toml")):
                _opened.add(path)

    sys.addaudithook(note)


def finish(root: str) -> str:
    """A JSON list of all of the project's modules, tables and data files used since `start`."""
    base = os.path.realpath(root) + os.sep
    package = os.path.join(base, "code", "")
    # The build's own modules are in every kernel; they do not change what a chapter computes.
    own = os.path.dirname(os.path.realpath(__file__)) + os.sep
    files = set(_opened)
    for module in list(sys.modules.values()):
        path = os.path.realpath(getattr(module, "__file__", None) or os.sep)
        if path.startswith(package) and not path.startswith(own):
            files.add(path)
    return json.dumps(sorted(file.removeprefix(base) for file in files))


def cifar_fingerprint() -> str:
    """Which CIFAR-10 the loader would take now."""
    from workshop.data.cifar10 import fingerprint

    return str(fingerprint())


ANY_PYTHON = "LOSSBOOK_ANY_PYTHON"
"""An environment variable: if 1, what another version of Python executed holds too."""


def environment(root: Path) -> dict[str, str | None]:
    """What every chapter depends on: the pinned versions and Python's own version."""
    return {
        "requirements.txt": digest_file(root / "requirements.txt"),
        "python": platform.python_version(),
    }


def snapshot(root: Path) -> dict[str, str | None]:
    """The digests of all that a chapter could come to depend on, as it is now."""
    modules = list((root / "code").rglob("*.py"))
    tables = (root / "code").rglob("*.toml")
    files = [*modules, *tables, *(p for p in (root / "data").rglob("*") if p.is_file())]
    found = {str(path.relative_to(root)): digest_file(path) for path in files}
    folders = {f"{path.parent.relative_to(root)}{os.sep}" for path in modules}
    return found | {name: digest(root, name) for name in folders}


def digest(root: Path, name: str) -> str | None:
    """Of a file its content; of a folder, whose name ends in a slash, which modules it has."""
    if name.endswith(os.sep):
        return digest_json(sorted(path.name for path in (root / name).glob("*.py")))
    return digest_file(root / name)


def describe(root: Path, used: list[str], before: dict[str, str | None]) -> dict[str, str | None]:
    """The inputs of one executed chapter, with their digests from before it ran."""
    inputs = environment(root) | {
        name: before[name] if name in before else digest(root, name) for name in used
    }
    if CIFAR_MODULE in used:
        inputs["CIFAR-10"] = cifar_fingerprint()
    return inputs


def changed(root: Path, inputs: dict[str, str | None]) -> list[str]:
    """The names of those inputs that are no longer what they were."""
    now = environment(root)
    if os.environ.get(ANY_PYTHON) == "1":
        now["python"] = inputs["python"]
    if "CIFAR-10" in inputs:
        now["CIFAR-10"] = cifar_fingerprint()
    return [
        name
        for name, was in inputs.items()
        if was != (now[name] if name in now else digest(root, name))
    ]

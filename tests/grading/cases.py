"""Example submissions for 02_likelihood: code for its two answers, cells of their own, files.

`expected.csv` says what each must get; `make grade-demo` writes and grades them all.
Whatever is hostile here is bounded by itself as well: few processes, small files, an end after
some seconds; it touches loopback and the folders of the test, and nothing else.
"""

import copy
import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NLL = """def gaussian_nll(y, mean, scale):
    z = (np.asarray(y) - mean) / scale
    return 0.5 * z**2 + np.log(scale) + 0.5 * np.log(2 * np.pi)"""
FIT = """def fit(y):
    return np.array([np.mean(y), np.std(y)])"""
IN_TIME, DUE = "2026-01-09T12:00Z", "2026-01-10T00:00Z"
Notebook = dict[str, Any]


@dataclass
class Case:
    """One student: the two answers, cells before and after them, and how it is handed in."""

    name: str
    nll: str | None = None
    fit: str | None = None
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    edit: Callable[[Notebook], Any] | None = None
    write: Callable[[Path, bytes], None] | None = None
    when: str = IN_TIME

    def notebook(self, released: Notebook) -> bytes:
        """The notebook as the student hands it in."""
        notebook = copy.deepcopy(released)
        for name, source in (("nll", self.nll), ("fit", self.fit)):
            if source is not None:
                cell_of(notebook, name)["source"] = source
        cells = notebook["cells"]
        cells[2:2] = [code(source) for source in self.before]
        cells += [code(source) for source in self.after]
        notebook = (self.edit and self.edit(notebook)) or notebook
        return json.dumps(notebook).encode()

    def hand_in(self, folder: Path, released: Notebook) -> None:
        """Write it below the folder of submissions."""
        content = self.notebook(released)
        if self.write:
            self.write(folder / self.name, content)
        else:
            attempt(folder / self.name, content, self.when)


def attempt(folder: Path, content: bytes, when: str, name: str = "02_likelihood.ipynb") -> None:
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    (folder / "timestamp.txt").write_text(when)


def code(source: str) -> Notebook:
    return {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def cell_of(notebook: Notebook, name: str) -> Notebook:
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
            return cell
    raise KeyError(name)


def in_time(path: Path) -> None:
    """Files without a time of their own are as old as the file."""
    os.utime(path, (1_767_960_000, 1_767_960_000))  # 2026-01-09 12:00 UTC


def zipped(entries: list[tuple[Any, bytes]]) -> Callable[[Path, bytes], None]:
    """A zip file; an entry with the content b"NOTEBOOK" is the notebook."""

    def write(path: Path, content: bytes) -> None:
        path = path.with_suffix(".zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in entries:
                archive.writestr(name, content if body == b"NOTEBOOK" else body)
        in_time(path)

    return write


def raw(suffix: str, body: Callable[[bytes], bytes]) -> Callable[[Path, bytes], None]:
    """One file with that content."""

    def write(path: Path, content: bytes) -> None:
        path = path.with_suffix(suffix)
        path.write_bytes(body(content))
        in_time(path)

    return write


def attempts(*of: tuple[str, str | None, str | None]) -> Callable[[Path, bytes], None]:
    """Several attempts: (time, nll, fit)."""

    def write(path: Path, content: bytes) -> None:
        for number, (when, nll, fit) in enumerate(of):
            notebook = json.loads(content)
            for name, source in (("nll", nll), ("fit", fit)):
                if source:
                    cell_of(notebook, name)["source"] = source
            attempt(path / f"attempt{number}", json.dumps(notebook).encode(), when)

    return write


def everything(folder: Path, released: Path) -> None:
    """Write all submissions into `folder`."""
    from honest import HONEST
    from hostile import HOSTILE, READING

    for case in READING:  # the tests put the number of a port of theirs that listens
        case.nll = case.nll and case.nll.replace("PORT", "80")
    notebook = json.loads(released.read_text("utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    folder.mkdir(parents=True, exist_ok=True)
    for case in HONEST + HOSTILE:
        case.hand_in(folder, notebook)


def memory_zip(size: int) -> bytes:
    """A zip file of `size` zeros, some thousand times smaller."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("02_likelihood.ipynb", b"0" * size)
    return target.getvalue()

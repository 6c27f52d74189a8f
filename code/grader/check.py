"""For students: does this notebook run from the top in a fresh kernel, and is all of it there?

It says what the visible checks say and nothing more; it needs no course and no sandbox.
"""

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader import hints
from grader.assemble import read_cell
from grader.errors import GradingError
from grader.intake import Refused


@dataclass
class Findings:
    """What was passed, and what should be corrected before the notebook is handed in."""

    passed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def digest(source: str) -> str:
    """Of a cell of checks: to see whether it is still the released one."""
    return hashlib.sha256(source.strip().encode("utf-8", "replace")).hexdigest()[:16]


def check(path: Path, seconds: float) -> Findings:
    """Run a copy of the notebook in its folder; the file itself stays as it is."""
    notebook, stamp = _read(path)
    found = Findings()
    _cells(notebook, stamp, found)
    _run(notebook, stamp, path, seconds, found)
    return found


def _read(path: Path) -> tuple[NotebookNode, dict[str, Any]]:
    """The cells as the grader would read them, and what the release says should be there."""
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as problem:
        raise GradingError(f"there is no notebook {path}") from problem
    except OSError as problem:
        raise GradingError(f"{path} cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        raise GradingError(f"{path} is not a notebook: it is cut off or damaged") from problem
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        raise GradingError(f"{path} is not a notebook of format 4")
    metadata = data.get("metadata")
    stamp = metadata.get("lossbook") if isinstance(metadata, dict) else None
    if not isinstance(stamp, dict) or not {"cells", "checks", "functions"} <= set(stamp):
        raise GradingError(f"{path} is not a notebook of an exercise, or its metadata are lost")
    notebook = new_notebook()
    try:
        for kind, source, name in map(read_cell, data["cells"]):
            make = new_code_cell if kind == "code" else new_markdown_cell
            mark = {"nbgrader": {"grade_id": name}} if name else {}
            notebook.cells.append(make(source, metadata=mark))
    except Refused as problem:
        raise GradingError(f"{path}: {problem}") from problem
    return notebook, stamp


def _cells(notebook: NotebookNode, stamp: dict[str, Any], found: Findings) -> None:
    marks = [(cell.metadata.get("nbgrader") or {}, cell.source) for cell in notebook.cells]
    there = [mark.get("grade_id") for mark, _ in marks]
    for name in stamp["cells"]:
        if name not in there:
            found.wrong.append(f"the cell {name} is missing, or has lost its name")
        elif there.count(name) > 1:
            found.wrong.append(f"the cell {name} is there {there.count(name)} times")
    for mark, source in marks:
        expected = stamp["checks"].get(mark.get("grade_id"))
        if expected and digest(source) != expected:
            found.wrong.append(f"the checks {mark['grade_id']} were changed; ours will run")


def _run(
    notebook: NotebookNode, stamp: dict[str, Any], path: Path, seconds: float, found: Findings
) -> None:
    names = list(stamp["functions"])
    asked = f"print('\\n'.join(name for name in {names!r} if name not in globals()))"
    notebook.cells.append(new_code_cell(asked))
    begun = [0]
    client = NotebookClient(
        notebook,
        timeout=seconds,
        kernel_name="python3",
        on_cell_start=lambda cell, cell_index: begun.append(cell_index + 1),
        allow_errors=True,
        resources={"metadata": {"path": str(path.resolve().parent)}},
    )
    alone = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # its own log
    try:
        client.execute(env={**os.environ, hints.CHECKING: "1"}, **alone)
    except CellTimeoutError:
        found.wrong.append(f"cell {begun[-1]} takes more than {seconds:g} s")
        return
    except DeadKernelError:
        found.wrong.append(f"cell {begun[-1]} ends the kernel")
        return
    *cells, last = notebook.cells
    for number, cell in enumerate(cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                words = f"cell {number} does not run: {output.ename}: {output.evalue}"
                found.wrong.append(words)
            for line in str(output.get("text", "")).splitlines():
                if line.startswith(("✓", "✗")):
                    (found.passed if line.startswith("✓") else found.wrong).append(line)
    for name in "".join(output.get("text", "") for output in last.outputs).split():
        found.wrong.append(f"{name} is not defined at the end: was it renamed?")

"""From what was handed in to what is run: released cells where they belong, answers as written.

Nothing in a student's metadata is believed beyond the name of a cell. Locked cells come from the
release; cells of the student's own run in the order in which they stand.
"""

from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.intake import Refused

MOST_CELLS = 1000
MOST_SOURCE = 1 << 20


@dataclass
class Assembled:
    """The notebook to run, which released answers are in it, and what a person should know."""

    notebook: NotebookNode
    notes: list[str] = field(default_factory=list)
    look: list[str] = field(default_factory=list)


def assemble(handed_in: dict[str, Any], released: NotebookNode) -> Assembled:
    """A clean notebook; `Refused` if what was handed in is not the released one."""
    result = Assembled(new_notebook(metadata={"kernelspec": released.metadata.get("kernelspec")}))
    ours = {c.metadata.nbgrader.grade_id: c for c in released.cells if "nbgrader" in c.metadata}
    cells = [read_cell(cell) for cell in handed_in["cells"][:MOST_CELLS]]
    if len(handed_in["cells"]) > MOST_CELLS or sum(len(c[1]) for c in cells) > MOST_SOURCE:
        raise Refused(f"more than {MOST_CELLS} cells, or more than {MOST_SOURCE >> 20} MiB of code")
    _is_ours(handed_in, released, [cell[2] for cell in cells], ours, result)
    seen: set[str] = set()
    for kind, source, name in cells:
        known = ours.get(name)
        if known is None or known.cell_type != kind:
            _append(result.notebook, kind, source)
        elif name in seen:
            if known.metadata.nbgrader.solution:
                result.look.append(f"the answer {name} is in it twice")
                _append(result.notebook, kind, source)
        else:
            seen.add(name)
            cell = NotebookNode(known)
            cell.metadata = NotebookNode(known.metadata)
            if known.metadata.nbgrader.solution:
                cell.source = source
            elif source.strip() != known.source.strip():
                result.notes.append(f"the checks {name} were changed; ours ran")
            result.notebook.cells.append(cell)
    for name, known in ours.items():
        # An unfinished answer put back here would replace one that has only lost its name.
        if name not in seen and known.metadata.nbgrader.grade:
            result.notebook.cells.append(NotebookNode(known))  # the release stays as it is
            if known.metadata.nbgrader.solution:
                result.look.append(f"the written answer {name} has lost its place")
    for number, cell in enumerate(result.notebook.cells):
        cell["id"] = f"cell-{number}"
    return result


def _is_ours(
    handed_in: dict[str, Any],
    released: NotebookNode,
    names: list[str],
    ours: dict[str, NotebookNode],
    result: Assembled,
) -> None:
    metadata = handed_in.get("metadata")
    stamp = metadata.get("lossbook") if isinstance(metadata, dict) else None
    expected = released.metadata.lossbook
    found = set(names) & set(ours)
    if isinstance(stamp, dict) and stamp.get("assignment") not in (None, expected.assignment):
        other = str(stamp["assignment"])[:60]
        raise Refused(f"this is the notebook of {other!r}, not of {expected.assignment!r}")
    if not isinstance(stamp, dict) or stamp.get("release") != expected.release:
        if 2 * len(found) < len(ours):
            raise Refused(f"this is not the notebook released as {expected.assignment!r}")
        result.look.append("its stamp is not that of this release; an older one, or edited")


def read_cell(cell: Any) -> tuple[str, str, str]:
    """Kind, source and name of one cell of whatever was handed in."""
    if not isinstance(cell, dict):
        raise Refused("a cell of the notebook is not a cell")
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    kind = cell.get("cell_type")
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = mark.get("grade_id") if isinstance(mark, dict) else None
    return (
        kind if kind in ("code", "markdown") else "markdown",
        _text(source) if isinstance(source, str) else "",
        name if isinstance(name, str) else "",
    )


def _text(source: str) -> str:
    """Without what no file can hold: NUL, and halves of characters."""
    return source.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _append(notebook: NotebookNode, kind: str, source: str) -> None:
    make = new_code_cell if kind == "code" else new_markdown_cell
    notebook.cells.append(make(source))

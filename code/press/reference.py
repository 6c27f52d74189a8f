"""Reference outputs: what each cell is expected to print, as text that can be reviewed as a diff.

Kept in `tests/chapters`, one JSON file a chapter. Pictures and HTML are left out: the text that
stands for them is compared instead. Cells tagged `nbval-ignore-output` have no reference, since
their output depends on the data or on the number of threads; such cells assert what they show.
"""

import json
from pathlib import Path

import nbformat
from workshop.files import write_whole

from press import store
from press.chapters import BookError, Chapter

FOLDER = Path("tests") / "chapters"
IGNORE = "nbval-ignore-output"


def location(chapter: Chapter) -> Path:
    """Where a chapter's reference outputs lie."""
    return chapter.root / FOLDER / f"{Path(chapter.name).name}.json"


def is_compared(cell: nbformat.NotebookNode) -> bool:
    """Whether the cell's output is the same on every machine and with any data."""
    return IGNORE not in cell.metadata.get("tags", [])


def lines_of(outputs: list[nbformat.NotebookNode]) -> list[dict[str, list[str]]]:
    """The text of a cell's outputs, stream by stream and value by value, in lines."""
    found: list[dict[str, list[str]]] = []
    for output in outputs:
        if output.output_type == "stream":
            lines = output.text.splitlines()
            # A slow kernel sends one cell's printing in several pieces.
            if found and output.name in found[-1]:
                found[-1][output.name] += lines
            else:
                found.append({output.name: lines})
        elif output.output_type == "error":
            found.append({"error": [output.ename]})
        elif "text/plain" in output.get("data", {}):
            found.append({"text/plain": output.data["text/plain"].splitlines()})
    return found


def write(chapter: Chapter) -> bool:
    """Write the reference from the remembered execution; whether the file changed."""
    executed = store.load(chapter)
    if executed is None or store.reasons_to_run(chapter):
        raise BookError(f"{chapter.name} has not been executed as it stands now")
    # Tags are the page's as it stands: changing one runs nothing, so the execution may have others.
    present = [cell for cell in chapter.notebook().cells if cell.cell_type == "code"]
    ran = [cell for cell in executed.notebook.cells if cell.cell_type == "code"]
    cells = [
        {
            "cell": cell.source.splitlines()[0] if cell.source else "",
            "outputs": lines_of(done.outputs) if is_compared(cell) else [],
        }
        for cell, done in zip(present, ran, strict=True)
    ]
    path = location(chapter)
    before = seconds(chapter)
    # The time only orders the tests; it is renewed when it has changed a lot, to spare the diff.
    similar = before / 2 <= executed.seconds <= before * 2
    record = {"seconds": before if similar else round(executed.seconds), "cells": cells}
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    same = path.exists() and path.read_text(encoding="utf-8") == text
    if not same:
        write_whole(path, text)
    return not same


def seconds(chapter: Chapter) -> float:
    """About how long the chapter takes, from when its reference was written; 0 if unknown."""
    path = location(chapter)
    return json.loads(path.read_text(encoding="utf-8"))["seconds"] if path.exists() else 0


def read(chapter: Chapter) -> list[dict]:
    """The reference, one entry a code cell. Raises BookError if there is none."""
    path = location(chapter)
    if not path.exists():
        raise BookError(f"{chapter.name} has no reference outputs; run `make reference`")
    return json.loads(path.read_text(encoding="utf-8"))["cells"]

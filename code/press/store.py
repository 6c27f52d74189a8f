"""Executed chapters, kept in `_build/executed`, each with what it was made from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workshop.files import write_whole

from press.chapters import Chapter, code_digest
from press.digest import digest_bytes
from press.inputs import changed

if TYPE_CHECKING:
    import nbformat  # takes two seconds to import: only where a notebook is made

FORMAT = 1
FOLDER = Path("_build") / "executed"


@dataclass(frozen=True)
class Executed:
    """A chapter's notebook with outputs, how long it ran, and the inputs it was made from."""

    notebook: nbformat.NotebookNode
    seconds: float
    inputs: dict[str, str | None]


def location(chapter: Chapter) -> Path:
    """Where the executed notebook of a chapter lies."""
    return chapter.root / FOLDER / f"{chapter.name}.ipynb"


def _read(chapter: Chapter) -> dict[str, Any] | None:
    """The executed notebook as plain JSON."""
    path = location(chapter)
    if not path.exists():
        return None
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return stored if stored["metadata"].get("lossbook", {}).get("format") == FORMAT else None


def load(chapter: Chapter) -> Executed | None:
    """The remembered execution, whether or not it still holds."""
    import nbformat

    stored = _read(chapter)
    if stored is None:
        return None
    notebook = nbformat.reads(json.dumps(stored), as_version=4)
    record = notebook.metadata["lossbook"]
    return Executed(notebook, record["seconds"], dict(record["inputs"]))


def reasons_to_run(chapter: Chapter) -> list[str]:
    """Why the chapter must be executed: empty if the remembered execution still holds."""
    found = _read(chapter)
    if found is None:
        return ["never executed"]
    record = found["metadata"]["lossbook"]
    reasons = changed(chapter.root, record["inputs"])
    # Parsing the page takes longer than comparing its text, which is nearly always the same.
    if record["text"] != digest_bytes(chapter.text.encode()) and record["cells"] != code_digest(
        chapter.notebook()
    ):
        reasons.insert(0, "its cells")
    return reasons


def save(chapter: Chapter, notebook: nbformat.NotebookNode, seconds: float, inputs: dict) -> None:
    """Remember a complete execution; an interrupted call leaves the earlier one in place."""
    import nbformat

    notebook.metadata["lossbook"] = {
        "format": FORMAT,
        "text": digest_bytes(chapter.text.encode()),
        "cells": code_digest(notebook),
        "seconds": round(seconds, 2),
        "inputs": inputs,
    }
    write_whole(location(chapter), nbformat.writes(notebook) + "\n")


def note_text(chapter: Chapter, executed: Executed) -> None:
    """Remember that the present text has the executed cells, so that it need not be parsed."""
    import nbformat

    record = executed.notebook.metadata["lossbook"]
    text = digest_bytes(chapter.text.encode())
    if record["text"] != text:
        record["text"] = text
        write_whole(location(chapter), nbformat.writes(executed.notebook) + "\n")


def outputs_digest(chapter: Chapter) -> str:
    """A digest of the stored notebook's cells with their outputs; "" if there is none."""
    stored = _read(chapter)
    if stored is None:
        return ""
    return digest_bytes(json.dumps(stored["cells"], sort_keys=True).encode())

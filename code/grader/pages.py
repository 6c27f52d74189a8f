"""Pages of the site: the exercise with its worked solution folded away, from the same source."""

from pathlib import Path

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from grader.exercise import Exercise, visible


def solved(exercise: Exercise) -> NotebookNode:
    """The notebook with answers folded away and without hidden checks, ready to be executed."""
    page = NotebookNode(exercise.notebook)
    page.metadata = NotebookNode(exercise.notebook.metadata)
    page.cells = []
    for cell in exercise.notebook.cells:
        meta = cell.metadata.get("nbgrader")
        plain = NotebookNode({k: v for k, v in cell.items() if k != "metadata"})
        plain.metadata = NotebookNode(
            {k: v for k, v in cell.metadata.items() if k not in ("nbgrader", "extra_points")}
        )
        if meta and cell.cell_type == "markdown":
            plain = new_markdown_cell(
                f"````{{dropdown}} A model answer\n{cell.source}\n````",
                id=cell.get("id", meta.grade_id),
            )
        elif meta and meta.solution:
            lines = cell.source.splitlines()
            plain.source = "\n".join(
                line
                for line in lines
                if "### BEGIN SOLUTION" not in line and "### END SOLUTION" not in line
            )
            plain.metadata["tags"] = ["hide-input"]
            plain.metadata["mystnb"] = {"code_prompt_show": "Show a solution"}
        elif meta:
            plain.source = visible(cell.source)
        page.cells.append(plain)
    return page


def write(exercise: Exercise, folder: Path) -> Path:
    """Write the page as a MyST notebook `NAME.md` for the site; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{exercise.name}.md"
    jupytext.write(solved(exercise), path, fmt="md:myst")
    return path

"""A reader's notebook of a chapter: plain Markdown, its cells, and the results where it has run."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
from docutils.nodes import make_id
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from press import store
from press.chapters import EXERCISES, Chapter
from press.notebooks.markdown import Link, Reading
from press.notebooks.sources import Sources

RECORD = "application/papermill.record/"
"""What MyST-NB puts before the kind of a value that a cell glues without showing it."""


def on_the_site(base: str, here: str) -> Link:
    """Addresses on the published site at `base`, from the page `here`; none within that page."""

    def link(page: str, anchor: str) -> str:
        return "" if page == here else f"{base}{page}.html" + (f"#{make_id(anchor)}" * bool(anchor))

    return link


def beside(here: str) -> Link:
    """Addresses of the sources themselves, relative to the page `here`: JupyterLab opens these."""

    def link(page: str, anchor: str) -> str:
        up = "../" * here.count("/")
        return "" if page == here else f"{up}{page}.md"

    return link


def glued(executed: NotebookNode) -> dict[str, str]:
    """The text of each value that the cells of an executed notebook glued, by its key."""
    found = {}
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            key = output.get("metadata", {}).get("scrapbook", {}).get("name")
            data = output.get("data", {})
            text = data.get("text/plain", data.get(f"{RECORD}text/plain"))
            if key and text is not None:
                found[key] = text
    return found


def shown(outputs: list[NotebookNode], address: str) -> Iterator[NotebookNode]:
    """Outputs as a notebook shows them that nobody has run yet, and so trusts no markup in it.

    Figures stay as PNG with their alternative text; an interactive one, which needs the page's
    scripts, says where it lives. Glued values without a picture of their own are left out.
    """
    for output in outputs:
        data = output.get("data")
        if data is None:
            yield output
            continue
        kinds = {kind: value for kind, value in data.items() if not kind.startswith(RECORD)}
        live = "data-explore=" in str(kinds.get("text/html", ""))
        if "image/png" in kinds:
            kinds = {kind: kinds[kind] for kind in ("image/png", "text/plain") if kind in kinds}
        if kinds:
            clean = NotebookNode(output)
            clean.data = NotebookNode(kinds)
            clean.metadata = NotebookNode()
            yield clean
        if live:
            note = f"*This figure can be moved [on the chapter's page]({address}).*"
            yield nbformat.v4.new_output(
                "display_data", {"text/markdown": note, "text/plain": note}
            )


def notebook(
    sources: Sources,
    chapter: Chapter,
    link: Link,
    *,
    origin: str,
    address: str,
    setup: str = "",
    results: bool = True,
) -> NotebookNode:
    """The chapter for a reader.

    `origin` is the first cell's Markdown, `address` that of the chapter's page, `setup` the source
    of a first cell of code (none if empty). With `results`, the outputs of the remembered execution
    stand below the cells, if their sources are still the same.
    """
    executed = store.load(chapter)
    values = glued(executed.notebook) if executed else {}
    reading = Reading(sources, link, values, address)
    ran = [c for c in executed.notebook.cells if c.cell_type == "code"] if executed else []
    made = new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        }
    )
    made.cells = [new_markdown_cell(origin, id="origin")]
    if setup:
        made.cells.append(new_code_cell(setup, id="install"))
    cells = chapter.notebook().cells
    codes = [cell for cell in cells if cell.cell_type == "code"]
    current = results and [c.source for c in ran] == [c.source for c in codes]
    outputs = {id(cell): done for cell, done in zip(codes, ran, strict=True)} if current else {}
    for number, cell in enumerate(cells):
        name = f"cell-{number}"
        if cell.cell_type != "code":
            made.cells.append(new_markdown_cell(reading.plain(cell.source), id=name))
            continue
        tags = list(cell.metadata.get("tags", []))
        fresh = new_code_cell(cell.source, id=name, metadata={"tags": tags} if tags else {})
        # Folded on the page, folded here: the source of what only draws or checks.
        if {"hide-input", "hide-cell"} & set(tags):
            fresh.metadata["jupyter"] = {"source_hidden": True}
        if done := outputs.get(id(cell)):
            fresh.outputs = list(shown(done.outputs, address))
            fresh.execution_count = done.execution_count
        made.cells.append(fresh)
    nbformat.validate(made)
    return made


def is_sheet(name: str) -> bool:
    """Whether the page `name` is a sheet of graded exercises."""
    return name.startswith(EXERCISES)


def chapter_at(root: Path, path: str) -> Chapter | None:
    """The page whose source is at `path` below `root`, if the book has it."""
    if not (path.startswith("chapters/") and path.endswith(".md") and (root / path).is_file()):
        return None
    return Chapter(root, path.removesuffix(".md"))

"""Which chapters the book has, and what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from press.digest import digest_json

if TYPE_CHECKING:
    import nbformat

EXERCISES = "chapters/exercises/"


class BookError(Exception):
    """What is wrong with the book's files, where, and what to do."""


def find_root(start: Path | None = None) -> Path:
    """The folder with `_toc.yml`, at or above `start` (default: the working directory)."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "_toc.yml").exists() and (folder / "_config.yml").exists():
            return folder
    raise BookError(f"{start} is not inside the book: no _toc.yml and _config.yml at or above it")


@dataclass(frozen=True)
class Chapter:
    """A page of the book; `name` is its path from the root without the ending."""

    root: Path
    name: str

    @property
    def path(self) -> Path:
        """The MyST source."""
        return self.root / f"{self.name}.md"

    @cached_property
    def text(self) -> str:
        """The source as it was when first read."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def is_notebook(self) -> bool:
        """Whether the page has a jupytext header, and so may have code cells.

        Exercises are notebooks for those who work on them, and pages without cells in the site.
        """
        if self.name.startswith(EXERCISES) or not self.text.startswith("---\n"):
            return False
        try:
            header = yaml.safe_load(self.text.split("\n---", 1)[0].removeprefix("---"))
        except yaml.YAMLError as problem:
            raise BookError(f"{self.path.name}: its first lines are no YAML: {problem}") from None
        return "jupytext" in (header or {})

    def notebook(self) -> nbformat.NotebookNode:
        """The page as a notebook without outputs, read by the same reader as the site's build."""
        from myst_nb.core.read import read_myst_markdown_notebook

        notebook = read_myst_markdown_notebook(self.text, path=self.path)
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"
        return notebook


EXECUTION_TAGS = {"raises-exception", "skip-execution"}
"""Tags that change what running a cell does; the others only change how it is shown or compared."""


def code_digest(notebook: nbformat.NotebookNode) -> str:
    """A digest of what is executed: the sources of the code cells, and the kernel."""
    cells = [
        [cell.source, sorted(EXECUTION_TAGS & set(cell.metadata.get("tags", [])))]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return digest_json([notebook.metadata.get("kernelspec", {}), cells])


def _files(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _files(item)]
    if isinstance(node, dict):
        own = [node[key] for key in ("root", "file") if key in node]
        below = [node[key] for key in ("parts", "chapters", "sections", "subtrees") if key in node]
        return own + _files(below)
    return []


def pages(root: Path) -> list[Chapter]:
    """All pages in the order of `_toc.yml`. Raises BookError if a file is missing."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    found = [Chapter(root, name.removesuffix(".md")) for name in _files(toc)]
    for page in found:
        if not page.path.exists():
            raise BookError(f"_toc.yml names {page.name}, but there is no {page.path.name}")
    return found


def chapters(root: Path, only: list[str] | None = None) -> list[Chapter]:
    """The pages that are notebooks; with `only`, those whose name ends in one of the names."""
    found = [page for page in pages(root) if page.is_notebook]
    if not only:
        return found
    chosen = []
    for wanted in only:
        stem = Path(wanted).with_suffix("").name
        fitting = [chapter for chapter in found if Path(chapter.name).name == stem]
        if not fitting:
            if (root / "chapters" / f"{stem}.md").exists():
                raise BookError(f"chapters/{stem}.md is not listed: add it to _toc.yml")
            names = ", ".join(Path(chapter.name).name for chapter in found)
            raise BookError(f"there is no chapter {wanted!r}; there are {names}")
        chosen += fitting
    return chosen

"""A Sphinx extension: links to the PDFs of the book, as long as they show what the pages show.

`make pdf` prints them to `_build/pdf` and notes the state of the pages that it printed.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workshop.files import write_whole

if TYPE_CHECKING:
    from sphinx.application import Sphinx  # slow to import, and only a build needs it

FOLDER = Path("_build") / "pdf"
STATE = "pages.txt"


def note(root: Path, pages: str) -> None:
    """Note that the PDFs now show the pages whose state has the digest `pages`."""
    write_whole(root / FOLDER / STATE, pages)


def offered(root: Path) -> list[Path]:
    """The PDFs that there are."""
    return sorted((root / FOLDER).glob("*.pdf")) if (root / FOLDER / STATE).exists() else []


def current(root: Path, pages: str) -> list[Path]:
    """Those that show the pages of the digest `pages`."""
    state = root / FOLDER / STATE
    shown = state.read_text(encoding="utf-8") if state.exists() else None
    return offered(root) if shown == pages else []


def drop_outdated(root: Path, pages: str) -> None:
    """Remove the PDFs if they show other pages than those of the digest `pages`."""
    if not current(root, pages):
        shutil.rmtree(root / FOLDER, ignore_errors=True)


def _offer(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    context["pdfs"] = [path.stem for path in offered(Path(app.srcdir))]


def _finish(app: Sphinx, failure: Exception | None) -> None:
    if failure is not None or app.builder.format != "html":
        return
    there = Path(app.outdir) / FOLDER.name
    shutil.rmtree(there, ignore_errors=True)
    for path in offered(Path(app.srcdir)):
        there.mkdir(exist_ok=True)
        shutil.copy(path, there)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("html-page-context", _offer)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

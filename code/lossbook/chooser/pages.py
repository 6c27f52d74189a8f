"""From a chapter's label to a link, as far as the book has that chapter."""

from pathlib import Path

from lossbook.chooser.rows import CHAPTERS

PAGES = Path(__file__).resolve().parents[3] / "chapters"


def chapter(label: str) -> str:
    """A reference to the chapter, or its file's name where the book has no such page."""
    file = CHAPTERS[label]
    return f"{{ref}}`{label}`" if (PAGES / f"{file}.md").exists() else file

"""A reader's own copies of the chapters and sheets, kept in `notebooks/`, which git ignores."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from workshop.files import write_whole

from press import store
from press.chapters import EXERCISES, Chapter
from press.digest import digest_bytes
from press.notebooks import sheets
from press.notebooks.reader import beside, is_sheet, notebook
from press.notebooks.sources import Sources

FOLDER = Path("notebooks")


def copy_of(chapter: Chapter) -> Path:
    """Where the reader's own copy of a chapter or sheet is kept."""
    return chapter.root / FOLDER / f"{chapter.name.removeprefix('chapters/')}.ipynb"


def opened(chapter: Chapter) -> NotebookNode:
    """The reader's own copy if there is one, else a new notebook with the results so far."""
    copy = copy_of(chapter)
    if copy.exists():
        kept = nbformat.read(copy, as_version=4)
        made_from = kept.metadata.get("lossbook", {}).get("source")
        if made_from != _source(chapter) and kept.cells and kept.cells[0].get("id") == "origin":
            kept.cells[0].source = _origin(chapter) + (
                "\n\n**The chapter has changed since you made this copy.** To begin anew, close "
                f"the notebook and delete `{copy.relative_to(chapter.root)}`."
            )
        return kept
    if is_sheet(chapter.name):
        text = sheets.students(chapter.root, [chapter.name])[chapter.name]
        made = nbformat.reads(text, as_version=4)
    else:
        made = notebook(
            Sources(chapter.root),
            chapter,
            beside(chapter.name),
            origin=_origin(chapter),
            address=f"../_build/html/{chapter.name}.html",
            results=not store.reasons_to_run(chapter),
        )
    made.metadata.setdefault("lossbook", {})["source"] = _source(chapter)
    return made


def _source(chapter: Chapter) -> str:
    return digest_bytes(chapter.text.encode())


def _origin(chapter: Chapter) -> str:
    copy = copy_of(chapter).relative_to(chapter.root)
    return (
        f"*Your own copy of `{chapter.name}.md`: run and change what you like. It is saved as "
        f"`{copy}`, and the course's file stays as it is. To begin anew, close the notebook and "
        "delete that copy.*"
    )


def save(chapter: Chapter, made: NotebookNode) -> None:
    """Keep the reader's copy; whoever reads meanwhile sees the old one or the new one."""
    write_whole(copy_of(chapter), nbformat.writes(made) + "\n")


def with_sheets(chapters: list[Chapter]) -> list[Chapter]:
    """The chapters, each followed by its sheet of exercises if there is one."""
    found = []
    for chapter in chapters:
        sheet = Chapter(chapter.root, EXERCISES + chapter.path.stem)
        found += [chapter, sheet] if sheet.path.exists() else [chapter]
    return found


def write(chapters: list[Chapter]) -> list[Path]:
    """Write the copies of chapters and sheets that are not there yet; their paths."""
    missing = [page for page in with_sheets(chapters) if not copy_of(page).exists()]
    for page in missing:
        save(page, opened(page))
    return [copy_of(page) for page in missing]

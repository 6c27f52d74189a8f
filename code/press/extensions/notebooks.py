"""A Sphinx extension: notebooks to download, of every chapter and every sheet of exercises.

A chapter's notebook has the results of its run and Markdown that any notebook program shows; a
sheet's is the students'. Both have a first cell that installs what they import of the course where
it is missing, from wheels on the same site.
"""

import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell
from sphinx.application import Sphinx
from workshop.files import write_whole

from press.chapters import Chapter
from press.extensions import course
from press.notebooks import sheets, wheels
from press.notebooks.reader import is_sheet, notebook, on_the_site
from press.notebooks.sources import Sources

FOLDER = "notebooks"


def _read(app: Sphinx, page: str, source: list[str]) -> None:
    if is_sheet(page):
        source[0] = sheets.page(Path(app.srcdir), page)


def _finish(app: Sphinx, failure: Exception | None) -> None:
    if failure is not None or app.builder.format != "html":
        return
    root, out = Path(app.srcdir), Path(app.outdir) / FOLDER
    base = course.place(root).base
    written = sorted(app.env.found_docs & course.written(app))
    given = sheets.students(root, [name for name in written if is_sheet(name)])
    chapters = [Chapter(root, name) for name in written if not is_sheet(name)]
    chapters = [chapter for chapter in chapters if chapter.is_notebook]
    if not given and not chapters:
        return
    made = wheels.wheels(root)
    write_whole(out / wheels.CONSTRAINTS, wheels.constraints(root))
    for path in made:
        shutil.copy(path, out)
    setup = wheels.sheet_setup_cell(f"{base}{FOLDER}/", made)
    for name, text in given.items():
        sheet = nbformat.reads(text, as_version=4)
        sheet.cells.insert(0, new_code_cell(setup, id="install"))
        write_whole(out / "exercises" / f"{Path(name).name}.ipynb", nbformat.writes(sheet) + "\n")
    setup, sources = wheels.setup_cell(f"{base}{FOLDER}/", made), Sources(root)
    for chapter in chapters:
        address = f"{base}{chapter.name}.html"
        origin = f"*From [the course]({address}), where every figure can be seen and moved.*"
        link = on_the_site(base, chapter.name)
        text = nbformat.writes(
            notebook(sources, chapter, link, origin=origin, address=address, setup=setup)
        )
        write_whole(out / f"{chapter.path.stem}.ipynb", text + "\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("source-read", _read)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

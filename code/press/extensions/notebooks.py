"""A Sphinx extension: real notebooks to download, of every chapter and every sheet of exercises.

A chapter's notebook has its cells without outputs, in Markdown that any notebook shows, and a first
cell that fetches the course where it is not installed, as on Colab.
"""

import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from workshop.files import write_whole

from press.chapters import Chapter
from press.digest import digest_file, digest_json
from press.extensions import course

FOLDER = "notebooks"
EXTRAS = ("myst-nb", "platformdirs", "rich", "sympy", "statsmodels", "scikit-learn")
"""What a chapter imports and a plain Colab may lack, besides TensorFlow."""

_FENCE = re.compile(r"^(:{3,}|`{3,})\{([a-z-]+)\}[ \t]*(.*)$")


def install(place: course.Place) -> str:
    """The source of the first code cell."""
    return (
        "# Fetches the course where it is not installed, as on Colab.\n"
        "import importlib.util, sys\n"
        'if importlib.util.find_spec("lossbook") is None:\n'
        f"    !git clone --quiet --depth 1 {place.repository}.git course\n"
        f"    %pip install --quiet {' '.join(EXTRAS)}\n"
        '    sys.path.insert(0, "course/code")'
    )


def plain(text: str, address: str) -> str:
    """MyST as Markdown that any notebook shows: directives quoted, roles as text or links."""
    text = re.sub(r"^\([\w:-]+\)=\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^(.*\$\$) *\([\w:-]+\)[ \t]*$", r"\1", text, flags=re.MULTILINE)
    text = re.sub(
        r"\{(?:ref|eq|cite(?::\w+)?|term|doc)\}`([^`<]+?)(?: *<[^`]*>)?`", rf"[\1]({address})", text
    )
    text = re.sub(r"\{glue(?::\w+)?\}`([^`:]+)(?::[^`]*)?`", r"`\1`", text)
    text = re.sub(r"\{[\w:-]+\}`([^`]*)`", r"\1", text)
    lines, inside = [], ""
    for line in text.splitlines():
        begin = _FENCE.match(line)
        if inside and line.strip() == inside:
            inside = ""
            lines.append("")
        elif begin and not inside:
            inside = begin.group(1)
            title = begin.group(3) or begin.group(2).replace("-", " ").capitalize()
            lines += [f"> **{title}**", ">"]
        else:
            lines.append(f"> {line}" if inside else line)
    return "\n".join(lines).strip()


def notebook(chapter: Chapter, place: course.Place) -> nbformat.NotebookNode:
    """The chapter to be run elsewhere: no outputs, and all that it needs."""
    address = f"{place.base}{chapter.name}.html"
    made = new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        }
    )
    made.cells = [
        new_markdown_cell(
            f"*From [the course]({address}), where it can be read with its results.*", id="origin"
        ),
        new_code_cell(install(place), id="install"),
    ]
    for number, cell in enumerate(chapter.notebook().cells):
        if cell.cell_type == "code":
            tags = list(cell.metadata.get("tags", []))
            fresh = new_code_cell(
                cell.source, id=f"cell-{number}", metadata={"tags": tags} if tags else {}
            )
        else:
            fresh = new_markdown_cell(plain(cell.source, address), id=f"cell-{number}")
        made.cells.append(fresh)
    nbformat.validate(made)
    return made


def students(root: Path, names: list[str]) -> dict[str, str]:
    """The students' notebooks of the exercises `names`, as `lossbook-grade release` makes them.

    Kept in `_build/students` with a digest of what they were made from. All that are missing are
    made in one course, since nbgrader takes three seconds to begin a gradebook.
    """
    makers = [digest_file(path) for path in sorted((root / "code/grader").glob("*.py"))]
    kept = {}
    for name in names:
        digest = digest_json([digest_file(root / f"{name}.md"), *makers])
        kept[name] = root / "_build" / "students" / f"{Path(name).name}-{digest}.ipynb"
    missing = [name for name in names if not kept[name].exists()]
    if missing:
        # Imports nbgrader, which takes a second: only where a notebook is made.
        from grader import exercise, release
        from grader.course import Course, Policy

        with tempfile.TemporaryDirectory() as folder:
            given = Course(Path(folder) / "course")
            for name in missing:
                release.release(given, exercise.read(root / f"{name}.md"), Policy())
                made = given.released(Path(name).name).read_text(encoding="utf-8")
                write_whole(kept[name], made)
    return {name: path.read_text(encoding="utf-8") for name, path in kept.items()}


def sheet(root: Path, name: str) -> str:
    """The exercises as a page in Markdown, each solution folded; nothing in it is executed."""
    from grader import exercise, pages

    found = exercise.read(root / f"{name}.md")
    stem = Path(name).name
    about = (
        f"{found.title}: questions with a folded solution each, and a notebook that checks answers."
    )
    lines = [f'---\nmyst:\n  html_meta:\n    description: "{about}"\n---\n(exercises-{stem})=']
    for cell in pages.solved(found).cells:
        code = f"```python\n{cell.source}\n```"
        if cell.cell_type == "markdown":
            lines.append(cell.source)
        elif "hide-input" in cell.metadata.get("tags", []):
            lines.append(f"````{{dropdown}} Show a solution\n{code}\n````")
        elif "hints." in cell.source:
            lines.append(f"````{{dropdown}} Show the checks\n{code}\n````")
        else:
            lines.append(code)
    return "\n\n".join(lines) + "\n"


def _read(app: Any, page: str, source: list[str]) -> None:
    if page.startswith(course.EXERCISES):
        source[0] = sheet(Path(app.srcdir), page)


def _finish(app: Any, failure: Exception | None) -> None:
    if failure is not None or app.builder.format != "html":
        return
    root, out = Path(app.srcdir), Path(app.outdir) / FOLDER
    place = course.place(root)
    written = sorted(app.env.found_docs & course.written(app))
    sheets = [name for name in written if name.startswith(course.EXERCISES)]
    for name, text in students(root, sheets).items():
        write_whole(out / "exercises" / f"{Path(name).name}.ipynb", text)
    for name in written:
        chapter = Chapter(root, name)
        if name not in sheets and chapter.is_notebook:
            text = nbformat.writes(notebook(chapter, place)) + "\n"
            write_whole(out / f"{chapter.path.stem}.ipynb", text)


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("source-read", _read)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Sheets of exercises: the students' notebooks, and the pages with each solution folded away."""

import tempfile
from pathlib import Path

from workshop.files import write_whole

from press.digest import digest_file, digest_json


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


def page(root: Path, name: str) -> str:
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

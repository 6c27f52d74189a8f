"""The static site: Jupyter Book renders, with the outputs that were already computed."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from workshop.files import write_whole

from press import store
from press.chapters import BookError, Chapter, chapters, pages
from press.digest import digest_file, digest_json
from press.extensions import course, printed
from press.watched import LIMIT, PROLOGUE, Hung, Watched

CACHE = Path("_build") / ".jupyter_cache"
STAMP = Path("_build") / "site.json"
STARTED = Path("_build") / "site.started"
PROGRAM = f"""
{PROLOGUE}
from press.quick import leave_out_grammars
leave_out_grammars()
from jupyter_book.cli.main import main
main()
"""
SOURCES = ("_config.yml", "_toc.yml", "requirements.txt")
FOLDERS = ("code/press", "code/grader")


def index(root: Path) -> Path:
    """The page to open first."""
    return root / "_build" / "html" / "index.html"


def _frame(root: Path, pages: str) -> str:
    """A digest of what every page is made with: configuration, style, extensions, titles."""
    files = [root / name for name in SOURCES]
    for folder in FOLDERS:
        files += sorted(path for path in (root / folder).rglob("*") if path.is_file())
    kept = [path for path in files if "__pycache__" not in path.parts]
    made_with: dict[str, Any] = {str(path.relative_to(root)): digest_file(path) for path in kept}
    made_with["titles"] = course.shown_everywhere(root)
    made_with["printed"] = [digest_file(path) for path in printed.current(root, pages)]
    return digest_json(made_with)


def pages_digest(root: Path) -> str:
    """The state of all that the pages' text is made from."""
    files = [page.path for page in pages(root)] + sorted((root / "chapters").glob("*.bib"))
    files += sorted((root / course.LIBRARY).rglob("*.py"))  # the cheat sheet, docstrings
    files += sorted((root / course.LIBRARY).rglob("*.toml"))  # the tabs of libraries
    files += sorted((root / "code" / "workshop" / "tables").glob("*.py"))
    found: dict[str, str | None] = {str(p.relative_to(root)): digest_file(p) for p in files}
    for chapter in chapters(root):
        found[f"outputs of {chapter.name}"] = store.outputs_digest(chapter)
    return digest_json(found)


def _state(root: Path) -> dict[str, str]:
    """Digests of the frame and of the pages."""
    pages = pages_digest(root)
    return {"frame": _frame(root, pages), "pages": pages}


def _offer(root: Path, found: list[Chapter]) -> None:
    """Put the executed notebooks where Jupyter Book looks for them, so that it runs none."""
    offered_path = root / CACHE / "offered.json"
    offered = json.loads(offered_path.read_text()) if offered_path.exists() else {}
    digests = {chapter: store.outputs_digest(chapter) for chapter in found}
    new = [chapter for chapter in found if offered.get(chapter.name) != digests[chapter]]
    if not new:
        return
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    cache = get_cache(root / CACHE)
    for chapter in new:
        executed = store.load(chapter)
        if executed is None:
            continue
        bundle = CacheBundleIn(
            executed.notebook, str(chapter.path), data={"execution_seconds": executed.seconds}
        )
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        offered[chapter.name] = digests[chapter]
    cache.db.dispose()
    write_whole(offered_path, json.dumps(offered, indent=1))


def is_current(root: Path) -> bool:
    """Whether the site is already made from just these inputs."""
    whole = index(root).exists() and not (root / STARTED).exists()
    return whole and _built(root) == _state(root)


def _built(root: Path) -> dict[str, str]:
    """The digests that the present site was made from; empty if there is none."""
    stamp = root / STAMP
    return json.loads(stamp.read_text()) if stamp.exists() else {}


def build(root: Path, *, verbose: bool = False) -> None:
    """Render the site from the executed chapters, warnings as errors.

    Raises BookError with Jupyter Book's own words if it fails. A build that was cut off is begun
    anew, since half-written pages look to it like finished ones.
    """
    if (root / STARTED).exists():
        for folder in ("html", ".doctrees"):
            shutil.rmtree(root / "_build" / folder, ignore_errors=True)
    state = _state(root)
    printed.drop_outdated(root, state["pages"])
    write_whole(root / STARTED, "")
    _offer(root, chapters(root))
    command = [sys.executable, "-c", PROGRAM, "build", str(root), "-W", "-n", "--keep-going"]
    if _built(root).get("frame") != state["frame"]:
        # Every page names its style sheets by their content, so every page is written anew.
        command.append("--all")
    from press.progress import Pages  # rich takes a while to import, and often nothing is built

    with Pages() as shown:
        program = Watched(
            command,
            "jupyter-book",
            cwd=root,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            hears=print if verbose else shown.hears,
            tell=shown.tell,
            limit=LIMIT,
        )
        try:
            status = program.run()
        except Hung as problem:
            raise BookError(str(problem)) from None
    if status:
        said = "" if verbose else "\n" + "\n".join(program.said)
        raise BookError(f"jupyter-book failed (exit status {status}){said}")
    write_whole(root / STAMP, json.dumps(state))
    (root / STARTED).unlink()

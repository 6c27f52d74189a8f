"""How fast the book executes, rebuilds and starts, against what one would do otherwise."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import yaml
from measuring import Measured, measured, spread, table
from press import reference
from press.chapters import Chapter, chapters, find_root

JUPYTER_BOOK = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
OURS = [sys.executable, "-m", "press"]
LINKED = ("code", "data", "requirements.txt", "pyproject.toml", "LICENSE")
LONG = 45
"""Chapters that take more seconds than this are left out unless asked for: they only train."""


def copied(folder: Path, found: list[Chapter]) -> Path:
    """A book of just these chapters, references between them and the rest left unresolved."""
    root = find_root()
    book = folder / "book"
    (book / "chapters").mkdir(parents=True)
    for name in LINKED:
        (book / name).symlink_to(root / name)
    for chapter in found:
        shutil.copy(chapter.path, book / f"{chapter.name}.md")
    for path in (root / "chapters").glob("*.bib"):
        shutil.copy(path, book / "chapters")
    first, *others = [chapter.name for chapter in found]
    toc = {"format": "jb-book", "root": first, "chapters": [{"file": name} for name in others]}
    (book / "_toc.yml").write_text(yaml.safe_dump(toc))
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    (book / "_config.yml").write_text(yaml.safe_dump(config))
    return book


def executing(book: Path, how: str) -> None:
    """Let Jupyter Book execute the chapters itself ("force"), or not at all ("off")."""
    path = book / "_config.yml"
    config = yaml.safe_load(path.read_text())
    config["execute"] = {"execute_notebooks": how, "timeout": 1800}
    path.write_text(yaml.safe_dump(config))


def chosen(long: int) -> list[Chapter]:
    """The chapters that take at most `long` seconds by their reference, of the whole course."""
    return [c for c in chapters(find_root()) if 0 < reference.seconds(c) <= long]


def execution(rounds: int, long: int = LONG) -> str:
    """Executing chapters side by side, against Jupyter Book one after another.

    Jupyter Book's time is that of a build less that of a build which executes nothing.
    """
    found = chosen(long)
    ours: list[Measured] = []
    theirs: list[Measured] = []
    threads = str(len(os.sched_getaffinity(0)))
    for number in range(rounds):
        print(f"executing {len(found)} chapters, round {number + 1} of {rounds}", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            book = copied(Path(folder), found)
            ours.append(measured([*OURS, "execute", "--fresh"], book))
        with tempfile.TemporaryDirectory() as folder:
            book = copied(Path(folder), found)
            executing(book, "off")
            rendering = measured([*JUPYTER_BOOK, str(book), "--all"], book).seconds
            executing(book, "force")
            pools = dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), threads)
            whole = measured([*JUPYTER_BOOK, str(book), "--all"], book, pools)
            theirs.append(Measured(whole.seconds - rendering, whole.peak))
    ratio = [b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True)]
    rows = [
        ["lossbook-build execute", spread([m.seconds for m in ours], 0), f"{ours[0].peak:.0f}"],
        ["jupyter-book build", spread([m.seconds for m in theirs], 0), f"{theirs[0].peak:.0f}"],
    ]
    head = f"Executing {len(found)} chapters: {spread(ratio)} times as fast as Jupyter Book.\n\n"
    return head + table(["", "seconds", "peak MiB"], rows)


def rebuilding(rounds: int) -> str:
    """What a rebuild of the whole course takes: nothing changed, or the prose of one chapter."""
    root = find_root()
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        names = [*LINKED, "_config.yml", "_toc.yml"]
        book.mkdir()
        for name in names:
            (book / name).symlink_to(root / name)
        shutil.copytree(root / "chapters", book / "chapters")
        shutil.copytree(root / "_build" / "executed", book / "_build" / "executed")
        kept = book / "_build" / "executed"
        before = {path: path.stat().st_mtime_ns for path in kept.rglob("*.ipynb")}
        first = measured([*OURS, "book"], book)
        nothing = [measured([*OURS, "book"], book).seconds for _ in range(rounds)]
        bare = [measured([*JUPYTER_BOOK, str(book)], book).seconds for _ in range(rounds)]
        page = book / "chapters" / "03_heads.md"
        prose = []
        for number in range(rounds):
            print(f"changing prose, round {number + 1} of {rounds}", file=sys.stderr)
            page.write_text(page.read_text(encoding="utf-8") + f"\nRound {number}.\n")
            prose.append(measured([*OURS, "book"], book).seconds)
        after = {path: path.stat().st_mtime_ns for path in kept.rglob("*.ipynb")}
        # The page whose prose changed is noted with its new text; nothing else is written.
        assert {path.stem for path in after if after[path] != before.get(path)} <= {page.stem}
        assert len(after) == len(chapters(root)), "a rebuild must not execute"
    rows = [
        ["all pages rendered, nothing executed", f"{first.seconds:.1f}", ""],
        [
            "nothing changed",
            spread(nothing),
            spread([b / a for a, b in zip(nothing, bare, strict=True)]),
        ],
        ["prose of one chapter changed", spread(prose), ""],
    ]
    return table(["rebuild", "seconds", "jupyter-book's time with nothing changed, times"], rows)


def starting(rounds: int) -> str:
    """What `import lossbook` takes beyond starting Python."""
    code = {
        "import lossbook": "import lossbook",
        "from lossbook import data, plotting": "from lossbook import data, plotting",
        "import keras": "import os; os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'; import keras",
    }
    times: dict[str, list[float]] = {name: [] for name in code}
    for _ in range(3 * rounds):
        bare = measured([sys.executable, "-c", "pass"], Path.cwd()).seconds
        for name, text in code.items():
            whole = measured([sys.executable, "-c", text], Path.cwd()).seconds
            times[name].append(whole - bare)
    return table(
        ["start-up", "seconds beyond Python's own"],
        [[name, spread(values, 3)] for name, values in times.items()],
    )

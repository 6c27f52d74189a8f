"""The commands behind `make book` and `make test`, on a small book."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from press import reference
from press.chapters import chapters

ROOT = Path(__file__).resolve().parents[2]


def build(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "press", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def nbval(book, **environment: str) -> subprocess.CompletedProcess:
    folder = book.root / "tests" / "chapters"
    folder.mkdir(parents=True, exist_ok=True)
    # What compares any book's chapters; the other tests there are about this course's own.
    for name in ("conftest.py", "test_references.py"):
        shutil.copy(ROOT / "tests" / "chapters" / name, folder)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | environment
    )


def page(book, name: str) -> str:
    return (book.root / "_build" / "html" / "chapters" / f"{name}.html").read_text()


def test_book_builds_rebuilds_only_what_changed_and_fails_on_a_broken_cell(book):
    first = build("book", "--verbose")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Executing notebook" not in first.stdout + first.stderr, "Jupyter Book ran it again"
    assert "2 of 2 chapters executed" in first.stdout
    assert str(book.root / "_build" / "html" / "index.html") in first.stdout

    again = build("book")
    assert "nothing has changed" in again.stdout

    untouched = os.stat("_build/html/chapters/b.html").st_mtime_ns
    book.edit("chapters/a.md", "Some prose.", "Better prose.")
    prose = build("book")
    assert "executed" not in prose.stdout
    assert "Better prose." in page(book, "a")
    assert os.stat("_build/html/chapters/b.html").st_mtime_ns == untouched

    book.edit("code/scratch/deep.py", "1", "12321")
    assert "1 of 2 chapters executed" in build("book").stdout
    assert "12321" in page(book, "a")

    (book.root / "_build" / "site.started").write_text("")  # as after a build that was cut off
    (book.root / "_build" / "html" / "chapters" / "a.html").write_text("half")
    assert build("book").returncode == 0
    assert "12321" in page(book, "a")

    book.edit("chapters/a.md", "print(VALUE)", "assert VALUE == 0, 'not so'")
    broken = build("book")
    assert broken.returncode == 1
    assert "not so" in broken.stderr
    assert "Traceback (most recent call last)" not in broken.stderr.split("a.md")[0]

    book.edit("chapters/a.md", "assert VALUE == 0, 'not so'", "print(VALUE)")
    book.edit("chapters/a.md", "Better prose.", "See [](nowhere).")
    unresolved = build("book")
    assert unresolved.returncode == 1
    assert "nowhere" in unresolved.stderr


def test_nbval_compares_runs_and_shares_its_runs_with_the_book(book):
    assert build("reference").returncode == 0
    assert nbval(book).returncode == 0

    shutil.rmtree(book.root / "_build")
    fresh = nbval(book, FRESH="1")
    assert fresh.returncode == 0, fresh.stdout
    assert "unchanged" in build("status", "a").stdout, "what nbval ran must be remembered"

    # Only printing is changed, so that nothing but the comparison can notice.
    book.edit("chapters/a.md", "print(VALUE)", "print(VALUE + 1)")
    differs = nbval(book)
    assert differs.returncode == 1
    assert "Cell outputs differ" in differs.stdout

    book.edit("chapters/a.md", "print(VALUE + 1)", "raise ValueError('broken on purpose')")
    broken = nbval(book)
    assert broken.returncode == 1
    assert "broken on purpose" in broken.stdout


def test_a_remembered_output_that_is_wrong_is_seen_without_running(book):
    build("reference")
    [chapter] = chapters(book.root, ["a"])
    path = reference.location(chapter)
    record = json.loads(path.read_text())
    record["cells"][0]["outputs"][0]["stdout"] = ["2"]
    path.write_text(json.dumps(record))
    assert nbval(book).returncode == 1


def test_a_reference_follows_the_tags_of_the_page_though_nothing_runs(book):
    build("reference")
    [chapter] = chapters(book.root, ["a"])
    path = reference.location(chapter)
    assert json.loads(path.read_text())["cells"][0]["outputs"] == [{"stdout": ["1"]}]
    for tags, outputs in (("[nbval-ignore-output]", []), ("[hide-input]", [{"stdout": ["1"]}])):
        text = (book.root / "chapters" / "a.md").read_text()
        text = text.split("{code-cell} python3\n")
        lines = [line for line in text[1].splitlines(keepends=True) if not line.startswith(":tags")]
        book.write(
            "chapters/a.md", f"{text[0]}{{code-cell}} python3\n:tags: {tags}\n{''.join(lines)}"
        )
        assert "executed" not in build("reference").stdout
        assert json.loads(path.read_text())["cells"][0]["outputs"] == outputs


def test_help_and_bad_input_have_exit_codes(book):
    assert build("--help").returncode == 0
    assert build("nonsense").returncode == 2
    missing = build("book", "nonsense")
    assert missing.returncode == 1
    assert "there is no chapter 'nonsense'" in missing.stderr
    os.chdir("/")
    outside = build("book")
    assert outside.returncode == 1
    assert "is not inside the book" in outside.stderr

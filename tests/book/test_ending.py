"""The build and its child end when their work does; if one hangs, that is told and then ended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from press import render, watched
from press.chapters import BookError, chapters
from press.execute import execute

RENDERS = """
import atexit, threading
atexit.register(lambda: print([t.name for t in threading.enumerate()]))
from press.extensions import katex
assert "katex" in katex.render("x^2", display=False)
"""
HANGS_AT_ITS_END = """
import time
class Engine:
    def __del__(self):
        time.sleep(600)
engine = Engine()
print("writing output... [100%] last page")
"""


def test_a_process_that_rendered_a_formula_ends():
    """Left open, the engine hangs the end of a program on Python 3.13; its thread tells on any."""
    try:
        run = subprocess.run(
            [sys.executable, "-c", RENDERS], capture_output=True, text=True, timeout=60, check=True
        )
    except subprocess.TimeoutExpired:
        pytest.fail("the process rendered its formula and then did not end")
    assert run.stdout.strip() == "['MainThread']"


def watch(code: str, **seconds: float) -> tuple[watched.Watched, list[str]]:
    told: list[str] = []
    command = [sys.executable, "-u", "-c", f"{watched.PROLOGUE}\n{code}"]
    program = watched.Watched(
        command, "it", Path.cwd(), os.environ, hears=lambda line: None, tell=told.append, **seconds
    )
    return program, told


def test_output_comes_line_by_line_without_colours():
    says = "print('\\x1b[2Kone\\rtwo\\n\\nthree', end='')"
    program, told = watch(f"import sys\n{says}\nsys.stderr.write('!')\nsys.exit(3)")
    assert program.run() == 3
    assert program.said == ["one", "two", "three!"]
    assert told == []


def test_a_program_that_hangs_is_told_and_ended_with_the_place_where_it_stands():
    program, told = watch(HANGS_AT_ITS_END, quiet=1, limit=3)
    with pytest.raises(watched.Hung) as error:
        program.run()
    assert "it did nothing for 3 s and was ended" in str(error.value)
    assert "its last words: writing output... [100%] last page" in str(error.value)
    assert "line 6 in __del__" in str(error.value)
    assert told[0].startswith("it has said nothing for 1 s (it is ended after 3 s); its last words")


def test_words_that_end_no_line_are_last_words_too():
    program, _ = watch("import time\nprint('copying images... ', end='')\ntime.sleep(600)", limit=1)
    with pytest.raises(watched.Hung, match=r"its last words: copying images\.\.\.\n"):
        program.run()


def test_a_process_left_behind_that_holds_the_output_is_not_waited_for():
    program, _ = watch("import subprocess\nprint(subprocess.Popen(['sleep', '60']).pid)", limit=20)
    try:
        assert program.run() == 0
    finally:
        os.kill(int(program.said[0]), 9)


def test_a_build_whose_child_hangs_fails_with_one_error(book, monkeypatch):
    monkeypatch.setattr(render, "PROGRAM", f"{watched.PROLOGUE}\n{HANGS_AT_ITS_END}")
    monkeypatch.setattr(render, "LIMIT", 1)
    with pytest.raises(BookError, match="jupyter-book did nothing for 1 s"):
        render.build(book.root)
    assert not render.is_current(book.root)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_stopped_ends_every_kernel_and_says_so_in_one_line(book, number):
    notes = "import os, pathlib, time\npathlib.Path('{0}.pid').write_text(str(os.getpid()))"
    for name in "ab":
        book.chapter(name, f"{notes.format(name)}\ntime.sleep(600)")
    command = [sys.executable, "-m", "press", "execute", "--jobs", "2"]
    run = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    noted = [book.root / "chapters" / f"{name}.pid" for name in "ab"]
    while not all(path.exists() and path.read_text() for path in noted):
        assert run.poll() is None
        time.sleep(0.1)
    os.killpg(run.pid, number)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 130, said
    assert said.splitlines()[-1] == "stopped; the same command goes on from here"
    assert "Error" not in said
    assert "FAILED" not in said
    for path in noted:
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.read_text()), 0)


WAITS = """
import pathlib, time
def wait(*_):
    noted = pathlib.Path("writing")
    if not noted.exists():
        noted.touch()
        time.sleep(600)
def setup(app):
    app.connect("html-page-context", wait)
"""
"""An extension that stops where the first page is written, once."""


def test_a_build_that_is_stopped_while_it_writes_pages_ends_what_writes_them_and_goes_on(book):
    book.write("code/scratch/waits.py", WAITS)
    book.edit("_config.yml", "outputs]", "outputs, scratch.waits]")
    assert not execute(chapters(book.root)).failed
    command = [sys.executable, "-m", "press", "book"]
    run = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    while not (book.root / "writing").exists():
        assert run.poll() is None
        time.sleep(0.1)
    [writes] = psutil.Process(run.pid).children(recursive=True)
    os.killpg(run.pid, signal.SIGINT)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 130, said
    assert said.splitlines()[-1] == "stopped; the same command goes on from here"
    assert "Traceback" not in said
    assert not writes.is_running()
    assert (book.root / render.STARTED).exists()  # the next one begins anew
    assert not render.is_current(book.root)

    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "the site was written" in said
    assert {path.name for path in (book.root / "_build" / "html" / "chapters").glob("*.html")} == {
        "a.html",
        "b.html",
    }


def test_a_log_counts_the_pages_that_are_read_and_written(book, monkeypatch, capsys):
    monkeypatch.setattr("press.progress.EVERY_SECONDS", 0)
    book.edit("_config.yml", "outputs]", "outputs, press.extensions.counted]")
    assert not execute(chapters(book.root)).failed
    capsys.readouterr()
    render.build(book.root)
    told = capsys.readouterr().err.split("\n")[:-1]
    counts = [f"  {stage} pages: {n} of 2" for stage in ("reading", "writing") for n in (1, 2)]
    assert told == counts

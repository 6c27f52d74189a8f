"""Exactly the chapters run whose cells, helpers, data or versions changed."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from press import inputs, store
from press.chapters import BookError, chapters
from press.execute import execute


def ran(book, **options) -> set[str]:
    summary = execute(chapters(book.root), **options)
    assert not summary.failed, summary.failed[0].error
    return {o.chapter.name.removeprefix("chapters/") for o in summary.outcomes if not o.reused}


def printed(book, name: str) -> str:
    [chapter] = chapters(book.root, [name])
    executed = store.load(chapter)
    return "".join(o.text for c in executed.notebook.cells for o in c.get("outputs", []))


def test_everything_runs_once_and_then_nothing(book):
    assert ran(book) == {"a", "b"}
    assert printed(book, "a") == "1\n"
    assert ran(book) == set()
    assert ran(book, fresh=True) == {"a", "b"}


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("chapters/a.md", "Some prose.", "Other prose.", set()),
        ("chapters/a.md", "python3\nfrom", "python3\n:tags: [hide-input]\nfrom", set()),
        ("chapters/a.md", "python3\nfrom", "python3\n:tags: [raises-exception]\nfrom", {"a"}),
        ("chapters/a.md", "print(VALUE)", "print(VALUE + 1)", {"a"}),
        ("code/scratch/shallow.py", "VALUE", "VALUE as VALUE", {"a"}),
        ("code/scratch/deep.py", "1", "2", {"a"}),
        ("code/scratch/unused.py", "1", "2", set()),
        ("code/scratch/table.toml", "1", "2", {"a"}),
        ("code/scratch/other.toml", "1", "2", set()),
        ("data/b.txt", "first", "second", {"b"}),
        ("requirements.txt", "scipy==", "scipy==0+", {"a", "b"}),
    ],
    ids=[
        "prose",
        "looks",
        "what running does",
        "cell",
        "helper",
        "helper of a helper",
        "unused helper",
        "table",
        "unused table",
        "data",
        "version",
    ],
)
def test_a_change_runs_the_chapters_that_depend_on_it(book, name, old, new, expected):
    ran(book)
    book.edit(name, old, new)
    assert ran(book) == expected
    assert ran(book) == set()


def test_another_python_runs_everything_unless_its_outputs_are_wanted(book, monkeypatch):
    ran(book)
    monkeypatch.setattr("platform.python_version", lambda: "3.99.0")
    [chapter] = chapters(book.root, ["a"])
    assert store.reasons_to_run(chapter) == ["python"]
    monkeypatch.setenv("LOSSBOOK_ANY_PYTHON", "1")
    assert store.reasons_to_run(chapter) == []
    book.edit("code/scratch/deep.py", "1", "2")
    assert store.reasons_to_run(chapter) == ["code/scratch/deep.py"]


def test_a_print_in_pieces_is_one_output(book):
    book.edit("chapters/a.md", "print(VALUE)", "print(VALUE, flush=True)\nprint(VALUE)")
    ran(book)
    [chapter] = chapters(book.root, ["a"])
    [cell] = [c for c in store.load(chapter).notebook.cells if c.cell_type == "code"]
    assert [out.text for out in cell.outputs] == ["1\n1\n"]


def test_a_broken_cell_fails_and_is_not_remembered(book):
    ran(book)
    before = printed(book, "a")
    book.edit("chapters/a.md", "print(VALUE)", "print(VALUE / 0)")
    summary = execute(chapters(book.root))
    [failed] = summary.failed
    assert failed.chapter.name == "chapters/a"
    assert "ZeroDivisionError" in failed.error
    assert printed(book, "a") == before
    assert store.reasons_to_run(failed.chapter) == ["its cells"]


def test_words_on_stderr_fail_the_chapter(book):
    book.edit("chapters/a.md", "print(VALUE)", "import warnings\nwarnings.warn('careful')")
    [failed] = execute(chapters(book.root)).failed
    assert "wrote to stderr" in failed.error
    assert "careful" in failed.error


def test_matplotlib_heeds_neither_the_users_settings_nor_an_unwritable_cache(book, monkeypatch):
    book.write("home/matplotlib/matplotlibrc", "lines.linewidth: 9\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(book.root / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/cache")
    asks = "import matplotlib.font_manager\nprint(matplotlib.rcParams['lines.linewidth'])"
    book.edit("chapters/a.md", "print(VALUE)", asks)
    ran(book)
    assert printed(book, "a") == "1.5\n"


def test_a_kernel_that_dies_fails_the_chapter(book):
    book.edit("chapters/a.md", "print(VALUE)", "import os\nos._exit(1)")
    [failed] = execute(chapters(book.root)).failed
    assert "DeadKernelError" in failed.error


@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.5])
def test_a_run_that_is_killed_leaves_nothing_half_done(book, seconds):
    book.edit("chapters/a.md", "print(VALUE)", "import time\ntime.sleep(4)\nprint(VALUE)")
    command = [sys.executable, "-m", "press", "execute"]
    run = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(seconds)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert "a" in ran(book)
    assert printed(book, "a") == "1\n"
    assert printed(book, "b") == "first\n\n"
    assert not list((book.root / "_build").rglob(".*.ipynb.*")), "a half-written file was left"


def test_an_unknown_chapter_is_one_clear_error(book):
    with pytest.raises(BookError, match=r"there is no chapter 'c'; there are a, b"):
        chapters(book.root, ["c"])


def test_a_page_that_the_contents_name_but_is_not_there(book):
    (book.root / "chapters" / "b.md").unlink()
    with pytest.raises(BookError, match=r"_toc\.yml names chapters/b"):
        chapters(book.root)


@pytest.mark.parametrize(
    ("code", "pictures"),
    [
        ("from workshop.data import DataError, Iris, load_iris; load_iris()", False),
        ("from workshop.data.terrain import load_terrain; load_terrain()", False),
        ("import workshop.data", False),
        ("from workshop.data import load_iris, to_float", True),
        ("import workshop.data; workshop.data.load_cifar10", True),
        ("from workshop.experiments import pictures", True),
    ],
)
def test_only_who_takes_pictures_depends_on_cifar10(code, pictures):
    """Real modules and the real rule: a chapter on iris does not run again with other pictures."""
    root = Path(__file__).resolve().parents[2]
    start, finish = (part.format(root=str(root)) for part in (inputs.START, inputs.FINISH))
    script = f"{start}\n{code}\nprint({finish})"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    used = json.loads(found.stdout)
    assert "code/workshop/data/__init__.py" in used
    assert (inputs.CIFAR_MODULE in used) == pictures
    assert ("CIFAR-10" in inputs.describe(root, used, {})) == pictures


@pytest.mark.parametrize(
    ("code", "all_of_them"),
    [
        ("from lossbook.heads import Gaussian, HEADS; HEADS['weibull']", False),
        ("from lossbook.heads import HEADS; list(HEADS)", True),
    ],
)
def test_a_new_head_concerns_only_who_asks_for_all_of_them(code, all_of_them):
    root = Path(__file__).resolve().parents[2]
    start, finish = (part.format(root=str(root)) for part in (inputs.START, inputs.FINISH))
    script = f"{start}\n{code}\nprint({finish})"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    used = json.loads(found.stdout)
    assert "code/lossbook/heads/weibull.py" in used or all_of_them
    assert ("code/lossbook/heads/" in used) == all_of_them
    before = inputs.describe(root, used, inputs.snapshot(root))
    assert inputs.changed(root, before) == []


def test_a_folder_is_its_modules_names(tmp_path):
    (tmp_path / "a.py").write_text("1")
    was = {"./": inputs.digest(tmp_path, "./")}
    environment = inputs.environment(tmp_path)
    (tmp_path / "a.py").write_text("2")
    assert inputs.changed(tmp_path, environment | was) == []
    (tmp_path / "b.py").write_text("")
    assert inputs.changed(tmp_path, environment | was) == ["./"]


def test_a_kernel_that_dies_between_its_last_cell_and_the_end_is_not_waited_for(book, monkeypatch):
    monkeypatch.setattr("press.execute.SILENT_TIMEOUT", 3)
    ending = "import os, IPython\nIPython.get_ipython().events.register('pre_execute', os.abort)"
    book.edit("chapters/a.md", "print(VALUE)", ending)
    [failed] = execute(chapters(book.root)).failed
    assert "the kernel died before or after its cells" in failed.error


def test_a_cell_that_runs_for_long_is_told(book, monkeypatch, capsys):
    monkeypatch.setattr("press.execute.QUIET", 0.2)
    book.edit("chapters/a.md", "print(VALUE)", "import time\ntime.sleep(1)\nprint(VALUE)")
    ran(book)
    said = capsys.readouterr().err
    assert re.search(r"chapters/a: cell 1 of 1 has been running for \d s", said)
    assert "chapters/b: cell" not in said, "b ended at once"

"""A small book of its own: two chapters, a helper that imports another, a data file."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
# Chapter {name}

Some prose.

```{{code-cell}} python3
{code}
```
"""
CONFIG = """title: Scratch
author: Nobody
only_build_toc_files: true
execute:
  execute_notebooks: cache
  cache: "_build/.jupyter_cache"
sphinx:
  extra_extensions: [press.extensions.outputs]
"""


SHALLOW = """from pathlib import Path

from scratch.deep import VALUE

TABLE = Path(__file__).with_name("table.toml").read_text()
"""


class Book:
    """Chapters `a` (its helper imports `deep` and reads a table) and `b` (reads data/b.txt)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("_config.yml", CONFIG)
        self.write("_toc.yml", "format: jb-book\nroot: chapters/a\nchapters:\n- file: chapters/b\n")
        self.write("code/scratch/__init__.py", "")
        self.write("code/scratch/shallow.py", SHALLOW)
        self.write("code/scratch/table.toml", "rate = 1\n")
        self.write("code/scratch/other.toml", "rate = 1\n")
        self.write("code/scratch/deep.py", "VALUE = 1\n")
        self.write("code/scratch/unused.py", "VALUE = 1\n")
        self.write("data/b.txt", "first\n")
        self.chapter("a", "from scratch.shallow import VALUE\nprint(VALUE)")
        self.chapter("b", "with open('../data/b.txt') as file:\n    print(file.read())")
        for name in ("requirements.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, root / name)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def chapter(self, name: str, code: str) -> None:
        self.write(f"chapters/{name}.md", CHAPTER.format(name=name, code=code))

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))


@pytest.fixture
def book(tmp_path, monkeypatch) -> Book:
    book = Book(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "code"))
    monkeypatch.delenv("FRESH", raising=False)
    return book

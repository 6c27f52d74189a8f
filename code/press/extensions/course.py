"""What the pages' frame shows: the course's parts and pages, from `_toc.yml` and the sources."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from press.chapters import EXERCISES

if TYPE_CHECKING:
    from sphinx.application import Sphinx  # slow to import, and only a build needs it

LIBRARY = Path("code") / "lossbook"
"""What the cheat sheet and the page of the library are made from."""
WORDS_A_MINUTE, SECONDS_A_LINE = 170, 3
LOOKED_UP = 2
"""How many parts at the end, questions and reference, have pages without a number."""


@dataclass(frozen=True)
class Sheet:
    """One page: its name (path without ending) and what its source says about it."""

    root: Path
    name: str
    caption: str
    number: str = ""
    """The chapter's number, from its place in `_toc.yml`; empty for pages without one."""

    @cached_property
    def _parts(self) -> tuple[dict[str, Any], str]:
        text = (self.root / f"{self.name}.md").read_text(encoding="utf-8")
        if not text.startswith("---\n"):
            return {}, text
        header, _, body = text[4:].partition("\n---\n")
        return yaml.safe_load(header) or {}, body

    @cached_property
    def title(self) -> str:
        """The first heading."""
        found = re.search(r"^# (.+)$", self._parts[1], re.MULTILINE)
        return found.group(1) if found else self.name

    @cached_property
    def description(self) -> str:
        """The sentence for search engines and cards; empty if the source has none."""
        return str(self._parts[0].get("myst", {}).get("html_meta", {}).get("description", ""))

    @property
    def chapter(self) -> bool:
        """Whether the page is one to be read from beginning to end."""
        return "jupytext" in self._parts[0] and not self.exercises

    @property
    def exercises(self) -> bool:
        """Whether the page is a sheet of graded exercises."""
        return self.name.startswith(EXERCISES)

    @cached_property
    def minutes(self) -> int:
        """Reading time from the number of words and lines of code, without what is folded."""
        body = re.sub(r"^(:{3,})\{dropdown\}.*?^\1$", "", self._parts[1], flags=re.M | re.S)
        code = re.findall(r"^```\{code-cell\}.*?^```", body, re.MULTILINE | re.DOTALL)
        shown = [cell for cell in code if "hide-" not in cell]
        words = len(re.sub(r"^```\{code-cell\}.*?^```", "", body, flags=re.M | re.S).split())
        lines = sum(cell.count("\n") for cell in shown)
        return max(1, round(words / WORDS_A_MINUTE + lines * SECONDS_A_LINE / 60))


@dataclass(frozen=True)
class Part:
    """A part of the course with its pages."""

    caption: str
    pages: tuple[Sheet, ...]


def parts(root: Path) -> list[Part]:
    """The parts in the order of `_toc.yml`; sheets of exercises are found from their chapters.

    Chapters are numbered through the parts, but for the last ones, which are for looking things up.
    """
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    listed = toc.get("parts", [])
    numbers = count(1)
    found = []
    for part in listed:
        caption = part.get("caption", "")
        files = [entry["file"].removesuffix(".md") for entry in part.get("chapters", [])]
        pages = [Sheet(root, name, caption) for name in files if not name.startswith(EXERCISES)]
        if part in listed[:-LOOKED_UP]:
            pages = [
                replace(one, number=str(next(numbers))) if one.chapter else one for one in pages
            ]
        found.append(Part(caption, tuple(pages)))
    return found


def shown_everywhere(root: Path) -> list[tuple[str, str, str]]:
    """Name, title and description of each page, which other pages show as well."""
    return [(s.name, s.title, s.description) for part in parts(root) for s in part.pages]


def written(app: Sphinx) -> set[str]:
    """The pages that this build has written; what is made beside a page is made for these."""
    found: set[str] = app.__dict__.setdefault("lossbook_written", set())
    return found


@dataclass(frozen=True)
class Place:
    """Where the course is published; `_config.yml` says it, the environment may say otherwise."""

    repository: str
    """The address of the repository, `https://github.com/OWNER/REPO`."""
    base: str
    """The address of the published site, ending in a slash."""

    @property
    def slug(self) -> str:
        """OWNER/REPO."""
        return "/".join(self.repository.rstrip("/").split("/")[-2:])

    def run_links(self, name: str, content_root: str) -> list[dict[str, Any]]:
        """Ways to run the page `name`: download, and for chapters Colab and Binder."""
        stem = Path(name).name
        if name.startswith(EXERCISES):
            file = f"{content_root}notebooks/exercises/{stem}.ipynb"
            note = ": the questions without solutions, with checks that run as you work"
            return [{"text": "Download the notebook", "href": file, "download": True, "note": note}]
        notebook = f"notebooks/{stem}.ipynb"
        colab = "https://colab.research.google.com/github"
        return [
            {
                "text": "Download the notebook",
                "href": content_root + notebook,
                "download": True,
                "note": "",
            },
            {
                "text": "Open in Colab",
                "href": f"{colab}/{self.slug}/blob/gh-pages/{notebook}",
                "note": ": runs on Google's machines; needs an account there",
            },
            {
                "text": "Open in Binder",
                "href": f"https://mybinder.org/v2/gh/{self.slug}/main?urlpath=lab/tree/{name}.md",
                "note": ": runs in JupyterLab, without an account; starting takes minutes",
            },
        ]


def place(root: Path) -> Place:
    """The place of publication. `LOSSBOOK_REPOSITORY` (OWNER/REPO) and `LOSSBOOK_BASE_URL` win."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    repository = config["repository"]["url"]
    if slug := os.environ.get("LOSSBOOK_REPOSITORY"):
        repository = f"https://github.com/{slug}"
    base = os.environ.get("LOSSBOOK_BASE_URL") or config["html"]["baseurl"]
    return Place(repository.rstrip("/"), base.rstrip("/") + "/")

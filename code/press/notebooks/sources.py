"""What the labels, equations and citations of the course stand for, read from its sources.

Sphinx finds the same when it builds the site; here it is read from the text, so that a notebook can
be opened before the site was ever built. The tests compare the two on the built pages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from press.chapters import BookError, Chapter, pages

LABEL = re.compile(
    r"^\((?P<label>[\w:.-]+)\)=[ \t]*\n(?:\s*\n)*#+[ \t]+(?P<title>.+)$", re.MULTILINE
)
EQUATION = re.compile(r"\$\$[ \t]*\((?P<label>[\w:.-]+)\)[ \t]*$", re.MULTILINE)
BIBLIOGRAPHY = "chapters/bibliography"
MANY = 2
"""With more authors than this, the first one stands for all."""


class Target(NamedTuple):
    """A place in the course: the page's name (its path without the ending), and its words there."""

    page: str
    anchor: str
    words: str


@dataclass(frozen=True)
class Sources:
    """The pages below `root`, in the order of `_toc.yml`."""

    root: Path

    @cached_property
    def texts(self) -> dict[str, str]:
        """Each page's text without its cells of code, by the page's name."""
        fence = re.compile(r"^```\{code-cell\}.*?^```", re.MULTILINE | re.DOTALL)
        return {page.name: fence.sub("", page.text) for page in self._pages()}

    def _pages(self) -> Iterator[Chapter]:
        for page in pages(self.root):
            yield Chapter(self.root, page.name)

    @cached_property
    def labels(self) -> dict[str, Target]:
        """Where each labelled heading stands, and its title."""
        return {
            match["label"]: Target(name, match["label"], match["title"].strip())
            for name, text in self.texts.items()
            for match in LABEL.finditer(text)
        }

    @cached_property
    def equations(self) -> dict[str, Target]:
        """Labelled equations with their numbers, which run through the whole course."""
        found = [(name, m["label"]) for name, t in self.texts.items() for m in EQUATION.finditer(t)]
        return {
            label: Target(name, f"equation-{label}", str(number))
            for number, (name, label) in enumerate(found, start=1)
        }

    @cached_property
    def works(self) -> dict[str, tuple[str, str]]:
        """Authors and year of each work in the bibliography, by its key."""
        from pybtex.database import parse_file

        found = {}
        for path in sorted((self.root / "chapters").glob("*.bib")):
            for key, entry in parse_file(str(path)).entries.items():
                found[key] = (_authors(entry), str(entry.fields.get("year", "n.d.")))
        return found

    def label(self, label: str) -> Target:
        """The place of a labelled heading. Raises BookError if there is none."""
        return _of(self.labels, label, "heading")

    def equation(self, label: str) -> Target:
        """The place of a labelled equation; its words are its number. BookError if none."""
        return _of(self.equations, label, "equation")

    def work(self, key: str) -> tuple[str, str]:
        """Authors and year of a work. Raises BookError if it is not in the bibliography."""
        found: tuple[str, str] = _of(self.works, key, "work in the bibliography")
        return found


def _of(known: dict[str, Any], key: str, what: str) -> Any:
    if key not in known:
        raise BookError(f"there is no {what} labelled {key!r}; correct the reference")
    return known[key]


def _authors(entry: Any) -> str:
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    # The rich names are those without BibTeX's braces and accents in LaTeX.
    names = [" ".join(map(str, p.rich_prelast_names + p.rich_last_names)) for p in people]
    if not names:
        return str(entry.key)
    if len(names) > MANY:
        return f"{names[0]} et al."
    return " and ".join(names)

"""A Sphinx extension: what the site's search knows, section by section.

While a page is read, its sections' headings and text are noted (in Sphinx's environment, so that an
unchanged page is not read again). At the end `_static/search/sections.js` holds them all, with the
words that people use for each: those of `chapters/words.toml`, and of the table of answers for the
chapters that it names. Only the search page loads it.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from lossbook.chooser import suggest
from lossbook.chooser.meanings import read
from lossbook.chooser.rows import ROWS
from workshop.files import write_whole

from press.chapters import EXERCISES, BookError

WORDS = Path("chapters") / "words.toml"
FILE = Path("_static") / "search" / "sections.js"
NAMES = re.compile(r"\b[A-Za-z]+(?:[A-Z][a-z]+|_[a-z]+)+\b")
"""Names of classes and functions in code: the words of a listing that people search for."""
KINDS = {
    "figures": "figures",
    "glossary": "glossary",
    "bibliography": "bibliography",
    "questions": "list",
}

Section = dict[str, Any]


def sections(doctree: nodes.document, page: str) -> Iterator[Section]:
    """The sections of a page: anchor (empty for the page itself), labels, heading and text."""
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title)
        if title is None:
            continue
        ids = list(section["ids"])
        whole = isinstance(section.parent, nodes.document)
        yield {
            "page": page,
            "anchor": "" if whole else ids[-1],  # its label, where it has one
            "ids": ids,
            "heading": " ".join(title.astext().split()),
            "text": _text(section),
        }


def _text(section: nodes.section) -> str:
    """What stands in a section itself, and on a line of its own the names in its code.

    Excerpts show the first line only.
    """
    prose: list[str] = []
    code: list[str] = []
    for child in section.children:
        if isinstance(child, nodes.section | nodes.title | nodes.system_message):
            continue
        for node in child.findall(lambda n: isinstance(n, nodes.Text)):
            parent = node.parent
            if isinstance(parent, nodes.literal_block):
                code += dict.fromkeys(NAMES.findall(str(node)))
            elif isinstance(parent, nodes.math):
                prose.append(str(node) if len(node) < 4 else "…")
            elif not isinstance(parent, nodes.math_block | nodes.raw):
                prose.append(" ".join(str(node).split()))
    # Text and code are nodes of their own, also where nothing stands between them.
    joined = " ".join(one for one in prose if one)
    joined = re.sub(r"(?<=[(“‘]) | (?=[.,;:?!)’”]+(?: |$))", "", joined)
    return "\n".join([joined, " ".join(code)]) if code else joined


def words(root: Path, known: set[str]) -> dict[str, list[str]]:
    """The words of `words.toml`, by the label or anchor that they are for.

    Raises BookError for a label that no section has.
    """
    path = root / WORDS
    found: dict[str, list[str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := sorted(set(found) - known):
        raise BookError(f"{WORDS}: no section is labelled {', '.join(unknown)}")
    return found


def names() -> dict[str, list[str]]:
    """The words of the table of answers, by the label of the chapter that answers them.

    What distributions and losses are called in every library, and people's words for y where the
    chapter's answer is the first that they can mean.
    """
    found: dict[str, dict[str, None]] = {}
    labels = {(row.y, row.predict): row.label for row in ROWS}
    for row in ROWS:
        found.setdefault(row.label, {}).update(dict.fromkeys(suggest.names(row)))
    for meaning in read():
        first = meaning.fits[0]
        found[labels[first.y, first.predict]].update(dict.fromkeys(meaning.words))
    return {label: [word for word in words if word] for label, words in found.items()}


def entries(noted: dict[str, list[Section]], root: Path) -> list[dict[str, Any]]:
    """What the search knows of each section, ready for JSON: see `find.js` for the keys."""
    everything = [one for page in sorted(noted) for one in noted[page]]
    # A label is a page's before it is a heading's that happens to read the same.
    owner = {
        name: place for place, one in reversed([*enumerate(everything)]) for name in one["ids"]
    }
    owner |= {
        name: place
        for place, one in enumerate(everything)
        if not one["anchor"] and not one["page"].startswith(EXERCISES)
        for name in one["ids"]
    }
    told = words(root, set(owner))
    called = names()

    def of(place: int, given: dict[str, list[str]]) -> str:
        mine = [name for name in everything[place]["ids"] if owner[name] == place]
        return ", ".join(word for name in mine for word in given.get(name, []))

    titles = {one["page"]: one["heading"] for one in everything if not one["anchor"]}
    return [
        {
            "id": number,
            "u": f"{one['page']}.html" + (f"#{one['anchor']}" if one["anchor"] else ""),
            "t": titles.get(one["page"], ""),
            "h": one["heading"],
            "x": one["text"],
            "w": of(number, told),
            "n": of(number, called),
            "k": _kind(one),
            "l": [name for name in one["ids"] if owner[name] == number],
        }
        for number, one in enumerate(everything)
    ]


def _kind(one: Section) -> str:
    stem = Path(one["page"]).name
    if one["page"].startswith(EXERCISES):
        return "exercise"
    asked = stem.startswith("questions_") and one["anchor"]
    return KINDS.get(stem, "question" if asked else "chapter")


def _note(app: Any, doctree: nodes.document) -> None:
    noted = _noted(app.env)
    noted[app.env.docname] = list(sections(doctree, app.env.docname))


def _noted(env: Any) -> dict[str, list[Section]]:
    if not hasattr(env, "lossbook_sections"):
        env.lossbook_sections = {}
    found: dict[str, list[Section]] = env.lossbook_sections
    return found


def _forget(app: Any, env: Any, page: str) -> None:
    _noted(env).pop(page, None)


def _merge(app: Any, env: Any, pages: list[str], other: Any) -> None:
    _noted(env).update({page: _noted(other)[page] for page in pages if page in _noted(other)})


def _finish(app: Any, failure: Exception | None) -> None:
    if failure is not None or app.builder.format != "html":
        return
    data = {"sections": entries(_noted(app.env), Path(app.srcdir))}
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    write_whole(Path(app.outdir) / FILE, f"window.lossbookSections = {text};\n")


def _instead(app: Any) -> None:
    # Sphinx's own index knows pages only, and takes a second of each build.
    app.builder.search = False


def _page(app: Any) -> list[tuple[str, dict[str, Any], str]]:
    return [("search", {}, "search.html")] if app.builder.format == "html" else []


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", _instead)
    app.connect("html-collect-pages", _page)
    app.connect("doctree-read", _note)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("build-finished", _finish)
    return {
        "version": "1",
        "env_version": 2,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }

"""A Sphinx extension: pages made from the whole course, all figures and the cheat sheet."""

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from press import store
from press.chapters import Chapter, chapters
from press.extensions import course
from press.extensions.svg import slim

FOLDER = "figures"
HEADS = str(course.LIBRARY / "heads")
_FIGURE = re.compile(
    r'<figure class="lb-figure"[^>]*>(<svg.*?</svg>)(?:<figcaption>(.*?)</figcaption>)?</figure>',
    re.DOTALL,
)
_LABEL = re.compile(r'aria-label="([^"]*)"')


@dataclass(frozen=True)
class Drawn:
    """A figure of an executed chapter; `number` counts from 1 in its chapter."""

    chapter: str
    number: int
    svg: str
    alt: str
    caption: str

    @property
    def file(self) -> str:
        """Where the picture lies in the site."""
        return f"{FOLDER}/{Path(self.chapter).name}-{self.number}.svg"


def figures(chapter: Chapter) -> list[Drawn]:
    """The figures of a chapter in their order on the page, from its executed notebook."""
    executed = store.load(chapter)
    if executed is None:
        return []
    outputs = [
        output.get("data", {}).get("text/html", "")
        for cell in executed.notebook.cells
        if "remove-output" not in cell.metadata.get("tags", [])
        for output in cell.get("outputs", [])
    ]
    found = []
    for number, match in enumerate(_FIGURE.finditer("\n".join(map("".join, outputs))), 1):
        svg, caption = match.group(1), match.group(2) or ""
        label = _LABEL.search(svg)
        alt = html.unescape(label.group(1)) if label else html.unescape(caption)
        found.append(Drawn(chapter.name, number, svg, alt, html.unescape(caption)))
    return found


def _title(chapter: Chapter) -> str:
    found = re.search(r"^# (.+)$", chapter.text, re.MULTILINE)
    return found.group(1) if found else chapter.name


class AllFigures(SphinxDirective):
    """Every figure of the course, small, each a link to its place."""

    def run(self) -> list[nodes.Node]:
        """A section for each chapter that has figures."""
        root, found = Path(self.env.srcdir), []
        for chapter in chapters(root):
            self.env.note_dependency(str(store.location(chapter)))
            drawn = figures(chapter)
            if not drawn:
                continue
            section = nodes.section(ids=[f"figures-{Path(chapter.name).name}"])
            section += nodes.title("", _title(chapter))
            items = []
            for one in drawn:
                alt, text = html.escape(one.alt, quote=True), html.escape(one.caption or one.alt)
                where = f"{Path(chapter.name).name}.html#figure-{one.number}"
                items.append(
                    f'<figure><img src="../{one.file}" alt="{alt}" loading="lazy" '
                    f'width="700" height="400"><figcaption><a href="{where}">{text}</a>'
                    "</figcaption></figure>"
                )
            section += nodes.raw(
                "", f'<div class="figure-wall">{"".join(items)}</div>', format="html"
            )
            found.append(section)
        return found


class CheatSheet(SphinxDirective):
    """The registry of heads as one table."""

    def run(self) -> list[nodes.Node]:
        """The table, parsed as MyST so that formulas are formulas."""
        from docutils.statemachine import StringList
        from workshop.tables.cheat_sheet import cheat_sheet

        for path in sorted((Path(self.env.srcdir) / HEADS).glob("*.py")):
            self.env.note_dependency(str(path))
        holder = nodes.container(classes=["cheat-sheet"])
        lines = cheat_sheet().splitlines()
        self.state.nested_parse(StringList(lines, source="the registry of heads"), 0, holder)
        return [holder]


def _finish(app: Sphinx, failure: Exception | None) -> None:
    if failure is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    (out / FOLDER).mkdir(parents=True, exist_ok=True)
    for chapter in chapters(Path(app.srcdir)):
        if chapter.name not in course.written(app):
            continue
        for one in figures(chapter):
            (out / one.file).write_text(slim(one.svg), encoding="utf-8")


def _outdated(
    app: Sphinx, env: Any, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """The pages that show the registry, if it has other heads than when they were read."""
    now = {path.name for path in (Path(env.srcdir) / HEADS).glob("*.py")}
    shown = {
        page: {Path(file).name for file in files if HEADS in str(file)}
        for page, files in env.dependencies.items()
    }
    return [page for page, known in shown.items() if known and known != now]


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("all-figures", AllFigures)
    app.add_directive("cheat-sheet", CheatSheet)
    app.connect("build-finished", _finish)
    app.connect("env-get-outdated", _outdated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""A Sphinx extension: the pages of questions, listed on one page and told to search engines.

On a page whose name begins with `questions_`, each section of the second level is a question, and
its first paragraph the answer. `{all-questions}` lists them all with links. Each item keeps the
anchor that its question had when all stood on that page, so that old links lead there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from press.chapters import BookError
from press.extensions import course

START = "questions_"
_MARKED = re.compile(r"(`[^`]+`|(?<![\w*])\*(?! )[^*`]+(?<! )\*(?![\w*]))")
_QUESTION = re.compile(r"^(?:\(([\w-]+)\)=\n)?## (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Asked:
    """A question on its page: the section's label and its heading."""

    label: str
    heading: str


def is_asked(page: str) -> bool:
    """Whether a page, by its name, is one of questions."""
    return Path(page).name.startswith(START)


def asked(sheet: course.Sheet) -> list[Asked]:
    """The questions of a page, from its source. Raises BookError for one without a label."""
    text = (sheet.root / f"{sheet.name}.md").read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    found = [Asked(label, heading) for label, heading in _QUESTION.findall(prose)]
    for one in found:
        if not one.label:
            raise BookError(f"{sheet.name}.md: put a label, (name)=, above “{one.heading}”")
    return found


def sheets(root: Path) -> list[course.Sheet]:
    """The pages of questions, in the order of `_toc.yml`."""
    return [one for part in course.parts(root) for one in part.pages if is_asked(one.name)]


class AllQuestions(SphinxDirective):
    """Every question, by page, each a link to its answer."""

    def run(self) -> list[nodes.Node]:
        """A section for each page of questions."""
        found: list[nodes.Node] = []
        for sheet in sheets(Path(self.env.srcdir)):
            self.env.note_dependency(f"{sheet.name}.md")
            page = f"{Path(sheet.name).name}.html"
            section = nodes.section(ids=[f"all-{Path(sheet.name).name}"])
            section += nodes.title("", sheet.title)
            items = nodes.bullet_list(classes=["questions"])
            for one in asked(sheet):
                link = nodes.reference("", "", internal=True, refuri=f"{page}#{one.label}")
                link += _shown(one.heading)
                items += nodes.list_item("", nodes.paragraph("", "", link), ids=[one.label])
            section += items
            found.append(section)
        return found


def _shown(heading: str) -> Iterator[nodes.Node]:
    """A heading's Markdown as nodes: code between backquotes, emphasis, and nothing else."""
    for part in _MARKED.split(heading):
        if part.startswith("`"):
            yield nodes.literal("", part[1:-1])
        elif _MARKED.fullmatch(part):
            yield nodes.emphasis("", part[1:-1])
        else:
            yield nodes.Text(part)


def structured(page: str, address: str, doctree: nodes.document | None) -> dict[str, Any] | None:
    """The page's questions and answers in schema.org's words; None for other pages."""
    if doctree is None or not is_asked(page):
        return None
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "url": address,
        "inLanguage": "en",
        "mainEntity": list(_entities(doctree, address)),
    }


def _entities(doctree: nodes.document, address: str) -> Iterator[dict[str, Any]]:
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title)
        whole = isinstance(section.parent, nodes.document)
        answer = next((one for one in section.children if isinstance(one, nodes.paragraph)), None)
        if whole or title is None or answer is None:
            continue
        yield {
            "@type": "Question",
            "name": _words(title),
            "url": f"{address}#{section['ids'][-1]}",
            "acceptedAnswer": {"@type": "Answer", "text": _words(answer)},
        }


def _words(node: nodes.Element) -> str:
    return " ".join(node.astext().split())


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("all-questions", AllQuestions)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""A cell's MyST as Markdown that Jupyter, Colab, VS Code and GitHub show alike.

Roles become text and links, labels and options go, admonitions become quotations under a bold
title, and each answer of a quiz folds away what is to be said about it.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from press.chapters import BookError
from press.notebooks.sources import BIBLIOGRAPHY, Sources, Target

Link = Callable[[str, str], str]
"""The address of a page's anchor (empty for its top); an empty address makes no link."""

FENCE = re.compile(r"^(?P<fence>:{3,}|`{3,}|~{3,})(?:\{(?P<name>[\w:-]+)\})?[ \t]*(?P<title>.*)$")
OPTION = re.compile(r"^:[\w-]+:.*$")
LABEL = re.compile(r"^\([\w:.-]+\)=[ \t]*$")
EQUATION = re.compile(r"(\$\$)[ \t]*\((?P<label>[\w:.-]+)\)[ \t]*$")
ROLE = re.compile(r"(?<!`)\{(?P<role>[\w:-]+)\}`(?P<text>[^`]+)`")
ANSWER = re.compile(r"^- \[(?P<mark>[ x])\] ", re.MULTILINE)
ADMONITIONS = frozenset(
    [
        "admonition",
        "attention",
        "caution",
        "danger",
        "error",
        "hint",
        "important",
        "note",
        "seealso",
        "tip",
        "warning",
    ]
)
FOLDED = frozenset({"dropdown", "solution"})
MADE = frozenset(
    {
        "all-figures",
        "ask-chooser",
        "all-questions",
        "bibliography",
        "eval-rst",
        "library-heads",
        "cheat-sheet",
        "tableofcontents",
    }
)
"""What the site makes from the whole course."""
GROUPS = frozenset({"tab-set", "grid", "container", "div", "margin"})
TITLED = frozenset({"tab-item", "card", "grid-item-card"})
AFTER_FOLDS = ("", "<br>", "")
"""Notebooks set no space after a fold."""
NOT_RUN = "(a number that a cell of this chapter computes)"
"""In place of a glued number, where the chapter has not been executed yet."""


class Reading:
    """How a page's text is told to a reader: where links lead, and the numbers that cells glued.

    `address` is that of the page itself on the site, for what only the site can show.
    """

    def __init__(
        self, sources: Sources, link: Link, glued: Mapping[str, str], address: str = ""
    ) -> None:
        self.sources, self.link, self.glued, self.address = sources, link, glued, address

    def plain(self, text: str) -> str:
        """MyST as plain Markdown. Raises BookError for a role or directive without a plain form."""
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines(text.splitlines()))).strip()

    def _lines(self, lines: list[str]) -> Iterator[str]:
        rest = iter(enumerate(lines))
        mathematics = False
        for number, line in rest:
            begin = FENCE.match(line)
            if begin and not mathematics:
                end = _end(lines, number, begin["fence"])
                body = lines[number + 1 : end]
                for _ in range(len(lines[number + 1 : end + 1])):
                    next(rest)
                if begin["name"]:
                    yield from ["", *self._directive(begin["name"], begin["title"], body), ""]
                else:
                    yield from lines[number : end + 1]
                continue
            if LABEL.match(line) or (line.startswith("%") and not mathematics):
                continue
            if equation := EQUATION.search(line):
                target = self.sources.equation(equation["label"])
                line = f"{line[: equation.start()]}\\tag{{{target.words}}}$$"
            if line.count("$$") % 2:
                mathematics = not mathematics
            yield line if mathematics else ROLE.sub(self._role, line)

    def _directive(self, name: str, title: str, body: list[str]) -> list[str]:
        while body and (OPTION.match(body[0]) or not body[0].strip()):
            body = body[1:]
        if name == "quiz":
            return self._quiz(title, "\n".join(body))
        if name == "in-libraries":
            return self._libraries(title, "\n".join(body))
        inner = list(self._lines(body))
        title = ROLE.sub(self._role, title)
        if name in ADMONITIONS:
            shown = title or name.capitalize()
            return [f"> **{shown}**", ">", *(f"> {line}".rstrip() for line in inner)]
        if name in FOLDED:
            summary = inline(title or name.capitalize())
            return [f"<details><summary>{summary}</summary>", "", *inner, "", "</details>"]
        if name in TITLED:
            return [f"**{title}**", "", *inner] if title else inner
        if name in GROUPS or name == "glossary":
            return inner
        if name in MADE:
            page = _linked("on its page", self.address)
            return [f"*(This part is made from the whole course, and can be seen {page}.)*"]
        raise BookError(f"the directive {{{name}}} has no plain form; give it one in {__name__}")

    def _libraries(self, heads: str, keras: str) -> list[str]:
        """The first tab in view, and each other library as a fold."""
        from workshop.tables import tabs  # takes the heads along, which few pages need

        (first, shown), *others = tabs.contents(heads.split(), keras)
        lines = [f"**{first}**", "", *self._lines(shown.splitlines())]
        for library, text in others:
            inner = self._lines(text.splitlines())
            lines += ["", f"<details><summary>{library}</summary>", "", *inner, "", "</details>"]
        return [*lines, *AFTER_FOLDS, *self._lines(tabs.note(heads.split()).splitlines())]

    def _quiz(self, question: str, body: str) -> list[str]:
        """The question, then each answer as a fold that says whether it is right, and why."""
        starts = [*ANSWER.finditer(body)]
        lines = [
            f"**{ROLE.sub(self._role, question)}** *(open the answer that you would give)*",
            "",
        ]
        for number, start in enumerate(starts):
            end = starts[number + 1].start() if number + 1 < len(starts) else len(body)
            answer, _, why = body[start.end() : end].partition("\n\n")
            verdict = "Right." if start["mark"] == "x" else "No."
            why = re.sub(r"^  ", "", why.rstrip(), flags=re.MULTILINE)
            answer = ROLE.sub(self._role, " ".join(answer.split()))
            lines += [
                f"<details><summary>{inline(answer)}</summary>",
                "",
                f"**{verdict}** {self.plain(why)}",
                "",
                "</details>",
            ]
        return [*lines, *AFTER_FOLDS]

    def _role(self, match: re.Match[str]) -> str:
        role, text = match["role"], match["text"]
        if role in ("ref", "numref", "doc", "eq", "term"):
            return self._reference(role, text)
        if role.startswith("cite"):
            return self._citation(role, text)
        if role.startswith("glue"):
            return self._number(text)
        if role in ("sub", "sup"):
            return f"<{role}>{text}</{role}>"
        if role in ("code", "py", "python", "kbd", "abbr"):
            return f"`{text}`"
        if role == "math":
            return f"${text}$"
        raise BookError(f"the role {{{role}}} has no plain form; give it one in {__name__}")

    def _reference(self, role: str, text: str) -> str:
        named = re.fullmatch(r"(?P<words>.+?)\s*<(?P<label>[^>]+)>", text, re.DOTALL)
        words, label = (named["words"], named["label"]) if named else ("", text)
        if role == "term":
            return words or text
        if role == "doc":
            page = label.strip("/")
            return _linked(words or page, self.link(page, ""))
        target: Target = (self.sources.equation if role == "eq" else self.sources.label)(label)
        shown = words or (f"({target.words})" if role == "eq" else target.words)
        return _linked(shown, self.link(target.page, target.anchor))

    def _citation(self, role: str, text: str) -> str:
        address = self.link(BIBLIOGRAPHY, "")
        works = [self.sources.work(key.strip()) for key in text.split(",")]
        if role == "cite:t":
            return ", ".join(f"{who} ({_linked(year, address)})" for who, year in works)
        return "(" + "; ".join(_linked(f"{who}, {year}", address) for who, year in works) + ")"

    def _number(self, text: str) -> str:
        key, _, spec = text.partition(":")
        return formatted(self.glued[key], spec) if key in self.glued else NOT_RUN


def _linked(words: str, address: str) -> str:
    return f"[{words}]({address})" if address else words


def formatted(value: str, spec: str) -> str:
    """A glued value's text under a format, as the page shows it."""
    if not spec:
        return value.strip("'\"")
    bare = re.sub(r"^np\.\w+\((.*)\)$", r"\1", value)
    return format(ast.literal_eval(bare), spec)


def _end(lines: list[str], start: int, fence: str) -> int:
    """The number of the line that closes the fence opened at `start`; the last if none does."""
    for number in range(start + 1, len(lines)):
        line = lines[number].rstrip()
        if line.startswith(fence) and set(line) == {fence[0]}:
            return number
    return len(lines) - 1


def inline(text: str) -> str:
    """A line of Markdown as HTML, for the title of a fold, where no Markdown is read."""
    return str(_inline_reader().renderInline(text))


@cache
def _inline_reader() -> Any:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    reader = MarkdownIt("commonmark").use(dollarmath_plugin)
    # Notebooks find formulas by their dollar signs.
    reader.add_render_rule(
        "math_inline", lambda self, tokens, place, options, env: f"${tokens[place].content}$"
    )
    return reader

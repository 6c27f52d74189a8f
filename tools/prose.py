"""How the chapters' sentences read, in two numbers a page.

For each page of `chapters/`: the percentage of sentences of six words or fewer, and the median
length in words. Headings (also those set in bold at the beginning of a paragraph), code, quizzes,
lists, tables and displayed formulas are left aside. A formula or a role within a line is one word.

    python tools/prose.py                     # every page
    python tools/prose.py --show 05_median    # one page, its short sentences printed
    python tools/prose.py --limit 15          # fails if a page has more than 15 % short sentences
"""

import argparse
import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"
SHORT = 6
REFERENCE = {
    "activations",
    "bibliography",
    "catalogue",
    "cheatsheet",
    "figures",
    "glossary",
    "notation",
}
"""Pages that are tables and lists: they have too few sentences to be judged by a percentage."""

_PARSER = MarkdownIt("commonmark").enable("table")
for plugin in (
    front_matter_plugin,
    colon_fence_plugin,
    dollarmath_plugin,
    myst_block_plugin,
    myst_role_plugin,
):
    _PARSER.use(plugin)

_END = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[\"“(\[]*[A-Z0-9])")
_ABBREVIATIONS = re.compile(r"\b(e\.g|i\.e|cf|vs|etc|Fig|eq|St|Dr)\.")


def _words(token: Token) -> str:
    """The text of a paragraph's content, with formulas and roles as one word each."""
    text = []
    for part in token.children or []:
        if part.type in ("softbreak", "hardbreak"):
            text.append(" ")
        elif part.type == "text":
            text.append(part.content)
        elif part.type == "myst_role":
            text.append("" if part.meta["name"].startswith("cite") else "Role")
        elif part.type in ("code_inline", "math_inline"):
            text.append("Formula")
    return "".join(text)


def sentences(source: str) -> Iterator[str]:
    """The sentences of a page's running text, in MyST Markdown."""
    text = ""
    tokens = _PARSER.parse(source)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type.startswith("math_block"):
            # A displayed formula belongs to its sentence, and ends it if it ends in a full stop.
            stop = re.search(r"\.(\s|\\end\{\w+\})*$", token.content)
            text += " Formula." if stop else " Formula"
        elif token.type == "inline" and before and before.type == "paragraph_open":
            if before.level == 0:
                if heading := re.match(r"\*\*[^*]+[.?!:\"”]\*\*\s*", token.content):
                    token = _PARSER.parseInline(token.content[heading.end() :])[0]
                text += " " + _words(token)
        elif token.type != "paragraph_close" and not (
            token.type == "paragraph_open" and text.endswith(("Formula", ","))
        ):
            yield from _split(text)
            text = ""
    yield from _split(text)


def _split(text: str) -> Iterator[str]:
    text = _ABBREVIATIONS.sub(lambda found: found.group().replace(".", ""), text)
    for sentence in _END.split(text.strip()):
        if re.search(r"\w", sentence):
            yield " ".join(sentence.split())


def length(sentence: str) -> int:
    """The number of words: runs of characters that hold a letter or a digit."""
    return sum(bool(re.search(r"\w", word)) for word in sentence.split())


def measure(source: str) -> tuple[int, float, float, list[str]]:
    """Sentences, percentage of short ones, median length, and the short ones."""
    found = list(sentences(source))
    lengths = [length(sentence) for sentence in found]
    short = [sentence for sentence in found if length(sentence) <= SHORT]
    if not found:
        return 0, 0.0, 0.0, []
    return len(found), 100 * len(short) / len(found), statistics.median(lengths), short


def main() -> int:
    """Prints the table; 1 if a page has more short sentences than `--limit` allows."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pages", nargs="*", help="names of pages, as 05_median (default: all)")
    parser.add_argument("--limit", type=float, help="the largest percentage that is allowed")
    parser.add_argument("--show", action="store_true", help="print the short sentences")
    options = parser.parse_args()
    paths = sorted(CHAPTERS.glob("*.md"))
    if unknown := set(options.pages) - {path.stem for path in paths}:
        parser.error(f"no such page in {CHAPTERS}: {', '.join(sorted(unknown))}")
    above = []
    print(f"{'page':24s}{'sentences':>10s}{'six words or fewer':>20s}{'median':>8s}")
    for path in paths:
        if options.pages and path.stem not in options.pages:
            continue
        number, share, median, short = measure(path.read_text(encoding="utf-8"))
        print(f"{path.stem:24s}{number:10d}{share:18.1f} %{median:8.1f}")
        if options.show:
            print("".join(f"    {sentence}\n" for sentence in short), end="")
        if options.limit is not None and share > options.limit and path.stem not in REFERENCE:
            above.append(path.stem)
    if above:
        print(f"more than {options.limit:g} % short sentences: {', '.join(above)}", file=sys.stderr)
    return bool(above)


if __name__ == "__main__":
    sys.exit(main())

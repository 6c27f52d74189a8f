"""Which two submissions share unusually much: a hint for a person, and no proof of anything.

Runs of tokens are compared (k-grams, as Schleimer, Wilkerson and Aiken 2003 do for documents),
with names and numbers made alike, so that renaming and new layout change nothing. Runs that the
release or the solution has, or that many students have, count for nothing: in a short exercise
right answers resemble each other.
"""

import io
import keyword
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

TOKENS, WORDS = 12, 6
"""The length of a run, in code and in text."""
COMMON, COMMON_SHARE = 4, 0.1
"""A run is common if more students have it than these, by number and by share of the class."""
LEAST, LEAST_SHARE = 15, 0.6
"""Told are pairs that share so many runs, and so large a part of the smaller submission's."""
MOST_TOLD = 30
_LEFT_OUT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    *(tokenize.ENCODING, tokenize.ENDMARKER, tokenize.ERRORTOKEN),
}

Run = tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two students, how many uncommon runs they share, and what part of the smaller one's."""

    first: str
    second: str
    shared: int
    share: float


def runs(cells: Iterable[Mapping[str, Any]]) -> set[Run]:
    """All runs of tokens in a notebook's code, and of words in its text."""
    found: set[Run] = set()
    for cell in cells:
        source = str(cell.get("source", ""))
        if cell.get("cell_type") == "code":
            found |= _grams(list(_tokens(source)), TOKENS)
        else:
            found |= _grams(re.findall(r"\w+", source.casefold()), WORDS)
    return found


def _grams(tokens: list[str], length: int) -> set[Run]:
    return {tuple(tokens[at : at + length]) for at in range(len(tokens) - length + 1)}


def _tokens(source: str) -> Iterator[str]:
    before = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in _LEFT_OUT:
                continue
            text = token.string
            if token.type == tokenize.NAME and not keyword.iskeyword(text) and before != ".":
                text = "name"
            elif token.type == tokenize.NUMBER:
                text = "number"
            before = token.string
            yield text
    except (tokenize.TokenError, SyntaxError):
        return  # what does not parse ends here


def pairs(
    notebooks: Mapping[str, Iterable[Mapping[str, Any]]], known: Iterable[Mapping[str, Any]]
) -> list[Pair]:
    """The most similar pairs of students by their cells; `known` are cells that all were given."""
    given = runs(known)
    own = {student: runs(cells) - given for student, cells in notebooks.items()}
    holders: dict[Run, list[str]] = defaultdict(list)
    for student in sorted(own):
        for run in own[student]:
            holders[run].append(student)
    most = max(COMMON, COMMON_SHARE * len(own))
    left: dict[str, int] = defaultdict(int)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for students in holders.values():
        if len(students) > most:
            continue
        for student in students:
            left[student] += 1
        for pair in combinations(students, 2):
            shared[pair] += 1
    found = [
        Pair(first, second, number, number / min(left[first], left[second]))
        for (first, second), number in shared.items()
        if number >= LEAST
    ]
    found = [pair for pair in found if pair.share >= LEAST_SHARE]
    return sorted(found, key=lambda pair: (-pair.share, -pair.shared))[:MOST_TOLD]

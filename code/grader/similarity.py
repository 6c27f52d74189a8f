"""Which two submissions share unusually much: a hint for a person, and no proof of anything.

Code is compared line by line. A line is the bag of its tokens, with names and numbers made alike,
so that new names, layout, order, swapped operands and lines in between change nothing. Text is
compared by runs of words (k-grams, as Schleimer, Wilkerson and Aiken 2003 do for documents). What
the release or the solution has, or many students have, counts for nothing: in a short exercise
right answers resemble each other.
"""

import contextlib
import io
import keyword
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

TOKENS, WORDS = 6, 6
"""The least length of a line of code, and the length of a run of words."""
COMMON, COMMON_SHARE = 4, 0.1
"""A line or run is common if more students have it than these, by number and by share."""
LEAST = {"code": 20, "text": 8}
"""Told are pairs that share lines of so many tokens, or so many runs, ..."""
LEAST_SHARE = 0.6
"""... and so large a part of the smaller submission's."""
MOST_TOLD = 30
MOST_CELL, MOST_NOTEBOOK = 20_000, 200_000
"""Characters that are compared: Python's tokenizer takes time that grows with the square."""
_LEFT_OUT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT),
    *(tokenize.ENCODING, tokenize.ENDMARKER, tokenize.ERRORTOKEN),
}
_BRACKETS = set("()[]{},")

Part = tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two students, in what they are alike, and what part of the smaller one's they share."""

    first: str
    second: str
    kind: str
    share: float


def pairs(
    notebooks: Mapping[str, Iterable[Mapping[str, Any]]], known: Iterable[Mapping[str, Any]]
) -> list[Pair]:
    """The most similar pairs of students by their cells; `known` are cells that all were given."""
    given = _parts(known)
    own = {student: _parts(cells) for student, cells in notebooks.items()}
    best: dict[tuple[str, str], Pair] = {}
    for kind in LEAST:
        for pair in _alike(kind, {s: found[kind] - given[kind] for s, found in own.items()}):
            before = best.get((pair.first, pair.second))
            if before is None or before.share < pair.share:
                best[pair.first, pair.second] = pair
    return sorted(best.values(), key=lambda pair: -pair.share)[:MOST_TOLD]


def _alike(kind: str, own: Mapping[str, set[Part]]) -> Iterator[Pair]:
    holders: dict[Part, list[str]] = defaultdict(list)
    for student in sorted(own):
        for part in own[student]:
            holders[part].append(student)
    most = max(COMMON, COMMON_SHARE * len(own))
    left: Counter[str] = Counter()
    shared: Counter[tuple[str, str]] = Counter()
    for part, students in holders.items():
        if len(students) > most:
            continue
        weight = len(part) if kind == "code" else 1
        for student in students:
            left[student] += weight
        for pair in combinations(students, 2):
            shared[pair] += weight
    for (first, second), weight in shared.items():
        share = weight / min(left[first], left[second])
        if weight >= LEAST[kind] and share >= LEAST_SHARE:
            yield Pair(first, second, kind, share)


def _parts(cells: Iterable[Mapping[str, Any]]) -> dict[str, set[Part]]:
    """A notebook's lines of code as bags of tokens, and its text's runs of words."""
    found: dict[str, set[Part]] = {"code": set(), "text": set()}
    most = MOST_NOTEBOOK
    for cell in cells:
        source = str(cell.get("source", ""))[: min(MOST_CELL, most)]
        most -= len(source)
        if cell.get("cell_type") == "code":
            bags = (tuple(sorted(line)) for line in _lines(source))
            found["code"].update(bag for bag in bags if len(bag) >= TOKENS)
        else:
            words = re.findall(r"\w+", source.casefold())
            runs = (tuple(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1))
            found["text"].update(runs)
    return found


def _lines(source: str) -> list[list[str]]:
    """The tokens of each statement, or of each line where the cell is no Python."""
    try:
        lines = list(_statements(source))
    except (tokenize.TokenError, SyntaxError):
        lines = []
        for line in source.splitlines():
            with contextlib.suppress(tokenize.TokenError, SyntaxError):
                lines += _statements(line)
    return [_made_alike(line) for line in lines]


def _statements(source: str) -> Iterator[list[str]]:
    line: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NEWLINE or token.string == ";":
            yield line
            line = []
        elif token.type not in _LEFT_OUT:
            line.append(token.string)


def _made_alike(tokens: list[str]) -> list[str]:
    found = []
    for before, token in zip(["", *tokens], tokens, strict=False):
        if token in _BRACKETS:
            continue
        if token[0].isdigit() or (token[0] == "." and len(token) > 1):
            token = "number"
        elif token.isidentifier() and not keyword.iskeyword(token) and before != ".":
            token = "name"
        found.append(token)
    return found

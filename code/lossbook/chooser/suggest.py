"""From a person's own words to answers of the chooser, with the question that tells them apart."""

import re
from functools import cache

from lossbook.chooser.meanings import Fit, Meaning, read
from lossbook.chooser.rows import ROWS, Row

PREPOSITIONS = frozenset(
    {"of", "per", "in", "for", "from", "with", "by", "on", "at", "to", "until"}
)
_EXCEPTIONS = {"axis", "basis", "bias", "class", "gas", "loss", "mass", "pass", "status", "yes"}


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text: lower case, singular, names of classes and functions in their parts."""
    found = [part for word in re.findall(r"[A-Za-z0-9]+", text) for part in _parts(word)]
    return tuple(_singular(part.lower()) for part in found)


def _parts(word: str) -> list[str]:
    """`SmoothL1Loss` is three words; `IoU`, which would leave a single letter, is one."""
    parts = re.split(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", word)
    return parts if min(map(len, parts)) > 1 else [word]


def _singular(word: str) -> str:
    if word in _EXCEPTIONS or len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]


@cache
def phrases() -> dict[tuple[str, ...], list[Meaning]]:
    """Meanings by the words of each phrase; a distribution's or loss's own name means its rows."""
    found: dict[tuple[str, ...], list[Meaning]] = {}
    for meaning in read():
        for words in meaning.words:
            found.setdefault(tokens(words), []).append(meaning)
    named: dict[tuple[str, ...], list[Row]] = {}
    for row in ROWS:
        titles = [row.title.split(",")[0].split(" (")[0]] if row.title else []
        for name in [*titles, row.head, row.loss]:
            if name and row not in named.setdefault(tokens(name), []):
                named[tokens(name)].append(row)
    for key, rows in named.items():
        if key not in found:
            fits = tuple(Fit(row.y, row.predict, row.predict_words) for row in rows)
            ask = "What can y be, and what do you want to know of it?" if len(rows) > 1 else ""
            found[key] = [Meaning((), fits, ask)]
    return found


def meanings(text: str) -> list[Meaning]:
    """What a text can mean: the meanings of its longest phrase; none if no word is known.

    Of several phrases as long, the one that the others describe: the last before a preposition, as
    in "disease severity at admission".
    """
    words, known = tokens(text), phrases()
    for length in range(min(len(words), max(map(len, known))), 0, -1):
        starts = [s for s in range(len(words) - length + 1) if words[s : s + length] in known]
        if starts:
            breaks = [place for place, word in enumerate(words) if word in PREPOSITIONS]
            before = [s for s in starts if not breaks or s < breaks[0]]
            start = (before or starts[:1])[-1]
            return known[words[start : start + length]]
    return []

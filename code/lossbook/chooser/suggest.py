"""From a person's own words to answers of the chooser, with the question that tells them apart.

The page does the same in `press/front/static/choose/meanings.js`, with the same table; a test
compares the two.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from lossbook.chooser.meanings import Fit, Meaning, read
from lossbook.chooser.rows import ROWS, Row
from lossbook.chooser.table import table

WORD, FRAME, HINT = 0, 1, 2
"""How much a phrase says: see `Meaning`."""
ENDS = frozenset(table()["reading"]["ends"])
"""Words after which a text says more about what it names: "severity | of the disease"."""
EMPTY = frozenset(table()["reading"]["empty"])
"""Words that say nothing of what y is."""
WHOLE = {"axis", "basis", "bias", "class", "gas", "loss", "mass", "pass", "status", "yes"}
SHORTEST = 5
"""The least length of a word that may hold a typing error; words of 9 letters may hold two."""
_CLASS = re.compile(
    r"\b(?:[A-Z][A-Za-z0-9]*[a-z][A-Z][A-Za-z0-9]*|[a-z0-9_]+_(?:loss|entropy)\w*)\b"
)
_OBJECTIVE = re.compile(r"'objective': '([a-z_:]+)'")


class Phrase(NamedTuple):
    """What a phrase of the table says."""

    strength: int
    meanings: tuple[Meaning, ...]


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text: lower case, singular, names of classes and functions in their parts."""
    plain = unicodedata.normalize("NFKD", text).replace("'s", "").replace("’s", "")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    found = [part for word in re.findall(r"[A-Za-z0-9]+", plain) for part in _parts(word)]
    return tuple(_singular(part.lower()) for part in found)


def _parts(word: str) -> list[str]:
    """`SmoothL1Loss` is three words; `IoU`, which would leave a single letter, is one."""
    parts = re.split(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", word)
    return parts if min(map(len, parts)) > 1 else [word]


def _singular(word: str) -> str:
    word = re.sub(r"(?<=\w{3})our$", "or", word.replace("isation", "ization"))  # one spelling
    if word in WHOLE or len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]


def names(row: Row) -> Iterator[str]:
    """What a row's distribution and loss are called, here and in other libraries."""
    if row.title:
        yield row.title.split(",")[0].split(" (")[0]
    yield from (row.head, row.loss)
    for line in row.lines:
        yield from _CLASS.findall(line.write)
        yield from _OBJECTIVE.findall(line.write)


@cache
def phrases() -> dict[tuple[str, ...], Phrase]:
    """Meanings by the words of each phrase; a distribution's or loss's own name means its rows."""
    found: dict[tuple[str, ...], Phrase] = {}

    def add(words: str, strength: int, meaning: Meaning) -> None:
        was = found.get(tokens(words), Phrase(strength, ()))
        found[tokens(words)] = Phrase(strength, (*was.meanings, meaning))

    everything = read()
    counts = next(meaning for meaning in everything if "number of" in meaning.frames)
    for meaning in everything:
        for strength, words in enumerate((meaning.words, meaning.frames, meaning.hints)):
            for one in words:
                add(one, strength, meaning)
        if meaning.counted:
            for one in meaning.words:
                add(f"{one} per", WORD, counts)
    named: dict[tuple[str, ...], list[Row]] = {}
    for row in ROWS:
        for name in names(row):
            if name and row not in named.setdefault(tokens(name), []):
                named[tokens(name)].append(row)
    for key, rows in named.items():
        rows = [row for row in rows if tokens(row.loss) == key] or rows  # one of Keras's own
        if key not in found:
            fits = tuple(Fit(row.y, row.predict, row.predict_words) for row in rows)
            ask = "What can y be, and what do you want to know of it?" if len(rows) > 1 else ""
            found[key] = Phrase(WORD, (Meaning((), (), (), fits, ask),))
    return found


def meanings(text: str) -> tuple[list[Meaning], str]:
    """What a text can mean; and the text with its typing errors corrected, "" if it has none.

    A frame decides, wherever it stands. Otherwise the last known word before the first preposition
    does, since that is what the text is about ("severity of the disease", "house price"). A word
    after it counts only if nothing unknown stands before: "toxicity of a comment" is no comment. A
    text without any known word is read with its typing errors corrected.
    """
    words = tokens(text)
    if found := _chosen(words):
        return list(found.meanings), ""
    near = tuple(_nearest(word) for word in words)
    if found := _chosen(near):
        return list(found.meanings), " ".join(spelt().get(word, word) for word in near)
    return [], ""


def _chosen(words: tuple[str, ...]) -> Phrase | None:
    known = phrases()
    if words in known:
        return known[words]
    longest = max(map(len, known))
    about: list[Phrase] = []
    rest: list[Phrase] = []
    ended, unknown, place = False, False, 0
    while place < len(words):
        lengths = range(min(longest, len(words) - place), 0, -1)
        length = next((n for n in lengths if words[place : place + n] in known), 0)
        if length:
            (rest if ended else about).append(known[words[place : place + length]])
        elif not ended and words[place] not in EMPTY | ENDS:
            unknown = True
        place += length or 1
        ended = ended or words[place - 1] in ENDS
    if frames := [phrase for phrase in (*about, *rest) if phrase.strength == FRAME]:
        return frames[0]
    by_strength = [
        [phrase for phrase in part if phrase.strength == strength]
        for part in ((about,) if about or unknown else (rest,))
        for strength in (WORD, HINT)
    ]
    found = next(filter(None, by_strength), [])
    return found[-1 if about else 0] if found else None


@cache
def spelt() -> dict[str, str]:
    """The table's words as `tokens` has them → as the table spells them."""
    found: dict[str, str] = {}
    for meaning in read():
        for phrase in (*meaning.words, *meaning.frames, *meaning.hints):
            for word in re.findall(r"[A-Za-z0-9]+", phrase):
                found.setdefault(tokens(word)[0], word)
    return found


def _nearest(word: str) -> str:
    """The known word that a word with a typing error or two stands for; else the word itself."""
    if len(word) < SHORTEST:
        return word
    most = 2 if len(word) > 8 else 1
    near = [
        (distance, other)
        for other in spelt()
        if len(other) >= SHORTEST and other[0] == word[0] and abs(len(other) - len(word)) <= most
        if (distance := _distance(word, other)) <= most
    ]
    return min(near)[1] if near else word


def _distance(one: str, other: str) -> int:
    """Letters to change, add, drop or swap with the next (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]

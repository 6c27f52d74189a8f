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

WORD, FRAME, HINT, OPENING, ADJECTIVE = range(5)
"""How much a phrase says: see `Meaning`."""
ENDS = frozenset(table()["reading"]["ends"])
"""Words after which a text says more about what it names: "severity | of the disease"."""
EMPTY = frozenset(table()["reading"]["empty"])
"""Words that say nothing of what y is."""
WHOLE = {"axis", "basis", "bias", "class", "gas", "loss", "mass", "pass", "status", "yes"}
SHORTEST = 5
"""The least length of a word that may hold a typing error; those with the right letters in another
order may hold two."""
ERRORS = (0, 0, 0, 0, 0, 0, 1, 1, 1, 2)
"""How many other errors a word of so many letters may hold; longer ones as many as the last."""
_CLASS = re.compile(
    r"\b(?:[A-Z][A-Za-z0-9]*[a-z][A-Z][A-Za-z0-9]*|[a-z0-9_]+_(?:loss|entropy)\w*)\b"
)
_OBJECTIVE = re.compile(r"'objective': '([a-z_:]+)'")


class Phrase(NamedTuple):
    """What a phrase of the table says."""

    strength: int
    meanings: tuple[Meaning, ...]
    size: int
    """How many words it has."""


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
        key = tokens(words)
        was = found[key].meanings if key in found else ()
        found[key] = Phrase(strength, (*was, meaning), len(key))

    everything = read()
    counts = next(meaning for meaning in everything if "number of" in meaning.frames)
    for meaning in everything:
        said = (meaning.words, meaning.frames, meaning.hints, meaning.openings, meaning.adjectives)
        for strength, words in enumerate(said):
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
            fits = tuple(Fit(row.y, row.predict, f"you want {row.predict_words}") for row in rows)
            ask = "What can y be, and what do you want to know about it?" if len(rows) > 1 else ""
            found[key] = Phrase(WORD, (Meaning((), (), (), (), (), fits, ask),), len(key))
    return found


def meanings(text: str) -> tuple[list[Meaning], str]:
    """What a text can mean; and the text with its typing errors corrected, "" if it has none.

    A frame decides, wherever it stands. Otherwise the last known word before the first preposition
    does, since that is what the text is about ("severity of the disease", "house price"). A word
    after it counts only if nothing unknown stands before: "toxicity of a comment" is no comment.
    Typing errors are corrected where the text then says more: something at all, something better
    than a hint, or a longer phrase.
    """
    words = tokens(text)
    near = tuple(_nearest(word) for word in words)
    found, better = _chosen(words), _chosen(near)
    if better and (not found or _weight(better) > _weight(found)):
        return list(better.meanings), " ".join(spelt().get(word, word) for word in near)
    return (list(found.meanings) if found else []), ""


def _weight(phrase: Phrase) -> tuple[bool, int]:
    return phrase.strength != HINT, phrase.size


def _chosen(words: tuple[str, ...]) -> Phrase | None:
    if words in phrases():
        return phrases()[words]
    about, rest, unknown = _read(words)
    everything = [*about, *rest]
    if frames := [one for one in everything if one.strength == FRAME]:
        return frames[0]
    if everything and everything[0].strength == OPENING:
        return _opened(*everything)
    by_strength = [
        [phrase for phrase in part if phrase.strength in strengths]
        for part in ((about,) if about or unknown else (rest,))
        for strengths in ((WORD, ADJECTIVE), (HINT,))
    ]
    found = next(filter(None, by_strength), [])
    if about and len(found) > 1 and found[-2].strength == ADJECTIVE:
        adjective, noun = found[-2:]
        size = adjective.size + noun.size
        return Phrase(WORD, (*adjective.meanings, *noun.meanings), size)
    return found[-1 if about else 0] if found else None


def _read(words: tuple[str, ...]) -> tuple[list[Phrase], list[Phrase], bool]:
    """The phrases before and after the first preposition; whether unknown words stand before."""
    known = phrases()
    longest = max(map(len, known))
    about: list[Phrase] = []
    rest: list[Phrase] = []
    ended, unknown, place = False, False, 0
    while place < len(words):
        lengths = range(min(longest, len(words) - place), 0, -1)
        length = next((n for n in lengths if _says(words[place : place + n], place)), 0)
        if length:
            phrase = known[words[place : place + length]]
            # "per" and "within" say something about what stands before them.
            after = ended and not (phrase.strength == HINT and words[place] in ENDS)
            (rest if after else about).append(phrase)
        elif not ended and words[place] not in EMPTY | ENDS:
            unknown = True
        place += length or 1
        ended = ended or words[place - 1] in ENDS
    return about, rest, unknown


def _opened(opening: Phrase, *others: Phrase) -> Phrase:
    """A word of a kind that the opening asks about ("which digit …"); else the opening itself."""
    kinds = {fit.y for fit in opening.meanings[0].fits}
    words = (one for one in others if one.strength == WORD)
    return next((one for one in words if one.meanings[0].fits[0].y in kinds), opening)


def _says(words: tuple[str, ...], place: int) -> bool:
    phrase = phrases().get(words)
    return phrase is not None and (place == 0 or phrase.strength != OPENING)


@cache
def spelt() -> dict[str, str]:
    """The table's words as `tokens` has them → as the table spells them."""
    found: dict[str, str] = {}
    for meaning in read():
        for phrase in meaning.phrases:
            for word in re.findall(r"[A-Za-z0-9]+", phrase):
                found.setdefault(tokens(word)[0], word)
    for key in phrases():  # with the names of distributions and losses
        for word in key:
            found.setdefault(word, word)
    return found


def _nearest(word: str) -> str:
    """The known word that a word with a typing error or two stands for; else the word itself."""
    if len(word) < SHORTEST or word in spelt() or word in EMPTY | ENDS:
        return word
    letters = sorted(word)
    usual = ERRORS[min(len(word), len(ERRORS) - 1)]
    near = []
    for other in spelt():
        if len(other) < SHORTEST or other[0] != word[0] or abs(len(other) - len(word)) > 2:
            continue
        most = 2 if sorted(other) == letters else usual
        if (distance := _distance(word, other)) <= most:
            near.append((distance, other))
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

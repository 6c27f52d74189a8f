"""A real text that is at hand wherever Python is: sentences of its language reference.

They come from `pydoc_data.topics`, what `help("topics")` shows, under Python's own licence. The
text differs a little from one version of Python to the next.
"""

import re

import numpy as np

ALPHABET = "abcdefghijklmnopqrstuvwxyz .,;:'\"()_-"
"""The characters that are kept; all else is dropped."""

START = len(ALPHABET)
"""The number that stands before a sentence, and as END after it."""

END = START
SIZE = len(ALPHABET) + 1
"""How many answers there are at each position: the characters, and END."""

PAD = -1
"""The target where a sentence is already over: no answer, not one more answer."""

_CODE_OR_TABLE = re.compile(r"^\s{3,}|::|\*\*\*|===|~~~|\+---|\|", re.MULTILINE)
_PLAIN = str.maketrans("“”‘’–", "\"\"''-")


def sentences(shortest: int = 20, longest: int = 120) -> list[str]:
    """The different sentences, in lower case, of `shortest` to `longest` characters each.

    In the order of the topics' names; examples of code, headings and tables are left out.
    """
    from pydoc_data.topics import topics

    found: dict[str, None] = {}
    for name in sorted(topics):
        for paragraph in re.split(r"\n\s*\n", topics[name]):
            if _CODE_OR_TABLE.search(paragraph):
                continue
            text = " ".join(paragraph.split()).translate(_PLAIN).lower()
            for sentence in re.split(r"(?<=[.!?])\s+(?=[a-z\"*])", text):
                kept = "".join(letter for letter in sentence if letter in ALPHABET)
                kept = re.sub(" +", " ", kept).strip()
                if shortest <= len(kept) <= longest and kept.endswith("."):
                    found[kept] = None
    return list(found)


def split() -> tuple[list[str], list[str]]:
    """The sentences in random order, always the same: four fifths to train on, a fifth held out."""
    found = sentences()
    order = np.random.default_rng(0).permutation(len(found))
    cut = len(found) // 5
    return [found[i] for i in order[cut:]], [found[i] for i in order[:cut]]


def encode(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets `(n, longest + 1)`: at each position, what is known last, what is next.

    A sentence's inputs are START and its characters, its targets the characters and END. After
    that come START as input, which no answer depends on, and PAD as target.
    """
    width = max(len(text) for text in texts) + 1
    inputs = np.full((len(texts), width), START)
    targets = np.full((len(texts), width), PAD)
    for row, text in enumerate(texts):
        numbers = [ALPHABET.index(letter) for letter in text]
        inputs[row, 1 : len(text) + 1] = numbers
        targets[row, : len(text) + 1] = [*numbers, END]
    return inputs, targets


def decode(numbers: np.ndarray) -> str:
    """The text of character numbers, up to END or PAD."""
    letters = []
    for number in numbers:
        if number in (END, PAD):
            break
        letters.append(ALPHABET[number])
    return "".join(letters)

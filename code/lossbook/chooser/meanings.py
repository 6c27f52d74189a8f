"""What people call their y, and which answers each word can mean: the rows of `meanings.toml`."""

import tomllib
from importlib.resources import files
from typing import NamedTuple


class Fit(NamedTuple):
    """An answer that a word can mean: the keys of its row, and when it is the one."""

    y: str
    predict: str
    when: str


class Meaning(NamedTuple):
    """Words that mean the same, the answers they fit, and the question that tells these apart."""

    words: tuple[str, ...]
    fits: tuple[Fit, ...]
    ask: str = ""


def read() -> tuple[Meaning, ...]:
    """All meanings, in the order of the file."""
    text = files("lossbook.chooser").joinpath("meanings.toml").read_text(encoding="utf-8")
    return tuple(
        Meaning(tuple(one["words"]), tuple(Fit(**fit) for fit in one["fits"]), one.get("ask", ""))
        for one in tomllib.loads(text)["meaning"]
    )

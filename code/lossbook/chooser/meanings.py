"""What people call their y, and which answers each word can mean: the rows of `answers.toml`."""

from typing import NamedTuple

from lossbook.chooser.table import table


class Fit(NamedTuple):
    """An answer that a word can mean: the keys of its row, and when it is the one."""

    y: str
    predict: str
    when: str


class Meaning(NamedTuple):
    """Words that mean the same, the answers they fit, and the question that tells these apart."""

    words: tuple[str, ...]
    """Nouns and names."""
    frames: tuple[str, ...]
    """Say what kind of y it is whatever stands beside them, as in "number of …"."""
    hints: tuple[str, ...]
    """Count where there is no known word."""
    openings: tuple[str, ...]
    """Frames at the beginning of a text only, as in "which page …"."""
    adjectives: tuple[str, ...]
    """Words that leave open whether they or the word after them say what y is."""
    fits: tuple[Fit, ...]
    ask: str = ""
    counted: bool = False
    """Whether the words name events, which become counts before "per"."""

    @property
    def phrases(self) -> tuple[str, ...]:
        """All that leads to it, whatever it says."""
        return (*self.words, *self.frames, *self.hints, *self.openings, *self.adjectives)


def read() -> tuple[Meaning, ...]:
    """All meanings, in the order of the file."""
    return tuple(
        Meaning(
            words=tuple(one.get("words", ())),
            frames=tuple(one.get("frames", ())),
            hints=tuple(one.get("hints", ())),
            openings=tuple(one.get("openings", ())),
            adjectives=tuple(one.get("adjectives", ())),
            fits=tuple(Fit(**fit) for fit in one["fits"]),
            ask=one.get("ask", ""),
            counted=one.get("counted", False),
        )
        for one in table()["meaning"]
    )

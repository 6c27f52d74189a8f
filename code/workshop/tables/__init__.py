"""Tables made by code: Markdown for the page, plain text wherever there is only text."""

import re
from collections.abc import Iterable, Sequence

from lossbook.heads import ARTICLE, HEADS


class Table:
    """Rows of text under a header; a cell may hold LaTeX between dollar signs."""

    def __init__(self, caption: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        self.caption, self.header = caption, list(header)
        self.rows = [list(row) for row in rows]
        wrong = [row for row in self.rows if len(row) != len(self.header)]
        if wrong:
            raise ValueError(f"a row has {len(wrong[0])} cells, the header {len(self.header)}")

    def __repr__(self) -> str:
        """Columns padded to the same width, for text and for comparing outputs."""
        table = [self.header, *self.rows]
        widths = [max(len(row[k]) for row in table) for k in range(len(self.header))]
        padded = [[c.ljust(w) for c, w in zip(row, widths, strict=True)] for row in table]
        lines = ["  ".join(row) for row in padded]
        return "\n".join([self.caption, *(line.rstrip() for line in lines)])

    def _repr_markdown_(self) -> str:
        """For pages: Markdown, so that mathematics and references in cells are rendered."""
        rule = ["---"] * len(self.header)
        lines = ["| " + " | ".join(row) + " |" for row in [self.header, rule, *self.rows]]
        return "\n".join(lines)


def answer() -> Table:
    """The one-page answer: for each of the article's heads, the three questions and the loss."""
    rows = []
    for name in ARTICLE:
        head = HEADS[name]()
        activations = ", ".join("none" if a == "linear" else a for a in head.activations)
        rows.append(
            [head.question, head.title, activations, spaced(head.keras_loss), head.functional]
        )
    header = ["What can y be?", "Distribution", "Activation", "Loss in Keras", "It predicts"]
    return Table("The answer on one page", header, rows)


def spaced(name: str) -> str:
    """A class name of Keras as words: MeanSquaredError → mean squared error."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() or "none"

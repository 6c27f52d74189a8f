"""A table made by code: Markdown for the page, plain text wherever there is only text."""

from collections.abc import Iterable, Sequence


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


def chapter(label: str) -> str:
    """A reference to the chapter of that label, for a cell of a table."""
    return f"{{ref}}`{label}`"


def section(words: str, label: str) -> str:
    """A reference in those words to the section of that label, for a cell of a table."""
    return f"{{ref}}`{words} <{label}>`"

"""The chooser's answers as tables for a page."""

from pathlib import Path

from lossbook.chooser.rows import CHAPTERS, OUTCOMES, ROWS
from lossbook.tables import Table

PAGES = Path(__file__).resolve().parents[3] / "chapters"


def chapter(label: str) -> str:
    """A reference to the chapter, or its file's name where the book has no such page (yet)."""
    file = CHAPTERS[label]
    return f"{{ref}}`{label}`" if (PAGES / f"{file}.md").exists() else file


def answers(*outcomes: str) -> Table:
    """The rows for some kinds of y, by their keys. Raises ValueError if a key is unknown."""
    unknown = sorted(set(outcomes) - set(OUTCOMES))
    if unknown:
        raise ValueError(f"y cannot be {', '.join(unknown)}; choose {', '.join(OUTCOMES)}")
    rows = []
    for key in outcomes:
        for place, row in enumerate(row for row in ROWS if row.y == key):
            activation = ", ".join("none" if a == "linear" else a for a in row.activation)
            words = row.predict_words + (f" ({row.caveat})" if row.caveat else "")
            rows.append(
                [
                    OUTCOMES[key] if place == 0 else "",
                    words,
                    row.title or "none",
                    activation,
                    f"`{row.code}`",
                    chapter(row.label),
                ]
            )
    header = ["y is", "you predict", "Distribution", "Activation", "Loss", "Chapter"]
    return Table("Answers", header, rows)

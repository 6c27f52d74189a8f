"""The chooser's answers as tables for a page."""

from lossbook.chooser.rows import OUTCOMES, ROWS
from lossbook.words import activation_words

from workshop.tables.table import Table, section


def answers(*outcomes: str) -> Table:
    """The rows for some kinds of y, by their keys. Raises ValueError if a key is unknown."""
    unknown = sorted(set(outcomes) - set(OUTCOMES))
    if unknown:
        raise ValueError(f"y cannot be {', '.join(unknown)}; choose {', '.join(OUTCOMES)}")
    rows = []
    for key in outcomes:
        for place, row in enumerate(row for row in ROWS if row.y == key):
            kind = f"**{OUTCOMES[key]}:** " if place == 0 else ""
            trap = f" ({row.trap})" if row.trap else ""
            rows.append(
                [
                    f"{kind}{section(row.predict_words, row.section)}{trap}",
                    row.title or "none",
                    activation_words(row.activation),
                    f"`{row.code}`, {section('in each library', row.written)}",
                    f"{row.metric}; {row.score}",
                ]
            )
    header = [
        "y, and what you predict", "Distribution", "Activation", "Loss",
        "Metric; compare models by",
    ]  # fmt: skip
    return Table("Answers", header, rows)

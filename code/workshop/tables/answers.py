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
            words = row.predict_words + (f" ({row.trap})" if row.trap else "")
            rows.append(
                [
                    f"**{OUTCOMES[key]}:** {words}" if place == 0 else words,
                    f"{row.title or 'none'}: {activation_words(row.activation)}",
                    f"`{row.code}`",
                    row.metric,
                    row.score,
                    section(row.label, row.section),
                ]
            )
    header = [
        "y, and what you predict", "Distribution: activation", "Loss", "Metric",
        "Compare models by", "Chapter",
    ]  # fmt: skip
    return Table("Answers", header, rows)

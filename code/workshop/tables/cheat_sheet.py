"""Every head on one page."""

from lossbook.chooser.rows import ROWS
from lossbook.heads import HEADS
from lossbook.words import activation_words


def cheat_sheet() -> str:
    """Every head of the registry in a table, in MyST: the three questions, the loss, the metric.

    In the order of the chooser's rows, which goes by what y can be. A head with several rows has
    metric and score of its first.
    """
    order = [row.head for row in ROWS]
    header = [
        "What can y be?", "Distribution", "Parameters and activations", "Loss of one sample",
        "Metric; compare models by",
    ]  # fmt: skip
    rows = [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}"]
    for kind in sorted(HEADS.values(), key=lambda kind: order.index(kind.name)):
        links = kind().links
        shown = ", ".join(
            f"${p.symbol}$: {activation_words([links[p.name].name])}" for p in kind.declared
        )
        # A bar would end the table's cell.
        formula = kind.formula.strip("$").replace(r"\|", r"\Vert ").replace("|", r"\vert ")
        row = ROWS[order.index(kind.name)]
        judged = f"{row.metric}; {row.score}"
        rows.append(f"| {kind.question} | {kind.title} | {shown} | ${formula}$ | {judged} |")
    return "\n".join(rows)

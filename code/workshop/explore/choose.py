"""The chooser: what y can be, what to predict, and what follows for the end of the network."""

import html

from lossbook import chooser

from workshop.explore.base import Explorable
from workshop.plotting import BLUE, GREEN, GREY, PURPLE, RED, Picture, canvas, show


def choose(y: str = "binary", predict: str | None = None) -> Explorable:
    """`lossbook.choose` as a figure: the answer to `y` and `predict`, and controls to change them.

    Where there are no scripts, all answers stand in a folded table. Raises ValueError that lists
    the choices if there is no such answer.
    """
    row = chooser.choose(y, predict)[0].plain()
    still = _picture(row)
    values = {
        "rows": chooser.table(), "outcomes": chooser.outcomes(), "y": y, "predict": row["predict"],
    }  # fmt: skip
    return Explorable("choose", "The chooser", still, values)


def _picture(row: dict) -> Picture:
    """The answer as a chain of four lines, and below it the table of all of them."""
    chain = [
        ("y is", str(row["y_words"]), GREEN),
        ("distribution", str(row["title"]) or "none", BLUE),
        ("activation", str(row["activation_words"]), PURPLE),
        ("loss", str(row["loss"]) or "the head's own", RED),
    ]
    with canvas(height=1.9) as (fig, ax):
        ax.set(xlim=(0, 1), ylim=(-0.6, 3.6))
        ax.axis("off")
        for line, (name, word, colour) in zip((3, 2, 1, 0), chain, strict=True):
            ax.text(0.32, line, name if line == 3 else f"→ {name}", ha="right", color=GREY)
            ax.text(0.36, line, word, color=colour, weight="bold")
    words = ", then ".join(f"{name} {word}" for name, word, _ in chain)
    made = show(
        fig,
        alt=f"A chain of four answers: {words}.",
        caption="Two answers of yours, and the end of the network follows.",
    )
    return Picture(made.svg + _table(), made.alt, made.caption)


def _table() -> str:
    """Every answer, for readers without scripts; folded, for it is long."""
    header = ("y is", "To predict", "Distribution", "Activation", "Loss")
    lines = []
    for row in chooser.table():
        cells = [
            row["y_words"], row["predict_words"], row["title"] or "none",
            row["activation_words"], row["code"],
        ]  # fmt: skip
        *plain, code = (html.escape(str(cell)) for cell in cells)
        texts = "".join(f"<td>{cell}</td>" for cell in plain)
        lines.append(f"<tr>{texts}<td><code>{code}</code></td></tr>")
    heads = "".join(f'<th scope="col">{name}</th>' for name in header)
    return (
        "<details><summary>All the answers in one table</summary>"
        '<div class="lb-explore-table" tabindex="0" role="region" aria-label="All the answers">'
        f'<table class="table"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div></details>"
    )

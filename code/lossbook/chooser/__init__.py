"""Which head, which activation, which loss: two questions, one answer.

Taken from the package as `lossbook.choose`; the table behind it is `answers.toml`.
"""

import difflib
from collections.abc import Sequence
from typing import overload

from lossbook.chooser.meanings import Fit
from lossbook.chooser.rows import OUTCOMES, ROWS, Row
from lossbook.chooser.suggest import meanings
from lossbook.words import activation_words

__all__ = ["Answers", "Row", "choose", "outcomes", "table"]


class Answers(Sequence[Row]):
    """Rows of the chooser; text in a console, a table on a page."""

    def __init__(self, rows: Sequence[Row], whens: Sequence[str] = (), ask: str = "") -> None:
        self.rows = tuple(rows)
        self.whens = tuple(whens)
        """For each row, when it is the one; empty where the keys were given."""
        self.ask = ask
        """The question that tells the rows apart; empty if there is nothing to ask."""

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> "Answers": ...
    def __getitem__(self, place: int | slice) -> "Row | Answers":
        return (
            Answers(self.rows[place], self.whens[place], self.ask)
            if isinstance(place, slice)
            else self.rows[place]
        )

    def __repr__(self) -> str:
        asked = [f"{self.ask}\n"] if self.ask else []
        whens = self.whens or [""] * len(self.rows)
        told = "\n\n".join(
            f"{row.y} → {row.predict}: {row.predict_words}\n"
            + (f"  if            {when}\n" if when else "")
            + f"  distribution  {row.title or 'none: ' + row.trap}\n"
            f"  activation    {activation_words(row.activation)}\n"
            f"  loss          {row.code}\n"
            f"  chapter       {row.address}"
            for row, when in zip(self.rows, whens, strict=True)
        )
        return "\n".join([*asked, told])

    def _repr_markdown_(self) -> str:
        header = ["y is", "To predict", "Distribution", "Activation", "Loss", "Chapter"]
        header = ["If", *header] if self.whens else header
        lines = [header, ["---"] * len(header)]
        for place, row in enumerate(self.rows):
            when = [self.whens[place]] if self.whens else []
            cells = [*when, OUTCOMES[row.y], row.predict_words, row.title or "none"]
            chapter = f"[{row.label.replace('-', ' ')}]({row.address})"
            lines.append([*cells, activation_words(row.activation), f"`{row.code}`", chapter])
        table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return f"{self.ask}\n\n{table}" if self.ask else table


def choose(y: str | None = None, predict: str | None = None) -> Answers:
    """The answers for what y can be and what is to be predicted about it.

    `choose("count", "rate")` gives one row, `choose("count")` all for counts, `choose()` all. Plain
    words do as well: `choose("star rating 1 to 5")` proposes the rows that they can mean, with when
    each is the one (`whens`) and the question that tells them apart (`ask`). Raises ValueError that
    lists the choices if there is no such answer.
    """
    if y is None:
        if predict is not None:
            raise ValueError(f"say what y can be as well: {_listed(OUTCOMES)}")
        return Answers(ROWS)
    if y not in OUTCOMES and predict is None and (suggested := _suggested(y)):
        return suggested
    if y not in OUTCOMES:
        raise ValueError(f"y cannot be {y!r}{_meant(y, OUTCOMES)}; choose {_listed(OUTCOMES)}")
    rows = [row for row in ROWS if row.y == y]
    if predict is None:
        return Answers(rows)
    choices = {row.predict: row.predict_words for row in rows}
    if predict not in choices:
        raise ValueError(
            f"{predict!r} is nothing to be predicted when y is {OUTCOMES[y]}"
            f"{_meant(predict, choices)}; choose {_listed(choices)}"
        )
    return Answers([row for row in rows if row.predict == predict])


def _suggested(text: str) -> Answers | None:
    """The rows that a text can mean, each once; None if no word of it is known."""
    found, corrected = meanings(text)
    if not found:
        return None
    fits: dict[tuple[str, str], Fit] = {}
    for meaning in found:
        for fit in meaning.fits:
            fits.setdefault((fit.y, fit.predict), fit)
    rows = [next(row for row in ROWS if (row.y, row.predict) == key) for key in fits]
    asked = {meaning.ask for meaning in found}
    asks = [found[0].ask] if len(asked) == 1 and found[0].ask else []
    if len(rows) > 1 and not asks:
        asks = ["Which of these do you mean?"]
    if corrected:
        asks.insert(0, f"Do you mean “{corrected}”?")
    return Answers(rows, [fit.when for fit in fits.values()], " ".join(asks))


def table() -> list[dict[str, object]]:
    """Every row as plain strings and lists, ready for JSON: see `Row` for the keys."""
    return [row.plain() for row in ROWS]


def outcomes() -> dict[str, str]:
    """What y can be: key → words, in the order in which to offer them."""
    return dict(OUTCOMES)


def _listed(choices: dict[str, str]) -> str:
    return "; ".join(f"{key!r} ({words})" for key, words in choices.items())


def _meant(word: str, choices: dict[str, str]) -> str:
    close = difflib.get_close_matches(str(word), choices, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""

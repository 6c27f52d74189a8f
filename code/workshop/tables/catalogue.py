"""The catalogue as lists and tables for a page."""

from collections.abc import Iterable, Sequence

from lossbook.catalogue.activations import ACTIVATIONS
from lossbook.catalogue.likelihoods import LIKELIHOODS
from lossbook.catalogue.others import OTHERS
from lossbook.heads import HEADS

from workshop.tables.table import Table, chapter


class Listing:
    """Terms, each with a few lines about it; reads well on narrow screens, where tables do not."""

    def __init__(self, entries: Iterable[tuple[str, Sequence[str]]]) -> None:
        self.entries = [(term, list(lines)) for term, lines in entries]

    def __repr__(self) -> str:
        """Plain text, for consoles and for comparing outputs."""
        return "\n".join(
            "\n  ".join([term.replace("`", ""), *lines]) for term, lines in self.entries
        )

    def _repr_markdown_(self) -> str:
        """A Markdown definition list."""
        return "\n\n".join(
            "\n".join([term, *(f": {line}" for line in lines)]) for term, lines in self.entries
        )


def likelihoods() -> Listing:
    """Keras's losses that are likelihoods."""
    return Listing(
        (
            f"`{entry.loss}`",
            [
                f"*Density:* {entry.density}.",
                f"*Predicts* {entry.predicts}.",
                f"*Keras drops* {entry.dropped}.",
                f"*Head:* `{HEADS[entry.head].__name__}`, {chapter(entry.label)}.",
            ],
        )
        for entry in LIKELIHOODS
    )


def others() -> Listing:
    """Keras's losses that are none."""
    return Listing(
        (
            f"`{entry.loss}`",
            [
                f"*No likelihood:* {entry.why}.",
                f"*Predicts* {entry.predicts}.",
                f"*Cost:* {entry.cost}." + (f" Undone by {entry.repair}." if entry.repair else ""),
                f"*For probabilities:* `{HEADS[entry.instead].__name__}`.",
            ],
        )
        for entry in OTHERS
    )


def activations(fit: bool) -> Table:
    """Keras's activations that are fit to end a network, or those that are not."""
    rows = [
        [f"`{entry.name}`", entry.meets or "none", entry.gradient, entry.why]
        for entry in ACTIVATIONS.values()
        if entry.fit == fit
    ]
    words = "Fit to end a network" if fit else "Unfit to end a network"
    return Table(words, ["Activation", "Constraint met", "Gradient", "For what, or why not"], rows)

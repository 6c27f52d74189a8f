"""The catalogue as lists and tables for a page."""

from collections.abc import Iterable, Sequence

from lossbook.catalogue.activations import ACTIVATIONS
from lossbook.catalogue.library_activations import (
    LIBRARIES,
    LIBRARY_ACTIVATIONS,
    LibraryActivation,
)
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


FUNCTIONS = {"exponential": {"PyTorch": "torch.exp(z)", "JAX": "jnp.exp(z)"}}
"""Plain functions, which the lists of activations leave out."""


def activations_elsewhere() -> Table:
    """Keras's activations in PyTorch and JAX, those first that are fit to end a network."""
    order = sorted(ACTIVATIONS.values(), key=lambda entry: not entry.fit)
    rows = [
        [f"`{entry.name}`", entry.meets or "none", *(_same(entry.name, x) for x in LIBRARIES)]
        for entry in order
    ]
    for entry in LIBRARY_ACTIVATIONS:
        if not entry.keras:
            told = f"{_cell(entry)}: {entry.why}"
            cells = (told if entry.library == library else "none" for library in LIBRARIES)
            rows.append(["none", entry.meets or "none", *cells])
    header = ["Keras", "Constraint met", *LIBRARIES]
    return Table("Activations in three libraries", header, rows)


def _cell(entry: LibraryActivation) -> str:
    return f"`{entry.write}`" + (f" ({entry.note})" if entry.note else "")


def _same(keras: str, library: str) -> str:
    found = [_cell(x) for x in LIBRARY_ACTIVATIONS if (x.keras, x.library) == (keras, library)]
    if function := FUNCTIONS.get(keras, {}).get(library):
        found.append(f"`{function}`")
    return "; ".join(found) or "none"

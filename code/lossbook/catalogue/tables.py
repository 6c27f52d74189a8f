"""The catalogue as tables for a page."""

from lossbook.catalogue.activations import ACTIVATIONS
from lossbook.catalogue.likelihoods import LIKELIHOODS
from lossbook.catalogue.others import OTHERS
from lossbook.chooser.tables import chapter
from lossbook.heads import HEADS
from lossbook.tables import Table


def likelihoods() -> Table:
    """Keras's losses that are likelihoods."""
    rows = [
        [
            f"`{entry.loss}`",
            entry.density,
            entry.predicts,
            entry.dropped,
            f"`{HEADS[entry.head].__name__}`, {chapter(entry.label)}",
        ]
        for entry in LIKELIHOODS
    ]
    header = ["Keras's loss", "is the likelihood of", "it predicts", "it drops", "Head"]
    return Table("Losses that are negative log likelihoods", header, rows)


def others() -> Table:
    """Keras's losses that are none."""
    rows = [
        [
            f"`{entry.loss}`",
            entry.why,
            entry.predicts,
            entry.cost + (f"; undone by {entry.repair}" if entry.repair else ""),
            f"`{HEADS[entry.instead].__name__}`",
        ]
        for entry in OTHERS
    ]
    header = ["Keras's loss", "Why it is none", "It predicts", "Cost", "For probabilities take"]
    return Table("Losses that are no likelihood", header, rows)


def activations(fit: bool) -> Table:
    """Keras's activations that are fit to end a network, or those that are not."""
    rows = [
        [f"`{entry.name}`", entry.meets or "none", entry.gradient, entry.why]
        for entry in ACTIVATIONS.values()
        if entry.fit == fit
    ]
    words = "Fit to end a network" if fit else "Unfit to end a network"
    return Table(words, ["Activation", "Constraint met", "Gradient", "For what, or why not"], rows)

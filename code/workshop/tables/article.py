"""The answer that the article is about, on one page."""

import re

from lossbook.heads import ARTICLE, HEADS
from lossbook.words import activation_words

from workshop.tables.table import Table

PREDICTS = {"mean": "mean", "median": "median", "class frequency": "probability"}
"""What the prediction of a head is for one input; `functional` names the best constant."""


def answer() -> Table:
    """The one-page answer: for each of the article's heads, the three questions and the loss."""
    rows = []
    for name in ARTICLE:
        head = HEADS[name]()
        activations = activation_words(head.activations)
        rows.append(
            [
                head.question,
                head.title,
                activations,
                spaced(head.keras_loss),
                PREDICTS[head.functional],
            ]
        )
    header = ["What can y be?", "Distribution", "Activation", "Loss in Keras", "It predicts"]
    return Table("The answer on one page", header, rows)


def spaced(name: str) -> str:
    """A class name of Keras as words: MeanSquaredError → mean squared error."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() or "none"

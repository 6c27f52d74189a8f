"""The chooser's answers: what y can be, what to predict, and what follows.

Plain data from `answers.toml`, so that it can be shown without TensorFlow and turned into an
explorable page. The tests compare each row with the head it names, and the whole with Keras's list
of losses.
"""

from dataclasses import asdict, dataclass

from lossbook.catalogue.libraries import LINES, Line
from lossbook.chooser.table import table
from lossbook.words import activation_words

SITE = "https://lossbook.github.io/lossbook/"
"""Where the course is published; `_config.yml` says the same."""

CHAPTERS: dict[str, str] = table()["chapters"]
"""Label of a chapter → its file."""

OUTCOMES: dict[str, str] = table()["outcomes"]
"""What y can be: key → words."""


@dataclass(frozen=True)
class Row:
    """One answer. Keys as in `plain()`; everything is text, or a list of it."""

    y: str
    """Key into `OUTCOMES`."""
    predict: str
    """What is to be predicted, as a key."""
    predict_words: str
    activation: tuple[str, ...]
    """One for each parameter, "linear" for none."""
    code: str
    """What to pass to `compile(loss=…)`, given `from lossbook import heads, keras`."""
    metric: str
    """What to watch; names in backticks are Keras's metrics."""
    score: str
    """By what to compare models."""
    label: str
    """The chapter's label."""
    section: str
    """The label of the chapter's section that answers, and its anchor on the page."""
    head: str = ""
    """Name in the registry of heads; "" where the loss is no likelihood."""
    title: str = ""
    """The distribution's name; "" where there is none."""
    loss: str = ""
    """Class name of Keras's loss; "" where Keras has none and the head's own is taken."""
    trap: str = ""
    """What to know before using it."""
    recipe: str = ""
    """Name of the code in other libraries, where it is not the head's."""

    @property
    def chapter(self) -> str:
        """The chapter's file, without folder and ending."""
        return CHAPTERS[self.label]

    @property
    def address(self) -> str:
        """Where the section can be read."""
        return f"{SITE}chapters/{self.chapter}.html#{self.section}"

    @property
    def written(self) -> str:
        """Label of the section that has the code in every library."""
        if not self.recipe:
            return f"libraries-{self.head.replace('_', '-')}"
        placed = self.recipe.startswith(("q-", "catalogue-"))
        return self.recipe if placed else f"{self.recipe}-write"

    @property
    def lines(self) -> tuple[Line, ...]:
        """How other libraries write this loss."""
        return tuple(line for line in LINES if line.head == self.head)

    def plain(self) -> dict[str, object]:
        """The row for JSON, with what follows from its fields written out."""
        found = asdict(self)
        found["activation"] = list(self.activation)
        return found | {
            "y_words": OUTCOMES[self.y],
            "activation_words": activation_words(self.activation),
            "chapter": self.chapter,
            "address": self.address,
        }


def _row(entry: dict) -> Row:
    rest = {key: value for key, value in entry.items() if key not in ("words", "activation")}
    return Row(predict_words=entry["words"], activation=tuple(entry["activation"]), **rest)


ROWS = tuple(_row(entry) for entry in table()["answer"])
"""Every answer, in the order in which to show them."""

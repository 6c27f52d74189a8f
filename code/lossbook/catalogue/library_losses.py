"""Every loss of other libraries: which density it belongs to, or what it predicts instead.

The data are in `library_losses.toml`; `make test-libraries` compares them with the libraries.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lossbook.catalogue.libraries import LINES, Line

FILE = Path(__file__).with_name("library_losses.toml")


@dataclass(frozen=True)
class Loss:
    """One loss of a library, by the name that the library has for it."""

    library: str
    name: str
    head: str = ""
    """Whose negative log likelihood it is; empty if it is none of a head."""
    density: str = ""
    """In words, where the head's title does not say it all."""
    predicts: str = ""
    why: str = ""
    """Why it is no likelihood of a head; empty if it is one."""
    where: tuple[str, ...] = ()
    """The estimators that offer it."""
    shown: str = ""
    """An expression that is true, where no line can be compared."""
    write: str = ""
    kind: str = "value"
    metric: str = ""
    gives: str = ""
    scale: str = ""
    offset: str = ""
    reduction: str = "mean"
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> Line | None:
        """The line that is compared with the head, of this table or of the other one."""
        if self.write:
            return Line(
                self.head, self.library, self.write, "", kind=self.kind, options=self.options,
                scale=self.scale, offset=self.offset, reduction=self.reduction,
                metric=self.metric, predicts=self.gives,
            )  # fmt: skip
        named = re.compile(rf"(?<![\w:]){re.escape(self.name)}(?![\w:])")
        fitting = (
            line
            for line in LINES
            if (line.head, line.library) == (self.head, self.library) and named.search(line.write)
        )
        return next(fitting, None)


def _read() -> tuple[Loss, ...]:
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["loss"]
    return tuple(Loss(**{**entry, "where": tuple(entry.get("where", ()))}) for entry in entries)


LOSSES = _read()

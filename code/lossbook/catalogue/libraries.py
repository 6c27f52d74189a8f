"""The same loss in Keras, PyTorch, JAX, scikit-learn, LightGBM, XGBoost and statsmodels.

The data are in `libraries.toml`; `make test-libraries` runs every line of it and holds the value
against the head.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("libraries.toml")
LIBRARIES = (
    "Keras", "PyTorch", "torch.distributions", "Optax", "JAX", "scikit-learn", "LightGBM",
    "XGBoost", "statsmodels",
)  # fmt: skip
"""In the order of the page."""
TABS = {
    "Keras": ("Keras",),
    "PyTorch": ("PyTorch", "torch.distributions"),
    "JAX": ("Optax", "JAX"),
    "scikit-learn": ("scikit-learn",),
    "LightGBM": ("LightGBM",),
    "XGBoost": ("XGBoost",),
    "statsmodels": ("statsmodels",),
}
"""The libraries as a reader chooses among them → their names above."""


@dataclass(frozen=True)
class Line:
    """How to write one head's loss in one library: nll = scale · loss + offset."""

    head: str
    library: str
    write: str
    """The line of code; for trees the settings, for a fit the fitted model."""
    trap: str
    kind: str = "value"
    """"value", "tree" or "fit"."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """With which the head is made."""
    scale: str = ""
    offset: str = ""
    """Both are expressions in `y`, `log`, `pi` and `lgamma`; of a fit they are empty."""
    reduction: str = "mean"
    before: str = ""
    """Lines of code that run first."""
    metric: str = ""
    """Of trees: the metric that is compared."""
    predicts: str = ""
    """Of trees and fits: the parameter that comes out at prediction."""
    gives: str = ""
    """Of a fit: the expression for that parameter, where it is not the raw score."""
    scores: str = ""
    """Of a fit: its raw scores."""
    likelihood: str = ""
    """Of a fit: its own mean negative log likelihood, where it has one."""

    @property
    def key(self) -> str:
        """Its name in the record of what was checked."""
        return f"{self.head} | {self.library} | {self.write}"


@dataclass(frozen=True)
class Nothing:
    """A library that has no such loss, and what is nearest there."""

    head: str
    library: str
    take: str
    """A clause, as Markdown, without its full stop."""
    code: str
    """That, from `x` and `y` to names that the page can explain; imports follow from them."""

    @property
    def key(self) -> str:
        """Its name in the record of what was checked."""
        return f"{self.head} | {self.library}"


@dataclass(frozen=True)
class Factor:
    """Why two libraries report different values: here = factor · there + mean of shift."""

    title: str
    here: str
    here_library: str
    there: str
    there_library: str
    head: str
    factor: str
    why: str
    options: Mapping[str, Any] = field(default_factory=dict)
    shift: str = "0"
    here_metric: str = ""
    """Where a tree library reports it: the metric, for the settings in `here`."""
    there_metric: str = ""


@dataclass(frozen=True)
class Recipe:
    """How one library writes what a chapter puts together by hand, or a question's answer.

    Or a loss of Keras's that is no likelihood.
    """

    name: str
    library: str
    """One of `TABS`."""
    code: str
    """Without its imports, which follow from the names."""
    trap: str = ""
    none: str = ""
    """Where the library has no such loss: what is nearest there, as Markdown; the code is that."""


_READ = tomllib.loads(FILE.read_text(encoding="utf-8"))
LINES = tuple(Line(**entry) for entry in _READ["line"])
NONE = tuple(Nothing(**{**entry, "code": entry["code"].strip()}) for entry in _READ["none"])
FACTORS = tuple(Factor(**entry) for entry in _READ["factor"])
RECIPES = tuple(
    Recipe(**{**entry, "code": entry["code"].strip()})
    for file in ("recipes.toml", "questions.toml", "others.toml")
    for entry in tomllib.loads(FILE.with_name(file).read_text(encoding="utf-8"))["recipe"]
)

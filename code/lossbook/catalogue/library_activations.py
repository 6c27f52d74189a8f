"""The activations of PyTorch and JAX as ends of a network: which of Keras's each equals.

The data are in `library_activations.toml`; `make test-libraries` compares them with the libraries.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lossbook.catalogue.activations import ACTIVATIONS

FILE = Path(__file__).with_name("library_activations.toml")
LIBRARIES = ("PyTorch", "JAX")


@dataclass(frozen=True)
class LibraryActivation:
    """One activation of a library; what Keras's has is taken from there."""

    library: str
    name: str
    write: str
    """Its value for raw outputs `z`."""
    keras: str = ""
    """The same in Keras, by name; "" if Keras has none."""
    keras_with: Mapping[str, Any] = field(default_factory=dict)
    """The arguments with which it is the same."""
    note: str = ""
    """What differs by default, a clause."""
    meets: str = ""
    """The constraint that its values meet, where Keras has none such; "" for none of them."""
    fit: bool = False
    why: str = ""
    shown: str = ""
    """An expression that is true of its values `out` at `z`."""

    @property
    def constraint(self) -> str:
        """The name of the constraint that its values meet; "" for none."""
        return ACTIVATIONS[self.keras].meets if self.keras else self.meets


def _read() -> tuple[LibraryActivation, ...]:
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["activation"]
    return tuple(LibraryActivation(**entry) for entry in entries)


LIBRARY_ACTIVATIONS = _read()

"""Heads are found by their files: `von_mises.py` holds `VonMises`."""

import importlib
import importlib.util
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from lossbook.heads.base import Head

FOLDER = Path(__file__).parent
APART = frozenset({
    "__init__", "arguments", "base", "described", "draws", "given", "keras_loss", "registry",
    "tensors",
})  # fmt: skip
"""The modules beside the heads."""


def class_name(file: str) -> str:
    """von_mises → VonMises."""
    return "".join(word.capitalize() for word in file.split("_"))


def file_name(name: str) -> str:
    """VonMises → von_mises."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Registry(Mapping[str, type[Head]]):
    """Heads by name, as a dictionary that imports what is taken from it."""

    def __getitem__(self, name: str) -> type[Head]:
        if name not in self:
            raise KeyError(f"{name!r}; there are: {', '.join(self)}")
        module = importlib.import_module(f"lossbook.heads.{name}")
        head = getattr(module, class_name(name), None)
        if not (isinstance(head, type) and issubclass(head, Head)):
            raise TypeError(
                f"lossbook/heads/{name}.py must hold a Head called {class_name(name)}; modules "
                "that hold no head are named in lossbook/heads/registry.py (APART)"
            )
        return head

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str) or name in APART or not name.isidentifier():
            return False
        return importlib.util.find_spec(f"lossbook.heads.{name}") is not None

    def __iter__(self) -> Iterator[str]:
        # By scandir: the build notes who lists a folder, and runs them again when it has other
        # files. Looking up one head lists nothing.
        with os.scandir(FOLDER) as entries:
            files = [Path(entry.name) for entry in entries if entry.name.endswith(".py")]
        return iter(sorted(file.stem for file in files if file.stem not in APART))

    def __len__(self) -> int:
        return len(list(iter(self)))


HEADS = Registry()
"""Every head by name, in alphabetical order."""

ARTICLE = ("gaussian", "laplace", "bernoulli", "categorical", "independent_bernoullis")
"""The heads that the article needs, in the order in which the course meets them."""

"""The course's data; each function says where the data came from.

A name is imported when it is asked for, so that a chapter which takes iris does not depend on the
module that loads CIFAR-10, nor on which pictures that would find.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workshop.data.cifar10 import (
        CLASS_NAMES,
        BirdsAndPlanes,
        Cifar10,
        birds_and_planes,
        load_cifar10,
        to_float,
    )
    from workshop.data.errors import DataError
    from workshop.data.iris import Iris, load_iris

__all__ = [
    "CLASS_NAMES",
    "BirdsAndPlanes",
    "Cifar10",
    "DataError",
    "Iris",
    "birds_and_planes",
    "load_cifar10",
    "load_iris",
    "to_float",
]

_ELSEWHERE = {"DataError": "errors", "Iris": "iris", "load_iris": "iris"}
"""The module of each name that is not CIFAR-10's."""


def __getattr__(name: str) -> Any:
    """The name from its own module, imported now."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_ELSEWHERE.get(name, 'cifar10')}")
    return getattr(module, name)

"""The course's data; each function says where the data came from."""

from lossbook.data.cifar10 import (
    CLASS_NAMES,
    BirdsAndPlanes,
    Cifar10,
    birds_and_planes,
    load_cifar10,
    to_float,
)
from lossbook.data.errors import DataError
from lossbook.data.iris import Iris, load_iris

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

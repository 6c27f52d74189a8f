"""Weights of classes in a cross entropy: the best constant is that of reweighted labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from lossbook.best_constant import entropy

Options = Mapping[str, Any]
SHIFTED = (
    "with weights the best answers are those of reweighted data: the probabilities that come out "
    "are not the frequencies of y"
)


def of_two(options: Options, labels: int) -> tuple[np.ndarray, np.ndarray]:
    """The weights of a 1 and of a 0, for each label of a sample."""
    both = options.get("class_weight")
    if both is not None:
        found = _array(both, 2)
        return np.full(labels, found[1]), np.full(labels, found[0])
    up = options.get("pos_weight")
    ones = np.ones(labels)
    return (ones if up is None else ones * np.asarray(up, float).reshape(-1)), ones


def least_of_two(q: np.ndarray, up: np.ndarray, down: np.ndarray) -> np.ndarray:
    """The least of -up·q·log p - down·(1 - q)·log(1 - p) over p, element by element."""
    ones, zeros = up * q, down * (1 - q)
    total = ones + zeros
    return special.xlogy(total, total) - special.xlogy(ones, ones) - special.xlogy(zeros, zeros)


@dataclass(frozen=True)
class Weights:
    """A weight for each class; `shared` if the loss is divided by their sum, as PyTorch's is."""

    each: np.ndarray
    shared: bool

    def frequencies(self, q: np.ndarray) -> np.ndarray:
        """What the best constant says where the classes have the frequencies q."""
        weighted = self.each * q
        return weighted / weighted.sum()

    def constant(self, q: np.ndarray) -> float:
        """Its loss."""
        total = 1.0 if self.shared else float(self.each @ q)
        return total * float(entropy(self.frequencies(q)))


def of_many(options: Options, classes: int) -> Weights | None:
    """PyTorch's `weight`, or Keras's `class_weight`; None without either."""
    for name, shared in (("weight", True), ("class_weight", False)):
        if options.get(name) is not None:
            return Weights(_array(options[name], classes), shared)
    return None


def classes(options: Options) -> int:
    """For how many classes there are weights."""
    given = options.get("weight")
    return 0 if given is None else np.asarray(given).size


def _array(given: Any, classes: int) -> np.ndarray:
    """Weights in the order of the classes, from Keras's mapping or from a sequence."""
    if isinstance(given, Mapping):
        unknown = sorted(set(given) - set(range(classes)))
        if unknown:
            raise ValueError(
                f"there are weights for {unknown}, but the classes are 0 to {classes - 1}"
            )
        found = np.array([given.get(k, 1.0) for k in range(classes)], float)
    else:
        found = np.asarray(given, float).reshape(-1)
    if len(found) != classes:
        raise ValueError(f"{len(found)} weights are given for {classes} classes")
    if not (found >= 0).all() or not found.any():
        raise ValueError("weights must not be negative, nor all 0")
    return found

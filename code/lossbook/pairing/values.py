"""What labels look like: classes, amounts, codes."""

import numpy as np

from lossbook.pairing.shapes import number


def said(y: np.ndarray) -> str:
    """The labels' values in words, all of them if they are few."""
    distinct = np.unique(y)
    if len(distinct) == 1:
        return f"all labels are {number(distinct[0])}"
    if len(distinct) <= 4:
        *first, final = map(number, distinct)
        return f"the labels are {', '.join(first)} and {final}"
    return f"the labels run from {number(y.min())} to {number(y.max())}"


def whole(y: np.ndarray) -> bool:
    """Whether all are whole numbers."""
    return bool((y == np.floor(y)).all())


def minus_one(y: np.ndarray) -> bool:
    """Whether the labels are -1 and 1."""
    return set(np.unique(y)) == {-1.0, 1.0}


def one_hot(y: np.ndarray) -> bool:
    """Whether each row has exactly one 1 and else 0."""
    return bool(np.isin(y, (0, 1)).all() and (y.sum(axis=-1) == 1).all())


def are_amounts(y: np.ndarray, units: int | None) -> bool:
    """Whether numbers are measurements and no classes: fractions, or far more than units."""
    if not whole(y):
        return True
    top = y.max()
    return bool(top >= 10_000 and top > 20 * (units or 1) and len(np.unique(y)) < top / 20)

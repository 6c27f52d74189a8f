"""Losses over classes: cross entropies and hinges."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import special

from lossbook import best_constant
from lossbook.best_constant import columns, entropy
from lossbook.explaining import weights
from lossbook.explaining.known import ABOVE, BELOW, EPSILON, Known, Point, clipped, listed

Options = Mapping[str, Any]
RIGHT = "every answer right and certain"
NOTHING = "a model that has learnt nothing, or whose gradient does not reach its weights"


def binary(y: np.ndarray, options: Options) -> Known:
    """Binary cross entropy, averaged over the labels of a sample."""
    outside = _outside(y)
    table = smoothed(columns(y), options, 2)
    up, down = weights.of_two(options, table.shape[1])
    q = table.mean(axis=0)
    inside = np.clip(q, 0, 1)
    constant = best_constant.binary(table)
    if (up != 1).any() or (down != 1).any():
        constant = float(np.mean(weights.least_of_two(inside, up, down)))
    if (q != inside).any():
        constant = -np.inf  # an ever larger raw output
    least, why = _soft(weights.least_of_two(np.clip(table, 0, 1), up, down))
    ones = float(q.mean())
    twice = float(np.mean(table * np.logaddexp(0, -1) + (1 - table) * np.log(2)))
    points = [
        Point("log 2", float(np.log(2)), f"a probability of ½ for everything: {NOTHING}"),
        Point(
            "a sigmoid twice",
            twice,
            "the least that is left when probabilities are taken for "
            "raw outputs, and a second sigmoid is put on them",
            "q-floor",
        ),
    ]
    points += _saturated(ones)
    limits = clipped(1.0, "")
    first = Point("-log (1 - (1 - 1e-7)) in float32", BELOW, limits[0].meaning, "q-clipped")
    says, remarks = "the frequency of ones", outside
    if (up != down).any():
        q, says = q * up / np.maximum(q * up + (1 - q) * down, EPSILON), "the weighted frequency"
        remarks = (*outside, weights.SHIFTED)
    return Known(
        f"{says}, {listed(q)}",
        constant,
        None if outside else least,
        "the labels are not all from 0 to 1" if outside else why,
        "nats",
        (*points, first, *limits),
        table.shape[1],
        remarks,
    )


def _saturated(ones: float) -> list[Point]:
    """A model that always gives the same confident answer, clipped as Keras and PyTorch do."""
    found = []
    for name, wrong, cost in (("0", ones, ABOVE), ("1", 1 - ones, BELOW)):
        words = (
            f"a confident {name} for every sample, with a raw output so far out that the slope is 0"
        )
        found.append(Point(f"always {name}, clipped at 1e-7", wrong * cost, words, "q-clipped"))
        found.append(Point(f"always {name}, clipped at 100", 100 * wrong, words, "q-clipped"))
    return found


def _outside(y: np.ndarray) -> tuple[str, ...]:
    outside = int(((y < 0) | (y > 1)).sum())
    if not outside:
        return ()
    return (
        f"{outside} of {y.size} labels lie outside 0 to 1, from {y.min():.4g} to {y.max():.4g}: "
        "then this loss has no least value, and falls below 0",
    )


def smoothed(y: np.ndarray, options: Options, classes: int) -> np.ndarray:
    """The labels after label smoothing."""
    smoothing = float(options.get("label_smoothing") or 0)
    return y * (1 - smoothing) + smoothing / classes


def _soft(entropies: np.ndarray) -> tuple[float, str]:
    """The least loss for labels that may be soft, and what it is."""
    least = float(np.mean(entropies))
    return (0.0, RIGHT) if least < 1e-12 else (least, "the entropy of the soft labels")


def one_hot(y: np.ndarray, options: Options) -> Known:
    """Categorical cross entropy for labels with an axis of classes, the last."""
    axis = int(options.get("axis") or -1)
    y = np.moveaxis(y, axis, -1)
    if y.ndim < 2 or y.shape[-1] < 2:
        raise ValueError(
            f"a categorical cross entropy needs one-hot labels (n, K), not {y.shape}; for class "
            "numbers name SparseCategoricalCrossentropy, for 0 and 1 BinaryCrossentropy"
        )
    classes = y.shape[-1]
    table = smoothed(y.reshape(-1, classes), options, classes)
    sums = table.sum(axis=1)
    away = int((np.abs(sums - 1) > 1e-3).sum())
    remarks: tuple[str, ...] = ()
    if away:
        remarks = (
            f"{away} of {len(table)} labels do not sum to 1 (the first to {sums[0]:.4g}): they are "
            "not exclusive classes, and want a sigmoid each with BinaryCrossentropy",
        )
    if weights.of_many(options, classes):
        raise ValueError(
            "weights of classes are known here for class numbers, y of shape (n,), not for one-hot "
            "labels"
        )
    total = table.mean(axis=0)
    q = total / total.sum()
    each = special.xlogy(table, table / np.where(sums > 0, sums, 1)[:, None])
    least, why = _soft(-each.sum(axis=1))
    return _categorical(q, float(entropy(q) * total.sum()), least, why, remarks)


def sparse(y: np.ndarray, options: Options) -> Known:
    """Categorical cross entropy for class numbers."""
    numbers = y.ravel()
    for name in ("ignore_class", "ignore_index"):
        if options.get(name) is not None:
            numbers = numbers[numbers != options[name]]
    if not len(numbers):
        raise ValueError("no label is left once those to be ignored are taken out")
    wrong = (numbers < 0) | (numbers != np.round(numbers))
    if wrong.any():
        raise ValueError(
            f"class numbers must be whole and from 0, but {wrong.sum()} of {len(numbers)} are not; "
            f"the first is {numbers[wrong][0]:g}"
        )
    classes = options.get("classes")
    counts = np.bincount(numbers.astype(int), minlength=int(classes or weights.classes(options)))
    if classes is not None and len(counts) > classes:
        raise ValueError(
            f"the labels go up to {len(counts) - 1}, but {classes} classes end at {classes - 1}"
        )
    q = counts / counts.sum()
    smoothing = float(options.get("label_smoothing") or 0)
    q = q * (1 - smoothing) + smoothing / len(q)
    least, why = 0.0, RIGHT
    if smoothing:
        one = np.full(len(q), smoothing / len(q))
        one[0] += 1 - smoothing
        least, why = float(entropy(one)), "the entropy of the smoothed labels"
    if each := weights.of_many(options, len(q)):
        if smoothing:
            raise ValueError("weights together with label smoothing are not known here")
        return _categorical(each.frequencies(q), each.constant(q), least, why, (weights.SHIFTED,))
    return _categorical(q, float(entropy(q)), least, why)


def _categorical(
    q: np.ndarray, constant: float, least: float, why: str, remarks: tuple[str, ...] = ()
) -> Known:
    classes = len(q)
    twice = float(np.log(np.e + classes - 1) - 1)
    points = [
        Point(
            f"log {classes}",
            float(np.log(classes)),
            f"the same probability for each of {classes} classes: {NOTHING}",
        ),
        Point(
            "a softmax twice",
            twice,
            "the least that is left when probabilities are taken for "
            "raw outputs, and a second softmax is put on them",
            "q-floor",
        ),
    ]
    missed = 1 - float(q.max())
    points += clipped(missed, f"{missed:.3g} · ")[:1]
    return Known(
        f"the class frequencies {listed(q)}",
        constant,
        least,
        why,
        "nats",
        (*points, *clipped(1.0, "")),
        1,
        remarks,
    )


def divergence(y: np.ndarray, options: Options) -> Known:
    """The Kullback-Leibler divergence of labels that are distributions along the last axis."""
    if y.ndim < 2:
        raise ValueError(f"a KL divergence needs distributions (n, K) as labels, not {y.shape}")
    table = y.reshape(-1, y.shape[-1])
    q, classes = table.mean(axis=0), table.shape[1]
    within = float(np.mean(entropy(table)))
    # PyTorch's default divides by all elements, and so by the classes too.
    share = 1 / classes if options.get("reduction") == "mean" else 1.0
    whole = float(entropy(q)) - within
    even = (np.log(classes) - within) * share
    points = [
        Point(
            f"log {classes} less the labels' entropy",
            float(even),
            f"the same probability for each of {classes} classes: {NOTHING}",
        )
    ]
    other = "summed over the classes" if share < 1 else "divided by the number of classes"
    points.append(
        Point(
            other,
            whole if share < 1 else whole / classes,
            "the best constant, in the other of PyTorch's conventions (batchmean and mean)",
        )
    )
    return Known(
        f"the mean of the labels, {listed(q)}",
        whole * share,
        0.0,
        "each label met exactly",
        "nats",
        tuple(points),
    )


def _signs(y: np.ndarray) -> np.ndarray:
    table = columns(y)
    values = set(np.unique(table))
    if values <= {0.0, 1.0}:
        return table
    if values <= {-1.0, 1.0}:
        return (table + 1) / 2
    raise ValueError(f"a hinge loss needs labels -1 and 1, or 0 and 1; these have {listed(y)}")


MARGIN = "scores of 0 for everything, or equal scores for all classes: the margin itself"


def hinge(y: np.ndarray, options: Options) -> Known:
    """max(0, 1 - yz): the best constant is the commoner sign."""
    q = _signs(y).mean(axis=0)
    constant = float(np.mean(2 * np.minimum(q, 1 - q)))
    return Known(
        "the commoner sign",
        constant,
        0.0,
        "each answer beyond the margin",
        "",
        (Point("the margin", 1.0, MARGIN, "q-margin"),),
        len(q),
    )


def squared_hinge(y: np.ndarray, options: Options) -> Known:
    """max(0, 1 - yz)²: the best constant is 2q - 1."""
    q = _signs(y).mean(axis=0)
    return Known(
        f"twice the frequency of ones less 1, {listed(2 * q - 1)}",
        float(np.mean(4 * q * (1 - q))),
        0.0,
        "each answer beyond the margin",
        "",
        (Point("the margin squared", 1.0, MARGIN, "q-margin"),),
        len(q),
    )


def categorical_hinge(y: np.ndarray, options: Options) -> Known:
    """max(0, 1 + the highest wrong score - the right one)."""
    if y.ndim < 2:
        raise ValueError(f"a categorical hinge needs one-hot labels (n, K), not {y.shape}")
    most = float(np.max(y.reshape(-1, y.shape[-1]).mean(axis=0)))
    return Known(
        "the commonest class by 1 if it has a majority, else equal scores",
        min(1.0, 2 * (1 - most)),
        0.0,
        "each right class ahead by 1",
        "",
        (Point("the margin", 1.0, MARGIN, "q-margin"),),
    )

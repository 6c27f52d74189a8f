"""Runs what is nearest where a library has no loss for a head, and compares it with the truth."""

from typing import Any

import numpy as np
import running
from lossbook.catalogue import writing
from lossbook.catalogue.libraries import LINES, NONE, Nothing
from scipy import stats


def drawn(entry: Nothing) -> running.Sample:
    options = next((line.options for line in LINES if line.head == entry.head), {})
    return running.sample(running.Line(entry.head, entry.library, "", "", options=options))


def found(entry: Nothing) -> dict[str, Any]:
    """All names that the code makes."""
    sample = drawn(entry)
    names: dict[str, Any] = {"x": sample.x, "y": sample.y}
    exec(writing.with_imports(entry.code), names)
    return names


def truth(name: str, sample: running.Sample) -> np.ndarray:
    """What a name of the code stands for, `(n,)` or a column for each part."""
    head, known = sample.head, sample.arrays
    if name in known:
        return np.asarray(known[name])
    if name == "hazard":
        return 1 / known["scale"]
    if name == "exceeding":
        nll = [sample.numpy(head.nll(np.full(running.N, k), sample.raw)) for k in range(head.size)]
        return 1 - np.cumsum(np.exp(-np.column_stack(nll[:-1])), axis=1)
    if name == "density":
        return np.exp(-sample.nll)
    if head.name == "kumaraswamy":  # its functional is both shapes; this is the median
        return (1 - 0.5 ** (1 / known["b"])) ** (1 / known["a"])
    parameters = {k: sample.numpy(v) for k, v in head.parameters(sample.raw).items()}
    return sample.numpy(head.predict(parameters))


def agreement(entry: Nothing) -> tuple[float, float]:
    """The least correlation between found and true, and that with the true ones out of order.

    Of ranks, averaged over the columns; of directions the mean cosine. Raises AssertionError if
    nothing can be compared.
    """
    names, sample = found(entry), drawn(entry)
    shuffled = np.random.default_rng(0).permutation(running.N)
    pairs = []
    for name in sorted(set(names) & NAMES):
        here, there = np.asarray(names[name]), truth(name, sample)
        if np.ptp(there) > 0 and len(np.atleast_1d(here)) == running.N:
            pairs += [
                (alike(entry.head, here, there), alike(entry.head, here, there[shuffled])),
            ]
    if not pairs:
        raise AssertionError(f"{entry.key}: the code makes no name that can be compared")
    return min(pairs)


def alike(head: str, here: np.ndarray, there: np.ndarray) -> float:
    if head == "von_mises":
        return float(np.mean(np.cos(here - there)))
    if head == "von_mises_fisher":
        return float(np.mean(np.sum(here * there, axis=1)))
    here = here.reshape(running.N, -1)
    there = np.broadcast_to(there.reshape(running.N, -1), here.shape)
    columns = zip(here.T, there.T, strict=True)
    return float(np.mean([stats.spearmanr(one, other).statistic for one, other in columns]))


NAMES = {
    "any", "density", "direction", "exceeding", "hazard", "location", "mean", "median", "parts",
    "probabilities", "quantiles", "scale",
}  # fmt: skip
"""What the code may call its predictions."""

__all__ = ["NONE", "agreement", "drawn", "found"]

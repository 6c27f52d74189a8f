"""How each likelihood in the catalogue relates to Keras's loss: nll = scale · loss + offset.

For most losses the head knows. Where Keras takes another form of y than the head does (one-hot
labels, probabilities, y + 1, a sequence), this module brings the two together.
"""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy import special

from lossbook._lazy import keras, ops
from lossbook.heads import HEADS, Categorical, Head, LogNormal


class Pair(NamedTuple):
    """The full negative log likelihood of some samples `(n,)`, and Keras's loss made into it."""

    nll: np.ndarray
    from_keras: np.ndarray


def pair(loss: str, head: str, rng: np.random.Generator, n: int = 50) -> Pair:
    """Both sides of the relation for `n` random samples. Raises ValueError if there is none."""
    if loss in SPECIAL:
        return SPECIAL[loss](rng, n)
    built = HEADS[head]()
    relation = built.keras_relation()
    if relation is None or built.keras_loss != loss:
        raise ValueError(f"the head {head!r} says nothing of Keras's {loss}")
    raw, y = drawn(built, rng, n)
    parameters = built.parameters(raw)
    prediction = raw if relation.prediction == "raw" else parameters[relation.prediction]
    target = y if np.ndim(y) == 1 else np.reshape(y, np.shape(prediction))
    offset = relation.offset(y) if callable(relation.offset) else relation.offset
    theirs = relation.scale * _array(relation.loss(target, prediction)) + offset
    return Pair(_array(built.nll(y, raw)), theirs)


def drawn(head: Head, rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Raw outputs `(n, units)` and outcomes that come from them."""
    raw = rng.normal(size=(n, head.units))
    return raw, head.sample({k: _array(v) for k, v in head.parameters(raw).items()}, rng)


def _array(tensor: object) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(tensor), float)


def one_hot(rng: np.random.Generator, n: int) -> Pair:
    """CategoricalCrossentropy takes one-hot labels, the head class numbers."""
    head = Categorical(5)
    raw, y = drawn(head, rng, n)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, reduction=None)
    return Pair(_array(head.nll(y, raw)), _array(loss(np.eye(5)[y], raw)))


def frequencies(rng: np.random.Generator, n: int, draws: int = 20) -> Pair:
    """KLDivergence takes frequencies of classes: those of `draws` categorical draws.

    Their negative log likelihood is the sum of the head's over the draws, less the log of the
    number of orders in which they can come.
    """
    head = Categorical(4)
    raw = rng.normal(size=(n, 4))
    p = special.softmax(raw, axis=1)
    counts = rng.multinomial(draws, p)
    orders = special.gammaln(draws + 1) - special.gammaln(counts + 1).sum(axis=1)
    each = np.stack([_array(head.nll(np.full(n, k), raw)) for k in range(4)], axis=1)
    entropy = special.entr(counts / draws).sum(axis=1)
    loss = _array(keras.losses.KLDivergence(reduction=None)(counts / draws, p))
    return Pair((counts * each).sum(axis=1) - orders, draws * loss + draws * entropy - orders)


def logarithms(rng: np.random.Generator, n: int, scale: float = 0.7) -> Pair:
    """MeanSquaredLogarithmicError is a log-normal for y + 1, of median 1 + prediction."""
    head = LogNormal(scale=scale)
    prediction = rng.exponential(size=(n, 1)) * 5
    y = np.expm1(np.abs(rng.normal(np.log1p(prediction), scale)))
    loss = keras.losses.MeanSquaredLogarithmicError(reduction=None)
    offset = np.log(scale) + 0.5 * np.log(2 * np.pi) + np.log1p(y[:, 0])
    theirs = _array(loss(y, prediction)) / (2 * scale**2) + offset
    return Pair(_array(head.nll(y + 1, np.log1p(prediction))), theirs)


def alignments(rng: np.random.Generator, n: int, steps: int = 5, classes: int = 3) -> Pair:
    """CTC is the marginal likelihood: every path that collapses to the labels, added up."""
    head = Categorical(classes)
    raw = rng.normal(size=(n, steps, classes))
    each = np.stack(
        [[_array(head.nll(np.full(n, k), raw[:, t])) for k in range(classes)] for t in range(steps)]
    )  # (steps, classes, n)
    paths = list(product(range(classes), repeat=steps))
    logs = np.array([-sum(each[t, k] for t, k in enumerate(path)) for path in paths])
    collapsed = [collapse(path) for path in paths]
    possible = sorted(set(collapsed) - {()})
    chosen = [possible[k] for k in rng.integers(len(possible), size=n)]
    nll = np.empty(n)
    labels = np.zeros((n, steps), int)
    for i, target in enumerate(chosen):
        nll[i] = -special.logsumexp(logs[[c == target for c in collapsed], i])
        labels[i, : len(target)] = target
    return Pair(nll, _array(keras.losses.CTC(reduction=None)(labels, raw.astype("float32"))))


def collapse(path: tuple[int, ...]) -> tuple[int, ...]:
    """The labels that a path stands for: repeats merged, then blanks (0) taken out."""
    merged = [k for t, k in enumerate(path) if t == 0 or k != path[t - 1]]
    return tuple(k for k in merged if k != 0)


SPECIAL: dict[str, Callable[[np.random.Generator, int], Pair]] = {
    "CategoricalCrossentropy": one_hot,
    "KLDivergence": frequencies,
    "MeanSquaredLogarithmicError": logarithms,
    "CTC": alignments,
}
"""Losses whose y has another form than the head's."""

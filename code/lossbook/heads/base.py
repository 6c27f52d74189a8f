"""What a head is: a distribution, the activations its parameters need, and the loss that follows.

One vocabulary throughout:

- `raw`: what the last Dense layer puts out, shape `(…, units)`, any real numbers;
- `parameters`: name → value after the activation, shape `(…, size)`;
- `y`: the outcome, shape `(…,)` or `(…, 1)` for one number, `(…, size)` for several.

Here `…` is any number of axes, the same for all three: `(n,)` for samples, `(n, T)` for the steps
of sequences, `(n, h, w)` for the pixels of pictures. Losses and densities are natural logarithms
(nats), one number for each of them, shape `(…,)`. They are computed in the float type of the raw
outputs, in float32 at least.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from lossbook import backend
from lossbook._lazy import keras, ops
from lossbook.backend import Tensor
from lossbook.constraints import Constraint
from lossbook.heads.described import Described
from lossbook.links import FLOOR, Link, PositiveLink, ProbabilityLink, link_for
from lossbook.special import LOG_2PI as LOG_2PI


@dataclass(frozen=True)
class Parameter:
    """A parameter of a distribution: its name, its LaTeX symbol and what it must satisfy.

    `floor` is the least value of a positive parameter, for those that the loss divides by.
    """

    name: str
    symbol: str
    constraint: Constraint
    floor: float = FLOOR


@dataclass(frozen=True)
class KerasRelation:
    """How the full negative log likelihood relates to a Keras loss: nll = scale · loss + offset.

    `loss` is a Keras loss object without reduction that takes `(y, prediction)`; `prediction` is
    the name of the parameter it takes, or "raw" if it takes raw outputs. An `offset` that depends
    on y is a function of y, which gives `(n,)`.
    """

    loss: Any
    prediction: str
    scale: float
    offset: float | Callable[[Any], np.ndarray]


class Head(Described, ABC):
    """A distribution at the end of a network.

    A subclass states its support, its parameters with their constraints, and the negative log
    likelihood from raw outputs. The constraint on a parameter says which activations are possible;
    the default among them is looked up in `lossbook.links.DEFAULTS`, and `links` names another,
    for example `links={"rate": "exponential"}`.

    Outcomes outside the support raise ValueError where their values can be read (NumPy arrays,
    eager tensors); in a graph, under jit or compile, the loss of such a sample is NaN.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    question: ClassVar[str]
    """What y can be, in words: the first of the three questions."""
    support: ClassVar[Constraint]
    declared: ClassVar[tuple[Parameter, ...]]
    functional: ClassVar[str]
    """What the best constant prediction is: mean, median, class frequency …"""
    keras_loss: ClassVar[str]
    """The name of Keras's loss, or "" if Keras has none."""
    dropped: ClassVar[str]
    """What Keras's loss leaves out, in LaTeX; "" if nothing."""
    formula: ClassVar[str]
    """The negative log likelihood of one sample, in LaTeX."""

    def __init__(self, size: int = 1, links: Mapping[str, str] | None = None) -> None:
        self.size = whole(self, "size", size)
        names = [parameter.name for parameter in self.declared]
        chosen = dict(links or {})
        unknown = sorted(set(chosen) - set(names))
        if unknown:
            raise ValueError(
                f"{type(self).__name__} has no parameter {', '.join(unknown)}; "
                f"it has {', '.join(names)}"
            )
        self.links: dict[str, Link] = {
            p.name: link_for(p.constraint, chosen.get(p.name), p.floor) for p in self.declared
        }

    def sizes(self) -> dict[str, int]:
        """How many values each parameter has for one sample."""
        return {parameter.name: self.size for parameter in self.declared}

    @property
    def units(self) -> int:
        """How many units the last Dense layer needs."""
        return sum(self.links[name].raw_size(size) for name, size in self.sizes().items())

    @property
    def columns(self) -> int:
        """How many values y has for one sample."""
        return self.size

    def split(self, raw: Tensor) -> dict[str, Tensor]:
        """Raw outputs `(…, units)` cut into one piece a parameter, still before the activation."""
        raw = at_least_single(ops.convert_to_tensor(raw))
        if len(raw.shape) == 0 or raw.shape[-1] != self.units:
            raise ValueError(
                f"{type(self).__name__}: raw outputs have shape {tuple(raw.shape)}, but the last "
                f"axis must have {self.units} (give the last Dense layer {self.units} units)"
            )
        pieces, start = {}, 0
        for name, size in self.sizes().items():
            stop = start + self.links[name].raw_size(size)
            pieces[name] = raw[..., start:stop]
            start = stop
        return pieces

    def parameters(self, raw: Tensor) -> dict[str, Tensor]:
        """The distribution's parameters, from raw outputs `(…, units)`."""
        return {name: self.links[name].activation(z) for name, z in self.split(raw).items()}

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """The negative log likelihood `(…,)` in nats, with every constant, from raw outputs.

        Raises ValueError if shapes do not fit together, or if y can be read and lies outside the
        support; where it cannot be read, as in a graph, the loss of such a sample is NaN.
        """
        y, raw, inside = self._ready(y, raw)
        return where(inside, self._nll(y, self.split(raw)))

    def objective(self, y: Tensor, raw: Tensor) -> Tensor:
        """What training minimises `(…,)`: the negative log likelihood, unless the head says so."""
        return self.nll(y, raw)

    @property
    def loss(self) -> Any:
        """The mean of `objective` as a Keras loss: `model.compile(loss=head.loss)`.

        The model ends without an activation. The loss takes sample weights and masks, and is
        saved and loaded with the model.
        """
        from lossbook.heads.keras_loss import HeadLoss

        return HeadLoss(self)

    def gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """The derivative of `nll` with respect to each raw output, in the shape of `raw`."""
        shape = tuple(raw.shape) if hasattr(raw, "shape") else np.shape(raw)
        y, raw, inside = self._ready(y, raw)
        found = where(inside, self._gradient(y, raw), inner=True)
        return ops.squeeze(found, -1) if len(found.shape) > len(shape) else found

    def automatic_gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """The same by the backend's automatic differentiation, formula or not."""
        y, raw, _ = self._ready(y, raw)
        return backend.gradient(lambda at: self._nll(y, self.split(at)), raw)

    @abstractmethod
    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """`nll` from y `(…, columns)` and the raw outputs cut up by `split`, of one float type."""

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """`gradient` `(…, units)`; heads with a formula override this."""
        return backend.gradient(lambda at: self._nll(y, self.split(at)), raw)

    def inside(self, y: Any, xp: Any = np) -> Any:
        """Which outcomes `(…, columns)` the loss is defined for, `(…,)`; `xp` is NumPy or ops."""
        found = self.support.test(y, xp)
        return xp.all(found, axis=-1) if len(found.shape) == len(y.shape) else found

    def _ready(self, y: Tensor, raw: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """y `(…, columns)` and raw `(…, units)` in one float type, and which y are inside.

        The last is None if all are, as far as can be read. A y that is not is replaced, so that
        it spoils no gradient.
        """
        raw = at_least_single(ops.convert_to_tensor(raw))
        y = y if isinstance(y, np.ndarray) else _tensor(y)
        if self.units == 1 and _same_but_last(y.shape, raw.shape) and raw.shape[-1] != 1:
            raw = ops.expand_dims(raw, -1)  # Keras takes off a last axis of 1 in places
        y = arranged(self, y, raw, self._columns_of(y, raw))
        values = backend.seen(y)
        y = ops.cast(ops.convert_to_tensor(y), keras.backend.standardize_dtype(raw.dtype))
        if values is not None:
            self._check(np.asarray(values).astype(_name(raw)))
            return y, raw, None
        inside = self.inside(y, ops)
        example = ops.cast(self.support.example(y.shape[-1]), y.dtype)
        return ops.where(inside[..., None], y, example), raw, inside

    def _columns_of(self, y: Tensor, raw: Tensor) -> int:
        return self.columns

    def _check(self, y: np.ndarray) -> None:
        outside = ~np.asarray(self.inside(y))
        if outside.any():
            first = tuple(int(k) for k in np.argwhere(outside)[0])
            told: Any = [float(f"{value:.6g}") for value in y[first].ravel()]
            told = told[0] if len(told) == 1 else told
            place = first[0] if len(first) == 1 else first
            raise ValueError(
                f"{type(self).__name__}: y must be {self.words()}, but {outside.sum()} of "
                f"{outside.size} are not; the first is {told} at {place}"
            )

    def words(self) -> str:
        """What y must be."""
        return self.support.words

    @abstractmethod
    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """One outcome a row of `parameters` (NumPy, each `(n, size)`), in the shape of `y`.

        They are outcomes of the support in float32 too.
        """

    @abstractmethod
    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The functional of the sample that minimises the mean `nll`, from its definition."""

    def predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """The functional that the head predicts, from parameters `(n, size)` as NumPy.

        By default the first parameter; `best_constant` is its best value for a whole sample.
        """
        return parameters[self.declared[0].name]

    def keras_relation(self) -> KerasRelation | None:
        """How `nll` relates to Keras's own loss, or None where Keras has none."""
        return None

    @property
    def activations(self) -> tuple[str, ...]:
        """The names of the activations, in the order of the parameters."""
        return tuple(link.name for link in self.links.values())

    def positive(self, name: str) -> PositiveLink:
        """The link of a positive parameter."""
        link = self.links[name]
        assert isinstance(link, PositiveLink)
        return link

    def probability(self, name: str) -> ProbabilityLink:
        """The link of a probability."""
        link = self.links[name]
        assert isinstance(link, ProbabilityLink)
        return link


def arranged(head: Head, y: Tensor, raw: Tensor, columns: int) -> Tensor:
    """y as `(…, columns)`, for raw outputs `(…, units)`, whether it came with a last axis or not.

    Without this, `(n,)` minus `(n, 1)` would broadcast to `(n, n)` and train on nonsense. Raises
    ValueError if the shapes do not fit together; where they are not known before the graph runs,
    it fails then.
    """
    around, given = tuple(raw.shape[:-1]), y.shape
    if getattr(y.shape, "rank", 0) is None:
        return ops.reshape(y, (*ops.shape(raw)[:-1], columns))
    shape = tuple(y.shape)
    while len(shape) > len(around) + 1 and shape[-1] == 1:
        y, shape = y[..., 0], shape[:-1]
    if columns == 1 and len(shape) == len(around):
        y, shape = y[..., None], (*shape, 1)
    wanted = (*around, columns)
    if len(shape) != len(wanted) or any(
        None not in (have, want) and have != want for have, want in zip(shape, wanted, strict=True)
    ):
        name, dots = type(head).__name__, ", ".join("…" if k is None else str(k) for k in around)
        forms = f"({dots},) or ({dots}, 1)" if columns == 1 else f"({dots}, {columns})"
        raise ValueError(
            f"{name}: y has shape {tuple(given)}, but for raw outputs {tuple(raw.shape)} it must "
            f"be {forms}"
        )
    if None in shape or None in wanted:
        return ops.reshape(y, (*ops.shape(raw)[:-1], columns))
    return y


def at_least_single(raw: Tensor) -> Tensor:
    """The raw outputs in float32 if they have a shorter float type, or are whole numbers."""
    name = _name(raw)
    return raw if name in ("float32", "float64") else ops.cast(raw, "float32")


def _name(tensor: Tensor) -> str:
    return str(keras.backend.standardize_dtype(tensor.dtype))


def _tensor(y: Any) -> Any:
    return y if hasattr(y, "shape") and hasattr(y, "dtype") else np.asarray(y)


def _same_but_last(y: Any, raw: Any) -> bool:
    """Whether y and the raw outputs have as many axes, and the last is as long for both."""
    if getattr(y, "rank", 0) is None or len(y) != len(raw):
        return False
    return y[-1] is None or y[-1] == raw[-1]


def where(inside: Tensor | None, values: Tensor, inner: bool = False) -> Tensor:
    """The values, NaN where `inside` is not; `inner` if they have one axis more."""
    if inside is None:
        return values
    inside = inside[..., None] if inner else inside
    return ops.where(inside, values, ops.cast(float("nan"), values.dtype))


def per_sample(terms: Tensor) -> Tensor:
    """The sum over the last axis: independent parts of one outcome add their surprises."""
    return ops.sum(terms, axis=-1)


def held(z: Tensor) -> Tensor:
    """z within ±1e18, whose square float32 still has."""
    return ops.clip(z, -1e18, 1e18)


def unreduced(loss: str, **options: Any) -> Any:
    """Keras's loss of that class name, one number a sample."""
    return getattr(keras.losses, loss)(reduction=None, **options)


def whole(head: Any, name: str, value: int, least: int = 1, why: str = "") -> int:
    """The value, if it is a whole number of at least `least`; otherwise ValueError."""
    if int(value) != value or value < least:
        raise ValueError(
            f"{type(head).__name__}: {name} must be a whole number of at least {least}"
            f"{f' ({why})' if why else ''}, not {value}"
        )
    return int(value)


def above_zero(head: Any, name: str, value: float) -> float:
    """The value as a float, if it is finite and above zero; otherwise ValueError."""
    if not 0 < value < float("inf"):
        raise ValueError(
            f"{type(head).__name__}: {name} must be above zero and finite, not {value}"
        )
    return float(value)


EPSILON = float(np.finfo(np.float32).eps) / 2
LEAST = float(np.finfo(np.float32).tiny)
"""The smallest normal number of float32, where draws from a support above zero end."""
BELOW_ONE = 1 - EPSILON
"""The largest number below 1 that float32 has."""

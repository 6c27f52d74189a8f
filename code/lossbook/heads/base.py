"""What a head is: a distribution, the activations its parameters need, and the loss that follows.

One vocabulary throughout:

- `raw`: what the last Dense layer puts out, shape `(…, units)`, any real numbers;
- `parameters`: name → value after the activation, shape `(…, size)`;
- `y`: the outcome, shape `(…,)` or `(…, 1)` for one number, `(…, size)` for several.

Here `…` is any number of axes, the same for all three: none for one outcome, `(n,)` for samples,
`(n, T)` for the steps of sequences, `(n, h, w)` for the pixels of pictures. Losses and densities
are natural logarithms (nats), one number for each of them, shape `(…,)`. They are computed in the
float type of the raw outputs, in float32 at least.
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
from lossbook.heads import given
from lossbook.heads.arguments import whole
from lossbook.heads.described import Described, saved_as_loss_only
from lossbook.heads.tensors import (
    arranged,
    at_least_single,
    float_type,
    row_by_row,
    same_shape,
    shaped,
    where,
)
from lossbook.links import FLOOR, Link, PositiveLink, ProbabilityLink, link_for
from lossbook.special import LOG_2PI as LOG_2PI


@dataclass(frozen=True)
class Parameter:
    """A parameter of a distribution: its name, its LaTeX symbol and what it must satisfy.

    `floor` is what the softplus adds to a positive parameter, for those that the loss divides by.
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

    @saved_as_loss_only
    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """The negative log likelihood `(…,)` in nats, with every constant, from raw outputs.

        y is a tensor or an array, a list, or a column of a data frame. Raises ValueError if it
        holds no numbers, if shapes do not fit together, or if y can be read and lies outside the
        support; where it cannot be read, as in a graph, the loss of such a sample is NaN. Keras
        models take `loss`: one that is compiled with `nll` trains, but saving it raises ValueError.
        """
        y, raw, inside = self._ready(y, raw)
        return where(inside, self._nll(y, self.split(raw)))

    @saved_as_loss_only
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
        y = shaped(type(self).__name__, y)
        if self.units == 1 and same_shape(y.shape, raw.shape) and raw.shape[-1] != 1:
            raw = ops.expand_dims(raw, -1)  # Keras takes off a last axis of 1 in places
        y = arranged(type(self).__name__, y, raw, self._columns_of(y, raw))
        values = backend.seen(y)
        y = ops.cast(ops.convert_to_tensor(y), keras.backend.standardize_dtype(raw.dtype))
        if values is not None:
            self._check(np.asarray(values).astype(float_type(raw)))
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

    def sample(self, parameters: Mapping[str, Tensor], rng: np.random.Generator) -> np.ndarray:
        """One outcome a row of `parameters`, in the shape of `y`, as NumPy.

        The parameters are those that `parameters` gives, tensors or NumPy arrays, `(…, size)`. The
        draws are outcomes of the support in float32 too. Raises ValueError if a parameter is
        missing, or is a tensor in a graph, whose values cannot be read, if the shapes do not
        fit together, if a value breaks the parameter's constraint, or if no float holds a draw.
        """
        arrays = given.arrays(self, parameters)
        given.check(self, arrays)
        with np.errstate(all="ignore"):
            found = row_by_row(lambda rows: self._sample(rows, rng), arrays)
        return given.drawn(self, found, arrays)

    @abstractmethod
    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """`sample` from NumPy arrays `(n, size)`."""

    @abstractmethod
    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The functional of the sample that minimises the mean `nll`, from its definition."""

    def predict(self, parameters: Mapping[str, Tensor]) -> np.ndarray:
        """The functional that the head predicts, as NumPy, from what `parameters` gives.

        By default the first parameter; `best_constant` is its best value for a whole sample. What
        it is, the attribute `functional` says. The parameters are those of `sample`, and so are the
        errors, but that values which break a constraint pass, and NaN stays NaN.
        """
        return row_by_row(self._predict, given.arrays(self, parameters))

    def _predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """`predict` from NumPy arrays `(n, size)`."""
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


def unreduced(loss: str, **options: Any) -> Any:
    """Keras's loss of that class name, one number a sample."""
    return getattr(keras.losses, loss)(reduction=None, **options)

"""What a head is: a distribution, the activations its parameters need, and the loss that follows.

One vocabulary throughout:

- `raw`: what the last Dense layer puts out, shape `(n, units)`, any real numbers;
- `parameters`: name → value after the activation, shape `(n, size)`;
- `y`: the outcome, shape `(n,)` or `(n, 1)` for one number, `(n, size)` for several.

Losses and densities are natural logarithms (nats), one number a sample, shape `(n,)`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from lossbook._lazy import keras, ops, tf
from lossbook.constraints import Constraint
from lossbook.links import Link, Tensor, link_for

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Parameter:
    """A parameter of a distribution: its name, its LaTeX symbol and what it must satisfy."""

    name: str
    symbol: str
    constraint: Constraint


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


class Head(ABC):
    """A distribution at the end of a network.

    A subclass states its support, its parameters with their constraints, and the negative log
    likelihood from raw outputs. Activations are looked up from the constraints; `links` names
    another one where there is a real choice, for example `links={"rate": "exponential"}`.
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
        if size < 1:
            raise ValueError(f"{type(self).__name__}: size must be at least 1, not {size}")
        names = [parameter.name for parameter in self.declared]
        chosen = dict(links or {})
        unknown = sorted(set(chosen) - set(names))
        if unknown:
            raise ValueError(
                f"{type(self).__name__} has no parameter {', '.join(unknown)}; "
                f"it has {', '.join(names)}"
            )
        self.size = size
        self.links: dict[str, Link] = {
            p.name: link_for(p.constraint, chosen.get(p.name)) for p in self.declared
        }

    def sizes(self) -> dict[str, int]:
        """How many values each parameter has for one sample."""
        return {parameter.name: self.size for parameter in self.declared}

    @property
    def units(self) -> int:
        """How many units the last Dense layer needs."""
        return sum(self.links[name].raw_size(size) for name, size in self.sizes().items())

    def split(self, raw: Tensor) -> dict[str, Tensor]:
        """Raw outputs `(n, units)` cut into one piece a parameter, still before the activation."""
        raw = ops.convert_to_tensor(raw)
        if raw.shape[-1] != self.units:
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
        """The distribution's parameters, from raw outputs `(n, units)`."""
        return {name: self.links[name].activation(z) for name, z in self.split(raw).items()}

    @abstractmethod
    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """The negative log likelihood `(n,)` in nats, with every constant, from raw outputs."""

    def loss(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The same for `model.compile(loss=head.loss)`; the model ends without an activation."""
        return self.nll(y_true, y_pred)

    def gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """The derivative `(n, units)` of `nll` with respect to each raw output.

        Heads with a formula override this; the default differentiates `nll` automatically.
        """
        raw = tf.convert_to_tensor(raw)
        with tf.GradientTape() as tape:
            tape.watch(raw)
            total = ops.sum(self.nll(y, raw))
        return tape.gradient(total, raw)

    @abstractmethod
    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """One outcome a row of `parameters` (NumPy, each `(n, size)`), in the shape of `y`."""

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

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


def column(y: Tensor, like: Tensor) -> Tensor:
    """`y` as `(n, size)` in the dtype of `like`, whether it came as `(n,)` or `(n, size)`.

    Without this, `(n,)` minus `(n, 1)` would broadcast to `(n, n)` and train on nonsense.
    """
    y = ops.cast(ops.convert_to_tensor(y), keras.backend.standardize_dtype(like.dtype))
    if len(y.shape) < len(like.shape):
        y = ops.expand_dims(y, -1)
    if y.shape[-1] != like.shape[-1]:
        raise ValueError(
            f"y has {y.shape[-1]} values a sample and the prediction {like.shape[-1]}: "
            "they must be the same"
        )
    return y


def per_sample(terms: Tensor) -> Tensor:
    """The sum over the last axis: independent parts of one outcome add their surprises."""
    return ops.sum(terms, axis=-1)


def unreduced(loss: str, **options: Any) -> Any:
    """Keras's loss of that class name, one number a sample."""
    return getattr(keras.losses, loss)(reduction=None, **options)

"""What is known of a loss on some labels before there is a model."""

from dataclasses import dataclass, field

import numpy as np

EPSILON = 1e-7
"""Where Keras clips probabilities (`keras.config.epsilon()`)."""
ABOVE = float(-np.log(EPSILON))
"""What Keras makes of a probability of 0 for what happened: 16.118."""
BELOW = float(-np.log(1 - np.float32(1 - EPSILON)))
"""The same for a probability of 1 for what did not happen, 15.942: 1 - 1e-7 is rounded."""


@dataclass(frozen=True)
class Point:
    """A value at which a loss is a sign of something.

    `name` is how it is written ("log 10"), `value` is in the loss's own unit, and `meaning` says
    what a model that sits there is doing. `section` is the label of the course's section on it.
    """

    name: str
    value: float
    meaning: str
    section: str = "q-stuck"


@dataclass(frozen=True)
class Known:
    """The best constant prediction, what it costs, the least possible value, and the points.

    `least` is None where there is no least value, and `why` says what it is or why not. `unit` is
    that of the loss. `elements` is how many values of a sample the loss averages over.
    """

    prediction: str
    constant: float
    least: float | None
    why: str
    unit: str
    points: tuple[Point, ...] = ()
    elements: int = 1
    remarks: tuple[str, ...] = field(default=())


def listed(values: np.ndarray) -> str:
    """A few numbers in words."""
    flat = [f"{value:.4g}" for value in np.ravel(values)[:5]]
    return ", ".join(flat) + (", …" if np.size(values) > 5 else "")


def clipped(worst: float, share: str) -> tuple[Point, ...]:
    """What the limits of several libraries make of a mistake; `worst` is how often it is made."""
    limits = {"1e-7": ABOVE, "1e-12": float(-np.log(1e-12)), "1e-15": float(-np.log(1e-15))}
    points = [
        Point(
            f"{share}-log {limit}",
            worst * cost,
            f"a probability clipped at {limit} for what happened: confidently wrong, "
            "and without gradient",
            "q-clipped",
        )
        for limit, cost in limits.items()
    ]
    where = "PyTorch's limit of 100 for a logarithm: confidently wrong, and without gradient"
    return (*points, Point(f"{share}100", worst * 100, where, "q-clipped"))

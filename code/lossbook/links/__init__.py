"""From a constraint on a parameter to an activation that meets it.

The constraint says which links are possible. Where there are several, the canonical link of a
distribution singles one out: the one under which the gradient is prediction minus target, such as
the sigmoid of a Bernoulli or the exponential of a Poisson. `DEFAULTS` is this course's choice for
each constraint, canonical or not; a head takes another one by name, `links={"rate":
"exponential"}`.
"""

from lossbook.constraints import (
    ANGLE,
    CHOLESKY,
    ORDERED,
    POSITIVE,
    REAL,
    SIMPLEX,
    UNIT_INTERVAL,
    UNIT_VECTOR,
    Constraint,
)
from lossbook.links.base import FLOOR as FLOOR
from lossbook.links.base import Link, PositiveLink
from lossbook.links.base import ProbabilityLink as ProbabilityLink
from lossbook.links.elementwise import CLogLog, Exponential, Identity, Probit, Sigmoid, Softplus
from lossbook.links.joint import Angle, CholeskyFactor, Direction, Softmax, Steps

LINKS: dict[str, type[Link]] = {
    link.name: link
    for link in (
        Identity, Sigmoid, Probit, CLogLog, Softmax, Softplus, Exponential,
        Direction, Angle, Steps, CholeskyFactor,
    )
}  # fmt: skip
"""Every link by name: the name that Keras gives its activation, where Keras has it."""

DEFAULTS: dict[str, str] = {
    REAL.name: "linear",
    UNIT_INTERVAL.name: "sigmoid",
    SIMPLEX.name: "softmax",
    POSITIVE.name: "softplus",
    UNIT_VECTOR.name: "direction",
    ANGLE.name: "angle",
    ORDERED.name: "steps",
    CHOLESKY.name: "cholesky",
}
"""Constraint → the link taken when nobody asks for another.

For a number above zero that is a softplus, which is canonical for none of the heads: far above
zero it grows in a straight line, so that a large raw output overflows nothing.
"""


def link_for(constraint: Constraint, name: str | None = None, floor: float = 0.0) -> Link:
    """The link that meets `constraint`: the default one, or the one called `name`.

    `floor` is what a softplus adds. Raises ValueError if there is no such link, or if it does not
    meet the constraint.
    """
    chosen = DEFAULTS[constraint.name] if name is None else name
    if chosen not in LINKS:
        raise ValueError(f"no link is called {chosen!r}; there are {', '.join(LINKS)}")
    kind = LINKS[chosen]
    link = kind(floor) if issubclass(kind, PositiveLink) else kind()
    if link.constraint is not constraint:
        fitting = [n for n, kind in LINKS.items() if kind.constraint is constraint]
        raise ValueError(
            f"link {chosen!r} gives values that are {link.constraint.words}, but the parameter "
            f"must be {constraint.words}; take one of {', '.join(fitting)}"
        )
    return link

"""What the catalogue says about one loss, and about one activation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Likelihood:
    """A loss of Keras that is a negative log likelihood, up to what it drops.

    Text is Markdown with LaTeX between dollar signs.
    """

    loss: str
    """Keras's class name."""
    density: str
    """Of what, with its normaliser."""
    predicts: str
    dropped: str
    """What Keras leaves out of the negative log likelihood."""
    head: str
    """Name in the registry of heads."""
    label: str
    """The chapter that derives it."""

    likelihood = True


@dataclass(frozen=True)
class NoLikelihood:
    """A loss of Keras that is not the negative log likelihood of any distribution."""

    loss: str
    why: str
    """The argument that no density has it as its negative log likelihood."""
    predicts: str
    """What minimises its expected value instead."""
    cost: str
    """What that costs in calibration."""
    instead: str
    """Head for the same kind of y, if probabilities are wanted."""
    repair: str = ""
    """How probabilities can be had from its minimiser, if they can."""

    likelihood = False


@dataclass(frozen=True)
class Activation:
    """What the catalogue says of an activation at the end of a network."""

    name: str
    meets: str
    """Name of the constraint that its values meet; "" if none of them."""
    gradient: str
    fit: bool
    """Whether it should end a network."""
    why: str
    """The parameter it is for, or why it is unfit."""

"""What the floor of a softplus does to the gradient far below it, as chapters 12 and 16 say."""

import numpy as np
import pytest
from lossbook.heads import Exponential, Gamma, GaussianScale, InverseGaussian

HEADS = {
    "mean": (Exponential, Gamma, InverseGaussian),
    "scale": (GaussianScale,),
}
CASES = [(head, name) for name, heads in HEADS.items() for head in heads]


def pull(head, name, value):
    """The derivative in the raw output of the named parameter, where it is far too small."""
    raw = np.zeros((1, head.units))
    raw[0, [p.name for p in head.declared].index(name)] = value
    return float(np.asarray(head.gradient([2.0], raw))[0, raw[0] != 0][0])


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_far_below_its_floor_a_softplus_has_no_gradient_left_and_the_exponential_has(kind, name):
    floored, free = kind(), kind(links={name: "exponential"})
    assert pull(floored, name, -5.0) < -1, "well above the floor it pulls back"
    assert abs(pull(floored, name, -80.0)) < 1e-3
    assert pull(free, name, -20.0) < pull(free, name, -5.0) < -1

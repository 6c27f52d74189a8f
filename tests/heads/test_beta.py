"""Draws from a beta that is piled up at the borders come near them, and stay off them."""

import numpy as np
from lossbook.heads import Beta


def test_draws_near_the_borders():
    parameters = {"mean": np.full((20_000, 1), 0.5), "concentration": np.full((20_000, 1), 0.2)}
    y = Beta().sample(parameters, np.random.default_rng(0))
    assert (y > 0).all()
    assert (y < 1).all()
    for share in (np.mean(y < 1e-6), np.mean(y > 1 - 1e-6)):
        assert 0.05 < share < 0.45
    assert np.mean(y < 1e-11) > 0.01

"""Pairs of towers side by side learn as each pair would alone, and give vectors of length one."""

import numpy as np
import pytest
from lossbook import keras, ops, training
from workshop.models.towers import PIXELS, embedded, towers

X = np.random.default_rng(0).random((24, 2 * PIXELS)).astype("float32")


def infonce(unused, both):
    table = both[:, :4] @ ops.transpose(both[:, 4:]) / 0.5
    rows = ops.arange(ops.shape(table)[0])
    return keras.losses.sparse_categorical_crossentropy(rows, table, from_logits=True)


def trained(seeds):
    nets = towers(infonce, 4, seeds, dropped=0.0)
    together = np.repeat(X[:, None], len(seeds), axis=1)
    training.fit(nets, together, np.zeros(len(X)), epochs=6, batch_size=8, seed=1, progress=False)
    return embedded(nets, X)


def test_each_pair_of_towers_learns_as_it_would_alone():
    together = trained((3, 4))
    for k, seed in enumerate((3, 4)):
        for mine, alone in zip(together, trained((seed,)), strict=True):
            np.testing.assert_allclose(mine[k], alone[0], atol=2e-5)
    assert np.abs(together[0][0] - together[0][1]).max() > 0.1


def test_the_vectors_have_length_one_and_come_from_their_own_half():
    nets = towers(infonce, 4, (0, 1, 2))
    upper, lower = embedded(nets, X)
    assert upper.shape == lower.shape == (3, 24, 4)
    np.testing.assert_allclose(np.linalg.norm([upper, lower], axis=-1), 1, rtol=1e-5)
    other = X.copy()
    other[:, PIXELS:] = 0.5
    moved_upper, moved_lower = embedded(nets, other)
    np.testing.assert_allclose(moved_upper, upper, atol=1e-6)
    assert np.abs(moved_lower - lower).max() > 0.1


@pytest.mark.parametrize("seeds", [(5, 6), (5, 5)])
def test_equal_seeds_start_alike_and_the_two_sides_never_do(seeds):
    upper, lower = embedded(towers(infonce, 4, seeds), np.concatenate([X[:, :PIXELS]] * 2, axis=1))
    assert np.allclose(upper[0], upper[1]) == (seeds[0] == seeds[1])
    assert np.abs(upper - lower).max() > 0.1

"""The best constant answer of labels, by searching for it, in each form that labels have."""

import numpy as np
import pytest
from lossbook import best_constant
from scipy import optimize, stats

RNG = np.random.default_rng(0)
TABLE = np.round(RNG.gamma(2.0, 1.5, (31, 3)), 2) * [1.0, 50.0, 0.1]
YES = (RNG.random((40, 3)) < [0.1, 0.5, 0.97]).astype(float)


def searched(loss, column):
    """The least mean loss of one constant for a column."""
    found = [
        optimize.minimize_scalar(
            lambda c: np.mean(loss(column, c)), bounds=(low, high), method="bounded",
            options={"xatol": 1e-10},
        ).fun
        for low, high in [(column.min(), column.max() + 1e-9)]
    ]  # fmt: skip
    return found[0]


def entropy_of(y, p):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return -y * np.log(p) - (1 - y) * np.log1p(-p)


OF_COLUMNS = {
    "squared": (lambda y, c: (y - c) ** 2, TABLE),
    "absolute": (lambda y, c: np.abs(y - c), TABLE),
    "binary": (entropy_of, YES),
}


@pytest.mark.parametrize("name", OF_COLUMNS)
@pytest.mark.parametrize("rows", [30, 31])
def test_each_column_has_a_constant_of_its_own_and_their_losses_are_averaged(name, rows):
    loss, table = OF_COLUMNS[name]
    table = table[:rows]
    each = [searched(loss, column) for column in table.T]
    found = getattr(best_constant, name)(table)
    assert type(found) is float
    np.testing.assert_allclose(found, np.mean(each), rtol=1e-6)
    for column, alone in zip(table.T, each, strict=True):
        np.testing.assert_allclose(getattr(best_constant, name)(column[:, None]), alone, rtol=1e-6)


def test_a_column_that_is_constant_costs_nothing():
    for name in OF_COLUMNS:
        assert abs(getattr(best_constant, name)(np.ones((5, 2)))) < 1e-12
    assert best_constant.classes(np.full(5, 3)) == 0


def test_a_soft_label_counts_with_its_share():
    y = np.array([[0.25], [0.75], [0.5], [0.1]])
    np.testing.assert_allclose(best_constant.binary(y), stats.bernoulli(y.mean()).entropy())


@pytest.mark.parametrize("numbers", [[0, 1, 1, 2], [7, 3, 3, 3, -1], [0.0, 2.0, 2.0]])
def test_classes_are_counted_whatever_their_numbers_are(numbers):
    shares = [numbers.count(one) / len(numbers) for one in set(numbers)]
    np.testing.assert_allclose(best_constant.classes(np.array(numbers)), stats.entropy(shares))


def test_the_entropy_is_that_of_each_row_and_nothing_for_what_never_occurs():
    q = np.array([[[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]], [[0.2, 0.3, 0.5], [1 / 3, 1 / 3, 1 / 3]]])
    np.testing.assert_allclose(best_constant.entropy(q), stats.entropy(q, axis=-1))


@pytest.mark.parametrize("shape", [(6,), (6, 1), (3, 2), (2, 3, 1), (1, 3, 2), (3, 1, 1, 2), ()])
def test_only_a_table_has_columns_and_all_else_is_one(shape):
    y = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    found = best_constant.columns(y)
    assert found.shape == (shape if len(shape) == 2 else (y.size, 1))
    np.testing.assert_array_equal(found.ravel(), y.ravel())


@pytest.mark.parametrize("size", [1, 2, 7, 40, 1000])
def test_entropies_are_scipys_in_nats_along_the_last_axis(size):
    q = RNG.dirichlet(np.full(size, 0.5), (3, 4))
    q[0, 0] = np.eye(size)[0]
    np.testing.assert_allclose(best_constant.entropy(q), stats.entropy(q, axis=-1), atol=1e-12)
    np.testing.assert_allclose(best_constant.classes(np.arange(size)), np.log(size), atol=1e-12)

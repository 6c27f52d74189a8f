"""Constraints: what they accept is what their symbols and words say."""

import itertools

import numpy as np
import pytest
from lossbook import constraints, ops
from lossbook.constraints import Constraint

ALL = {name: c for name, c in vars(constraints).items() if isinstance(c, Constraint)}
INSIDE = {
    "REAL": [-1e30, 0.0, 7.5],
    "POSITIVE": [1e-30, 1.0, 1e30],
    "NON_NEGATIVE": [0.0, 1e-30, 1e30],
    "UNIT_INTERVAL": [0.0, 0.3, 1.0],
    "OPEN_UNIT": [1e-30, 0.3, 1 - 1e-15],
    "COUNT": [0.0, 1.0, 1e9],
    "BINARY": [0.0, 1.0],
    "CLASS": [0, 1, 25],
    "CENSORED": [[0.1, 0.0], [3.0, 1.0]],
    "ANGLE": [-3.14, 0.0, np.pi, np.float32(np.pi), -np.float32(np.pi)],
    "UNIT_VECTOR": [[0.6, 0.8], [0.0, -1.0], [0.6, 0.80001]],
    "ORDERED": [[-1.0, 0.0, 3.0]],
    "CHOLESKY": [[1.0, -3.0, 0.1]],
    "SIMPLEX": [[0.0, 0.5, 0.5], [0.2, 0.3, 0.5], [0.2, 0.3, 0.50001]],
    "OPEN_SIMPLEX": [[0.2, 0.3, 0.5], [0.2, 0.3, 0.50001]],
}
OUTSIDE = {
    "REAL": [np.inf, -np.inf, np.nan],
    "POSITIVE": [0.0, -1.0, np.inf, np.nan],
    "NON_NEGATIVE": [-1e-9, np.inf, np.nan],
    "UNIT_INTERVAL": [-1e-9, 1.0001, np.nan],
    "OPEN_UNIT": [0.0, 1.0, -0.1, np.nan],
    "COUNT": [-1.0, 0.5, np.inf, np.nan],
    "BINARY": [-1.0, 0.5, 2.0, np.nan],
    "CLASS": [-1.0, 0.5, np.inf, np.nan],
    "CENSORED": [[0.0, 1.0], [-1.0, 0.0], [1.0, 2.0], [np.inf, 0.0], [1.0, 0.5], [np.nan, 1.0]],
    "ANGLE": [3.1417, -3.1417, 90.0, np.nan],
    "UNIT_VECTOR": [[1.0, 1.0], [0.0, 0.0], [5.0, 0.0], [0.6, 0.8002], [np.nan, 1.0]],
    "ORDERED": [[1.0, 1.0, 2.0], [2.0, 1.0, 3.0]],
    "CHOLESKY": [[1.0, 2.0, 0.0], [-1.0, 2.0, 1.0]],
    "SIMPLEX": [[-0.1, 0.6, 0.5], [0.2, 0.2, 0.2], [0.2, 0.3, 0.5001], [np.nan, 0.5, 0.5]],
    "OPEN_SIMPLEX": [[0.0, 0.5, 0.5], [-0.1, 0.6, 0.5], [0.2, 0.2, 0.2], [0.2, 0.3, 0.5001]],
}


@pytest.mark.parametrize("name", ALL)
def test_what_a_constraint_accepts(name):
    for values, expected in ((INSIDE[name], True), (OUTSIDE[name], False)):
        for value in values:
            value = np.array(value, float)
            assert bool(np.all(ALL[name].contains(value))) == expected, value
            of_tensors = ALL[name].test(ops.convert_to_tensor(value), ops)
            assert bool(np.all(of_tensors)) == expected, value


@pytest.mark.parametrize("name", ["SIMPLEX", "OPEN_SIMPLEX", "UNIT_VECTOR"])
def test_every_place_of_a_vector_is_looked_at(name):
    """These sets are the same in whatever order the values stand."""
    for values, expected in ((INSIDE[name], True), (OUTSIDE[name], False)):
        for value in values:
            for turn in range(len(value)):
                turned = np.roll(np.array(value, float), turn)
                assert bool(ALL[name].contains(turned)) == expected, turned
                of_tensors = ALL[name].test(ops.convert_to_tensor(turned), ops)
                assert bool(of_tensors) == expected, turned


@pytest.mark.parametrize("name", ["ORDERED", "CHOLESKY", "SIMPLEX", "OPEN_SIMPLEX", "UNIT_VECTOR",
                                  "CENSORED"])  # fmt: skip
def test_of_several_vectors_each_is_taken_or_refused_on_its_own(name):
    members = INSIDE[name] + [v for v in OUTSIDE[name] if len(v) == len(INSIDE[name][0])]
    rows = np.array(members, float)
    expected = np.arange(len(rows)) < len(INSIDE[name])
    np.testing.assert_array_equal(ALL[name].contains(rows), expected)
    blocks = np.stack([rows, rows[::-1]])
    np.testing.assert_array_equal(ALL[name].contains(blocks), [expected, expected[::-1]])


def test_different_constraints_have_different_names_symbols_and_words():
    for one, other in itertools.combinations(ALL.values(), 2):
        assert one.name != other.name
        assert one.symbol != other.symbol, (one, other)
        assert one.words != other.words


WORDS = {
    "REAL": ("real", "\\mathbb{R}", "any real number"),
    "POSITIVE": ("positive", "(0, \\infty)", "above zero"),
    "NON_NEGATIVE": ("non-negative", "[0, \\infty)", "zero or above"),
    "UNIT_INTERVAL": ("unit interval", "[0, 1]", "between zero and one"),
    "OPEN_UNIT": ("open unit interval", "(0, 1)", "strictly between 0 and 1"),
    "COUNT": ("count", "\\{0, 1, 2, \\dots\\}", "0, 1, 2, …"),
    "BINARY": ("binary", "\\{0, 1\\}", "0 or 1"),
    "CLASS": ("class", "\\{0, \\dots, K-1\\}", "a class number from 0 to K - 1"),
    "CENSORED": (
        "censored time",
        "(0, \\infty) \\times \\{0, 1\\}",
        "a time above zero, and whether the event happened then",
    ),
    "ANGLE": ("angle", "(-\\pi, \\pi]", "an angle in radians"),
    "UNIT_VECTOR": ("unit vector", "S^{d-1}", "a vector of length one"),
    "ORDERED": ("ordered", "c_1 < \\dots < c_{K-1}", "rising"),
    "CHOLESKY": (
        "Cholesky factor",
        "\\{L : L_{ii} > 0\\}",
        "a lower triangle, row by row, with a positive diagonal",
    ),
    "SIMPLEX": ("simplex", "\\Delta^{K-1}", "positive, summing to one"),
    "OPEN_SIMPLEX": (
        "open simplex",
        "\\operatorname{int}\\Delta^{K-1}",
        "shares above zero, summing to one",
    ),
}
"""Constraint → its name, its LaTeX and its words, as pages and error messages have them."""


def test_each_constraint_is_called_what_it_is():
    assert {n: (c.name, c.symbol, c.words) for n, c in ALL.items()} == WORDS


@pytest.mark.parametrize("size", [1, 2, 3, 6])
@pytest.mark.parametrize("name", ["REAL", "POSITIVE", "NON_NEGATIVE", "UNIT_INTERVAL", "OPEN_UNIT",
                                  "COUNT", "BINARY", "CLASS", "CENSORED", "ANGLE", "UNIT_VECTOR",
                                  "SIMPLEX", "OPEN_SIMPLEX"])  # fmt: skip
def test_the_example_of_an_outcome_is_a_member(name, size):
    """It stands in for outcomes that are left out, so its loss must be finite."""
    size = 2 if name == "CENSORED" else size
    example = np.broadcast_to(ALL[name].example(size), (size,))
    assert np.all(ALL[name].contains(example.astype(float)))
    assert np.all(ALL[name].contains(example.astype("float32")))


@pytest.mark.parametrize("name", ALL)
def test_a_constraint_is_written_with_its_name(name):
    assert repr(ALL[name]) == f"Constraint('{ALL[name].name}')"


def test_numbers_that_fill_no_triangle_are_one_clear_error():
    for side in range(1, 9):
        rows, columns = np.tril_indices(side)
        assert constraints.triangle_side(len(rows)) == side
        assert constraints.diagonal(len(rows)) == np.flatnonzero(rows == columns).tolist()
    for entries in (2, 4, 5, 7, 8, 9, 11):
        with pytest.raises(ValueError, match=f"^{entries} numbers do not fill a triangle"):
            constraints.diagonal(entries)

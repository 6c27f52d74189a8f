"""y as people have it: lists, columns of data frames, masked arrays, whole numbers. Every head."""

import numpy as np
import pandas as pd
import pytest
from lossbook import ops
from lossbook.heads import HEADS
from oracles import CASES

ROWS = 7
NAMES = list(HEADS)


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def sampled(name):
    head = CASES[name].head()
    raw = np.random.default_rng(0).normal(size=(ROWS, head.units)).astype("float32")
    given = {key: array(value) for key, value in head.parameters(raw).items()}
    return head, raw, np.asarray(head.sample(given, np.random.default_rng(0)))


def forms(y):
    columns = y.reshape(ROWS, -1)
    found = {
        "list": y.tolist(),
        "tuples": tuple(tuple(row) for row in columns.tolist()),
        "data frame": pd.DataFrame(columns, index=range(ROWS, 0, -1)),
        "objects": y.astype(object),
        "masked array without a masked value": np.ma.masked_array(y),
        "float32": y.astype("float32"),
        "in Fortran's order": np.asfortranarray(columns),
    }
    if columns.shape[1] == 1:
        # The index goes its own way: rows are rows.
        found["series"] = pd.Series(columns[:, 0], index=list("gfedcba"))
        found["nullable series"] = pd.Series(columns[:, 0], dtype="Float64")
        found["column of a data frame"] = pd.DataFrame({"y": columns[:, 0]})["y"]
    if (columns == np.round(columns)).all():
        for kind in ("int8", "int32", "int64", "uint8", "uint64"):
            if (columns >= 0).all():
                found[kind] = columns.astype(kind)
        found["whole numbers in a frame"] = pd.DataFrame(columns.astype("int64"))
        if set(np.unique(columns)) <= {0, 1}:
            found["truth values"] = columns.astype(bool)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_and_its_slope_are_the_same_in_whatever_form_y_comes(name):
    head, raw, y = sampled(name)
    loss, slope = array(head.nll(y, raw)), array(head.gradient(y, raw))
    for form, given in forms(y).items():
        np.testing.assert_allclose(array(head.nll(given, raw)), loss, rtol=1e-5, err_msg=form)
        np.testing.assert_allclose(
            array(head.gradient(given, raw)), slope, rtol=1e-4, atol=1e-5, err_msg=form
        )
        np.testing.assert_allclose(
            array(head.objective(given, raw)), array(head.objective(y, raw)), rtol=1e-5
        )


def wrongs(y):
    columns = y.reshape(ROWS, -1)
    text = columns.astype(str)
    gap = columns.astype(object)
    gap[3, 0] = None
    return {
        "strings": text,
        "strings as objects": text.astype(object),
        "None in a place": gap,
        "complex numbers": columns + 0j,
        "dates": np.full(columns.shape, np.datetime64("2026-11-27")),
        "categories of a frame": pd.DataFrame(text).astype("category"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_what_holds_no_numbers_is_one_clear_error(name):
    head, raw, y = sampled(name)
    for form, given in wrongs(y).items():
        with pytest.raises(ValueError, match=rf"^{type(head).__name__}: y must hold numbers, but"):
            pytest.fail(f"{form}: {head.nll(given, raw)}")


@pytest.mark.parametrize("name", NAMES)
def test_values_that_are_masked_are_counted_and_refused(name):
    head, raw, y = sampled(name)
    masked = np.ma.masked_array(y.reshape(ROWS, -1).astype(float), mask=False)
    masked[[1, 4], 0] = np.ma.masked
    said = rf"^{type(head).__name__}: y is masked in 2 of {masked.size} places: leave these outco"
    with pytest.raises(ValueError, match=said):
        head.nll(masked, raw)


@pytest.mark.parametrize("name", NAMES)
def test_rows_of_different_lengths_are_one_clear_error(name):
    head, raw, _ = sampled(name)
    rows = [[0.5] * (head.columns + k % 2) for k in range(ROWS)]
    with pytest.raises(
        ValueError, match=r": y must be an array, or a list with rows of one length"
    ):
        head.nll(rows, raw)


@pytest.mark.parametrize("kind", ["float64", "Float64"])
@pytest.mark.parametrize("name", NAMES)
def test_a_missing_number_in_a_frame_is_outside_the_support(name, kind):
    head, raw, y = sampled(name)
    frame = pd.DataFrame(y.reshape(ROWS, -1)).astype(kind)
    frame.iloc[2, 0] = pd.NA if kind == "Float64" else np.nan
    # pandas keeps NA in frames of several columns, and makes NaN of it in others.
    said = rf"but 1 of {ROWS} are not; the first is .*nan.* at 2|must hold numbers.*, such as <NA>"
    with pytest.raises(ValueError, match=said):
        head.nll(frame, raw)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", [n for n, kind in HEADS.items() if kind().columns == 1])
def test_few_outcomes_in_a_row_are_as_many_outcomes_as_in_a_column(name, n):
    """Two in a row are two outcomes, and no pair of successes and trials."""
    head = HEADS[name]()
    rng = np.random.default_rng(4)
    raw = rng.normal(scale=0.3, size=(n, head.units))
    y = np.asarray(head.sample(head.parameters(raw), rng), float).reshape(n, 1)
    found = []
    for form in (y[:, 0], y):
        try:
            found.append(np.asarray(head.best_constant(form), float))
        except ValueError as problem:  # too few to have one
            found.append(str(problem))
    flat, column = found
    assert flat == column if isinstance(flat, str) else np.allclose(flat, column, equal_nan=True)

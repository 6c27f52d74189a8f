"""Student's t where the square of an error would overflow, against scipy."""

import numpy as np
import pytest
from lossbook.heads import StudentT
from scipy import stats


def test_log_density_far_out():
    error = np.geomspace(1, 1e12, 60)
    raw = np.stack([np.zeros(60), np.full(60, 0.3)], axis=1)
    scale = np.logaddexp(0, 0.3) + 1e-6
    for df in (1.0, 4.0):
        found = np.asarray(StudentT(df=df).nll(error[:, None], raw))
        np.testing.assert_allclose(found, -stats.t.logpdf(error, df, 0, scale), rtol=1e-9)


def test_finite_in_float32_where_the_square_overflows():
    raw = np.array([[0.0, 0.0]], "float32")
    head = StudentT(df=4)
    y = np.array([[1e30]], "float32")
    assert np.isclose(float(head.nll(y, raw)[0]), -stats.t.logpdf(1e30, 4, 0, np.log(2)), rtol=1e-5)
    assert np.isfinite(np.asarray(head.gradient(y, raw))).all()


def test_the_best_constant_of_lopsided_data_is_scipys():
    """Where the data are skewed, the location depends on the scale that is fitted with it."""
    y = np.random.default_rng(0).exponential(size=400)
    for df in (1.0, 4.0):
        _, location, _ = stats.t.fit(y, f0=df)
        assert np.isclose(StudentT(df=df).best_constant(y[:, None])[0], location, atol=1e-3)


def test_the_best_constant_of_equal_outcomes_is_their_value():
    y = np.array([[2.0, 1.0], [2.0, 5.0], [2.0, 3.0], [2.0, 1.5]])
    found = StudentT(size=2).best_constant(y)
    assert found[0] == 2
    assert np.isclose(found[1], StudentT().best_constant(y[:, 1:])[0])


@pytest.mark.parametrize("df", [4.5, 12.0, 31.0, 60.0, 150.0, 400.0])
def test_draws_scatter_as_much_as_their_degrees_of_freedom_say(df):
    """By df / (df - 2), also where a Gaussian is near: the standard error here is 0.001 or so."""
    n = 2_000_000 if df > 100 else 500_000
    head = StudentT(df=df)
    given = {"location": np.full((n, 1), 3.0), "scale": np.full((n, 1), 2.0)}
    y = (np.asarray(head.sample(given, np.random.default_rng(1)), float).ravel() - 3) / 2
    square = y**2
    error = square.std() / np.sqrt(n)
    assert abs(square.mean() - df / (df - 2)) < 4 * error
    assert df > 200 or square.mean() - 1 > 4 * error  # a Gaussian's would be 1

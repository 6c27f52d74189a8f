"""The exact lines against scipy, statsmodels and, for small samples, every candidate there is."""

from itertools import combinations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from workshop.models.exact_lines import mean_line, median_line, network_line


def sample(seed, n):
    rng = np.random.default_rng(seed)
    x = rng.uniform(3, 9, n)
    return x, 2 - 0.4 * x + rng.standard_t(3, n)


def absolute(line, x, y):
    return np.abs(y - line[0] - line[1] * x).sum()


@pytest.mark.parametrize("seed", range(5))
def test_mean_line_is_scipys(seed):
    x, y = sample(seed, 40)
    theirs = stats.linregress(x, y)
    np.testing.assert_allclose(mean_line(x, y), [theirs.intercept, theirs.slope], rtol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_median_line_is_statsmodels(seed):
    x, y = sample(seed, 41)
    theirs = sm.QuantReg(y, sm.add_constant(x)).fit(q=0.5, max_iter=5000, p_tol=1e-10).params
    ours = median_line(x, y)
    np.testing.assert_allclose(ours, theirs, atol=1e-3)
    assert absolute(ours, x, y) <= absolute(theirs, x, y) + 1e-9


@pytest.mark.parametrize("n", [2, 5, 8, 13])
def test_median_line_beats_every_line_through_two_points(n):
    # An optimum of the linear programme lies at a vertex: a line through two of the points.
    x, y = sample(n, n)
    best = min(
        absolute((y[i] - (y[j] - y[i]) / (x[j] - x[i]) * x[i], (y[j] - y[i]) / (x[j] - x[i])), x, y)
        for i, j in combinations(range(n), 2)
    )
    assert absolute(median_line(x, y), x, y) == pytest.approx(best, abs=1e-9)


def test_network_line_is_what_the_network_predicts():
    from lossbook import training
    from workshop import models

    training.set_seed(3)
    model = models.iris_network()
    intercept, slope = network_line(model)
    x = np.linspace(-5, 8, 20)
    np.testing.assert_allclose(
        training.predict(model, x[:, None])[:, 0], intercept + slope * x, atol=1e-4
    )


def test_network_with_an_activation_is_no_line():
    from lossbook import training
    from workshop import models

    training.set_seed(3)
    with pytest.raises(ValueError, match="has an activation"):
        network_line(models.iris_network(activation="relu"))


@pytest.mark.parametrize("line", [mean_line, median_line])
def test_unsuitable_arrays_are_named(line):
    with pytest.raises(ValueError, match=r"\(3, 1\)"):
        line(np.ones((3, 1)), np.ones(3))
    with pytest.raises(ValueError, match="finite"):
        line(np.array([1.0, np.nan]), np.ones(2))


def test_equal_inputs_have_no_slope():
    with pytest.raises(ValueError, match="no slope"):
        mean_line(np.ones(4), np.arange(4.0))

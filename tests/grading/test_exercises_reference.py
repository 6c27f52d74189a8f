"""Reference solutions to the exercises of the pages of reference, against libraries."""

import mpmath
import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from solved import solutions


def test_choose_against_scipy():
    answer, rng = solutions("choose"), np.random.default_rng(0)
    kinds = [stats.bernoulli(0.4), stats.poisson(4), stats.beta(2, 3), stats.gamma(3), stats.norm()]
    for kind in kinds:
        y = kind.rvs(300, random_state=rng).astype(float)
        # Each distribution rules out what has probability zero under it.
        possible = [
            np.all(np.isfinite(stats.bernoulli(0.5).logpmf(y))),
            np.all(np.isfinite(stats.poisson(1).logpmf(y))),
            np.all(np.isfinite(stats.beta(2, 2).logpdf(y))),
            np.all(np.isfinite(stats.gamma(2).logpdf(y))),
            np.all(np.isfinite(stats.norm().logpdf(y))),
        ]
        np.testing.assert_array_equal(answer["supports"](y), np.array(possible, float))
    y = rng.gamma(2, size=50)
    fits = stats.expon(*stats.expon.fit(y, floc=0)), stats.lognorm(*stats.lognorm.fit(y, floc=0))
    expected = [-fit.logpdf(y).mean() for fit in fits]
    np.testing.assert_allclose(answer["two_fits"](y), expected, rtol=1e-5)


def test_catalogue_against_scipy_and_statsmodels():
    answer, rng = solutions("catalogue"), np.random.default_rng(0)
    p = rng.uniform(0.05, 0.95, 7)
    bernoulli = -stats.bernoulli.logpmf(np.array([[0], [1]]), p)
    np.testing.assert_allclose(answer["is_likelihood"](bernoulli), np.ones(8))
    poisson = -stats.poisson.logpmf(np.arange(60)[:, None], 5 * p)
    assert answer["is_likelihood"](poisson)[-1] == 1
    assert answer["is_likelihood"](2 * bernoulli)[-1] == 0
    s = rng.normal(size=80)
    y = (rng.random(80) < 1 / (1 + np.exp(-s))).astype(float)
    fitted = sm.Logit(y, sm.add_constant(s)).fit(disp=0)
    np.testing.assert_allclose(answer["platt"](s, y), fitted.params, atol=1e-6)


def test_activations_against_sixty_digits_and_the_mean():
    answer = solutions("activations")
    z = np.array([-1e9, -300.0, -1.0, 0.0, 2.0, 1e9])
    with mpmath.workdps(60):
        square = lambda v: (v + mpmath.sqrt(v**2 + 4)) / 2  # noqa: E731
        values = [float(square(mpmath.mpf(v))) for v in z]
        slopes = [float(mpmath.diff(square, mpmath.mpf(v))) for v in z]
    np.testing.assert_allclose(answer["squareplus"](z), [values, slopes], rtol=1e-9)
    y = np.array([1.0, 2.0, 6.0])
    assert answer["descend"](y, 1.0, 3000) == pytest.approx([3, 3], abs=1e-4)
    assert answer["descend"](y, -1.0, 3000) == pytest.approx([3, 0], abs=1e-4)
    loss = lambda v: np.logaddexp(0, v) - 3 * np.log(np.logaddexp(0, v))  # noqa: E731
    step = -1.0 - 0.1 * (loss(-1 + 1e-6) - loss(-1 - 1e-6)) / 2e-6
    assert answer["descend"](y, -1.0, 1)[0] == pytest.approx(np.logaddexp(0, step), rel=1e-6)

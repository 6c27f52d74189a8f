"""Links for a probability far out, where a rounded probability has no logarithm any more."""

import numpy as np
import pytest
from lossbook.heads import Binomial
from lossbook.special import log_ndtr
from scipy import special, stats

FAR = np.concatenate([-np.geomspace(5.001, 35, 25), np.linspace(-5, 5, 21)])
SUCCESSES = np.array([0.0, 2.0, 7.0])


def compare(link: str, z: np.ndarray, log_p: np.ndarray, log_q: np.ndarray, rtol: float) -> None:
    head = Binomial(trials=7, links={"probability": link})
    for y in SUCCESSES:
        expected = -np.log(special.comb(7, y)) - y * log_p - (7 - y) * log_q
        found = np.asarray(head.nll(np.full((len(z), 1), y), z[:, None]))
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-12)


def test_probit_against_scipys_log_ndtr():
    for z in (FAR, -FAR):
        compare("probit", z, stats.norm.logcdf(z), stats.norm.logsf(z), 2e-5)


@pytest.mark.parametrize("z", [np.linspace(-40, -14, 27), np.linspace(-16, 4, 21)])
def test_cloglog_against_its_definition(z):
    compare("cloglog", z, np.log(-np.expm1(-np.exp(z))), -np.exp(z), 1e-6)


def test_the_gradient_has_no_jump_where_the_series_takes_over():
    head = Binomial(trials=7, links={"probability": "probit"})
    z = np.array([[-5 - 1e-6], [-5 + 1e-6]])
    below, above = np.asarray(head.gradient(np.full((2, 1), 7.0), z))[:, 0]
    assert np.isclose(below, above, rtol=1e-3)


def test_the_series_is_as_good_as_its_first_omitted_term():
    """An alternating asymptotic series errs by less than the first term it leaves out."""
    x = -np.geomspace(6, 30, 40)
    omitted = 945 / x**10
    error = np.abs(np.asarray(log_ndtr(x)) - special.log_ndtr(x))
    assert (error < 1.1 * omitted + 4 * np.spacing(x**2)).all()


def test_trials_that_differ_from_sample_to_sample():
    rng = np.random.default_rng(0)
    trials = rng.integers(1, 900, 50).astype(float)
    raw = rng.normal(size=(50, 1))
    p = special.expit(raw[:, 0])
    y = rng.binomial(trials.astype(int), p).astype(float)
    found = np.asarray(Binomial().nll(np.column_stack([y, trials]), raw))
    np.testing.assert_allclose(found, -stats.binom.logpmf(y, trials, p), rtol=1e-9)


@pytest.mark.parametrize("around", [(12,), (4, 3), (2, 2, 3), (1, 12)], ids=str)
def test_the_best_constant_of_trials_is_the_share_of_all_of_them_whatever_is_around(around):
    rng = np.random.default_rng(0)
    trials = rng.integers(1, 40, around)
    y = np.stack([rng.binomial(trials, 0.3), trials], axis=-1)
    found = Binomial().best_constant(y)
    assert found.shape == (1,)
    want = stats.binomtest(int(y[..., 0].sum()), int(trials.sum())).statistic
    np.testing.assert_allclose(found, want)


def test_two_shares_a_sample_are_no_trials():
    raw, y = np.zeros((2, 2)), np.array([[3.0, 7.0], [0.0, 1.0]])
    expected = -stats.binom.logpmf(y, 10, 0.5).sum(axis=1)
    np.testing.assert_allclose(np.asarray(Binomial(size=2).nll(y, raw)), expected, rtol=1e-9)


def test_a_few_failures_among_many_trials_keep_their_digits_in_float32():
    """The chance of a failure comes from the raw output; 1 less that of a success has no digits."""
    failures, trials = np.array([3.0, 10.0, 12.0, 30.0]), np.full(4, 1e6)
    raw = np.full((4, 1), 11.5, "float32")
    y = np.column_stack([trials - failures, trials]).astype("float32")
    found = np.asarray(Binomial().nll(y, raw), float)
    exact = -stats.binom.logpmf(failures, trials, special.expit(-11.5))
    np.testing.assert_allclose(found, exact, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("size", [3, 4])
def test_successes_and_trials_are_no_outcome_of_several_shares(size):
    y, raw = np.array([[3.0, 7.0], [0.0, 1.0]]), np.zeros((2, size))
    with pytest.raises(ValueError, match=rf"^Binomial: y has shape \(2, 2\).* \(2, {size}\)$"):
        Binomial(size=size).nll(y, raw)


def test_the_best_constant_of_successes_and_trials_is_the_share_of_all_trials():
    y = np.array([[3.0, 10.0], [5.0, 20.0]])
    found = Binomial().best_constant(y)
    assert np.allclose(found, 8 / 30)
    tried = found[0] + np.array([-1e-3, 0, 1e-3])
    losses = [-stats.binom.logpmf(y[:, 0], y[:, 1], p).sum() for p in tried]
    assert np.argmin(losses) == 1

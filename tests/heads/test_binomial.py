"""Links for a probability far out, where a rounded probability has no logarithm any more."""

import numpy as np
import pytest
from lossbook.heads import Binomial
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

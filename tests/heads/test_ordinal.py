"""Ordered answers far out, where the probabilities between two cuts round to 0."""

import numpy as np
import pytest
from lossbook.heads import Ordinal
from lossbook.links import Steps
from scipy import special, stats


def between(link: str, low: float, high: float, dtype: str = "float64") -> float:
    """log of the middle answer's probability, as the head has it."""
    raw = Steps().inverse(np.array([[low, high]])).astype(dtype)
    return -float(Ordinal(cumulative=link).nll(np.array([1]), raw)[0])


@pytest.mark.parametrize(("low", "high"), [(-30.0, -29.5), (8.0, 9.0), (29.5, 30.0), (-1.0, 40.0)])
def test_the_probit_between_two_far_cuts(low, high):
    a, b = (-high, -low) if low + high > 0 else (low, high)
    upper, lower = special.log_ndtr(b), special.log_ndtr(a)
    expected = upper + np.log(-np.expm1(lower - upper))
    # Nearer than 10 the series of log Φ is good to 1e-6 only.
    assert np.isclose(between("probit", low, high), expected, rtol=1e-7)


@pytest.mark.parametrize("centre", [0.0, 3.0, -300.0, 3000.0, -3000.0])
def test_the_probit_of_a_narrow_step_in_single_precision(centre):
    """The density times the width, where the difference of two logarithms has no digit left."""
    raw = np.array([[centre, -7.0]], "float32")
    low, high = np.asarray(Ordinal(cumulative="probit").parameters(raw)["cuts"], float)[0]
    inner = min(abs(low), abs(high))
    width = high - low
    if width > 0:
        slope = max(inner, 1e-9)
        area = np.log(-np.expm1(-width * slope) / slope)
        expected = -(inner**2) / 2 - np.log(2 * np.pi) / 2 + area
        found = -float(Ordinal(cumulative="probit").nll(np.array([1]), raw)[0])
        assert np.isclose(found, expected, rtol=1e-6, atol=0.02)


def test_neighbouring_cuts_in_single_precision_keep_their_probability():
    """The logarithms of Φ are often the same number, though the cuts are not."""
    low = np.linspace(500, 5000, 4000, dtype="float32")[:, None]
    high = np.nextafter(low, np.float32(np.inf))
    log_between = np.asarray(Ordinal(cumulative="probit").log_probabilities(np.hstack([low, high])))
    inner, width = low.astype(float), high.astype(float) - low
    expected = -(inner**2) / 2 - np.log(2 * np.pi) / 2 + np.log(-np.expm1(-width * inner) / inner)
    assert np.abs(log_between[:, 1:2] - expected).max() < 3


@pytest.mark.parametrize(("low", "high"), [(-40.0, -39.0), (-16.0, -14.0), (1.0, 1.5), (4.0, 6.0)])
def test_the_cloglog_between_two_far_cuts(low, high):
    """e^(-e^a) - e^(-e^b), from the events' expected numbers."""
    few, many = np.exp(low), np.exp(high)
    expected = -few + np.log(-np.expm1(-(many - few)))
    assert np.isclose(between("cloglog", low, high), expected, rtol=1e-9)


@pytest.mark.parametrize("link", ["sigmoid", "probit", "cloglog"])
def test_the_probabilities_sum_to_one(link):
    cuts = np.cumsum(np.random.default_rng(0).exponential(size=(50, 4)), axis=1) - 2
    head = Ordinal(5, cumulative=link)
    found = np.exp(np.asarray(head.log_probabilities(cuts)))
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-9)
    np.testing.assert_allclose(found, head.predict({"cuts": cuts}), rtol=1e-7, atol=1e-9)


def test_a_link_that_is_no_probability_is_one_clear_error():
    with pytest.raises(ValueError, match="must be between zero and one; take one of sigmoid"):
        Ordinal(cumulative="softplus")


@pytest.mark.parametrize("link", ["sigmoid", "probit", "cloglog"])
def test_an_answer_between_equal_cuts_is_all_but_impossible_and_no_infinity(link):
    found = np.asarray(Ordinal(cumulative=link).log_probabilities(np.array([[-0.4, -0.4]])))[0]
    assert np.isfinite(found).all()
    assert found[1] < -600
    assert np.isclose(np.exp(found).sum(), 1)


FAR_CUTS = {"sigmoid": [-300.0, -40.0, 0.0, 40.0, 300.0], "probit": [-30.0, -6.0, 0.0, 6.0, 30.0],
            "cloglog": [-60.0, -9.0, 0.0, 3.0]}  # fmt: skip


@pytest.mark.parametrize("link", FAR_CUTS)
def test_a_narrow_answer_between_far_cuts_keeps_its_digits_in_float32(link):
    """Its width comes from the raw output; the difference of the rounded cuts has none left."""
    raw = np.array([[c, s, t] for c in FAR_CUTS[link] for s in (-7.0, -12.0) for t in (-9.0, 0.5)])
    for answer in (1, 2):
        head, y = Ordinal(4, cumulative=link), np.full(len(raw), answer)
        found, exact = (np.asarray(head.nll(y, raw.astype(t)), float) for t in ("float32", float))
        np.testing.assert_allclose(found, exact, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("link", ["sigmoid", "probit", "cloglog"])
@pytest.mark.parametrize("size", [2, 3, 6])
def test_the_predicted_probability_of_each_answer_is_the_one_in_the_loss(link, size):
    head = Ordinal(size, cumulative=link)
    raw = np.random.default_rng(0).normal(size=(8, size - 1))
    found = head.predict(head.parameters(raw))
    losses = [np.asarray(head.nll(np.full(8, answer), raw)) for answer in range(size)]
    np.testing.assert_allclose(found, np.exp(-np.transpose(losses)), rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)


@pytest.mark.parametrize("middle", [-3.0, -1.0, 0.0, 0.4, 1.7, 3.0])
@pytest.mark.parametrize("link", ["sigmoid", "probit", "cloglog"])
def test_in_float32_the_probability_between_two_cuts_is_right_at_every_distance(link, middle):
    """Wherever one formula hands over to another."""
    step = np.geomspace(1e-4, 4, 90).astype("float32")
    low, high = middle - step.astype(float) / 2, middle + step.astype(float) / 2
    head = Ordinal(3, cumulative=link)
    cuts = np.stack([low, high], axis=-1).astype("float32")
    steps = (cuts[:, 1:].astype(float) - cuts[:, :1]).astype("float32")
    found = np.asarray(head.log_probabilities(cuts, steps))[:, 1]
    low, high = cuts[:, 0].astype(float), cuts[:, 0].astype(float) + steps[:, 0]
    distribution = {"sigmoid": stats.logistic, "probit": stats.norm, "cloglog": stats.gumbel_l}
    of = distribution[link]
    tail = np.where(middle > 0, of.sf(low) - of.sf(high), of.cdf(high) - of.cdf(low))
    np.testing.assert_allclose(found, np.log(tail), rtol=1e-5, atol=3e-5)

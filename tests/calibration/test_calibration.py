"""Reliability and calibration error against scikit-learn, exact cases, and bad input."""

import numpy as np
import pytest
from lossbook.calibration import Reliability, expected_calibration_error, reliability
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

RNG = np.random.default_rng(0)
P = RNG.random(500)
Y = (RNG.random(500) < P**2).astype(int)
LEVELS = np.array([0.05, 0.35, 0.62, 0.91])
"""One prediction a bin, so that a bin holds nothing else."""


@pytest.mark.parametrize("bins", [1, 2, 7, 10, 400])
def test_the_curve_is_scikit_learns(bins):
    observed, predicted = calibration_curve(Y, P, n_bins=bins, strategy="uniform")
    found = reliability(P, Y, bins)
    np.testing.assert_allclose(found.predicted, predicted, rtol=1e-12)
    np.testing.assert_allclose(found.observed, observed, rtol=1e-12)
    counts, _ = np.histogram(P, bins, (0, 1))
    np.testing.assert_array_equal(found.counts, counts[counts > 0])
    gap = (np.abs(predicted - observed) * found.counts).sum() / 500
    assert np.isclose(expected_calibration_error(P, Y, bins), gap, rtol=1e-12)


def test_ten_bins_unless_another_number_is_asked_for():
    for asked in (reliability(P, Y), reliability(P, Y, 10)):
        assert len(asked.counts) == len(calibration_curve(Y, P, n_bins=10)[0]) == 10
    crossing = 1 - Y  # too often where P is small, too seldom where it is large
    tens = expected_calibration_error(P, crossing, 10)
    assert expected_calibration_error(P, crossing) == tens
    assert expected_calibration_error(P, crossing, 15) != tens


def test_brier_score_and_log_loss_follow_from_the_bins_where_each_holds_one_prediction():
    """A score is what is left when the prediction is the frequency, and the cost of the gap."""
    p = RNG.choice(LEVELS, 800)
    y = (RNG.random(800) < 0.8 * p).astype(int)
    found = reliability(p, y)
    np.testing.assert_allclose(found.predicted, LEVELS)
    share, predicted, observed = found.counts / 800, found.predicted, found.observed
    brier = share @ ((predicted - observed) ** 2 + observed * (1 - observed))
    nats = -share @ (observed * np.log(predicted) + (1 - observed) * np.log(1 - predicted))
    assert np.isclose(brier, brier_score_loss(y, p), rtol=1e-12)
    assert np.isclose(nats, log_loss(y, p), rtol=1e-12)


@pytest.mark.parametrize("bins", [1, 3, 10, 50])
def test_isotonic_regression_leaves_no_gap_on_the_data_it_was_fitted_to(bins):
    """Its predictions are the frequencies of blocks, so that every bin's mean is right."""
    fitted = IsotonicRegression(y_min=0, y_max=1).fit_transform(P, Y)
    assert expected_calibration_error(P, Y, bins) > 0.05
    assert expected_calibration_error(fitted, Y, bins) < 1e-12


def test_logistic_regression_leaves_no_gap_on_the_whole():
    """Its intercept makes the mean prediction the frequency: the sigmoid of Platt's scaling."""
    model = LogisticRegression(C=np.inf, tol=1e-10).fit(P[:, None], Y)
    fitted = model.predict_proba(P[:, None])[:, 1]
    assert (
        expected_calibration_error(fitted, Y, bins=1) < 1e-6 < expected_calibration_error(P, Y, 1)
    )


def test_an_edge_belongs_to_the_bin_above_and_one_to_the_last():
    found = reliability(np.array([0.0, 0.25, 0.5, 1.0]), np.array([0, 1, 0, 1]), bins=4)
    np.testing.assert_array_equal(found.counts, [1, 1, 1, 1])
    np.testing.assert_array_equal(found.predicted, [0, 0.25, 0.5, 1])
    np.testing.assert_array_equal(found.observed, [0, 1, 0, 1])
    both = reliability(np.array([0.75, 1.0]), np.array([0, 1]), bins=4)
    np.testing.assert_array_equal(both.counts, [2])
    np.testing.assert_array_equal(both.predicted, [0.875])
    for bins in (7, 49, 100, 1000):  # 0.29 * 100 is rounded to less than 29
        edges = np.arange(bins) / bins
        found = reliability(edges, np.zeros(bins), bins)
        np.testing.assert_array_equal(found.counts, np.ones(bins))
        np.testing.assert_array_equal(found.predicted, edges)


def test_by_hand():
    """Four at 0.2 of which one happened, one at 0.9 that did not: (4 · 0.05 + 1 · 0.9) / 5."""
    p, y = np.array([0.2, 0.2, 0.2, 0.2, 0.9]), np.array([1, 0, 0, 0, 0])
    assert np.isclose(expected_calibration_error(p, y), 0.22, rtol=1e-12)
    assert expected_calibration_error(np.array([0.0, 1.0]), np.array([0, 1])) == 0
    assert expected_calibration_error(np.array([0.0, 1.0]), np.array([1, 0])) == 1


def test_columns_and_truth_values_are_taken_too():
    want = expected_calibration_error(P, Y)
    assert expected_calibration_error(P[:, None], (Y == 1)[:, None]) == want
    assert expected_calibration_error(P.tolist(), Y.tolist()) == want
    assert expected_calibration_error(P.reshape(50, 10), Y.reshape(50, 10)) == want
    assert type(want) is float
    # Tables hand over objects, and a network float32 or whole numbers of one byte.
    assert expected_calibration_error(P.astype(object), (Y == 1).astype(object)) == want
    single = P.astype("float32")
    found = reliability(single, Y.astype("uint8"))
    again = reliability(single.astype(float), Y)
    for one, other in zip(found, again, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


@pytest.mark.parametrize(
    ("p", "y", "bins", "message"),
    [
        ([0.1, 0.2], [1], 10, "2 predictions for 1 events"),
        ([0.1], [1, 0], 10, "1 predictions for 2 events: they must be as many"),
        ([], [1], 10, "0 predictions for 1 events: they must be as many"),
        ([[0.1, 0.2]], [1], 10, "2 predictions for 1 events"),
        ([], [], 10, "there are no predictions"),
        ([0.1, 1.01], [0, 1], 10, r"from 0 to 1, but 1 of 2 are not; the first is 1\.01 at 1"),
        ([-1e-9, 0.5], [0, 1], 10, "the first is -1e-09 at 0"),
        ([0.5, np.nextafter(1, 2)], [0, 1], 10, "predictions .* the first is 1 at 1"),
        ([np.nextafter(0, -1), 0.5], [0, 1], 10, "predictions .* the first is -4.* at 0"),
        ([0.5, 0.5], [1e-9, 1], 10, "events .* the first is 1e-09 at 0"),
        ([0.5, 0.5], [0, np.nextafter(1, 0)], 10, "events .* the first is 1 at 1"),
        ([0.5, np.nan], [0, 1], 10, "predictions .* the first is nan at 1"),
        ([0.5, 0.5], [-1, 1], 10, "events must be 0 or 1, but 1 of 2 are not; the first is -1"),
        ([0.5, 0.5], [2, 1], 10, "events must be 0 or 1, but 1 of 2 are not; the first is 2 at 0"),
        ([0.5, 0.5], [0, np.nan], 10, "events .* the first is nan at 1"),
        ([0.5, 0.5], [0, 0.5], 10, r"events .* the first is 0\.5 at 1"),
        ([2.0, 0.5, 3.0], [0, 1, 1], 10, "2 of 3 are not; the first is 2 at 0"),
        ([0.5, 0.5], [0, 1], 0, "bins must be a whole number of at least 1, not 0"),
        ([0.5, 0.5], [0, 1], 2.5, r"not 2\.5"),
        ([0.5, 0.5], [0, 1], np.inf, "must be a whole number of at least 1, not inf"),
        ([0.5, 0.5], [0, 1], np.nan, "must be a whole number of at least 1, not nan"),
    ],
)
def test_input_that_is_no_prediction_or_no_event_is_one_clear_error(p, y, bins, message):
    for function in (reliability, expected_calibration_error):
        with pytest.raises(ValueError, match=message):
            function(np.array(p), np.array(y), bins)


def test_what_the_docstrings_say_is_so():
    text = " ".join((reliability.__doc__ or "").split())
    assert "on the edge of two bins belongs to the upper one, 1 to the last" in text
    np.testing.assert_array_equal(reliability([0.1, 0.5, 1.0], [0, 0, 1], 2).counts, [1, 2])
    assert "Predictions `(n,)` in [0, 1] in bins of equal width, against events" in text
    text = " ".join((Reliability.__doc__ or "").split())
    assert text.startswith(
        "One entry a bin that is not empty: mean prediction, frequency of the event, count."
    )
    predicted, observed, counts = reliability([0.1, 0.2, 0.9], [0, 1, 1], 2)
    np.testing.assert_allclose([predicted, observed, counts], [[0.15, 0.9], [0.5, 1], [2, 1]])
    text = " ".join((expected_calibration_error.__doc__ or "").split())
    assert "averaged over the bins by their counts" in text
    found = expected_calibration_error([0.1, 0.2, 0.9], [0, 1, 1], 2)
    assert np.isclose(found, (2 * 0.35 + 0.1) / 3)
    assert "more bins never give a smaller value if they divide the fewer ones" in text
    errors = [expected_calibration_error(P, Y, bins) for bins in (1, 2, 6, 12, 60)]
    assert (np.diff(errors) > -1e-15).all()

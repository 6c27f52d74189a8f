"""Presence probabilities and rankings against scikit-learn; reading raw outputs again."""

import numpy as np
import pytest
from scipy import special
from sklearn.metrics import log_loss
from workshop.experiments import scenes, starts
from workshop.experiments.pictures import Pictures


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Raw outputs that are the log odds of what is there, and what is there."""
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(4000, 10)) * 2
    return raw, (rng.random(raw.shape) < special.expit(raw)).astype(float)


def test_nats_a_scene_are_ten_times_scikit_learns_mean(drawn):
    raw, present = drawn
    p = special.expit(raw)
    assert np.isclose(scenes.log_loss(p, present), 10 * log_loss(present.ravel(), p.ravel()))


def test_ranking_counts_the_classes_that_are_there():
    raw = np.array([[3.0, 2.0, 1.0], [0.0, 5.0, 1.0]])
    assert scenes.top_right(raw, np.array([[1, 0, 1], [0, 1, 0]])) == pytest.approx(2 / 3)
    assert scenes.top_right(raw, np.array([[1, 1, 0], [0, 1, 0]])) == 1


def test_what_a_sum_to_one_hides_comes_back_when_raw_outputs_are_read_again(drawn):
    raw, present = drawn
    half = len(raw) // 2
    found = {
        name: scenes.judged(name, raw[:half], present[:half], raw[half:], present[half:])
        for name in scenes.HEADS
    }
    right = scenes.log_loss(special.expit(raw[:half]), present[:half])
    assert found["sigmoids"]["as_read"] == pytest.approx(right)
    assert found["softmax"]["as_read"] > right + 1
    for name in scenes.HEADS:
        # A regression on ten raw outputs costs about 11/2n nats for each of ten classes.
        assert right - 0.05 < found[name]["read_again"] < right + 2 * 10 * 11 / (2 * half)


def test_every_loss_meets_every_start_and_optimizer():
    x, y = np.zeros((4, 8, 8, 3), np.float32), np.array([0, 1, 0, 1])
    experiment = starts.experiment(Pictures(x, y, x, y, False, "made up", "none"), seeds=(1, 2))
    met = {
        (r.settings["loss"], r.settings["start"], r.settings["optimizer"]) for r in experiment.runs
    }
    assert len(experiment.runs) == 2 * len(met) == 2 * 2 * 2 * 3

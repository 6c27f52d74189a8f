"""The insurance of a learned scale, confidence over time, the long run of the character model."""

import numpy as np
import pytest
from scipy import optimize, special, stats
from workshop.experiments import confidence, insurance, next_token


def test_the_loss_of_the_insurance_is_scipys_gaussian():
    rng = np.random.default_rng(0)
    y, mean, log_scale = rng.normal(size=(3, 50)).astype("float32")
    found = np.asarray(insurance.gaussian_nll(y, mean, log_scale))
    np.testing.assert_allclose(found, -stats.norm.logpdf(y, mean, np.exp(log_scale)), rtol=1e-4)


@pytest.mark.parametrize("factor", [1, 3, 15])
def test_the_planted_scale_varies_by_the_factor_and_keeps_its_typical_size(factor):
    ends = np.zeros((2, insurance.INPUTS))
    ends[:, 3] = -1, 1
    low, high = insurance.truth(ends, factor)[1]
    assert np.isclose(high / low, factor)
    assert np.isclose(np.sqrt(low * high), insurance.TYPICAL)


@pytest.mark.parametrize("head", insurance.HEADS)
def test_networks_side_by_side_learn_as_they_would_alone(head):
    both = insurance._learn(head, 3, (1, 2), epochs=2)
    alone = insurance._learn(head, 3, (2,), epochs=2)
    np.testing.assert_allclose(both["regret"][1], alone["regret"][0], rtol=1e-3, atol=1e-4)
    assert not np.allclose(both["regret"][0], both["regret"][1], rtol=1e-3), "other seeds differ"
    assert np.min(both["regret"]) > 0, "nothing is below the truth"


def test_biased_answers_are_translated_back_to_class_frequencies():
    q = np.random.default_rng(1).dirichlet(np.ones(confidence.CLASSES))

    def focal(z):
        p = special.softmax(z)
        return -(q * (1 - p) ** confidence.GAMMA * np.log(p)).sum()

    def smoothed(z):
        target = (1 - confidence.SMOOTHING) * q + confidence.SMOOTHING / confidence.CLASSES
        return -(target * special.log_softmax(z)).sum()

    for arm, loss in (("focal", focal), ("smoothed", smoothed)):
        answer = special.softmax(optimize.minimize(loss, np.zeros(len(q)), tol=1e-12).x)
        assert np.abs(answer - q).max() > 0.005, "the best answer is another one"
        np.testing.assert_allclose(confidence.translated(arm, answer[None])[0], q, atol=2e-3)


def test_a_temperature_is_fitted_on_other_pictures_than_it_is_scored_on():
    rng = np.random.default_rng(2)
    calm = 2 * rng.normal(size=(4000, confidence.CLASSES))
    y = (rng.random((4000, 1)) > special.softmax(calm, axis=1).cumsum(axis=1)).sum(axis=1)
    found = confidence.repaired("cross entropy", 3 * calm, y)
    assert np.isclose(found["one temperature"]["temperature"], 3, rtol=0.1)
    assert found["one temperature"]["log_loss"] < found["as it stands"]["log_loss"]
    assert found["translated"] == pytest.approx(found["as it stands"])


def test_the_character_models_scores_are_scipys():
    p = np.random.default_rng(3).dirichlet(np.ones(5), 200)
    target = np.arange(200) % 5
    found = next_token.scored(np.log(p), target)
    assert np.isclose(found["entropy_bits"], stats.entropy(p, axis=1, base=2).mean())
    assert np.isclose(found["bits"], -np.log2(p[np.arange(200), target]).mean())

"""What each likelihood is said to predict is what minimises Keras's loss, and nothing else is."""

import numpy as np
import pytest
from lossbook import keras
from lossbook.catalogue import LIKELIHOODS
from scipy import optimize, special

DELTA = 0.8
RNG = np.random.default_rng(11)
SAMPLES = {
    "skewed to the right": RNG.lognormal(0.0, 1.2, 401),
    "skewed to the left": 9 - RNG.gamma(1.5, 1.2, 401).clip(0, 8.5),
    "with outliers": np.concatenate([RNG.gamma(9.0, 0.4, 301), RNG.gamma(9.0, 4.0, 100)]),
}
"""All positive, so that every loss takes them, and none symmetric in y or in log(1 + y)."""
COUNTS = {name: np.round(y) for name, y in SAMPLES.items()}


def balanced(pull):
    """The centre at which the pulls of all outcomes cancel."""
    return lambda y: optimize.brentq(lambda m: pull(y - m).mean(), y.min() - 1, y.max() + 1)


CENTRES = {
    "the mean": np.mean,
    "the median": np.median,
    r"a mean with errors held within $\pm\delta$": balanced(lambda e: np.clip(e, -DELTA, DELTA)),
    "a centre, outliers with bounded pull": balanced(np.tanh),
    r"the geometric mean of $1 + y$, less 1": lambda y: np.exp(np.log1p(y).mean()) - 1,
}
"""As the catalogue says it → the same of a sample."""
NUMBERS = {
    "MeanSquaredError": {},
    "MeanAbsoluteError": {},
    "Huber": {"delta": DELTA},
    "LogCosh": {},
    "MeanSquaredLogarithmicError": {},
    "Poisson": {},
}
PREDICTS = {entry.loss: entry.predicts for entry in LIKELIHOODS}
REMARKS = {
    "MeanSquaredLogarithmicError": r"that is the median only if $\log(1 + y)$ is symmetric",
}


def best(name, y):
    """The constant that minimises Keras's loss, by a search."""
    loss = getattr(keras.losses, name)(**NUMBERS[name])
    inside = (max(y.min(), 1e-3), y.max())
    shape = (len(y), 1)
    return optimize.minimize_scalar(
        lambda m: float(loss(y.reshape(shape), np.full(shape, m))),
        bounds=inside, method="bounded", options={"xatol": 1e-7},
    ).x  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("name", NUMBERS)
def test_the_words_are_what_minimises_the_loss(name, sample):
    y = (COUNTS if name == "Poisson" else SAMPLES)[sample]
    words, _, remark = PREDICTS[name].partition("; ")
    assert remark == REMARKS.get(name, "")
    found = best(name, y)
    assert np.isclose(found, CENTRES[words](y), atol=2e-3), f"{name} does not predict {words}"
    others = {other: centre(y) for other, centre in CENTRES.items() if other != words}
    near = [other for other, centre in others.items() if abs(centre - found) < 4e-3]
    assert not near, f"{near} would do as well: take another sample"


def test_the_geometric_mean_is_the_median_only_under_symmetry():
    half = RNG.gamma(2.0, 0.3, 200).clip(0, 1.9)
    logs = 2.0 + np.concatenate([half, -half, [0.0]])  # of 1 + y, symmetric about 2
    found = best("MeanSquaredLogarithmicError", np.expm1(logs))
    assert np.isclose(found, np.median(np.expm1(logs)), rtol=1e-4)
    for y in SAMPLES.values():
        assert abs(best("MeanSquaredLogarithmicError", y) - np.median(y)) > 0.03


def test_pulls_are_bounded_where_the_words_say_so():
    """How far the best constant moves when one outcome of a hundred moves far away."""
    y = RNG.normal(5.0, 0.5, 100)
    for name in NUMBERS:
        near, far = (best(name, np.append(y, v)) for v in (40.0, 400.0))
        words = PREDICTS[name]
        bounded = "bounded" in words or "held" in words or "median" in words.split(";")[0]
        if "geometric" not in words:  # its pull grows like a logarithm
            assert (abs(far - near) < 1e-3) == bounded, name


Q = np.array([0.15, 0.6, 0.25])
"""Frequencies of the classes; of a 1 it is 0.6."""


def test_probabilities_are_the_frequencies():
    k = keras.losses
    assert PREDICTS["BinaryCrossentropy"] == "the probability of a 1"
    one, zero = (
        lambda p, y=y: float(k.BinaryCrossentropy()(np.array([[y]]), np.array([[p]])))
        for y in (1.0, 0.0)
    )
    p = optimize.minimize_scalar(
        lambda p: 0.6 * one(p) + 0.4 * zero(p), bounds=(0.01, 0.99), method="bounded"
    ).x
    assert np.isclose(p, 0.6, atol=1e-4)
    classes = {
        "CategoricalCrossentropy": lambda p: (
            Q @ np.asarray(k.CategoricalCrossentropy(reduction=None)(np.eye(3), np.tile(p, (3, 1))))
        ),
        "SparseCategoricalCrossentropy": lambda p: (
            Q
            @ np.asarray(
                k.SparseCategoricalCrossentropy(reduction=None)(np.arange(3), np.tile(p, (3, 1)))
            )
        ),
        "KLDivergence": lambda p: float(k.KLDivergence()(Q[None], p[None])),
    }
    for name, loss in classes.items():
        assert PREDICTS[name] == "the probability of each class"
        found = optimize.minimize(
            lambda z, loss=loss: loss(special.softmax(z)), np.zeros(3), method="Nelder-Mead",
            options={"xatol": 1e-8, "fatol": 1e-13},
        ).x  # fmt: skip
        np.testing.assert_allclose(special.softmax(found), Q, atol=2e-3)


def test_ctc_predicts_probabilities_at_each_step():
    """As many labels as steps leave one alignment, so each step has its own frequencies."""
    assert PREDICTS["CTC"] == "the probability of each label at each step"
    labels = np.array([[1, 2], [2, 1]])
    ctc = keras.losses.CTC(reduction=None)

    def cost(z):
        raw = np.tile(np.stack([[-9.0, z[0], 0.0], [-9.0, z[1], 0.0]]).astype("float32"), (2, 1, 1))
        return float([0.7, 0.3] @ np.asarray(ctc(labels, raw)))

    found = optimize.minimize(cost, np.zeros(2), method="Nelder-Mead").x
    np.testing.assert_allclose(special.expit(found), [0.7, 0.3], atol=5e-3)


def test_cosine_similarity_predicts_the_mean_direction():
    assert PREDICTS["CosineSimilarity"] == "the mean direction"
    angles = np.concatenate([RNG.normal(0.3, 0.2, 60), RNG.normal(1.9, 0.1, 40)])
    arrows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    loss = keras.losses.CosineSimilarity()
    found = optimize.minimize_scalar(
        lambda a: float(loss(arrows, np.tile([np.cos(a), np.sin(a)], (100, 1)))),
        bounds=(-0.5, 2.5), method="bounded",
    ).x  # fmt: skip
    mean = arrows.mean(axis=0)
    assert np.isclose(found, np.arctan2(mean[1], mean[0]), atol=1e-3)
    assert abs(found - np.median(angles)) > 0.1


def test_every_likelihood_is_here():
    classes = {"BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"}
    assert set(PREDICTS) == {*NUMBERS, *classes, "KLDivergence", "CTC", "CosineSimilarity"}

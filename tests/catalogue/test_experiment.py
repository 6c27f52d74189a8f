"""The experiment's losses are Keras's, and their derivatives are right."""

import numpy as np
import pytest
from lossbook import keras
from scipy import optimize, special
from sklearn.linear_model import LogisticRegression
from workshop.experiments import loss_costs as experiment

RNG = np.random.default_rng(0)
Y, Z = RNG.integers(0, 2, 40).astype(float), RNG.normal(scale=2, size=40)
NAMES = [name for name in experiment.CONTENDERS if "(" not in name]


def keras_value(name: str) -> float:
    y, z = Y[:, None], Z[:, None]
    p = special.expit(z)
    k = keras.losses
    losses = {
        "cross entropy": lambda: k.BinaryCrossentropy(from_logits=True)(y, z),
        "focal": lambda: k.BinaryFocalCrossentropy(from_logits=True)(y, z),
        "generalised": lambda: k.CategoricalGeneralizedCrossEntropy(q=0.5)(
            Y.astype(int), np.hstack([1 - p, p])
        ),
        "hinge": lambda: k.Hinge()(y, z),
        "squared hinge": lambda: k.SquaredHinge()(y, z),
        "Dice": lambda: k.Dice()(y, p),
        "Tversky": lambda: k.Tversky(alpha=0.7, beta=0.3)(y, p),
    }
    return float(losses[name]())


@pytest.mark.parametrize("name", NAMES)
def test_value_is_keras(name):
    assert np.isclose(experiment.CONTENDERS[name].loss(Y, Z)[0], keras_value(name), rtol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_derivative(name):
    loss = experiment.CONTENDERS[name].loss
    numeric = optimize.approx_fprime(Z, lambda z: loss(Y, z)[0], 1e-6)
    np.testing.assert_allclose(loss(Y, Z)[1], numeric, atol=1e-6)


def test_training_is_logistic_regression():
    x = RNG.normal(size=(200, 3))
    y = (RNG.random(200) < special.expit(x @ [1.0, -2.0, 0.5] + 0.3)).astype(float)
    ours = experiment.train(experiment.cross_entropy, x, y, penalty=0.0)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(x, y)
    np.testing.assert_allclose(ours, [*theirs.coef_[0], theirs.intercept_[0]], atol=1e-3)

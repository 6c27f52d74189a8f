"""Every activation with every loss, on the article's birds and planes.

The article's network each time, with another end. One output unit, labels 0 and 1; two units and
one-hot labels where softmax or categorical cross entropy need them. Keras's hinge turns the labels
0 and 1 into -1 and 1 itself.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from lossbook import keras, ops, tf
from lossbook.calibration import expected_calibration_error
from scipy import optimize, special

from workshop import models
from workshop.experiments.kept import Experiment, Run
from workshop.experiments.pictures import Pictures, Trainer

EDITION = 1
"""Raise it when a change here changes results: kept runs of an earlier one are not used."""
SEEDS = (1, 2, 3, 4, 5)
EPOCHS = 6
LOOKS = 4
"""How often an epoch the test accuracy is looked up, until it has reached GOAL."""
GOAL = 0.8
PROBE = 2000
"""Training pictures on which gradients are counted."""
EPSILON = 1e-7
"""Keras's own: probabilities are held this far from 0 and 1 before a logarithm."""


def clipped(raw: Any) -> Any:
    """The raw output, cut off below 0 and above 1."""
    return ops.clip(raw, 0.0, 1.0)


ACTIVATIONS: dict[str, Any] = {
    "linear": "linear",
    "clipped": clipped,
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "softplus": "softplus",
    "softmax": "softmax",
}
LOSSES: dict[str, str] = {
    "squared": "MeanSquaredError",
    "absolute": "MeanAbsoluteError",
    "binary": "BinaryCrossentropy",
    "categorical": "CategoricalCrossentropy",
    "hinge": "Hinge",
    "poisson": "Poisson",
}


def units(activation: str, loss: str) -> int:
    """Two outputs where one would be meaningless, else one."""
    return 2 if activation == "softmax" or loss == "categorical" else 1


def probability(output: np.ndarray, activation: str, loss: str) -> np.ndarray:
    """The outputs `(n, units)` read as probabilities of class 1, `(n,)`, as their loss reads them.

    Two units are divided by their sum, as Keras's categorical cross entropy does. A hinge on an
    output that can be negative aims at -1 and 1: these are read as 0 and 1. What still lies
    outside 0 to 1 is cut off there.
    """
    if output.shape[1] == 2:
        total = output.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            p = np.where(total == 0, 0.5, output[:, 1] / total)
    else:
        p = output[:, 0]
    if loss == "hinge" and activation in ("linear", "tanh"):
        p = (p + 1) / 2
    return np.clip(p, 0, 1)


def log_loss(p: np.ndarray, y: np.ndarray) -> float:
    """The mean surprise in nats, with probabilities held EPSILON away from 0 and 1."""
    p = np.clip(p, EPSILON, 1 - EPSILON)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def rescaled_log_loss(score: np.ndarray, y: np.ndarray) -> float:
    """The log loss after the best sigmoid of the score, fitted on one half, tested on the other.

    Both ways round, averaged. It says what the outputs know, whatever scale they are on. Source:
    Platt, "Probabilistic Outputs for Support Vector Machines" (1999).
    """
    scale = score.std()
    score = (score - score.mean()) / (scale if scale > 0 else 1.0)
    even = np.arange(len(y)) % 2 == 0

    def loss(w: np.ndarray, chosen: np.ndarray) -> float:
        z = w[0] + w[1] * score[chosen]
        return float(np.mean(np.logaddexp(0, z) - y[chosen] * z))

    def slope(w: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        error = special.expit(w[0] + w[1] * score[chosen]) - y[chosen]
        return np.array([error.mean(), (error * score[chosen]).mean()])

    both = []
    for fit, test in ((even, ~even), (~even, even)):
        best = optimize.minimize(loss, np.zeros(2), args=(fit,), jac=slope, method="BFGS")
        both.append(loss(best.x, test))
    return float(np.mean(both))


class Pair:
    """One activation with one loss: its trainer, its labels, what is measured."""

    def __init__(self, activation: str, loss: str, pictures: Pictures, x: Any) -> None:
        self.activation, self.loss, self.pictures = activation, loss, pictures
        self.units = units(activation, loss)
        self.trainer = Trainer(self.network)
        self.x = x  # the training pictures as a tensor, shared: a copy for each pair is too much
        self.y = tf.constant(self.labels(pictures.y_train))

    def network(self) -> Any:
        """The article's network with this end."""
        loss = getattr(keras.losses, LOSSES[self.loss])()
        return models.image_network(self.units, ACTIVATIONS[self.activation], loss, metrics=())

    def labels(self, y: np.ndarray) -> np.ndarray:
        """0 or 1 as a column, or one-hot."""
        return (y[:, None] if self.units == 1 else np.eye(2)[y]).astype(np.float32)

    def outputs(self, raw: np.ndarray) -> np.ndarray:
        """The activation's values, `(n, units)`."""
        return np.asarray(keras.activations.get(ACTIVATIONS[self.activation])(tf.constant(raw)))

    def gradients(self, raw: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The derivative of each sample's loss by its raw outputs, `(n, units)`."""
        loss = getattr(keras.losses, LOSSES[self.loss])(reduction="sum")
        activation = keras.activations.get(ACTIVATIONS[self.activation])
        with tf.GradientTape() as tape:
            value = tf.constant(raw)
            tape.watch(value)
            total = loss(tf.constant(self.labels(y)), activation(value))
        return np.asarray(tape.gradient(total, value))

    def score(self, raw: np.ndarray, output: np.ndarray, p: np.ndarray) -> np.ndarray:
        """One number a picture that a sigmoid can be put on, with all that the outputs tell."""
        if self.activation == "softmax":
            return raw[:, 1] - raw[:, 0]
        if self.units == 2:
            return special.logit(np.clip(p, 1e-3, 1 - 1e-3))
        return output[:, 0] if self.activation in ("clipped", "relu") else raw[:, 0]

    def accuracy(self) -> float:
        """The share of test pictures on the right side of the middle."""
        p = probability(
            self.outputs(self.trainer.raw(self.pictures.x_test)), self.activation, self.loss
        )
        return float(np.mean((p > 0.5) == (self.pictures.y_test == 1)))

    def zeros(self) -> dict[str, float]:
        """The share of training pictures that have no gradient: of all, and of the wrong ones."""
        some = np.random.default_rng(0).permutation(len(self.pictures.y_train))[:PROBE]
        raw, y = self.trainer.raw(self.pictures.x_train[some]), self.pictures.y_train[some]
        dead = (self.gradients(raw, y) == 0).all(axis=1)
        p = probability(self.outputs(raw), self.activation, self.loss)
        wrong = (p > 0.5) != (y == 1)
        return {
            "all": float(dead.mean()),
            "wrong": float(dead[wrong].mean()) if wrong.any() else 0.0,
        }

    def run(self, seed: int, epochs: int) -> dict[str, Any]:
        """Train from `seed` and measure; stops as soon as a loss is not finite."""
        self.trainer.start(seed)
        rng, n = np.random.default_rng(seed), len(self.pictures.y_train)
        start = self.zeros()
        reached: float | None = None
        curve: list[float] = []
        for epoch in range(epochs):
            order = rng.permutation(n)
            # Cut between batches, so that looking does not change the steps.
            batches = [order[k : k + 32] for k in range(0, n, 32)]
            before = [np.array(w) for w in self.trainer.model.get_weights()]
            for look, part in enumerate(np.array_split(np.arange(len(batches)), LOOKS), start=1):
                if len(part) == 0:  # fewer batches than looks
                    continue
                loss = self.trainer.train(
                    self.x, self.y, np.concatenate([batches[k] for k in part])
                )
                if not np.isfinite(loss):
                    return self.died("not finite", seed, epoch + look / LOOKS, curve, start)
                if reached is None and self.accuracy() >= GOAL:
                    reached = epoch + look / LOOKS
            curve.append(self.accuracy())
            after = self.trainer.model.get_weights()
            if not all(np.isfinite(w).all() for w in after):
                return self.died("not finite", seed, epoch + 1.0, curve, start)
            if all((a == b).all() for a, b in zip(before, after, strict=True)):
                break
        return self.measured(seed, float(len(curve)), curve, start, reached)

    def about(self, seed: int) -> dict[str, Any]:
        """Which run this is."""
        return {"activation": self.activation, "loss": self.loss, "seed": seed}

    def died(
        self, why: str, seed: int, after: float, curve: list[float], start: dict[str, float]
    ) -> dict[str, Any]:
        """A run that ended with no usable weights: it says nothing, and is right half the time."""
        share = float(np.mean(self.pictures.y_test == 1))
        return {
            **self.about(seed), "state": why, "epochs": after, "curve": curve,
            "accuracy": max(share, 1 - share), "reached": None, "log_loss": None,
            "rescaled_log_loss": None, "calibration_error": None,
            "certain": None, "infinite": None, "zero_start": start, "zero_end": None,
        }  # fmt: skip

    def measured(
        self, seed: int, after: float, curve: list[float], start: dict[str, float],
        reached: float | None,
    ) -> dict[str, Any]:  # fmt: skip
        """What the trained network says about the test pictures."""
        y = self.pictures.y_test
        raw = self.trainer.raw(self.pictures.x_test)
        output = self.outputs(raw)
        p = probability(output, self.activation, self.loss)
        constant = np.ptp(p) < 1e-6
        return {
            **self.about(seed), "state": "constant" if constant else "trained",
            "epochs": after, "curve": curve, "accuracy": curve[-1], "reached": reached,
            "log_loss": log_loss(p, y),
            "rescaled_log_loss": rescaled_log_loss(self.score(raw, output, p), y),
            "calibration_error": expected_calibration_error(p, y),
            "certain": float(np.mean((p <= 0) | (p >= 1))),
            "infinite": float(np.mean(np.where(y == 1, p <= 0, p >= 1))),
            "zero_start": start, "zero_end": self.zeros(),
        }  # fmt: skip


def experiment(
    pictures: Pictures,
    *,
    seeds: tuple[int, ...] = SEEDS,
    epochs: int = EPOCHS,
    only: Callable[[str, str], bool] = lambda activation, loss: True,
) -> Experiment:
    """All pairs for which `only` holds; one seed of each before the next seed."""
    made: dict[tuple[str, str], Pair] = {}
    shared: list[Any] = []

    def pair(activation: str, loss: str) -> Pair:
        if (activation, loss) not in made:
            shared[:] = shared or [tf.constant(pictures.x_train)]
            made[activation, loss] = Pair(activation, loss, pictures, shared[0])
        return made[activation, loss]

    def run(activation: str, loss: str, seed: int) -> Run:
        settings = {
            "edition": EDITION, "activation": activation, "loss": loss, "seed": seed,
            "epochs": epochs,
        }  # fmt: skip
        title = f"{activation} × {loss}, seed {seed}"
        return Run(title, settings, lambda: pair(activation, loss).run(seed, epochs))

    return Experiment(
        "every_pair",
        pictures.source,
        list(seeds),
        [run(a, b, s) for s in seeds for a in ACTIVATIONS for b in LOSSES if only(a, b)],
        lambda results: {"epochs": epochs, "goal": GOAL, "runs": results},
        lambda r: f"{r['state']}, test accuracy {r['accuracy']:.3f}",
        pictures.data,
    )

"""Confidence against accuracy over training time: ten classes, learnt from few pictures.

The same network under cross entropy, focal loss and label smoothing, and under cross entropy with
four times the pictures and as many steps. What is kept is, after each epoch, how it does on the
pictures it is trained on and on others, and at the end what undoing the loss's bias and fitting
one temperature change.
"""

from typing import Any

import numpy as np
from lossbook import keras, ops, tf
from scipy import optimize, special

from workshop import models
from workshop.experiments.calibrating import GAMMA, SEEDS, TEN_EPOCHS, TEN_SAMPLES, scores
from workshop.experiments.kept import Experiment, Run
from workshop.experiments.pictures import Pictures, Trainer

EDITION = 2
TESTED, CLASSES, SMOOTHING, MORE = 4000, 10, 0.1, 4
ARMS = ("cross entropy", "focal", "smoothed", "more pictures")


def loss_of(arm: str) -> Any:
    """Each arm's loss of class numbers and probabilities."""
    if arm == "focal":
        focal = keras.losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=GAMMA)
        return lambda y, p: focal(ops.one_hot(ops.reshape(y, (-1,)), CLASSES), p)
    if arm == "smoothed":
        smooth = keras.losses.CategoricalCrossentropy(label_smoothing=SMOOTHING)
        return lambda y, p: smooth(ops.one_hot(ops.reshape(y, (-1,)), CLASSES), p)
    return "sparse_categorical_crossentropy"


def translated(arm: str, p: np.ndarray) -> np.ndarray:
    """The class probabilities `(n, K)` that the arm's best answers `p` stand for.

    Focal loss: q_k ∝ p_k / φ(p_k) with φ(p) = (1-p)^γ - γ p (1-p)^(γ-1) log p, from the derivative
    of the expected loss. Smoothing: q = (p - ε/K) / (1 - ε), cut off just above 0.
    """
    if arm == "focal":
        p = np.clip(p, 1e-9, 1 - 1e-6)
        q = p / ((1 - p) ** GAMMA - GAMMA * p * (1 - p) ** (GAMMA - 1) * np.log(p))
    elif arm == "smoothed":
        q = np.clip((p - SMOOTHING / CLASSES) / (1 - SMOOTHING), 1e-4, None)
    else:
        q = p
    return q / q.sum(axis=1, keepdims=True)


def repaired(
    arm: str, raw: np.ndarray, y: np.ndarray, *, split: int = 0
) -> dict[str, dict[str, float]]:
    """Scores on one half of the pictures: as it stands, translated, after one temperature.

    The temperature is fitted on the other half, to the raw outputs as they stand. `split` is the
    seed that draws the halves.
    """
    # Drawn, since the test pictures may be sorted by class.
    fit = np.random.default_rng(split).permutation(len(y)) % 2 == 0
    scored, truth = raw[~fit], y[~fit]

    def nll(u: float) -> float:
        log_p = special.log_softmax(u * raw[fit], axis=1)
        return float(-log_p[np.arange(fit.sum()), y[fit]].mean())

    u = optimize.minimize_scalar(nll, bounds=(0.05, 5), method="bounded").x
    q = translated(arm, special.softmax(scored, axis=1))
    return {
        "as it stands": scores(scored, truth),
        "translated": scores(np.log(q), truth),
        "one temperature": {**scores(u * scored, truth), "temperature": 1 / u},
    }


def experiment(
    pictures: Pictures, *, seeds: tuple[int, ...] = SEEDS, epochs: int | None = None
) -> Experiment:
    """Every arm over all seeds."""
    total = epochs or TEN_EPOCHS
    few, many = (
        pictures.first(min(n, len(pictures.x_train))) for n in (TEN_SAMPLES, MORE * TEN_SAMPLES)
    )
    ready: dict[str, tuple[Trainer, Any, Any]] = {}
    x_test, y_test = pictures.x_test[:TESTED], pictures.y_test[:TESTED]

    def learn(arm: str, seed: int) -> dict[str, Any]:
        data = many if arm == "more pictures" else few
        if arm not in ready:
            loss = loss_of(arm)
            trainer = Trainer(lambda: models.ten_classes_network(loss=loss, metrics=()))
            ready[arm] = trainer, tf.constant(data.x_train), tf.constant(data.y_train)
        trainer, x, y = ready[arm]
        trainer.start(seed)
        rng = np.random.default_rng(seed)
        length = max(1, round(total * len(few.x_train) / len(data.x_train)))
        path: dict[str, dict[str, list[float]]] = {"trained": {}, "tested": {}}
        for _ in range(length):
            trainer.train(x, y, rng.permutation(len(data.y_train)))
            shown = (data.x_train[:TESTED], data.y_train[:TESTED]), (x_test, y_test)
            for name, (inputs, labels) in zip(path, shown, strict=True):
                for key, value in scores(trainer.raw(inputs).astype(float), labels).items():
                    path[name].setdefault(key, []).append(value)
        at_end = repaired(arm, trainer.raw(x_test).astype(float), y_test)
        return {"arm": arm, "seed": seed, **path, "end": at_end}

    def run(arm: str, seed: int) -> Run:
        settings = {"edition": EDITION, "arm": arm, "seed": seed, "epochs": total}
        return Run(f"{arm}, seed {seed}", settings, lambda: learn(arm, seed))

    return Experiment(
        "confidence",
        pictures.source,
        list(seeds),
        [run(arm, seed) for arm in ARMS for seed in seeds],
        lambda results: {
            "pictures": len(few.x_train), "more": len(many.x_train), "tested": len(y_test),
            "smoothing": SMOOTHING, "gamma": GAMMA, "runs": results,
        },
        lambda r: f"test accuracy {r['tested']['accuracy'][-1]:.3f}",
        pictures.data,
    )  # fmt: skip

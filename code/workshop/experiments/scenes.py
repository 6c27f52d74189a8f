"""Several objects in a picture: sigmoids against softmax, read in several ways.

For the chapter on several objects. Both heads are trained on the same scenes; each is then judged
by its probabilities as they stand, by its ranking, and by what a logistic regression for each class
makes of its raw outputs, fitted on scenes that neither was trained on.
"""

from typing import Any

import numpy as np
from lossbook import tf
from scipy import special
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from workshop import models
from workshop.data import load_cifar10, to_float
from workshop.data.cifar10 import fingerprint
from workshop.data.scenes import compose
from workshop.experiments.kept import Experiment, Run
from workshop.experiments.pictures import Trainer

EDITION = 1
SEEDS = (1, 2, 3)
EPOCHS, SCENES, READ, TESTED = 12, 20_000, 4_000, 4_000
HEADS = {
    "sigmoids": ("sigmoid", "binary_crossentropy"),
    "softmax": ("softmax", "categorical_crossentropy"),
}


def log_loss(p: np.ndarray, present: np.ndarray) -> float:
    """Nats a scene of presence probabilities `(n, 10)`, which are kept 1e-7 away from 0 and 1."""
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return float(-(present * np.log(p) + (1 - present) * np.log1p(-p)).sum(axis=1).mean())


def top_right(raw: np.ndarray, present: np.ndarray) -> float:
    """Of the k classes ranked first in a scene with k classes, the proportion that is there."""
    rank = (-raw).argsort(axis=1).argsort(axis=1)
    named = rank < present.sum(axis=1, keepdims=True)
    return float((named & (present == 1)).sum() / present.sum())


def judged(
    name: str, raw: np.ndarray, present: np.ndarray, other: np.ndarray, there: np.ndarray
) -> dict[str, float]:
    """The scores of raw outputs on the scenes tested; `other`, `there` are those to fit on."""
    p = special.expit(raw) if name == "sigmoids" else special.softmax(raw, axis=1)
    again = np.empty_like(p)
    for k in range(raw.shape[1]):
        reader = LogisticRegression(C=1.0, max_iter=1000).fit(other, there[:, k])
        again[:, k] = reader.predict_proba(raw)[:, 1]
    return {
        "as_read": log_loss(p, present),
        "read_again": log_loss(again, present),
        "mean_average_precision": float(average_precision_score(present, p, average="macro")),
        "top_right": top_right(raw, present),
    }


def experiment(
    source: str | None = None,
    *,
    seeds: tuple[int, ...] = SEEDS,
    epochs: int | None = None,
    scenes: int | None = None,
) -> Experiment:
    """Both heads over all seeds."""
    length, many = epochs or EPOCHS, scenes or SCENES
    kept: dict[str, Any] = {}

    def ready() -> dict[str, Any]:
        if not kept:
            cifar = load_cifar10()
            half = len(cifar.x_test) // 2
            train = compose(cifar.x_train, cifar.y_train, many, seed=1)
            for name, part, count, seed in (
                ("test", slice(half), TESTED, 2),
                ("read", slice(half, None), READ, 3),
            ):
                made = compose(cifar.x_test[part], cifar.y_test[part], count, seed=seed)
                kept[name] = to_float(made.pictures), made.present
            kept["x"] = tf.constant(to_float(train.pictures))
            kept["sigmoids"] = tf.constant(train.present)
            kept["softmax"] = tf.constant(train.present / train.present.sum(axis=1, keepdims=True))
            kept["base"] = log_loss(
                np.tile(train.present.mean(axis=0), (TESTED, 1)), kept["test"][1]
            )
            count = kept["test"][1].sum(axis=1)
            kept["floor"] = float((count * np.log(count)).mean())
        return kept

    def trainer(name: str) -> Trainer:
        key = f"trainer of {name}"
        if key not in kept:
            activation, loss = HEADS[name]
            kept[key] = Trainer(lambda: models.image_network(10, activation, loss, metrics=()))
        return kept[key]

    def compute(name: str, seed: int) -> dict[str, Any]:
        data, one = ready(), trainer(name)
        one.start(seed)
        rng = np.random.default_rng(seed)
        for _ in range(length):
            one.train(data["x"], data[name], rng.permutation(many))
        (x, present), (other, there) = data["test"], data["read"]
        found = judged(name, one.raw(x), present, one.raw(other), there)
        return {"head": name, "seed": seed, "base": data["base"], "floor": data["floor"], **found}

    def run(name: str, seed: int) -> Run:
        settings = {
            "edition": EDITION, "head": name, "seed": seed, "epochs": length, "scenes": many,
        }  # fmt: skip
        return Run(f"{name}, seed {seed}", settings, lambda: compute(name, seed))

    return Experiment(
        "scenes",
        source or "CIFAR-10",
        list(seeds),
        [run(name, seed) for name in HEADS for seed in seeds],
        lambda results: {"epochs": length, "scenes": many, "tested": TESTED, "runs": results},
        lambda result: f"log loss {result['as_read']:.3f}, read again {result['read_again']:.3f}",
        fingerprint(),
    )

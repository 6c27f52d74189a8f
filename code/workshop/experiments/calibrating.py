"""Outputs of trained networks on pictures they have not seen, for the chapter on calibration.

The article's networks under cross entropy, squared error and focal loss; with one class made rare,
plain and weighted; and all ten classes, memorised from a tenth of the pictures. What is kept are
raw outputs (log odds, logits), so that the chapter can fit and test temperatures itself.
"""

from typing import Any

import numpy as np
from lossbook import keras, tf
from lossbook.calibration import expected_calibration_error
from scipy import special

from workshop import models
from workshop.experiments.kept import Experiment, Run
from workshop.experiments.pairs import log_loss
from workshop.experiments.pictures import Pictures, Trainer

EDITION = 1
SEEDS = (1, 2, 3, 4, 5)
EPOCHS, TEN_EPOCHS = 20, 30
GAMMA = 2.0
RARE, RAREST = 10, 50
"""One plane to so many birds: where weights are compared, and where first steps are."""
TEN_SAMPLES, TEN_TESTED = 5000, 1000
STEPS = 8
"""How many batches one entry of a record of first steps is the mean of."""

TWO = ("binary", "squared", "focal", "rare", "weighted")
STARTS = ("zero bias", "base rate")
KINDS = (*TWO, *STARTS, "ten")


def weighted(factor: float) -> Any:
    """Binary cross entropy with the ones counted `factor` times."""

    def loss(y: Any, p: Any) -> Any:
        each = keras.losses.binary_crossentropy(y, p)
        return each * (1 + (factor - 1) * y[:, 0])

    return loss


def rare(pictures: Pictures, ratio: int) -> Pictures:
    """The same with one plane to `ratio` birds to train on; the tests as they were."""
    birds, planes = (np.flatnonzero(pictures.y_train == k) for k in (0, 1))
    chosen = np.sort(np.concatenate([birds, planes[: max(1, len(birds) // ratio)]]))
    return Pictures(
        pictures.x_train[chosen], pictures.y_train[chosen], pictures.x_test, pictures.y_test,
        pictures.real, pictures.source, pictures.data,
    )  # fmt: skip


class Networks:
    """The trainers, each made when it is first needed and used for all seeds."""

    def __init__(self, two: Pictures, ten: Pictures) -> None:
        self.pictures = {
            **dict.fromkeys(("binary", "squared", "focal"), two),
            **dict.fromkeys(("rare", "weighted"), rare(two, RARE)),
            **dict.fromkeys(STARTS, rare(two, RAREST)),
            "ten": ten.first(min(TEN_SAMPLES, len(ten.x_train))),
        }
        self._ready: dict[str, tuple[Trainer, Any, Any]] = {}

    def loss(self, kind: str) -> Any:
        """The loss of a kind of run."""
        if kind == "weighted":
            return weighted(RARE)
        return {
            "squared": "mean_squared_error",
            "focal": keras.losses.BinaryFocalCrossentropy(gamma=GAMMA),
            "ten": "sparse_categorical_crossentropy",
        }.get(kind, "binary_crossentropy")

    def ready(self, kind: str) -> tuple[Trainer, Any, Any]:
        """The trainer of a kind, its pictures and labels as tensors."""
        if kind not in self._ready:
            pictures = self.pictures[kind]
            if kind == "ten":
                trainer = Trainer(lambda: models.ten_classes_network(metrics=()))
                labels = pictures.y_train
            else:
                loss = self.loss(kind)
                trainer = Trainer(lambda: models.birds_and_planes_network(loss=loss, metrics=()))
                labels = pictures.y_train[:, None].astype(np.float32)
            self._ready[kind] = trainer, tf.constant(pictures.x_train), tf.constant(labels)
        return self._ready[kind]

    def long(self, kind: str, seed: int, epochs: int) -> dict[str, Any]:
        """Train for `epochs`; the raw outputs at the end, and how the test scores went."""
        trainer, x, y = self.ready(kind)
        trainer.start(seed)
        rng, pictures = np.random.default_rng(seed), self.pictures[kind]
        tested = slice(TEN_TESTED) if kind == "ten" else slice(None)
        x_test, y_test = pictures.x_test[tested], pictures.y_test[tested]
        path: dict[str, list[float]] = {"accuracy": [], "log_loss": [], "calibration_error": []}
        for _ in range(epochs):
            trainer.train(x, y, rng.permutation(len(pictures.y_train)))
            raw = trainer.raw(x_test).astype(float)
            for name, value in scores(raw, y_test).items():
                path[name].append(value)
        return {"kind": kind, "seed": seed, "path": path, "raw": raw.round(2).squeeze().tolist()}

    def first_steps(self, kind: str, seed: int) -> dict[str, Any]:
        """One epoch from a last bias of 0, or of the base rate's log odds: the loss on the way."""
        trainer, x, y = self.ready(kind)
        trainer.start(seed)
        labels = self.pictures[kind].y_train
        if kind == "base rate":
            kernel, bias = trainer.model.layers[-1].get_weights()
            odds = special.logit(labels.mean())
            trainer.model.layers[-1].set_weights([kernel, np.full_like(bias, odds)])
        p = special.expit(trainer.raw(self.pictures[kind].x_train[:])[:, 0].astype(float))
        order = np.random.default_rng(seed).permutation(len(labels))
        size = 32 * STEPS
        losses = [trainer.train(x, y, order[k : k + size]) for k in range(0, len(order), size)]
        return {"kind": kind, "seed": seed, "first": log_loss(p, labels), "losses": losses}


def scores(raw: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Accuracy, log loss in nats and calibration error, from raw outputs `(n, units)`."""
    if raw.shape[1] == 1:
        p = special.expit(raw[:, 0])
        right = float(np.mean((p > 0.5) == (y == 1)))
        return {
            "accuracy": right,
            "log_loss": float(np.mean(np.logaddexp(0, raw[:, 0]) - y * raw[:, 0])),
            "calibration_error": expected_calibration_error(p, y),
        }
    log_p = special.log_softmax(raw, axis=1)
    hit = raw.argmax(axis=1) == y
    return {
        "accuracy": float(hit.mean()),
        "log_loss": float(-log_p[np.arange(len(y)), y].mean()),
        "calibration_error": expected_calibration_error(np.exp(log_p.max(axis=1)), hit),
    }


def experiment(
    two: Pictures,
    ten: Pictures,
    *,
    seeds: tuple[int, ...] = SEEDS,
    epochs: int | None = None,
) -> Experiment:
    """All kinds of runs over all seeds."""
    networks: list[Networks] = []

    def ready() -> Networks:
        networks[:] = networks or [Networks(two, ten)]
        return networks[0]

    def run(kind: str, seed: int) -> Run:
        length = 1 if kind in STARTS else epochs or (TEN_EPOCHS if kind == "ten" else EPOCHS)
        settings = {"edition": EDITION, "kind": kind, "seed": seed, "epochs": length}

        def compute() -> dict[str, Any]:
            if kind in STARTS:
                return ready().first_steps(kind, seed)
            return ready().long(kind, seed, length)

        return Run(f"{kind}, seed {seed}", settings, compute)

    def line(result: dict[str, Any]) -> str:
        if "path" not in result:
            return f"first loss {result['first']:.3f}"
        return f"test accuracy {result['path']['accuracy'][-1]:.3f}"

    return Experiment(
        "calibration",
        two.source,
        list(seeds),
        [run(kind, seed) for kind in KINDS for seed in seeds],
        lambda results: {
            "epochs": epochs or EPOCHS,
            "ten_epochs": epochs or TEN_EPOCHS,
            "ratio": RARE,
            "rarest": RAREST,
            "gamma": GAMMA,
            "steps": STEPS,
            "labels": two.y_test,
            "ten_labels": ten.y_test[:TEN_TESTED],
            "runs": results,
        },
        line,
        two.data,
    )

"""Squared error against cross entropy behind a sigmoid: where training starts × how it steps.

For the chapter on clipping and squared error. Birds and planes, from the usual start and from one
that is certain of "bird" (last bias −8), by Adam and by plain gradient descent at two rates.
"""

from typing import Any

import numpy as np
from lossbook import keras, tf

from workshop import models
from workshop.experiments.calibrating import scores
from workshop.experiments.kept import Experiment, Run
from workshop.experiments.pictures import Pictures, Trainer

EDITION = 1
SEEDS = (1, 2, 3)
EPOCHS, SAMPLES = 40, 2000
LOSSES = ("binary_crossentropy", "mean_squared_error")
BIASES = {"usual": 0.0, "certain of bird": -8.0}
OPTIMIZERS: dict[str, Any] = {
    "Adam": lambda: keras.optimizers.Adam(0.001),
    "SGD 0.05": lambda: keras.optimizers.SGD(0.05),
    "SGD 0.5": lambda: keras.optimizers.SGD(0.5),
}


def experiment(
    pictures: Pictures, *, seeds: tuple[int, ...] = SEEDS, epochs: int | None = None
) -> Experiment:
    """Every loss from every start with every optimizer, over all seeds."""
    length = epochs or EPOCHS
    ready: dict[tuple[str, str], Trainer] = {}
    tensors: list[Any] = []

    def trainer(loss: str, optimizer: str) -> Trainer:
        if (loss, optimizer) not in ready:
            ready[loss, optimizer] = Trainer(
                lambda: models.image_network(
                    1, "sigmoid", loss, metrics=(), optimizer=OPTIMIZERS[optimizer]()
                )
            )
        return ready[loss, optimizer]

    def compute(loss: str, start: str, optimizer: str, seed: int) -> dict[str, Any]:
        tensors[:] = tensors or [
            tf.constant(pictures.x_train),
            tf.constant(pictures.y_train[:, None].astype(np.float32)),
        ]
        one = trainer(loss, optimizer)
        one.start(seed)
        kernel, bias = one.model.layers[-1].get_weights()
        one.model.layers[-1].set_weights([kernel, np.full_like(bias, BIASES[start])])
        rng = np.random.default_rng(seed)
        path: dict[str, list[float]] = {"raw": [], "accuracy": [], "test_accuracy": []}
        for epoch in range(length + 1):
            if epoch:
                one.train(tensors[0], tensors[1], rng.permutation(len(pictures.y_train)))
            raw = one.raw(pictures.x_train).astype(float)
            tested = one.raw(pictures.x_test).astype(float)
            path["raw"].append(float(raw.mean()))
            path["accuracy"].append(scores(raw, pictures.y_train)["accuracy"])
            path["test_accuracy"].append(scores(tested, pictures.y_test)["accuracy"])
        return {"loss": loss, "start": start, "optimizer": optimizer, "seed": seed, **path}

    def run(loss: str, start: str, optimizer: str, seed: int) -> Run:
        settings = {
            "edition": EDITION, "loss": loss, "start": start, "optimizer": optimizer,
            "seed": seed, "epochs": length,
        }  # fmt: skip
        title = f"{loss} from {start}, {optimizer}, seed {seed}"
        return Run(title, settings, lambda: compute(loss, start, optimizer, seed))

    return Experiment(
        "starts",
        pictures.source,
        list(seeds),
        [run(a, b, c, s) for a in LOSSES for b in BIASES for c in OPTIMIZERS for s in seeds],
        lambda results: {
            "epochs": length,
            "samples": len(pictures.y_train),
            "bias": BIASES["certain of bird"],
            "runs": results,
        },
        lambda result: f"training accuracy {result['accuracy'][-1]:.3f}",
        pictures.data,
    )

"""What a learned scale costs a network where it is not needed, and what it saves where it is.

One regression with a known truth: the standard deviation varies with one input, by a factor of 1
(not at all), 3 or 15 from end to end. The same network is trained with one scale for all samples,
with a learned scale, and with a learned scale under beta-NLL. What is kept is a curve over the
epochs, so that the stopping time does not matter.
"""

import itertools
from typing import Any

import numpy as np
from lossbook._lazy import keras, ops, tf

from workshop.experiments.kept import Experiment, Run

EDITION = 1
SEEDS = (1, 2, 3, 4, 5)
FACTORS = (1, 3, 15)
HEADS = ("one scale", "learned scale", "learned scale, beta = 0.5")
TRAIN, VALIDATION, TEST = 1000, 500, 10_000
INPUTS, WIDTH, BATCH, EPOCHS, RATE = 5, 64, 25, 200, 1e-3
TYPICAL = 0.5
"""The geometric mean of the standard deviations."""


def truth(x: np.ndarray, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation `(…)` of y at inputs `(…, INPUTS)` from -1 to 1."""
    mean = np.sin(2 * x[..., 0]) + x[..., 1] * x[..., 2]
    return mean, TYPICAL * factor ** (0.5 * x[..., 3])


def draw(rng: np.random.Generator, n: int, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """`n` samples: inputs `(n, INPUTS)` and y `(n,)`."""
    x = rng.uniform(-1, 1, (n, INPUTS))
    mean, scale = truth(x, factor)
    return x.astype("float32"), (mean + scale * rng.normal(size=n)).astype("float32")


def gaussian_nll(y: Any, mean: Any, log_scale: Any) -> Any:
    """Of each sample, in nats, with every constant."""
    z = (y - mean) * ops.exp(-log_scale)
    return 0.5 * ops.square(z) + log_scale + 0.5 * float(np.log(2 * np.pi))


class SideBySide:
    """One network a seed, two hidden layers of ReLU, trained at once: Adam keeps them apart."""

    def __init__(self, head: str, seeds: tuple[int, ...]) -> None:
        self.head, self.count = head, len(seeds)
        sizes = [INPUTS, WIDTH, WIDTH, 1 if head == HEADS[0] else 2]
        self.weights: list[Any] = []
        for a, b in itertools.pairwise(sizes):
            reach = np.sqrt(6 / (a + b))  # Glorot's
            start = [np.random.default_rng(s).uniform(-reach, reach, (a, b)) for s in seeds]
            self.weights += [tf.Variable(np.array(start, "float32")), tf.Variable(
                tf.zeros((self.count, 1, b)))]  # fmt: skip
        self.scale = tf.Variable(tf.zeros((self.count, 1)))
        self.trained = [*self.weights, *([self.scale] if head == HEADS[0] else [])]
        self.optimizer = keras.optimizers.Adam(RATE)
        self.optimizer.build(self.trained)
        # Without AutoGraph, which cannot read every Python's bytecode; the loop is written out.
        self.epoch = tf.function(self._epoch, autograph=False)

    def __call__(self, x: Any) -> tuple[Any, Any]:
        """Mean and log scale `(seeds, n)` at inputs `(seeds, n, INPUTS)`."""
        for k in range(0, len(self.weights), 2):
            x = tf.matmul(x, self.weights[k]) + self.weights[k + 1]
            x = tf.nn.relu(x) if k < len(self.weights) - 2 else x
        mean = x[..., 0]
        return mean, (x[..., 1] if self.head != HEADS[0] else self.scale + 0 * mean)

    def _epoch(self, x: Any, y: Any) -> None:
        """One step a batch; `(batches, seeds, size, …)`."""

        def step(k: Any) -> list[Any]:
            with tf.GradientTape() as tape:
                mean, log_scale = self(x[k])
                each = gaussian_nll(y[k], mean, log_scale)
                if self.head == HEADS[2]:
                    each = each * tf.stop_gradient(tf.exp(log_scale))  # scale^(2 beta)
                total = tf.reduce_sum(tf.reduce_mean(each, axis=1))
            gradients = tape.gradient(total, self.trained)
            self.optimizer.apply(gradients, self.trained)
            return [k + 1]

        tf.while_loop(lambda k: k < tf.shape(x)[0], step, [0], parallel_iterations=1)


def _learn(head: str, factor: float, seeds: tuple[int, ...], epochs: int) -> dict[str, Any]:
    """Regret in nats on new data after each epoch, `(seeds, epochs)`, and validation loss."""
    rngs = [np.random.default_rng(s) for s in seeds]
    train, validation, test = (
        [np.stack(part) for part in zip(*(draw(rng, n, factor) for rng in rngs), strict=True)]
        for n in (TRAIN, VALIDATION, TEST)
    )
    mean, scale = truth(test[0].astype(float), factor)
    floor = np.asarray(gaussian_nll(test[1], mean, np.log(scale))).mean(axis=1)
    networks = SideBySide(head, seeds)
    regret, validated = [], []
    for _ in range(epochs):
        order = np.stack([rng.permutation(TRAIN) for rng in rngs])
        x, y = (np.stack([part[s, order[s]] for s in range(len(seeds))]) for part in train)
        x = x.reshape(len(seeds), -1, BATCH, INPUTS).swapaxes(0, 1)
        networks.epoch(tf.constant(x), tf.constant(y.reshape(len(seeds), -1, BATCH).swapaxes(0, 1)))
        regret.append(gaussian_nll(test[1], *networks(test[0])).numpy().mean(axis=1) - floor)
        validated.append(gaussian_nll(validation[1], *networks(validation[0])).numpy().mean(axis=1))
    return {
        "head": head, "factor": factor,
        "regret": np.transpose(regret).tolist(), "validation": np.transpose(validated).tolist(),
    }  # fmt: skip


def experiment(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> Experiment:
    """Every head at every size of what is planted."""

    def run(head: str, factor: float) -> Run:
        settings = {
            "edition": EDITION, "head": head, "factor": factor, "seeds": list(seeds),
            "epochs": epochs,
        }  # fmt: skip
        title = f"{head}, scale varies by a factor of {factor}"
        return Run(title, settings, lambda: _learn(head, factor, seeds, epochs))

    return Experiment(
        "insurance",
        "drawn from a Gaussian whose mean and scale are known",
        list(seeds),
        [run(head, factor) for factor in FACTORS for head in HEADS],
        lambda results: {"train": TRAIN, "epochs": epochs, "runs": results},
        lambda r: (
            f"least regret {np.min(r['regret'], axis=1).mean():.3f}, at the end "
            f"{np.mean(r['regret'], axis=0)[-1]:.3f}"
        ),
    )

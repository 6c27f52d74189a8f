"""Pictures for the experiments, and one way to train on them that can look up often."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from lossbook import keras, tf

from workshop.data import birds_and_planes, load_cifar10, to_float
from workshop.data.cifar10 import Cifar10, fingerprint


@dataclass(frozen=True)
class Pictures:
    """Pictures as float32 from 0 to 1, labels as integers `(n,)`, and where they came from."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    real: bool
    source: str
    data: str

    def first(self, count: int | None) -> "Pictures":
        """The same with `count` training pictures at most, drawn without looking at them."""
        if count is None or count >= len(self.x_train):
            return self
        some = np.random.default_rng(0).permutation(len(self.x_train))[:count]
        return Pictures(
            self.x_train[some], self.y_train[some], self.x_test, self.y_test,
            self.real, self.source, f"{self.data} first {count}",
        )  # fmt: skip


def _source(cifar: Cifar10) -> str:
    """How the pictures are described if nobody says it better."""
    named = {"local": "CIFAR-10 (a local file)", "downloaded": "CIFAR-10"}
    return named.get(cifar.source, "the drawn stand-in, not CIFAR-10")


def two_classes(source: str | None = None) -> Pictures:
    """The article's birds (0) and planes (1)."""
    cifar = load_cifar10()
    pair = birds_and_planes(cifar)
    return Pictures(
        to_float(pair.x_train), pair.y_train[:, 0].astype(int),
        to_float(pair.x_test), pair.y_test[:, 0].astype(int),
        cifar.is_real, source or _source(cifar), fingerprint(),
    )  # fmt: skip


def ten_classes(source: str | None = None) -> Pictures:
    """All ten classes."""
    cifar = load_cifar10()
    return Pictures(
        to_float(cifar.x_train), cifar.y_train.astype(int),
        to_float(cifar.x_test), cifar.y_test.astype(int),
        cifar.is_real, source or _source(cifar), fingerprint(),
    )  # fmt: skip


class Trainer:
    """A compiled model whose graph is traced once and then used for one seed after another.

    Tracing costs more than a second a model; with many short runs that would be most of the time.
    """

    def __init__(self, make: Callable[[], Any], batch_size: int = 32) -> None:
        self.make, self.batch = make, batch_size
        self.model = make()
        self.model.optimizer.build(self.model.trainable_variables)
        self._clean = [np.zeros(v.shape, v.dtype) for v in self.model.optimizer.variables]
        for k, variable in enumerate(self.model.optimizer.variables):
            self._clean[k] = np.asarray(variable)
        self._graph: Any = None

    def start(self, seed: int) -> None:
        """New weights, as a network made after `set_seed(seed)` has, and a fresh optimizer."""
        keras.utils.set_random_seed(seed)
        self.model.set_weights(self.make().get_weights())
        for variable, value in zip(self.model.optimizer.variables, self._clean, strict=True):
            variable.assign(value)

    def train(self, x: Any, y: Any, order: np.ndarray) -> float:
        """One step for each batch of `order`, sample numbers; the mean loss, maybe not finite."""
        if self._graph is None:
            self.model.test_step((x[:1], y[:1]))
            self._graph = self._trace(x, y)
        self.model.reset_metrics()
        self._graph(x, y, tf.constant(order, tf.int32))
        return float(self.model.get_metrics_result()["loss"])

    def _trace(self, x: Any, y: Any) -> Any:
        size, step = self.batch, self.model.train_step

        @tf.function(autograph=False)
        def run(inputs: Any, targets: Any, order: Any) -> None:
            count = tf.shape(order)[0]

            def next_batch(start: Any) -> Any:
                chosen = order[start : start + size]
                step((tf.gather(inputs, chosen), tf.gather(targets, chosen)))
                return start + size

            tf.while_loop(lambda start: start < count, next_batch, [0], parallel_iterations=1)

        return run.get_concrete_function(x, y, tf.TensorSpec([None], tf.int32))

    def raw(self, x: np.ndarray) -> np.ndarray:
        """What the last Dense layer gives before its activation, `(n, units)`."""
        kernel, bias = self.model.layers[-1].get_weights()
        return self.body(x) @ kernel + bias

    def body(self, x: np.ndarray, batch: int = 1000) -> np.ndarray:
        """What the last layer is given, `(n, width)`."""
        if not hasattr(self, "_body"):
            layers = self.model.layers[:-1]

            def forward(inputs: Any) -> Any:
                for layer in layers:
                    inputs = layer(inputs)
                return inputs

            spec = tf.TensorSpec([None, *x.shape[1:]], tf.float32)
            self._body = tf.function(forward, autograph=False).get_concrete_function(spec)
        parts = [self._body(tf.constant(x[k : k + batch])) for k in range(0, len(x), batch)]
        return np.concatenate([np.asarray(part) for part in parts])

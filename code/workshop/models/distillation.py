"""Many small networks of one shape, trained side by side as one model.

Adam treats each weight on its own, so each student learns as it would alone; only the building of
the graph, which takes longer than training a small student, is shared.
"""

from typing import Any

import numpy as np
from lossbook import training
from lossbook._lazy import keras, ops


class Students:
    """`count` networks: Dense `width` with ReLU, Dense `classes`, each with its own weights.

    Inputs are `(n, count, features)`, one column a student; raw outputs `(n, count, classes)`.
    """

    def __init__(self, count: int, features: int, classes: int, width: int, seed: int = 0) -> None:
        training.set_seed(seed)
        layers = keras.layers

        def dense(size: int, activation: str | None) -> Any:
            # Glorot's bound of one student; the shared layer's shape would give a smaller one.
            start = keras.initializers.RandomUniform(-0.2, 0.2)
            return layers.EinsumDense(
                "nsf,sfh->nsh",
                output_shape=(count, size),
                activation=activation,
                bias_axes="sh",
                kernel_initializer=start,
            )

        self.model = keras.Sequential(
            [keras.Input((count, features)), dense(width, "relu"), dense(classes, None)]
        )
        self.count = count

    def learn(
        self,
        x: np.ndarray,
        targets: np.ndarray,
        temperatures: np.ndarray,
        *,
        epochs: int,
        batch_size: int = 50,
        seed: int = 0,
    ) -> None:
        """Cross entropy to `targets` `(n, count, classes)`, at a temperature `(count,)` each.

        The loss is multiplied by the temperature's square, as in equation eq-distillation.
        """
        T = np.asarray(temperatures, "float32")

        def loss(target: Any, raw: Any) -> Any:
            log_q = ops.log_softmax(raw / T[:, None], axis=-1)
            return -ops.sum(T**2 * ops.sum(target * log_q, axis=-1), axis=-1)

        self.model.compile(keras.optimizers.Adam(0.005), loss=loss)
        training.fit(
            self.model, x, targets, epochs=epochs, batch_size=batch_size, seed=seed, progress=False
        )

    def raw(self, x: np.ndarray) -> np.ndarray:
        """Raw outputs `(n, count, classes)` of all students for the same inputs `(n, features)`."""
        return training.predict(self.model, np.repeat(x[:, None], self.count, axis=1))

"""A small language model of characters: causal convolutions, so that nothing looks ahead."""

from typing import Any

from lossbook._lazy import keras

from workshop.data import help_text


def causal_network(width: int = 96) -> Any:
    """A compiled model from characters `(n, t)` to raw outputs `(n, t, SIZE)`.

    Each output sees the last eleven characters. The loss averages over real characters only.
    """
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((None,)), layers.Embedding(help_text.SIZE, 24),
        layers.Conv1D(width, 6, padding="causal", activation="relu"), layers.Dropout(0.1),
        layers.Conv1D(width, 6, padding="causal", activation="relu"), layers.Dropout(0.1),
        layers.Dense(help_text.SIZE),
    ])  # fmt: skip
    model.compile(
        keras.optimizers.Adam(0.003),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=help_text.PAD),
    )
    return model

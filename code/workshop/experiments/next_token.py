"""The character model of the chapter on next tokens, trained long enough to see where it turns.

What is kept is a curve over the epochs: bits on the text trained on and on the held-out sentences,
and how undecided the model is (the entropy of its own predictions), which is not the same thing.
"""

from typing import Any

import numpy as np
from lossbook import training
from scipy import special

from workshop.data import help_text
from workshop.experiments.kept import Experiment, Run
from workshop.models.characters import causal_network

EDITION = 1
SEEDS = (0, 1, 2)
EPOCHS = 60


def scored(log_p: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """Bits of surprise and of entropy a character, and accuracy, from log p `(n, K)`."""
    surprise = -log_p[np.arange(len(target)), target].mean()
    entropy = -(np.exp(log_p) * log_p).sum(axis=1).mean()
    return {
        "bits": float(surprise / np.log(2)),
        "entropy_bits": float(entropy / np.log(2)),
        "right": float((log_p.argmax(axis=1) == target).mean()),
    }


def _learn(seed: int, epochs: int) -> dict[str, Any]:
    known, new = help_text.split()
    inputs, targets = help_text.encode(known)
    inputs_new, targets_new = help_text.encode(new)
    real = targets_new != help_text.PAD
    training.set_seed(seed)
    model = causal_network()
    path: dict[str, list[float]] = {"trained_bits": [], "bits": [], "entropy_bits": [], "right": []}
    for epoch in range(epochs):
        history = training.fit(
            model, inputs, targets, epochs=1, batch_size=16, seed=1000 * seed + epoch,
            progress=False,
        )  # fmt: skip
        log_p = special.log_softmax(training.predict(model, inputs_new).astype(float), axis=2)
        path["trained_bits"].append(float(history.loss[-1] / np.log(2)))
        for name, value in scored(log_p[real], targets_new[real]).items():
            path[name].append(value)
    return {"seed": seed, **path}


def experiment(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> Experiment:
    """The same network from several starts, scored after each epoch."""

    def run(seed: int) -> Run:
        settings = {"edition": EDITION, "seed": seed, "epochs": epochs}
        return Run(f"seed {seed}", settings, lambda: _learn(seed, epochs))

    return Experiment(
        "next_token",
        "sentences of Python's language reference",
        list(seeds),
        [run(seed) for seed in seeds],
        lambda results: {"epochs": epochs, "runs": results},
        lambda r: f"least {min(r['bits']):.2f} bits, at the end {r['bits'][-1]:.2f}",
    )

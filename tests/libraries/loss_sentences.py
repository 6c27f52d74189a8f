"""Which losses of other libraries a sentence is said of, beside the check that shows it."""

from collections import defaultdict
from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import optax
import torch
from lossbook.catalogue.library_losses import LOSSES, Loss
from sklearn.linear_model import _sgd_fast as sgd

FIELDS = ("density", "predicts", "why")
CHECKS: dict[str, Callable[[Loss], None]] = {}
NAMES: dict[str, set[str]] = {}
SAID: dict[str, set[str]] = defaultdict(set)
for _entry in LOSSES:
    for _field in FIELDS:
        if _sentence := getattr(_entry, _field):
            SAID[_sentence].add(f"{_entry.library} {_entry.name}")


def says(sentence, *names):
    """Marks a check, which is called with each loss that the sentence must stand at."""

    def keep(check):
        assert sentence not in CHECKS, sentence
        CHECKS[sentence], NAMES[sentence] = check, set(names)
        return check

    return keep


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def of_torch(name, *arguments):
    return float(getattr(torch.nn, name)()(*arguments))


def of_optax(name, *arguments, **options):
    return float(jnp.mean(getattr(optax.losses, name)(*arguments, **options)))


def of_sgd(kind, *settings):
    loss = getattr(sgd, kind)(*settings)
    return lambda z, label: loss.py_loss(label, z)


def multi(z):
    return jnp.array([z / 2, -z / 2])


def probability(z):
    return 1 / (1 + np.exp(-z))


RAW = {
    "PyTorch MultiMarginLoss": lambda z, t: of_torch(
        "MultiMarginLoss", tensor([z / 2, -z / 2]), torch.tensor([0 if t > 0 else 1])
    ),
    "PyTorch MultiLabelMarginLoss": lambda z, t: of_torch(
        "MultiLabelMarginLoss", tensor([z / 2, -z / 2]), torch.tensor([[0 if t > 0 else 1, -1]])
    ),
    "PyTorch MarginRankingLoss": lambda z, t: of_torch(
        "MarginRankingLoss", tensor(z), tensor(0.0), tensor(float(t))
    ),
    "Optax hinge_loss": lambda z, t: of_optax("hinge_loss", jnp.array(z), jnp.array(float(t))),
    "Optax perceptron_loss": lambda z, t: of_optax(
        "perceptron_loss", jnp.array(z), jnp.array(float(t))
    ),
    "Optax sparsemax_loss": lambda z, t: of_optax(
        "sparsemax_loss", jnp.array(z), jnp.array(int(t > 0))
    ),
    "Optax multiclass_hinge_loss": lambda z, t: of_optax(
        "multiclass_hinge_loss", multi(z), jnp.array(0 if t > 0 else 1)
    ),
    "Optax multiclass_perceptron_loss": lambda z, t: of_optax(
        "multiclass_perceptron_loss", multi(z), jnp.array(0 if t > 0 else 1)
    ),
    "Optax multiclass_sparsemax_loss": lambda z, t: of_optax(
        "multiclass_sparsemax_loss", multi(z)[None], jnp.array([0 if t > 0 else 1])
    ),
    "Optax sigmoid_focal_loss": lambda z, t: of_optax(
        "sigmoid_focal_loss", jnp.array(z), jnp.array(float(t > 0)), gamma=2.0
    ),
    "Optax poly_loss_cross_entropy": lambda z, t: of_optax(
        "poly_loss_cross_entropy", multi(z), jnp.array([float(t > 0), float(t < 0)]), epsilon=2.0
    ),
    "scikit-learn hinge": of_sgd("Hinge", 1.0),
    "scikit-learn squared_hinge": of_sgd("SquaredHinge", 1.0),
    "scikit-learn perceptron": of_sgd("Hinge", 0.0),
    "scikit-learn modified_huber": of_sgd("ModifiedHuber"),
    "scikit-learn exponential": lambda z, t: float(np.exp(-z * t)),
    "XGBoost binary:hinge": lambda z, t: max(0.0, 1 - z * t),
}
"""Losses of two classes → the loss of a label ±1 at a raw output, a lead of the first class."""
GRID = np.linspace(-4, 4, 161)


def key(entry):
    return f"{entry.library} {entry.name}"


def curve(entry, label=1.0, z=GRID):
    loss = RAW[key(entry)]
    return np.array([loss(float(v), label) for v in z])


def best(entry, q):
    """All raw outputs of the grid that minimise the expected loss where +1 has probability q."""
    expected = q * curve(entry) + (1 - q) * curve(entry, -1.0)
    return GRID[expected < expected.min() + 1e-7]

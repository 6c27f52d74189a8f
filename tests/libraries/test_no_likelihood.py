"""Losses that are the negative log likelihood of nothing, whatever factor and weights are allowed.

Were `loss = (-log p(y | prediction) - c(y)) / factor`, then the sum over all outcomes y of
exp(-factor * loss - c(y)) would be 1 at every prediction. Here the weights exp(-c(y)) are chosen to
come as near to that as they can, by non-negative least squares, none of them below `LEAST`: an
outcome whose loss is constant could otherwise have all the weight.
"""

import itertools

import jax.numpy as jnp
import numpy as np
import optax
import pytest
import running
import torch
from lossbook.catalogue.library_losses import LOSSES
from scipy import optimize

SCORES = np.linspace(-4, 4, 81)
LOGITS = np.random.default_rng(0).normal(0, 2, (150, 3))
FACTORS = np.geomspace(1 / 30, 30, 13)
LEAST = 0.05
GAP = 1e-5
"""At least so far from 1 the sum stays, as a root mean square divided by the factor or by 1."""


def gap(loss):
    """How near the sums come to 1, over all weights and factors; `(predictions, outcomes)`."""
    found = []
    for factor in FACTORS:
        terms = np.exp(-factor * loss)
        distance = optimize.nnls(terms, 1 - LEAST * terms.sum(axis=1))[1]
        # A small factor makes every term nearly equal, and every sum nearly constant.
        found.append(distance / np.sqrt(len(loss)) / min(1, factor))
    return min(found)


def of(kind, value):
    return jnp.asarray(value) if kind == "JAX" else torch.as_tensor(value)


def two(loss, kind="NumPy", labels=(1.0, -1.0), scores=SCORES):
    """Of a score and one of two labels."""
    z = scores if kind == "NumPy" else of(kind, scores)
    columns = [
        loss(z, 0 * z + label if kind != "JAX" else jnp.full(len(z), label)) for label in labels
    ]
    return np.column_stack([running.Sample.numpy(column) for column in columns])


def three(loss, kind, one_hot=False):
    """Of three raw outputs and one of three classes."""
    z, columns = of(kind, LOGITS), []
    for k in range(3):
        label = np.full(len(LOGITS), k)
        columns.append(
            running.Sample.numpy(loss(z, of(kind, np.eye(3)[label] if one_hot else label)))
        )
    return np.column_stack(columns)


def masks(loss):
    """Of three pixels' raw outputs and one of the eight masks."""
    every = [
        np.tile(np.array(mask, float), (len(LOGITS), 1))
        for mask in itertools.product((0, 1), repeat=3)
    ]
    return np.column_stack(
        [np.asarray(loss(jnp.asarray(LOGITS), jnp.asarray(mask))) for mask in every]
    )


def label_sets():
    """`MultiLabelMarginLoss` of three labels, of which any may be right."""
    columns = []
    for size in range(4):
        for chosen in itertools.combinations(range(3), size):
            target = np.tile([*chosen, *[-1] * (3 - size)], (len(LOGITS), 1))
            columns.append(
                torch.nn.MultiLabelMarginLoss(reduction="none")(of("", LOGITS), of("", target))
            )
    return np.column_stack(columns)


def nearer(loss, kind):
    """Of two points on a line, either of which may be the one that belongs to the anchor."""
    one = np.column_stack([np.full(60, 2.0), np.zeros(60)])
    other = np.column_stack([2.0 + np.linspace(-1.9, 4, 60), np.zeros(60)])
    points = [of(kind, value) for value in (0 * one, one, other)]
    return np.column_stack(
        [
            running.Sample.numpy(loss(points[0], points[1], points[2])),
            running.Sample.numpy(loss(points[0], points[2], points[1])),
        ]
    )


def pixel_classes():
    """Generalised Dice of two pixels with two classes each."""
    logits = jnp.asarray(np.random.default_rng(1).normal(0, 2, (150, 2, 2)))
    columns = []
    for classes in itertools.product((0, 1), repeat=2):
        labels = jnp.asarray(np.tile(np.eye(2)[list(classes)], (150, 1, 1)))
        each = [
            optax.losses.multiclass_generalized_dice_loss(z, y)
            for z, y in zip(logits[:, None], labels[:, None], strict=True)
        ]
        columns.append(np.ravel(each))
    return np.column_stack(columns)


def hinge(z, t):
    return np.maximum(0, 1 - t * z)


TORCH = torch.nn
PROOFS = {
    "PyTorch HingeEmbeddingLoss": lambda: two(
        TORCH.HingeEmbeddingLoss(reduction="none"), "PyTorch", scores=np.linspace(0, 4, 41)
    ),
    "PyTorch MarginRankingLoss": lambda: two(
        lambda d, t: TORCH.MarginRankingLoss(reduction="none")(d, 0 * d, t), "PyTorch"
    ),
    "PyTorch MultiMarginLoss": lambda: three(TORCH.MultiMarginLoss(reduction="none"), "PyTorch"),
    "PyTorch MultiLabelMarginLoss": label_sets,
    "PyTorch TripletMarginLoss": lambda: nearer(
        TORCH.TripletMarginLoss(reduction="none"), "PyTorch"
    ),
    "PyTorch TripletMarginWithDistanceLoss": lambda: nearer(
        TORCH.TripletMarginWithDistanceLoss(reduction="none"), "PyTorch"
    ),
    "Optax hinge_loss": lambda: two(optax.hinge_loss, "JAX"),
    "Optax perceptron_loss": lambda: two(optax.losses.perceptron_loss, "JAX"),
    "Optax sparsemax_loss": lambda: two(optax.losses.sparsemax_loss, "JAX", (1, 0)),
    "Optax multiclass_hinge_loss": lambda: three(optax.losses.multiclass_hinge_loss, "JAX"),
    "Optax multiclass_perceptron_loss": lambda: three(
        optax.losses.multiclass_perceptron_loss, "JAX"
    ),
    "Optax multiclass_sparsemax_loss": lambda: three(optax.losses.multiclass_sparsemax_loss, "JAX"),
    "Optax sigmoid_focal_loss": lambda: two(
        lambda z, y: optax.sigmoid_focal_loss(z, y, gamma=2.0), "JAX", (1.0, 0.0)
    ),
    "Optax poly_loss_cross_entropy": lambda: three(
        optax.losses.poly_loss_cross_entropy, "JAX", one_hot=True
    ),
    "Optax dice_loss": lambda: masks(optax.losses.dice_loss),
    "Optax binary_dice_loss": lambda: masks(optax.losses.binary_dice_loss),
    "Optax multiclass_generalized_dice_loss": pixel_classes,
    "Optax triplet_margin_loss": lambda: nearer(optax.losses.triplet_margin_loss, "JAX"),
    "scikit-learn exponential": lambda: two(lambda z, t: np.exp(-t * z)),
    "scikit-learn hinge": lambda: two(hinge),
    "scikit-learn squared_hinge": lambda: two(lambda z, t: hinge(z, t) ** 2),
    "scikit-learn perceptron": lambda: two(lambda z, t: np.maximum(0, -t * z)),
    "scikit-learn modified_huber": lambda: two(
        lambda z, t: np.where(t * z < -1, -4 * t * z, hinge(z, t) ** 2)
    ),
    "XGBoost binary:hinge": lambda: two(hinge),
}
"""The losses of all outcomes, a column each, at many predictions, a row each."""

OTHERWISE = {
    "Optax smooth_labels": "it is no loss",
    "scikit-learn linear": "it weighs samples",
    "scikit-learn square": "it weighs samples",
    "LightGBM mape": "its outcomes are all numbers; the minimiser is compared",
    "LightGBM multiclassova": "a Bernoulli for each class, whose probabilities need not sum to one",
    "LightGBM lambdarank": "an order within a query: moving all scores changes nothing",
    "XGBoost rank:ndcg": "an order within a query: moving all scores changes nothing",
    "XGBoost rank:map": "an order within a query: moving all scores changes nothing",
    "scikit-learn gini": "it chooses splits; its constants are proportions",
}
"""Shown by another check of the table, `shown`."""


@pytest.mark.parametrize("name", PROOFS)
def test_no_weights_of_the_outcomes_make_it_a_likelihood(name):
    assert gap(PROOFS[name]()) > GAP


@pytest.mark.parametrize(
    "loss",
    [
        lambda: two(lambda z, t: np.logaddexp(0, -t * z)),
        lambda: two(lambda z, t: 3 * np.logaddexp(0, -t * z) + t),  # a factor, and a term of y
        lambda: three(optax.softmax_cross_entropy_with_integer_labels, "JAX"),
        lambda: masks(lambda z, y: optax.sigmoid_binary_cross_entropy(z, y).sum(axis=-1)),
        lambda: three(torch.nn.CrossEntropyLoss(reduction="none"), "PyTorch"),
    ],
)
def test_weights_are_found_for_losses_that_are_likelihoods(loss, monkeypatch):
    monkeypatch.setattr(__import__(__name__), "FACTORS", np.array([1 / 3, 1.0]))
    assert gap(loss()) < 1e-10


def test_every_loss_without_a_density_is_proved_to_have_none_or_says_how_it_is_shown():
    none = {
        f"{entry.library} {entry.name}" for entry in LOSSES if not (entry.head or entry.density)
    }
    assert none == set(PROOFS) | set(OTHERWISE)

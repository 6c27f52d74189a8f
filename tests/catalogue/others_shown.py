"""Keras's losses that are no likelihood, as their sentences are checked on them."""

import numpy as np
from lossbook import keras
from lossbook.catalogue import OTHERS
from lossbook.catalogue import proofs as find
from printed import Sentences
from scipy import special

SAID = Sentences()
ENTRIES = {entry.loss: entry for entry in OTHERS}
LOGITS = {"BinaryFocalCrossentropy": {"from_logits": True}, "Hinge": {}, "SquaredHinge": {}}
CLASS_NUMBERS = {"CategoricalGeneralizedCrossEntropy"}


def values(name, y, prediction, **options):
    """Keras's loss, one for each sample."""
    loss = getattr(keras.losses, name)(reduction=None, **options)
    return np.asarray(loss(np.asarray(y), np.asarray(prediction, "float64")), float)


def raw_loss(name):
    """The loss of y (0 or 1) at raw outputs z, both `(n,)`."""
    return lambda y, z: values(name, np.reshape(y, (-1, 1)), np.reshape(z, (-1, 1)), **LOGITS[name])


def minimiser(name, q):
    """The raw output that minimises the expected loss where a 1 has probability q."""
    return find.best_raw(raw_loss(name), q)


def by_class(name, predictions, classes=None):
    """The loss of each class at each prediction, `(predictions, classes)`."""
    n, size = predictions.shape
    columns = []
    for k in range(size) if classes is None else classes:
        number = np.full(n, k)
        y = number if name in CLASS_NUMBERS else np.eye(1, size, k).repeat(n, axis=0)
        columns.append(values(name, y, predictions))
    return np.stack(columns, axis=1)


def one_pixel(name, **options):
    """Dice or Tversky of a picture of one pixel, whose probability is sigmoid(z)."""

    def loss(y, z):
        p = special.expit(np.reshape(z, (-1, 1)))
        return values(name, np.reshape(y, (-1, 1)), p, axis=(1,), **options)

    return loss

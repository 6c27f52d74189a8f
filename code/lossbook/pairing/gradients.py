"""An own loss tried on outputs that the model can make: is it a number, and has it a gradient?"""

import warnings
from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.pairing import trials
from lossbook.pairing.endings import Ending
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Finding

FEW = 8
"""Labels on which an own loss is tried."""


def no_gradient_of_loss(place: str) -> Finding:
    """A loss that is constant wherever it has a derivative."""
    return Finding(
        "no-gradient", "an own loss without a gradient", place,
        "the model's outputs pass a step that has no derivative (argmax, round, a comparison, a "
        "conversion to NumPy or to whole numbers), so training cannot change a weight",
        "a loss that is smooth in the outputs: cross entropy in place of accuracy; sums of "
        "probabilities in place of counts, as in a soft F1 or Dice",
    )  # fmt: skip


def not_a_number(place: str, value: float, raw: bool) -> Finding:
    """A loss that is NaN or infinite for the outputs at hand."""
    why = (
        "raw outputs may be negative or zero, " if raw else "some of the outputs are on a border, "
    )
    return Finding(
        "loss-not-finite", f"an own loss that is {value} on outputs of this model", place,
        why + "and the loss takes a logarithm, a root or a quotient of them; one such sample is "
        "enough for a mean that is no number, and the weights may follow",
        "the activation that the loss expects (a sigmoid or softmax for probabilities, softplus "
        "for scales), or a formula that takes raw outputs, such as logsumexp and softplus",
    )  # fmt: skip


def findings(ending: Ending, loss: Any, target: Any, place: str) -> list[Finding]:
    """What an own Keras loss does on raw outputs and on the labels given.

    Only outputs of a layer with weights and without an activation are tried, because these can be
    any real numbers; and only under TensorFlow, whose tape tells whether a gradient is missing.
    """
    # Of what is put together behind the last layer with weights, a part may be above zero.
    name = getattr(ending.source, "name", None)
    raw = ending.last.range is Range.REAL and ending.last.layer == name
    y = np.asarray(target)
    if keras.backend.backend() != "tensorflow" or y.dtype.kind not in "biuf" or not len(y):
        return []
    if not raw and ending.last.range is not Range.UNIT and ending.last.range is not Range.SIMPLEX:
        return []
    import tensorflow as tf

    y = y[:FEW]
    shape = (len(y), *(size or 3 for size in ending.shape[1:]))
    if int(np.prod(shape)) > 10**6:
        return []
    noise = np.random.default_rng(0).normal(size=shape).astype("float32")
    p = noise if raw else (1 / (1 + np.exp(-noise))).astype("float32")
    if ending.last.range is Range.SIMPLEX:
        p = p / p.sum(axis=-1, keepdims=True)
    outputs = tf.Variable(p)
    labels = tf.convert_to_tensor(y if y.dtype.kind == "i" else y.astype("float32"))
    try:
        with trials.watched(loss), warnings.catch_warnings(), tf.GradientTape() as tape:
            warnings.simplefilter("ignore")
            value = tf.reduce_mean(tf.cast(loss(labels, outputs), "float32"))
    except Exception:  # somebody else's code, on outputs it was not written for
        return []
    if tape.gradient(value, outputs) is None:
        return [no_gradient_of_loss(place)]
    if not np.isfinite(float(value)) and raw:
        return [not_a_number(place, float(value), raw)]
    return []

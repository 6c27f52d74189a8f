"""An own loss tried on outputs that the model can make: is it a number, and has it a gradient?"""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.pairing import lines, probing, sentinels, trials
from lossbook.pairing.endings import Ending
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Finding
from lossbook.pairing.values import one_hot

FEW = 8
"""Labels on which an own loss is tried."""

MOST = 10**6
"""And with no more outputs than these."""


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
        "enough to make the mean NaN, and then the weights too",
        "the activation that the loss expects (a sigmoid or softmax for probabilities, softplus "
        "for scales), or a formula that takes raw outputs, such as logsumexp and softplus",
    )  # fmt: skip


def findings(ending: Ending, loss: Any, target: Any, place: str) -> list[Finding]:
    """What an own Keras loss does on outputs of this kind and on the labels given.

    Raw outputs are those of a layer with weights and without an activation, because these can be
    any real numbers. Only under TensorFlow, whose tape tells whether a gradient is missing.
    """
    # Of what is put together behind the last layer with weights, a part may be above zero.
    name = getattr(ending.source, "name", None)
    raw = ending.last.range is Range.REAL and ending.last.layer == name
    y = np.asarray(target)
    if keras.backend.backend() != "tensorflow" or y.dtype.kind not in "biuf" or not len(y):
        return []
    confined = ending.last.range in (Range.UNIT, Range.SIMPLEX, Range.SYMMETRIC, Range.CUT)
    if not raw and not confined and ending.last.range is not Range.POSITIVE:
        return []
    few = y[:FEW]
    shape = _shape(ending, few)
    if int(np.prod(shape)) > MOST:
        return []
    p = _outputs(ending, shape)

    def evaluate(labels: np.ndarray, outputs: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = _run(loss, labels, outputs)
        return value, np.zeros(outputs.shape) if slope is None else slope

    try:
        with trials.watched(loss), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value, slope = _run(loss, few, p)
            if slope is None:
                return [no_gradient_of_loss(place)]
            if not np.isfinite(value) and raw:
                return [not_a_number(place, value, raw)]
            told = _probed(ending, evaluate, y.astype(float), few, shape, raw)
    except Exception:  # somebody else's code, on outputs it was not written for
        return []
    return [replace(told, where=place)] if told else []


def kept(ending: Ending, loss: Any, target: Any) -> Any:
    """The labels, without those that an own loss leaves out."""
    y = np.asarray(target)
    if keras.backend.backend() != "tensorflow" or y.dtype.kind not in "iuf" or not ending.shape:
        return target

    def slope(labels: np.ndarray) -> np.ndarray:
        shape = _shape(ending, labels)
        if int(np.prod(shape)) > MOST:
            return np.ones(shape)
        found = _run(loss, labels, _outputs(ending, shape))[1]
        return np.ones(shape) if found is None else found

    try:
        with trials.watched(loss), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return sentinels.kept(y, slope)
    except Exception:  # somebody else's code, on labels it was not written for
        return target


def _shape(ending: Ending, y: np.ndarray) -> tuple[int, ...]:
    """The shape of outputs for labels; an axis of any size is as long as the labels have it."""
    sizes = [*y.shape[1:], *[3] * len(ending.shape)]
    return (len(y), *(size or sizes[n] for n, size in enumerate(ending.shape[1:])))


def _outputs(ending: Ending, shape: tuple[int, ...]) -> np.ndarray:
    """Outputs such as the model can make: raw, or between 0 and 1."""
    noise = np.random.default_rng(0).normal(size=shape).astype("float32")
    if ending.last.range is Range.REAL:
        return np.asarray(noise)
    p = (1 / (1 + np.exp(-noise))).astype("float32")
    return np.asarray(
        p / p.sum(axis=-1, keepdims=True) if ending.last.range is Range.SIMPLEX else p
    )


def _run(loss: Any, y: np.ndarray, p: np.ndarray) -> tuple[float, np.ndarray | None]:
    """The mean of an own loss and its gradient, None where no gradient passes."""
    import tensorflow as tf

    outputs = tf.Variable(p.astype("float32"))
    # Keras gives labels to a loss as floats; a loss that is called elsewhere may want them whole.
    with tf.GradientTape() as tape:
        try:
            given = loss(tf.convert_to_tensor(y.astype("float32")), outputs)
        except (TypeError, ValueError, tf.errors.InvalidArgumentError):
            given = loss(tf.convert_to_tensor(y), outputs)
        value = tf.reduce_mean(tf.cast(given, "float32"))
    slope = tape.gradient(value, outputs)
    return float(value), None if slope is None else tf.convert_to_tensor(slope).numpy()


def _probed(
    ending: Ending, evaluate: probing.Evaluate, y: np.ndarray, few: np.ndarray,
    shape: tuple[int, ...], raw: bool,
) -> Finding | None:  # fmt: skip
    last = ending.last
    if raw or last.range is Range.SYMMETRIC:
        low = -np.inf if raw else -1.0
        why = probing.wants_probabilities(evaluate, few, shape, low)
        exclusive = y.ndim == len(shape) and shape[-1] > 2 and one_hot(y)
        change = (lines.last(ending, None, "softmax" if exclusive else "sigmoid"),)
        if why or raw:
            return probing.probabilities(why, last.activation, change) if why else None
    if y.shape[1:] != shape[1:]:
        return None
    pixels = last.range is Range.UNIT and y.min() >= 0 and 50 < y.max() <= 255
    change = (
        lines.labels("y = y / 255")
        if pixels
        else lines.last(ending, None, "softplus" if y.min() >= 0 else None),
    )
    reach = (last.low, last.high)
    return probing.beyond(evaluate, y, shape, reach, last.range, last.activation, change)

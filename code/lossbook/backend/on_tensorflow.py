"""TensorFlow's own functions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

lgamma = tf.math.lgamma
erfc = tf.math.erfc
bessel_i0e = tf.math.bessel_i0e
solve_lower = tf.linalg.triangular_solve
matmul = tf.matmul
maximum = tf.maximum
minimum = tf.minimum
floor = tf.floor
cumsum = tf.cumsum
sin = tf.sin
tanh = tf.tanh
arctan2 = tf.atan2


def largest(x: Any) -> Any:
    """Along the last axis."""
    return tf.reduce_max(x, axis=-1, keepdims=True)


def gradient(function: Callable[[Any], Any], at: Any) -> Any:
    """By a tape."""
    at = tf.convert_to_tensor(at)
    with tf.GradientTape() as tape:
        tape.watch(at)
        total = tf.reduce_sum(function(at))
    return tape.gradient(total, at)


def seen(tensor: Any) -> np.ndarray | None:
    """The values of an eager tensor."""
    return tensor.numpy() if hasattr(tensor, "numpy") and tf.executing_eagerly() else None


def of_shape(x: Any, shape: tuple[Any, ...]) -> Any:
    """x, with a check of its lengths when the graph runs.

    A reshape does not do: TensorFlow's optimiser takes it out, and a length of 1 then broadcasts.
    """
    same = tf.debugging.assert_equal(
        tf.shape(x), tf.stack(shape), message="y does not have a place for each raw output"
    )
    with tf.control_dependencies([same]):
        return tf.reshape(x, shape)  # so that the lengths which are known are known of x

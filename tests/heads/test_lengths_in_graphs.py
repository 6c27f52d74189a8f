"""Batches of other lengths in a graph that was traced without their lengths."""

import numpy as np
import pytest
import tensorflow as tf
from sizes import SIZED

HEADS = [build() for build in SIZED.values()]


@pytest.mark.parametrize("head", HEADS, ids=SIZED)
def test_a_batch_of_one_is_not_spread_over_others(head):
    """TensorFlow's optimiser takes a reshape out, and what fails for 3 and 4 broadcast for 1."""
    rng = np.random.default_rng(0)
    raw = rng.normal(scale=0.5, size=(4, head.units))
    y = np.asarray(head.sample(head.parameters(raw), rng), "float32").reshape(4, head.columns)
    graph = tf.function(
        lambda y, raw: (head.nll(y, raw), head.gradient(y, raw)),
        input_signature=[
            tf.TensorSpec([None, head.columns]),
            tf.TensorSpec([None, head.units]),
        ],
    )
    loss, _ = graph(y, raw.astype("float32"))
    np.testing.assert_allclose(loss, head.nll(y, raw.astype("float32")), rtol=1e-5, atol=1e-5)
    for n, m in ((1, 4), (4, 1), (3, 4), (4, 3)):
        with pytest.raises(tf.errors.InvalidArgumentError):  # the check's, or that of what is first
            graph(y[:n], raw[:m].astype("float32"))

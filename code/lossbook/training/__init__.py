"""Training: seeding, and a `fit` that is faster than Keras's own on small networks.

`fit` runs each epoch as one TensorFlow graph that picks the batches by index and calls the
model's own `train_step` on each: Keras's loss, metrics and optimizer, without going back to
Python after every batch. On PyTorch and on JAX it says so and sends you to `model.fit`; `predict`
and `set_seed` work on all three.
"""

from lossbook.training.fit import fit, predict, set_seed
from lossbook.training.history import History, TrainingError

__all__ = ["History", "TrainingError", "fit", "predict", "set_seed"]

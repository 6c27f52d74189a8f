"""Helpers of the course: which activation, which loss, and why.

Importing this package is quick and does not import TensorFlow. `keras`, `ops` and `tf` are here
too (`from lossbook import keras`); they import TensorFlow when they are first used. `choose` asks
what y can be and what to predict, and answers with a head, an activation and a loss.
"""

from lossbook._lazy import keras, ops, tf
from lossbook.chooser import choose

__all__ = ["choose", "keras", "ops", "tf"]
__version__ = "0.1.0"

"""Helpers of the course: which activation, which loss, and why.

Importing this package is quick and does not import TensorFlow. `keras`, `ops` and `tf` are here
too (`from lossbook import keras`); they import TensorFlow when they are first used.
"""

from lossbook._lazy import keras, ops, tf

__all__ = ["keras", "ops", "tf"]
__version__ = "0.1.0"

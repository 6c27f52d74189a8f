"""Which activation and which loss go at the end of a network, and why.

- `choose(y, predict)`: what y can be and what to predict → head, activation, loss, chapter.
- `check_pairing(model, y)`: mistakes in how a compiled Keras model ends.
- `explain(value, y, loss)`: what a loss value means for these labels: is 0.5 good?
- `heads`: distributions as losses, `heads.Poisson().loss`; `links` and `constraints` below them.
- `fitting`, `training`: small networks that end in a head, and a quick `fit`.
- `catalogue`: each loss and each activation of Keras, and what it assumes.
- `calibration`: do events predicted with probability p happen with frequency p?
- `keras`, `ops`, `tf`: the libraries themselves, imported when they are first used.

Importing this package takes milliseconds and imports no TensorFlow: each name is imported when it
is asked for. `__init__.pyi` is the one list of them, for Python, for editors and type checkers.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__version__ = "0.1.0"

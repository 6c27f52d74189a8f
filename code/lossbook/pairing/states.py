"""Random number generators, put back as they were."""

import contextlib
import random
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put the states of the random number generators back, so that training goes as it would."""
    python, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002
    torch: Any = sys.modules.get("torch")
    torch_state = torch.get_rng_state() if torch is not None else None
    drawn = _tensorflow_draws()
    drawn_state = drawn.getstate() if drawn is not None else None
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(legacy)  # noqa: NPY002
        if torch_state is not None:
            torch.set_rng_state(torch_state)
        if drawn is not None:
            drawn.setstate(drawn_state)


def _tensorflow_draws() -> Any:
    """The generator from which TensorFlow takes the seed of each random operation, if it runs."""
    module = sys.modules.get("tensorflow.python.eager.context")
    return getattr(module.context(), "_rng", None) if module is not None else None

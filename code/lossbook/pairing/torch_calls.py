"""Calling a PyTorch module on a batch, as evaluation does."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any


def called(model: Any, x: Any) -> Any:
    """The module's outputs for its arguments: a dict of them, a sequence, or one."""
    if isinstance(x, Mapping):
        return model(**x)
    return model(*x) if isinstance(x, tuple | list) else model(x)


@contextlib.contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """All modules in their evaluation mode, and each back in its own afterwards."""
    modes = [(module, module.training) for module in model.modules()]
    try:
        for module, _ in modes:
            module.training = False
        yield
    finally:
        for module, mode in modes:
            module.training = mode

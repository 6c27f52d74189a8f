"""Links in NumPy, with their first and second derivatives with respect to the raw score."""

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.special import expit, ndtr, softmax

from lossbook.constraints import diagonal
from lossbook.links import Link
from lossbook.links.elementwise import Exponential, Softplus
from lossbook.links.joint import SPREAD

Derivatives = tuple[np.ndarray, np.ndarray, np.ndarray]
"""The parameter's value and its first and second derivative, each in the shape of the raw score."""


def _identity(z: np.ndarray) -> Derivatives:
    return z, np.ones_like(z), np.zeros_like(z)


def _sigmoid(z: np.ndarray) -> Derivatives:
    p, q = expit(z), expit(-z)
    return p, p * q, p * q * (q - p)


def _probit(z: np.ndarray) -> Derivatives:
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return ndtr(z), density, -z * density


def _cloglog(z: np.ndarray) -> Derivatives:
    z = np.minimum(z, 700.0)  # beyond, exp overflows, and 0 · inf is no number
    first = np.exp(z - np.exp(z))
    return -np.expm1(-np.exp(z)), first, first * (1 - np.exp(z))


MAPS: dict[str, Callable[[np.ndarray], Derivatives]] = {
    "linear": _identity,
    "sigmoid": _sigmoid,
    "probit": _probit,
    "cloglog": _cloglog,
}


def derivatives(link: Link, z: np.ndarray) -> Derivatives:
    """A link's value and derivatives at raw scores `z`. Raises ValueError if there are none here.

    Links of several raw scores together have a matrix of them; their heads take it with the loss.
    """
    if isinstance(link, Softplus | Exponential):
        return link.slopes(z)
    if link.name not in MAPS:
        known = ", ".join([*MAPS, "exponential", "softplus"])
        raise ValueError(f"boosting has no derivatives of the link {link.name!r}; it has {known}")
    return MAPS[link.name](z)


def _direction(z: np.ndarray) -> np.ndarray:
    return z / np.maximum(np.linalg.norm(z, axis=-1, keepdims=True), np.finfo(float).tiny)


def _angle(z: np.ndarray) -> np.ndarray:
    right, up = np.split(z, 2, axis=-1)
    return np.arctan2(up, right)


def _steps(z: np.ndarray) -> np.ndarray:
    return np.cumsum(np.concatenate([z[:, :1], derivatives(SPREAD, z[:, 1:])[0]], axis=-1), axis=-1)


def _cholesky(z: np.ndarray) -> np.ndarray:
    found, on = z.copy(), diagonal(z.shape[-1])
    found[:, on] = derivatives(SPREAD, z[:, on])[0]
    return found


TOGETHER: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "softmax": partial(softmax, axis=-1),
    "direction": _direction,
    "angle": _angle,
    "steps": _steps,
    "cholesky": _cholesky,
}


def value(link: Link, z: np.ndarray) -> np.ndarray:
    """The parameter's value at raw scores `z`, `(n, width)`."""
    return TOGETHER[link.name](z) if link.name in TOGETHER else derivatives(link, z)[0]

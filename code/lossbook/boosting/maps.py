"""Links in NumPy, with their first and second derivatives with respect to the raw score."""

from collections.abc import Callable

import numpy as np
from scipy.special import expit, ndtr, softmax

from lossbook import links
from lossbook.links import Link

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
    first = np.exp(z - np.exp(z))
    return -np.expm1(-np.exp(z)), first, first * (1 - np.exp(z))


def _exponential(z: np.ndarray) -> Derivatives:
    value = np.exp(z)
    return value, value, value


MAPS: dict[str, Callable[[np.ndarray], Derivatives]] = {
    "linear": _identity,
    "sigmoid": _sigmoid,
    "probit": _probit,
    "cloglog": _cloglog,
    "exponential": _exponential,
}


def derivatives(link: Link, z: np.ndarray) -> Derivatives:
    """A link's value and derivatives at raw scores `z`. Raises ValueError if there are none here.

    Softmax has a matrix of derivatives; the categorical head takes them together with its loss.
    """
    if link.name == "softplus":
        floor = getattr(link, "floor", links.FLOOR)
        slope, bend, _ = _sigmoid(z)
        return np.logaddexp(0, z) + floor, slope, bend
    if link.name not in MAPS:
        known = ", ".join([*MAPS, "softplus"])
        raise ValueError(f"boosting has no derivatives of the link {link.name!r}; it has {known}")
    return MAPS[link.name](z)


def value(link: Link, z: np.ndarray) -> np.ndarray:
    """The parameter's value at raw scores `z`."""
    return softmax(z, axis=-1) if link.name == "softmax" else derivatives(link, z)[0]

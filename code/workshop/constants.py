"""The best constant prediction under a loss, for small demonstrations."""

from collections.abc import Callable

from scipy import optimize


def best(loss: Callable[[float], float], low: float, high: float) -> float:
    """The constant in [low, high] with the least `loss`, a function with one minimum there."""
    found = optimize.minimize_scalar(
        loss, bounds=(low, high), method="bounded", options={"xatol": 1e-9}
    )
    return float(found.x)

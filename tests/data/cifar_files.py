"""What a good file holds, small."""

import numpy as np
from workshop.data.archive import PARTS


def some_arrays(count: int = 20) -> dict[str, np.ndarray]:
    """Arrays that a good file holds; every class is there."""
    rng = np.random.default_rng(count)
    x = rng.integers(0, 256, (2, count, 32, 32, 3), dtype=np.uint8)
    y = np.arange(count) % 10
    return dict(zip(PARTS, (x[0], y, x[1], y[::-1].copy()), strict=True))

"""A piece of real terrain: which way its slopes face, and heights around each place.

The heights are those of the Jacksboro fault in Tennessee, which Matplotlib ships as sample data
(`jacksboro_fault_dem.npz`): whole metres on a grid of 3 seconds of arc. The file names 36.73° N as
its first edge; the first row is taken to be the northern one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

METRES_A_DEGREE = 111_200.0
SPACING = 4
"""Cells from a place to its coarse neighbours, some 300 to 370 m east, west, north or south."""


@dataclass(frozen=True)
class Terrain:
    """Places on a grid.

    `height` `(rows, columns)` m; `row`, `column` `(n,)` of each place; `around` `(n, 8)` heights
    in m of the eight coarse neighbours above the place's own; `facing` `(n,)` the direction of
    steepest descent in radians clockwise from north, in (-π, π]; `slope` `(n,)` in degrees;
    `normal` `(n, 3)` unit vectors (east, north, up) that stand on the ground.
    """

    height: np.ndarray
    row: np.ndarray
    column: np.ndarray
    around: np.ndarray
    facing: np.ndarray
    slope: np.ndarray
    normal: np.ndarray


def load_terrain(every: int = 6, flattest: float = 2.0) -> Terrain:
    """Places `every` so many cells apart whose slope is at least `flattest` degrees.

    On flatter ground, heights in whole metres do not fix a direction.
    """
    from matplotlib import cbook

    # Matplotlib opens an .npz with NumPy, but its annotation says any kind of file.
    file: Any = cbook.get_sample_data("jacksboro_fault_dem.npz")
    with file:
        height = file["elevation"].astype(float)
        north, south = float(file["ymin"]), float(file["ymax"])
        step = METRES_A_DEGREE * float(file["dy"])
    across = step * np.cos(np.radians((north + south) / 2))
    southward, eastward = np.gradient(height, step, across)
    rows = np.arange(SPACING, height.shape[0] - SPACING, every)
    columns = np.arange(SPACING, height.shape[1] - SPACING, every)
    row, column = (part.ravel() for part in np.meshgrid(rows, columns, indexing="ij"))
    east, up_south = eastward[row, column], southward[row, column]
    slope = np.degrees(np.arctan(np.hypot(east, up_south)))
    keep = slope >= flattest
    row, column, east, up_south = row[keep], column[keep], east[keep], up_south[keep]
    arrow = np.stack([-east, up_south, np.ones_like(east)], axis=1)
    offsets = [(i, j) for i in (-SPACING, 0, SPACING) for j in (-SPACING, 0, SPACING)]
    around = np.stack([height[row + i, column + j] for i, j in offsets], axis=1)
    around -= height[row, column][:, None]
    return Terrain(
        height,
        row,
        column,
        np.delete(around, 4, axis=1),
        np.arctan2(-east, up_south),
        slope[keep],
        arrow / np.linalg.norm(arrow, axis=1, keepdims=True),
    )

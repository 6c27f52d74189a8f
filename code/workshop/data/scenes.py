"""Pictures with several objects, made of single ones: four places, some of them empty."""

from dataclasses import dataclass

import numpy as np

PLACES = 4


@dataclass(frozen=True)
class Scenes:
    """Pictures `(n, 32, 32, 3)` uint8 and what they show, `(n, 10)` float32 of 0 and 1.

    `objects` is how many places are taken, 1 to 4; two of them may show the same class.
    """

    pictures: np.ndarray
    present: np.ndarray
    objects: np.ndarray


def compose(
    pictures: np.ndarray, labels: np.ndarray, count: int, seed: int, classes: int = 10
) -> Scenes:
    """`count` scenes of one to four pictures each, halved in size, in a two by two grid.

    `pictures` are `(n, 32, 32, 3)` uint8 and `labels` `(n,)`. How many objects, which, and where is
    drawn with `seed`. Empty places are a grey of random lightness, so that they give nothing away.
    """
    if len(pictures) != len(labels) or len(pictures) == 0:
        raise ValueError(f"{len(pictures)} pictures need as many labels, not {len(labels)}")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be 0 to {classes - 1}, not {labels.min()} to {labels.max()}")
    if pictures.ndim != 4 or pictures.shape[1] % 2 or pictures.shape[1] != pictures.shape[2]:
        raise ValueError(f"pictures must be square with an even side, not {pictures.shape}")
    rng = np.random.default_rng(seed)
    objects = rng.integers(1, PLACES + 1, count)
    order = rng.permuted(np.tile(np.arange(PLACES), (count, 1)), axis=1)
    taken = order < objects[:, None]
    chosen = rng.integers(len(pictures), size=(count, PLACES))
    small = _halved(pictures)
    tiles = small[chosen]
    grey = rng.integers(60, 200, (count, PLACES, 1, 1, 1), dtype=np.uint8)
    tiles = np.where(taken[:, :, None, None, None], tiles, grey)
    side = small.shape[1]
    grid = tiles.reshape(count, 2, 2, side, side, 3).transpose(0, 1, 3, 2, 4, 5)
    present = np.zeros((count, classes), np.float32)
    rows, places = np.nonzero(taken)
    present[rows, labels[chosen[rows, places]]] = 1
    return Scenes(grid.reshape(count, 2 * side, 2 * side, 3), present, objects)


def _halved(pictures: np.ndarray) -> np.ndarray:
    """Half the side: the mean of each two by two pixels."""
    n, height, width, colours = pictures.shape
    blocks = pictures.reshape(n, height // 2, 2, width // 2, 2, colours)
    return blocks.mean(axis=(2, 4)).astype(np.uint8)

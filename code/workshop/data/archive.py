"""The npz file that holds the pictures: read and checked."""

import zipfile
from pathlib import Path

import numpy as np

from workshop.data.errors import DataError

PARTS = ("x_train", "y_train", "x_test", "y_test")
SHAPE = (32, 32, 3)
CLASSES = 10
Halves = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""`x_train, y_train, x_test, y_test`."""


def read(path: Path, remedy: str) -> Halves:
    """Pictures `(n, 32, 32, 3)` uint8 and labels `(n,)` int64, in the order of PARTS.

    Labels may stand in the file as `(n, 1)`, as Keras gives them. Raises DataError, naming the
    file, what is wrong with it, and `remedy`. Nothing pickled is ever loaded.
    """
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise DataError(f"{path} is cut off, or is no npz file; {remedy}")
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                absent = [part for part in PARTS if part not in arrays.files]
                if absent:
                    raise DataError(f"{path} has no array {', '.join(absent)}; {remedy}")
                found = {part: np.asarray(arrays[part]) for part in PARTS}
    except DataError:
        raise
    except OSError as problem:
        raise DataError(f"{path} cannot be read: {problem.strerror or problem}; {remedy}") from None
    except Exception as problem:
        # zipfile, zlib and numpy have a dozen exceptions between them for bytes that are wrong.
        raise DataError(f"{path} is corrupt ({problem}); {remedy}") from problem
    for half in ("train", "test"):
        wrong = _wrong(found[f"x_{half}"], found[f"y_{half}"])
        if wrong:
            raise DataError(f"{path}: x_{half} and y_{half} do not fit: {wrong}; {remedy}")
        found[f"y_{half}"] = found[f"y_{half}"].reshape(-1).astype(np.int64)
    return found["x_train"], found["y_train"], found["x_test"], found["y_test"]


def _wrong(x: np.ndarray, y: np.ndarray) -> str | None:
    """What keeps these from being pictures and their labels."""
    if x.ndim != 4 or x.shape[1:] != SHAPE or x.dtype != np.uint8:
        return f"pictures must be (n, 32, 32, 3) uint8, not {x.shape} {x.dtype}"
    if len(x) == 0:
        return "there are no pictures"
    if y.shape not in ((len(x),), (len(x), 1)) or not np.issubdtype(y.dtype, np.integer):
        return f"labels must be {len(x)} integers, not {y.shape} {y.dtype}"
    if y.min() < 0 or y.max() >= CLASSES:
        return f"labels must be 0 to {CLASSES - 1}, not {y.min()} to {y.max()}"
    return None

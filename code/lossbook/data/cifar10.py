"""CIFAR-10: a local file, else the original by download, else the drawn stand-in.

`LOSSBOOK_CIFAR10` names a local `cifar10.npz`, or is the word `drawn` to ask for the stand-in;
without it, `cifar10.npz` in the user's cache folder is taken, then the original is downloaded
there. `LOSSBOOK_REQUIRE_REAL=1` makes the stand-in an error.
"""

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import platformdirs

from lossbook.data import drawn
from lossbook.data.download import download
from lossbook.data.errors import DataError

CLASS_NAMES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
AIRPLANE, BIRD = 0, 2
SHAPE = (32, 32, 3)
PARTS = ("x_train", "y_train", "x_test", "y_test")
Source = Literal["local", "downloaded", "drawn"]


@dataclass(frozen=True)
class Cifar10:
    """Pictures `(n, 32, 32, 3)` uint8 and class numbers `(n,)` int64, and where they came from."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: Source

    @property
    def is_real(self) -> bool:
        """Whether these are CIFAR-10's photographs, not the drawn stand-in."""
        return self.source != "drawn"

    def describe(self) -> str:
        """One sentence that says which pictures these are."""
        counts = f"{len(self.x_train):,} pictures to train on, {len(self.x_test):,} to test"
        if self.is_real:
            return f"CIFAR-10, photographs: {counts}"
        return f"the drawn stand-in for CIFAR-10, not CIFAR-10 itself: {counts}"


@dataclass(frozen=True)
class BirdsAndPlanes:
    """The article's subset: birds labelled 0, airplanes labelled 1, as float32 `(n, 1)`."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def cache_folder() -> Path:
    """Where downloaded and drawn pictures are kept for this user."""
    return Path(platformdirs.user_cache_dir("lossbook", appauthor=False))


def _named() -> str:
    return os.environ.get("LOSSBOOK_CIFAR10", "")


def _required() -> bool:
    return os.environ.get("LOSSBOOK_REQUIRE_REAL", "") not in ("", "0")


def load_cifar10() -> Cifar10:
    """CIFAR-10 by the three steps above.

    Raises DataError if a file that is there cannot be used, or if real pictures are required and
    there are none.
    """
    named, cached = _named(), cache_folder() / "cifar10.npz"
    if named and named != "drawn":
        return read(Path(named), "local")
    if not named and cached.exists():
        return read(cached, "downloaded")
    reason = "LOSSBOOK_CIFAR10=drawn asks for it"
    if not named:
        problem = download(cached)
        if problem is None:
            return read(cached, "downloaded")
        reason = problem
    if _required():
        raise DataError(
            "LOSSBOOK_REQUIRE_REAL is set, but there is no real CIFAR-10 "
            f"({reason}); name a cifar10.npz with LOSSBOOK_CIFAR10, or put it at {cached}"
        )
    return Cifar10(*drawn.load(cache_folder()), source="drawn")


def read(path: Path, source: Source) -> Cifar10:
    """The arrays of an npz file, checked. Raises DataError, naming the file and the remedy."""
    remedy = "remove it to have it fetched anew" if source == "downloaded" else "replace the file"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = {part: arrays[part] for part in PARTS}
    except FileNotFoundError:
        raise DataError(
            f"LOSSBOOK_CIFAR10 names {path}, but there is no such file; correct it or unset it"
        ) from None
    except PermissionError:
        raise DataError(f"{path} cannot be read: permission denied; give yourself access") from None
    except KeyError as missing:
        raise DataError(f"{path} has no array {missing}; it needs {', '.join(PARTS)}") from None
    except (zipfile.BadZipFile, ValueError, EOFError, OSError) as problem:
        raise DataError(f"{path} is cut off or corrupt ({problem}); {remedy}") from problem
    for half in ("train", "test"):
        _check(path, half, found[f"x_{half}"], found[f"y_{half}"])
        found[f"y_{half}"] = found[f"y_{half}"].reshape(-1).astype(np.int64)
    return Cifar10(**found, source=source)


def _check(path: Path, half: str, x: np.ndarray, y: np.ndarray) -> None:
    wanted = f"{path}: x_{half} must be pictures of shape (n, 32, 32, 3), uint8"
    if x.ndim != 4 or x.shape[1:] != SHAPE or x.dtype != np.uint8:
        raise DataError(f"{wanted}; it has shape {x.shape}, {x.dtype}; replace the file")
    if y.shape not in ((len(x),), (len(x), 1)) or not np.issubdtype(y.dtype, np.integer):
        raise DataError(
            f"{path}: y_{half} must be {len(x)} class numbers, as integers; "
            f"it has shape {y.shape}, {y.dtype}; replace the file"
        )
    if len(y) == 0 or y.min() < 0 or y.max() >= len(CLASS_NAMES):
        span = f"{y.min()} to {y.max()}" if len(y) else "none"
        raise DataError(f"{path}: labels y_{half} must be 0 to 9, not {span}; replace the file")


def birds_and_planes(cifar: Cifar10) -> BirdsAndPlanes:
    """Birds (class 2) labelled 0, then airplanes (class 0) labelled 1, in that order."""

    def half(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        birds, planes = x[y == BIRD], x[y == AIRPLANE]
        labels = np.repeat(np.array([0, 1], np.float32), [len(birds), len(planes)])[:, None]
        return np.concatenate([birds, planes]), labels

    return BirdsAndPlanes(*half(cifar.x_train, cifar.y_train), *half(cifar.x_test, cifar.y_test))


def to_float(pictures: np.ndarray) -> np.ndarray:
    """Pixels from 0 to 255 as float32 from 0 to 1, as in the article."""
    return pictures.astype(np.float32) / 255


def fingerprint() -> str:
    """Which pictures would be loaded now, without loading them: for the book's build."""
    named, cached = _named(), cache_folder() / "cifar10.npz"
    path = Path(named) if named else cached
    if named != "drawn" and path.exists():
        about = path.stat()
        return f"{path.name} {about.st_size} {about.st_mtime_ns}"
    return f"{'missing ' if named and named != 'drawn' else ''}drawn {drawn.VERSION}"

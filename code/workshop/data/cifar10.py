"""CIFAR-10: a local file, else the original by download, else the drawn stand-in.

`LOSSBOOK_CIFAR10` names a local `cifar10.npz`, or is the word `drawn` to ask for the stand-in
without trying anything else. If it is not set, `cifar10.npz` in the user's cache folder is taken;
if there is none, the original is downloaded to there. `LOSSBOOK_REQUIRE_REAL=1` makes the stand-in
an error.
"""

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from workshop.data import drawn
from workshop.data.archive import read
from workshop.data.cache import cache_folder
from workshop.data.download import download
from workshop.data.errors import DataError

CLASS_NAMES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
AIRPLANE, BIRD = 0, 2
Source = Literal["local", "downloaded", "drawn"]


@dataclass(frozen=True)
class Cifar10:
    """Pictures `(n, 32, 32, 3)` uint8 and class numbers `(n,)` int64, and where they came from.

    `reason` says, for the stand-in, why it was taken.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: Source
    reason: str = ""

    @property
    def is_real(self) -> bool:
        """Whether these are CIFAR-10's photographs, not the drawn stand-in."""
        return self.source != "drawn"

    def describe(self) -> str:
        """One line for a page that says which pictures these are; `reason` says why."""
        counts = f"{len(self.x_train):,} pictures to train on, {len(self.x_test):,} to test"
        if self.is_real:
            return f"These pictures are photographs, from CIFAR-10: {counts}."
        return (
            "These pictures are the drawn stand-in for CIFAR-10, not CIFAR-10 itself, because the "
            f"photographs were not at hand: {counts}."
        )


@dataclass(frozen=True)
class BirdsAndPlanes:
    """The article's subset: birds labelled 0, airplanes labelled 1, as float32 `(n, 1)`."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def _named() -> str:
    return os.environ.get("LOSSBOOK_CIFAR10", "")


def _path() -> Path:
    """The real file to look for first."""
    named = _named()
    return Path(named).expanduser().absolute() if named else cache_folder() / "cifar10.npz"


def _required() -> bool:
    return os.environ.get("LOSSBOOK_REQUIRE_REAL", "") not in ("", "0")


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        # It may be there, out of reach: reading it says what is wrong.
        return True
    return True


def load_cifar10() -> Cifar10:
    """CIFAR-10 by the three steps above; print its `describe()` to say which was taken.

    Raises DataError if a file that is named or kept cannot be used, or if real pictures are
    required and there are none.
    """
    if _named() == "drawn":
        return _stand_in("as LOSSBOOK_CIFAR10 asks")
    path = _path()
    if _named():
        remedy = "replace it, or correct or unset LOSSBOOK_CIFAR10, which names it"
        return Cifar10(*read(path, remedy), source="local")
    remedy = "make it readable, or remove it to have it fetched anew"
    if _exists(path):
        return Cifar10(*read(path, remedy), source="local")
    failure = download(path)
    if failure:
        return _stand_in(failure)
    return Cifar10(*read(path, remedy), source="downloaded")


def _stand_in(reason: str) -> Cifar10:
    if _required():
        raise DataError(
            f"LOSSBOOK_REQUIRE_REAL is set, and this would be the drawn stand-in ({reason}); "
            f"name a real cifar10.npz with LOSSBOOK_CIFAR10, or put one into {cache_folder()}"
        )
    return Cifar10(*drawn.load(cache_folder()), source="drawn", reason=reason)


def birds_and_planes(cifar: Cifar10) -> BirdsAndPlanes:
    """Birds (class 2) labelled 0, then airplanes (class 0) labelled 1, in that order.

    Raises DataError if there are none of one class.
    """

    def half(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        birds, planes = x[y == BIRD], x[y == AIRPLANE]
        if len(birds) == 0 or len(planes) == 0:
            raise DataError(
                f"{len(birds)} birds and {len(planes)} airplanes among {len(x)} pictures: both "
                "classes are needed; use the whole of CIFAR-10"
            )
        labels = np.repeat(np.array([0, 1], np.float32), [len(birds), len(planes)])[:, None]
        return np.concatenate([birds, planes]), labels

    return BirdsAndPlanes(*half(cifar.x_train, cifar.y_train), *half(cifar.x_test, cifar.y_test))


def to_float(pictures: np.ndarray) -> np.ndarray:
    """Pixels from 0 to 255 as float32 from 0 to 1, as in the article."""
    return pictures.astype(np.float32) / 255


def _checksums(path: Path) -> str:
    """The checksums that an npz keeps of its arrays; size and time of a file that is no npz."""
    try:
        with zipfile.ZipFile(path) as arrays:
            return " ".join(f"{one.filename} {one.CRC:08x}" for one in arrays.infolist())
    except zipfile.BadZipFile:
        about = path.stat()
        return f"{path.name} {about.st_size} {about.st_mtime_ns}"


def fingerprint() -> str:
    """Which pictures would be loaded now, without loading them: for the book's build.

    It changes with the arrays in the file, wherever that lies, with the drawing code, and, where
    the stand-in would be taken, with LOSSBOOK_REQUIRE_REAL, which makes that an error.
    """
    named, path = _named(), _path()
    if named != "drawn" and _exists(path):
        try:
            return _checksums(path)
        except OSError as problem:
            return f"{path.name} {problem.strerror}"
    if named not in ("", "drawn"):
        return f"missing {path}"
    return f"drawn {drawn.VERSION}{' though real is required' if _required() else ''}"

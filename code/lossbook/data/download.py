"""The original CIFAR-10: downloaded by Keras, checked, and kept as one npz."""

import contextlib
import io
import os
import socket
import tempfile
import urllib.error
import urllib.parse
from pathlib import Path

import numpy as np

from lossbook._lazy import keras

SITE = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
PATIENCE = 3.0
"""Seconds to wait for the site to answer before going on without it."""


def download(target: Path, url: str = SITE, sha256: str = SHA256) -> str | None:
    """Fetch the original and write it to `target`, whole or not at all.

    Returns None when `target` is there, else in one line why it could not be fetched. The site is
    asked for a connection first, so that a closed network costs no more than a few seconds.
    """
    unreachable = _unreachable(url)
    if unreachable:
        return unreachable
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        try:
            # Keras reports its progress on the output, which in a chapter is the page.
            with contextlib.redirect_stdout(io.StringIO()):
                unpacked = keras.utils.get_file(
                    "cifar-10.tar.gz", url, file_hash=sha256, extract=True, cache_dir=folder
                )
        except (OSError, EOFError, ValueError, urllib.error.URLError) as problem:
            return f"the download from {url} failed: {_first_line(problem)}"
        except Exception as problem:  # Keras wraps what went wrong on the way in a bare Exception
            if type(problem) is not Exception:
                raise
            return f"the download from {url} failed: {_first_line(problem)}"
        arrays = _batches(Path(unpacked))
        temporary = Path(folder) / "cifar10.npz"
        np.savez(temporary, allow_pickle=False, **arrays)
        os.replace(temporary, target)
    return None


def _first_line(problem: BaseException) -> str:
    return str(problem).splitlines()[0] if str(problem) else type(problem).__name__


def _unreachable(url: str) -> str | None:
    place = urllib.parse.urlsplit(url)
    port = place.port or (443 if place.scheme == "https" else 80)
    try:
        socket.create_connection((place.hostname or "", port), timeout=PATIENCE).close()
    except OSError as problem:
        return f"{place.hostname} does not answer: {_first_line(problem)}"
    return None


def _batches(folder: Path) -> dict[str, np.ndarray]:
    """The original's batches as arrays; `folder` is where the archive was unpacked."""
    [home] = [path.parent for path in folder.rglob("data_batch_1")]

    # Keras reads the pickled batches; the checksum has vouched for them.
    def half(names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        from keras.src.datasets.cifar import load_batch

        loaded = [load_batch(str(home / name)) for name in names]
        pictures = np.concatenate([batch[0] for batch in loaded]).transpose(0, 2, 3, 1)
        labels = np.concatenate([np.asarray(batch[1]) for batch in loaded])
        return np.ascontiguousarray(pictures), labels.astype(np.int64)

    x_train, y_train = half(BATCHES)
    x_test, y_test = half(("test_batch",))
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}

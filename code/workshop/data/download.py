"""The original CIFAR-10: downloaded by Keras, checked, and kept as one npz."""

import contextlib
import io
import pickle
import socket
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from lossbook._lazy import keras

from workshop.data.cache import one_at_a_time, save

SITE = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
TRAIN = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST = ("test_batch",)
PATIENCE = 3.0
"""Seconds to wait for the site to answer before going on without it."""
STALL = 30.0
"""Seconds without a byte after which a download is given up."""


def download(target: Path, url: str = SITE, sha256: str = SHA256) -> str | None:
    """Fetch the original and write it to `target`, whole or not at all.

    Returns None when `target` is there, else in one line why it could not be fetched. The site is
    first asked whether it answers, so that a closed network costs no more than PATIENCE.
    """
    unreachable = _unreachable(url)
    if unreachable:
        return unreachable
    try:
        with one_at_a_time(target.parent):
            if not target.exists():  # else another process has fetched it meanwhile
                with tempfile.TemporaryDirectory(dir=target.parent) as folder, _notice(url):
                    save(target, _arrays(_fetch(url, sha256, folder)))
    except Exception as problem:
        # Keras raises a bare Exception for whatever went wrong with the connection.
        return f"the download from {url} failed: {_first_line(problem)}"
    return None


def _fetch(url: str, sha256: str, folder: str) -> Path:
    """Download and unpack; only what has the right checksum is unpacked."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL)
    try:
        # Keras draws its progress on the output, which in a chapter is the page.
        with contextlib.redirect_stdout(io.StringIO()):
            name = "cifar-10.tar.gz"
            unpacked = keras.utils.get_file(
                name, url, file_hash=sha256, hash_algorithm="sha256", extract=True, cache_dir=folder
            )
    finally:
        socket.setdefaulttimeout(before)
    return Path(unpacked)


def _unreachable(url: str) -> str | None:
    """Why the site cannot be asked, or None if it answers in time."""
    outcome: list[str | None] = []

    def ask() -> None:
        try:
            request = urllib.request.Request(url, method="HEAD")
            urllib.request.urlopen(request, timeout=PATIENCE).close()
            outcome.append(None)
        except Exception as problem:
            outcome.append(f"{url} cannot be fetched: {_first_line(problem)}")

    # In a thread, because looking up the host's name obeys no timeout.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PATIENCE + 1)
    return outcome[0] if outcome else f"{url} does not answer"


def _first_line(problem: BaseException) -> str:
    return str(problem).splitlines()[0] if str(problem) else type(problem).__name__


@contextlib.contextmanager
def _notice(url: str) -> Iterator[None]:
    """Say that a download is under way: on a terminal, or in a notebook's cell, in one line."""
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        if sys.stderr.isatty():
            print(f"downloading CIFAR-10 (170 MB, once) from {url}", file=sys.stderr, flush=True)
        yield
        return
    from IPython.display import display

    text = "text/plain"
    line = display(
        {text: f"downloading CIFAR-10 (170 MB, once) from {url}"}, raw=True, display_id=True
    )
    try:
        yield
    finally:
        line.update({text: ""}, raw=True)


def _arrays(folder: Path) -> dict[str, np.ndarray]:
    """The original's batches as arrays; `folder` is where the archive was unpacked."""
    home = next(folder.rglob(TEST[0])).parent

    def half(names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        # They are pickled; the checksum has vouched for them.
        batches = [pickle.loads((home / name).read_bytes(), encoding="bytes") for name in names]
        flat = np.concatenate([batch[b"data"] for batch in batches])
        labels = np.concatenate([batch[b"labels"] for batch in batches])
        pictures = flat.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        return np.ascontiguousarray(pictures), labels.astype(np.int64)

    x_train, y_train = half(TRAIN)
    x_test, y_test = half(TEST)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}

"""The user's cache folder: files appear there whole or not at all, each made by one process."""

import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import platformdirs


def cache_folder() -> Path:
    """Where downloaded and drawn pictures are kept for this user (on Linux `~/.cache/lossbook`)."""
    return Path(platformdirs.user_cache_dir("lossbook", appauthor=False))


def save(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write an npz beside its final name and rename it, so that no reader sees half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Make other processes that would fetch or draw the same wait; `folder` is created if missing.

    The system lifts the lock when the process ends, however it ends. Raises OSError if the folder
    cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

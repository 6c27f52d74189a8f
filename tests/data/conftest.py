"""No test here sees the user's cache, the network beyond this machine, or the build's settings."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cifar_files import some_arrays
from workshop.data import cifar10


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of the test's own; the two settings unset."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))  # where platformdirs looks on a Mac
    monkeypatch.delenv("LOSSBOOK_CIFAR10", raising=False)
    monkeypatch.delenv("LOSSBOOK_REQUIRE_REAL", raising=False)
    folder = cifar10.cache_folder()
    assert folder.is_relative_to(tmp_path)
    return folder


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    return some_arrays()


@pytest.fixture
def file(tmp_path: Path, arrays: dict[str, np.ndarray]) -> Path:
    """A good file, outside the cache."""
    path = tmp_path / "given.npz"
    np.savez(path, **arrays)
    return path


@pytest.fixture
def few_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in of three pictures a class, quickly drawn."""
    original = cifar10.drawn.draw
    monkeypatch.setattr(cifar10.drawn, "draw", lambda: original(2, 1))


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Permissions do not hold root back, and some machines run tests as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)

"""The three steps, their order, the settings, and what the loader returns."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from workshop.data import CLASS_NAMES, DataError, birds_and_planes, cifar10, load_cifar10, to_float
from workshop.data.archive import PARTS


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch, arrays: dict) -> list[Path]:
    """A download that always works, and the list of what was asked of it."""
    asked: list[Path] = []

    def download(target: Path) -> None:
        asked.append(target)
        target.parent.mkdir(parents=True)
        np.savez(target, **arrays)

    monkeypatch.setattr(cifar10, "download", download)
    return asked


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    asked: list[Path] = []

    def download(target: Path) -> str:
        asked.append(target)
        return "nobody answers"

    monkeypatch.setattr(cifar10, "download", download)
    return asked


def same(cifar: cifar10.Cifar10, arrays: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(getattr(cifar, part), arrays[part]) for part in PARTS)


def test_the_named_file_comes_first(
    file: Path,
    cache: Path,
    arrays: dict,
    downloads: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache.mkdir(parents=True)
    (cache / "cifar10.npz").write_bytes(b"must not be read")
    monkeypatch.setenv("LOSSBOOK_CIFAR10", str(file))
    cifar = load_cifar10()
    assert same(cifar, arrays)
    assert (cifar.source, cifar.is_real, downloads) == ("local", True, [])
    assert "photographs" in cifar.describe()
    assert "drawn" not in cifar.describe()


def test_then_the_one_in_the_cache(cache: Path, arrays: dict, downloads: list[Path]) -> None:
    cache.mkdir(parents=True)
    np.savez(cache / "cifar10.npz", **arrays)
    assert same(load_cifar10(), arrays)
    assert downloads == []


def test_then_the_download_which_is_kept(cache: Path, arrays: dict, downloads: list[Path]) -> None:
    cifar = load_cifar10()
    assert (cifar.source, cifar.is_real) == ("downloaded", True)
    assert same(cifar, arrays)
    assert load_cifar10().is_real
    assert downloads == [cache / "cifar10.npz"]


@pytest.mark.usefixtures("few_drawn")
def test_then_the_stand_in_which_says_so_and_why(offline: list[Path]) -> None:
    cifar = load_cifar10()
    assert (cifar.source, cifar.is_real, len(offline)) == ("drawn", False, 1)
    assert "drawn stand-in" in cifar.describe()
    assert "not CIFAR-10 itself" in cifar.describe()
    assert "nobody answers" in cifar.reason
    assert cifar.reason not in cifar.describe(), "no error message goes onto a page"
    assert "\n" not in cifar.describe()


@pytest.mark.usefixtures("few_drawn")
def test_drawn_can_be_asked_for_and_then_nothing_else_is_tried(
    cache: Path, arrays: dict, downloads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.mkdir(parents=True)
    np.savez(cache / "cifar10.npz", **arrays)
    monkeypatch.setenv("LOSSBOOK_CIFAR10", "drawn")
    assert load_cifar10().source == "drawn"
    assert downloads == []


@pytest.mark.parametrize("setting", ["", "drawn"])
def test_required_makes_the_stand_in_an_error(
    setting: str, offline: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSSBOOK_CIFAR10", setting)
    monkeypatch.setenv("LOSSBOOK_REQUIRE_REAL", "1")
    monkeypatch.setattr(cifar10.drawn, "load", lambda folder: pytest.fail("drew pictures"))
    with pytest.raises(DataError, match=r"LOSSBOOK_REQUIRE_REAL.*LOSSBOOK_CIFAR10"):
        load_cifar10()


@pytest.mark.usefixtures("few_drawn", "offline")
def test_required_0_requires_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOSSBOOK_REQUIRE_REAL", "0")
    assert not load_cifar10().is_real


def test_required_takes_a_real_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOSSBOOK_REQUIRE_REAL", "1")
    monkeypatch.setenv("LOSSBOOK_CIFAR10", str(file))
    assert load_cifar10().is_real


def test_a_bad_file_never_falls_through_to_the_next_step(
    cache: Path, downloads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.mkdir(parents=True)
    (cache / "cifar10.npz").write_bytes(b"PK half a file")
    with pytest.raises(DataError, match=r"cifar10\.npz is cut off.*remove it"):
        load_cifar10()
    monkeypatch.setenv("LOSSBOOK_CIFAR10", str(cache / "absent.npz"))
    with pytest.raises(DataError, match=r"absent\.npz.*No such file.*LOSSBOOK_CIFAR10"):
        load_cifar10()
    assert downloads == []


def test_the_path_may_start_with_the_home_folder(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSSBOOK_CIFAR10", f"~/{file.name}")
    assert load_cifar10().is_real


def test_the_articles_subset_is_birds_then_planes(
    file: Path, arrays: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSSBOOK_CIFAR10", str(file))
    cifar = load_cifar10()
    pair = birds_and_planes(cifar)
    for half in ("train", "test"):
        x, y = getattr(pair, f"x_{half}"), getattr(pair, f"y_{half}")
        classes = [CLASS_NAMES.index("bird")] * 2 + [CLASS_NAMES.index("airplane")] * 2
        places = [np.flatnonzero(arrays[f"y_{half}"] == k)[i % 2] for i, k in enumerate(classes)]
        assert np.array_equal(x, arrays[f"x_{half}"][places])
        assert y.tolist() == [[0.0], [0.0], [1.0], [1.0]]
        assert y.dtype == np.float32


def test_a_subset_without_birds_is_an_error(arrays: dict) -> None:
    cifar = cifar10.Cifar10(**{**arrays, "y_test": np.zeros(20, int)}, source="local")
    with pytest.raises(DataError, match="0 birds and 20 airplanes"):
        birds_and_planes(cifar)


def test_class_names_are_those_of_keras_order() -> None:
    # The original's batches.meta, as its authors list it: https://www.cs.toronto.edu/~kriz/cifar.html
    assert " ".join(CLASS_NAMES) == ("airplane automobile bird cat deer dog frog horse ship truck")


def test_to_float_divides_by_255() -> None:
    scaled = to_float(np.array([0, 51, 255], np.uint8))
    assert scaled.dtype == np.float32
    assert scaled.tolist() == pytest.approx([0.0, 0.2, 1.0])


def test_the_fingerprint_tells_when_the_source_changes(
    file: Path, cache: Path, arrays: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cifar10, "read", lambda *_: pytest.fail("loaded the pictures"))
    seen = [cifar10.fingerprint()]
    monkeypatch.setenv("LOSSBOOK_REQUIRE_REAL", "1")
    seen.append(cifar10.fingerprint())
    monkeypatch.delenv("LOSSBOOK_REQUIRE_REAL")
    monkeypatch.setenv("LOSSBOOK_CIFAR10", str(file))
    seen.append(cifar10.fingerprint())
    assert seen[-1] == cifar10.fingerprint()
    os.utime(file, (1, 1))
    assert seen[-1] == cifar10.fingerprint(), "the same pictures at another time"
    elsewhere = file.rename(file.with_name("elsewhere.npz"))
    monkeypatch.setenv("LOSSBOOK_CIFAR10", str(elsewhere))
    assert seen[-1] == cifar10.fingerprint(), "the same pictures in another place"
    monkeypatch.setenv("LOSSBOOK_CIFAR10", str(file))
    seen.append(cifar10.fingerprint())
    np.savez(file, **arrays | {"y_train": arrays["y_train"][::-1]})
    seen.append(cifar10.fingerprint())
    file.write_bytes(b"no npz")
    seen.append(cifar10.fingerprint())
    file.write_bytes(b"no npz, and longer")
    seen.append(cifar10.fingerprint())
    file.unlink()
    assert len(set(seen)) == len(seen), seen
    monkeypatch.setenv("LOSSBOOK_CIFAR10", "drawn")
    assert cifar10.fingerprint() == seen[0], "no file and no name: the same pictures as drawn"
    monkeypatch.delenv("LOSSBOOK_CIFAR10")
    cache.mkdir(parents=True)
    np.savez(cache / "cifar10.npz", **arrays)
    assert cifar10.fingerprint() == seen[2], "the same pictures in the cache"


@pytest.mark.parametrize("setting", ["drawn", "file"])
def test_loading_needs_no_tensorflow(setting: str, file: Path, few_drawn: None) -> None:
    code = (
        "import sys, workshop.data, workshop.data.scenes as scenes\n"
        "from workshop.data import cifar10, load_iris\n"
        "original = cifar10.drawn.draw\n"
        "cifar10.drawn.draw = lambda: original(2, 1)\n"
        "load_iris(); cifar = cifar10.load_cifar10()\n"
        "scenes.compose(cifar.x_train, cifar.y_train, 3, seed=0)\n"
        "sys.exit(bool({'tensorflow', 'keras'} & set(sys.modules)))"
    )
    name = str(file) if setting == "file" else setting
    environment = os.environ | {"LOSSBOOK_CIFAR10": name}
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], env=environment)
    assert done.returncode == 0


def test_offline_the_real_download_gives_way_to_the_stand_in(
    few_drawn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = partial(cifar10.download, url="http://127.0.0.1:9/cifar-10-python.tar.gz")
    monkeypatch.setattr(cifar10, "download", refused)
    cifar = load_cifar10()
    assert cifar.source == "drawn"
    assert "127.0.0.1:9" in cifar.reason

"""A file that cannot be used gives one error, which names the file and the remedy."""

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from cifar_files import some_arrays
from hypothesis import given
from hypothesis import strategies as st
from workshop.data import DataError, load_cifar10
from workshop.data.archive import PARTS, read

Change = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]
REMEDY = "do as the remedy says"


def refused(path: Path) -> str:
    """What is wrong with the file; the message must name it and end in the remedy, on one line."""
    with pytest.raises(DataError) as caught:
        read(path, REMEDY)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.endswith(REMEDY)
    assert "\n" not in message
    return message


def test_a_good_file_is_read_as_it_is(file: Path, arrays: dict) -> None:
    for part, found in zip(PARTS, read(file, REMEDY), strict=True):
        assert np.array_equal(found, arrays[part])


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
def test_labels_of_any_integer_type_also_in_keras_shape(
    dtype: type, shape: tuple[int, ...], tmp_path: Path, arrays: dict
) -> None:
    given_ = {**arrays, "y_train": arrays["y_train"].astype(dtype).reshape(shape)}
    np.savez_compressed(tmp_path / "keras.npz", **given_)
    y = read(tmp_path / "keras.npz", REMEDY)[1]
    assert (y.shape, y.dtype) == ((20,), np.int64)
    assert np.array_equal(y, arrays["y_train"])


def part(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Change:
    return lambda arrays: {**arrays, name: change(arrays[name])}


FAULTS: dict[str, tuple[Change, str]] = {
    "grey": (part("x_train", lambda x: x[..., 0]), r"not \(20, 32, 32\) uint8"),
    "channels first": (part("x_test", lambda x: x.transpose(0, 3, 1, 2)), r"\(20, 3, 32, 32\)"),
    "flat": (part("x_train", lambda x: x.reshape(20, -1)), r"\(20, 3072\)"),
    "other size": (part("x_train", lambda x: x[:, :28, :28]), r"28, 28"),
    "floats": (part("x_test", lambda x: x / np.float32(255)), r"float32"),
    "signed": (part("x_train", lambda x: x.astype(np.int16)), r"int16"),
    "float labels": (part("y_train", lambda y: y.astype(float)), r"float64"),
    "one-hot labels": (part("y_train", lambda y: np.eye(10, dtype=int)[y]), r"\(20, 10\)"),
    "text labels": (part("y_test", lambda y: y.astype(str)), r"integers"),
    "too few labels": (part("y_test", lambda y: y[:-1]), r"20 integers, not \(19,\)"),
    "label 10": (part("y_train", lambda y: y + 1), r"0 to 9, not 1 to 10"),
    "label -1": (part("y_test", lambda y: y - 1), r"0 to 9, not -1 to 8"),
    "empty": (
        lambda a: {**a, "x_test": a["x_test"][:0], "y_test": a["y_test"][:0]},
        r"no pictures",
    ),
    "a part missing": (lambda a: {k: a[k] for k in PARTS[:3]}, r"no array y_test"),
    "pickled objects": (
        part("y_train", lambda y: y.astype(object)),
        r"corrupt .*allow_pickle=False",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_wrong_contents(fault: str, tmp_path: Path, arrays: dict) -> None:
    change, what = FAULTS[fault]
    np.savez(tmp_path / "wrong.npz", **change(arrays))
    message = refused(tmp_path / "wrong.npz")
    assert re.search(what, message), message


def test_pickles_are_never_run(tmp_path: Path, arrays: dict) -> None:
    class Bomb:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "went off",))

    bad = np.empty(20, object)
    bad[:] = [Bomb() for _ in range(20)]
    np.savez(tmp_path / "bomb.npz", **{**arrays, "y_train": bad})
    refused(tmp_path / "bomb.npz")
    assert not (tmp_path / "went off").exists()


def test_files_that_are_no_archive(tmp_path: Path, arrays: dict) -> None:
    np.save(tmp_path / "one.npy", arrays["x_train"])
    (tmp_path / "empty.npz").touch()
    (tmp_path / "text.npz").write_text("404 not found\n")
    for name in ("one.npy", "empty.npz", "text.npz"):
        message = refused(tmp_path / name)
        assert "is no npz file" in message
        assert "allow_pickle" not in message, "no advice to unpickle strangers' files"


def test_places_where_no_file_can_be_read(tmp_path: Path, file: Path) -> None:
    assert "No such file" in refused(tmp_path / "absent.npz")
    assert "directory" in refused(tmp_path)
    assert "directory" in refused(file / "below.npz")


@pytest.mark.usefixtures("ordinary_user")
def test_unreadable_file_and_unreadable_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    # Not in tmp_path: pytest's own folder is closed to all but the one who runs it.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "lossbook"
        folder.mkdir()
        path = folder / "cifar10.npz"
        np.savez(path, **some_arrays())
        read(path, REMEDY)
        path.chmod(0)
        assert "Permission denied" in refused(path)
        path.chmod(0o600)
        folder.chmod(0)
        try:
            assert "Permission denied" in refused(path)
            monkeypatch.setenv("XDG_CACHE_HOME", name)
            with pytest.raises(DataError, match=r"cifar10\.npz.*Permission denied.*readable"):
                load_cifar10()
        finally:
            folder.chmod(0o700)


def saved(compressed: bool) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "good.npz"
        (np.savez_compressed if compressed else np.savez)(path, **some_arrays(4))
        return path.read_bytes()


GOOD = {compressed: saved(compressed) for compressed in (False, True)}


@given(st.booleans(), st.floats(0, 1, exclude_max=True))
def test_cut_off_anywhere(compressed: bool, part_kept: float) -> None:
    good = GOOD[compressed]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "cut.npz"
        path.write_bytes(good[: int(len(good) * part_kept)])
        assert "cut off" in refused(path)


@given(st.data())
def test_damage_is_never_taken_for_data(data: st.DataObject) -> None:
    """Some bytes overwritten: one clear error, or the same arrays if no harm was done."""
    compressed = data.draw(st.booleans())
    damaged = bytearray(GOOD[compressed])
    new = data.draw(st.binary(min_size=1, max_size=40))
    at = data.draw(st.integers(0, len(damaged) - len(new)))
    damaged[at : at + len(new)] = new
    folder = Path(tempfile.mkdtemp())
    try:
        path = folder / "damaged.npz"
        path.write_bytes(damaged)
        try:
            found = read(path, REMEDY)
        except DataError:
            refused(path)
            return
        for part_, array in zip(PARTS, found, strict=True):
            assert np.array_equal(array, some_arrays(4)[part_])
    finally:
        shutil.rmtree(folder)

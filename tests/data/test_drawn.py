"""The stand-in: the same every time, kept safely, and not to be told apart by colour alone."""

import multiprocessing
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from workshop.data import drawn
from workshop.data.archive import Halves
from workshop.data.cifar10 import AIRPLANE, BIRD


@pytest.fixture(scope="module")
def some() -> Halves:
    return drawn.draw(150, 50)


def test_shapes_and_classes(some: Halves) -> None:
    for x, y, count in ((some[0], some[1], 150), (some[2], some[3], 50)):
        assert (x.shape, x.dtype) == ((10 * count, 32, 32, 3), np.uint8)
        assert np.bincount(y).tolist() == [count] * 10
        assert len(np.unique(x.reshape(len(x), -1), axis=0)) == len(x), "no picture twice"


def test_one_seed_gives_the_same_pictures_and_another_gives_others() -> None:
    first, again, other = drawn.draw(3, 2), drawn.draw(3, 2), drawn.draw(3, 2, seed=1)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_numpys_global_seed_is_neither_used_nor_changed() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    drawn.draw(1, 1)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_training_and_test_pictures_differ(some: Halves) -> None:
    train = {picture.tobytes() for picture in some[0]}
    assert not any(picture.tobytes() in train for picture in some[2])


def statistics(pictures: np.ndarray) -> np.ndarray:
    """Mean and spread of each colour."""
    return np.concatenate([pictures.mean(axis=(1, 2)), pictures.std(axis=(1, 2))], axis=1)


def flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1) / 255


def accuracy(model: object, features: object, some: Halves, classes: list[int]) -> float:
    train, test = np.isin(some[1], classes), np.isin(some[3], classes)
    model.fit(features(some[0][train]), some[1][train])
    return accuracy_score(some[3][test], model.predict(features(some[2][test])))


def test_colours_do_not_give_birds_and_planes_away(some: Halves) -> None:
    model = make_pipeline(StandardScaler(), LogisticRegression())
    assert accuracy(model, statistics, some, [BIRD, AIRPLANE]) < 0.65


def test_colours_do_not_give_ten_classes_away(some: Halves) -> None:
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    assert accuracy(model, statistics, some, list(range(10))) < 0.3


def test_no_template_of_pixels_gives_them_away(some: Halves) -> None:
    assert accuracy(NearestCentroid(), flat, some, [BIRD, AIRPLANE]) < 0.7
    assert accuracy(NearestCentroid(), flat, some, list(range(10))) < 0.4


def test_each_class_has_a_form_of_its_own() -> None:
    """On a bare ground, in full light, the average outlines of any two classes differ."""
    outlines = []
    for label in range(10):
        rng = np.random.default_rng(label)
        shapes = [
            np.asarray(drawn._figure(label, np.zeros(3), rng))[..., 3] / 255 for _ in range(60)
        ]
        both = [max(shape, shape[:, ::-1], key=lambda s: s[:, :16].sum()) for shape in shapes]
        outlines.append(np.mean(both, axis=0))
        assert 0.05 < outlines[-1].mean() < 0.6, "neither a speck nor all over the picture"
    distance = [np.abs(a - b).mean() for i, a in enumerate(outlines) for b in outlines[:i]]
    assert min(distance) > 0.02


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Few pictures, and a list that grows each time they are drawn."""
    original, drawings = drawn.draw, []

    def draw() -> Halves:
        drawings.append(1)
        return original(2, 1)

    monkeypatch.setattr(drawn, "draw", draw)
    return drawings


def test_drawn_once_then_kept(tmp_path: Path, few: list[int]) -> None:
    first, second = drawn.load(tmp_path / "new" / "folder"), drawn.load(tmp_path / "new" / "folder")
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert len(few) == 1


def test_other_drawing_code_draws_anew(
    tmp_path: Path, few: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn.load(tmp_path)
    monkeypatch.setattr(drawn, "VERSION", "other")
    drawn.load(tmp_path)
    assert len(few) == 2


@pytest.mark.parametrize("keep", [0, 1000])
def test_a_damaged_kept_file_is_drawn_anew(keep: int, tmp_path: Path, few: list[int]) -> None:
    first = drawn.load(tmp_path)
    [path] = tmp_path.glob("drawn-*.npz")
    path.write_bytes(path.read_bytes()[:keep])
    again = drawn.load(tmp_path)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert len(few) == 2
    drawn.load(tmp_path)
    assert len(few) == 2


def test_a_folder_that_cannot_be_made_costs_only_time(tmp_path: Path, few: list[int]) -> None:
    (tmp_path / "file").touch()
    assert len(drawn.load(tmp_path / "file" / "below")[0]) == 20


def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, few: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: object, **_: object) -> None:
        file.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full)
    assert len(drawn.load(tmp_path)[0]) == 20
    assert {path.name for path in tmp_path.iterdir()} == {"lock"}
    assert len(few) == 1


def _load(folder: Path) -> bytes:
    original = drawn.draw
    drawn.draw = lambda: original(20, 2)
    return drawn.load(folder)[0].tobytes()


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        found = pool.map(_load, [tmp_path] * 6, chunksize=1)
    assert len(set(found)) == 1
    assert len(list(tmp_path.glob("drawn-*.npz"))) == 1
    assert not list(tmp_path.glob("*.tmp"))

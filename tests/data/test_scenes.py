"""Scenes hold what their labels say: held against the pictures themselves, decoded again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from workshop.data.scenes import compose


def coded(labels: np.ndarray, side: int = 8) -> np.ndarray:
    """Pictures of one colour each, red 0 and green 100 + class: no empty place looks like that."""
    pictures = np.zeros((len(labels), side, side, 3), np.uint8)
    pictures[..., 1] = 100 + labels[:, None, None]
    return pictures


def quadrants(picture: np.ndarray) -> list[np.ndarray]:
    half = len(picture) // 2
    return [picture[r : r + half, c : c + half] for r in (0, half) for c in (0, half)]


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=30),
    st.integers(1, 40),
    st.integers(0, 2**32),
)
def test_labels_say_exactly_what_is_placed(classes: list[int], count: int, seed: int) -> None:
    labels = np.array(classes)
    scenes = compose(coded(labels), labels, count, seed)
    assert scenes.pictures.shape == (count, 8, 8, 3)
    assert (scenes.pictures.dtype, scenes.present.dtype) == (np.uint8, np.float32)
    for picture, present, objects in zip(*vars(scenes).values(), strict=True):
        seen = []
        for place in quadrants(picture):
            assert (place == place[0, 0]).all(), "a place shows one object, whole"
            red, green, _ = place[0, 0].tolist()
            if red == 0:
                seen.append(green - 100)
            else:
                assert place[0, 0].tolist() == [red] * 3, "an empty place is grey"
        assert 1 <= len(seen) == objects <= 4
        assert np.flatnonzero(present).tolist() == sorted(set(seen))


def test_all_numbers_of_objects_and_all_places_occur_alike() -> None:
    labels = np.arange(10)
    scenes = compose(coded(labels), labels, 8000, seed=3)
    assert np.bincount(scenes.objects)[1:] / 8000 == pytest.approx([0.25] * 4, abs=0.03)
    taken = np.array([[q[0, 0, 0] == 0 for q in quadrants(p)] for p in scenes.pictures])
    assert taken.mean(axis=0) == pytest.approx([2.5 / 4] * 4, abs=0.03)
    # An object's class is uniform, and two objects may share it: 1 - E[0.9 ** objects].
    expected = 1 - np.mean([0.9**k for k in range(1, 5)])
    assert scenes.present.mean(axis=0) == pytest.approx([expected] * 10, abs=0.03)


def test_each_object_is_the_picture_at_half_size() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (1, 32, 32, 3), dtype=np.uint8)
    scenes = compose(picture, np.array([7]), 20, seed=0)
    [full] = scenes.pictures[scenes.objects == 4][:1]
    from PIL import Image

    halved = np.asarray(Image.fromarray(picture[0]).reduce(2)).astype(int)
    for place in quadrants(full):
        assert np.abs(place.astype(int) - halved).max() <= 1, "but for rounding"


def test_the_seed_decides() -> None:
    labels = np.arange(10)
    one, same, other = (compose(coded(labels), labels, 50, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.pictures, same.pictures)
    assert np.array_equal(one.present, same.present)
    assert not np.array_equal(one.present, other.present)


@pytest.mark.parametrize(
    ("pictures", "labels", "message"),
    [
        (coded(np.arange(3)), np.arange(2), "as many labels"),
        (coded(np.arange(0)), np.arange(0), "as many labels"),
        (coded(np.arange(3)), np.array([0, 1, 10]), "0 to 9, not 0 to 10"),
        (coded(np.arange(3)), np.array([0, -1, 2]), "0 to 9, not -1 to 2"),
        (coded(np.arange(3), side=9), np.arange(3), "even side"),
        (coded(np.arange(3))[..., 0], np.arange(3), "even side|square"),
    ],
)
def test_bad_input(pictures: np.ndarray, labels: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compose(pictures, labels, 5, seed=0)

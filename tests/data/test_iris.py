"""Iris against scikit-learn's table and the published means."""

import numpy as np
from sklearn.datasets import load_iris as table
from workshop.data import load_iris


def test_sepal_length_and_width_of_150_flowers() -> None:
    flowers = load_iris()
    assert table().feature_names[:2] == ["sepal length (cm)", "sepal width (cm)"]
    for column, found in enumerate((flowers.x, flowers.y)):
        assert (found.shape, found.dtype) == ((150, 1), np.float32)
        assert np.array_equal(found[:, 0], table().data[:, column].astype("float32"))
    assert flowers.species_names == ("setosa", "versicolor", "virginica")
    assert np.bincount(flowers.species).tolist() == [50, 50, 50]


def test_means_as_published() -> None:
    """R's summary(iris): mean sepal length 5.843, mean sepal width 3.057."""
    flowers = load_iris()
    assert round(float(flowers.x.mean(dtype=float)), 3) == 5.843
    assert round(float(flowers.y.mean(dtype=float)), 3) == 3.057

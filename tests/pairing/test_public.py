"""Mistakes reported in public, made again with models of our own; the chapter lists them."""

import re
from pathlib import Path

import numpy as np
import pytest
from lossbook import check_pairing, keras

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| \[.*?\]\((https://github\.com/\S+)\) \| .* \| `([a-z-]+)` \|$", re.M)
ROWS = dict(ROW.findall((ROOT / "chapters" / "pairing.md").read_text(encoding="utf-8")))
"""The chapter's table: address → code of the finding."""

layers = keras.layers
rng = np.random.default_rng(0)
LOGITS = keras.losses.BinaryCrossentropy(from_logits=True)


def pictures(size, *end):
    body = layers.Conv2D(8, 3, padding="same", activation="relu")
    return keras.Sequential([keras.Input((size, size, 3)), layers.Rescaling(1 / 255), body, *end])


def transfer(loss, metrics=None):
    model = pictures(32, layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(1))
    model.compile("adam", loss, metrics=metrics)
    return model, rng.integers(0, 2, 40)


def segmentation():
    one = keras.Input((32, 32, 1))
    fine = layers.Conv2D(8, 3, padding="same", activation="relu")(one)
    coarse = layers.Conv2D(8, 3, padding="same", activation="relu")(layers.MaxPooling2D()(fine))
    both = layers.Concatenate()([fine, layers.UpSampling2D()(coarse)])
    model = keras.Model(one, keras.ops.softmax(layers.Conv2D(2, 1)(both), axis=-1))

    def of_raw_outputs(y, p):
        return keras.losses.categorical_crossentropy(y, p, from_logits=True)

    model.compile("adam", of_raw_outputs)
    return model, np.eye(2)[rng.integers(0, 2, (4, 32, 32))]


def discriminator():
    end = [layers.LeakyReLU(), layers.Flatten(), layers.Dense(1, activation="sigmoid")]
    model = pictures(32, *end)
    model.compile("adam", LOGITS)
    return model, rng.integers(0, 2, (40, 1))


KERAS = {
    "https://github.com/tensorflow/tensorflow/issues/28718": lambda: transfer(
        "binary_crossentropy"
    ),
    "https://github.com/tensorflow/tensorflow/issues/41413": lambda: transfer(LOGITS, ["accuracy"]),
    "https://github.com/NVIDIA/DeepLearningExamples/issues/468": segmentation,
    "https://github.com/jeffheaton/t81_558_deep_learning/pull/81": discriminator,
}


@pytest.mark.parametrize("address", KERAS)
def test_it_is_found_as_the_chapter_says(address):
    model, y = KERAS[address]()
    assert check_pairing(model, y).codes == (ROWS[address],)


def test_every_row_of_the_chapter_is_tried():
    others = (Path(__file__).parent / "test_torch.py").read_text(encoding="utf-8")
    assert len(ROWS) == 10
    assert [
        address for address in ROWS if address not in KERAS and f'"{address}"' not in others
    ] == []

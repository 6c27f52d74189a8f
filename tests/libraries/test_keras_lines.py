"""The Keras code of "Write this" runs, and computes what it is said to compute."""

import keras_chapters
import keras_lines
import pytest

CASES = keras_chapters.CASES
BLOCKS = keras_lines.blocks()


def test_every_block_of_write_this_has_a_case():
    assert sorted(CASES) == sorted(label for label in BLOCKS if not label.startswith("q-"))


@pytest.mark.parametrize("label", CASES)
def test_the_code_runs_and_gives_what_its_formula_gives(label):
    CASES[label].check(keras_lines.run(BLOCKS[label], CASES[label]))

"""The Keras code of questions and of "Write this" runs, and computes what it is said to compute."""

import keras_chapters
import keras_lines
import keras_others
import keras_questions
import pytest
from lossbook import keras

CASES = keras_chapters.CASES | keras_questions.CASES | keras_others.CASES
BLOCKS = keras_lines.blocks()


def test_every_block_has_a_case_and_every_case_a_block():
    assert sorted(CASES) == sorted(BLOCKS)


@pytest.mark.parametrize("label", CASES)
def test_the_code_runs_and_gives_what_its_formula_gives(label):
    done = keras_lines.run(BLOCKS[label], CASES[label])
    CASES[label].check(done)
    if label in keras_chapters.CASES and label != "pairing":  # which takes a wrong model
        assert all(one is keras.activations.linear for one in done.last)

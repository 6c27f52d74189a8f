"""The text of the chapter on next tokens: only the alphabet, no repeats, and back again."""

import numpy as np
from workshop.data import help_text


def test_sentences_are_clean_and_different():
    found = help_text.sentences(shortest=20, longest=60)
    assert len(found) == len(set(found)) > 100
    assert all(20 <= len(one) <= 60 and one.endswith(".") for one in found)
    assert set("".join(found)) <= set(help_text.ALPHABET)
    assert found == help_text.sentences(shortest=20, longest=60)


def test_encoded_inputs_are_the_targets_one_step_later():
    texts = ["ab.", "a longer one."]
    inputs, targets = help_text.encode(texts)
    assert inputs.shape == targets.shape == (2, 14)
    assert (inputs[:, 0] == help_text.START).all()
    real = targets != help_text.PAD
    assert real.sum(axis=1).tolist() == [4, 14]
    for row in range(2):
        np.testing.assert_array_equal(
            inputs[row, 1:][real[row, 1:]], targets[row, :-1][real[row, 1:]]
        )
        assert help_text.decode(targets[row]) == texts[row]

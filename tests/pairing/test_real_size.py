"""No alarm on right models of real size; each can be scored by Keras on its labels."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lossbook import check_pairing, keras
from real_size import MODELS


def test_there_are_at_least_sixty():
    assert len(MODELS) >= 60


@pytest.mark.parametrize("name", MODELS)
def test_no_alarm(name):
    model, y = MODELS[name]()
    variables = len(model.variables)
    for report in (check_pairing(model), check_pairing(model, y)):
        assert not report.codes, report
    assert len(model.variables) == variables
    assert not model.losses


@pytest.mark.parametrize("name", ["rmse of 64", "phonemes", "tags", "capped", "raw softmax"])
def test_keras_can_score_it(name):
    """The table is no list of straw men."""
    model, y = MODELS[name]()
    shapes = [t.shape for t in model.inputs] if getattr(model, "inputs", None) else [(None, 32)]
    x = [np.ones((len(y), *shape[1:]), "float32") for shape in shapes]
    out = model(x if len(x) > 1 else x[0])
    assert np.isfinite(float(model._compile_loss(keras.ops.convert_to_tensor(y), out)))

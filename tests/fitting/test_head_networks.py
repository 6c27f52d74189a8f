"""Small networks on tables: a linear one against least squares, the mask, bad input."""

import numpy as np
import pytest
from lossbook import fitting, training
from lossbook.heads import Gaussian, GaussianScale, Ordinal


def test_a_linear_network_reaches_least_squares():
    rng = np.random.default_rng(0)
    x = fitting.standardise(rng.normal(3, 5, (80, 2)))
    y = 1 + x @ [2.0, -0.5] + rng.normal(0, 0.3, 80)
    training.set_seed(0)
    model = fitting.head_network(Gaussian(), 2, rate=fitting.settling(400, 0.1))
    training.fit(model, x, y, epochs=400, batch_size=80, progress=False)
    exact = np.linalg.lstsq(np.column_stack([np.ones(80), x]), y)[0]
    np.testing.assert_allclose(fitting.coefficients(model)[:, 0], exact, atol=1e-3)


def test_only_the_moving_outputs_depend_on_the_inputs():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 2)), rng.integers(0, 4, 60)
    for hidden in ((), (4,)):
        training.set_seed(0)
        model = fitting.head_network(Ordinal(4), 2, hidden, constant=[1, 2])
        training.fit(model, x, y, epochs=3, batch_size=60, progress=False)
        kernel, bias = model.layers[-1].get_weights()
        assert (kernel[:, 1:] == 0).all()
        assert (kernel[:, 0] != 0).all()
        assert (bias != 0).all()


def test_a_constant_parameter_is_one_number_from_the_start():
    x = np.random.default_rng(0).normal(size=(20, 3))
    model = fitting.head_network(GaussianScale(), 3, (5,), constant=("scale",))
    raw = training.predict(model, x)
    assert np.ptp(raw[:, 1]) == 0 < np.ptp(raw[:, 0])


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="GaussianScale has no parameter spread; it has mean, sc"):
        fitting.head_network(GaussianScale(), 1, constant=("spread",))
    with pytest.raises(ValueError, match="no raw output 2; they are 0 to 1"):
        fitting.head_network(GaussianScale(), 1, constant=[2])
    with pytest.raises(ValueError, match=r"columns \[1\] are constant"):
        fitting.standardise(np.column_stack([np.arange(5.0), np.ones(5)]))
    with pytest.raises(ValueError, match="one layer, this one has 2"):
        fitting.coefficients(fitting.head_network(Gaussian(), 2, (3,)))

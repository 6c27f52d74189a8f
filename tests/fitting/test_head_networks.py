"""Small networks on tables: a linear one against least squares, the mask, bad input."""

import numpy as np
import pytest
from lossbook import fitting, keras, training
from lossbook.heads import Gaussian, GaussianScale, MultivariateGaussian, Ordinal, VonMises


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


def test_what_a_network_is_made_with_unless_something_else_is_asked_for():
    model = fitting.head_network(GaussianScale(), 3, (5, 4))
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert np.isclose(float(model.optimizer.learning_rate), 0.01)
    assert [layer.activation.__name__ for layer in model.layers] == ["tanh", "tanh", "linear"]
    assert [layer.units for layer in model.layers] == [5, 4, 2]
    assert model.loss.head.name == "gaussian_scale"
    assert fitting.head_network(GaussianScale(), 3, loss="mae").loss == "mae"
    schedule = fitting.settling(200)
    found = [float(schedule(step)) for step in (0, 100, 200, 500)]
    np.testing.assert_allclose(found, [0.05, 0.025, 0, 0], atol=1e-9)


def test_what_is_asked_for_is_what_the_network_has():
    schedule = fitting.settling(10, 0.3)
    assert np.isclose(float(schedule(0)), 0.3)
    assert np.isclose(float(schedule(5)), 0.15)
    model = fitting.head_network(GaussianScale(), 3, (5, 4), rate=schedule, activation="relu")
    assert [layer.activation.__name__ for layer in model.layers] == ["relu", "relu", "linear"]
    assert np.isclose(float(model.optimizer.learning_rate), 0.3)
    model = fitting.head_network(GaussianScale(), 3, rate=0.2)
    assert np.isclose(float(model.optimizer.learning_rate), 0.2)
    assert model.input_shape == (None, 3)


def test_a_linear_network_starts_from_zero_and_a_deep_one_from_glorots_draws():
    head = MultivariateGaussian(4)  # 14 raw outputs
    for hidden, limit in (((), 0.0), ((4,), np.sqrt(6 / (4 + 14)))):
        training.set_seed(0)
        kernel, bias = fitting.head_network(head, 3, hidden).layers[-1].get_weights()
        assert (bias == 0).all()
        assert 0.9 * limit <= np.abs(kernel).max() <= limit


@pytest.mark.parametrize("head", [VonMises(), MultivariateGaussian(2), GaussianScale(2)], ids=repr)
def test_every_raw_output_of_a_constant_parameter_is_constant(head):
    """Parameters of several raw outputs, such as an angle's arrow and a factor's triangle."""
    x = np.random.default_rng(0).normal(size=(20, 3))
    sizes = {name: head.links[name].raw_size(size) for name, size in head.sizes().items()}
    places = np.repeat(list(sizes), list(sizes.values()))
    for name in sizes:
        training.set_seed(0)
        raw = training.predict(fitting.head_network(head, 3, (5,), constant=(name,)), x)
        np.testing.assert_array_equal(np.ptp(raw, axis=0) == 0, places == name)


def test_columns_are_scaled_by_their_standard_deviation_and_coefficients_have_the_bias_first():
    table = np.array([[1.0, 10.0], [3.0, 20.0], [5.0, 60.0]])
    found = fitting.standardise(table)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose((found**2).mean(axis=0), 1)
    model = fitting.head_network(Gaussian(), 2)
    assert (fitting.coefficients(model) == 0).all()
    model.layers[0].set_weights([np.array([[2.0], [3.0]]), np.array([7.0])])
    np.testing.assert_array_equal(fitting.coefficients(model), [[7.0], [2.0], [3.0]])


def test_one_column_without_a_second_axis_is_a_table_of_one_column():
    flat = np.array([1.0, 2.0, 6.0])
    found = fitting.standardise(flat)
    np.testing.assert_allclose(found, ((flat - 3) / flat.std())[:, None])


def test_outputs_may_be_numbered_by_numpy():
    x = np.random.default_rng(0).normal(size=(20, 3))
    for last in (np.array([1]), [np.int64(1)], range(1, 2)):
        raw = training.predict(fitting.head_network(GaussianScale(), 3, (5,), constant=last), x)
        assert np.ptp(raw[:, 1]) == 0 < np.ptp(raw[:, 0])


def test_columns_that_hardly_vary_beside_their_size_are_no_constants():
    """Years, and seconds since 1970, have all their digits in float64."""
    for start, step in ((2000.0, 1.0), (1.6e9, 1e-3), (1e12, 1.0), (-1e9, 1e-5)):
        column = start + step * np.array([0.0, 1.0, 2.0, 5.0])
        found = fitting.standardise(column)[:, 0]
        np.testing.assert_allclose(found.std(), 1, rtol=1e-4)
        assert (np.diff(found) > 0).all()


def test_each_column_is_flat_by_its_own_size_and_not_by_that_of_its_neighbours():
    small, large = np.array([1.0, -2.0, 4.0, 0.5]), np.array([3.0, 1.0, -1.0, 2.0])
    found = fitting.standardise(np.column_stack([1e-14 * small, 1e3 * large]))
    np.testing.assert_allclose(found[:, 0], (small - small.mean()) / small.std(), rtol=1e-9)
    np.testing.assert_allclose(found[:, 1], (large - large.mean()) / large.std(), rtol=1e-9)
    for value in (0.0, 0.1, 1e-14, 1e3):
        for other in (1e-14 * small, 1e3 * large):
            with pytest.raises(ValueError, match=r"columns \[0\] are constant"):
                fitting.standardise(np.column_stack([np.full(4, value), other]))


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="GaussianScale has no parameter spread; it has mean, sc"):
        fitting.head_network(GaussianScale(), 1, constant=("spread",))
    with pytest.raises(ValueError, match="no raw output 2; they are 0 to 1"):
        fitting.head_network(GaussianScale(), 1, constant=[2])
    for wrong in (-1, np.int64(-1), np.uint8(2)):  # NumPy's whole numbers are no int
        with pytest.raises(ValueError, match=f"no raw output {wrong}; they are 0 to 1"):
            fitting.head_network(GaussianScale(), 1, constant=[wrong])
    with pytest.raises(ValueError, match=r"columns \[1\] are constant"):
        fitting.standardise(np.column_stack([np.arange(5.0), np.ones(5)]))
    with pytest.raises(ValueError, match=r"columns \[0\] are constant"):
        fitting.standardise(np.full(3, 0.1))  # whose mean is rounded
    for wrong in (np.nan, np.inf):
        with pytest.raises(ValueError, match=r"columns \[0, 2\] hold values that are not finite"):
            fitting.standardise(np.array([[wrong, 1.0, 2.0], [0.5, 2.0, wrong]]))
    with pytest.raises(ValueError, match="one layer, this one has 2"):
        fitting.coefficients(fitting.head_network(Gaussian(), 2, (3,)))


def said(function):
    return " ".join((function.__doc__ or "").split())


def test_what_the_docstrings_say_is_so():
    text = said(fitting.head_network)
    assert "`(n, inputs)` to the head's raw outputs `(n, head.units)`" in text
    model = fitting.head_network(GaussianScale(), 3)
    assert model.output_shape == (None, GaussianScale().units)
    assert "without any, the model is linear and starts from zero" in text
    assert (fitting.coefficients(model) == 0).all()
    assert "`rate` is Adam's learning rate, or a schedule (`settling`)" in text
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert "does not depend on the input: it is one number that is learnt" in text
    assert "`loss` is the head's own unless another is given" in text
    assert "`(1 + inputs, units)`, the bias first" in said(fitting.coefficients)
    assert fitting.coefficients(model).shape == (4, 2)
    assert "falls to zero along a cosine over that many steps" in said(fitting.settling)
    for steps in (1, 4, 30):
        done = np.arange(steps + 1)
        found = [float(fitting.settling(steps, 0.2)(step)) for step in done]
        np.testing.assert_allclose(found, 0.1 * (1 + np.cos(np.pi * done / steps)), atol=1e-7)
    text = said(fitting.standardise)
    assert "Columns of `(n, k)` or `(n,)` with mean 0 and standard deviation 1, as `(n, k)`" in text
    assert "Raises ValueError if a column is constant, or holds a value that is not finite" in text


def test_coefficients_are_float64_as_those_of_statisticians():
    found = fitting.coefficients(fitting.head_network(GaussianScale(), 2))
    assert (found.dtype, found.shape) == (np.float64, (3, 2))


@pytest.mark.parametrize("hidden", [(), (6,), (6, 5), (3, 7, 2), (9, 8, 7, 6, 5)], ids=str)
def test_there_is_a_layer_for_each_hidden_size_and_one_for_the_head(hidden):
    model = fitting.head_network(GaussianScale(3), 4, hidden, activation="relu")
    assert [layer.units for layer in model.layers] == [*hidden, 6]
    assert {layer.activation.__name__ for layer in model.layers[:-1]} <= {"relu"}
    x = np.random.default_rng(0).normal(size=(11, 4))
    assert training.predict(model, x).shape == (11, 6)

"""One outcome, with no batch axis at all, is the first row of a batch of one, for every head."""

import numpy as np
import pytest
from lossbook import heads, ops
from numpy.random import default_rng
from sizes import SIZED


def of_three(make):
    """The head, raw outputs `(3, units)` and their parameters."""
    head = make()
    raw = default_rng(0).normal(size=(3, head.units))
    found = {key: np.array(ops.convert_to_numpy(v)) for key, v in head.parameters(raw).items()}
    return head, raw, found


@pytest.mark.parametrize("make", SIZED.values(), ids=SIZED.keys())
def test_a_draw_and_a_prediction_of_one_outcome_are_those_of_a_batch_of_one(make):
    head, raw, p = of_three(make)
    one = {key: value[0] for key, value in p.items()}
    batch = head.sample({key: value[:1] for key, value in p.items()}, default_rng(2))
    tensors = head.parameters(raw[0])
    for given in (one, tensors):
        alone = head.sample(given, default_rng(2))
        assert type(alone) is np.ndarray
        assert alone.shape == batch.shape[1:]
        np.testing.assert_allclose(alone, batch[0], rtol=1e-12)
        np.testing.assert_allclose(head.predict(given), head.predict(p)[0], rtol=1e-9)
        assert np.shape(head.predict(given)) == head.predict(p).shape[1:]


@pytest.mark.parametrize("make", SIZED.values(), ids=SIZED.keys())
def test_a_loss_of_one_outcome_is_one_number_and_its_gradient_one_row(make):
    head, raw, p = of_three(make)
    y = head.sample(p, default_rng(2))
    alone = np.asarray(head.nll(y[0], raw[0]))
    assert alone.shape == ()
    np.testing.assert_allclose(alone, np.asarray(head.nll(y, raw))[0], rtol=1e-9)
    row = np.asarray(head.gradient(y, raw))[0]
    np.testing.assert_allclose(head.gradient(y[0], raw[0]), row, rtol=1e-7, atol=1e-12)


SHARED = {
    "student_t": (heads.StudentT, {"location": 2.0, "scale": 0.5}),
    "gaussian_mixture": (
        lambda: heads.GaussianMixture(2),
        {"weights": [0.4, 0.6], "means": [-5.0, 5.0], "scales": [0.1, 3.0]},
    ),
    "weibull": (heads.Weibull, {"scale": 2.0, "shape": 1.5}),
    "hurdle_poisson": (heads.HurdlePoisson, {"any": 0.6, "rate": 2.0}),
    "multivariate_gaussian": (
        heads.MultivariateGaussian,
        {"mean": [1.0, -1.0], "factor": [1.0, 0.5, 0.7]},
    ),
}
"""Heads with several parameters, one value of each."""
PAIRS = [(name, parameter) for name, (_, values) in SHARED.items() for parameter in values]


@pytest.mark.parametrize(("name", "shared"), PAIRS)
@pytest.mark.parametrize("axes", [0, 1])
def test_a_parameter_that_is_the_same_for_all_samples_need_not_be_repeated(name, shared, axes):
    """The draws differ all the same, and are those of the parameter repeated."""
    make, values = SHARED[name]
    head, ones = make(), {key: np.atleast_1d(value) for key, value in values.items()}
    whole = {key: np.repeat(value[None], 6, axis=0) for key, value in ones.items()}
    once = whole | {shared: ones[shared] if axes == 0 else ones[shared][None]}
    y = head.sample(once, default_rng(3))
    np.testing.assert_array_equal(y, head.sample(whole, default_rng(3)))
    assert len(np.unique(y, axis=0)) > 1
    np.testing.assert_allclose(head.predict(once), head.predict(whole), rtol=1e-12)


def test_parameters_whose_shapes_do_not_fit_together_are_told_with_their_shapes():
    p = {"location": np.zeros((3, 1)), "scale": np.ones((4, 1))}
    said = r"do not fit together: location \(3, 1\), scale \(4, 1\); all axes but the last"
    for call in (
        lambda: heads.StudentT().sample(p, default_rng(0)),
        lambda: heads.StudentT().predict(p),
    ):
        with pytest.raises(ValueError, match=said):
            call()

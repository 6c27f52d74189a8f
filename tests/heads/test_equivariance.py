"""What a power of the outcomes, their mirror image, or a rounded sum does to losses and fits."""

import numpy as np
import pytest
from lossbook import heads, ops
from scipy import special

POWERS = [0.02, 0.3, 1.0, 8.0, 30.0]


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def drawn(head, **parameters):
    p = {key: np.full((300, 1), value) for key, value in parameters.items()}
    return np.asarray(head.sample(p, np.random.default_rng(0)))


@pytest.mark.parametrize("power", POWERS)
def test_the_constant_of_a_power_of_censored_times_is_the_power_of_the_constant(power):
    """A Weibull's power is a Weibull: its shape becomes very small or very large."""
    head = heads.Weibull()
    y = drawn(head, scale=2.0, shape=1.5)
    assert 0 < y[:, 1].mean() < 1
    again = np.stack([y[:, 0] ** power, y[:, 1]], axis=1)
    np.testing.assert_allclose(head.best_constant(again), head.best_constant(y) ** power, rtol=1e-6)


@pytest.mark.parametrize("power", [0.02, 0.3, 1.0, 8.0])
def test_the_shapes_of_a_power_of_shares_are_those_of_the_shares_but_for_the_power(power):
    """Y^a is what a Kumaraswamy's second shape belongs to: only the first one changes."""
    head = heads.Kumaraswamy()
    y = drawn(head, a=0.9, b=1.4)
    a, b = head.best_constant(y)
    np.testing.assert_allclose(head.best_constant(y**power), [a / power, b], rtol=1e-6)


@pytest.mark.parametrize("z", [3.0, 8.0, 11.0])
def test_a_share_close_to_one_has_the_loss_of_what_is_left_of_it(z):
    """In float32, where the mean rounds and what is left of it does not."""
    steps = np.round(special.expit(-z) * np.array([0.9, 0.99, 1.02, 1.1]) * 2**24)
    left = (steps / 2**24).astype("float32")  # so that 1 less it is exact
    raw = np.tile(np.array([z, 1e8], "float32"), (4, 1))
    head = heads.Beta()
    found = array(head.nll(np.float32(1) - left, raw))
    mirrored = array(head.nll(left, raw * np.array([-1, 1], "float32")))
    np.testing.assert_allclose(found, mirrored, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("z", [3.0, 8.0, 11.0])
def test_successes_have_the_loss_of_as_many_failures(z):
    head, raw = heads.Binomial(trials=2**23), np.full((4, 1), z, "float32")
    failures = np.round(special.expit(-z) * np.array([0.9, 0.99, 1.02, 1.1]) * 2**23)
    found = array(head.nll((2**23 - failures).astype("float32"), raw))
    mirrored = array(head.nll(failures.astype("float32"), -raw))
    np.testing.assert_allclose(found, mirrored, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("off", [-1e-5, 1e-5])
def test_shares_whose_sum_is_rounded_have_the_loss_of_the_shares(off):
    rng = np.random.default_rng(0)
    y, raw = rng.dirichlet([2.0, 3.0, 4.0], 20), rng.normal(4, 2, (20, 3))
    head = heads.Dirichlet(3)
    np.testing.assert_allclose(array(head.nll(y * (1 + off), raw)), array(head.nll(y, raw)))


@pytest.mark.parametrize("z", [-40.0, -100.0, -150.0, -400.0])
@pytest.mark.parametrize("power", [1.3, 1.5])
def test_a_tweedies_mean_far_below_the_amount_costs_a_straight_line_beyond_its_limit(z, power):
    head = heads.Tweedie(power=power, links={"mean": "exponential"})
    found = np.diff(array(head.nll(np.ones(2), np.array([[0.0], [z]]))))
    log_mean = max(z, -150) - np.log1p(np.log1p(max(-150 - z, 0)))  # the link's own limit
    grown = (1 - power) * log_mean
    down = np.exp(min(grown, 60)) * (1 + max(grown - 60, 0))
    up = np.exp((2 - power) * log_mean)
    expected = (up - 1) / (2 - power) + (down - 1) / (power - 1)
    np.testing.assert_allclose(found, expected, rtol=1e-9)

"""Every head with options that are far from the default ones, against scipy, in two sizes."""

import numpy as np
import pytest
from lossbook import ops
from lossbook.heads import HEADS
from scipy import stats
from test_arguments import options
from test_every_head import ORACLE
from test_samplers import CDFS, COUNTS

VALUES = {
    "asymmetric_laplace": [{"level": 0.03, "scale": 4.0}, {"level": 0.6, "scale": 0.2}],
    "binomial": [{"trials": 1}, {"trials": 40}],
    "gaussian": [{"scale": 0.02}, {"scale": 30.0}],
    "gaussian_scale": [{"beta": 0.3}, {"beta": 1.0}],
    "huber": [{"delta": 0.3}, {"delta": 4.0}],
    "laplace": [{"scale": 0.02}, {"scale": 30.0}],
    "log_normal": [{"scale": 0.02}, {"scale": 3.0}],
    "logistic": [{"scale": 0.02}, {"scale": 30.0}],
    "student_t": [{"df": 0.7}, {"df": 60.0}],
    "tweedie": [{"power": 1.1, "dispersion": 2.0}, {"power": 1.85, "dispersion": 0.4}],
    "von_mises_fisher": [{"concentration": 0.2}, {"concentration": 60.0}],
}
"""Head → options; a Tweedie whose power is near 2 has many terms that matter near zero."""
APART = {"gaussian_mixture"}
"""Whose number is a size, which other tests vary."""
MADE = [(name, given) for name, all_given in VALUES.items() for given in all_given]
LEAST = {"von_mises_fisher": 2}


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def test_every_option_that_is_a_number_is_tried():
    expected = {name: options(kind) for name, kind in HEADS.items() if options(kind)}
    assert {name: set().union(*given) for name, given in VALUES.items()} == {
        name: found for name, found in expected.items() if name not in APART
    }


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize(("name", "given"), MADE, ids=str)
def test_loss_and_slope_are_those_of_the_density_with_these_options(name, given, more):
    head = HEADS[name](size=LEAST.get(name, 1) + more, **given)
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(40, head.units))
    p = {key: array(value) for key, value in head.parameters(raw).items()}
    y = np.asarray(head.sample(p, rng), float)
    exact = -ORACLE[name](head, p, y)
    np.testing.assert_allclose(array(head.nll(y, raw)), exact, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(
        array(head.gradient(y, raw)), array(head.automatic_gradient(y, raw)), rtol=1e-9, atol=1e-10
    )
    relation = head.keras_relation()
    if relation is not None:
        single = p[relation.prediction].astype("float32")
        found = relation.scale * array(relation.loss(y.reshape(single.shape), single))
        wanted = exact - relation.offset
        assert np.abs(found - wanted).max() < 1e-4 * (1 + relation.scale + np.abs(wanted).max())


@pytest.mark.parametrize(
    ("name", "given"), [(name, given) for name, given in MADE if name in CDFS], ids=str
)
def test_draws_have_the_distribution_with_these_options(name, given):
    head, n, rng = HEADS[name](**given), 20_000, np.random.default_rng(0)
    raw = np.tile(rng.normal(0.3, 0.5, head.units), (n, 1))
    p = {key: array(value) for key, value in head.parameters(raw).items()}
    y = np.asarray(head.sample(p, rng), float).reshape(n, 1)
    upto = CDFS[name](head, p, y)
    if name in COUNTS or name == "tweedie":
        at_once = (y == 0) if name == "tweedie" else np.ones_like(y, bool)
        before = np.where(at_once, CDFS[name](head, p, y - 1), upto)
        upto = before + rng.random(upto.shape) * (upto - before)
    assert stats.kstest(upto.ravel(), "uniform").pvalue > 1e-4

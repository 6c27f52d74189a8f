"""Objectives of boosted trees against automatic differentiation of the heads, and SymPy."""

import subprocess
import sys

import numpy as np
import pytest
import sympy
from lossbook import boosting, heads, tf
from lossbook.boosting.maps import derivatives
from lossbook.heads.registry import HEADS
from lossbook.links import LINKS, link_for

FLAT = {"laplace", "asymmetric_laplace", "huber"}
"""Heads whose second derivative is zero almost everywhere, or beyond delta."""
EXPONENTIAL = [
    name
    for name in boosting.AVAILABLE
    if any(p.constraint.name == "positive" for p in HEADS[name].declared)
]


def built(name, link=None):
    head = HEADS[name]()
    if link is None:
        return head
    positive = {p.name: link for p in head.declared if p.constraint.name == "positive"}
    return HEADS[name](links=positive)


def drawn(head, rng, n=40):
    raw = rng.normal(0.3, 0.7, (n, head.units))
    found = {k: np.asarray(v) for k, v in head.parameters(raw).items()}
    return np.asarray(head.sample(found, rng), float), raw


def automatic(head, y, raw):
    """Gradient and diagonal of the Hessian by differentiating the head twice, in float64."""
    z = tf.constant(raw, "float64")
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(z)
        with tf.GradientTape() as inner:
            inner.watch(z)
            total = tf.reduce_sum(head.nll(y, z))
        first = inner.gradient(total, z)
        columns = [first[:, k] for k in range(head.units)]
    second = []
    for k, column in enumerate(columns):
        found = outer.gradient(column, z)
        second.append(np.zeros(len(raw)) if found is None else found.numpy()[:, k])
    return first.numpy(), np.stack(second, axis=-1)


CASES = [(name, None) for name in boosting.AVAILABLE]
CASES += [(name, "exponential") for name in EXPONENTIAL]


@pytest.mark.parametrize(("name", "link"), CASES)
def test_the_derivatives_are_those_of_the_head(name, link):
    head, rng = built(name, link), np.random.default_rng(1)
    y, raw = drawn(head, rng)
    gradient, hessian = boosting.Objective(head).derivatives(y, raw)
    first, second = automatic(head, y, raw)
    np.testing.assert_allclose(gradient, first, rtol=1e-7, atol=1e-9)
    if name not in FLAT:
        np.testing.assert_allclose(hessian, second, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("name", "link"), CASES)
def test_scores_become_the_heads_parameters(name, link):
    head, rng = built(name, link), np.random.default_rng(2)
    raw = rng.normal(0, 3, (20, head.units))
    expected = head.parameters(raw)
    found = boosting.Objective(head).parameters(raw)
    assert list(found) == list(expected)
    for key, values in found.items():
        np.testing.assert_allclose(values, np.asarray(expected[key]), rtol=1e-9)


@pytest.mark.parametrize(("name", "link"), CASES)
def test_no_constant_is_better_than_the_start(name, link):
    head, rng = built(name, link), np.random.default_rng(3)
    y, _ = drawn(head, rng, 400)
    start = boosting.Objective(head).start(y)

    def mean_loss(raw):
        return float(np.mean(np.asarray(head.nll(y, np.tile(raw, (len(y), 1))))))

    least = mean_loss(start)
    for k in range(head.units):
        for step in (-0.03, 0.03):
            moved = start.copy()
            moved[k] += step
            assert mean_loss(moved) > least - 1e-12


def test_the_start_of_one_parameter_is_the_best_constant_of_the_head():
    rng = np.random.default_rng(4)
    for name in ("gaussian", "poisson", "exponential", "tweedie", "bernoulli", "log_normal"):
        head = HEADS[name]()
        y, _ = drawn(head, rng, 300)
        objective = boosting.Objective(head)
        (found,) = objective.parameters(objective.start(y)[None]).values()
        np.testing.assert_allclose(found.ravel(), np.ravel(head.best_constant(y)), rtol=1e-6)


def test_the_start_of_a_quantile_has_its_level_below_it():
    y = np.random.default_rng(6).normal(size=1001)
    for level in (0.1, 0.8):
        start = boosting.Objective(heads.AsymmetricLaplace(level=level)).start(y)
        assert np.mean(y < start) <= level <= np.mean(y <= start)


def test_weights_count_as_repeated_samples():
    rng = np.random.default_rng(5)
    for head in (heads.Poisson(), heads.Gamma(), heads.AsymmetricLaplace(level=0.8)):
        y, _ = drawn(head, rng, 60)
        times = rng.integers(1, 4, len(y))
        objective = boosting.Objective(head)
        repeated = objective.start(np.repeat(y, times, axis=0))
        np.testing.assert_allclose(objective.start(y, times), repeated, rtol=1e-6)


def test_links_have_the_derivatives_that_sympy_finds():
    z = sympy.Symbol("z")
    formulas = {
        "linear": z,
        "sigmoid": 1 / (1 + sympy.exp(-z)),
        "probit": (1 + sympy.erf(z / sympy.sqrt(2))) / 2,
        "cloglog": 1 - sympy.exp(-sympy.exp(z)),
        "exponential": sympy.exp(z),
        "softplus": sympy.log(1 + sympy.exp(z)),
    }
    at = np.linspace(-2, 2, 9)
    for name, formula in formulas.items():
        link = link_for(LINKS[name]().constraint, name)
        for order, found in enumerate(derivatives(link, at)):
            exact = [float(sympy.diff(formula, z, order).subs(z, v)) for v in at]
            np.testing.assert_allclose(found, exact, rtol=1e-12, atol=2e-6 if order == 0 else 1e-12)


def test_what_libraries_receive_is_positive_weighed_and_shaped_like_the_scores():
    head = heads.GaussianScale()
    objective = boosting.Objective(head, factor=2.0)
    y, raw = np.array([0.0, 3.0]), np.array([[0.0, 3.0], [0.0, 0.0]])
    exact = objective.derivatives(y, raw)
    assert exact[1].min() < 0
    gradient, hessian = objective.sklearn(y, raw, np.array([1.0, 3.0]))
    np.testing.assert_allclose(gradient, exact[0] * [[1], [3]])
    np.testing.assert_allclose(hessian, 2 * np.abs(exact[1]) * [[1], [3]])
    flat, _ = boosting.Objective(heads.Poisson()).sklearn(np.array([1.0, 2.0]), np.zeros(2))
    assert flat.shape == (2,)


def test_extreme_scores_of_classifiers_stay_finite():
    for head in (heads.Bernoulli(), heads.Categorical(3), heads.Binomial(trials=5)):
        raw = np.full((2, head.units), -800.0)
        raw[1] = 800.0
        for found in boosting.Objective(head).derivatives(np.array([0.0, 1.0]), raw):
            assert np.isfinite(found).all()


def test_what_cannot_be_boosted_is_said():
    with pytest.raises(ValueError, match="no objective for Dirichlet"):
        boosting.Objective(heads.Dirichlet(size=3))
    with pytest.raises(ValueError, match="take beta=0"):
        boosting.Objective(heads.GaussianScale(beta=0.5))
    with pytest.raises(ValueError, match="factor must be above zero"):
        boosting.Objective(heads.Poisson(), factor=0)
    poisson = boosting.Objective(heads.Poisson())
    with pytest.raises(ValueError, match=r"y must be 0, 1, 2, …, but one is -1"):
        poisson.derivatives(np.array([1.0, -1.0]), np.zeros(2))
    with pytest.raises(ValueError, match="but one is 3"):
        boosting.Objective(heads.Categorical(3)).derivatives(np.array([3.0]), np.zeros((1, 3)))
    with pytest.raises(ValueError, match=r"must be \(n, 2\); set the library's num_class to 2"):
        boosting.Objective(heads.Gamma()).derivatives(np.ones(3), np.zeros(3))
    with pytest.raises(ValueError, match="y has shape"):
        poisson.derivatives(np.ones(3), np.zeros(2))
    with pytest.raises(ValueError, match="no constant minimises"):
        boosting.Objective(heads.Bernoulli()).start(np.zeros(5))
    with pytest.raises(ValueError, match="no constant minimises"):
        boosting.Objective(heads.Categorical(3)).start(np.array([0.0, 1.0, 1.0]))
    with pytest.raises(ValueError, match="weights must be 5 numbers"):
        poisson.start(np.ones(5), [1.0])


def test_no_tree_library_is_imported():
    code = (
        "import sys; from lossbook import boosting, heads; boosting.Objective(heads.Poisson());"
        "sys.exit(bool({'lightgbm', 'xgboost'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

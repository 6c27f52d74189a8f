"""Objectives of boosted trees against the heads: automatic and finite differences, and SymPy."""

import subprocess
import sys

import numpy as np
import pytest
import sympy
from lossbook import boosting, heads, tf
from lossbook.boosting.maps import derivatives
from lossbook.links import LINKS, link_for
from made import drawn, every_head

FLAT = {"laplace", "asymmetric_laplace", "huber"}
"""Heads whose second derivative is zero almost everywhere, or beyond delta."""


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


@every_head
def test_the_derivatives_are_those_of_the_head(head):
    y, raw = drawn(head, np.random.default_rng(1))
    gradient, hessian = boosting.Objective(head).derivatives(y, raw)
    first, second = automatic(head, y, raw)
    np.testing.assert_allclose(gradient, first, rtol=1e-7, atol=1e-9)
    if head.name not in FLAT:
        np.testing.assert_allclose(hessian, second, rtol=1e-6, atol=1e-8)


@every_head
@pytest.mark.parametrize("spread", [0.05, 2.5])
def test_differences_of_the_loss_agree_at_small_and_large_scores(head, spread):
    rng = np.random.default_rng(8)
    y, raw = drawn(head, rng, spread=spread)
    objective, step = boosting.Objective(head), 1e-6
    gradient, hessian = objective.derivatives(y, raw)
    if head.name in FLAT:  # apart from the corners
        (location,) = objective.parameters(raw).values()
        off = np.abs(location - y.reshape(location.shape))
        apart = (np.abs(off - getattr(head, "delta", 0)) > 1e-3) & (off > 1e-3)
        apart = apart.all(axis=1)
        y, raw, gradient, hessian = y[apart], raw[apart], gradient[apart], hessian[apart]
    for k in range(head.units):
        move = np.zeros(head.units)
        move[k] = step
        up, down = (np.asarray(head.nll(y, raw + way * move)) for way in (1, -1))
        size = 1 + np.abs(gradient[:, k]) + np.abs(up)
        apart = np.abs((up - down) / (2 * step) - gradient[:, k])
        np.testing.assert_array_less(apart, 5e-6 * size)
        up, down = (objective.derivatives(y, raw + way * move)[0][:, k] for way in (1, -1))
        if head.name not in FLAT:
            size = 1 + np.abs(hessian[:, k]) + np.abs(gradient[:, k])
            # The trigammas of a small dispersion cancel, as `negative_binomial` says.
            most = 1e-2 if head.name == "negative_binomial" else 1e-4
            np.testing.assert_array_less(
                np.abs((up - down) / (2 * step) - hessian[:, k]), most * size
            )


@every_head
def test_scores_become_the_heads_parameters(head):
    raw = np.random.default_rng(2).normal(0, 3, (20, head.units))
    expected = head.parameters(raw)
    found = boosting.Objective(head).parameters(raw)
    assert list(found) == list(expected)
    for key, values in found.items():
        np.testing.assert_allclose(values, np.asarray(expected[key]), rtol=1e-9)


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


@every_head
def test_extreme_scores_give_finite_derivatives(head):
    rng = np.random.default_rng(9)
    y, _ = drawn(head, rng, 8)
    wide = 800.0 if head.name in ("bernoulli", "binomial", "categorical", "ordinal") else 30.0
    signs = rng.choice([-1.0, 1.0], (8, head.units))
    objective = boosting.Objective(head, outcomes=y)
    for found in (
        *objective.derivatives(y, wide * signs), *objective.sklearn(objective.labels, wide * signs)
    ):  # fmt: skip
        assert np.isfinite(found).all()


def whole_hessian(objective, y, raw, step=1e-5):
    """Every second derivative `(n, units, units)`, by differences of the gradient."""
    moves = step * np.eye(objective.units)
    return np.stack(
        [
            (objective.derivatives(y, raw + m)[0] - objective.derivatives(y, raw - m)[0])
            / (2 * step)
            for m in moves
        ],
        axis=-1,
    )


@pytest.mark.parametrize("head", [heads.VonMises(), heads.VonMisesFisher(3, 9.0)], ids=repr)
def test_an_arrow_gets_one_bound_for_all_its_scores_however_the_axes_lie(head):
    rng = np.random.default_rng(10)
    y, raw = drawn(head, rng, 200)
    objective = boosting.Objective(head, outcomes=y)
    arrow = slice(0, 2 if head.name == "von_mises" else 3)
    given = objective.sklearn(objective.labels, raw)[1][:, arrow]
    np.testing.assert_allclose(given, given[:, :1] * np.ones(given.shape[1]))
    curves = np.linalg.eigvalsh(whole_hessian(objective, y, raw)[:, arrow, arrow])
    assert (np.abs(curves) <= 1.001 * np.sqrt(2) * given[:, :1]).all()
    assert (np.abs(curves).max(axis=1) > 0.9 * given[:, 0]).any()
    first = objective.start(y)
    bound = objective.sklearn(objective.labels, np.tile(first, (len(y), 1)))[1][:, arrow]
    np.testing.assert_allclose(bound, 1, rtol=1e-6)
    if head.name == "von_mises":
        turned = raw.copy()
        turned[:, 0], turned[:, 1] = -raw[:, 1], raw[:, 0]
        later = np.angle(np.exp(1j * (y + np.pi / 2)))
        again = boosting.Objective(head, outcomes=later)
        first, bound = again.sklearn(again.labels, turned)
        np.testing.assert_allclose(bound[:, arrow], given)
        before = objective.sklearn(objective.labels, raw)[0]
        np.testing.assert_allclose(first[:, :2], np.stack([-before[:, 1], before[:, 0]], 1))


def test_a_mixture_gets_a_curvature_that_the_loss_stays_below():
    head, rng = heads.GaussianMixture(3), np.random.default_rng(12)
    y, raw = drawn(head, rng, 300, spread=1.5)
    objective = boosting.Objective(head)
    exact = objective.derivatives(y, raw)[1]
    given = objective.sklearn(y.ravel(), raw)[1]
    assert exact.min() < -0.05
    assert (given[:, :6] >= exact[:, :6] - 1e-12).all()


def test_outcomes_of_several_values_are_found_by_their_rows():
    head, rng = heads.Dirichlet(3), np.random.default_rng(15)
    y, raw = drawn(head, rng, 30)
    objective = boosting.Objective(head, outcomes=y)
    picked = np.array([7, 2, 21])
    gradient, _ = objective.sklearn(objective.labels[picked], raw[picked])
    np.testing.assert_allclose(gradient, objective.derivatives(y[picked], raw[picked])[0])
    for labels in ([0.0, 30.0], [0.5], [-1.0]):
        with pytest.raises(
            ValueError, match=r"rows of the 30 outcomes; give the library objective"
        ):
            objective.sklearn(np.array(labels), raw[: len(labels)])
    with pytest.raises(
        ValueError, match=r"give them as Objective\(heads.Dirichlet\(…\), outcomes=y"
    ):
        boosting.Objective(head).sklearn(np.zeros(30), raw)
    with pytest.raises(ValueError, match="labels are for an objective with outcomes"):
        _ = boosting.Objective(head).labels
    with pytest.raises(ValueError, match="shares above zero, summing to one"):
        boosting.Objective(head, outcomes=np.ones((4, 3)))


def test_what_cannot_be_boosted_is_said():
    stranger = type("Stranger", (heads.Poisson,), {"name": "stranger"})()
    with pytest.raises(ValueError, match="no objective for Stranger; there is one for"):
        boosting.Objective(stranger)
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
    for shape in ((3,), (2, 1, 1), (2, 2)):
        with pytest.raises(ValueError, match="y has shape"):
            poisson.derivatives(np.ones(shape), np.zeros(2))
    with pytest.raises(ValueError, match="y has shape"):
        boosting.Objective(heads.Dirichlet(3)).derivatives(
            np.full((2, 3, 1), 1 / 3), np.zeros((2, 3))
        )
    with pytest.raises(ValueError, match="no constant minimises"):
        boosting.Objective(heads.Bernoulli()).start(np.zeros(5))
    with pytest.raises(ValueError, match="no constant minimises"):
        boosting.Objective(heads.Categorical(3)).start(np.array([0.0, 1.0, 1.0]))
    with pytest.raises(ValueError, match="no constant minimises"):
        boosting.Objective(heads.Ordinal(4)).start(np.array([0.0, 1.0, 3.0]))
    with pytest.raises(ValueError, match="no constant minimises"):
        boosting.Objective(heads.MultivariateGaussian(2)).start(np.ones((9, 2)))
    with pytest.raises(ValueError, match="shrinks onto a single value"):
        boosting.Objective(heads.GaussianMixture(2)).start(np.repeat([1.0, 5.0, 6.0], [8, 1, 1]))
    for head, y in ((heads.VonMises(), [0.5]), (heads.VonMisesFisher(2), [[1.0, 0.0]])):
        with pytest.raises(ValueError, match=r"point in no direction; begin with the scores"):
            boosting.Objective(head).derivatives(np.array(y), np.zeros((1, head.units)))
    with pytest.raises(ValueError, match="weights must be 5 numbers"):
        poisson.start(np.ones(5), [1.0])


def test_no_tree_library_is_imported():
    code = (
        "import sys; from lossbook import boosting, heads; boosting.Objective(heads.Poisson());"
        "sys.exit(bool({'lightgbm', 'xgboost'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""What tree libraries hand over and take: weights of any shape, rows by number, Hessians."""

from types import SimpleNamespace

import numpy as np
import pytest
from lossbook import boosting, heads
from lossbook.boosting import objective as module
from made import drawn, every_head
from scipy import stats

Y = np.array([1.0, 3.0, 2.0])
RAW = np.array([[0.2, -0.4], [1.0, 0.1], [-0.3, 0.7]])


def handed_over(label, weight):
    """As LightGBM's Dataset and XGBoost's DMatrix give them."""
    return SimpleNamespace(get_label=lambda: label, get_weight=lambda: weight)


@pytest.mark.parametrize("none", [None, np.array([]), np.array([], "float32")], ids=repr)
def test_a_data_set_without_weights_counts_each_row_once(none):
    """LightGBM says None and XGBoost gives an empty array."""
    objective = boosting.Objective(heads.Gamma())
    found = objective(RAW, handed_over(Y.astype("float32"), none))
    np.testing.assert_allclose(found, objective.sklearn(Y, RAW))


def test_weights_of_a_data_set_are_those_of_an_estimator_whatever_their_shape():
    objective, weight = boosting.Objective(heads.Gamma(), factor=1.5), np.array([0.5, 0.0, 3.0])
    plain = np.array(objective.sklearn(Y, RAW))
    for given in (weight, weight[:, None], weight.tolist(), weight.astype("float32")):
        np.testing.assert_allclose(objective(RAW, handed_over(Y, given)), plain * weight[:, None])
        np.testing.assert_allclose(objective.sklearn(Y, RAW, given), plain * weight[:, None])
    flat = boosting.Objective(heads.Poisson())
    gradient, hessian = flat.sklearn(Y, RAW[:, 0], weight)
    assert gradient.shape == hessian.shape == (3,)
    np.testing.assert_allclose(gradient, weight * flat.derivatives(Y, RAW[:, 0])[0][:, 0])


def test_several_outcomes_reach_the_library_by_their_rows_with_weights():
    y = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]])
    objective = boosting.Objective(heads.Dirichlet(3), outcomes=y)
    rows, raw = np.array([2, 0], "float32"), np.array([[0.1, 0.2, 0.3], [0.4, -0.5, 0.6]])
    gradient, _ = objective(raw, handed_over(rows, np.array([2.0, 5.0])))
    want = objective.derivatives(y[[2, 0]], raw)[0] * [[2.0], [5.0]]
    np.testing.assert_allclose(gradient, want)
    with pytest.raises(ValueError, match="labels must be rows of the 3 outcomes"):
        objective(raw, handed_over(np.array([3.0, 0.0]), None))


@pytest.mark.parametrize("factor", [1.0, 1e-3, 1e-200])
def test_no_hessian_is_zero_where_the_curvature_is(factor):
    """Far out a sigmoid has none left, and a leaf would divide by it."""
    objective = boosting.Objective(heads.Bernoulli(), factor)
    raw = np.array([-800.0, 0.0, 800.0])
    assert objective.derivatives(np.zeros(3), raw)[1][0, 0] == 0
    hessian = objective.sklearn(np.zeros(3), raw)[1]
    assert (hessian >= 1e-16).all()


def test_a_hessian_is_handed_over_as_small_as_it_is_down_to_1e_16():
    """Rows that are nearly certain weigh in a leaf what their likelihood gives them."""
    scores = np.array([-36.0, -25.0, -14.0, 14.0, 25.0, 36.0])
    small = np.exp(-np.abs(scores))
    bernoulli = boosting.Objective(heads.Bernoulli()).sklearn(np.zeros(6), scores)[1]
    np.testing.assert_allclose(bernoulli, small / (1 + small) ** 2, rtol=1e-12)
    poisson = boosting.Objective(heads.Poisson(links={"rate": "exponential"}))
    found = poisson.sklearn(np.zeros(3), np.array([-36.0, -25.0, -40.0]))[1]
    np.testing.assert_allclose(found, [np.exp(-36), np.exp(-25), 1e-16], rtol=1e-12)


@pytest.mark.parametrize("wrong", [[1.0, -1.0, 2.0], [0.0, 0.0, 0.0], [1.0, np.nan, 2.0], [1.0]])
def test_weights_of_a_start_that_weigh_nothing_or_less_are_one_clear_error(wrong):
    objective = boosting.Objective(heads.Poisson())
    said = "^weights must be 3 numbers from zero up, not all of them zero$"
    with pytest.raises(ValueError, match=said):
        objective.start(Y, wrong)
    start = objective.start(Y, [0.0, 2.0, 6.0])
    assert np.isclose(objective.parameters(start[None])["rate"][0, 0], (3 + 3 * 2) / 4)


@pytest.mark.parametrize("factor", [0, -1.0, float("nan")])
def test_a_factor_that_turns_or_loses_the_hessian_is_refused(factor):
    with pytest.raises(ValueError, match=f"factor must be above zero, not {factor}"):
        boosting.Objective(heads.Poisson(), factor)


def test_the_first_outcome_that_is_outside_is_told():
    poisson = boosting.Objective(heads.Poisson())
    with pytest.raises(ValueError, match=r"y must be 0, 1, 2, …, but one is -1$"):
        poisson.derivatives(np.array([2.0, -1.0, 0.5, -3.0]), np.zeros(4))
    shares = boosting.Objective(heads.Dirichlet(2))
    with pytest.raises(ValueError, match=r"summing to one, but one is \[0\.5 0\.4\]$"):
        shares.derivatives(np.array([[0.5, 0.5], [0.5, 0.4], [2.0, 2.0]]), np.zeros((3, 2)))


def test_so_many_rows_are_taken_as_float32_can_number(monkeypatch):
    """Both libraries keep labels as float32."""
    most = module.MOST_ROWS
    assert int(np.float32(most - 1)) == most - 1
    assert int(np.float32(most + 1)) != most + 1
    y = np.array([[0.5, 0.5], [0.2, 0.8], [0.3, 0.7]])
    monkeypatch.setattr(module, "MOST_ROWS", 3)
    assert boosting.Objective(heads.Dirichlet(2), outcomes=y).labels.tolist() == [0, 1, 2]
    monkeypatch.setattr(module, "MOST_ROWS", 2)
    with pytest.raises(ValueError, match="3 outcomes are more than the 2 whose numbers fit"):
        boosting.Objective(heads.Dirichlet(2), outcomes=y)


@pytest.mark.parametrize("level", [0.1, 0.3, 0.5, 0.7, 0.8, 0.9])
def test_a_quantile_that_falls_between_two_rows_is_the_lower_one(level):
    """Ten equal weights add up to a level exactly, which rounding must not carry to the next."""
    for n in (10, 20, 50, 100):
        y = np.random.default_rng(n).permutation(n) + 1.0
        start = boosting.Objective(heads.AsymmetricLaplace(level=level)).start(y)
        assert start[0] == round(level * n), n


def test_an_objective_is_written_with_its_head():
    head = heads.Tweedie(power=1.3)
    assert repr(boosting.Objective(head)) == f"Objective({head!r})"


@pytest.mark.parametrize("kappa", [0.05, 0.3, 40.0, 5000.0])
def test_the_start_of_angles_that_are_nearly_all_around_or_nearly_one(kappa):
    angles = np.random.default_rng(1).vonmises(-2.0, kappa, 4000)
    objective = boosting.Objective(heads.VonMises())
    found = objective.parameters(objective.start(angles)[None])
    want, mean, _ = stats.vonmises.fit(angles, fscale=1)
    np.testing.assert_allclose(found["concentration"], want, rtol=1e-4)
    np.testing.assert_allclose(found["direction"], mean, rtol=1e-4)


def test_a_covariance_narrower_than_its_factor_can_be_has_no_start():
    """The diagonal has a floor, at which its raw score would be minus infinity."""
    rng = np.random.default_rng(2)
    one = rng.normal(size=200)
    for width in (1e-6, 1e-7):
        y = np.stack([one, one + width * rng.normal(size=200)], axis=-1)
        with pytest.raises(ValueError, match="MultivariateGaussian: no constant minimises"):
            boosting.Objective(heads.MultivariateGaussian(2)).start(y)
    y = np.stack([one, one + 1e-3 * rng.normal(size=200)], axis=-1)
    assert np.isfinite(boosting.Objective(heads.MultivariateGaussian(2)).start(y)).all()


def locked(values):
    """A copy that cannot be written to."""
    kept = np.array(values, float)
    kept.flags.writeable = False
    return kept


@every_head
def test_scores_outcomes_and_weights_are_left_as_they_are(head):
    """The libraries hand over their own arrays of scores."""
    y, raw = map(locked, drawn(head, np.random.default_rng(1), 12))
    objective, weight = boosting.Objective(head, outcomes=y), locked(np.arange(12.0))
    for found in (*objective.derivatives(y, raw), *objective.parameters(raw).values()):
        assert not np.shares_memory(found, y)
        assert np.isfinite(found).all()
    labels = locked(objective.labels)
    gradient, hessian = objective.sklearn(labels, raw, weight)
    plain = objective.sklearn(labels, raw)
    np.testing.assert_allclose(gradient, plain[0] * weight[:, None], rtol=1e-12)
    np.testing.assert_allclose(hessian, plain[1] * weight[:, None], rtol=1e-12)


@pytest.mark.parametrize("off", [-1e-5, 1e-5])
def test_shares_whose_sum_is_rounded_have_the_derivatives_of_the_shares(off):
    head = heads.Dirichlet(4)
    y, raw = drawn(head, np.random.default_rng(1), 12)
    exact, found = (boosting.Objective(head).derivatives(k * y, raw) for k in (1, 1 + off))
    np.testing.assert_allclose(found[0], exact[0], rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(found[0], head.gradient((1 + off) * y, raw), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("scale", [1e-60, 1 / 3, 1e60])
def test_weights_keep_the_digits_of_float64(scale):
    objective = boosting.Objective(heads.Gaussian(scale=1.0))
    weight = scale * np.array([1.0, 1 + 1e-12, 7.0])
    gradient, hessian = objective.sklearn(np.zeros(3), np.ones(3), weight)
    np.testing.assert_allclose(gradient, weight, rtol=1e-15)
    np.testing.assert_allclose(hessian, weight, rtol=1e-15)


@pytest.mark.parametrize("factor", [1e-9, 1e-3, 0.4, 7.0, 1e9])
def test_the_factor_multiplies_every_hessian_and_no_gradient(factor):
    once, often = (boosting.Objective(heads.Gamma(), k).sklearn(Y, RAW) for k in (1.0, factor))
    np.testing.assert_allclose(often[1], factor * once[1], rtol=1e-14)
    np.testing.assert_array_equal(often[0], once[0])

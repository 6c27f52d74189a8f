"""Derivatives for trees where their formulas change over: against mpmath with 60 digits."""

import mpmath as mp
import numpy as np
import pytest
from lossbook import boosting, heads
from lossbook.boosting.maps import MAPS
from lossbook.boosting.objective import AVAILABLE
from lossbook.boosting.ordinal import BETWEEN
from lossbook.constraints import POSITIVE
from lossbook.heads import HEADS
from lossbook.links.joint import SPREAD

mp.mp.dps = 60
CUMULATIVE = {
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "probit": lambda x: mp.erfc(-x / mp.sqrt(2)) / 2,
    "cloglog": lambda x: -mp.expm1(-mp.exp(x)),
}


@pytest.mark.parametrize("link", CUMULATIVE)
def test_an_answer_between_two_cuts_however_close_they_are(link):
    """In the raw scores of both cuts, from a gap of the floor alone to a gap of one."""
    below = CUMULATIVE[link]
    places = [(c, s) for c in np.linspace(-6, 3, 7) for s in (-25, -16, -9.5, -7, -5, -3, -1, 0.5)]
    raw = np.array([[c, s, 0.3] for c, s in places])
    objective = boosting.Objective(heads.Ordinal(4, cumulative=link))
    gradient, hessian = objective.derivatives(np.ones(len(raw)), raw)

    def surprise(cut, score):
        floor = mp.mpf(SPREAD.floor)
        gap = mp.log1p(mp.exp(max(score, mp.log(floor)))) + floor
        if score < mp.log(floor):
            gap /= 1 + floor / (1 + floor) / gap * mp.log1p(mp.log(floor) - score)
        return -mp.log(below(cut + gap) - below(cut))

    orders = (1, 0), (0, 1), (2, 0), (0, 2)
    exact = [[float(mp.diff(surprise, place, order)) for order in orders] for place in places]
    found = np.concatenate([gradient[:, :2], hessian[:, :2]], axis=1)
    np.testing.assert_allclose(found, exact, rtol=1e-8)


@pytest.mark.parametrize("y", [1.0, 2.0, 7.0])
def test_a_count_above_zero_at_rates_from_small_to_large(y):
    """In the logarithm of the rate: log(e^r - 1) - y log r."""
    scores = np.r_[np.linspace(-12, -3.5, 8), np.linspace(-3.2, 3, 40), -3.02]
    head = heads.HurdlePoisson(links={"rate": "exponential"})
    raw = np.stack([np.zeros_like(scores), scores], axis=-1)
    found = boosting.Objective(head).derivatives(np.full(len(raw), y), raw)
    for order, part in enumerate(found, start=1):
        exact = [
            float(mp.diff(lambda z: mp.log(mp.expm1(mp.exp(z))) - y * z, mp.mpf(z), order))
            for z in scores
        ]
        np.testing.assert_allclose(part[:, 1], exact, rtol=3e-12 if y == 1 else 1e-10)


def test_a_concentration_up_to_where_its_ratio_of_bessel_functions_is_nearly_one():
    """In the logarithm of κ, at an angle that is predicted exactly."""
    scores = np.linspace(-6, 18, 49)
    head = heads.VonMises(links={"concentration": "exponential"})
    raw = np.stack([np.ones_like(scores), np.zeros_like(scores), scores], axis=-1)
    gradient, hessian = boosting.Objective(head).derivatives(np.zeros(len(raw)), raw)
    for z, first, second in zip(scores, gradient[:, 2], hessian[:, 2], strict=True):
        kappa = mp.exp(mp.mpf(z))
        ratio = mp.besseli(1, kappa) / mp.besseli(0, kappa)
        lean = kappa * (ratio - 1)
        assert abs(first - float(lean)) < 1e-7
        assert abs(second - float(lean + kappa**2 * (1 - ratio / kappa - ratio**2))) < 1e-7


@pytest.mark.parametrize("y", [1.0, 3.0])
def test_a_count_above_zero_at_rates_down_to_e_to_the_minus_200(y):
    """With r the rate: r e^r / (e^r - 1) - y, of which a small r leaves 1 - y + r / 2."""
    scores = np.linspace(-200, -12, 48)
    objective = boosting.Objective(heads.HurdlePoisson(links={"rate": "exponential"}))
    raw = np.stack([np.zeros_like(scores), scores], axis=-1)
    rates = [mp.exp(mp.mpf(z)) for z in scores]
    found = objective.parameters(raw)["rate"][:, 0]
    np.testing.assert_allclose(found, [float(r) for r in rates], rtol=1e-12)
    gradient, hessian = objective.derivatives(np.full(len(raw), y), raw)
    with mp.workdps(300):
        firsts = [float(r * mp.exp(r) / mp.expm1(r) - y) for r in rates]
        seconds = [float(r * mp.exp(r) * (mp.expm1(r) - r) / mp.expm1(r) ** 2) for r in rates]
    np.testing.assert_allclose(gradient[:, 1], firsts, rtol=1e-9)
    np.testing.assert_allclose(hessian[:, 1], seconds, rtol=1e-9, atol=1e-15 * (y - 1))


@pytest.mark.parametrize("event", [0.0, 1.0], ids=["censored", "seen"])
def test_a_time_of_ten_thousand_against_a_small_scale(event):
    """In log scale and log shape: exact up to t = e^60, then along the head's straight line."""
    log_time, log_scale = mp.log(10**4), -2.0
    reached = (0.5, 3, 4.9, 5.1, 8, 20, 45, 59.9, 60.1, 90, 300)  # log t
    raw = np.array([[log_scale, float(mp.log(a / (log_time - log_scale)))] for a in reached])
    head = heads.Weibull(links={"scale": "exponential", "shape": "exponential"})
    y = np.tile([1e4, event], (len(raw), 1))

    def surprise(scale, shape):
        log_t = mp.exp(shape) * (log_time - scale)
        t = mp.exp(log_t) if log_t < 60 else mp.exp(60) * (1 + log_t - 60)
        return t - event * (shape - log_time + log_t)

    orders = (1, 0), (0, 1), (2, 0), (0, 2)
    exact = np.array([[float(mp.diff(surprise, z, order)) for order in orders] for z in raw])
    gradient, hessian = boosting.Objective(head).derivatives(y, raw)
    np.testing.assert_allclose(gradient, exact[:, :2], rtol=1e-9)
    np.testing.assert_allclose(gradient, np.asarray(head.automatic_gradient(y, raw)), rtol=1e-9)
    # Along the line the scale's second derivative is what is left of two equal terms.
    rounding = 1e-13 * np.abs(exact[:, :2])
    np.testing.assert_array_less(
        np.abs(hessian - exact[:, 2:]), rounding + 1e-9 * np.abs(exact[:, 2:])
    )


POSITIVES = {
    name: {p.name: "exponential" for p in HEADS[name].declared if p.constraint is POSITIVE}
    for name in AVAILABLE
}
OUTCOMES = {"real": 2.0, "positive": 2.0, "non-negative": 2.0, "count": 2.0, "angle": 0.5,
            "open unit interval": 0.1, "open simplex": (0.2, 0.3, 0.5),
            "censored time": (2.0, 1.0)}  # fmt: skip
OWN_LINES = ("inverse_gaussian", "tweedie", "gaussian_scale", "weibull", "negative_binomial")
"""Whose loss goes on in a line of its own before ±149, or whose formula has no digits there."""


@pytest.mark.parametrize("name", [name for name, found in POSITIVES.items() if found])
def test_an_exponential_is_for_trees_what_it_is_for_networks(name):
    """Beyond ±150 too, where it is none any more, but for rates, which may fall to nothing."""
    head = HEADS[name](links=POSITIVES[name])
    objective = boosting.Objective(head)
    far, rows, at = (-1e4, -300.0, -149.0, 149.0, 300.0, 1e4), [], 0
    for key, size in head.sizes().items():
        if key in POSITIVES[name]:
            low = -1e5 if head.links[key].floor else -150
            rows += [np.where(np.arange(head.units) == at, z, 0.3) for z in far if z > low]
        at += head.links[key].raw_size(size)
    raw = np.array(rows)
    y = np.tile(np.reshape(OUTCOMES[head.support.name], (1, -1)), (len(raw), 1))
    gradient, hessian = objective.derivatives(y, raw)
    assert np.isfinite(gradient).all()
    assert np.isfinite(hessian).all()
    for key, value in head.parameters(raw).items():
        np.testing.assert_allclose(objective.parameters(raw)[key], np.asarray(value), rtol=1e-9)
    if name not in OWN_LINES:
        exact = np.asarray(head.automatic_gradient(y, raw))
        np.testing.assert_allclose(gradient, exact, rtol=1e-6, atol=1e-9)


BY_LINK = CUMULATIVE | {"linear": lambda z: z}


@pytest.mark.parametrize("name", MAPS)
def test_a_links_value_and_derivatives_keep_their_digits_in_both_tails(name):
    raw = np.concatenate([-np.geomspace(0.1, 20, 9), [0.0], np.geomspace(0.1, 20, 9)])
    raw = raw[raw < 5.5] if name == "cloglog" else raw
    found = MAPS[name](raw)
    with mp.workdps(240):
        exact = [
            [float(mp.diff(BY_LINK[name], mp.mpf(float(z)), order)) for z in raw]
            for order in range(3)
        ]
    for ours, expected in zip(found, exact, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-60)


@pytest.mark.parametrize("gap", [0.05, 0.7, 1.3, 4.0])
@pytest.mark.parametrize("low", [-400.0, -90.0, -35.0, -28.0, -5.0])
def test_an_answer_far_below_zero_under_the_complementary_log_log(low, gap):
    """There P is e^b - e^a, whose logarithm rises by one in a shift."""
    bounds = (np.array([value]) for value in (low, low + gap, gap))
    shift, upper = BETWEEN["cloglog"](*bounds)
    with mp.workdps(400):
        loss = lambda a, b: -mp.log(mp.exp(-mp.exp(a)) - mp.exp(-mp.exp(b)))  # noqa: E731
        a, b = mp.mpf(low), mp.mpf(low) + mp.mpf(gap)
        exact = [mp.diff(lambda t: loss(a + t, b + t), 0, n) for n in (1, 2)]
        exact += [mp.diff(lambda t: loss(a, b + t), 0, n) for n in (1, 2)]
    found = [float(value[0]) for value in (*shift, *upper)]
    np.testing.assert_allclose(found, np.array(exact, float), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("z", [-1e300, -800.0, 700.0, 709.5, 800.0, 1e300])
def test_a_complementary_log_log_is_a_number_wherever_exp_is_none(z):
    """The slope beyond is 0, and not 0 · inf."""
    value, first, second = MAPS["cloglog"](np.array([z]))
    np.testing.assert_allclose([value[0], first[0], second[0]], [float(z > 0), 0, 0], atol=1e-300)

"""Each positive parameter at raw outputs to ±10⁴: its gradient is finite, points back and lasts.

The truth is the derivative of the negative log likelihood in the parameter, written down here from
its reference with 60 digits, at the value that the link gives; the link's slope is positive.
"""

from itertools import product

import mpmath as mp
import numpy as np
import pytest
from lossbook import ops
from lossbook.constraints import POSITIVE
from lossbook.heads import HEADS
from mpmath import log, loggamma

FAR = np.array([-1e4, -3e3, -1e3, -300, -150, -100, -81, -60, -50, -35, -20, -14, -13.7, -10, -5])
FAR = np.concatenate([FAR, -FAR[::-1]])


def mixture(y, w1, w2, m1, m2, s1, s2):
    parts = [w * mp.exp(-(((y - m) / s) ** 2) / 2) / s for w, m, s in ((w1, m1, s1), (w2, m2, s2))]
    return -log(sum(parts))


def kumaraswamy(y, a, b):
    return -log(a) - log(b) - (a - 1) * log(y) - (b - 1) * log(1 - y**a)


def weibull(y, scale, shape):
    time, event = y
    return (time / scale) ** shape - event * (
        log(shape) - log(scale) + (shape - 1) * log(time / scale)
    )


def student_t(y, location, scale, df=4):
    return (df + 1) / mp.mpf(2) * log(1 + ((y - location) / scale) ** 2 / df) + log(scale)


def negative_binomial(y, mean, dispersion):
    r = 1 / dispersion
    gammas = loggamma(r) - loggamma(y + r)
    return gammas + (y + r) * log(1 + dispersion * mean) - y * log(dispersion * mean)


def tweedie(y, mean):
    p = mp.mpf(3) / 2
    return mean ** (2 - p) / (2 - p) - (y * mean ** (1 - p) / (1 - p) if y else 0)


def hurdle(y, some, rate):
    return rate - y * log(rate) + log(-mp.expm1(-rate)) if y else mp.mpf(0)


def inflated(y, rate, absent):
    return rate - y * log(rate) if y else -log(absent + (1 - absent) * mp.exp(-rate))


def beta(y, mean, kappa):
    a, b = mean * kappa, (1 - mean) * kappa
    return loggamma(a) + loggamma(b) - loggamma(kappa) - a * log(y) - b * log(1 - y)


def log_bessel(k):
    """log I₀, and from where on mpmath takes long, its asymptotic series."""
    if k < 1e3:
        return log(mp.besseli(0, k))
    return k - log(2 * mp.pi * k) / 2 + log(1 + 1 / (8 * k) + 9 / (128 * k**2))


EXACT = {
    "exponential": (lambda y, mean: y / mean + log(mean), (2.0, 1e4, 1e-3)),
    "gamma": (
        lambda y, m, k: k * y / m - k * log(k / m) - k * log(y) + loggamma(k), (2.0, 1e4, 1e-3),
    ),
    "inverse_gaussian": (
        lambda y, m, s: s * (y - m) ** 2 / (2 * m**2 * y) - log(s) / 2, (2.0, 1e4, 1e-3),
    ),
    "tweedie": (tweedie, (2.0, 1e4, 1e-3, 0.0)),
    "weibull": (weibull, ((2.0, 1.0), (2.0, 0.0), (1e4, 1.0), (1e-3, 0.0))),
    "gaussian_scale": (lambda y, m, s: ((y - m) / s) ** 2 / 2 + log(s), (2.0, 1e4, -1e-3)),
    "student_t": (student_t, (2.0, 1e4, -1e-3)),
    "gaussian_mixture": (mixture, (2.0, 1e4, -1e-3)),
    "negative_binomial": (negative_binomial, (0.0, 2.0, 1e4)),
    "poisson": (lambda y, rate: rate - y * log(rate), (0.0, 2.0, 1e4)),
    "hurdle_poisson": (hurdle, (0.0, 1.0, 2.0, 1e4)),
    "zero_inflated_poisson": (inflated, (0.0, 2.0, 1e4)),
    "beta": (beta, (0.1, 0.99, 1e-3)),
    "kumaraswamy": (kumaraswamy, (0.1, 0.99, 1e-3)),
    "von_mises": (
        lambda y, d, k: log_bessel(k) - k * mp.cos(y - d), (0.5, -3.0),
    ),
    "dirichlet": (
        lambda y, *a: sum(loggamma(k) - k * log(v) for k, v in zip(a, y, strict=True))
        - loggamma(sum(a)),
        ((0.2, 0.3, 0.5), (1e-3, 0.009, 0.99)),
    ),
}  # fmt: skip
"""Head → its loss, but for what does not depend on the parameters, and some outcomes."""
POSITIVES = {
    name: [p.name for p in kind.declared if p.constraint is POSITIVE]
    for name, kind in HEADS.items()
}
START = {"gaussian_mixture": [0.3, -0.2, 0.1, 0.6, 0.3, 0.4]}
"""Raw outputs where they are not all the same."""


def array(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), float)


def test_every_head_with_a_positive_parameter_is_tried():
    assert {name for name, found in POSITIVES.items() if found} == set(EXACT)


def far_out(head, dtype):
    """Raw outputs, one row with each raw output of a positive parameter far out, and which it is.

    Also which of the parameters' values that is.
    """
    rows, raws, values = [], [], []
    raw_start = value_start = 0
    for key, size in head.sizes().items():
        if key in POSITIVES[head.name]:
            for k, far in product(range(size), FAR):
                rows.append(np.array(START.get(head.name, np.full(head.units, 0.3)), dtype))
                rows[-1][raw_start + k] = far
                raws.append(raw_start + k), values.append(value_start + k)
        raw_start, value_start = raw_start + head.links[key].raw_size(size), value_start + size
    return np.array(rows), raws, values


def exact_values(head, raw):
    """The parameters' values `(n, …)` with 60 digits; positive ones by their logarithm."""
    found = []
    for key, z in head.split(raw.astype(float)).items():
        link = head.links[key]
        if key in POSITIVES[head.name]:
            found.append(np.vectorize(mp.exp, otypes=[object])(array(link.log(z))))
        else:
            found.append(array(link.activation(z)))
    return np.concatenate(found, axis=1)


def relative_slope(loss, outcome, values, k):
    """The derivative in the logarithm of the k-th value, by a central difference."""
    with mp.workdps(120):
        y = mp.mpf(outcome) if np.ndim(outcome) == 0 else [mp.mpf(v) for v in outcome]
        step, values = mp.mpf(10) ** -40, [mp.mpf(v) for v in values]
        ends = [
            loss(y, *values[:k], values[k] * (1 + sign * step), *values[k + 1 :])
            for sign in (1, -1)
        ]
        return float((ends[0] - ends[1]) / (2 * step))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("link", ["softplus", "exponential"])
@pytest.mark.parametrize("name", EXACT)
def test_the_gradient_of_a_positive_parameter_is_finite_points_back_and_lasts(name, link, dtype):
    loss, outcomes = EXACT[name]
    head = HEADS[name](links=dict.fromkeys(POSITIVES[name], link))
    raw, raws, places = far_out(head, dtype)
    values = exact_values(head, raw)
    for outcome in outcomes:
        y = np.tile(np.reshape(outcome, (1, -1)), (len(raw), 1)).astype(dtype)
        found = array(head.gradient(y, raw))
        assert np.isfinite(found).all()
        assert np.isfinite(array(head.nll(y, raw))).all()
        for row, (at, k) in enumerate(zip(raws, places, strict=True)):
            slope, told = relative_slope(loss, outcome, values[row], k), (outcome, raw[row], at)
            if abs(slope) > 1e-3:  # else so close to the minimum that rounding may turn it
                assert found[row, at] * slope > 0, told
            if abs(slope) > 0.1:
                assert abs(found[row, at]) > 1e-6, told


@pytest.mark.parametrize(("link", "start"), [("softplus", -40), ("exponential", -80)])
@pytest.mark.parametrize("name", ["exponential", "gamma", "inverse_gaussian", "gaussian_scale"])
def test_a_network_whose_raw_outputs_are_far_below_the_data_finds_its_way_back(name, link, start):
    """By steps of one half against the sign of each slope, from a mean or a scale near nothing."""
    head = HEADS[name](links=dict.fromkeys(POSITIVES[name], link))
    raw = np.zeros((1, head.units), "float32")
    at = [p.name for p in head.declared].index("scale" if "scale" in name else "mean")
    raw[0, at] = start
    for _ in range(10 - 2 * start):
        slopes = array(head.gradient([1.5, 3.1], np.repeat(raw, 2, axis=0)))
        raw -= 0.5 * np.sign(slopes.sum(axis=0))
    assert raw[0, at] > -4, raw

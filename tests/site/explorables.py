"""What an interactive figure should say, computed by numpy and scipy from its controls."""

from functools import cache

import numpy as np
from lossbook import choose
from scipy import optimize, special, stats
from workshop.data import load_iris

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


def number(text):
    """What a reader reads: "−0.5", "1.2 × 10⁻⁷"; None if it is no number."""
    try:
        return float(text.translate(SUPERSCRIPTS).replace(" × 10", "e"))
    except ValueError:
        return None


def clip(s):
    z = s["Raw output z"]
    p = special.expit(z)
    return {
        "z": z, "clip": np.clip(z, 0, 1), "clip-slope": float(0 < z < 1),
        "sigmoid": p, "sigmoid-slope": stats.logistic.pdf(z),
    }  # fmt: skip


def losses(s):
    z, y = s["Raw output z"], float(s["The truth is"])
    p = special.expit(z)
    # The gradients by the chain rule with scipy's density, not by the formula on the page.
    return {
        "z": z, "p": p, "squared": (p - y) ** 2 / 2,
        "squared-gradient": (p - y) * stats.logistic.pdf(z),
        "cross": -(stats.logistic.logcdf(z) if y else stats.logistic.logsf(z)),
        "cross-gradient": -stats.logistic.sf(z) if y else stats.logistic.cdf(z),
    }  # fmt: skip


def surprise(s):
    p, y = s["Predicted probability p"], int(s["What happened:"])
    return {
        "p": p, "loss": -stats.bernoulli.logpmf(y, p), "other": -stats.bernoulli.logpmf(1 - y, p),
        "gradient": p - y,
    }  # fmt: skip


def temperature(s):
    T = 10 ** s["Temperature T"]
    raw = np.array([s[f"Raw output of output {k}"] for k in range(1, 11)])
    p = special.softmax(raw / T)
    second, first = np.sort(raw)[-2:]
    return {
        "T": T, "first": p.max(), "second": np.sort(p)[-2], "lead": first - second,
        "factor": np.exp((first - second) / T), "entropy": stats.entropy(p), "most": np.log(10),
    }  # fmt: skip


def several(s):
    names = [key.removeprefix("Raw output of ") for key in s]
    raw = np.array(list(s.values()))
    each, soft = special.expit(raw), special.softmax(raw)
    said = lambda p: ", ".join(n for n, q in zip(names, p, strict=True) if q > 0.5) or "nothing"  # noqa: E731
    return {
        "sigmoids-say": said(each), "softmax-say": said(soft), "sigmoid-most": each.max(),
        "softmax-most": soft.max(), "sigmoid-sum": each.sum(), "softmax-sum": 1.0,
    }  # fmt: skip


def quantile(s):
    y = load_iris().y[:, 0].astype(float).round(2)
    level, c = s["Level τ"], s["Prediction c"]
    mean = lambda at: np.mean(np.maximum(level * (y - at), (level - 1) * (y - at)))  # noqa: E731
    return {
        "level": level, "up": level, "down": 1 - level, "c": c, "loss": mean(c),
        "under": np.sum(y < c), "over": np.sum(y > c), "least": min(mean(at) for at in y),
        "best": np.quantile(y, level, method="averaged_inverted_cdf"),
    }  # fmt: skip


POINTS = 7
LEAST_SCALE = 0.23


@cache
def best_student_t(points, nu):
    """Location and scale that fit `points` best, searched for from many places."""
    data = np.array(points)
    # scipy's own constant, and the rest written out: its logpdf is slow in a search.
    peak, tail = stats.t.logpdf(0, nu), (nu + 1) / 2

    def cost(t):
        scale = max(np.exp(t[1]), LEAST_SCALE)
        return np.mean(tail * np.log1p(((data - t[0]) / scale) ** 2 / nu)) + np.log(scale) - peak

    assert np.isclose(cost([2, 0.5]), -stats.t.logpdf(data, nu, 2, np.exp(0.5)).mean())
    starts = [(m, np.log(b)) for m in (*points, np.median(data)) for b in (0.4, 2)]
    options = {"xatol": 1e-7, "fatol": 1e-10, "maxiter": 2000}
    runs = [optimize.minimize(cost, t, method="Nelder-Mead", options=options) for t in starts]
    found = min(runs, key=lambda run: run.fun).x
    return found[0], max(np.exp(found[1]), LEAST_SCALE)


def fit_by_hand(s):
    points = tuple(s[f"Point {k} of {POINTS}"] for k in range(1, POINTS + 1))
    family, place, scale = s["Density:"], s["Location"], s["Scale"]
    nu = s["Degrees of freedom ν"]
    if family == "student_t":
        best, shape, density = best_student_t(points, nu), (nu,), stats.t
    else:
        density = {"gaussian": stats.norm, "laplace": stats.laplace}[family]
        best, shape = density.fit(points), ()
    here = density.logpdf(points, *shape, place, scale).mean()
    there = density.logpdf(points, *shape, *best).mean()
    expected = {
        "location": place, "scale": scale, "surprise": -here,
        "likelihood": np.exp(POINTS * here), "best": -there, "best-location": best[0],
        "best-scale": best[1],
    }  # fmt: skip
    return expected | ({"nu": nu} if family == "student_t" else {})


FIVE = np.array([1.1, 1.7, 2.0, 2.6, 3.6])


def surface(s, steps=0):
    spread = FIVE.std()
    mu, log_sigma = s["Start: mean μ"], np.log(s["Start: deviation σ"])
    slopes = lambda m, u: (  # noqa: E731
        np.mean((m - FIVE) / np.exp(2 * u)) * spread,
        1 - np.mean((FIVE - m) ** 2) / np.exp(2 * u),
    )
    for _ in range(steps):
        across, up = slopes(mu, log_sigma)
        mu, log_sigma = (
            mu - s["Learning rate"] * spread * across,
            log_sigma - s["Learning rate"] * up,
        )
    across, up = slopes(mu, log_sigma)
    nll = lambda m, b: -stats.norm.logpdf(FIVE, m, b).mean()  # noqa: E731
    return {
        "rate": s["Learning rate"], "steps": steps, "mu": mu, "sigma": np.exp(log_sigma),
        "surprise": nll(mu, np.exp(log_sigma)), "least": nll(*stats.norm.fit(FIVE)),
        "slope-mu": across, "slope-sigma": up,
    }  # fmt: skip


def chooser(s):
    [row] = [
        row for row in choose(s["y is"]) if row.predict == s["I want to predict"]
    ]  # fmt: skip
    names = ("none" if name == "linear" else name for name in row.activation)
    activation = ", ".join(names).replace("_", " ")
    return {"distribution": row.title or "none", "activation": activation, "loss": row.code}


ORACLES = {
    "choose": chooser, "clip": clip, "losses": losses, "surprise": surprise,
    "temperature": temperature, "several": several, "quantile": quantile,
    "fit_by_hand": fit_by_hand, "surface": surface,
}  # fmt: skip
PAGES = {
    "choose": "chapters/01_start.html",
    "surface": "chapters/02_likelihood.html",
    "quantile": "chapters/05_median.html",
    "fit_by_hand": "chapters/05_median.html",
    "surprise": "chapters/06_two_classes.html",
    "clip": "chapters/07_clip.html",
    "losses": "chapters/07_clip.html",
    "temperature": "chapters/09_softmax.html",
    "several": "chapters/10_several_objects.html",
}


def differences(name, state, stated):
    """Stated values that differ from the oracle's in the third digit, or are missing."""
    steps = [int(stated["steps"])] if name == "surface" else []
    expected = ORACLES[name](state, *steps)
    found = [f"{key} is not stated" for key in expected if key not in stated]
    found += [f"{key} is stated, but has no oracle" for key in stated if key not in expected]
    for key in expected.keys() & stated.keys():
        right, said = expected[key], stated[key]
        if isinstance(right, str):
            same = said == right
        elif number(said) is None:
            same = False
        else:
            size = abs(float(right))
            # Half a unit of the third digit. Below 1e-12 there is only rounding.
            digit = 10.0 ** (np.floor(np.log10(size)) - 2) if size > 1e-12 else 1e-10
            same = abs(number(said) - float(right)) <= 0.51 * digit
        if not same:
            found.append(f"{key}: the page says {said}, the oracle {right}; controls {state}")
    return found

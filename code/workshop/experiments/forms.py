"""Heads as models of one outcome given features: fitted by maximum likelihood, scored held out.

The raw outputs are linear in the features, `raw = X W`, so that heads differ in nothing but the
distribution. Where a head has a fixed scale, one scale for all samples is fitted with the rest,
since a scale chosen by hand would decide the comparison.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from lossbook import heads, tf
from lossbook.heads import Head
from scipy import optimize, special

Make = Callable[[float], Head]


@dataclass(frozen=True)
class Form:
    """A head, which of its raw outputs may depend on the features, and how its scale is fitted.

    `make(scale)` gives the head. `scaled` is "" if it has no fixed scale, "shift" if y / scale
    and raw / scale follow the head with scale 1, "power" if y ** (1 / scale) and raw / scale do.
    """

    name: str
    title: str
    make: Make
    depends: tuple[bool, ...]
    scaled: str = ""
    start: tuple[float, ...] = ()
    events: bool = False
    """Whether y needs a second column that says that the outcome was seen, not censored."""

    @property
    def units(self) -> int:
        """How many raw outputs."""
        return len(self.depends)

    def nll(self, y: np.ndarray, raw: np.ndarray, scale: float = 1.0) -> np.ndarray:
        """The negative log likelihood `(n,)` in nats."""
        return np.asarray(self.make(scale).nll(self.outcome(y), raw))

    def outcome(self, y: np.ndarray) -> np.ndarray:
        """`y` `(n,)`, or `(n, 2)` with a column that says what was seen, as the head takes it."""
        if y.ndim == 2:
            return y.astype(float)
        columns = [y, np.ones_like(y)] if self.events else [y]
        return np.stack(columns, axis=1).astype(float)

    def sample(self, raw: np.ndarray, rng: np.random.Generator, scale: float = 1.0) -> np.ndarray:
        """One outcome a row, `(n,)`."""
        head = self.make(scale)
        found = {name: np.asarray(v, float) for name, v in head.parameters(raw).items()}
        if self.events:  # the head would censor some
            return found["scale"][:, 0] * rng.weibull(found["shape"][:, 0])
        return head.sample(found, rng)[:, 0]


def _plain(
    name: str, depends: tuple[bool, ...], start: tuple[float, ...] = (), **links: str
) -> Form:
    kind: Any = heads.HEADS[name]
    return Form(name, kind.title, lambda _: kind(links=links), depends, "", start)


def _scaled(name: str, how: str = "shift", **options: float) -> Form:
    kind: Any = heads.HEADS[name]
    title = kind.title.removesuffix(", fixed scale")
    return Form(name, title, lambda s: kind(scale=s, **options), (True,), how)


REAL: dict[str, Form] = {
    form.name: form
    for form in (
        _scaled("gaussian"),
        _scaled("logistic"),
        _scaled("laplace"),
        _plain("student_t", (True, False)),
        Form(
            "skewed",
            "Asymmetric Laplace",
            lambda s: heads.AsymmetricLaplace(level=0.2, scale=s),
            (True,),
            "shift",
        ),
        _plain("gaussian_scale", (True, True)),
        Form(
            "gaussian_mixture",
            "Mixture of two Gaussians",
            lambda _: heads.GaussianMixture(2),
            (False, False, True, True, False, False),
            "",
            (0, 0, -1, 1, 0, 0),
        ),
    )
}
"""Forms for any real number. The asymmetric Laplace's level is 0.2: a long tail to the right."""

POSITIVE: dict[str, Form] = {
    form.name: form
    for form in (
        _plain("exponential", (True,), mean="exponential"),
        _plain("gamma", (True, False), mean="exponential"),
        _scaled("log_normal", "power"),
        replace(_plain("weibull", (True, False), scale="exponential"), events=True),
        _plain("inverse_gaussian", (True, False), mean="exponential"),
        REAL["gaussian"],
        REAL["gaussian_scale"],
    )
}
"""Forms for amounts above zero, and two Gaussians, whose support is too wide."""

COUNTS: dict[str, Form] = {
    form.name: form
    for form in (
        _plain("poisson", (True,), rate="exponential"),
        _plain("negative_binomial", (True, False), mean="exponential"),
        _plain("zero_inflated_poisson", (True, False), rate="exponential"),
        _plain("hurdle_poisson", (True, True), rate="exponential"),
        REAL["gaussian"],
    )
}
"""Forms for counts, and the Gaussian of squared error, as the probability of y - ½ to y + ½."""


def mean_nll(form: Form, unit: Head, raw: Any, log_scale: Any, y: Any) -> Any:
    """The mean nll of raw outputs `(n, units)`, as a tensor; `unit` is the form's head, scale 1."""
    scale = tf.exp(log_scale)
    if form.scaled == "shift":
        terms = unit.nll(y / scale, raw / scale) + log_scale
    elif form.scaled == "power":
        change = (1 / scale - 1) * tf.math.log(y[:, 0]) - log_scale
        terms = unit.nll(y ** (1 / scale), raw / scale) - change
    else:
        terms = unit.nll(y, raw)
    return tf.reduce_mean(terms)


class Fit:
    """The maximum likelihood fit of a form; made once a form, used on many samples."""

    def __init__(self, form: Form) -> None:
        self.form = form
        unit = form.make(1.0)

        @tf.function(
            autograph=False,
            input_signature=[
                tf.TensorSpec([None, form.units], tf.float64),
                tf.TensorSpec([], tf.float64),
                tf.TensorSpec([None, None], tf.float64),
                tf.TensorSpec([None, 1 + form.events], tf.float64),
            ],
        )
        def value(w: Any, log_scale: Any, x: Any, y: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch([w, log_scale])
                total = mean_nll(form, unit, tf.matmul(x, w), log_scale, y)
            return (
                total,
                *tape.gradient(total, [w, log_scale], unconnected_gradients="zero"),
            )

        self._value = value

    def __call__(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
        """The weights `(k, units)` and the scale that make `y` `(n,)` likeliest given `x` `(n, k)`.

        The first column of `x` must be ones. L-BFGS from a fixed start.
        """
        k, form = x.shape[1], self.form
        free = np.tile(np.array(form.depends), (k, 1))
        free[0] = True
        w0 = np.zeros((k, form.units))
        if form.start:
            w0[0] = form.start
        elif form.scaled == "shift":
            w0[0] = y.mean()
        elif form.name in ("student_t", "gaussian_scale"):
            w0[0, 0] = np.median(y)
        begin = np.append(w0[free], np.log(y.std()) if form.scaled == "shift" else 0.0)
        inputs, outcome = tf.constant(x), tf.constant(form.outcome(y))

        def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
            w = np.zeros_like(w0)
            w[free] = theta[:-1]
            total, dw, ds = self._value(tf.constant(w), tf.constant(theta[-1]), inputs, outcome)
            value = float(total)
            if not np.isfinite(value):
                return 1e10, np.zeros_like(theta)
            return value, np.append(np.asarray(dw)[free], float(ds))

        best = optimize.minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 500})
        w = np.zeros_like(w0)
        w[free] = best.x[:-1]
        return w, float(np.exp(best.x[-1]))


def interval_nll(y: np.ndarray, mean: np.ndarray, scale: float) -> np.ndarray:
    """Minus the log of the Gaussian probability of y - ½ to y + ½, for counts `y` `(n,)`.

    At 0 the interval reaches down to minus infinity, so that the probabilities sum to one.
    """
    low = np.where(y == 0, -np.inf, (y - 0.5 - mean) / scale)
    high = (y + 0.5 - mean) / scale
    # On the side where both tails are small, so that their difference does not round to 0.
    flip = low > 0
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    upper, lower = special.log_ndtr(high), special.log_ndtr(low)
    return -(upper + np.log1p(-np.exp(lower - upper)))

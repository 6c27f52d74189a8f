"""Every head against the distributions of PyTorch and NumPyro, which share no code with ours."""

import numpy as np
import pytest
from lossbook import ops
from lossbook.heads import HEADS

td = pytest.importorskip("torch.distributions")
nd = pytest.importorskip("numpyro.distributions")
torch = pytest.importorskip("torch")
jnp = pytest.importorskip("jax.numpy")


# Keras's own conversion on PyTorch, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def t(values):
    return torch.as_tensor(np.asarray(values, float))


def column(values):
    return np.asarray(values)[:, 0]


def mixture(p, y):
    parts = td.Normal(t(p["means"]), t(p["scales"]))
    return td.MixtureSameFamily(td.Categorical(t(p["weights"])), parts).log_prob(t(y)[:, 0])


def correlated(p, y):
    lower = np.zeros((len(y), 2, 2))
    lower[:, [0, 1, 1], [0, 0, 1]] = p["factor"]
    return td.MultivariateNormal(t(p["mean"]), scale_tril=t(lower)).log_prob(t(y))


def survival(p, y):
    scale, shape = t(p["scale"])[:, 0], t(p["shape"])[:, 0]
    whole = td.Weibull(scale, shape).log_prob(t(y)[:, 0])
    alive = -((t(y)[:, 0] / scale) ** shape)
    return torch.where(t(y)[:, 1] == 1, whole, alive)


def zero_inflated(p, y):
    return nd.ZeroInflatedPoisson(column(p["absent"]), column(p["rate"])).log_prob(column(y))


def hurdle(p, y):
    any_, rate = column(p["any"]), column(p["rate"])
    some = nd.Poisson(rate).log_prob(column(y)) - jnp.log1p(-jnp.exp(-rate))
    return jnp.where(column(y) == 0, jnp.log1p(-any_), jnp.log(any_) + some)


TORCH = {
    "gaussian": lambda p, y: td.Normal(t(p["mean"]), 1.0).log_prob(t(y)).sum(-1),
    "gaussian_scale": lambda p, y: td.Normal(t(p["mean"]), t(p["scale"])).log_prob(t(y)).sum(-1),
    "multivariate_gaussian": correlated,
    "gaussian_mixture": mixture,
    "laplace": lambda p, y: td.Laplace(t(p["median"]), 1.0).log_prob(t(y)).sum(-1),
    "student_t": lambda p, y: td.StudentT(4.0, t(p["location"]), t(p["scale"]))
    .log_prob(t(y)).sum(-1),
    "bernoulli": lambda p, y: td.Bernoulli(t(p["probability"])).log_prob(t(y)).sum(-1),
    "independent_bernoullis": lambda p, y: td.Bernoulli(t(p["probabilities"]))
    .log_prob(t(y)).sum(-1),
    "categorical": lambda p, y: td.Categorical(t(p["probabilities"])).log_prob(t(y)),
    "binomial": lambda p, y: td.Binomial(10, t(p["probability"])).log_prob(t(y)).sum(-1),
    "poisson": lambda p, y: td.Poisson(t(p["rate"])).log_prob(t(y)).sum(-1),
    "negative_binomial": lambda p, y: td.NegativeBinomial(
        1 / t(p["dispersion"]), logits=torch.log(t(p["mean"]) * t(p["dispersion"]))
    ).log_prob(t(y)).sum(-1),
    "exponential": lambda p, y: td.Exponential(1 / t(p["mean"])).log_prob(t(y)).sum(-1),
    "gamma": lambda p, y: td.Gamma(t(p["shape"]), t(p["shape"]) / t(p["mean"]))
    .log_prob(t(y)).sum(-1),
    "log_normal": lambda p, y: td.LogNormal(t(p["log_median"]), 1.0).log_prob(t(y)).sum(-1),
    "weibull": survival,
    "beta": lambda p, y: td.Beta(
        t(p["mean"]) * t(p["concentration"]), (1 - t(p["mean"])) * t(p["concentration"])
    ).log_prob(t(y)).sum(-1),
    "dirichlet": lambda p, y: td.Dirichlet(t(p["concentrations"])).log_prob(t(y)),
    "kumaraswamy": lambda p, y: td.Kumaraswamy(t(p["a"]), t(p["b"])).log_prob(t(y)).sum(-1),
}  # fmt: skip
NUMPYRO = {
    "asymmetric_laplace": lambda p, y: nd.AsymmetricLaplaceQuantile(
        column(p["quantile"]), 1.0, 0.5
    ).log_prob(column(y)),
    "logistic": lambda p, y: nd.Logistic(column(p["location"]), 1.0).log_prob(column(y)),
    "zero_inflated_poisson": zero_inflated,
    "hurdle_poisson": hurdle,
    "negative_binomial": lambda p, y: nd.NegativeBinomial2(
        column(p["mean"]), 1 / column(p["dispersion"])
    ).log_prob(column(y)),
    "ordinal": lambda p, y: nd.OrderedLogistic(np.zeros(len(y)), p["cuts"]).log_prob(y),
    "von_mises": lambda p, y: nd.VonMises(
        column(p["direction"]), column(p["concentration"])
    ).log_prob(column(y)),
}
NOBODY = {"huber", "hyperbolic_secant", "inverse_gaussian", "tweedie", "von_mises_fisher"}
"""Heads that neither library has; scipy has the last four, and SymPy integrates Huber's."""
BOTH = [(name, f) for table in (TORCH, NUMPYRO) for name, f in table.items() if name in HEADS]


def test_every_head_is_held_against_somebodys():
    named = {*TORCH, *NUMPYRO, *NOBODY}
    assert set(HEADS) <= named, (
        f"tests/backends/test_distributions.py: add {set(HEADS) - named} to TORCH or NUMPYRO, or "
        "to NOBODY if neither has it"
    )


@pytest.mark.parametrize(("name", "log_density"), BOTH, ids=[name for name, _ in BOTH])
def test_the_log_density_is_theirs(name, log_density):
    head, rng = HEADS[name](), np.random.default_rng(3)
    raw = rng.normal(scale=1.5, size=(100, head.units))
    numpy = {k: np.asarray(ops.convert_to_numpy(v), float) for k, v in head.parameters(raw).items()}
    y = np.asarray(head.sample(numpy, rng))
    found = np.asarray(ops.convert_to_numpy(head.nll(y, raw)), float)
    expected = -np.asarray(log_density(numpy, y), float)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)

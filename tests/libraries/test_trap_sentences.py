"""Traps of PyTorch and JAX: each sentence whole, beside an expression that is true as it says."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import running
import torch
from lossbook.catalogue.libraries import LINES, RECIPES
from scipy import stats

A, B = torch.tensor([2.0, 0.5]), torch.tensor([0.7, 1.1])
ROWS = torch.tensor([[0.3, -0.2, 0.9], [1.0, 0.0, -1.0]])
SHOWN = {
    "it is half the squared error, and nothing is averaged; `optax.squared_error` has no half": [
        "np.allclose(2 * optax.l2_loss(JA, JB), optax.squared_error(JA, JB))",
        "np.allclose(optax.squared_error(JA, JB), (JA - JB) ** 2)",
    ],
    "it takes the *variance*, clamps it at 1e-6, and leaves out the constant unless `full=True`": [
        "close(nn.GaussianNLLLoss(full=True)(A, B, B**2), -D.Normal(A, B).log_prob(B).mean())",
        "close(nn.GaussianNLLLoss()(A, A, 0 * A), 0.5 * np.log(1e-6))",
        "close(nn.GaussianNLLLoss(full=True)(A, B, B) - nn.GaussianNLLLoss()(A, B, B),"
        " 0.5 * np.log(2 * np.pi))",
    ],
    "it takes the standard deviation, where `GaussianNLLLoss` takes the variance": [
        "close(-D.Normal(A, B).log_prob(A).mean(), nn.GaussianNLLLoss(full=True)(A, A, B**2))",
    ],
    "Optax has no such loss; the third argument is the standard deviation": [
        "not [n for n in dir(optax.losses) if 'gauss' in n or 'normal' in n]",
        "np.isclose(jax.scipy.stats.norm.logpdf(0.3, 1.0, 2.0), stats.norm(1, 2).logpdf(0.3))",
    ],
    "`SmoothL1Loss` is another loss, Huber's divided by `beta`": [
        "close(nn.SmoothL1Loss(beta=0.5)(A, B), nn.HuberLoss(delta=0.5)(A, B) / 0.5)",
        "not close(nn.SmoothL1Loss(beta=0.5)(A, B), nn.L1Loss()(A, B))",
    ],
    "`SmoothL1Loss` is `HuberLoss` divided by `beta`; at 1 they are the same": [
        "close(nn.SmoothL1Loss(beta=2.0)(A, B), nn.HuberLoss(delta=2.0)(A, B) / 2.0)",
        "close(nn.SmoothL1Loss()(A, B), nn.HuberLoss()(A, B))",
    ],
    "it takes probabilities, and holds their logarithm at -100 or above": [
        "close(nn.BCELoss()(torch.zeros(1), torch.ones(1)), 100)",
        "close(nn.BCELoss()(torch.tensor([0.3]), torch.ones(1)), -np.log(0.3))",
    ],
    "the prediction comes first, and nothing is averaged": [
        "np.allclose(optax.sigmoid_binary_cross_entropy(JA, jnp.ones(2)), np.logaddexp(0, -JA))",
    ],
    "`softmax_cross_entropy` takes one-hot rows; neither averages": [
        "optax.softmax_cross_entropy(JR, jnp.eye(3)[:2]).shape == (2,)",
        "optax.softmax_cross_entropy_with_integer_labels(JR, jnp.arange(2)).shape == (2,)",
    ],
    "it takes the *log* of the rate unless `log_input=False`, and drops log y!; `full=True` adds"
    " Stirling's approximation of it, not log y! itself": [
        "close(nn.PoissonNLLLoss()(A, A), (A.exp() - A * A).mean())",
        "close(nn.PoissonNLLLoss(log_input=False)(B, A), (B - A * B.log()).mean(), 1e-4)",
        "1e-3 < abs(nn.PoissonNLLLoss(full=True)(A[:1], A[:1] + 1) - nn.PoissonNLLLoss()(A[:1],"
        " A[:1] + 1) - np.log(6)) < 0.1",
    ],
    "it takes the rate, not its logarithm": [
        "close(-D.Poisson(B[0]).log_prob(torch.tensor(2.0)), -stats.poisson(0.7).logpmf(2))",
    ],
    "`total_count` is 1 / dispersion, and `probs` is 1 - p of scipy's `nbinom`": [
        "close(D.NegativeBinomial(2.5, probs=torch.tensor(0.3)).log_prob(torch.tensor(4.0)),"
        " stats.nbinom(2.5, 0.7).logpmf(4))",
    ],
    "the second argument is the *rate*, shape / mean, where scipy and NumPy take the scale": [
        "close(D.Gamma(3.0, 0.5).mean, 6)",
        "np.isclose(stats.gamma(3.0, scale=2.0).mean(), 6)",
    ],
    "the third argument in order is `loc`: name `scale`": [
        "np.isclose(jax.scipy.stats.gamma.logpdf(3.0, 2.0, 1.0), stats.gamma(2, loc=1).logpdf(3))",
    ],
    "the degrees of freedom come first": ["D.StudentT(4.0, 0.0, 1.0).df == 4"],
    "the scale is not the standard deviation, which is √2 times as large at four degrees of"
    " freedom": ["np.isclose(stats.t(4).std(), np.sqrt(2))"],
    "the scale is the third argument, and the standard deviation is 1.81 times as large": [
        "round(stats.logistic().std(), 2) == 1.81",
        "np.isclose(jax.scipy.stats.logistic.logpdf(1.0, 0.2, 2.0),"
        " stats.logistic(0.2, 2.0).logpdf(1.0))",
    ],
    "it takes the rate, 1 / mean": ["D.Exponential(0.5).mean == 2"],
    "the second argument in order is `loc`: name `scale`": [
        "np.isclose(jax.scipy.stats.expon.logpdf(3.0, 1.0), stats.expon(loc=1).logpdf(3.0))",
    ],
    "the exponential of the prediction is the median; the mean is e^½ times as large at scale 1": [
        "np.isclose(stats.lognorm(1).mean(), np.exp(0.5) * stats.lognorm(1).median())",
    ],
    "the first argument is `probs`: name `logits`": ["D.Bernoulli(torch.tensor(0.3)).mean == 0.3"],
    "it is 1 minus the cosine; `optax.cosine_similarity` is the cosine itself, which should be"
    " large": [
        "np.isclose(optax.cosine_distance(JA, JB), 1 - optax.cosine_similarity(JA, JB))",
        "np.isclose(optax.cosine_similarity(JA, JA), 1)",
    ],
    "it scales both vectors to length one; `CosineEmbeddingLoss` with a target of 1 is this plus"
    " 1": [
        "close(nn.CosineEmbeddingLoss()(ROWS, ROWS + 1, torch.ones(2)),"
        " 1 - F.cosine_similarity(3 * ROWS, ROWS + 1).mean())",
    ],
    "the classes must be the second axis, hence `flatten`; the ignored label is -100 unless you"
    " name another": ["nn.CrossEntropyLoss().ignore_index == -100"],
    "`optax.kl_divergence` takes the *log* of the predictions first": [
        "np.allclose(optax.kl_divergence(jnp.log(JP), JP), 0, atol=1e-6)",
    ],
    "`alpha` weighs false alarms here and `beta` misses, whereas in Keras's code it is the other"
    " way round; unless told otherwise, Optax adds 1 to numerator and denominator and has a loss"
    " for each picture": [
        "optax_mask([9.0, 9.0], [1.0, 0.0], 0.9) > optax_mask([9.0, -9.0], [1.0, 1.0], 0.9)",
        "keras_mask([1.0, 1.0], [1.0, 0.0], 0.9) > keras_mask([1.0, 0.0], [1.0, 1.0], 0.9)",
        "optax.losses.dice_loss(jnp.zeros((4, 2)), jnp.ones((4, 2))).shape != ()",
    ],
    "it divides by the sum of the weights in the batch, Keras by the number of cases": [
        "close(nn.CrossEntropyLoss(weight=torch.full((3,), 5.0))(ROWS, torch.tensor([0, 1])),"
        " nn.CrossEntropyLoss()(ROWS, torch.tensor([0, 1])))",
    ],
}
"""Sentence → what is true if it is."""


def close(a, b, rtol=1e-5):
    return bool(np.isclose(float(a), float(b), rtol=rtol))


def optax_mask(raw, y, alpha):
    return float(
        jnp.mean(
            optax.losses.dice_loss(
                jnp.array([raw]), jnp.array([y]), alpha=alpha, beta=1 - alpha, smooth=0.0
            )
        )
    )


def keras_mask(y, p, alpha):
    loss = running.keras.losses.Tversky(alpha=alpha, beta=1 - alpha)
    return float(loss(np.array([y]), np.array([p])))


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("sentence", SHOWN, ids=lambda s: s[:40])
def test_a_trap_is_as_it_stands(sentence):
    traps = {entry.trap for entry in (*LINES, *RECIPES)}
    assert sentence in traps, f"see that the expressions still show it, then change {sentence!r}"
    names = {
        "nn": torch.nn, "F": torch.nn.functional, "D": torch.distributions, "A": A, "B": B,
        "ROWS": ROWS, "JA": jnp.asarray(A.numpy()), "JB": jnp.asarray(B.numpy()),
        "JR": jnp.asarray(ROWS.numpy()), "JP": jnp.array([0.2, 0.5, 0.3]), "np": np, "jnp": jnp,
        "jax": jax, "optax": optax, "torch": torch, "stats": stats, "close": close,
        "optax_mask": optax_mask, "keras_mask": keras_mask,
    }  # fmt: skip
    for expression in SHOWN[sentence]:
        assert eval(expression, names), expression

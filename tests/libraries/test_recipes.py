"""The code for losses that chapters put together by hand, against their formulas in NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from answers_nearest import FITTED, NETWORKS
from lossbook.catalogue import writing
from lossbook.catalogue.libraries import RECIPES
from scipy import special

RNG = np.random.default_rng(2)
UNITS = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in RNG.normal(size=(2, 6, 3))]
TOKENS = RNG.integers(0, 5, (4, 8))
TARGETS = np.where(RNG.random((4, 7)) < 0.3, -1, TOKENS[:, 1:])
LOGITS, TEACHER = RNG.normal(size=(2, 9, 4))
KEEP = np.linspace(0.9, 0.1, 20)
X = RNG.normal(size=(50, 2))
LOGS = dict(
    zip(
        ("policy_preferred", "frozen_preferred", "policy_rejected", "frozen_rejected"),
        RNG.normal(size=(4, 12)), strict=True,
    )
)  # fmt: skip
SCORES = RNG.normal(size=(2, 12))
NETWORK = RNG.normal(size=(4, 7, 5))

GIVEN = {
    "next-token": {"tokens": TOKENS, "targets": TARGETS},
    "contrastive": {"f": UNITS[0], "g": UNITS[1], "T": 0.3},
    "preferences": {**LOGS, "preferred": SCORES[0], "rejected": SCORES[1], "beta": 0.1},
    "diffusion": {"x": X, "keep": KEEP, "steps": 20},
    "distillation": {"teacher_logits": TEACHER, "x": LOGITS, "T": 3.0},
}
"""The arrays that a recipe takes; `model`, `reward` and `student` are below."""


HERE = [recipe for recipe in RECIPES if recipe.name in GIVEN]


def nll(logits, classes):
    return -np.take_along_axis(special.log_softmax(logits, axis=-1), classes[..., None], -1)[..., 0]


def expected(name, made):
    """The loss, and whatever else the recipe computes, by NumPy."""
    if name == "next-token":
        last = special.softmax(NETWORK[:, -1], axis=-1)
        return {"loss": nll(NETWORK, TARGETS)[TARGETS >= 0].mean(), "p_next": last}
    if name == "contrastive":
        logits = UNITS[0] @ UNITS[1].T / 0.3
        return {"loss": nll(logits, np.arange(6)).mean(), "p": special.softmax(logits, axis=1)}
    if name == "preferences":
        ahead = LOGS["policy_preferred"] - LOGS["frozen_preferred"]
        margin = ahead - (LOGS["policy_rejected"] - LOGS["frozen_rejected"])
        loss = np.log1p(np.exp(SCORES[1] - SCORES[0])).mean()
        return {"loss": loss, "dpo": np.log1p(np.exp(-0.1 * margin)).mean()}
    if name == "diffusion":
        kept = KEEP[made["t"]][:, None]
        noisy = np.sqrt(kept) * X + np.sqrt(1 - kept) * made["noise"]
        predicted = 0.5 * noisy
        clean = (noisy - np.sqrt(1 - kept) * predicted) / np.sqrt(kept)
        return {"loss": np.mean((predicted - made["noise"]) ** 2), "clean_mean": clean}
    targets = special.softmax(TEACHER / 3, axis=1)
    logs = special.log_softmax(LOGITS / 3, axis=1)
    return {"loss": -9 * (targets * logs).sum(1).mean(), "p": special.softmax(LOGITS, axis=1)}


def named(recipe):
    return f"{recipe.name} {recipe.library}"


@pytest.mark.parametrize("recipe", [r for r in HERE if r.library in NETWORKS], ids=named)
def test_the_recipe_computes_its_formula(recipe):
    kind = torch.as_tensor if recipe.library == "PyTorch" else jnp.asarray
    names = {k: kind(v) if np.ndim(v) else v for k, v in GIVEN[recipe.name].items()}
    models = {
        "next-token": lambda tokens: kind(NETWORK),
        "diffusion": lambda noisy, t: 0.5 * noisy,
    }
    names |= {"model": models.get(recipe.name), "reward": lambda x: x, "student": lambda x: x}
    names["key"] = jax.random.key(0)
    exec(writing.with_imports(recipe.code), names)
    made = {k: np.asarray(v) for k, v in names.items() if k in ("t", "noise")}
    for name, value in expected(recipe.name, made).items():
        np.testing.assert_allclose(np.asarray(names[name]), value, rtol=1e-5, atol=1e-7)


@pytest.mark.filterwarnings("ignore:X does not have valid feature names:UserWarning")
@pytest.mark.parametrize("recipe", [r for r in HERE if r.library not in NETWORKS], ids=named)
def test_the_model_that_a_recipe_fits_finds_what_the_data_were_drawn_from(recipe):
    made, fitted = FITTED[recipe.name]
    names = made(recipe.library)
    exec(writing.with_imports(recipe.code), names)
    fitted(names)

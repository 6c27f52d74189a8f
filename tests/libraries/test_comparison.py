"""The comparison of two distributions on the same splits, in each library, against the heads."""

import numpy as np
import pytest
import running
import samples as s
import statsmodels.api as sm
import torch
from lossbook import heads
from lossbook.catalogue import writing
from lossbook.catalogue.libraries import RECIPES

NAME = "comparison"
HERE = {recipe.library: recipe for recipe in RECIPES if recipe.name == NAME}
KNOWN, NEW = np.split(np.random.default_rng(4).permutation(s.N), [int(0.7 * s.N)])
"""The last split."""
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def head_score(head, found):
    """The head's mean negative log likelihood of the last split's new rows at its parameters."""
    columns = [head.links[name].inverse(np.reshape(found[name], (-1, 1))) for name in head.sizes()]
    raw = np.hstack([running.Sample.numpy(column) for column in columns])
    return float(running.Sample.numpy(head.nll(s.VARIED[NEW], raw)).mean())


def last(library, names):
    """The parameters that the code found for the new rows of the last split."""
    if library == "PyTorch":
        mean, dispersion = np.exp(names["model"](names["x"][NEW]).detach().numpy()).T
    elif library == "JAX":
        mean, dispersion = np.exp(names["network"](names["weights"], names["x"][NEW])).T
    elif library == "scikit-learn":
        mean = names["mean"][NEW]
        dispersion = np.full(len(NEW), np.exp(-names["best"].x))
    elif library == "statsmodels":
        mean = np.exp(names["design"][NEW] @ names["fit"].params[:-1])
        dispersion = np.full(len(NEW), names["fit"].params[-1])
    else:
        found = names["objective"].parameters(names["raw"])
        mean, dispersion = (running.Sample.numpy(found[name]) for name in ("mean", "dispersion"))
    return {"mean": mean, "dispersion": dispersion}


@pytest.mark.parametrize("library", HERE)
def test_the_score_of_a_library_is_the_heads_and_the_right_distribution_wins(library):
    # Networks count in float32 there.
    kind = "float32" if library in ("PyTorch", "JAX") else float
    x, y = s.X.astype(kind), s.VARIED.astype(kind)
    names = {"x": x, "y": y}
    if library == "PyTorch":
        torch.manual_seed(0)
        names = {"x": torch.as_tensor(x), "y": torch.as_tensor(y)}
    exec(writing.with_imports(HERE[library].code), names)
    assert [len(scores) for scores in names["nll"].values()] == [5, 5]
    given = names["nll"]["negative binomial"][-1]
    assert abs(given - head_score(heads.NegativeBinomial(), last(library, names))) < 1e-5
    # With the truth for parameters: what is left of the gap is estimation.
    truth = {"mean": s.MEAN_COUNT[NEW], "dispersion": np.full(len(NEW), 0.5)}
    poisson = head_score(heads.Poisson(), {"rate": truth["mean"]})
    varied = head_score(heads.NegativeBinomial(), truth)
    assert names["nll"]["Poisson"][-1] > names["nll"]["negative binomial"][-1] > varied - 0.1
    assert 0.5 * (poisson - varied) < names["gap"].mean() < 2 * (poisson - varied)


@pytest.mark.parametrize("library", ["PyTorch", "JAX"])
def test_the_densities_of_networks_are_the_heads(library):
    names = {"x": s.X[:20], "y": s.VARIED[:20]}
    code = writing.with_imports(HERE[library].code)
    exec(code[: code.index("nll = {")], names)  # the densities alone
    kind = torch.as_tensor if library == "PyTorch" else np.asarray
    raw, y = s.RAW[NEW], s.VARIED[NEW]
    for name, made in (("Poisson", heads.Poisson), ("negative binomial", heads.NegativeBinomial)):
        density, units = names["rivals"][name]
        found = np.exp(raw[:, :units]).T
        expected = head_score(made(), dict(zip(made().sizes(), found, strict=True)))
        at = kind(raw[:, :units])
        each = -density(at).log_prob(kind(y)) if library == "PyTorch" else density(at, y)
        assert abs(float(each.mean()) - expected) < 1e-6


@pytest.mark.parametrize("library", ["scikit-learn", "statsmodels"])
def test_the_poissons_score_is_that_of_the_same_model_fitted_elsewhere(library):
    names = {"x": s.X, "y": s.VARIED}
    exec(writing.with_imports(HERE[library].code), names)
    design = sm.add_constant(s.X)
    fit = sm.GLM(s.VARIED[KNOWN], design[KNOWN], family=sm.families.Poisson()).fit()
    expected = head_score(heads.Poisson(), {"rate": fit.predict(design[NEW])})
    assert abs(names["nll"]["Poisson"][-1] - expected) < 1e-5

"""The code in the tabs of questions and chapters is run, and compared with formulas."""

import re
from pathlib import Path

import jax.numpy as jnp
import lightgbm
import numpy as np
import pytest
import running
import samples
import torch
from answers import ANSWERS, MODELS
from lossbook import heads
from lossbook.catalogue import writing
from lossbook.catalogue.libraries import RECIPES
from sklearn.linear_model import LogisticRegression
from test_comparison import NAME as COMPARISON
from test_recipes import GIVEN

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
TABS = re.compile(r"^(:{3,})\{in-libraries\} (.+?)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
HERE = [recipe for recipe in RECIPES if recipe.name in ANSWERS]
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Anomaly Detection has been enabled:UserWarning"),
    pytest.mark.filterwarnings("ignore:X does not have valid feature names:UserWarning"),
]


class Silent:
    """Takes what LightGBM has to say."""

    def info(self, text):
        pass

    warning = info


lightgbm.register_logger(Silent())


def given(recipe):
    """The names that a recipe starts from, as arrays of its library."""
    kind = {"PyTorch": torch.as_tensor, "JAX": jnp.asarray}.get(recipe.library, np.asarray)
    names = {k: kind(v) if np.ndim(v) else v for k, v in ANSWERS[recipe.name].given.items()}
    for name in set(MODELS) & set(names):
        out = names[name]
        names[name] = lambda x, out=out: x if out is None else out
    if (recipe.name, recipe.library) == ("temperature", "scikit-learn"):
        few = slice(0, 25)  # too few for weights without a penalty: sure beyond their right
        names["model"] = LogisticRegression(C=30.0).fit(samples.X[few], samples.CLASS[few])
    if made := ANSWERS[recipe.name].made:
        names |= made(recipe.library)
    return names


def arrays(names):
    """The same names with arrays of NumPy, where they were tensors."""
    kinds = (torch.Tensor, jnp.ndarray)
    return {k: running.Sample.numpy(v) if isinstance(v, kinds) else v for k, v in names.items()}


@pytest.mark.parametrize("recipe", HERE, ids=lambda recipe: f"{recipe.name} {recipe.library}")
def test_the_code_of_a_tab_gives_what_its_formula_gives(recipe):
    answer = ANSWERS[recipe.name]
    if recipe.name in ("pairing", "q-custom-loss") and recipe.library in ("PyTorch", "JAX"):
        return  # below
    names = given(recipe)
    exec(writing.with_imports(recipe.code), names)
    found = arrays(names)
    if answer.judged:
        answer.judged(found)
    if recipe.library not in ("PyTorch", "JAX"):
        if recipe.name != "pairing":
            answer.fitted(found)
        return
    assigned = [name for name in answer.expected if name in found]
    assert assigned or answer.judged
    for name in assigned:
        rtol = 1e-3 if recipe.name == "temperature" else 1e-5
        np.testing.assert_allclose(found[name], answer.expected[name], rtol=rtol, atol=1e-6)


@pytest.mark.parametrize("library", ["PyTorch", "JAX"])
def test_a_loss_of_ones_own_is_squared_error_whatever_the_shape_of_the_labels(library):
    [recipe] = [r for r in HERE if (r.name, r.library) == ("q-custom-loss", library)]
    kind = torch.as_tensor if library == "PyTorch" else jnp.asarray
    names = {}
    exec(writing.with_imports(recipe.code), names)
    y, prediction = samples.SCORE, samples.RAW[:, :1]
    expected = np.mean((y - prediction[:, 0]) ** 2)
    np.testing.assert_allclose(float(names["loss"](kind(y), kind(prediction))), expected)


def test_missing_labels_leave_the_gradient_finite():
    [recipe] = [r for r in HERE if (r.name, r.library) == ("q-missing", "JAX")]
    code = writing.with_imports(recipe.code)

    def loss(prediction):
        names = given(recipe) | {"prediction": prediction}
        exec(code, names)
        return names["loss"]

    import jax

    slope = jax.grad(loss)(jnp.asarray(samples.RAW[:, 0]))
    assert np.isfinite(slope).all()
    assert (np.asarray(slope)[np.isnan(samples.GAPS)] == 0).all()


def test_the_checker_reads_the_models_of_its_tabs(capsys):
    for recipe in (r for r in HERE if r.name == "pairing"):
        names = given(recipe)
        if recipe.library == "PyTorch":
            names["model"] = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Softmax(dim=-1))
            names["y_train"] = torch.as_tensor(samples.CLASS)
        exec(writing.with_imports(recipe.code), names)
        said = capsys.readouterr().out
        assert ("softmax" in said.lower()) == (recipe.library == "PyTorch"), said
        assert said


def test_every_tab_is_one_of_a_head_or_of_a_recipe_that_is_run():
    assert {recipe.name for recipe in RECIPES} == set(ANSWERS) | set(GIVEN) | {COMPARISON}
    found = [
        (page.name, name)
        for page in CHAPTERS.glob("*.md")
        for _, arguments, _ in TABS.findall(page.read_text("utf-8"))
        for name in arguments.split()
    ]
    assert len(found) > 80
    known = set(heads.HEADS) | {recipe.name for recipe in RECIPES}
    assert not [one for one in found if one[1] not in known]
    # And none is made for a page that does not show it.
    assert {recipe.name for recipe in RECIPES} <= {name for _, name in found}

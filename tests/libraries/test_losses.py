"""The table of each library's losses: complete, and as the libraries have them."""

import contextlib
import re
from pathlib import Path

import lightgbm
import numpy as np
import optax
import pytest
import running
import torch
import xgboost
from lossbook.catalogue.library_losses import LOSSES
from scipy import integrate
from sklearn.utils import all_estimators
from sklearn.utils._param_validation import StrOptions

TOLERANCE = 2e-5
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
PICTURES = np.zeros((60, 1))
NOT_LOSSES = {"LassoLarsIC", "SelfTrainingClassifier"}
"""Their `criterion` chooses a penalty, or samples."""


class Silent:
    """Takes what LightGBM has to say."""

    def info(self, text):
        pass

    warning = info


lightgbm.register_logger(Silent())


def listed(library):
    return {entry.name for entry in LOSSES if entry.library == library}


def test_every_loss_of_torch_nn_is_listed():
    found = {n for n in dir(torch.nn) if re.search(r"Loss(2d)?$", n)}
    assert listed("PyTorch") == found
    names = re.compile(r"^(?!_).*(_loss|cross_entropy|kl_div|with_logits)$")
    functions = {n.replace("_", "") for n in dir(torch.nn.functional) if names.match(n)}
    modules = {n.lower().removesuffix("loss") for n in found}
    other = {"binarycrossentropy": "bce", "binarycrossentropywithlogits": "bcewithlogits"}
    without = {other.get(n, n.removesuffix("loss")) for n in functions}
    assert without <= modules, "a function without a module: give it an entry"


def test_every_loss_of_optax_is_listed():
    found = {n for n in dir(optax.losses) if n[0] != "_" and callable(getattr(optax.losses, n))}
    assert listed("Optax") == found


def test_every_loss_of_scikit_learns_estimators_is_listed():
    found = set()
    for name, estimator in all_estimators():
        constraints = getattr(estimator, "_parameter_constraints", {})
        for key in ("loss", "criterion"):
            options = [o for o in constraints.get(key, []) if isinstance(o, StrOptions)]
            if name not in NOT_LOSSES:
                found |= {(name, loss) for option in options for loss in option.options}
    # It chooses the splits of its trees, as theirs do.
    ours = {(w, e.name) for e in LOSSES if e.library == "scikit-learn" for w in e.where}
    assert ours == found


def test_every_objective_of_xgboost_is_listed():
    data = xgboost.DMatrix(PICTURES, np.zeros(60))
    with pytest.raises(xgboost.core.XGBoostError) as said:
        xgboost.train({"objective": "no such objective"}, data, 1)
    found = set(re.findall(r"Objective candidate: (\S+)", str(said.value)))
    assert len(found) > 10
    assert listed("XGBoost") == found


def test_every_objective_of_lightgbm_is_listed(capfd):
    # It has no list; each word of its library is tried as an objective.
    [file] = Path(lightgbm.__file__).parent.rglob("lib_lightgbm.*")
    words = re.findall(rb"(?<!\w)[a-z][a-z0-9_]{2,29}(?!\w)", file.read_bytes())
    found = set()
    for word in sorted({word.decode() for word in words}):
        for labels in (np.arange(40) % 2, 1 + np.arange(40) % 2):
            options = {"objective": word, "verbose": -1, "num_threads": 1}
            options["num_class"] = 3 if word.startswith("multi") else 1
            data = lightgbm.Dataset(PICTURES[:40], labels, group=[40], params={"verbose": -1})
            try:
                text = lightgbm.Booster(options, data).model_to_string()
            except lightgbm.basic.LightGBMError as problem:
                if "Unknown objective" in str(problem):
                    break
                continue
            found |= set(re.findall(r"^objective=(\S+)", text, re.MULTILINE))
    capfd.readouterr()
    assert len(found) > 10
    assert listed("LightGBM") == found


def constant(estimator, y, method="predict"):
    """What an estimator predicts where the inputs say nothing."""
    inputs = np.zeros((len(y), 1))
    return getattr(estimator.fit(inputs, y), method)(inputs)[0]


def light(objective, y, *, rounds=100, **options):
    options = {"objective": objective, "verbose": -1, "num_threads": 1, **options}
    inputs = np.zeros((len(y), 1))
    data = lightgbm.Dataset(inputs, y, params={"verbose": -1})
    return lightgbm.train(options, data, rounds).predict(inputs)[0]


def extreme(objective, y, rounds=100, **options):
    data = xgboost.DMatrix(np.zeros((len(y), 1)), y)
    options = {"objective": objective, "nthread": 1, "verbosity": 0, **options}
    return xgboost.train(options, data, rounds).predict(data)[0]


RNG = np.random.default_rng(5)
INPUTS = RNG.normal(size=(60, 2))
GRADES = np.clip(np.round(INPUTS[:, 0] + 1), 0, 3)


def shifted_light(objective):
    """By how much the trees change when every score is moved by the same number."""
    found = []
    for start in (0.0, 5.0):
        data = lightgbm.Dataset(
            INPUTS, GRADES, group=[30, 30], init_score=np.full(60, start), params={"verbose": -1}
        )
        options = {"objective": objective, "verbose": -1, "num_threads": 1, "seed": 1}
        options["min_data_in_leaf"] = 5
        found.append(lightgbm.train(options, data, 3).predict(INPUTS))
    assert np.ptp(found[0]) > 1e-3
    return np.abs(found[0] - found[1]).max()


def shifted_extreme(objective):
    found = []
    for start in (0.0, 3.0):
        labels = GRADES + 1 if objective == "survival:cox" else GRADES
        labels = (labels > 1).astype(float) if objective == "rank:map" else labels
        data = xgboost.DMatrix(INPUTS, labels, base_margin=np.full(60, start))
        if objective.startswith("rank"):
            data.set_group([30, 30])
        options = {"objective": objective, "nthread": 1, "base_score": 0.5, "seed": 1}
        trees = xgboost.train(options, data, 3)
        found.append(trees.predict(data, output_margin=True) - start)
    assert np.ptp(found[0]) > 1e-3
    return np.abs(found[0] - found[1]).max()


def aft(times):
    """XGBoost's metric of uncensored log-normal times, at a log median of 0.3."""
    data = xgboost.DMatrix(np.zeros((len(times), 1)), base_margin=np.full(len(times), 0.3))
    data.set_float_info("label_lower_bound", times)
    data.set_float_info("label_upper_bound", times)
    options = {"objective": "survival:aft", "eval_metric": "aft-nloglik", "learning_rate": 1e-12}
    options |= {"aft_loss_distribution": "normal", "aft_loss_distribution_scale": 1.0}
    seen = {}
    with contextlib.redirect_stdout(None):
        xgboost.train(options, data, 1, evals=[(data, "here")], evals_result=seen)
    return seen["here"]["aft-nloglik"][0]


def weighed_median(y):
    """The least outcome up to which half of the weight 1 / max(1, |y|) lies."""
    y = np.sort(y)
    weight = np.cumsum(1 / np.maximum(1, y))
    return y[np.searchsorted(weight, weight[-1] / 2)]


def boosted(objective, classes=1):
    """What LightGBM predicts for inputs that say something, from raw scores of 0 on."""
    labels = np.digitize(INPUTS.sum(axis=1), [-0.5, 0.5]) if classes > 1 else INPUTS[:, 0] > 0
    data = lightgbm.Dataset(INPUTS, labels, params={"verbose": -1})
    options = {"objective": objective, "verbose": -1, "num_threads": 1, "num_class": classes}
    return lightgbm.train(options | {"boost_from_average": False}, data, 20).predict(INPUTS)


HELPERS = {
    "weighed_median": weighed_median, "boosted": boosted, "constant": constant, "light": light,
    "extreme": extreme, "shifted_light": shifted_light, "shifted_extreme": shifted_extreme,
    "aft": aft, "integrate": integrate,
}  # fmt: skip


@pytest.mark.parametrize("entry", LOSSES, ids=lambda entry: f"{entry.library} {entry.name}")
def test_the_loss_is_what_the_table_says(entry):
    if entry.line is None:
        drawn = running.sample(running.Line(entry.head or "gaussian", entry.library, "", ""))
        names = running.TOOLS | drawn.arrays | HELPERS
        assert bool(eval(entry.shown, names)), entry.shown
        return
    assert running.difference(entry.line) < TOLERANCE

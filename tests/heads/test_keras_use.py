"""A head's loss in a Keras model: saved, loaded, copied, weighted, masked."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest
from lossbook import heads, keras, ops
from lossbook.heads import HEADS
from lossbook.heads.keras_loss import HeadLoss
from oracles import CASES

# Keras's own saving, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
OTHERS = {
    "student_t-inf": lambda: heads.StudentT(df=float("inf")),
    "gaussian_scale-beta": lambda: heads.GaussianScale(2, beta=0.5, links={"scale": "exponential"}),
    "ordinal-5": lambda: heads.Ordinal(5, cumulative="probit"),
    "binomial-20": lambda: heads.Binomial(trials=np.int64(20)),
}
MAKE = {name: case.head for name, case in CASES.items()} | OTHERS


def data(head, n=12, inputs=3):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, inputs)).astype("float32")
    raw = rng.normal(size=(n, head.units)).astype("float32")
    parameters = {k: np.asarray(v, float) for k, v in head.parameters(raw).items()}
    return x, np.asarray(head.sample(parameters, rng))


def network(head, inputs=3):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((inputs,)), keras.layers.Dense(head.units)])
    model.compile(keras.optimizers.SGD(1e-3), loss=head.loss)
    return model


@pytest.fixture(params=MAKE.values(), ids=MAKE.keys())
def head(request):
    return request.param()


def test_repr_makes_the_head_again(head):
    again = eval(repr(head), {type(head).__name__: type(head)})
    assert again.get_config() == head.get_config()
    assert repr(again) == repr(head)
    assert {n: k.name for n, k in again.links.items()} == {n: k.name for n, k in head.links.items()}
    twin = type(head).from_config(head.get_config())
    assert vars(twin).keys() == vars(head).keys()


def test_saved_and_loaded_it_is_the_same_loss(head, tmp_path):
    x, y = data(head)
    model = network(head)
    model.fit(x, y, epochs=1, verbose=0)
    before = model.evaluate(x, y, verbose=0)
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    assert loaded.loss.head.get_config() == head.get_config()
    np.testing.assert_allclose(loaded.evaluate(x, y, verbose=0), before, rtol=1e-5)
    loaded.fit(x, y, epochs=1, verbose=0)


def test_configured_copied_and_pickled(head):
    loss = head.loss
    for again in (
        keras.losses.deserialize(keras.losses.serialize(loss)),
        pickle.loads(pickle.dumps(loss)),
        copy.deepcopy(loss),
    ):
        assert isinstance(again, HeadLoss)
        assert again.head.get_config() == head.get_config()
        assert (again.name, again.reduction) == (loss.name, loss.reduction)
    twin = pickle.loads(pickle.dumps(head))
    assert repr(twin) == repr(head)


def test_models_are_copied_with_their_loss(tmp_path):
    head = heads.Gamma(links={"mean": "exponential"})
    x, y = data(head)
    model = network(head)
    want = model.evaluate(x, y, verbose=0)
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_allclose(again.evaluate(x, y, verbose=0), want, rtol=1e-6)
    clone = keras.models.clone_model(model)
    clone.compile_from_config(model.get_compile_config())
    assert clone.loss.head.get_config() == head.get_config()
    keep = keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", monitor="loss")
    model.fit(x, y, epochs=1, callbacks=[keep], verbose=0)
    assert keras.models.load_model(tmp_path / "best.keras").loss.head.name == "gamma"


LOAD = """
import sys
{imports}
print(keras.models.load_model(sys.argv[1]).loss)
"""


@pytest.mark.parametrize(
    "imports", ["import keras, lossbook.heads", "import lossbook.heads, keras",
                "from lossbook import heads, keras"],
)  # fmt: skip
def test_a_new_process_that_knows_the_package_can_load(imports, tmp_path):
    network(heads.Poisson()).save(tmp_path / "m.keras")
    said = subprocess.run(
        [sys.executable, "-c", LOAD.format(imports=imports), str(tmp_path / "m.keras")],
        capture_output=True, text=True,
    )  # fmt: skip
    assert said.stdout.strip() == "Poisson(size=1).loss", said.stderr[-2000:]


def test_the_loss_is_the_mean_of_the_objective_and_takes_weights(head):
    _, y = data(head)
    raw = np.random.default_rng(2).normal(size=(len(y), head.units)).astype("float32")
    each = np.asarray(head.objective(y, raw), float)
    assert each.shape == (len(y),)
    y_ = y.astype("float32") if y.dtype.kind == "f" else y
    np.testing.assert_allclose(float(head.loss(y_, raw)), each.mean(), rtol=1e-5)
    weight = np.arange(len(y)) % 3
    got = float(head.loss(y_, raw, weight))
    np.testing.assert_allclose(got, (weight * each).sum() / len(y), rtol=1e-5)
    unreduced = HeadLoss(head, reduction=None)
    np.testing.assert_allclose(np.asarray(unreduced(y_, raw)), each, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["poisson", "weibull", "categorical", "dirichlet", "gaussian"])
def test_what_a_weight_of_zero_leaves_out_may_be_anything(name):
    head = HEADS[name]()
    _, y = data(head)
    y = y.astype("float32")
    raw = np.random.default_rng(2).normal(size=(len(y), head.units)).astype("float32")
    weight = np.ones(len(y), "float32")
    weight[::2] = 0
    spoiled = y.copy()
    spoiled[::2] = np.nan
    want = float(head.loss(y, raw, weight))
    np.testing.assert_allclose(float(head.loss(spoiled, raw, weight)), want, rtol=1e-6)


@pytest.mark.parametrize("around", [(4,), (2, 3)])
@pytest.mark.parametrize("name", ["poisson", "weibull", "dirichlet", "gaussian_scale"])
def test_a_weight_of_zero_leaves_out_a_whole_sequence_or_picture(name, around):
    head = HEADS[name]()
    rng = np.random.default_rng(2)
    raw = rng.normal(size=(5, *around, head.units)).astype("float32")
    y = np.asarray(head.sample(head.parameters(raw), rng), "float32")
    y = y.reshape(5, *around, head.columns)
    weight = np.array([0, 1, 0, 2, 1], "float32")
    want = np.asarray(head.nll(y, raw)).reshape(5, -1).mean(axis=1) @ weight / 5
    y[weight == 0] = np.nan
    found = float(head.loss(y, raw, weight.reshape(5, *[1] * len(around))))
    np.testing.assert_allclose(found, want, rtol=1e-5)


def test_masked_steps_may_hold_labels_that_there_are_not():
    head, rng = heads.Categorical(4), np.random.default_rng(0)
    x = rng.normal(size=(6, 5, 2)).astype("float32")
    x[:, 3:] = 0
    y = rng.integers(0, 4, (6, 5))
    model = keras.Sequential(
        [keras.Input((5, 2)), keras.layers.Masking(), keras.layers.Dense(head.units)]
    )
    model.compile("sgd", loss=head.loss)
    want = model.evaluate(x, y, verbose=0)
    y[:, 3:] = -1
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), want, rtol=1e-6)
    each = np.asarray(head.nll(np.maximum(y, 0), model.predict(x, verbose=0)))
    np.testing.assert_allclose(want, each[:, :3].mean(), rtol=1e-5)


def test_several_outputs_by_name():
    a, b = heads.Poisson(), heads.Categorical(3)
    inputs = keras.Input((3,))
    outputs = {"a": keras.layers.Dense(1)(inputs), "b": keras.layers.Dense(3)(inputs)}
    model = keras.Model(inputs, outputs)
    model.compile("sgd", loss={"a": a.loss, "b": b.loss})
    x, y = data(a)
    classes = np.arange(len(x)) % 3
    found = model.evaluate(x, {"a": y, "b": classes}, verbose=0, return_dict=True)["loss"]
    raw = model.predict(x, verbose=0)
    want = np.mean(a.nll(y, raw["a"])) + np.mean(b.nll(classes, raw["b"]))
    np.testing.assert_allclose(found, want, rtol=1e-5)


@pytest.mark.parametrize("policy", ["float16", "bfloat16", "mixed_float16", "float64"])
def test_other_float_types(head, policy):
    x, y = data(head)
    y = y.astype("float32")  # the same outcome for all: near 1 a share has few digits left
    keras.config.set_dtype_policy(policy)
    try:
        model = network(head)
        model.fit(x, y, epochs=1, verbose=0)
        assert np.isfinite(model.evaluate(x, y, verbose=0))
        raw = model.predict(x, verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")
    for kind in ("float16", "bfloat16", "float64"):
        shorter = ops.cast(raw, kind)
        exact = np.asarray(head.nll(y, np.asarray(ops.cast(shorter, "float64"))))
        found = head.nll(y, shorter)
        assert keras.backend.standardize_dtype(found.dtype) == (
            "float64" if kind == "float64" else "float32"
        )
        np.testing.assert_allclose(np.asarray(found), exact, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: heads.Binomial(trials=2.5), lambda: heads.Gaussian(size=2.5),
        lambda: heads.Gaussian(size=0), lambda: heads.Gaussian(scale=float("inf")),
        lambda: heads.Gaussian(scale=float("nan")), lambda: heads.Dirichlet(size=1),
        lambda: heads.GaussianMixture(components=0), lambda: heads.Tweedie(dispersion=0.0),
        lambda: heads.VonMisesFisher(concentration=-1.0), lambda: heads.StudentT(df=0),
        lambda: heads.VonMisesFisher(concentration=0.0), lambda: heads.VonMisesFisher(1),
        lambda: heads.Ordinal(1), lambda: heads.Binomial(trials=0),
        lambda: heads.AsymmetricLaplace(level=0.0), lambda: heads.AsymmetricLaplace(level=1.0),
        lambda: heads.Tweedie(power=1.0), lambda: heads.Tweedie(power=2.0),
        lambda: heads.GaussianScale(beta=-1e-9), lambda: heads.GaussianScale(beta=1 + 1e-9),
    ],
)  # fmt: skip
def test_arguments_that_make_no_distribution_are_one_clear_error(wrong):
    with pytest.raises(ValueError, match=r"must be|must lie|above zero"):
        wrong()


def test_a_loss_keeps_its_float_type_in_its_configuration_and_its_file(head, tmp_path):
    for dtype in ("float64", "float32", "float16"):
        loss = HeadLoss(head, dtype=dtype)
        assert loss.get_config()["dtype"] == dtype
        assert HeadLoss.from_config(loss.get_config()).dtype == dtype
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(head.units)])
    model.compile(keras.optimizers.SGD(1e-3), loss=HeadLoss(head, dtype="float64"))
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras").loss
    assert isinstance(again, HeadLoss)
    assert again.dtype == "float64"

"""Models with a head: copied, kept, exported, in scikit-learn, with several outputs."""

import copy
import pickle

import numpy as np
import pytest
from lossbook import heads, keras
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# Keras's own saving, with NumPy 2; TensorFlow's of its own exports.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:tensorflow"),
]
SEVERAL = {
    "gamma": lambda: heads.Gamma(links={"mean": "exponential"}),
    "categorical": lambda: heads.Categorical(4),
    "weibull": heads.Weibull,
    "multivariate_gaussian": lambda: heads.MultivariateGaussian(3),
    "ordinal": lambda: heads.Ordinal(4, cumulative="probit"),
    "tweedie": lambda: heads.Tweedie(power=1.3, dispersion=0.5),
}


@pytest.fixture(params=SEVERAL.values(), ids=SEVERAL.keys())
def several(request):
    return request.param()


def data(head, n=24):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 3)).astype("float32")
    raw = rng.normal(size=(n, head.units))
    parameters = {k: np.asarray(v, float) for k, v in head.parameters(raw).items()}
    y = np.asarray(head.sample(parameters, rng))
    return x, y.astype("float32") if y.dtype.kind == "f" else y


def network(head):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(head.units)])
    model.compile(keras.optimizers.SGD(1e-3), loss=head.loss)
    return model


def test_copied_cloned_and_pickled_it_has_the_same_loss_and_goes_on_learning(several):
    x, y = data(several)
    model = network(several)
    want = model.evaluate(x, y, verbose=0)
    clone = keras.models.clone_model(model)
    clone.compile_from_config(model.get_compile_config())
    clone.set_weights(model.get_weights())
    for again in (clone, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert again.loss.head.get_config() == several.get_config()
        np.testing.assert_allclose(again.evaluate(x, y, verbose=0), want, rtol=1e-5)
    again.fit(x, y, epochs=2, verbose=0)
    assert again.evaluate(x, y, verbose=0) < want


def test_a_checkpoint_is_the_best_model_with_its_loss(several, tmp_path):
    x, y = data(several)
    model, file = network(several), tmp_path / "best.keras"
    keep = keras.callbacks.ModelCheckpoint(file, monitor="val_loss", save_best_only=True)
    found = model.fit(x, y, validation_data=(x, y), epochs=3, callbacks=[keep], verbose=0)
    best = keras.models.load_model(file)
    assert best.loss.head.get_config() == several.get_config()
    least = min(found.history["val_loss"])
    np.testing.assert_allclose(best.evaluate(x, y, verbose=0), least, rtol=1e-5)


def test_exported_it_gives_the_raw_outputs(several, tmp_path):
    """What is exported is the network alone: the loss is no part of it."""
    import tensorflow as tf

    x, _ = data(several)
    model = network(several)
    model.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "served"))
    raw = np.asarray(served.serve(tf.constant(x)))
    np.testing.assert_allclose(raw, model.predict(x, verbose=0), rtol=1e-5, atol=1e-6)
    assert set(several.parameters(raw)) == {p.name for p in several.declared}


def regression(X, y, head):
    return network(head)


@pytest.mark.parametrize(
    "make", [lambda: heads.Tweedie(power=1.3), lambda: heads.Laplace(scale=2.0), heads.Poisson],
    ids=["tweedie", "laplace", "poisson"],
)  # fmt: skip
def test_as_a_regressor_of_scikit_learn(make):
    head = make()
    x, y = data(head, n=60)
    estimator = keras.wrappers.SKLearnRegressor(
        regression, model_kwargs={"head": head}, fit_kwargs={"epochs": 2, "verbose": 0}
    )
    twin = clone(estimator)
    assert twin.model_kwargs["head"].get_config() == head.get_config()
    pipeline = make_pipeline(StandardScaler(), estimator).fit(x, y.ravel())
    raw = pipeline.predict(x).reshape(60, head.units)
    assert np.isfinite(head.parameters(raw)[head.declared[0].name]).all()
    scores = cross_val_score(
        estimator, x, y.ravel(), cv=2,
        scoring=lambda model, x, y: -np.mean(head.nll(y, model.predict(x).reshape(len(x), -1))),
    )  # fmt: skip
    assert np.isfinite(scores).all()


def test_scikit_learns_regressor_takes_one_raw_output():
    """A limit of the wrapper: its `predict` takes off the last axis, which must have length 1."""
    head = heads.Gamma()
    x, y = data(head)
    estimator = keras.wrappers.SKLearnRegressor(
        regression, model_kwargs={"head": head}, fit_kwargs={"verbose": 0}
    ).fit(x, y.ravel())
    with pytest.raises(ValueError, match="squeeze"):
        estimator.predict(x)
    raw = estimator.model_.predict(x, verbose=0)
    assert raw.shape == (24, 2)


def test_as_a_classifier_of_scikit_learn_a_head_refuses_the_wrappers_one_hot_labels():
    """A limit of the wrapper: it makes one-hot labels, so that Keras's own loss belongs there."""
    head, rng = heads.Categorical(3), np.random.default_rng(0)
    x, y = rng.normal(size=(60, 3)).astype("float32"), rng.integers(0, 3, 60)
    options = {"fit_kwargs": {"epochs": 2, "verbose": 0}}
    ours = keras.wrappers.SKLearnClassifier(regression, model_kwargs={"head": head}, **options)
    with pytest.raises(ValueError, match=r"Categorical: y has shape .* it must be \("):
        ours.fit(x, y)

    def with_keras_loss(X, y):
        model = network(head)
        model.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True))
        return model

    theirs = keras.wrappers.SKLearnClassifier(with_keras_loss, **options).fit(x, y)
    assert theirs.predict(x).shape[0] == 60


PAIRS = [
    (heads.Poisson, lambda: heads.Categorical(3)),
    (heads.GaussianScale, heads.Weibull),
    (lambda: heads.Ordinal(4), lambda: heads.MultivariateGaussian(2)),
]


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=["counts", "times", "vectors"])
def test_several_outputs_by_name_with_weights_saved_and_loaded(one, other, tmp_path):
    a, b = one(), other()
    inputs = keras.Input((3,))
    outputs = {
        "a": keras.layers.Dense(a.units, name="a")(inputs),
        "b": keras.layers.Dense(b.units, name="b")(inputs),
    }
    model = keras.Model(inputs, outputs)
    model.compile("sgd", loss={"a": a.loss, "b": b.loss}, loss_weights={"a": 1.0, "b": 0.25})
    x, y_a = data(a)
    _, y_b = data(b)
    found = model.evaluate(x, {"a": y_a, "b": y_b}, verbose=0, return_dict=True)["loss"]
    raw = model.predict(x, verbose=0)
    want = np.mean(a.nll(y_a, raw["a"])) + 0.25 * np.mean(b.nll(y_b, raw["b"]))
    np.testing.assert_allclose(found, want, rtol=1e-5)
    weights = {"a": np.arange(24) % 2, "b": np.arange(24) % 3}
    weighted = model.evaluate(
        x, {"a": y_a, "b": y_b}, sample_weight=weights, verbose=0, return_dict=True
    )["loss"]
    want = np.mean(weights["a"] * a.nll(y_a, raw["a"]))
    want += 0.25 * np.mean(weights["b"] * b.nll(y_b, raw["b"]))
    np.testing.assert_allclose(weighted, want, rtol=1e-5)
    model.save(tmp_path / "two.keras")
    again = keras.models.load_model(tmp_path / "two.keras")
    assert {k: loss.head.name for k, loss in again.loss.items()} == {"a": a.name, "b": b.name}
    np.testing.assert_allclose(
        again.evaluate(x, {"a": y_a, "b": y_b}, verbose=0, return_dict=True)["loss"], found,
        rtol=1e-5,
    )  # fmt: skip


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
@pytest.mark.parametrize("name", ["gamma", "ordinal", "multivariate_gaussian"])
def test_under_a_float_policy_saved_and_loaded(name, policy, tmp_path):
    """The loss is computed in float32 at least, whatever the layers compute in."""
    several = SEVERAL[name]()
    x, y = data(several)
    keras.config.set_dtype_policy(policy)
    try:
        model = network(several)
        model.fit(x, y, epochs=1, verbose=0)
        want = model.evaluate(x, y, verbose=0)
        model.save(tmp_path / "m.keras")
        again = keras.models.load_model(tmp_path / "m.keras")
        np.testing.assert_allclose(again.evaluate(x, y, verbose=0), want, rtol=1e-3)
        raw = model.predict(x, verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")
    # float16 layers have three digits, and the metric adds the batches up in its own float type.
    exact = np.mean(several.nll(y, raw.astype("float32")))
    np.testing.assert_allclose(want, exact, rtol=2e-3 if "float16" in policy else 1e-5)

"""No alarm on models that are right, the planted mistake and no other on those that are wrong."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lossbook import check_pairing, heads, keras, tf
from right import RIGHT, Autoencoder, N, TwoLayers, classes, real
from wrong import WITHOUT_LABELS, WRONG, clipped, plain

# Keras itself warns of a softmax over one unit, where it sees the shape.
pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")


def test_the_tables_are_as_long_as_promised():
    assert len(RIGHT) >= 40
    assert len(WRONG) >= 40
    assert len({code for code, _ in WRONG.values()}) >= 15


@pytest.mark.parametrize("name", RIGHT)
def test_no_alarm_on_a_right_model(name):
    model, y = RIGHT[name]()
    for report in (check_pairing(model), check_pairing(model, y)):
        assert not report.codes, report
        assert bool(report) is report.judged is ("no mistake found" in repr(report)), report
        assert report.judged or report.unseen


def inputs(model) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    if not model.built:
        return [rng.normal(size=(N, 4)).astype("float32")]
    shapes = (
        [(t.shape, t.dtype) for t in model.inputs]
        if getattr(model, "inputs", None)
        else [(shape, "float32") for shape in model._build_shapes_dict.values()]
    )
    return [
        rng.integers(0, 5, (N, *shape[1:]))
        if "int" in dtype
        else rng.normal(size=(N, *shape[1:])).astype("float32")
        for shape, dtype in shapes
    ]


@pytest.mark.parametrize("name", [name for name in RIGHT if not name.startswith("head ")])
def test_a_right_model_is_a_model_that_keras_can_score(name):
    """The table is not a list of straw men: each loss is finite on its labels."""
    model, y = RIGHT[name]()
    if getattr(model, "loss", None) is None:
        return
    x = inputs(model)
    out = model(x if len(x) > 1 else x[0])
    if isinstance(y, list):  # an output without a loss has no labels
        pairs = [(one, p) for one, p in zip(y, out, strict=True) if one is not None]
        y, out = [one for one, _ in pairs], [p for _, p in pairs]
        if len(pairs) == 1:
            loss = keras.losses.get(model.loss[0])
            assert np.isfinite(np.asarray(loss(y[0], out[0]))).all()
            return
    y = keras.tree.map_structure(keras.ops.convert_to_tensor, y)
    assert np.isfinite(float(model._compile_loss(y, out)))


@pytest.mark.parametrize("name", WRONG)
def test_a_planted_mistake_is_found_and_no_other(name):
    code, build = WRONG[name]
    model, y = build()
    report = check_pairing(model, y)
    assert set(report.codes) == {code}, report
    assert not report
    for finding in report.findings:
        assert finding.severity == ("warning" if code == "half-precision" else "error")
        assert min(len(finding.why), len(finding.remedy), len(finding.what)) > 10
        assert finding.where in report.looked_at
        shown = " ".join(repr(report).split())
        for words in (finding.what, finding.where, finding.why, finding.remedy):
            assert " ".join(words.split()) in shown
        code = [str(change) for change in finding.change] + [finding.link]
        prose = [line for line in repr(report).splitlines() if not line.endswith(tuple(code))]
        assert max(map(len, prose)) <= 72


MENDED = {
    "softmax-one-unit": (1, "sigmoid", "binary_crossentropy"),
    "sigmoid-categorical": (3, "softmax", "categorical_crossentropy"),
    "double-activation": (3, None, "from logits"),
    "relu-log-loss": (1, "softplus", "poisson"),
    "bounded-rate": (1, "exponential", "poisson"),
    "hinge-range": (1, "tanh", "hinge"),
}


@pytest.mark.parametrize("code", MENDED)
def test_the_remedy_gives_no_finding(code):
    units, activation, loss = MENDED[code]
    if loss == "from logits":
        loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    assert check_pairing(plain(units, activation, loss)).ok


X = np.random.default_rng(0).normal(size=(N, 4)).astype("float32")
TRUTH = np.array([[0.0], [1.0]] * 3, "float32")


def steepest(name: str) -> float:
    """The largest gradient of any weight, for a model of the table."""
    model = WITHOUT_LABELS[name][1]()
    with tf.GradientTape() as tape:
        loss = model._compile_loss(tf.constant(TRUTH), model(X))
    found = tape.gradient(loss, model.trainable_variables)
    return max(float(np.abs(g).max()) if g is not None else 0.0 for g in found)


def change(name: str) -> float:
    """How much the loss changes when all weights are doubled."""
    model = WITHOUT_LABELS[name][1]()
    first = float(model._compile_loss(tf.constant(TRUTH), model(X)))
    model.set_weights([2 * w + 1 for w in model.get_weights()])
    return abs(float(model._compile_loss(tf.constant(TRUTH), model(X))) - first)


@pytest.mark.filterwarnings("ignore:In loss categorical_crossentropy:SyntaxWarning")
@pytest.mark.filterwarnings("ignore:.*received `from_logits=True`")
def test_what_is_said_not_to_learn_does_not():
    """Softmax on one unit has no gradient; a categorical loss of one output is a constant."""
    assert steepest("softmax on one unit, squared") == 0
    assert change("softmax on one unit, squared") == 0
    assert change("one raw output, categorical") == 0
    assert steepest("double sigmoid") > 0
    assert change("double sigmoid") > 0.01


def test_a_subclassed_model_that_is_not_built_needs_a_batch():
    model = TwoLayers(3, "sigmoid")
    model.compile("adam", "sparse_categorical_crossentropy")
    report = check_pairing(model)
    assert not report.ok
    assert not report.codes
    assert "run the model once on a batch" in report.unseen[0]
    assert check_pairing(model, x=real(N, 4)).codes == ("sigmoid-categorical",)
    assert not model.built
    assert not model.hidden.built
    assert not model.weights


def test_looking_changes_nothing():
    model = Autoencoder()
    model(np.zeros((2, 9), "float32"))
    model.compile("adam", "binary_crossentropy")
    layers = model._flatten_layers(include_self=False)
    before = [len(layer._inbound_nodes) for layer in layers]
    weights = [w.copy() for w in model.get_weights()]
    check_pairing(model)
    assert [
        len(layer._inbound_nodes) for layer in model._flatten_layers(include_self=False)
    ] == before
    for one, other in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_cannot_be_judged_is_said_and_is_no_finding():
    def own(y, p):
        return keras.ops.mean(keras.ops.abs(y - p) ** 1.7)

    report = check_pairing(plain(1, "sigmoid", own), 100 * real(N))
    assert not report.codes
    assert not report.ok
    assert "a loss of your own" in report.unseen[0]
    assert repr(report).startswith("not judged")
    assert "no mistake found" not in repr(report)


def test_unclear_requests_get_one_clear_error():
    with pytest.raises(TypeError, match=r"takes a Keras model, .* not a str"):
        check_pairing("model")
    with pytest.raises(ValueError, match="not compiled"):
        check_pairing(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))
    with pytest.raises(TypeError, match="not a generator"):
        check_pairing(plain(1, None, "mse"), (value for value in [1.0]))
    x = keras.Input((2,))
    two = keras.Model(x, [keras.layers.Dense(1, name=name)(x) for name in "ab"])
    two.compile("adam", "mse")
    with pytest.raises(ValueError, match="list of 2 arrays"):
        check_pairing(two, real(N))
    with pytest.raises(ValueError, match="labels for c, but the outputs are a, b"):
        check_pairing(two, {"c": real(N)})
    two.compile("adam", {"c": "mse"})
    with pytest.raises(ValueError, match="losses for c, but the outputs are a, b"):
        check_pairing(two)
    two.compile("adam", ["mse", "mse", "mse"])
    with pytest.raises(ValueError, match="3 losses for 2 outputs"):
        check_pairing(two)


def test_labels_may_be_lists_and_tensors():
    model = plain(3, "softmax", "sparse_categorical_crossentropy")
    assert check_pairing(model, [0, 1, 2]).ok
    assert check_pairing(model, tf.constant([0, 1, 3])).codes == ("outside-support",)


def test_functions_are_known_by_what_comes_out():
    from lossbook.pairing import ranges
    from lossbook.pairing.ranges import Range

    ops = keras.ops
    tried = {
        lambda z: ops.exp(z): Range.POSITIVE,
        lambda z: ops.sigmoid(3 * z): Range.UNIT,
        lambda z: ops.softmax(z / 2): Range.SIMPLEX,
        lambda z: ops.log_softmax(z): Range.LOG_SIMPLEX,
        lambda z: ops.relu(z - 1): Range.CUT,
        lambda z: ops.tanh(z): Range.SYMMETRIC,
        lambda z: 2 * z + 1: Range.REAL,
        clipped: Range.CLIPPED,
        lambda z: z / 0: Range.UNKNOWN,
        lambda z: nothing: Range.UNKNOWN,  # type: ignore[name-defined]  # noqa: F821
    }
    for function, range in tried.items():
        assert ranges.of(function, 3)[1].range is range


def test_keras_names_have_the_ranges_that_trying_gives():
    from lossbook.pairing import ranges
    from lossbook.pairing.ranges import KNOWN, Range

    for name, range in KNOWN.items():
        function = getattr(keras.activations, name, None)
        if function is None or range in (Range.ABOVE, Range.CLIPPED) or name == "sparsemax":
            continue  # Keras 3.15's sparsemax does not sum to one for negative inputs
        found = ranges.tried(function, (4,))
        assert found is range, (name, found)


def test_a_head_in_a_lambda_is_that_head():
    head = heads.Categorical(3)
    model = plain(3, None, lambda y, raw: head.nll(y, raw))
    report = check_pairing(model, classes(3))
    assert report.ok
    assert "Categorical(size=3)" in report.looked_at[0]


def test_importing_it_does_not_import_tensorflow():
    code = (
        "import sys; import lossbook; assert 'lossbook.pairing' not in sys.modules\n"
        "from lossbook import check_pairing; assert 'tensorflow' not in sys.modules\n"
        "assert 'keras' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

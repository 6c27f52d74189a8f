"""Kinds of models, losses and labels that once were misjudged, each beyond its example."""

import warnings

import numpy as np
import pytest
from lossbook import check_pairing, heads, keras, tf

L, ops, losses = keras.layers, keras.ops, keras.losses


def stack(*parts, loss, shape=(4,), **options):
    model = keras.Sequential([keras.Input(shape), *parts])
    model.compile("adam", loss, **options)
    return model


@pytest.mark.parametrize(
    "function",
    [
        lambda x: ops.mean(x, axis=1),
        lambda x: ops.max(x, axis=1),
        lambda x: 1 - x,
        lambda x: ops.prod(x, axis=1),
        lambda x: 1 - ops.prod(1 - x, axis=1),
        lambda x: ops.sqrt(x),
        lambda x: ops.clip(x, 1e-6, 1 - 1e-6),
        lambda x: x[:, -1],
    ],
)
def test_a_lambda_is_judged_by_what_reaches_it(function):
    sigmoids = stack(
        L.Dense(1, activation="sigmoid"), L.Lambda(function), loss="binary_crossentropy",
        shape=(20, 6),
    )  # fmt: skip
    assert check_pairing(sigmoids).ok
    raw = stack(L.Dense(1), L.Lambda(lambda x: 2 * x), loss="binary_crossentropy")
    assert check_pairing(raw).codes == ("missing-activation",)


def test_operations_are_judged_together():
    """An own softmax of operations is a softmax, although each operation alone is not."""
    x = keras.Input((6,))
    z = L.Dense(5)(x)
    e = ops.exp(z - ops.max(z, axis=-1, keepdims=True))
    model = keras.Model(x, e / ops.sum(e, axis=-1, keepdims=True))
    model.compile("adam", "categorical_crossentropy")
    assert check_pairing(model).ok
    model.compile("adam", losses.CategoricalCrossentropy(from_logits=True))
    assert check_pairing(model).codes == ("double-activation",)


def test_a_multinomial_likelihood_is_no_mistake_and_keras_own_is():
    def multinomial(y, z):
        return -tf.reduce_mean(tf.reduce_sum(tf.nn.log_softmax(z) * y, axis=-1))

    counts = np.tile([1.0, 1, 0, 0], (3, 10))
    assert check_pairing(stack(L.Dense(40), loss=multinomial), counts).ok
    keras_own = stack(L.Dense(40), loss=losses.CategoricalCrossentropy(from_logits=True))
    assert check_pairing(keras_own, counts).codes == ("multi-label",)


def test_two_shares_under_binary_cross_entropy_are_right_and_three_are_not():
    two = stack(L.Dense(2, activation="softmax"), loss="binary_crossentropy")
    assert check_pairing(two, np.eye(2)).ok
    three = stack(L.Dense(3, activation="softmax"), loss="binary_crossentropy")
    assert check_pairing(three, np.eye(3)).codes == ("softmax-binary",)


def test_tags_of_as_many_words_as_classes_are_no_one_hot_code():
    model = keras.Sequential([L.Embedding(9, 4), L.Dense(7, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    tags = np.arange(42).reshape(6, 7) % 7
    assert check_pairing(model, tags).ok
    assert not model.built


def test_outputs_may_be_nested():
    x = keras.Input((4,))
    parts = {"box": {"xy": L.Dense(2)(x), "wh": L.Dense(2)(x)}, "kind": L.Dense(3)(x)}
    model = keras.Model(x, parts)
    wanted = {"box": {"xy": "mse", "wh": "mse"}, "kind": losses.CategoricalCrossentropy()}
    model.compile("adam", wanted)
    report = check_pairing(model)
    assert report.codes == ("missing-activation",)
    assert "output 'kind'" in report.findings[0].where
    y = {"box": {"xy": np.ones((3, 2)), "wh": np.ones((3, 2))}, "kind": np.eye(3)}
    assert check_pairing(model, y).codes == ("missing-activation",)
    listed = keras.Model(x, [[L.Dense(2)(x), L.Dense(1)(x)], L.Dense(3)(x)])
    listed.compile("adam", [["mse", "mse"], "mse"])
    assert check_pairing(listed).ok


def test_a_model_that_cannot_be_called_is_not_judged():
    class Trainer(keras.Model):
        def train_step(self, data):
            return {}

    model = Trainer()
    model.compile("adam", "mse")
    with pytest.raises(NotImplementedError):
        model(np.zeros((2, 4), "float32"))
    report = check_pairing(model)
    assert not report.judged
    assert not report.ok


def test_nothing_is_printed_added_or_counted(capsys):
    class Counting(losses.Loss):
        def __init__(self):
            super().__init__()
            self.calls = 0

        def call(self, y, p):
            self.calls += 1
            print("called")
            return ops.abs(y - p) ** 1.7

    class Adding(L.Layer):
        def call(self, x):
            self.add_loss(ops.mean(x))
            return ops.sigmoid(x)

    loss = Counting()
    model = stack(L.Dense(3), Adding(), loss=loss)
    before = len(model.losses)
    check_pairing(model, np.zeros((4, 3)), x=np.zeros((4, 4), "float32"))
    assert len(model.losses) == before
    assert loss.calls == 0
    assert capsys.readouterr().out == ""


def test_random_numbers_go_on_as_if_nothing_had_been_looked_at():
    def trained(look):
        keras.utils.set_random_seed(1)
        model = stack(L.Dropout(0.5), L.Dense(1), loss=lambda y, p: ops.mean(ops.abs(y - p)))
        if look:
            check_pairing(model, np.zeros(8))
        rng = np.random.default_rng(0)
        x = rng.normal(size=(8, 4)).astype("float32")
        return model.fit(x, x[:, 0], epochs=2, verbose=0).history["loss"]

    assert trained(False) == trained(True)


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        (np.arange(40) % 6, "grades-squared"),
        (np.random.default_rng(0).poisson(2, 60), "counts-squared"),
        (np.linspace(0, 359, 90), "degrees-squared"),
        (np.exp(3 * np.random.default_rng(0).normal(size=60)), "skewed-squared"),
        (np.linspace(0.01, 0.99, 60), "shares-squared"),
    ],
)
def test_a_better_loss_is_a_remark_and_no_finding(labels, code):
    labels = np.where(labels == 0, 6, labels) if code == "grades-squared" else labels
    report = check_pairing(stack(L.Dense(1), loss="mse"), labels)
    assert report.ok
    assert [remark.code for remark in report.remarks] == [code], report
    assert code in repr(report)


def test_losses_that_differ_a_thousandfold_are_told():
    x = keras.Input((4,))
    ends = [L.Dense(1, name="price")(x), L.Dense(1, "sigmoid", name="sold")(x)]
    model = keras.Model(x, ends)
    model.compile("adam", {"price": "mse", "sold": "binary_crossentropy"})
    y = [1e5 * np.arange(20.0), np.arange(20) % 2]
    assert check_pairing(model, y).codes == ("unbalanced-losses",)
    weights = {"price": 1e-11, "sold": 1.0}
    model.compile("adam", {"price": "mse", "sold": "binary_crossentropy"}, loss_weights=weights)
    assert check_pairing(model, y).ok


def test_a_large_vocabulary_takes_no_table_of_all_pairs():
    """The labels of a trial are made without an identity matrix of the vocabulary's size."""
    from lossbook.pairing import trials

    sizes = []

    def masked(y, p):
        sizes.append(p.shape)
        each = losses.sparse_categorical_crossentropy(y, p, from_logits=True)
        return ops.sum(each * ops.cast(ops.not_equal(y, 0), each.dtype))

    assert trials.known(masked, (None, None, 50_000)) == ("sparse_categorical_crossentropy", True)
    assert max(int(np.prod(size)) for size in sizes) < 1000


def test_own_losses_on_large_outputs_are_not_taken_for_others():
    def own(y, p):
        return ops.mean(ops.abs(y - p)) + ops.mean(ops.square(y - p))

    x = keras.Input((128, 128, 3))
    model = keras.Model(x, L.Conv2D(3, 3, padding="same")(x))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.compile("adam", own)
        report = check_pairing(model)
    assert not report.codes
    assert "a loss of your own" in report.unseen[0]


def test_every_finding_links_to_a_page_of_the_book():
    from pathlib import Path

    from lossbook.pairing.sections import PAGES, SECTIONS

    chapters = Path(__file__).parents[2] / "chapters"
    assert set(SECTIONS.values()) <= set(PAGES)
    for label, page in PAGES.items():
        text = (chapters / page).with_suffix(".md").read_text(encoding="utf-8")
        assert f"({label})=" in text, page


def test_a_raw_operation_in_a_subclassed_model_is_seen_and_the_model_stays_unbuilt():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.end = L.Dense(3)

        def call(self, x):
            return tf.nn.softmax(self.end(x))

    model = Own()
    model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True))
    report = check_pairing(model, np.array([0, 1, 7]), x=np.ones((3, 4), "float32"))
    assert report.codes == ("double-activation", "outside-support")
    [change] = report.findings[0].change
    assert change.code == "keras.layers.Dense(3)"
    assert not change.without  # the model itself is no layer to be left out
    assert not model.built


def test_an_error_of_a_head_whose_raw_output_is_its_prediction_is_none():
    model = stack(L.Dense(1), loss=heads.Laplace().loss, metrics=["mae"])
    assert check_pairing(model, np.random.default_rng(0).normal(size=40)).ok

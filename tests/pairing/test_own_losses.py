"""Losses of one's own: a step without a derivative, or a logarithm of raw outputs, is seen."""

import numpy as np
import pytest
from lossbook import check_pairing, keras

layers, ops = keras.layers, keras.ops
rng = np.random.default_rng(0)
YES = rng.integers(0, 2, (40, 1)).astype("float32")
REAL = rng.normal(size=(40, 1)).astype("float32")


def checked(loss, y, activation=None, units=1):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(units, activation=activation)])
    model.compile("adam", loss)
    return model, check_pairing(model, y)


def rounded_f1(y, p):
    p = ops.round(p)
    return 1 - 2 * ops.sum(y * p) / (ops.sum(y) + ops.sum(p) + 1e-7)


def soft_f1(y, p):
    return 1 - 2 * ops.sum(y * p) / (ops.sum(y) + ops.sum(p) + 1e-7)


def missed(y, p):
    return ops.mean(ops.cast(ops.not_equal(y, ops.cast(p > 0.5, "float32")), "float32"))


def gaussian(y, p):
    mean, scale = p[:, :1], p[:, 1:]
    return ops.mean(ops.log(scale) + 0.5 * ops.square((y - mean) / scale))


def gaussian_of_logarithm(y, p):
    mean, log_scale = p[:, :1], p[:, 1:]
    return ops.mean(log_scale + 0.5 * ops.square((y - mean) / ops.exp(log_scale)))


@pytest.mark.parametrize("loss", [rounded_f1, missed])
def test_a_loss_that_counts_has_no_gradient(loss):
    model, report = checked(loss, YES, "sigmoid")
    assert report.codes == ("no-gradient",)
    with pytest.raises(ValueError, match="No gradients provided"):
        model.fit(rng.normal(size=(40, 4)), YES, verbose=0)


def test_a_logarithm_of_raw_outputs_is_no_number():
    model, report = checked(gaussian, REAL, units=2)
    assert report.codes == ("loss-not-finite",)
    assert np.isnan(model.evaluate(rng.normal(size=(40, 4)), REAL, verbose=0))


def test_a_smooth_loss_is_not_accused():
    assert not checked(soft_f1, YES, "sigmoid")[1].codes
    assert not checked(gaussian_of_logarithm, REAL, units=2)[1].codes


def test_a_scale_made_positive_behind_the_last_layer_is_not_accused():
    def parted(z):
        return ops.concatenate([z[:, :1], ops.softplus(z[:, 1:])], axis=1)

    model = keras.Sequential([keras.Input((4,)), layers.Dense(2), layers.Lambda(parted)])
    model.compile("adam", gaussian)
    assert not check_pairing(model, REAL).codes


def test_a_single_number_has_no_direction():
    _, report = checked("cosine_similarity", REAL)
    assert report.codes == ("cosine-one-unit",)
    assert not checked("cosine_similarity", rng.normal(size=(40, 8)), units=8)[1].codes


@pytest.mark.parametrize(("low", "line"), [(0, ""), (1, "y = y - 1"), (-1, "y = (y + 1) / 2")])
def test_two_classes_under_squared_error_are_remarked(low, line):
    y = np.where(YES > 0, 1 if low < 2 and low != 1 else 2, low).astype("float32")
    _, report = checked("mse", y)
    assert report.ok
    [remark] = report.remarks
    assert remark.code == "classes-squared"
    assert line in " ".join(change.code for change in remark.change)


def overlap(y, p):
    return 1 - (2 * ops.sum(y * p) + 1) / (ops.sum(y) + ops.sum(p) + 1)


def share_of_union(y, p):
    both = ops.sum(y * p)
    return 1 - both / (ops.sum(y) + ops.sum(p) - both + 1e-6)


def clipped_focal(y, p):
    p = ops.clip(p, 1e-7, 1 - 1e-7)
    return -ops.mean(y * (1 - p) ** 2 * ops.log(p) + (1 - y) * p**2 * ops.log(1 - p))


def of_one_channel(y, p):
    return keras.losses.binary_crossentropy(y[:, :1], p[:, :1])


def overlap_of_squares(y, p):
    return 1 - (2 * ops.sum(y * p) + 1) / (ops.sum(y**2) + ops.sum(p**2) + 1)


def overlap_of_sigmoids(y, p):
    return overlap(y, ops.sigmoid(p))


def truncated(y, p):
    return ops.mean(ops.minimum(ops.square(y - p), 1.0))


def critic(y, p):
    return -ops.mean(y * p)


def own_hinge(y, p):
    return ops.mean(ops.maximum(1 - (2 * y - 1) * p, 0))


@pytest.mark.parametrize("loss", [overlap, share_of_union, clipped_focal, of_one_channel, soft_f1])
def test_an_own_loss_for_probabilities_is_known_by_what_it_does_beyond_them(loss):
    report = checked(loss, YES)[1]
    assert report.codes == ("missing-activation",), report
    assert 'activation="sigmoid"' in report.findings[0].change[0].code
    assert not checked(loss, YES, "sigmoid")[1].codes


@pytest.mark.parametrize(
    "loss", [overlap_of_squares, overlap_of_sigmoids, truncated, critic, own_hinge]
)
def test_an_own_loss_for_raw_outputs_is_not_accused(loss):
    assert not checked(loss, YES)[1].codes


def test_tanh_before_an_own_loss_that_clips():
    assert checked(clipped_focal, YES, "tanh")[1].codes == ("tanh-log-loss",)


def power(y, p):
    return ops.mean(ops.abs(y - p) ** 1.5)


def pinball(y, p):
    return ops.mean(ops.maximum(0.9 * (y - p), -0.1 * (y - p)))


def scaled(y, p):
    return ops.mean(ops.abs(y / 100 - p) ** 1.5)


@pytest.mark.parametrize(
    ("loss", "activation", "y"),
    [
        (power, "sigmoid", 100 + REAL),
        (power, "tanh", 5 * REAL),
        (pinball, "relu", REAL),
        (pinball, "softplus", REAL),
    ],
)
def test_labels_beyond_the_reach_are_seen_under_an_own_error(loss, activation, y):
    report = checked(loss, y, activation)[1]
    assert report.codes == ("out-of-reach",), report
    assert not checked(loss, y)[1].codes


def test_a_loss_that_scales_the_labels_itself_is_not_accused():
    assert not checked(scaled, 100 * rng.random((40, 1)), "sigmoid")[1].codes


def masked_error(y, p):
    known = ops.cast(y >= 0, "float32")
    return ops.sum(known * ops.square(y - p)) / (ops.sum(known) + 1e-6)


def masked_entropy(y, p):
    known, p = ops.cast(ops.not_equal(y, -1), "float32"), ops.clip(p, 1e-7, 1 - 1e-7)
    single = y * ops.log(p) + (1 - y) * ops.log(1 - p)
    return -ops.sum(known * single) / (ops.sum(known) + 1e-6)


def measured_only(y, p):
    known = ops.logical_not(ops.isnan(y))
    error = ops.square(ops.where(known, y, 0.0) - p)
    return ops.sum(ops.where(known, error, 0.0)) / ops.sum(ops.cast(known, "float32"))


MISSING = rng.random((40, 6)) < 0.3
TASKS = rng.integers(0, 2, (40, 6)).astype("float32")


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (masked_error, np.where(MISSING, -1, rng.random((40, 6)))),
        (masked_entropy, np.where(MISSING, -1, TASKS)),
        (masked_entropy, np.where(MISSING, -1, TASKS).astype(int)),
        (measured_only, np.where(MISSING, np.nan, TASKS)),
    ],
)
def test_a_label_that_an_own_loss_leaves_out_is_no_mistake(loss, y):
    assert not checked(loss, y, "sigmoid", units=6)[1].codes


@pytest.mark.parametrize(
    ("loss", "code"), [(masked_error, "out-of-reach"), (masked_entropy, "outside-support")]
)
def test_other_labels_beyond_are_seen_beside_one_that_is_left_out(loss, code):
    y = np.where(MISSING, -1, np.where(TASKS > 0, 7.0, 0.0))
    assert code in checked(loss, y, "sigmoid", units=6)[1].codes


def test_dropout_on_the_outputs_is_told():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax", name="end"),
                              layers.Dropout(0.5, name="drops")])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy")
    [finding] = check_pairing(model, rng.integers(0, 3, 40)).findings
    assert (finding.code, finding.change[0].name) == ("dropout-on-outputs", "drops")


def test_of_labels_that_are_to_be_changed_no_metric_and_no_balance_is_told():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    assert check_pairing(model, 255 * YES).codes == ("outside-support",)
    one = keras.Input((4,))
    ends = [layers.Dense(1, activation="sigmoid", name=name)(one) for name in ("age", "sort")]
    model = keras.Model(one, ends)
    model.compile("adam", ["mse", "binary_crossentropy"])
    report = check_pairing(model, [30 + 100 * np.abs(REAL), YES])
    assert report.codes == ("out-of-reach",)


def test_several_labels_under_sigmoids_and_a_categorical_loss_get_one_advice():
    _, report = checked("categorical_crossentropy", TASKS, "sigmoid", units=6)
    assert report.codes == ("multi-label",)


def test_a_loss_of_many_classes_is_never_given_a_label_for_each():
    seen = []

    def smoothed(y, p):
        seen.append((tuple(y.shape), int(p.shape[-1])))
        wide = ops.one_hot(ops.cast(y, "int32"), ops.shape(p)[-1])
        return keras.losses.categorical_crossentropy(
            wide, p, from_logits=True, label_smoothing=0.1
        )  # fmt: skip

    end = [layers.Embedding(9, 4), layers.Dense(3000)]
    model = keras.Sequential([keras.Input((20,), dtype="int32"), *end])
    model.compile("adam", smoothed)
    assert not check_pairing(model, rng.integers(0, 3000, (2, 20))).codes
    assert max(classes * int(np.prod(shape)) for shape, classes in seen) < 10**6

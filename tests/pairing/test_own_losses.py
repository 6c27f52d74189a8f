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

"""Models with one planted mistake each: name → (code of the finding, function, severity).

The function gives a compiled model and labels, or None where the mistake shows without them.
"""

import functools

import numpy as np
from lossbook import heads, keras, tf
from right import N, TwoLayers, classes, graph, one_hot, real, stack, two_ends, unit, yes_or_no
from workshop import models

layers, losses = keras.layers, keras.losses
Dense = layers.Dense


def plain(units, activation, loss):
    """Four numbers in, one Dense layer out."""
    return stack(keras.Input((4,)), Dense(units, activation=activation), loss=loss)


def two(first, second, units, loss):
    """An activation on the Dense layer, another in a layer of its own."""
    return stack(
        keras.Input((4,)), Dense(units, activation=first), layers.Activation(second), loss=loss
    )


def functional(end, loss, units=3, shape=(4,)):
    x = inputs = keras.Input(shape)
    return graph(inputs, end(Dense(units)(x)), loss)


def sparse(**options):
    return losses.SparseCategoricalCrossentropy(**options)


def dense(**options):
    return losses.CategoricalCrossentropy(**options)


def binary(**options):
    return losses.BinaryCrossentropy(**options)


def named_softmax(z):
    return tf.nn.softmax(z)


def clipped(z):
    return keras.ops.clip(z, 0.0, 1.0)


def half(z):
    return keras.ops.relu(z)


def from_logits(y, z):
    return keras.ops.mean(losses.binary_crossentropy(y, z, from_logits=True))


def twice_the_cross_entropy(y, p):
    return 2 * losses.sparse_categorical_crossentropy(y, p)


class OwnCrossEntropy(losses.Loss):
    def call(self, y, p):
        p = keras.ops.clip(p, 1e-7, 1 - 1e-7)
        return -keras.ops.sum(y * keras.ops.log(p), axis=-1)


class SoftTop(layers.Layer):
    def call(self, z):
        return keras.ops.softmax(z)


class Subclassed(keras.Model):
    def __init__(self, units, activation):
        super().__init__()
        self.body = Dense(8, activation="relu")
        self.end = Dense(units)
        self.activation = activation

    def call(self, x):
        return self.activation(self.end(self.body(x)))


def subclassed(units, activation, loss):
    model = Subclassed(units, activation)
    model(np.zeros((2, 4), "float32"))
    model.compile("adam", loss)
    return model


def inherited():
    model = TwoLayers(1, "softmax")
    model(np.zeros((2, 4), "float32"))
    model.compile("adam", "binary_crossentropy")
    return model


def several(losses_, ends=None):
    x = inputs = keras.Input((4,))
    outputs = ends(x) if ends else [Dense(1, name="a")(x), Dense(3, name="b")(x)]
    return graph(inputs, outputs, losses_)


def named_ends(x):
    return {"a": Dense(1, "sigmoid", name="p")(x), "b": Dense(3, "sigmoid", name="q")(x)}


def nested():
    body = keras.Sequential([keras.Input((4,)), Dense(3), layers.Softmax()])
    x = inputs = keras.Input((4,))
    return graph(inputs, body(x), sparse(from_logits=True))


def unbuilt(*parts, loss):
    model = keras.Sequential(list(parts))
    model.compile("adam", loss)
    return model


def picture(units, activation, loss):
    return stack(keras.Input((4, 4, 3)), layers.Conv2D(units, 1, activation=activation), loss=loss)


def beside(loss):
    x = inputs = keras.Input((4,))
    out = layers.Concatenate()([Dense(1)(x), Dense(1, activation="softplus")(x)])
    return graph(inputs, out, loss)


GAUSSIAN, CATEGORICAL = heads.Gaussian(), heads.Categorical(3)
BCE, CCE, SCCE = (
    "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy",
)  # fmt: skip

WITHOUT_LABELS = {
    # softmax on one unit
    "softmax on one unit, binary": ("softmax-one-unit", lambda: plain(1, "softmax", BCE)),
    "softmax on one unit, sparse": ("softmax-one-unit", lambda: plain(1, "softmax", SCCE)),
    "softmax on one unit, squared": ("softmax-one-unit", lambda: plain(1, "softmax", "mse")),
    "softmax layer on one unit": (
        "softmax-one-unit",
        lambda: stack(keras.Input((4,)), Dense(1), layers.Softmax(), loss=binary()),
    ),
    "the article's network, softmax": (
        "softmax-one-unit", lambda: models.birds_and_planes_network("softmax"),
    ),
    "softmax on one unit, subclassed": ("softmax-one-unit", inherited),
    "softmax on one channel": ("softmax-one-unit", lambda: picture(1, "softmax", BCE)),
    # one unit, many classes
    "sigmoid on one unit, sparse": ("one-unit-categorical", lambda: plain(1, "sigmoid", SCCE)),
    "one raw output, categorical": (
        "one-unit-categorical", lambda: plain(1, None, dense(from_logits=True)),
    ),
    # sigmoids that ought to compete
    "sigmoids, categorical": ("sigmoid-categorical", lambda: plain(5, "sigmoid", CCE)),
    "sigmoids, sparse": ("sigmoid-categorical", lambda: plain(5, "sigmoid", sparse())),
    "ten classes, sigmoid": (
        "sigmoid-categorical", lambda: models.ten_classes_network("sigmoid"),
    ),
    "segmentation with sigmoids": ("sigmoid-categorical", lambda: picture(5, "sigmoid", SCCE)),
    "sigmoids, focal": (
        "sigmoid-categorical",
        lambda: plain(5, "sigmoid", losses.CategoricalFocalCrossentropy()),
    ),
    "sigmoids, operation, sparse": (
        "sigmoid-categorical", lambda: functional(keras.ops.sigmoid, sparse()),
    ),
    "sigmoids behind a dropout": (
        "sigmoid-categorical",
        lambda: stack(keras.Input((4,)), Dense(3, "sigmoid"), layers.Dropout(0.1), loss=CCE),
    ),
    # twice
    "double softmax, argument": (
        "double-activation", lambda: plain(3, "softmax", sparse(from_logits=True)),
    ),
    "double softmax, one-hot": (
        "double-activation", lambda: plain(3, "softmax", dense(from_logits=True)),
    ),
    "double softmax, Activation layer": (
        "double-activation", lambda: two(None, "softmax", 3, sparse(from_logits=True)),
    ),
    "double softmax, Softmax layer": (
        "double-activation", lambda: functional(layers.Softmax(), sparse(from_logits=True)),
    ),
    "double softmax, operation": (
        "double-activation", lambda: functional(keras.ops.softmax, sparse(from_logits=True)),
    ),
    "double softmax, own function": (
        "double-activation", lambda: plain(3, named_softmax, sparse(from_logits=True)),
    ),
    "double softmax, Lambda": (
        "double-activation",
        lambda: functional(
            layers.Lambda(lambda z: keras.ops.softmax(z)), sparse(from_logits=True)
        ),
    ),
    "double softmax, own layer": (
        "double-activation", lambda: functional(SoftTop(), dense(from_logits=True)),
    ),
    "double softmax, nested": ("double-activation", nested),
    "double softmax, subclassed": (
        "double-activation",
        lambda: subclassed(3, keras.ops.softmax, sparse(from_logits=True)),
    ),
    "double softmax, partial": (
        "double-activation",
        lambda: plain(
            3, "softmax", functools.partial(
                losses.sparse_categorical_crossentropy, from_logits=True)
        ),
    ),
    "double softmax, not built": (
        "double-activation",
        lambda: unbuilt(Dense(8, "relu"), Dense(3, "softmax"), loss=sparse(from_logits=True)),
    ),
    "softmax twice in the model": ("double-activation", lambda: two("softmax", "softmax", 3, CCE)),
    "sigmoid, then softmax": ("double-activation", lambda: two("sigmoid", "softmax", 3, SCCE)),
    "double sigmoid": ("double-activation", lambda: plain(1, "sigmoid", binary(from_logits=True))),
    "double sigmoid, lambda loss": (
        "double-activation", lambda: plain(1, "sigmoid", lambda y, p: from_logits(y, p)),
    ),
    "double sigmoid, own loss": ("double-activation", lambda: plain(1, "sigmoid", from_logits)),
    "double sigmoid, pictures": (
        "double-activation", lambda: picture(3, "sigmoid", binary(from_logits=True)),
    ),
    "softmax, CTC": (
        "double-activation",
        lambda: stack(keras.Input((9, 4)), Dense(6, activation="softmax"), loss=losses.CTC()),
    ),
    # none at all
    "no sigmoid": ("missing-activation", lambda: plain(1, None, BCE)),
    "no sigmoid, object": ("missing-activation", lambda: plain(1, None, binary())),
    "no softmax": ("missing-activation", lambda: plain(3, None, CCE)),
    "no softmax, sparse function": (
        "missing-activation", lambda: plain(3, None, losses.sparse_categorical_crossentropy),
    ),
    "no softmax, ten classes": (
        "missing-activation", lambda: models.ten_classes_network(None),
    ),
    "no softmax, batch norm last": (
        "missing-activation",
        lambda: functional(layers.BatchNormalization(), sparse()),
    ),
    "no softmax, segmentation": ("missing-activation", lambda: picture(3, None, SCCE)),
    "no softmax, Kullback-Leibler": ("missing-activation", lambda: plain(3, None, "kld")),
    "no softmax, own loss object": (
        "missing-activation", lambda: plain(3, None, OwnCrossEntropy()),
    ),
    "no softmax, twice the loss": (
        "missing-activation", lambda: plain(3, None, twice_the_cross_entropy),
    ),
    "no sigmoid, dice": ("missing-activation", lambda: picture(1, None, losses.Dice())),
    "no sigmoid, focal": (
        "missing-activation", lambda: plain(1, None, losses.BinaryFocalCrossentropy()),
    ),
    "leaky relu, binary": (
        "missing-activation",
        lambda: stack(keras.Input((4,)), Dense(1), layers.LeakyReLU(), loss=BCE),
    ),
    "a rate below zero": ("missing-activation", lambda: plain(1, None, "poisson")),
    # relu
    "relu, binary": ("relu-log-loss", lambda: plain(1, "relu", BCE)),
    "relu, categorical": ("relu-log-loss", lambda: plain(3, "relu", CCE)),
    "relu, Poisson": ("relu-log-loss", lambda: plain(1, "relu", "poisson")),
    "relu layer, sparse": (
        "relu-log-loss", lambda: functional(layers.ReLU(), sparse()),
    ),
    "relu as logits": ("relu-log-loss", lambda: plain(1, "relu", binary(from_logits=True))),
    "relu as logits, classes": (
        "relu-log-loss", lambda: plain(3, "relu", sparse(from_logits=True)),
    ),
    "relu, then sigmoid": ("relu-log-loss", lambda: two("relu", "sigmoid", 1, BCE)),
    "relu, then softmax": ("relu-log-loss", lambda: two("relu", "softmax", 3, SCCE)),
    "own relu": ("relu-log-loss", lambda: plain(1, half, BCE)),
    "softplus, binary": ("relu-log-loss", lambda: plain(1, "softplus", BCE)),
    # tanh and other ranges
    "tanh, binary": ("tanh-log-loss", lambda: plain(1, "tanh", BCE)),
    "tanh, categorical": ("tanh-log-loss", lambda: plain(3, "tanh", CCE)),
    "tanh, Poisson": ("tanh-log-loss", lambda: plain(1, "tanh", "poisson")),
    "recurrent layer last": (
        "tanh-log-loss", lambda: stack(keras.Input((5, 2)), layers.LSTM(3), loss=SCCE),
    ),
    "tanh as logits": ("confined-logits", lambda: plain(1, "tanh", binary(from_logits=True))),
    "softplus as a logit": (
        "confined-logits", lambda: plain(1, "softplus", binary(from_logits=True)),
    ),
    "log softmax as probabilities": (
        "log-probabilities", lambda: plain(3, "log_softmax", CCE),
    ),
    "sigmoid, Poisson": ("bounded-rate", lambda: plain(1, "sigmoid", "poisson")),
    "sigmoid, hinge": ("hinge-range", lambda: plain(1, "sigmoid", "hinge")),
    "relu, hinge": ("hinge-range", lambda: plain(1, "relu", "squared_hinge")),
    "clipped, squared error": ("clipped", lambda: plain(1, clipped, "mse")),
    "clipped, cross entropy": ("clipped", lambda: plain(1, clipped, BCE)),
    "clipped by an operation": (
        "clipped", lambda: functional(lambda z: keras.ops.clip(z, 0, 1), "mae"),
    ),
    "hard sigmoid": ("clipped", lambda: plain(1, "hard_sigmoid", BCE)),
    "softmax, binary": ("softmax-binary", lambda: plain(3, "softmax", BCE)),
    "softmax in half precision": (
        "half-precision",
        lambda: stack(keras.Input((4,)), Dense(3, "softmax", dtype="mixed_float16"), loss=SCCE),
    ),
    # several outputs
    "second of two outputs": (
        "missing-activation", lambda: several(["mse", sparse()]),
    ),
    "one of two, by name": (
        "missing-activation", lambda: several({"a": binary(), "b": dense(from_logits=True)}),
    ),
    "outputs by name": ("sigmoid-categorical", lambda: several({"a": BCE, "b": CCE}, named_ends)),
    "second output, subclassed": ("sigmoid-categorical", lambda: two_ends("sigmoid")),
    # heads
    "too few units for a head": (
        "head-units", lambda: plain(1, None, heads.GaussianScale().loss),
    ),
    "too many units for a head": ("head-units", lambda: plain(4, None, CATEGORICAL.loss)),
    "a head after softmax": ("head-activation", lambda: plain(3, "softmax", CATEGORICAL.loss)),
    "a head after a sigmoid": (
        "head-activation", lambda: plain(1, "sigmoid", heads.Bernoulli().nll),
    ),
    "a head after relu": ("head-activation", lambda: plain(1, "relu", heads.Poisson().loss)),
    "a head, half activated": ("head-activation", lambda: beside(heads.GaussianScale().loss)),
    "a head in a lambda": (
        "head-activation", lambda: plain(3, "softmax", lambda y, z: CATEGORICAL.loss(y, z)),
    ),
    "a head in a lambda, too few units": (
        "head-units", lambda: plain(2, None, lambda y, z: CATEGORICAL.loss(y, z)),
    ),
}  # fmt: skip

WITH_LABELS = {
    "one-hot labels, sparse loss": (
        "one-hot-sparse", lambda: (plain(3, "softmax", SCCE), one_hot(3)),
    ),
    "one-hot labels, sparse logits": (
        "one-hot-sparse", lambda: (plain(3, None, sparse(from_logits=True)), one_hot(3)),
    ),
    "one-hot masks, sparse loss": (
        "one-hot-sparse", lambda: (picture(3, "softmax", SCCE), one_hot(3, N, 4, 4)),
    ),
    "class numbers, one-hot loss": (
        "sparse-one-hot", lambda: (plain(3, "softmax", CCE), classes(3)),
    ),
    "class numbers in a column": (
        "sparse-one-hot", lambda: (plain(3, "softmax", CCE), classes(3, N, 1)),
    ),
    "class numbers of a sequence": (
        "sparse-one-hot",
        lambda: (
            stack(keras.Input((5, 2)), Dense(3, "softmax"), loss=dense()), classes(3, N, 5),
        ),
    ),
    "classes counted from 1": (
        "outside-support", lambda: (plain(3, "softmax", SCCE), np.arange(N) % 3 + 1),
    ),
    "more classes than units": (
        "outside-support", lambda: (plain(3, None, sparse(from_logits=True)), np.arange(N)),
    ),
    "-1 and 1, sparse": (
        "outside-support", lambda: (plain(2, "softmax", SCCE), np.sign(real(N))),
    ),
    "amounts, sparse": ("outside-support", lambda: (plain(3, "softmax", SCCE), unit(N))),
    "-1 and 1, binary": (
        "outside-support", lambda: (plain(1, "sigmoid", BCE), np.sign(real(N))),
    ),
    "classes 0 to 2, binary": (
        "outside-support", lambda: (plain(1, "sigmoid", BCE), np.arange(N) % 3),
    ),
    "1 and 2, binary": (
        "outside-support", lambda: (plain(1, "sigmoid", BCE), yes_or_no() + 1),
    ),
    "pixels 0 to 255, binary": (
        "outside-support",
        lambda: (picture(3, "sigmoid", BCE), classes(256, N, 4, 4, 3)),
    ),
    "temperatures, binary": (
        "outside-support", lambda: (plain(1, None, binary(from_logits=True)), 30 * real(N)),
    ),
    "negative counts": (
        "outside-support", lambda: (plain(1, "softplus", "poisson"), classes(5) - 2),
    ),
    "negative amounts, logarithmic": (
        "outside-support", lambda: (plain(1, None, "msle"), real(N)),
    ),
    "zeros, percentage error": (
        "outside-support", lambda: (plain(1, None, "mape"), np.arange(N)),
    ),
    "three classes, hinge": (
        "outside-support", lambda: (plain(1, None, "hinge"), np.arange(N) % 3),
    ),
    "labels that do not sum to one": (
        "outside-support", lambda: (plain(3, "softmax", CCE), 5 * unit(N, 3)),
    ),
    "negative shares": ("outside-support", lambda: (plain(3, "softmax", CCE), real(N, 3))),
    "softmax, several labels": (
        "multi-label",
        lambda: (plain(4, "softmax", CCE), np.maximum(yes_or_no(N, 4), np.eye(4)[[0] * N])),
    ),
    "softmax, labels or none": (
        "multi-label", lambda: (plain(4, "softmax", dense()), one_hot(5)[:, :4] * [1, 1, 1, 0]),
    ),
    "raw outputs, several labels": (
        "multi-label",
        lambda: (plain(4, None, dense(from_logits=True)), np.tile([1, 1, 0, 0], (N, 1))),
    ),
    "softmax, binary, several labels": (
        "multi-label", lambda: (plain(4, "softmax", BCE), np.tile([1, 1, 0, 0], (N, 1))),
    ),
    "two units, one answer": ("shape", lambda: (plain(2, "sigmoid", BCE), yes_or_no())),
    "five classes, three units": ("shape", lambda: (plain(3, "softmax", CCE), one_hot(5))),
    "one number, three units, squared": ("shape", lambda: (plain(3, None, "mse"), real(N))),
    "three numbers, one unit": ("shape", lambda: (plain(1, None, "mae"), real(N, 3))),
    "sigmoid, prices": ("out-of-reach", lambda: (plain(1, "sigmoid", "mse"), 100 * unit(N))),
    "tanh, pixels": ("out-of-reach", lambda: (plain(1, "tanh", "mae"), classes(255))),
    "relu, temperatures": ("out-of-reach", lambda: (plain(1, "relu", "mse"), real(N))),
    "words": ("not-numbers", lambda: (plain(3, "softmax", SCCE), np.array(["cat", "dog"] * 3))),
    "missing labels": (
        "not-finite", lambda: (plain(1, None, "mse"), np.where(np.arange(N) == 2, np.nan, 1.0)),
    ),
    "second output's labels": (
        "outside-support",
        lambda: (several(["mse", sparse(from_logits=True)]), [real(N), np.arange(N)]),
    ),
    "labels by name": (
        "outside-support",
        lambda: (
            several({"a": BCE, "b": BCE}, named_ends),
            {"a": np.sign(real(N)), "b": yes_or_no(N, 3)},
        ),
    ),
    "a head of counts, negative": (
        "outside-support", lambda: (plain(1, None, heads.Poisson().loss), classes(5) - 3),
    ),
    "a head of shares, at the border": (
        "outside-support", lambda: (plain(2, None, heads.Beta().loss), yes_or_no()),
    ),
    "a head of classes, one-hot": (
        "one-hot-sparse", lambda: (plain(3, None, CATEGORICAL.loss), one_hot(3)),
    ),
    "a head of classes, too many": (
        "outside-support", lambda: (plain(3, None, CATEGORICAL.loss), np.arange(N)),
    ),
    "a head of two classes, -1 and 1": (
        "outside-support", lambda: (plain(1, None, heads.Bernoulli().loss), np.sign(real(N))),
    ),
}  # fmt: skip


def without_labels(build):
    return lambda: (build(), None)


WRONG = {name: (code, without_labels(build)) for name, (code, build) in WITHOUT_LABELS.items()}
WRONG |= WITH_LABELS

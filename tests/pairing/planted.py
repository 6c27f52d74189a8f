"""Keras models with one planted mistake each, as lines of code, so that a remedy can be applied.

A `Case` is what a program would say: layers, loss, labels, metrics. `build` runs those lines,
`mend` puts the checker's lines in their place.
"""

from dataclasses import dataclass, field, replace

import keras
import lossbook
import numpy
from keras import layers as L


@dataclass(frozen=True)
class Case:
    """`last` is the last layer with weights, `after` what follows it without weights."""

    code: str
    last: str = "L.Dense(1)"
    loss: str = '"mse"'
    y: str = "real(40)"
    body: tuple[str, ...] = ("keras.Input((4,))",)
    after: tuple[str, ...] = ()
    metric: str = ""
    then: tuple[str, ...] = field(default=())
    """Statements about y, as the remedy gives them."""


def rng():
    return numpy.random.default_rng(0)


def real(*shape):
    return rng().normal(size=shape)


def unit(*shape):
    return rng().random(shape)


def classes(k, *shape):
    drawn = rng().integers(0, k, shape)
    drawn.reshape(-1)[:k] = numpy.arange(k)[: drawn.size]
    return drawn


def one_hot(k, *shape):
    return numpy.eye(k)[classes(k, *shape)]


def build(case):
    """The compiled model and its labels."""
    names = {
        "keras": keras, "L": L, "numpy": numpy, "real": real, "unit": unit, "classes": classes,
        "one_hot": one_hot, "lossbook": lossbook,
    }  # fmt: skip

    def run(code):
        return eval(code, names)

    parts = [*map(run, case.body), run(case.last), *map(run, case.after)]
    model = keras.Sequential(parts)
    model.compile("adam", run(case.loss), metrics=[run(case.metric)] if case.metric else None)
    names["y"] = run(case.y)
    for statement in case.then:
        exec(statement, names)
    return model, names["y"]


def mend(case, model, finding):
    """The case with the lines of a finding in place of its own."""
    places = [layer.name for layer in model.layers]
    inputs = sum("Input" in line for line in case.body)
    for change in finding.change:
        if change.part == "last layer":
            case = replace(case, last=change.code, after=())
        elif change.part == "loss":
            case = replace(case, loss=change.code)
        elif change.part == "labels":
            case = replace(case, then=(*case.then, change.code))
        elif change.part == "metric":
            case = replace(case, metric=change.code)
        elif change.part == "layer before the last":
            case = replace(case, body=(*case.body, change.code))
        elif change.part == "layer":
            lines = [*case.body, case.last, *case.after]
            lines[inputs + places.index(change.name)] = change.code
            body = len(case.body)
            case = replace(
                case, body=tuple(lines[:body]), last=lines[body], after=tuple(lines[body + 1 :])
            )
        else:
            raise AssertionError(f"unknown part {change.part}")
    return case


BCE, CCE, SCCE = '"binary_crossentropy"', '"categorical_crossentropy"', (
    '"sparse_categorical_crossentropy"'
)  # fmt: skip
BCEL = "keras.losses.BinaryCrossentropy(from_logits=True)"
CCEL = "keras.losses.CategoricalCrossentropy(from_logits=True)"
SCCEL = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
TIMES = ("keras.Input((9, 2))",)
SEQUENCE = ("keras.Input((9, 2))", "L.LSTM(4, return_sequences=True)")
PICTURE = ("keras.Input((8, 8, 3))", 'L.Conv2D(4, 3, padding="same", activation="relu")')


def dense(units, activation=None):
    return f"L.Dense({units}, activation={activation!r})"


def conv(units, activation=None):
    return f"L.Conv2D({units}, 1, activation={activation!r})"


PLANTED = {
    # last activation and loss
    "raw outputs, two classes": Case("missing-activation", dense(1), BCE, "classes(2, 40)"),
    "raw outputs, classes": Case("missing-activation", dense(3), SCCE, "classes(3, 40)"),
    "raw outputs, one-hot": Case("missing-activation", dense(3), CCE, "one_hot(3, 40)"),
    "raw rate": Case("missing-activation", dense(1), '"poisson"', "classes(9, 40)"),
    "raw divergence": Case("missing-activation", dense(3), '"kld"', "one_hot(3, 40)"),
    "raw mask, Dice": Case(
        "missing-activation", conv(1), "keras.losses.Dice()", "classes(2, 6, 8, 8, 1)", PICTURE
    ),
    "raw mask, Tversky": Case(
        "missing-activation", conv(1), "keras.losses.Tversky()", "classes(2, 6, 8, 8, 1)", PICTURE
    ),
    "focal on raw outputs": Case(
        "missing-activation", dense(1), "keras.losses.BinaryFocalCrossentropy()", "classes(2, 40)"
    ),
    "double sigmoid": Case("double-activation", dense(1, "sigmoid"), BCEL, "classes(2, 40)"),
    "double softmax": Case("double-activation", dense(3, "softmax"), SCCEL, "classes(3, 40)"),
    "softmax twice": Case(
        "double-activation", dense(3, "softmax"), SCCE, "classes(3, 40)", after=("L.Softmax()",)
    ),
    "sigmoid before softmax": Case(
        "double-activation", dense(3, "sigmoid"), CCE, "one_hot(3, 40)", after=("L.Softmax()",)
    ),
    "an own sigmoid before logits": Case(
        "double-activation", dense(1), BCEL, "classes(2, 40)",
        after=("L.Lambda(lambda z: 1 / (1 + keras.ops.exp(-z)))",),
    ),
    "softmax before CTC": Case(
        "double-activation", dense(20, "softmax"), "keras.losses.CTC()", "1 + classes(19, 6, 3)",
        TIMES,
    ),
    "relu before logits": Case("relu-log-loss", dense(3, "relu"), SCCEL, "classes(3, 40)"),
    "relu, then softmax": Case(
        "relu-log-loss", dense(3, "relu"), SCCE, "classes(3, 40)", after=("L.Softmax()",)
    ),
    "relu, binary": Case("relu-log-loss", dense(1, "relu"), BCE, "classes(2, 40)"),
    "relu, rate": Case("relu-log-loss", dense(1, "relu"), '"poisson"', "classes(5, 40)"),
    "tanh, binary": Case("tanh-log-loss", dense(1, "tanh"), BCE, "classes(2, 40)"),
    "tanh mask, Dice": Case(
        "tanh-log-loss", conv(1, "tanh"), "keras.losses.Dice()", "classes(2, 6, 8, 8, 1)", PICTURE
    ),
    "tanh as a logit": Case("confined-logits", dense(1, "tanh"), BCEL, "classes(2, 40)"),
    "log softmax as probabilities": Case(
        "log-probabilities", dense(3, "log_softmax"), SCCE, "classes(3, 40)"
    ),
    "sigmoid as a rate": Case("bounded-rate", dense(1, "sigmoid"), '"poisson"', "classes(9, 40)"),
    "sigmoid, hinge": Case("hinge-range", dense(1, "sigmoid"), '"hinge"', "2 * classes(2, 40) - 1"),
    "hard sigmoid": Case("clipped", dense(1, "hard_sigmoid"), BCE, "classes(2, 40)"),
    "softmax, binary": Case("softmax-binary", dense(3, "softmax"), BCE, "one_hot(3, 40)"),
    "sigmoids, categorical": Case(
        "sigmoid-categorical", dense(3, "sigmoid"), CCE, "one_hot(3, 40)"
    ),
    "softmax on one unit": Case("softmax-one-unit", dense(1, "softmax"), BCE, "classes(2, 40)"),
    "softmax on one unit, three classes": Case(
        "softmax-one-unit", dense(1, "softmax"), SCCE, "classes(3, 40)"
    ),
    "one unit, categorical": Case(
        "one-unit-categorical", dense(1, "sigmoid"), CCE, "classes(2, 40)"
    ),
    "one unit, prices": Case("one-unit-categorical", dense(1), SCCE, "1e6 * (1 + unit(40))"),
    "softmax over the wrong axis": Case(
        "softmax-axis", "L.Conv2D(5, 1)", CCE, "one_hot(5, 3, 8, 8)", PICTURE,
        after=("L.Softmax(axis=1)",),
    ),
    "sigmoids with a divergence": Case(
        "exclusive-kl", dense(3, "sigmoid"), '"kld"', "one_hot(3, 40)"
    ),
    "sigmoids for classes that exclude each other": Case(
        "exclusive-classes", dense(4, "sigmoid"), BCE, "one_hot(4, 40)"
    ),
    # labels
    "one-hot labels, sparse": Case("one-hot-sparse", dense(3, "softmax"), SCCE, "one_hot(3, 40)"),
    "one-hot from 1, sparse": Case(
        "one-hot-sparse", dense(3, "softmax"), SCCE,
        "keras.utils.to_categorical(1 + classes(3, 40))",
    ),
    "one-hot masks, sparse": Case(
        "one-hot-sparse", conv(3, "softmax"), SCCE, "one_hot(3, 5, 8, 8)", PICTURE
    ),
    "class numbers, one-hot loss": Case(
        "sparse-one-hot", dense(3, "softmax"), CCE, "classes(3, 40)"
    ),
    "class numbers from 1, one-hot loss": Case(
        "sparse-one-hot", dense(3, "softmax"), CCE, "1 + classes(3, 40)"
    ),
    "class numbers, divergence": Case(
        "sparse-one-hot", dense(3, "softmax"), '"kld"', "classes(3, 40)"
    ),
    "one-hot from 1": Case(
        "shape", dense(3, "softmax"), CCE, "keras.utils.to_categorical(1 + classes(3, 40))"
    ),
    "more classes than units": Case("shape", dense(3, "softmax"), CCE, "one_hot(5, 40)"),
    "classes from 1": Case("outside-support", dense(3, "softmax"), SCCE, "1 + classes(3, 40)"),
    "a class without a unit": Case("outside-support", dense(3), SCCEL, "classes(6, 40)"),
    "signs as classes": Case(
        "outside-support", dense(2, "softmax"), SCCE, "2 * classes(2, 40) - 1"
    ),
    "amounts as classes": Case("outside-support", dense(3, "softmax"), SCCE, "unit(40)"),
    "signs, binary": Case("outside-support", dense(1, "sigmoid"), BCE, "2 * classes(2, 40) - 1"),
    "three classes, binary": Case("outside-support", dense(1, "sigmoid"), BCE, "classes(3, 40)"),
    "1 and 2, binary": Case("outside-support", dense(1, "sigmoid"), BCE, "1 + classes(2, 40)"),
    "prices, binary": Case("outside-support", dense(1, "sigmoid"), BCE, "1e5 * unit(40)"),
    "pixels, binary": Case(
        "outside-support", conv(3, "sigmoid"), BCE, "classes(256, 5, 8, 8, 3)", PICTURE
    ),
    "one-hot for one sigmoid": Case("shape", dense(1, "sigmoid"), BCE, "one_hot(2, 40)"),
    "five one-hot for one sigmoid": Case("shape", dense(1, "sigmoid"), BCE, "one_hot(5, 40)"),
    "two units, one answer": Case("shape", dense(2, "sigmoid"), BCE, "classes(2, 40)"),
    "several labels, softmax": Case(
        "multi-label", dense(4, "softmax"), CCE,
        "numpy.maximum(one_hot(4, 40), one_hot(4, 40)[::-1])"
    ),
    "several labels, sparse": Case(
        "one-hot-sparse", dense(4, "softmax"), SCCE, "numpy.maximum(one_hot(4, 40), [[1, 0, 0, 0]])"
    ),
    "masks of 255, Dice": Case(
        "outside-support", conv(1, "sigmoid"), "keras.losses.Dice()",
        "255 * classes(2, 4, 8, 8, 1)", PICTURE,
    ),
    "classes, Tversky": Case(
        "outside-support", conv(1, "sigmoid"), "keras.losses.Tversky()", "classes(4, 4, 8, 8, 1)",
        PICTURE,
    ),
    "blank among the labels": Case(
        "outside-support", dense(20), "keras.losses.CTC()", "classes(20, 6, 4)", TIMES
    ),
    "a letter without a unit": Case(
        "outside-support", dense(5), "keras.losses.CTC()", "1 + classes(9, 6, 4)", TIMES
    ),
    "negative counts": Case(
        "outside-support", dense(1, "softplus"), '"poisson"', "classes(5, 40) - 2"
    ),
    "zero, percentage": Case("outside-support", dense(1), '"mape"', "classes(5, 40)"),
    "rows that sum to 100": Case(
        "outside-support", dense(3, "softmax"), CCE, "33.0 + real(40, 3)"
    ),
    "prices beyond a sigmoid": Case("out-of-reach", dense(1, "sigmoid"), '"mse"', "100 * unit(40)"),
    "temperatures below relu": Case("out-of-reach", dense(1, "relu"), '"mae"', "20 * real(40)"),
    "below elu": Case("out-of-reach", dense(1, "elu"), '"mse"', "9 * real(40)"),
    "below gelu": Case("out-of-reach", dense(1, "gelu"), '"mse"', "real(40)"),
    "below silu": Case("out-of-reach", dense(1, "silu"), '"huber"', "real(40)"),
    "beyond relu6": Case("out-of-reach", dense(1, "relu6"), '"mse"', "50 * unit(40)"),
    "rows beyond softmax": Case("out-of-reach", dense(3, "softmax"), '"mse"', "unit(40, 3)"),
    # axes
    "a label a sequence": Case("shape", dense(1), '"mse"', "real(40, 1)", SEQUENCE),
    "a class a sequence": Case("shape", dense(3, "softmax"), SCCE, "classes(3, 40)", SEQUENCE),
    "a one-hot class a sequence": Case(
        "shape", dense(3, "softmax"), CCE, "one_hot(3, 40)", SEQUENCE
    ),
    "a label a sequence, both ways": Case(
        "shape", dense(1, "sigmoid"), BCE, "classes(2, 40)",
        ("keras.Input((9, 2))", "L.Bidirectional(L.GRU(4, return_sequences=True))"),
    ),
    "labels at all times, the last output": Case(
        "shape", dense(1), '"mse"', "real(40, 9, 1)", ("keras.Input((9, 2))", "L.LSTM(4)")
    ),
    "a label a picture": Case("shape", conv(1, "sigmoid"), BCE, "classes(2, 40)", PICTURE),
    "a class a picture": Case("shape", conv(3, "softmax"), SCCE, "classes(3, 40, 1)", PICTURE),
    "masks twice as large": Case(
        "shape", conv(3, "softmax"), SCCE, "classes(3, 4, 16, 16)", PICTURE
    ),
    "an axis too many": Case("shape", dense(1), '"mse"', "real(40, 1, 1)"),
    "too many values": Case("shape", dense(1), '"mae"', "real(40, 3)"),
    # metrics
    "accuracy of raw outputs": Case(
        "metric-threshold", dense(1), BCEL, "classes(2, 40)", metric='"accuracy"'
    ),
    "accuracy of a Bernoulli's log odds": Case(
        "metric-threshold", dense(1), "lossbook.heads.Bernoulli().loss", "classes(2, 40)",
        metric='"accuracy"',
    ),
    "Precision of raw outputs": Case(
        "metric-threshold", dense(1), BCEL, "classes(2, 40)", metric="keras.metrics.Precision()"
    ),
    "AUC of raw outputs": Case(
        "metric-threshold", dense(1), BCEL, "classes(2, 40)", metric="keras.metrics.AUC()"
    ),
    "accuracy of prices": Case("metric-regression", dense(1), '"mse"', "9 * real(40)",
                               metric='"accuracy"'),
    "accuracy of signs": Case("metric-signs", dense(1), '"hinge"', "2 * classes(2, 40) - 1",
                              metric='"accuracy"'),
    "mae of a mean and a scale": Case(
        "metric-head", dense(2), "lossbook.heads.GaussianScale().loss", "real(40)", metric='"mae"'
    ),
    "mse of a log rate": Case(
        "metric-head", dense(1), "lossbook.heads.Poisson().loss", "classes(9, 40)",
        metric="keras.metrics.MeanSquaredError()",
    ),
    "Accuracy": Case("metric-coding", dense(3, "softmax"), SCCE, "classes(3, 40)",
                     metric="keras.metrics.Accuracy()"),
    "CategoricalAccuracy of class numbers": Case(
        "metric-coding", dense(3, "softmax"), SCCE, "classes(3, 40)",
        metric="keras.metrics.CategoricalAccuracy()",
    ),
    "Precision of class numbers": Case(
        "metric-coding", dense(3, "softmax"), SCCE, "classes(3, 40)",
        metric="keras.metrics.Precision()",
    ),
    "binary accuracy of ten classes": Case(
        "metric-coding", dense(10, "softmax"), CCE, "one_hot(10, 40)", metric='"binary_accuracy"'
    ),
    "categorical accuracy of one unit": Case(
        "metric-coding", dense(1, "sigmoid"), BCE, "classes(2, 40)",
        metric='"categorical_accuracy"',
    ),
    "accuracy of several labels": Case(
        "metric-coding", dense(4, "sigmoid"), BCE, "classes(2, 40, 4)", metric='"accuracy"'
    ),
    "MeanIoU of probabilities": Case(
        "metric-coding", conv(3, "softmax"), SCCE, "classes(3, 4, 8, 8)", PICTURE,
        metric="keras.metrics.MeanIoU(num_classes=3)",
    ),
    "entropy of raw outputs": Case(
        "metric-logits", dense(1), BCEL, "classes(2, 40)",
        metric="keras.metrics.BinaryCrossentropy()",
    ),
    # heads
    "a head after softmax": Case(
        "head-activation", dense(3, "softmax"), "lossbook.heads.Categorical(3).loss",
        "classes(3, 40)",
    ),
    "too few units for a head": Case(
        "head-units", dense(1), "lossbook.heads.GaussianScale().loss", "real(40)"
    ),
    "a class too many for a head": Case(
        "outside-support", dense(3), "lossbook.heads.Categorical(3).loss", "1 + classes(3, 40)"
    ),
}  # fmt: skip

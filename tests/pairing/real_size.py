"""Right Keras models of real size, after public patterns: big outputs, own losses, own layers.

Each entry gives a compiled model and a few labels. The patterns are those of published models and
tutorials (named in each comment), written here in our own words.
"""

import numpy as np
import tensorflow as tf
from lossbook import keras

L, ops, losses = keras.layers, keras.ops, keras.losses


def rng():
    return np.random.default_rng(0)


def real(*shape):
    return rng().normal(size=shape).astype("float32")


def unit(*shape):
    return rng().random(shape).astype("float32")


def classes(k, *shape):
    return rng().integers(0, k, shape)


def one_hot(k, *shape):
    y = np.zeros((*shape, k), "float32")
    np.put_along_axis(y, classes(k, *shape)[..., None], 1, axis=-1)
    return y


def pictures(size, out, activation=None, channels=3):
    """An encoder and decoder that keep the size."""
    x = inputs = keras.Input((size, size, channels))
    x = L.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    x = L.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu")(x)
    return inputs, L.Conv2D(out, 3, padding="same", activation=activation)(x)


def compiled(inputs, outputs, loss, metrics=None, **options):
    model = keras.Model(inputs, outputs)
    model.compile("adam", loss, metrics=metrics, **options)
    return model


def rmse(y, p):
    return ops.sqrt(ops.mean(ops.square(y - p)))


def l1_l2(y, p):
    return ops.mean(ops.abs(y - p)) + 0.5 * ops.mean(ops.square(y - p))


def charbonnier(y, p):
    return ops.mean(ops.sqrt(ops.square(y - p) + 1e-6))


def dissimilarity(y, p):
    return 1 - tf.reduce_mean(tf.image.ssim(y, p, 1.0))


def noise_ratio(y, p):
    return -tf.reduce_mean(tf.image.psnr(y, p, 1.0))


def edges(y, p):
    dy, dx = tf.image.image_gradients(y - p)
    return ops.mean(ops.abs(y - p)) + ops.mean(ops.abs(dy)) + ops.mean(ops.abs(dx))


def heat(y, p):
    return ops.mean(ops.where(y > 0, 10.0, 1.0) * ops.square(y - p))


def scale_free(y, p):
    d = ops.log(ops.maximum(y, 1e-3)) - ops.log(ops.maximum(p, 1e-3))
    return ops.mean(ops.square(d)) - 0.5 * ops.square(ops.mean(d))


def end_point(y, p):
    return ops.mean(ops.sqrt(ops.sum(ops.square(y - p), axis=-1) + 1e-8))


def overlap(y, p):
    inside = ops.sum(y * p, axis=(1, 2))
    return 1 - ops.mean((2 * inside + 1) / (ops.sum(y, axis=(1, 2)) + ops.sum(p, axis=(1, 2)) + 1))


def jaccard(y, p):
    inside = ops.sum(y * p, axis=(1, 2))
    both = ops.sum(y + p, axis=(1, 2)) - inside
    return 1 - ops.mean((inside + 1) / (both + 1))


def focal_tversky(y, p):
    hit = ops.sum(y * p)
    missed, false = ops.sum(y * (1 - p)), ops.sum((1 - y) * p)
    return ops.power(1 - (hit + 1) / (hit + 0.7 * missed + 0.3 * false + 1), 0.75)


def entropy_and_overlap(y, p):
    return ops.mean(losses.binary_crossentropy(y, p)) + overlap(y, p)


def masked(y, p):
    each = losses.sparse_categorical_crossentropy(y, p, from_logits=True)
    kept = ops.cast(ops.not_equal(y, 0), each.dtype)
    return ops.sum(each * kept) / ops.maximum(ops.sum(kept), 1)


def smoothed(y, p):
    wide = ops.one_hot(ops.cast(y, "int32"), ops.shape(p)[-1])
    return losses.categorical_crossentropy(wide, p, from_logits=True, label_smoothing=0.1)


def pinball(y, p):
    share = ops.convert_to_tensor([0.1, 0.5, 0.9])
    return ops.mean(ops.maximum(share * (y - p), (share - 1) * (y - p)))


def two_numbers(y, p):
    mean, spread = p[..., :1], ops.softplus(p[..., 1:]) + 1e-3
    return ops.mean(ops.log(spread) + ops.square((y - mean) / spread) / 2)


def mixture(y, p):
    weight, mean, spread = ops.split(p, 3, axis=-1)
    each = ops.log_softmax(weight) - spread - ops.square((y - mean) / ops.exp(spread)) / 2
    return -ops.mean(ops.logsumexp(each, axis=-1))


def pairs(y, z):
    z = z / ops.norm(z, axis=-1, keepdims=True)
    alike = ops.matmul(z, ops.transpose(z)) / 0.1
    return losses.sparse_categorical_crossentropy(ops.arange(ops.shape(z)[0]), alike, True)


def triplet(y, z):
    near = ops.sum(ops.square(z[:, :32] - z[:, 32:64]), axis=-1)
    far = ops.sum(ops.square(z[:, :32] - z[:, 64:]), axis=-1)
    return ops.mean(ops.maximum(near - far + 0.2, 0))


def cox(y, risk):
    return -ops.mean(risk - ops.logsumexp(risk))


def boxes(y, p):
    seen = y[..., 4:5]
    place = ops.sum(seen * ops.square(y[..., :4] - p[..., :4]))
    return 5 * place + ops.sum(losses.binary_crossentropy(y[..., 4:], ops.sigmoid(p[..., 4:])))


def weighted_classes(y, p):
    weight = ops.convert_to_tensor([1.0, 2.0, 5.0, 1.0])
    return -ops.mean(ops.sum(weight * y * ops.log(ops.clip(p, 1e-7, 1)), axis=-1))


def focal(y, p):
    p = ops.clip(p, 1e-7, 1 - 1e-7)
    true = y * p + (1 - y) * (1 - p)
    return -ops.mean(ops.square(1 - true) * ops.log(true))


def multinomial(y, z):
    return -ops.mean(ops.sum(y * ops.log_softmax(z), axis=-1))


def policy(y, p):
    return -ops.mean(y[:, 1:] * ops.log(ops.take_along_axis(p, ops.cast(y[:, :1], "int32"), 1)))


def image_loss(size, out, loss, activation=None, y=unit):
    def build():
        return compiled(*pictures(size, out, activation), loss), y(2, size, size, out)

    return build


def words(vocabulary, loss, y=None, activation=None):
    def build():
        x = inputs = keras.Input((None,), dtype="int32")
        x = L.Embedding(100, 16)(x)
        x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 8)(x, x))
        out = L.Dense(vocabulary, activation=activation)(x)
        return compiled(inputs, out, loss), classes(vocabulary, 2, 20) if y is None else y()

    return build


def tower(end, loss, y, size=96, metrics=None):
    """A classifier of pictures with batch norm, residuals and pooling."""

    def build():
        x = inputs = keras.Input((size, size, 3))
        x = L.Rescaling(1 / 255)(x)
        for width in (16, 32, 64):
            x = L.Conv2D(width, 3, strides=2, padding="same", use_bias=False)(x)
            x = L.ReLU()(L.BatchNormalization()(x))
            x = L.Add()([x, L.Conv2D(width, 3, padding="same")(x)])
        return compiled(inputs, end(x), loss, metrics), y()

    return build


def pooled(units, activation=None):
    return lambda x: L.Dense(units, activation=activation)(L.GlobalAveragePooling2D()(x))


def recurrent(end, loss, y, length=128):
    def build():
        x = inputs = keras.Input((length, 12))
        return compiled(inputs, end(x), loss), y()

    return build


class Backbone(keras.Model):
    """A subclassed model that ends in a function of TensorFlow's."""

    def __init__(self, units, end):
        super().__init__()
        self.body = keras.Sequential([L.Dense(128, "relu"), L.Dropout(0.2), L.Dense(64, "relu")])
        self.last, self.end = L.Dense(units), end

    def call(self, x, training=False):
        return self.end(self.last(self.body(x, training=training)))


def subclassed(units, end, loss, y):
    def build():
        model = Backbone(units, end)
        model(real(2, 32))
        model.compile("adam", loss)
        return model, y()

    return build


class Margin(L.Layer):
    """Cosines between features and weights, scaled, as in face recognition."""

    def __init__(self, people):
        super().__init__()
        self.people = people

    def build(self, shape):
        self.centres = self.add_weight(shape=(shape[-1], self.people))

    def call(self, x):
        cosine = ops.matmul(ops.normalize(x, axis=-1), ops.normalize(self.centres, axis=0))
        return 30.0 * cosine


def detector():
    x = inputs = keras.Input((128, 128, 3))
    x = L.Conv2D(16, 3, strides=8, padding="same", activation="relu")(x)
    kind = L.Reshape((-1, 21))(L.Conv2D(4 * 21, 3, padding="same")(x))
    place = L.Reshape((-1, 4))(L.Conv2D(4 * 4, 3, padding="same")(x))
    model = keras.Model(inputs, {"kind": L.Softmax()(kind), "place": place})
    model.compile(
        "adam", {"kind": "sparse_categorical_crossentropy", "place": losses.Huber()},
        loss_weights={"kind": 1.0, "place": 2.0},
    )  # fmt: skip
    return model, {"kind": classes(21, 2, 1024), "place": real(2, 1024, 4)}


def translation():
    source, target = (keras.Input((None,), dtype="int32") for _ in range(2))
    memory = L.Bidirectional(L.GRU(16, return_sequences=True))(L.Embedding(100, 16)(source))
    x = L.GRU(32, return_sequences=True)(L.Embedding(100, 16)(target))
    x = L.LayerNormalization()(x + L.Attention()([x, memory]))
    return compiled([source, target], L.Dense(5000)(x), masked), classes(5000, 2, 12)


def variational():
    x = inputs = keras.Input((28, 28, 1))
    code = L.Dense(16)(L.Dense(128, "relu")(L.Flatten()(x)))
    x = L.Dense(784, activation="sigmoid")(L.Dense(128, "relu")(code))
    return compiled(inputs, L.Reshape((28, 28, 1))(x), "binary_crossentropy"), unit(2, 28, 28, 1)


def faces():
    x = inputs = keras.Input((64, 64, 3))
    x = L.Dense(64)(L.Flatten()(L.Conv2D(8, 3, strides=4, activation="relu")(x)))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(inputs, Margin(1000)(x), loss), classes(1000, 4)


def retrieval():
    query, item = keras.Input((40,)), keras.Input((500, 40))
    q = L.UnitNormalization()(L.Dense(32)(query))
    k = L.UnitNormalization()(L.Dense(32)(item))
    scores = L.Rescaling(20.0)(L.Dot(axes=(1, 2))([q, k]))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled([query, item], scores, loss), classes(500, 4)


def instances():
    x = inputs = keras.Input((50, 64))
    weight = L.Softmax(axis=1)(L.Dense(1)(L.Dense(32, "tanh")(x)))
    bag = L.Lambda(lambda v: ops.sum(v[0] * v[1], axis=1), output_shape=(64,))([weight, x])
    return compiled(inputs, L.Dense(1, "sigmoid")(bag), "binary_crossentropy"), classes(2, 4)


def ensemble():
    x = inputs = keras.Input((32,))
    parts = [L.Dense(10, "softmax")(L.Dense(64, "relu")(x)) for _ in range(5)]
    return compiled(inputs, L.Average()(parts), "categorical_crossentropy"), one_hot(10, 4)


def complement():
    x = inputs = keras.Input((32,))
    p = L.Dense(1, "sigmoid")(L.Dense(64, "relu")(x))
    out = L.Concatenate()([1 - p, p])
    return compiled(inputs, out, "sparse_categorical_crossentropy"), classes(2, 4)


def capped():
    x = inputs = keras.Input((32,))
    z = L.Dense(1000)(L.Dense(64, "gelu")(x))
    out = 30.0 * ops.tanh(z / 30.0)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(inputs, out, loss), classes(1000, 4)


def forecast():
    x = inputs = keras.Input((336, 7))
    x = L.LSTM(64, return_sequences=True)(x)
    return compiled(inputs, L.Dense(24 * 7)(L.LSTM(32)(x)), "mae"), real(4, 24 * 7)


def tasks():
    x = inputs = keras.Input((224, 224, 3))
    x = L.GlobalAveragePooling2D()(L.Conv2D(32, 7, strides=8, activation="swish")(x))
    outputs = [L.Dense(1, "sigmoid", name="sex")(x), L.Dense(1, "softplus", name="age")(x),
               L.Dense(7, "softmax", name="mood")(x)]  # fmt: skip
    wanted = {"sex": "binary_crossentropy", "age": "mae", "mood": "categorical_crossentropy"}
    return compiled(inputs, outputs, wanted, loss_weights={"sex": 1, "age": 0.1, "mood": 1}), [
        classes(2, 4), 90 * unit(4), one_hot(7, 4),
    ]  # fmt: skip


def steps(units, activation=None):
    return lambda x: L.Dense(units, activation=activation)(L.LSTM(32, return_sequences=True)(x))


def last(units, activation=None):
    return lambda x: L.Dense(units, activation=activation)(L.Bidirectional(L.GRU(32))(x))


def framewise(x):
    p = L.Dense(50, activation="sigmoid")(L.LSTM(32, return_sequences=True)(x))
    return L.Lambda(lambda v: ops.mean(v, axis=1))(p)


SCCE, SCCEL = "sparse_categorical_crossentropy", losses.SparseCategoricalCrossentropy(True)
BCEL = losses.BinaryCrossentropy(from_logits=True)

MODELS = {
    # restoration and generation of pictures with a loss of one's own
    "rmse of 128": image_loss(128, 3, rmse),
    "rmse of 64": image_loss(64, 3, rmse),
    "rmse of 256 grey": image_loss(256, 1, rmse),
    "two errors of 128": image_loss(128, 3, l1_l2),
    "two errors, tanh, of 256": image_loss(256, 3, l1_l2, "tanh", lambda *s: 2 * unit(*s) - 1),
    "Charbonnier": image_loss(128, 3, charbonnier),
    "structural similarity": image_loss(128, 3, dissimilarity),
    "structural similarity, sigmoid": image_loss(128, 3, dissimilarity, "sigmoid"),
    "signal to noise": image_loss(128, 3, noise_ratio),
    "error and gradient": image_loss(128, 3, edges),
    "heat maps": image_loss(64, 17, heat),
    "depth": image_loss(128, 1, scale_free, "softplus"),
    "optical flow": image_loss(128, 2, end_point, None, real),
    "super resolution": image_loss(128, 3, "mse"),
    "colours, tanh": image_loss(96, 2, "mae", "tanh", lambda *s: 2 * unit(*s) - 1),
    # segmentation
    "masks, own overlap": image_loss(128, 1, overlap, "sigmoid", lambda *s: classes(2, *s)),
    "masks, own Jaccard": image_loss(128, 1, jaccard, "sigmoid", lambda *s: classes(2, *s)),
    "masks, entropy and overlap": image_loss(
        128, 1, entropy_and_overlap, "sigmoid", lambda *s: classes(2, *s)
    ),
    "organs, focal Tversky": image_loss(
        128, 4, focal_tversky, "softmax", lambda *s: one_hot(s[-1], *s[:-1])
    ),
    "organs, weighted": image_loss(
        96, 4, weighted_classes, "softmax", lambda *s: one_hot(s[-1], *s[:-1])
    ),
    "streets": image_loss(128, 19, SCCEL, None, lambda *s: classes(s[-1], *s[:-1])),
    "streets, softmax": image_loss(128, 19, SCCE, "softmax", lambda *s: classes(s[-1], *s[:-1], 1)),
    "masks, Dice": image_loss(128, 1, losses.Dice(), "sigmoid", lambda *s: classes(2, *s[:-1])),
    "masks, raw": image_loss(256, 1, BCEL, None, lambda *s: classes(2, *s)),
    # classification
    "a thousand classes": tower(pooled(1000), SCCEL, lambda: classes(1000, 4)),
    "a thousand classes, softmax": tower(pooled(1000, "softmax"), SCCE, lambda: classes(1000, 4)),
    "smoothed classes": tower(
        pooled(100, "softmax"), losses.CategoricalCrossentropy(label_smoothing=0.1),
        lambda: one_hot(100, 4),
    ),
    "dogs and cats": tower(pooled(1), BCEL, lambda: classes(2, 4),
                           metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)]),
    "tags": tower(pooled(80, "sigmoid"), "binary_crossentropy", lambda: classes(2, 4, 80)),
    "tags, own focal": tower(pooled(80, "sigmoid"), focal, lambda: classes(2, 4, 80)),
    "squeeze": tower(
        lambda x: L.Softmax()(L.GlobalAveragePooling2D()(L.Conv2D(10, 1, activation="relu")(x))),
        "categorical_crossentropy", lambda: one_hot(10, 4),
    ),
    "accuracy left to Keras": tower(
        pooled(10, "softmax"), SCCE, lambda: classes(10, 4), metrics=["accuracy"]
    ),
    "age": tower(pooled(1), "mae", lambda: 90 * unit(4), metrics=["mae"]),
    "pose": tower(pooled(34, "sigmoid"), rmse, lambda: unit(4, 34)),
    "embeddings, pairs": tower(pooled(64), pairs, lambda: classes(9, 4)),
    "embeddings, triplets": tower(pooled(96), triplet, lambda: classes(9, 4)),
    "boxes": tower(lambda x: L.Conv2D(25, 1)(x), boxes, lambda: unit(2, 12, 12, 25)),
    "faces": faces,
    "detector": detector,
    "tasks": tasks,
    # words
    "masked, 8,000 words": words(8000, masked),
    "masked, 32,000 words": words(32000, masked),
    "language model, 32,000": words(32000, SCCEL),
    "language model, softmax": words(10000, SCCE, activation="softmax"),
    "own smoothing": words(6000, smoothed),
    "tags of words": words(17, SCCE, activation="softmax"),
    "translation": translation,
    # sequences
    "forecast": forecast,
    "quantiles": recurrent(last(3), pinball, lambda: real(4, 1)),
    "mean and spread": recurrent(last(2), two_numbers, lambda: real(4, 1)),
    "mixture": recurrent(last(15), mixture, lambda: real(4, 1)),
    "activity": recurrent(last(6, "softmax"), "categorical_crossentropy", lambda: one_hot(6, 4)),
    "phonemes": recurrent(steps(40), SCCEL, lambda: classes(40, 4, 128)),
    "speech": recurrent(steps(30), losses.CTC(), lambda: 1 + classes(29, 4, 20)),
    "sounds, framewise": recurrent(framewise, "binary_crossentropy", lambda: classes(2, 4, 50)),
    "anomalies": recurrent(steps(12), "mse", lambda: real(4, 128, 12)),
    # other ends
    "variational": variational,
    "retrieval": retrieval,
    "instances": instances,
    "ensemble": ensemble,
    "complement": complement,
    "capped": capped,
    "survival": recurrent(last(1), cox, lambda: unit(4, 2)),
    "policy": recurrent(last(4, "softmax"), policy, lambda: np.abs(real(4, 2))),
    "items": subclassed(20000, lambda z: z, multinomial, lambda: classes(2, 4, 20000)),
    "raw softmax": subclassed(10, tf.nn.softmax, SCCE, lambda: classes(10, 4)),
    "raw sigmoid": subclassed(1, tf.math.sigmoid, "binary_crossentropy", lambda: classes(2, 4)),
    "raw logits": subclassed(10, tf.identity, SCCEL, lambda: classes(10, 4)),
    "raw rate": subclassed(1, tf.exp, "poisson", lambda: rng().poisson(3, 4)),
    "raw amounts": subclassed(3, lambda z: tf.split(z, [3], -1)[0], "mse", lambda: real(4, 3)),
}  # fmt: skip

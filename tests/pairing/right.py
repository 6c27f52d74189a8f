"""Models that are right: name → a function that gives a compiled model and labels for it.

The structures of Keras's documentation examples (https://keras.io/examples/, /guides/), put in
our own words and made small, every head of this course with the Dense layer that it needs, and
right models of our own that look like mistakes at first sight.
"""

import functools

import numpy as np
from lossbook import keras
from lossbook.heads import HEADS
from workshop import models

layers, losses = keras.layers, keras.losses
N = 6


def rng():
    return np.random.default_rng(0)


def classes(k, *shape):
    return rng().integers(0, k, shape or (N,))


def one_hot(k, *shape):
    return np.eye(k)[classes(k, *shape)]


def yes_or_no(*shape):
    return rng().integers(0, 2, shape or (N,))


def unit(*shape):
    return rng().random(shape)


def real(*shape):
    return rng().normal(size=shape)


def stack(*parts, loss, name="model", optimizer="adam"):
    model = keras.Sequential(parts, name=name)
    model.compile(optimizer, loss)
    return model


def graph(inputs, outputs, loss):
    model = keras.Model(inputs, outputs)
    model.compile("adam", loss)
    return model


def image(*shape):
    return keras.Input(shape or (8, 8, 1))


def tokens(length=5):
    return keras.Input((length,), dtype="int32")


def mnist_convnet():
    parts = [image(), layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(2)]
    end = [layers.Flatten(), layers.Dropout(0.5), layers.Dense(10, activation="softmax")]
    return stack(*parts, *end, loss="categorical_crossentropy"), one_hot(10)


def image_classification_from_scratch():
    x = inputs = image(8, 8, 3)
    x = layers.Rescaling(1 / 255)(x)
    x = layers.SeparableConv2D(4, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.25)(x)
    return graph(inputs, layers.Dense(1)(x), losses.BinaryCrossentropy(from_logits=True)), (
        yes_or_no()
    )


def transfer_learning():
    base = keras.Sequential([image(8, 8, 3), layers.Conv2D(4, 3, activation="relu")])
    base.trainable = False
    x = inputs = image(8, 8, 3)
    x = layers.GlobalAveragePooling2D()(base(x, training=False))
    out = layers.Dense(1)(layers.Dropout(0.2)(x))
    return graph(inputs, out, losses.BinaryCrossentropy(from_logits=True)), yes_or_no(N, 1)


def vision_transformer():
    x = inputs = keras.Input((4, 8))
    attended = layers.MultiHeadAttention(2, 4)(x, x)
    x = layers.Add()([attended, x])
    x = layers.Flatten()(layers.LayerNormalization()(x))
    out = layers.Dense(10)(layers.Dense(8, activation="gelu")(x))
    return graph(inputs, out, losses.SparseCategoricalCrossentropy(from_logits=True)), classes(10)


def compact_transformer():
    x = inputs = keras.Input((4, 8))
    weights = layers.Softmax(axis=1)(layers.Dense(1)(x))  # attention over the sequence
    pooled = layers.Flatten()(layers.Dot(axes=1)([weights, x]))
    loss = losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    return graph(inputs, layers.Dense(10)(pooled), loss), one_hot(10)


def swin():
    x = inputs = keras.Input((4, 8))
    x = layers.GlobalAveragePooling1D()(x)
    out = layers.Dense(7, activation="softmax")(x)
    return graph(inputs, out, losses.CategoricalCrossentropy(label_smoothing=0.1)), one_hot(7)


def segmentation():
    x = inputs = image(8, 8, 3)
    x = layers.Conv2DTranspose(4, 3, padding="same", activation="relu")(x)
    out = layers.Conv2D(3, 3, activation="softmax", padding="same")(x)
    return graph(inputs, out, "sparse_categorical_crossentropy"), classes(3, N, 8, 8, 1)


def segmentation_logits():
    x = inputs = image(8, 8, 3)
    x = layers.UpSampling2D(2)(layers.Conv2D(4, 3, strides=2, padding="same")(x))
    out = layers.Conv2D(5, 1, padding="same")(x)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return graph(inputs, out, loss), classes(5, N, 8, 8)


def upsampled_logits():
    x = inputs = image(8, 8, 3)
    out = layers.UpSampling2D(2)(layers.Conv2D(5, 3, strides=2, padding="same")(x))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return graph(inputs, out, loss), classes(5, N, 8, 8)


def mask_dice():
    x = inputs = image()
    out = layers.Conv2D(1, 1, activation="sigmoid")(x)
    return graph(inputs, out, losses.Dice()), yes_or_no(N, 8, 8, 1)


def convolutional_autoencoder():
    x = inputs = image()
    x = layers.MaxPooling2D(2)(layers.Conv2D(4, 3, activation="relu", padding="same")(x))
    x = layers.Conv2DTranspose(4, 3, strides=2, activation="relu", padding="same")(x)
    out = layers.Conv2D(1, 3, activation="sigmoid", padding="same")(x)
    return graph(inputs, out, "binary_crossentropy"), unit(N, 8, 8, 1)


def deep_autoencoder():
    end = layers.Dense(20, activation="sigmoid")
    return stack(
        keras.Input((20,)), layers.Dense(4, activation="relu"), end, loss="binary_crossentropy"
    ), unit(N, 20)


def masked_autoencoder():
    return stack(image(8, 8, 3), layers.Dense(3), loss=losses.MeanSquaredError()), unit(N, 8, 8, 3)


def next_frame():
    x = inputs = keras.Input((3, 4, 4, 1))
    x = layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True, activation="relu")(x)
    out = layers.Conv3D(1, 3, activation="sigmoid", padding="same")(x)
    return graph(inputs, out, losses.binary_crossentropy), unit(N, 3, 4, 4, 1)


def super_resolution():
    x = inputs = image(4, 4, 1)
    x = layers.Conv2D(4, 3, padding="same")(x)
    out = layers.Reshape((8, 8, 1))(x)
    return graph(inputs, out, losses.MeanSquaredError()), unit(N, 8, 8, 1)


def denoised_tanh():
    out = layers.Conv2D(3, 3, padding="same", activation="tanh")
    return stack(image(8, 8, 3), out, loss="mean_absolute_error"), 2 * unit(N, 8, 8, 3) - 1


def keypoints():
    x = inputs = image(8, 8, 3)
    x = layers.Conv2D(4, 3, strides=7, activation="sigmoid")(x)
    return graph(inputs, layers.Reshape((1, 4))(layers.Flatten()(x)), "mse"), unit(N, 1, 4)


def bounding_boxes():
    x = inputs = keras.Input((12,))
    return graph(inputs, layers.Dense(4)(layers.Dense(8, "gelu")(x)), losses.MeanSquaredError()), (
        unit(N, 4)
    )


def dcgan_discriminator():
    parts = [layers.Conv2D(4, 4, strides=2), layers.LeakyReLU(negative_slope=0.2), layers.Flatten()]
    return stack(
        image(), *parts, layers.Dense(1, activation="sigmoid"), loss=losses.BinaryCrossentropy()
    ), yes_or_no(N, 1) + 0.05 * unit(N, 1) * (1 - yes_or_no(N, 1))


def conditional_gan_discriminator():
    x = inputs = image()
    x = layers.GlobalMaxPooling2D()(layers.LeakyReLU()(layers.Conv2D(4, 3)(x)))
    return graph(inputs, layers.Dense(1)(x), losses.BinaryCrossentropy(from_logits=True)), (
        yes_or_no(N, 1)
    )


def wasserstein_critic():
    def critic(y, score):
        return -keras.ops.mean(y * score)

    return stack(image(), layers.Flatten(), layers.Dense(1), loss=critic), np.sign(real(N, 1))


def imdb_bidirectional():
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(
        layers.Embedding(50, 8)(inputs := tokens())
    )
    out = layers.Dense(1, activation="sigmoid")(layers.Bidirectional(layers.LSTM(4))(x))
    return graph(inputs, out, "binary_crossentropy"), yes_or_no()


def text_classification():
    x = layers.Conv1D(4, 3, padding="valid", activation="relu")(
        layers.Embedding(50, 8)(inputs := tokens())
    )
    x = layers.Dense(4, activation="relu")(layers.GlobalMaxPooling1D()(x))
    out = layers.Dense(1, activation="sigmoid", name="predictions")(x)
    return graph(inputs, out, "binary_crossentropy"), yes_or_no(N, 1)


def text_transformer():
    x = layers.Embedding(50, 8)(inputs := tokens())
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, x))
    x = layers.Dense(8, activation="relu")(layers.GlobalAveragePooling1D()(x))
    return graph(
        inputs, layers.Dense(2, activation="softmax")(x), "sparse_categorical_crossentropy"
    ), classes(2)


def pretrained_embeddings():
    x = layers.GlobalMaxPooling1D()(layers.Embedding(50, 8)(inputs := tokens()))
    out = layers.Dense(20, activation="softmax")(x)
    return graph(inputs, out, "sparse_categorical_crossentropy"), classes(20, N, 1)


def multi_label_text():
    return stack(
        keras.Input((30,)), layers.Dense(8, "relu"), layers.Dense(9, activation="sigmoid"),
        loss="binary_crossentropy",
    ), yes_or_no(N, 9)  # fmt: skip


def addition_of_numbers():
    parts = [layers.LSTM(8), layers.RepeatVector(3), layers.LSTM(8, return_sequences=True)]
    return stack(
        keras.Input((5, 12)), *parts, layers.Dense(12, activation="softmax"),
        loss="categorical_crossentropy",
    ), one_hot(12, N, 3)  # fmt: skip


def sequence_to_sequence():
    encoder, decoder = keras.Input((4, 6)), keras.Input((4, 6))
    _, h, c = layers.LSTM(5, return_state=True)(encoder)
    out, _, _ = layers.LSTM(5, return_sequences=True, return_state=True)(
        decoder, initial_state=[h, c]
    )
    y = one_hot(6, N, 4)
    y[:, -1] = 0  # padding
    return graph(
        [encoder, decoder], layers.Dense(6, activation="softmax")(out), "categorical_crossentropy"
    ), y


def text_generation():
    x = layers.Embedding(50, 8)(inputs := tokens())
    x = layers.LayerNormalization()(x)
    model = keras.Model(inputs, [layers.Dense(50)(x), x])
    model.compile("adam", [losses.SparseCategoricalCrossentropy(from_logits=True), None])
    return model, [classes(50, N, 5), None]


def masked_language_model():
    x = layers.Embedding(50, 8)(inputs := tokens())
    out = layers.Dense(50, activation="softmax")(x)
    y = classes(50, N, 5)
    y[:, ::2] = -1
    return graph(inputs, out, losses.SparseCategoricalCrossentropy(ignore_class=-1)), y


def time_distributed_tags():
    x = layers.Embedding(50, 8)(inputs := tokens())
    out = layers.TimeDistributed(layers.Dense(7, activation="softmax"))(x)
    return graph(inputs, out, "sparse_categorical_crossentropy"), classes(7, N, 5)


def question_answering():
    x = layers.Embedding(50, 8)(inputs := tokens())
    ends = []
    for name in ("start", "end"):
        flat = layers.Flatten()(layers.Dense(1, use_bias=False, name=name)(x))
        ends.append(layers.Activation("softmax")(flat))
    loss = losses.SparseCategoricalCrossentropy(from_logits=False)
    model = keras.Model(inputs, ends)
    model.compile("adam", [loss, loss])
    return model, [classes(5), classes(5)]


def time_series_classification():
    x = inputs = keras.Input((10, 1))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv1D(4, 3, padding="same")(x)))
    out = layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling1D()(x))
    return graph(inputs, out, "sparse_categorical_crossentropy"), classes(2)


def anomaly_detection():
    parts = [layers.Conv1D(4, 3, padding="same", activation="relu"), layers.Dropout(0.2)]
    return stack(
        keras.Input((8, 1)), *parts, layers.Conv1DTranspose(1, 3, padding="same"), loss="mse"
    ), real(N, 8, 1)


def weather_forecast():
    return stack(keras.Input((8, 7)), layers.LSTM(4), layers.Dense(1), loss="mse"), 40 * real(N)


def recurrent_forecast_raw():
    return stack(keras.Input((8, 2)), layers.LSTM(3), loss="mse"), np.tanh(real(N, 3))


def structured_data():
    numbers, kind = keras.Input((4,)), keras.Input((1,), dtype="int32")
    kinds = layers.Flatten()(layers.Embedding(5, 2)(kind))
    x = layers.Concatenate()([layers.Normalization()(numbers), kinds])
    out = layers.Dense(1, activation="sigmoid")(layers.Dropout(0.5)(layers.Dense(8, "relu")(x)))
    return graph([numbers, kind], out, "binary_crossentropy"), yes_or_no(N, 1).astype(bool)


def wide_and_deep():
    x = inputs = keras.Input((6,))
    merged = layers.Concatenate()([layers.BatchNormalization()(x), layers.Dense(4, "relu")(x)])
    out = layers.Dense(7, activation="softmax")(merged)
    return graph(inputs, out, losses.SparseCategoricalCrossentropy()), classes(7)


def fraud():
    return stack(
        keras.Input((10,)), layers.Dense(8, "relu"), layers.Dense(1, activation="sigmoid"),
        loss=losses.BinaryCrossentropy(),
    ), yes_or_no(N, 1).astype("uint8")  # fmt: skip


def collaborative_filtering():
    user, film = keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32")
    u, f = layers.Embedding(9, 4)(user), layers.Embedding(9, 4)(film)
    score = layers.Flatten()(layers.Dot(axes=2)([u, f]))
    out = layers.Activation("sigmoid")(score)
    return graph([user, film], out, losses.BinaryCrossentropy()), unit(N, 1)  # ratings in [0, 1]


def siamese():
    tower = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="tanh")])
    a, b = keras.Input((6,)), keras.Input((6,))
    distance = layers.Lambda(
        lambda v: keras.ops.sqrt(keras.ops.sum((v[0] - v[1]) ** 2, -1, keepdims=True) + 1e-6),
        output_shape=(1,),
    )([tower(a), tower(b)])

    def contrastive(y, p):
        near, far = keras.ops.square(p), keras.ops.square(keras.ops.maximum(1 - p, 0))
        return keras.ops.mean((1 - y) * near + y * far)

    out = layers.Dense(1, activation="sigmoid")(layers.BatchNormalization()(distance))
    return graph([a, b], out, contrastive), yes_or_no(N, 1).astype("float32")


def metric_learning():
    tower = keras.Sequential([keras.Input((6,)), layers.Dense(4), layers.UnitNormalization()])
    a, b = keras.Input((6,)), keras.Input((6,))
    similar = layers.Dot(axes=1)([tower(a), tower(b)])
    out = layers.Rescaling(5.0)(similar)
    return graph([a, b], out, losses.BinaryCrossentropy(from_logits=True)), yes_or_no(N, 1)


def functional_guide():
    title = keras.Input((20,), name="title")
    x = layers.Dense(8, activation="relu")(title)
    out = [layers.Dense(1, name="priority")(x), layers.Dense(4, name="department")(x)]
    model = keras.Model(title, out)
    model.compile(
        "rmsprop",
        {"priority": losses.BinaryCrossentropy(from_logits=True),
         "department": losses.CategoricalCrossentropy(from_logits=True)},
        loss_weights={"priority": 1.0, "department": 0.2},
    )  # fmt: skip
    return model, {"priority": yes_or_no(N, 1), "department": one_hot(4)}


def training_guide():
    x = inputs = keras.Input((6,))
    outputs = {
        "score": layers.Dense(1, name="s")(x),
        "kind": layers.Dense(5, activation="softmax", name="k")(x),
    }
    model = keras.Model(inputs, outputs)
    model.compile("adam", {"kind": "categorical_crossentropy", "score": "mse"})
    return model, {"kind": one_hot(5), "score": real(N, 1)}


def one_loss_for_two_outputs():
    x = inputs = keras.Input((6,))
    return graph(inputs, [layers.Dense(1)(x), layers.Dense(2)(x)], "mae"), [real(N), real(N, 2)]


def age_and_sex():
    x = inputs = keras.Input((6,))
    age = layers.Dense(1, activation="relu", name="age")(x)
    sex = layers.Dense(1, activation="sigmoid", name="sex")(x)
    return graph(inputs, [age, sex], {"age": "mae", "sex": "binary_crossentropy"}), [
        90 * unit(N), yes_or_no(),
    ]  # fmt: skip


def bayesian_wine():
    def negative_loglikelihood(y, raw):
        return keras.ops.mean(keras.ops.square(y - raw[:, :1]) * keras.ops.exp(-raw[:, 1:]))

    return stack(keras.Input((5,)), layers.Dense(2), loss=negative_loglikelihood), real(N, 1)


class TwoLayers(keras.Model):
    def __init__(self, units=3, activation="softmax"):
        super().__init__()
        self.hidden = layers.Dense(8, activation="relu")
        self.end = layers.Dense(units, activation=activation)

    def call(self, x):
        return self.end(self.hidden(x))


def subclassed():
    model = TwoLayers()
    model(np.zeros((2, 4), "float32"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, classes(3)


class Autoencoder(keras.Model):
    """Trains by a step of its own: compile gets no loss."""

    def __init__(self):
        super().__init__()
        self.encoder = keras.Sequential([layers.Dense(4)])
        self.decoder = keras.Sequential([layers.Dense(9, activation="sigmoid")])

    def call(self, x):
        return self.decoder(self.encoder(x))


def variational_autoencoder():
    model = Autoencoder()
    model(np.zeros((2, 9), "float32"))
    model.compile("adam")
    return model, None


def subclassed_autoencoder():
    model = Autoencoder()
    model(np.zeros((2, 9), "float32"))
    model.compile("adam", losses.BinaryCrossentropy())
    return model, unit(N, 9)


class Endpoint(layers.Layer):
    """CTC in a layer that adds the loss itself, as in the captcha reader."""

    def call(self, p):
        self.add_loss(keras.ops.mean(p))
        return p


def captcha_reader():
    x = inputs = keras.Input((6, 4))
    out = Endpoint()(layers.Dense(12, activation="softmax")(x))
    model = keras.Model(inputs, out)
    model.compile("adam")
    return model, None


def speech_ctc():
    x = inputs = keras.Input((9, 4))
    out = layers.Dense(6)(layers.Bidirectional(layers.GRU(4, return_sequences=True))(x))
    return graph(inputs, out, losses.CTC()), classes(4, N, 3) + 1


def deep_q():
    return stack(keras.Input((4,)), layers.Dense(2), loss=losses.Huber()), 10 * real(N, 2)


def two_units_for_two_classes():
    return stack(
        keras.Input((4,)), layers.Dense(2, activation="softmax"), loss="categorical_crossentropy"
    ), one_hot(2)


def probability_of_one_class():
    x = inputs = keras.Input((4,))
    p = layers.Dense(2, activation="softmax")(x)
    return graph(inputs, p[:, 1:], "binary_crossentropy"), yes_or_no(N, 1)


def softmax_layer_apart():
    return stack(
        keras.Input((4,)), layers.Dense(3), layers.Softmax(), loss=losses.CategoricalCrossentropy()
    ), one_hot(3)


def own_softmax():
    def shares(z):
        e = keras.ops.exp(z - keras.ops.max(z, axis=-1, keepdims=True))
        return e / keras.ops.sum(e, axis=-1, keepdims=True)

    return stack(keras.Input((4,)), layers.Dense(3, activation=shares), loss="kld"), one_hot(3)


def log_softmax_as_logits():
    return stack(
        keras.Input((4,)), layers.Dense(3, activation="log_softmax"),
        loss=losses.CategoricalCrossentropy(from_logits=True),
    ), one_hot(3)  # fmt: skip


def partial_loss():
    loss = functools.partial(losses.binary_crossentropy, from_logits=True)
    return stack(keras.Input((4,)), layers.Dense(1), loss=loss), yes_or_no(N, 1)


def lambda_loss():
    return stack(
        keras.Input((4,)), layers.Dense(3),
        loss=lambda y, z: losses.categorical_crossentropy(y, z, from_logits=True),
    ), one_hot(3)  # fmt: skip


def soft_labels():
    return stack(
        keras.Input((4,)), layers.Dense(3, activation="softmax"), loss="categorical_crossentropy"
    ), 0.9 * one_hot(3) + 0.1 / 3


def svm():
    return stack(keras.Input((4,)), layers.Dense(1), loss="hinge"), np.sign(real(N, 1))


def svm_zero_one():
    return stack(keras.Input((4,)), layers.Dense(1), loss="squared_hinge"), yes_or_no()


def counts():
    return stack(keras.Input((4,)), layers.Dense(1, activation="softplus"), loss="poisson"), (
        classes(9).astype(float)
    )


def counts_exponential():
    return stack(
        keras.Input((4,)), layers.Dense(1), layers.Activation("exponential"), loss="poisson"
    ), classes(9)


def positive_amounts():
    return stack(keras.Input((4,)), layers.Dense(1, activation="softplus"), loss="msle"), unit(N)


def mixed_precision():
    return stack(
        keras.Input((4,)), layers.Dense(8, dtype="mixed_float16"),
        layers.Dense(3, activation="softmax", dtype="float32"),
        loss="sparse_categorical_crossentropy",
    ), classes(3)  # fmt: skip


def unbuilt_sequential():
    model = keras.Sequential([layers.Dense(4, "relu"), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, classes(3)


def focal():
    return stack(
        keras.Input((4,)), layers.Dense(1, activation="sigmoid"),
        loss=losses.BinaryFocalCrossentropy(gamma=2),
    ), yes_or_no(N, 1)  # fmt: skip


def channels_first():
    x = inputs = keras.Input((3, 4, 4))
    out = layers.Softmax(axis=1)(layers.Permute((3, 1, 2))(layers.Dense(5)(x)))
    y = np.moveaxis(one_hot(5, N, 3, 4), -1, 1)
    return graph(inputs, out, losses.CategoricalCrossentropy(axis=1)), y


def attention_weights():
    x = inputs = keras.Input((5, 3))
    y = unit(N, 5, 1)
    return graph(inputs, layers.Softmax(axis=1)(layers.Dense(1)(x)), "mse"), y / y.sum(axis=1)[
        :, None
    ]


def application_with_top():
    model = keras.applications.MobileNetV3Small(
        input_shape=(32, 32, 3), weights=None, classes=10, include_preprocessing=False
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, classes(10)


def application_without_top():
    base = keras.applications.MobileNetV3Small(
        input_shape=(32, 32, 3), weights=None, include_top=False, pooling="avg"
    )
    base.trainable = False
    out = layers.Dense(3)(layers.Dropout(0.2)(base.output))
    loss = losses.CategoricalCrossentropy(from_logits=True)
    return graph(base.input, out, loss), one_hot(3)


class OwnFunctional(keras.Model):
    """A graph in a class of its own, as for an own train_step."""


def graph_in_a_class():
    x = inputs = keras.Input((4,))
    model = OwnFunctional(inputs, layers.Dense(3, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, classes(3)


class TwoEnds(keras.Model):
    def __init__(self, activation):
        super().__init__()
        self.place, self.kind = layers.Dense(2), layers.Dense(4, activation=activation)

    def call(self, x):
        return {"place": self.place(x), "kind": self.kind(x)}


def two_ends(activation="softmax"):
    model = TwoEnds(activation)
    model(np.zeros((2, 5), "float32"))
    model.compile("adam", {"place": "mse", "kind": "sparse_categorical_crossentropy"})
    return model


def subclassed_with_two_outputs():
    return two_ends(), {"place": real(N, 2), "kind": classes(4)}


def temperature():
    x = inputs = keras.Input((4,))
    z = layers.Lambda(lambda v: v / 3.0)(layers.Dense(3)(x))
    return graph(inputs, layers.Softmax()(z), "categorical_crossentropy"), one_hot(3)


def head_with_scaled_outputs():
    x = inputs = keras.Input((4,))
    out = layers.Lambda(lambda v: 2.0 * v + 1.0)(layers.Dense(3)(x))
    return graph(inputs, out, HEADS["categorical"](3).loss), classes(3)


def article_iris():
    return models.iris_network("mean_squared_error"), real(N)


def article_iris_absolute():
    return models.iris_network("mean_absolute_error"), real(N, 1)


def article_birds_and_planes():
    return models.birds_and_planes_network(), yes_or_no(N, 1)


def article_squared_error():
    return models.birds_and_planes_network("sigmoid", "mean_squared_error"), yes_or_no(N, 1)


def article_ten_classes():
    return models.ten_classes_network(), classes(10)


def article_several_objects():
    model = models.image_network(10, "sigmoid", "binary_crossentropy", metrics=["binary_accuracy"])
    return model, yes_or_no(N, 10)


def shared_labels_softmax():
    y = np.maximum(yes_or_no(N, 10), np.eye(10)[:N])
    return models.image_network(10, "softmax", "categorical_crossentropy"), y / y.sum(1)[:, None]


def with_head(name):
    def build():
        head = HEADS[name]()
        raw = rng().normal(size=(N, head.units))
        values = {k: np.asarray(v, float) for k, v in head.parameters(raw).items()}
        model = models.iris_network(head.loss, units=head.units)
        return model, np.asarray(head.sample(values, rng()))

    return build


OWN = {
    name: found
    for name, found in list(globals().items())
    if callable(found)
    and getattr(found, "__module__", "") == __name__
    and name not in {"rng", "classes", "one_hot", "yes_or_no", "unit", "real", "stack", "graph",
                     "image", "tokens", "with_head", "TwoLayers", "Autoencoder", "Endpoint",
                     "OwnFunctional", "TwoEnds", "two_ends"}
}  # fmt: skip
RIGHT = OWN | {f"head {name}": with_head(name) for name in HEADS}

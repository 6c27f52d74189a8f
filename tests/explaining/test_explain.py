"""What a loss value means: the constant, the least, the skill and the known points."""

import json
import math
from html.parser import HTMLParser

import lossbook
import numpy as np
import pytest
from lossbook import heads, keras
from lossbook.explaining import known
from press.chapters import find_root
from scipy import optimize, special, stats
from sklearn import metrics

RNG = np.random.default_rng(0)
N = 400
BINARY = (RNG.random((N, 3)) < [0.1, 0.5, 0.8]).astype(float)
NUMBERS = RNG.choice(4, N, p=[0.4, 0.3, 0.2, 0.1])
ONE_HOT = np.eye(4)[NUMBERS]
SOFT = RNG.dirichlet([1, 2, 3], N)
REAL = RNG.gamma(2, 3, (N, 2)) - 1
POSITIVE = RNG.gamma(2, 3, (N, 1)) + 0.1
COUNTS = RNG.poisson(3, (N, 1)).astype(float)
VECTORS = RNG.normal([1, 0, 0], 1, (N, 3))


def names(explanation):
    return [point.name for point in explanation.sits_on]


def point(explanation, name):
    [found] = [p.value for p in explanation.points if p.name == name]
    return found


def torch_loss(name, **options):
    """What stands in for a loss of PyTorch where that is not installed."""
    kind = type(name, (), {"__module__": "torch.nn.modules.loss"})
    made = kind()
    vars(made).update({"reduction": "mean", "weight": None, **options})
    return made


CASES = [
    ("BinaryCrossentropy", {}, BINARY, 3, special.expit),
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, BINARY, 3, special.expit),
    ("BinaryFocalCrossentropy", {}, BINARY, 3, special.expit),
    (
        "BinaryFocalCrossentropy",
        {"gamma": 1.0, "apply_class_balancing": True, "alpha": 0.3},
        BINARY,
        3,
        special.expit,
    ),
    ("CategoricalCrossentropy", {}, ONE_HOT, 4, special.softmax),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1}, ONE_HOT, 4, special.softmax),
    ("CategoricalCrossentropy", {}, SOFT, 3, special.softmax),
    ("SparseCategoricalCrossentropy", {}, NUMBERS, 4, special.softmax),
    ("KLDivergence", {}, SOFT, 3, special.softmax),
    ("Hinge", {}, BINARY[:, :1], 1, None),
    ("SquaredHinge", {}, BINARY[:, :1] * 2 - 1, 1, None),
    ("CategoricalHinge", {}, ONE_HOT, 4, None),
    ("CategoricalHinge", {}, np.eye(3)[(RNG.random(N) < 0.3).astype(int)], 3, None),
    ("CategoricalFocalCrossentropy", {}, ONE_HOT, 4, special.softmax),
    (
        "CategoricalFocalCrossentropy",
        {"alpha": [0.1, 0.2, 0.3, 0.4], "gamma": 1.0},
        ONE_HOT,
        4,
        special.softmax,
    ),
    ("Dice", {}, BINARY[:, :1], 1, special.expit),
    ("Dice", {}, BINARY, 3, special.expit),
    ("Tversky", {}, BINARY[:, :1], 1, special.expit),
    ("Tversky", {"alpha": 0.7, "beta": 0.3}, BINARY, 3, special.expit),
    ("MeanSquaredError", {}, REAL, 2, None),
    ("MeanAbsoluteError", {}, REAL, 2, None),
    ("MeanAbsolutePercentageError", {}, POSITIVE, 1, None),
    ("MeanSquaredLogarithmicError", {}, POSITIVE, 1, np.exp),
    ("Huber", {"delta": 0.7}, REAL, 2, None),
    ("LogCosh", {}, REAL, 2, None),
    ("Poisson", {}, COUNTS, 1, np.exp),
    ("CosineSimilarity", {}, VECTORS, 3, None),
]


IDS = [f"{number} {name}" for number, (name, *_) in enumerate(CASES)]


@pytest.mark.parametrize(("name", "options", "y", "units", "activation"), CASES, ids=IDS)
def test_the_constant_is_what_a_search_over_constants_finds_under_keras(
    name, options, y, units, activation
):
    loss = getattr(keras.losses, name)(**options)

    def cost(raw):
        answer = raw if activation is None else activation(raw)
        return float(loss(y, np.tile(np.asarray(answer, "float32"), (len(y), 1))))

    starts = [np.zeros(units), np.eye(units)[0]]  # convex, but for Dice
    found = min(
        optimize.minimize(cost, s, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-9}).fun
        for s in starts
    )
    told = lossbook.explain(found, y, loss)
    assert told.constant == pytest.approx(found, rel=2e-3, abs=2e-5)
    assert told.constant <= found + 2e-5, "nothing found is below it"
    assert told.skill == pytest.approx(0, abs=5e-3)
    assert "the constant's loss" in names(told)
    by_name = lossbook.explain(found, y, name) if not options else told
    assert by_name.constant == told.constant


@pytest.mark.parametrize(
    ("name", "options", "y"),
    [(name, options, y) for name, options, y, _, _ in CASES],
    ids=IDS,
)
def test_the_least_value_is_that_of_a_perfect_prediction(name, options, y):
    loss = getattr(keras.losses, name)(**options)
    told = lossbook.explain(0.1, y, loss)
    smoothing = options.get("label_smoothing", 0)
    if name == "SparseCategoricalCrossentropy":
        perfect = ONE_HOT
    elif smoothing:
        share = 2 if name.startswith("Binary") else y.shape[-1]
        perfect = y * (1 - smoothing) + smoothing / share
    elif "Hinge" in name:
        perfect = 5 * (2 * (y > 0) - 1.0)
    else:
        perfect = y
    found = float(loss(y, perfect.astype("float32")))
    assert told.least == pytest.approx(found, abs=2e-5)


def test_skill_of_squared_error_is_r_squared():
    y, said = REAL[:, 0], REAL[:, 0] + RNG.normal(size=N)
    told = lossbook.explain(metrics.mean_squared_error(y, said), y, "mse")
    assert told.skill == pytest.approx(metrics.r2_score(y, said))
    absolute = lossbook.explain(metrics.mean_absolute_error(y, said), y, "mae")
    assert absolute.skill == pytest.approx(metrics.d2_absolute_error_score(y, said))


def test_base_rate_says_whether_a_half_is_good():
    rare, even = np.r_[np.ones(10), np.zeros(90)], np.r_[np.ones(50), np.zeros(50)]
    assert lossbook.explain(0.5, rare, "bce").constant == pytest.approx(
        stats.bernoulli(0.1).entropy()
    )
    assert lossbook.explain(0.5, rare, "bce").skill < 0
    assert "worse than the best constant" in lossbook.explain(0.5, rare, "bce").verdict
    assert lossbook.explain(0.5, even, "bce").skill == pytest.approx(1 - 0.5 / np.log(2))
    log_loss = metrics.log_loss(rare, np.full(100, 0.1))
    assert lossbook.explain(log_loss, rare, "log_loss").skill == pytest.approx(0)


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_log_k_is_recognised_as_printed(classes):
    y = np.arange(500) ** 2 % classes  # not balanced, for 3 and 10
    printed = round(float(np.log(classes)), 3)
    told = lossbook.explain(printed, y, "SparseCategoricalCrossentropy", classes=classes)
    assert f"log {classes}" in names(told)
    assert told.link.endswith("questions_symptoms.html#q-stuck")


def test_a_value_is_as_near_as_its_digits_say():
    assert "log 2" in names(lossbook.explain(0.69, BINARY, "bce"))
    assert "log 2" not in names(lossbook.explain(0.69001, BINARY, "bce")), (
        "0.45 % off, and not rounded"
    )
    assert "log 2" not in names(lossbook.explain(0.67, BINARY, "bce"))


def test_a_second_softmax_has_its_floor():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    floor = float(loss(NUMBERS, ONE_HOT))  # certain and right, taken for logits
    assert "a softmax twice" in names(lossbook.explain(floor, NUMBERS, loss))
    binary = keras.losses.BinaryCrossentropy(from_logits=True)
    floor = float(binary(BINARY, BINARY))
    assert names(lossbook.explain(floor, BINARY, binary))[0] == "a sigmoid twice"


@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_a_saturated_sigmoid_has_kerass_clipped_value(answer):
    y = BINARY[:, :1]
    value = float(keras.losses.BinaryCrossentropy()(y, np.full(y.shape, answer)))
    assert names(lossbook.explain(value, y, "binary_crossentropy")) == [
        f"always {answer:.0f}, clipped at 1e-7"
    ]


def test_clipped_logarithms_are_keras_s():
    loss = keras.losses.BinaryCrossentropy()
    ones, zeros = np.ones((1, 1)), np.zeros((1, 1))
    assert float(loss(ones, zeros)) == pytest.approx(known.ABOVE, rel=1e-6)
    assert float(loss(zeros, ones)) == pytest.approx(known.BELOW, rel=1e-5)
    assert (round(known.BELOW, 2), round(known.ABOVE, 2)) == (15.94, 16.12)
    for printed, limit in ((16.12, "1e-7"), (27.631, "1e-12"), (34.539, "1e-15")):
        assert f"-log {limit}" in names(lossbook.explain(printed, BINARY, "bce"))
    assert "100" in names(lossbook.explain(100, BINARY, "BCELoss"))


def test_a_margin_is_recognised():
    assert names(lossbook.explain(1.0, BINARY, "hinge")) == ["the margin"]
    told = lossbook.explain(1.0, None, "TripletMarginLoss")
    assert "the margin" in names(told)
    assert told.skill == 0


def test_log_n_of_a_batch_and_log_2_of_a_preference():
    batch = np.arange(64)
    assert "log 64" in names(lossbook.explain(4.159, batch, "info_nce"))
    assert "log 127" in names(lossbook.explain(4.844, batch, "NTXentLoss"))
    assert "log 2" in names(lossbook.explain(0.6931, None, "dpo"))


def test_conventions_are_named():
    bce = lossbook.explain(1, BINARY, "bce").constant
    assert "3 · the constant's loss" in names(lossbook.explain(3 * bce, BINARY, "bce"))
    assert "in bits" in names(lossbook.explain(bce / math.log(2), BINARY, "bce"))
    half = float(np.mean((REAL - REAL.mean(axis=0)) ** 2)) / 2
    assert names(lossbook.explain(half, REAL, "mse")) == ["half the variance"]
    rate, y = COUNTS.mean(), COUNTS
    whole = float(-stats.poisson.logpmf(y, rate).mean())
    assert "with log y!" in names(lossbook.explain(whole, y, "poisson"))
    dead = float(keras.losses.MeanSquaredError()(REAL, np.zeros_like(REAL)))
    assert "the mean of y²" in names(lossbook.explain(dead, REAL, "mse"))


def test_padding_is_counted_both_ways():
    y, mask = NUMBERS.reshape(40, 10).copy(), np.tile(np.arange(10) < 6, (40, 1))
    y[~mask] = 0
    loss = keras.losses.SparseCategoricalCrossentropy(reduction=None)
    q = np.bincount(y[mask], minlength=4) / mask.sum()
    each = np.asarray(loss(y, np.tile(q, (40, 10, 1))))
    told = lossbook.explain(float(each[mask].mean()), y, "SparseCategoricalCrossentropy", mask=mask)
    assert told.skill == pytest.approx(0, abs=1e-5)
    spread = float((each * mask).mean())  # masked, and divided by all steps
    assert point(told, "with padding in the mean") == pytest.approx(spread, rel=1e-5)
    frequencies = np.bincount(y.ravel(), minlength=4) / y.size
    as_labels = stats.entropy(frequencies)
    assert point(told, "with padding as labels") == pytest.approx(as_labels)


@pytest.mark.parametrize(
    ("head", "y", "scipy"),
    [
        (heads.Gaussian(scale=2.0), REAL[:, 0], lambda y: stats.norm(y.mean(), 2.0)),
        (heads.Laplace(), REAL[:, 0], lambda y: stats.laplace(np.median(y))),
        (heads.GaussianScale(), REAL[:, 0], lambda y: stats.norm(*stats.norm.fit(y))),
        (heads.Exponential(), POSITIVE[:, 0], lambda y: stats.expon(scale=y.mean())),
        (heads.Gamma(), POSITIVE[:, 0], lambda y: stats.gamma(*stats.gamma.fit(y, floc=0))),
        (heads.Poisson(), COUNTS[:, 0], lambda y: stats.poisson(y.mean())),
        (heads.Bernoulli(), BINARY[:, 0], lambda y: stats.bernoulli(y.mean())),
    ],
    ids=lambda case: repr(case)[:15],
)
def test_constants_of_heads_are_scipys_fits(head, y, scipy):
    fitted = scipy(y)
    log = fitted.logpmf if hasattr(fitted.dist, "pmf") else fitted.logpdf
    told = lossbook.explain(1.0, y, head.loss)
    assert told.constant == pytest.approx(-log(y).mean(), rel=1e-4)
    assert lossbook.explain(1.0, y, head).constant == told.constant


def test_least_values_of_heads():
    poisson = lossbook.explain(1.0, COUNTS, heads.Poisson())
    assert poisson.least == pytest.approx(-stats.poisson.logpmf(COUNTS, COUNTS).mean(), rel=1e-5)
    gaussian = lossbook.explain(1.0, REAL[:, 0], heads.Gaussian())
    assert gaussian.least == pytest.approx(0.5 * np.log(2 * np.pi))
    assert lossbook.explain(1.0, BINARY[:, 0], heads.Bernoulli()).least == pytest.approx(0)
    assert lossbook.explain(1.0, NUMBERS, heads.Categorical(4)).least == 0
    assert lossbook.explain(1.0, BINARY, heads.IndependentBernoullis(3)).least == pytest.approx(0)
    for head in (heads.GaussianScale(), heads.GaussianMixture(components=2), heads.StudentT()):
        told = lossbook.explain(-2.0, REAL[:, 0], head)
        assert told.least is None
        assert told.skill is None
        assert "better than the best constant" in told.verdict


@pytest.mark.parametrize("name", sorted(heads.HEADS))
def test_no_constant_of_a_head_is_beaten_by_random_raw_outputs(name):
    head = heads.HEADS[name]()
    raw = RNG.normal(size=(60, head.units))
    y = head.sample(
        {k: np.asarray(keras.ops.convert_to_numpy(v)) for k, v in head.parameters(raw).items()}, RNG
    )
    told = lossbook.explain(1.0, y, head)
    for _ in range(20):
        same = np.tile(RNG.normal(size=head.units), (60, 1))
        value = float(np.mean(keras.ops.convert_to_numpy(head.objective(y, same))))
        assert told.constant <= value + 1e-6
    if told.least is not None:
        assert told.least <= told.constant + 1e-9


def test_torchs_gaussian_leaves_out_its_constant():
    y = REAL[:, 0]
    whole = -stats.norm(*stats.norm.fit(y)).logpdf(y).mean()
    told = lossbook.explain(whole - 0.5 * np.log(2 * np.pi), y, "GaussianNLLLoss")
    assert told.gain == pytest.approx(0, abs=1e-9)
    assert point(told, "with ½ log 2π") == pytest.approx(whole)


def test_labels_that_spoil_a_loss_are_named():
    y = np.array([0.0, 1.0, np.nan, 1.0])
    told = lossbook.explain(float("nan"), y, "bce")
    assert "1 of 4 labels are NaN or infinite, the first at 2" in told.remarks[0]
    assert told.link.endswith("#q-nan")
    assert json.loads(told.json())["value"] == "nan"
    outside = lossbook.explain(-3.0, np.array([0.0, 255.0, 128.0]), "bce")
    assert outside.least is None
    assert "2 of 3 labels lie outside 0 to 1" in outside.remarks[0]
    assert "labels that the loss does not take" in outside.verdict
    many = lossbook.explain(1.0, np.array([[1.0, 1, 0], [0, 1, 0]]), "categorical_crossentropy")
    assert "1 of 2 labels do not sum to 1" in many.remarks[0]


def test_crossentropy_of_torch_takes_either_kind_of_label():
    by_number = lossbook.explain(1.0, NUMBERS, "torch.nn.CrossEntropyLoss")
    by_row = lossbook.explain(1.0, ONE_HOT, "nn.CrossEntropyLoss")
    assert by_number.constant == pytest.approx(by_row.constant)


def test_a_value_below_the_least_is_said_to_be_impossible():
    assert "below the least possible" in lossbook.explain(-0.5, BINARY, "bce").verdict


@pytest.mark.parametrize(
    ("value", "y", "loss", "options", "words"),
    [
        ("low", BINARY, "bce", {}, "must be one number"),
        (0.5, [], "bce", {}, "y is empty"),
        (0.5, ["a"], "bce", {}, "must be numbers"),
        (0.5, BINARY, "binary_crossentropi", {}, "did you mean 'binary_crossentropy'"),
        (0.5, BINARY, lambda y, p: p, {}, "no loss that is known here"),
        (0.5, None, "mse", {}, "needs the labels"),
        (0.5, BINARY[:, 0], "categorical_crossentropy", {}, "one-hot labels"),
        (0.5, [0.5, 1], "sparse_categorical_crossentropy", {}, "must be whole"),
        (0.5, [0, 5], "sparse_categorical_crossentropy", {"classes": 3}, "go up to 5"),
        (0.5, [-1.0, 2], "poisson", {}, "at least 0"),
        (0.5, [-2.0, 2], "msle", {}, "above -1"),
        (0.5, [1.0, 3], "hinge", {}, "labels -1 and 1"),
        (0.5, [-1.0, 2], heads.Poisson(), {}, "Poisson: y must be"),
        (0.5, BINARY, "bce", {"mask": np.ones(3)}, "the mask has shape"),
        (0.5, [np.nan], "mse", {}, "no label is a finite number"),
        (0.5, [1], "info_nce", {}, "labels of one batch"),
        (0.5, [1.0, 2], "pinball", {}, "needs its level"),
        (0.5, [1.0, 2], "pinball", {"level": 90}, "between 0 and 1"),
        (0.5, [1.0, 2], heads.Poisson(), {"level": 0.9}, "a head has no level"),
        (0.5, [[1, 2]], "CTCLoss", {}, "the number of time steps"),
        (0.5, [[1, 2]], keras.losses.CTC(), {}, "the number of time steps"),
        (0.5, ONE_HOT, keras.losses.CategoricalGeneralizedCrossEntropy(), {}, "is not known"),
        (0.5, [1.0, 2], "mse", {"class_weight": {0: 1}}, "what class_weight makes"),
        (0.5, BINARY, torch_loss("BCELoss", weight=1), {}, "what weight makes"),
        (0.5, NUMBERS, "ce", {"class_weight": {4: 2}}, "the classes are 0 to 3"),
        (0.5, NUMBERS, "ce", {"class_weight": [1, 2]}, "2 weights are given for 4"),
        (0.5, ONE_HOT, "ce", {"class_weight": {0: 2}}, "not for one-hot"),
        (0.5, np.zeros((3, 1)), "tversky", {}, "not all 0"),
        (0.5, BINARY, keras.losses.Tversky(axis=1), {}, "with an axis"),
    ],
)
def test_bad_input_is_answered_by_one_sentence(value, y, loss, options, words):
    with pytest.raises(ValueError, match=words) as raised:
        lossbook.explain(value, y, loss, **options)
    assert "\n" not in str(raised.value)


def test_every_point_leads_to_a_section_of_the_page_on_symptoms():
    page = (find_root() / "chapters" / "questions_symptoms.md").read_text(encoding="utf-8")
    told = [lossbook.explain(1.0, y, name) for name, options, y, _, _ in CASES if not options]
    told += [lossbook.explain(1.0, None, "dpo"), lossbook.explain(1.0, NUMBERS, "info_nce")]
    told += [lossbook.explain(value, BINARY, "bce") for value in (np.nan, np.inf, 0.4)]
    sections = {point.section for one in told for point in one.points}
    sections |= {one.link.split("#")[1] for one in told}
    assert {"q-stuck", "q-clipped", "q-floor", "q-flat", "q-margin", "q-good", "q-inf"} <= sections
    for section in sections:
        assert f"({section})=" in page, f"no section {section}"


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_pinballs_constant_is_what_scipy_and_scikit_learn_find(level):
    y = REAL[:, 0]

    def cost(c):
        return metrics.mean_pinball_loss(y, np.full(N, c), alpha=level)

    found = optimize.minimize_scalar(
        cost, bounds=(y.min(), y.max()), method="bounded", options={"xatol": 1e-9}
    ).fun
    told = lossbook.explain(found, y, "pinball", level=level)
    assert told.constant == pytest.approx(found, abs=1e-6)
    assert told.least == metrics.mean_pinball_loss(y, y, alpha=level)
    assert point(told, "the median") == pytest.approx(cost(np.median(y)))


def test_pos_weight_has_tensorflows_weighted_constant():
    import tensorflow as tf

    weights = np.array([9.0, 1.0, 0.5])

    def cost(raw):
        z = np.tile(raw, (N, 1))
        return float(np.mean(tf.nn.weighted_cross_entropy_with_logits(BINARY, z, weights)))

    found = optimize.minimize(cost, np.zeros(3), method="Nelder-Mead", options={"fatol": 1e-12})
    told = lossbook.explain(found.fun, BINARY, torch_loss("BCEWithLogitsLoss", pos_weight=weights))
    assert told.constant == pytest.approx(found.fun, abs=1e-8)
    assert told.least == 0
    assert "reweighted data" in told.remarks[0]
    soft = RNG.random((N, 3))
    sure = special.logit(weights * soft / (weights * soft + 1 - soft))
    least = np.mean(tf.nn.weighted_cross_entropy_with_logits(soft, sure, weights))
    told = lossbook.explain(1.0, soft, torch_loss("BCEWithLogitsLoss", pos_weight=weights))
    assert told.least == pytest.approx(float(least), rel=1e-6)


@pytest.mark.parametrize("shared", [False, True], ids=["Keras", "PyTorch"])
def test_class_weights_have_the_constant_that_a_search_finds(shared):
    weights = {0: 1.0, 1: 5.0, 2: 2.0, 3: 0.5}
    reduction = "mean_with_sample_weight" if shared else "sum_over_batch_size"
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=reduction)
    each = np.array([weights[k] for k in NUMBERS], "float32")

    def cost(raw):
        return float(loss(NUMBERS, np.tile(raw.astype("float32"), (N, 1)), sample_weight=each))

    found = optimize.minimize(cost, np.zeros(4), method="Nelder-Mead", options={"xatol": 1e-5}).fun
    if shared:
        given = torch_loss("CrossEntropyLoss", weight=np.array(list(weights.values())))
        told = lossbook.explain(found, NUMBERS, given)
    else:
        told = lossbook.explain(found, NUMBERS, loss, class_weight=weights)
    assert told.constant == pytest.approx(found, rel=1e-4)
    assert told.least == 0


def test_class_weights_of_two_classes_have_the_constant_that_a_search_finds():
    y = BINARY[:, :1]
    loss = keras.losses.BinaryCrossentropy()
    each = np.where(y[:, 0] == 1, 7.0, 2.0).astype("float32")

    def cost(p):
        return float(loss(y, np.full((N, 1), p, "float32"), sample_weight=each))

    found = optimize.minimize_scalar(cost, bounds=(1e-3, 0.999), method="bounded").fun
    told = lossbook.explain(found, y, "bce", class_weight={0: 2.0, 1: 7.0})
    assert told.constant == pytest.approx(found, rel=1e-4)


def test_a_sum_is_refused():
    with pytest.raises(ValueError, match="there is no mean loss"):
        lossbook.explain(9.0, BINARY, keras.losses.BinaryCrossentropy(reduction="sum"))


class Balanced(HTMLParser):
    """Notes the elements that are open."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_report_is_text_json_and_html():
    told = lossbook.explain(0.6931, BINARY, "bce")
    assert all(len(line) <= 72 for line in repr(told).splitlines()[:-1])
    plain = json.loads(told.json())
    assert plain["skill"] == pytest.approx(told.skill)
    assert [one["name"] for one in plain["sits_on"]] == names(told)
    page = Balanced()
    page.feed(told._repr_html_())
    assert not page.open
    assert page.seen.count("dt") == page.seen.count("dd") >= 4

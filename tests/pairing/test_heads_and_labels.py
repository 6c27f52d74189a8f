"""What the checker says of heads: labels on the border of the support, metrics of raw outputs."""

import numpy as np
import pytest
from lossbook import check_pairing, heads, keras

RNG = np.random.default_rng(0)
X = keras.Input((4,))


def ending(head, **options):
    model = keras.Model(X, keras.layers.Dense(head.units)(X))
    model.compile("adam", head.loss, **options)
    return model


def shares(n, size):
    return RNG.dirichlet(np.full(size, 3.0), n)


def with_a_zero(n, size):
    """One share of one row is exactly 0, and the others still sum to 1."""
    y = shares(n, size)
    y[n // 2, 0] = 0
    y[n // 2] /= y[n // 2].sum()
    return y


@pytest.mark.parametrize("size", [2, 3, 7])
@pytest.mark.parametrize("n", [40, 20_000])
def test_one_share_of_exactly_zero_is_told_of_a_dirichlet(n, size):
    """Its density is infinite or 0 there, and the loss with it."""
    head = heads.Dirichlet(size)
    [finding] = check_pairing(ending(head), with_a_zero(n, size)).findings
    assert (finding.code, finding.severity) == ("outside-support", "error")
    assert finding.what == "labels outside the support of Dirichlet"
    assert "0" in finding.why
    assert "shares above zero, summing to one" in finding.why
    assert check_pairing(ending(head), shares(n, size)).ok


OPEN = {
    "beta": (0.0, 1.0), "kumaraswamy": (0.0, 1.0), "gamma": (0.0,), "log_normal": (0.0,),
    "inverse_gaussian": (0.0,),
}  # fmt: skip
"""Head → what bounds its outcomes and is none of them."""


@pytest.mark.parametrize(("name", "border"), [(n, b) for n, bs in OPEN.items() for b in bs])
def test_one_label_on_the_border_of_an_open_support_is_told(name, border):
    head, y = heads.HEADS[name](), RNG.uniform(0.1, 0.9, 60)
    assert check_pairing(ending(head), y).ok
    y[31] = border
    assert check_pairing(ending(head), y).codes == ("outside-support",)


def test_a_time_of_zero_is_told_of_a_weibull():
    y = np.stack([RNG.uniform(0.1, 4, 40), np.tile([0.0, 1.0], 20)], axis=1)
    assert check_pairing(ending(heads.Weibull()), y).ok
    y[7, 0] = 0
    assert check_pairing(ending(heads.Weibull()), y).codes == ("outside-support",)


YES = np.tile([0.0, 1.0], 20)
OF_BERNOULLI = {
    "accuracy": lambda: "accuracy",
    "binary_accuracy": lambda: "binary_accuracy",
    "BinaryAccuracy": lambda: keras.metrics.BinaryAccuracy(),
    "Precision": lambda: keras.metrics.Precision(),
    "Recall": lambda: keras.metrics.Recall(),
}


@pytest.mark.parametrize("metric", OF_BERNOULLI.values(), ids=OF_BERNOULLI.keys())
def test_a_threshold_of_one_half_on_a_bernoullis_raw_outputs_is_told(metric):
    """On the log odds it stands for a probability of 0.62, and Keras says nothing."""
    model = ending(heads.Bernoulli(), metrics=[metric()])
    [finding] = check_pairing(model, YES).findings
    assert finding.code == "metric-threshold"
    assert finding.severity == "warning"
    assert finding.change
    raw = np.array([[0.2], [-0.2]], "float32")  # both right
    outputs = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    outputs.compile(loss=heads.Bernoulli().loss, metrics=[metric()])
    found = outputs.evaluate(raw, np.array([1.0, 0.0]), verbose=0, return_dict=True)
    assert min(value for name, value in found.items() if name != "loss") < 1


def test_a_threshold_at_log_odds_of_zero_is_right_for_a_bernoulli():
    model = ending(heads.Bernoulli(), metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    assert check_pairing(model, YES).ok


@pytest.mark.parametrize("cut", [0.0, 0.5])
def test_the_threshold_that_is_told_is_where_the_heads_link_gives_one_half(cut):
    """Under the complementary log-log, 1 - exp(-exp(z)) is one half at log(log 2) = -0.37."""
    head = heads.Binomial(links={"probability": "cloglog"})
    metric = keras.metrics.BinaryAccuracy(threshold=cut)
    [finding] = check_pairing(ending(head, metrics=[metric]), YES).findings
    assert finding.code == "metric-threshold"
    assert "BinaryAccuracy(threshold=-0.37)" in str(finding)
    assert f"{1 - np.exp(-np.exp(cut)):.2f}" in finding.why
    right = ending(head, metrics=[keras.metrics.BinaryAccuracy(threshold=-0.37)])
    assert check_pairing(right, YES).ok


@pytest.mark.parametrize("metric", OF_BERNOULLI.values(), ids=OF_BERNOULLI.keys())
@pytest.mark.parametrize("head", [heads.Poisson(), heads.Exponential()], ids=lambda head: head.name)
def test_a_metric_of_classes_is_no_metric_of_a_head_without_classes(head, metric):
    counts = np.tile([1.0, 2.0], 20)
    findings = check_pairing(ending(head, metrics=[metric()]), counts).findings
    assert findings
    assert "threshold=" not in " ".join(map(str, findings))
    assert check_pairing(ending(head, metrics=[metric()]), YES[YES > 0]).findings


def several(metric):
    """The checker's findings on labels of which several may be true."""
    y = np.random.default_rng(3).integers(0, 2, (40, 3))
    return check_pairing(ending(heads.IndependentBernoullis(3), metrics=[metric]), y).findings


OF_SEVERAL = {
    "BinaryAccuracy": lambda: keras.metrics.BinaryAccuracy(),
    "binary_accuracy": lambda: "binary_accuracy",
    "Precision": lambda: keras.metrics.Precision(),
    "AUC": lambda: keras.metrics.AUC(multi_label=True),
}


@pytest.mark.parametrize("metric", OF_SEVERAL.values(), ids=OF_SEVERAL.keys())
def test_a_threshold_of_one_half_is_told_of_several_labels_too(metric):
    [finding] = several(metric())
    assert finding.code == "metric-threshold"
    assert finding.change


def test_the_word_accuracy_is_told_of_several_labels_since_keras_takes_the_largest_output():
    [finding] = several("accuracy")
    assert (finding.code, finding.severity) == ("metric-coding", "warning")
    assert "several labels may be true" in finding.what
    assert "BinaryAccuracy(threshold=0.0)" in str(finding)


@pytest.mark.parametrize(
    "metric",
    [
        lambda: keras.metrics.BinaryAccuracy(threshold=0.0),
        lambda: keras.metrics.Precision(thresholds=0.0),
        lambda: keras.metrics.AUC(from_logits=True, multi_label=True),
    ],
    ids=["BinaryAccuracy", "Precision", "AUC"],
)
def test_metrics_that_know_of_raw_outputs_are_right_for_several_labels(metric):
    assert several(metric()) == ()

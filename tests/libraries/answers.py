"""What the code of each question must give, by NumPy, SciPy and statsmodels."""

from typing import Any

import numpy as np
import samples as s
from answering import Answer, related
from answers_nearest import FRAMES, PATHS, given, hard_cases, spelt, targets_met
from answers_others import OTHERS
from library_models import classifier, dropping, ensemble, linear
from scipy import special, stats


def _logit(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["logit"], special.logit(names["p"]), rtol=1e-3, atol=1e-5)
    related(names["p"], special.expit(s.SCORE))


def _several_classes(names: dict[str, Any]) -> None:
    assert names["loss"] < 0.95 * np.log(3)


def _probabilities(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["p"].sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(names["classes"], names["p"].argmax(axis=1))
    related(names["p"][:, 0], s.PROBABILITIES[:, 0])


def _missing(names: dict[str, Any]) -> None:
    model = names.get("fit", names.get("trees"))
    related(model.predict(s.X), s.SCORE, 0.8)


def _votes(names: dict[str, Any]) -> None:
    related(names["fit"].predict_proba(s.X)[:, 0], s.PROBABILITIES[:, 0])


def _weighed(names: dict[str, Any]) -> None:
    model = names["model"]
    if "same" in names:
        found, same = model.predict_proba(s.X), names["same"].predict_proba(s.X)
        np.testing.assert_allclose(found, same, atol=1e-5)
    plain = type(model)().fit(s.X, s.LABEL)
    assert model.predict_proba(s.X)[:, 1].mean() > plain.predict_proba(s.X)[:, 1].mean()


def _own_objective(names: dict[str, Any]) -> None:
    import lightgbm  # the questions' Keras code is compared without these libraries
    import xgboost

    if isinstance(names["trees"], lightgbm.Booster):
        own = {"objective": "regression", "boost_from_average": False}
        trees, given = lightgbm.train(own, lightgbm.Dataset(s.X, s.SCORE)), s.X
    else:
        given = xgboost.DMatrix(s.X, s.SCORE)
        trees = xgboost.train({"objective": "reg:squarederror", "base_score": 0.5}, given, 100)
    np.testing.assert_allclose(names["trees"].predict(given), trees.predict(given), atol=1e-3)
    related(trees.predict(given), s.SCORE, 0.9)


def _without_weight(names: dict[str, Any]) -> None:
    assert abs(np.mean(names["probability"]) - s.LABEL.mean()) < 0.08
    related(names["probability"], s.SCORE)


def _balanced(names: dict[str, Any]) -> None:
    model = names["model"]
    same = type(model)().fit(s.X, s.CLASS, sample_weight=s.BALANCED[s.CLASS])
    np.testing.assert_allclose(model.predict_proba(s.X), same.predict_proba(s.X), atol=1e-4)


def _base_rate(names: dict[str, Any]) -> None:
    import xgboost

    trees = names["trees"]
    given = xgboost.DMatrix(s.X) if isinstance(trees, xgboost.Booster) else s.X
    assert abs(trees.predict(given).mean() - s.LABEL.mean()) < 0.02


def _thousand(names: dict[str, Any]) -> None:
    assert names["prediction"].min() >= 0
    assert names["prediction"].max() <= 1000
    related(names["prediction"], special.expit(s.SCORE), 0.8)


def _median(names: dict[str, Any]) -> None:
    related(names.get("median", names.get("amount")), np.exp(0.5 * s.SCORE), 0.9)
    if "mean" in names:
        assert abs(np.mean(names["mean"]) / s.AMOUNT.mean() - 1) < 0.05


def _rate(names: dict[str, Any]) -> None:
    related(names["rate"], np.exp(0.5 * s.SCORE), 0.4)
    if "trees" not in names:  # the same model, fitted in another way
        own = np.exp(np.column_stack([np.ones(s.N), s.X]) @ s.POISSON.params)
        np.testing.assert_allclose(names["rate"], own, rtol=1e-3)


def _hazard(names: dict[str, Any]) -> None:
    if "loss" in names:
        np.testing.assert_allclose(names["loss"], s.cox(s.X @ s.COX.params), rtol=1e-8)
    else:
        related(names["hazard"], s.SCORE)


def _interval_hazard(names: dict[str, Any]) -> None:
    case, _ = np.nonzero(s.WATCHED)
    related(names["hazard"], s.SCORE[case])


def _stopped(names: dict[str, Any]) -> None:
    assert 0 < names["rounds"] < 400


def _entropy(names: dict[str, Any]) -> None:
    q = s.LABEL.mean()
    np.testing.assert_allclose(names["first"], special.entr(q) + special.entr(1 - q), atol=1e-4)


def _calibrated(names: dict[str, Any]) -> None:
    scores = names["model"].decision_function(s.X)
    log_p = np.log(names["p"])
    temperatures = (scores[:, 1] - scores[:, 0]) / (log_p[:, 1] - log_p[:, 0])
    best = s.temperature(scores)
    np.testing.assert_allclose(temperatures, best, rtol=0.01)
    assert best > 1.2


def _by_heart(names: dict[str, Any]) -> None:
    assert names["loss"] < 1e-3 * s.SCORE[:10].var()


def _shifted(names: dict[str, Any]) -> None:
    before = names["fit"].predict_proba(s.X)[:, 1]
    odds = special.logit(names["probability"]) - special.logit(before)
    np.testing.assert_allclose(odds, special.logit(0.1) - special.logit(0.4), rtol=1e-3)


def _area(names: dict[str, Any]) -> None:
    given = s.X
    if type(names["trees"]).__module__.startswith("xgboost"):
        given = names["data"]
    np.testing.assert_allclose(names["area"], s.area(names["trees"].predict(given)), atol=1e-6)


def _order(names: dict[str, Any]) -> None:
    p = names["fit"].predict_proba(s.X)[:, 1]
    np.testing.assert_allclose(names["order"], s.area(p))
    np.testing.assert_allclose(names["spread"], np.quantile(p, [0, 0.1, 0.5, 0.9, 1]))


def _slopes(names: dict[str, Any]) -> None:
    """The largest gradients of a linear model that says 0, by hand."""
    largest = names["largest"]
    found = list(largest.values() if isinstance(largest, dict) else largest)
    error = -2 * s.SCORE / s.N
    np.testing.assert_allclose(found, [np.abs(s.X.T @ error).max(), abs(error.sum())], rtol=1e-5)


def _clipped(names: dict[str, Any]) -> None:
    assert names["finite"]
    if "norm" in names:  # PyTorch clips the gradients that it has
        left = [np.asarray(one.grad) for one in names["model"].parameters()]
        size = np.sqrt(sum(np.sum(one**2) for one in left))
        np.testing.assert_allclose(size, min(1.0, names["norm"]), rtol=1e-4)
        return
    steep = [1e6 * np.ones((3, 1)), np.zeros(1)]
    _, state = names["optimizer"].update(steep, names["optimizer"].init(steep))
    first = state[1][0].mu  # Adam saw a tenth of the clipped gradient
    np.testing.assert_allclose(np.sqrt(sum(np.sum(one**2) for one in first)), 0.1, rtol=1e-4)


def _voted(names: dict[str, Any]) -> None:
    each = [one.predict_proba(s.X) for one in names["ensemble"].estimators_]
    np.testing.assert_allclose(names["probability"], np.mean(each, axis=0))


MODELS = ("model", "encoder", "decoder", "generator", "discriminator")
"""Of these names the array given is what they put out, whatever goes in; None: what goes in."""
ANSWERS = {
    "q-logit": Answer(
        {"p": s.PROBABILITIES[:, 0], "x": s.X, "y": s.LABEL},
        {"logit": special.logit(s.PROBABILITIES[:, 0]), "p": s.PROBABILITIES[:, 0]},
        _logit,
    ),
    "q-sparse": Answer(
        {"raw": s.RAW, "y": s.CLASS, "rows": s.ROWS, "x": s.X},
        dict.fromkeys(("loss", "same"), s.cross_entropy(s.RAW, s.CLASS).mean()),
        _several_classes,
    ),
    "q-nllloss": Answer(
        {"raw": s.RAW, "y": s.CLASS},
        dict.fromkeys(("loss", "same"), s.cross_entropy(s.RAW, s.CLASS).mean()),
    ),
    "q-probabilities": Answer(
        {"model": s.RAW, "x": s.X, "y": s.CLASS},
        {"p": special.softmax(s.RAW, axis=1), "classes": s.RAW.argmax(axis=1)},
        _probabilities,
    ),
    "q-missing": Answer(
        {"x": s.X, "y": s.GAPS, "prediction": s.RAW[:, 0]},
        {"loss": np.nanmean((s.RAW[:, 0] - s.GAPS) ** 2)},
        _missing,
    ),
    "q-multi-task": Answer({"mse": np.array([4.0, 9.0])}, {"loss": 6.5}),
    "q-padding": Answer(
        {"logits": s.TEXT, "y": s.WORDS},
        {"loss": s.cross_entropy(s.TEXT, s.WORDS)[s.WORDS > 0].mean()},
    ),
    "q-soft-labels": Answer(
        {"votes": s.VOTES, "raw": s.RAW, "x": s.X},
        {"loss": -(s.VOTES * s.LOG_P).sum(axis=1).mean()},
        _votes,
    ),
    "q-smoothing": Answer(
        {"raw": s.RAW, "y": s.CLASS, "classes": 3},
        {"loss": -((0.9 * s.ROWS + 0.1 / 3) * s.LOG_P).sum(axis=1).mean()},
    ),
    "q-sample-weight": Answer(
        {"raw": s.RAW[:, 0], "y": s.LABEL.astype(float), "x": s.X},
        {"loss": np.mean((1 + 4 * s.LABEL) * s.binary(s.RAW[:, 0], s.LABEL))},
        _weighed,
    ),
    "q-noisy-labels": Answer(
        {"raw": s.RAW, "eps": 0.2, "classes": 3, "one_hot": s.ROWS},
        {"loss": -np.log(0.8 * np.exp(-s.cross_entropy(s.RAW, s.CLASS)) + 0.2 / 3)},
    ),
    "q-custom-loss": Answer({"x": s.X, "y": s.SCORE}, fitted=_own_objective),
    "q-answer-only": Answer(
        {"logits": s.TEXT, "tokens": s.WORDS, "is_answer": s.WORDS > 1},
        {"loss": s.cross_entropy(s.TEXT, s.WORDS)[s.WORDS > 1].mean()},
    ),
    "q-distill": Answer(
        {"teacher": s.TEACHER, "student": s.STUDENT, "T": 3.0, "alpha": 0.4, "y": s.CLASS},
        {
            "soft": 9 * special.rel_entr(s.SOFT, s.HARD).sum(axis=1).mean(),
            "loss": 3.6 * special.rel_entr(s.SOFT, s.HARD).sum(axis=1).mean()
            + 0.6 * s.cross_entropy(s.STUDENT, s.CLASS).mean(),
        },
    ),
    "q-pos-weight": Answer(
        {"raw": s.RAW, "y": s.TAGS, "pos_weight": s.POS_WEIGHT, "x": s.X, "label": s.LABEL},
        {
            "loss": np.mean((1 + (s.POS_WEIGHT - 1) * s.TAGS) * s.binary(s.RAW, s.TAGS)),
            "probability": special.expit(s.RAW - np.log(s.POS_WEIGHT)),
        },
        _without_weight,
    ),
    "q-focal": Answer(
        {"raw": s.RAW[:, 0], "y": s.LABEL.astype(float)}, {"loss": s.focal()},
        hard_cases, given(x=s.X, y=s.LABEL),
    ),
    "q-class-weight": Answer(
        {"raw": s.RAW, "y": s.CLASS, "x": s.X},
        {
            "weights": s.BALANCED,
            # The weights of all samples sum to their number, so both divisors are the same here.
            "loss": np.mean(s.BALANCED[s.CLASS] * s.cross_entropy(s.RAW, s.CLASS)),
        },
        _balanced,
    ),
    "q-dice": Answer(
        {"raw": s.PICTURES, "y": s.MASKS},
        {
            "dice": s.dice(),
            "loss": s.binary(s.PICTURES, s.MASKS).mean() + s.dice().mean(),
        },
    ),
    "q-anomaly": Answer(
        {"rate": 0.02, "x": s.X, "y": s.LABEL}, {"bias": special.logit([0.02])}, _base_rate
    ),
    "q-bounded": Answer(
        {"raw": s.RAW[:, 0], "x": s.X, "y": 1000 * s.FRACTIONS},
        {
            "loss": s.binary(s.RAW[:, 0], s.FRACTIONS).mean(),
            "prediction": 1000 * special.expit(s.RAW[:, 0]),
        },
        _thousand,
    ),
    "q-autoencoder": Answer(
        {"x": s.SHARES, "encoder": None, "decoder": s.RAW},
        {"loss": s.binary(s.RAW, s.SHARES).mean(), "pictures": special.expit(s.RAW)},
    ),
    "q-log-target": Answer(
        {"x": s.X, "y": s.AMOUNT, "prediction": s.RAW[:, 0], "residual_variance": 0.09},
        {
            "loss": np.mean((s.RAW[:, 0] - np.log(s.AMOUNT)) ** 2),
            "median": np.exp(s.RAW[:, 0]),
            "mean": np.exp(s.RAW[:, 0] + 0.045),
        },
        _median,
    ),
    "q-rmsle": Answer(
        {"x": s.X, "y": s.AMOUNT, "prediction": s.RAW[:, 0]},
        {
            "loss": np.mean((s.RAW[:, 0] - np.log1p(s.AMOUNT)) ** 2),
            "amount": np.expm1(s.RAW[:, 0]),
        },
        _median,
    ),
    "q-mape": Answer(
        {"x": s.X, "y": s.AMOUNT, "prediction": s.RAW[:, 0]},
        {"loss": np.mean((s.RAW[:, 0] - np.log(s.AMOUNT)) ** 2), "median": np.exp(s.RAW[:, 0])},
        _median,
    ),
    "q-exposure": Answer(
        {"raw": s.RAW[:, 0], "exposure": s.TIME, "y": s.COUNT, "x": s.X},
        {"loss": np.mean(s.TIME * np.exp(s.RAW[:, 0]) - s.COUNT * (s.RAW[:, 0] + np.log(s.TIME)))},
        _rate,
    ),
    "q-heatmap": Answer(
        {"raw": s.PLACES, "heat": s.HEAT},
        {"loss": -(s.HEAT * special.log_softmax(s.PLACES, (2, 3))).sum((2, 3)).mean()},
    ),
    "q-boxes": Answer(
        {"raw": s.BOXES[0], "centre": s.BOXES[1], "size": s.BOXES[2]},
        {"loss": s.huber(s.BOXES[0] - s.BOX_TARGETS).mean()},
    ),
    "q-vae": Answer(
        {"raw": s.PICTURES, "x": s.MASKS, "mean": s.MEAN, "variance": s.VARIANCE},
        {
            "kl": s.divergence(),
            "loss": s.binary(s.PICTURES, s.MASKS).sum((1, 2)).mean() + s.divergence().mean(),
        },
    ),
    "q-ranking": Answer(
        {
            "score_a": s.RAW[:, 0], "score_b": s.RAW[:, 1], "scores": s.RAW, "best": s.CLASS,
            "first_is_better": s.LABEL.astype(float),
            "x": s.X, "grades": s.GRADES, "sizes": [s.N // 4] * 4,
        },
        {
            "pairs": s.binary(s.RAW[:, 0] - s.RAW[:, 1], s.LABEL).mean(),
            "lists": s.cross_entropy(s.RAW, s.CLASS).mean(),
        },
        lambda names: related(names["order"], s.SCORE, 0.8),
    ),
    "q-audio": Answer(
        {"power": s.POWER, "said": s.SAID, "eps": 0.0},
        {
            "laplace": np.abs(np.log(s.POWER / s.SAID)).mean(),
            "itakura_saito": np.mean(s.POWER / s.SAID - np.log(s.POWER / s.SAID) - 1),
        },
    ),
    "q-cox": Answer(
        {"times": s.BIRTHS, "event": s.ENDED, "score": s.SCORE, "x": s.X},
        {"loss": s.cox(s.SCORE)},
        _hazard,
    ),
    "q-discrete-time": Answer(
        {"event": s.HAPPENED, "raw": s.INTERVALS, "observed": s.WATCHED, "x": s.X},
        {
            "loss": (s.WATCHED * s.binary(s.INTERVALS, s.HAPPENED)).mean(),
            "survival": np.cumprod(special.expit(-s.INTERVALS), axis=1),
        },
        _interval_hazard,
    ),
    "q-ctc": Answer(
        {"raw": s.SPEECH, "labels": s.LABELS}, {"each": s.alignments()},
        spelt, given(x=FRAMES, aligned=PATHS),
    ),
    "q-gan": Answer(
        {
            "x": s.X, "z": s.X, "generator": None, "discriminator": s.RAW[:, :1],
            "ones": np.ones((s.N, 1)), "zeros": np.zeros((s.N, 1)),
        },
        {
            "real": np.logaddexp(0, -s.RAW[:, 0]).mean(),
            "generated": np.logaddexp(0, s.RAW[:, 0]).mean(),
            "for_generator": np.logaddexp(0, -s.RAW[:, 0]).mean(),
        },
    ),
    "q-crossing": Answer(
        {"raw": s.RAW},
        {"quantiles": np.cumsum(np.c_[s.RAW[:, :1], np.logaddexp(0, s.RAW[:, 1:])], axis=1)},
    ),
    "q-proportions": Answer(
        {"raw": s.RAW, "y": s.SHARES},
        {
            "loss": -(s.SHARES * s.LOG_P).sum(axis=1).mean(),
            "proportions": special.softmax(s.RAW, axis=1),
        },
    ),
    "q-kl": Answer(
        {"logits": s.RAW, "target_probabilities": s.SHARES},
        {"loss": special.rel_entr(s.SHARES, np.exp(s.LOG_P)).sum(axis=1).mean()},
        targets_met, given(x=s.X, target_probabilities=s.PROBABILITIES),
    ),
    "q-accuracy": Answer(
        {"raw": s.RAW, "y": s.CLASS, "z": s.RAW[:, 0], "label": s.LABEL.astype(float)},
        {
            "accuracy": np.mean(s.RAW.argmax(axis=1) == s.CLASS),
            "binary": np.mean((special.expit(s.RAW[:, 0]) > 0.5) == s.LABEL),
        },
    ),
    "q-early-stopping": Answer(
        {
            "x": s.X[:250], "y": s.LABEL[:250],
            "x_validation": s.X[250:], "y_validation": s.LABEL[250:],
        },
        fitted=_stopped,
    ),
    "q-same-answer": Answer(
        {"x": s.X, "y": s.SCORE}, {"y": s.SCORE[:, None]}, made=linear, judged=_by_heart
    ),
    "q-scale-target": Answer(
        {"model": s.RAW, "x": s.X, "x_train": s.X, "y_train": 5 + 7 * s.SCORE},
        {
            "loss": np.mean((s.RAW[:, 0] - stats.zscore(s.SCORE)) ** 2),
            "prediction": s.RAW[:, 0] * 7 * s.SCORE.std() + 5 + 7 * s.SCORE.mean(),
        },
        lambda names: related(names["prediction"], s.SCORE, 0.9),
    ),
    "q-prior-shift": Answer(
        {"logit": s.RAW[:, 0], "real": 0.1, "train": 0.4, "x": s.X},
        {"probability": s.shifted(special.expit(s.RAW[:, 0]), 0.1, 0.4)},
        _shifted, classifier,
    ),
    "q-only-one-class": Answer(
        {"model": s.RAW, "x": s.X, "y": s.LABEL},
        {
            "probability": special.expit(s.RAW[:, 0]),
            "spread": np.quantile(special.expit(s.RAW[:, 0]), [0, 0.1, 0.5, 0.9, 1]),
            "order": s.area(s.RAW[:, 0]),
        },
        _order, classifier,
    ),
    "q-averages": Answer(
        {"logits": s.TEXT, "y": s.WORDS},
        {
            "over_tokens": s.cross_entropy(s.TEXT, s.WORDS)[s.WORDS > 0].mean(),
            "over_sequences": np.mean(
                [each[real].mean() for each, real in zip(s.SPOKEN, s.WORDS > 0, strict=True)]
            ),
        },
    ),
    "q-metric-as-loss": Answer(
        {"model": s.RAW, "x": s.X, "y": s.LABEL.astype(float)},
        {"loss": s.binary(s.RAW[:, 0], s.LABEL).mean(), "area": s.area(s.RAW[:, 0])},
        _area,
    ),
    "q-train-higher": Answer(
        {"x_train": s.RAW, "y_train": s.LABEL.astype(float)},
        {"loss": s.binary(s.RAW[:, 0], s.LABEL).mean()}, made=dropping,
    ),
    "q-nan": Answer(
        {"x": s.X, "y": s.LABEL.astype(float)}, {"loss": np.log(2)}, made=linear, judged=_clipped
    ),
    "q-inf": Answer(
        {"prediction": s.RAW[:, 0], "y": s.SCORE},
        {
            "each": (s.RAW[:, 0] - s.SCORE) ** 2,
            "worst": np.argsort(-np.abs(s.RAW[:, 0] - s.SCORE))[:10],
        },
    ),
    "q-flat": Answer({"x": s.X, "y": s.SCORE}, made=linear, judged=_slopes),
    "q-perplexity": Answer(
        {"logits": s.TEXT, "y": s.WORDS},
        {"perplexity": np.exp(s.cross_entropy(s.TEXT, s.WORDS)[s.WORDS > 0].mean())},
    ),
    "q-diffusion-flat": Answer(
        {"noise": s.RAW, "said": s.SURE, "level": s.CLASS, "levels": 3},
        {"curves": [((s.RAW - s.SURE)[k == s.CLASS] ** 2).mean() for k in range(3)]},
    ),
    "q-ensemble-average": Answer(
        {"x": s.X, "y": s.CLASS},
        {"probability": (special.softmax(s.RAW, axis=1) + special.softmax(s.SURE, axis=1)) / 2},
        _voted, made=ensemble,
    ),
    "first-loss": Answer(
        {"model": s.RAW, "x": s.X, "y": s.CLASS, "label": s.LABEL.astype(float), "classes": 3},
        {
            "expected": np.log(3), "first": s.cross_entropy(s.RAW, s.CLASS).mean(),
            "bias": special.logit([s.LABEL.mean()]),
        },
        _entropy,
    ),
    "temperature": Answer(
        {"model": s.SURE, "x_validation": s.X, "y_validation": s.CLASS, "x_new": s.X},
        {"T": s.temperature(), "p": special.softmax(s.SURE / s.temperature(), axis=1)},
        _calibrated,
    ),
    "pairing": Answer({"y_train": s.COUNT}),
    **OTHERS,
}  # fmt: skip
"""By the name of the recipe."""

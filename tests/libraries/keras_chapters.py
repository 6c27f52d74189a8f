"""What each chapter's Keras code in "Write this" starts from and must give, by NumPy and SciPy."""

from typing import Any

import numpy as np
import samples as s
from keras_lines import Case, Run, ends, passing, same
from lossbook import keras
from scipy import special, stats

FEW = slice(0, 64)
X = s.X[FEW].astype("float32")


def trained(y: Any, **more: Any) -> Any:
    """For code that builds or ends a model of three inputs."""

    def given() -> dict[str, Any]:
        names = {"x": X, "y": y, "features": keras.Input((3,)), "filling": keras.Input((3,))}
        return names | {name: value() if callable(value) else value for name, value in more.items()}

    return given


def _mean(run: Run) -> None:
    [(out, [loss, absolute])] = run.reports
    y = np.ravel(s.SCORE[FEW])
    same(loss, np.mean((y - out[:, 0]) ** 2))
    same(absolute, np.mean(np.abs(y - out[:, 0])))
    same(run["mean"], out)
    scale = np.sqrt(np.mean((y - out[:, 0]) ** 2))
    same(run["scale"], scale)
    same(run["low"], stats.norm(out, scale).ppf(0.025), rtol=1e-3)
    same(run["high"], stats.norm(out, scale).ppf(0.975), rtol=1e-3)


def _median(run: Run) -> None:
    [(out, loss)] = run.reports
    same(loss, np.mean(np.abs(s.SCORE[FEW] - out[:, 0])))
    same(run["median"], out)


def _two_classes(run: Run) -> None:
    [(out, loss)] = run.reports
    label = s.LABEL[FEW]
    loss, *metric = np.atleast_1d(loss)
    same(loss, s.binary(out[:, 0], label).mean())
    if metric:
        same(metric, [np.mean((out[:, 0] > 0) == label)])
    same(run["p"], special.expit(out))
    if "brier" in run.names:
        same(run["brier"], np.mean((special.expit(out[:, 0]) - label) ** 2))
    if "log_p" in run.names:
        same(run["log_p"], np.log(special.expit(out)))


CLASSES = np.random.default_rng(6).integers(0, 10, 64)


def _classes(run: Run, labels: np.ndarray = CLASSES) -> None:
    [(out, loss)] = run.reports
    loss, *metric = np.atleast_1d(loss)
    same(loss, s.cross_entropy(out, labels).mean())
    if metric:
        same(metric, [np.mean(out.argmax(axis=1) == labels)])
    same(run["p"], special.softmax(out, axis=1))
    if "answer" in run.names:
        assert (run["answer"] == out.argmax(axis=1)).all()
    if "p_scaled" in run.names:
        same(run["p_scaled"], special.softmax(out / 2.5, axis=1))


PRESENT = (np.random.default_rng(6).random((64, 10)) < 0.3).astype("float32")


def _labels(run: Run) -> None:
    from sklearn.metrics import roc_auc_score

    [(out, [loss, area])] = run.reports
    same(loss, s.binary(out, PRESENT).mean())
    same(area, roc_auc_score(PRESENT, out, average="macro"), atol=0.03)
    same(run["p"], special.expit(out))


def _scale(run: Run) -> None:
    reported(run, stats.norm(run["mean"][:, 0], run["scale"][:, 0]).logpdf(s.SCORE[FEW]))
    interval = stats.norm(run["mean"], run["scale"]).interval(0.9)
    same((run["low"], run["high"]), interval, rtol=1e-3, atol=1e-3)


def reported(run: Run, log_density: Any) -> None:
    """The density of the parameters that the code found is the loss that the model reports."""
    x, y = run.names["x"], run.names["y"]
    same(run.names["model"].evaluate(x, y, verbose=0), -np.mean(log_density))


def _pinball(run: Run) -> None:
    [(out, loss)] = run.reports
    y, levels = s.SCORE[FEW, None], np.array([0.05, 0.5, 0.95])
    same(loss, np.where(y > out, levels * (y - out), (1 - levels) * (out - y)).mean())
    last = np.sort(run.names["model"].predict(X, verbose=0), axis=1)
    same(np.stack([run["low"], run["middle"], run["high"]], axis=1), last)


def _huber(run: Run) -> None:
    [(out, [loss, absolute])] = run.reports
    y = 3 + 5 * s.SCORE[FEW]
    same(absolute, np.mean(np.abs(y - out[:, 0])))
    same(loss, special.huber(1.345, y - out[:, 0]).mean())
    same(run["unit"], stats.median_abs_deviation(y, scale="normal"), rtol=1e-3)
    last = run.names["model"].predict(X, verbose=0)
    same(run["prediction"], np.median(y) + run["unit"] * last)


def _counts(run: Run) -> None:
    mean, r = run["mean"][:, 0], 1 / run["dispersion"][:, 0]
    reported(run, stats.nbinom(r, r / (r + mean)).logpmf(s.VARIED[FEW]))


def _gamma(run: Run) -> None:
    found = run.names["head"].parameters(run.names["model"].predict(X, verbose=0))
    mean, shape = run["mean"][:, 0], np.ravel(found["shape"])
    reported(run, stats.gamma(shape, scale=mean / shape).logpdf(s.AMOUNT[FEW]))
    same(np.log(mean), run.names["model"].predict(X, verbose=0)[:, 0])


def _beta(run: Run) -> None:
    mean, concentration = run["mean"][:, 0], run["concentration"][:, 0]
    density = stats.beta(mean * concentration, (1 - mean) * concentration)
    reported(run, density.logpdf(s.FRACTIONS[FEW]))


SEVEN = np.random.default_rng(6).integers(0, 7, 64)


def _ordinal(run: Run) -> None:
    p = run["probabilities"]
    reported(run, np.log(p[np.arange(64), SEVEN]))
    same(p.sum(axis=1), 1)
    same(p[np.arange(64), run["answer"]] >= 0, True)
    below, upto = (
        np.array([row[:k].sum() for row, k in zip(p, run["answer"] + more, strict=True)])
        for more in (0, 1)
    )
    assert (below < 0.5).all()
    assert (upto > 0.5 - 1e-6).all()


ANGLES = np.random.default_rng(6).vonmises(1, 2, 64)


def _angle(run: Run) -> None:
    density = stats.vonmises(run["concentration"][:, 0], loc=run["direction"][:, 0])
    reported(run, density.logpdf(ANGLES))


def _mixture(run: Run) -> None:
    parts = stats.norm(run["means"], run["scales"]).logpdf(s.SCORE[FEW, None])
    reported(run, special.logsumexp(parts, axis=1, b=run["weights"]))


TOKENS = np.random.default_rng(6).integers(0, 5, (20, 8))
TARGETS = np.where(np.random.default_rng(7).random((20, 7)) < 0.3, -1, TOKENS[:, 1:])


def _next_token(run: Run) -> None:
    [(out, loss)] = run.reports
    each = s.cross_entropy(out, np.maximum(TARGETS, 0))
    same(loss, each[TARGETS >= 0].mean())
    last = run.names["model"].predict(TOKENS, verbose=0)[:, -1]
    same(run["p_next"], special.softmax(last, axis=-1))


UNITS = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in s.RAW[:12].reshape(2, 6, 3)]


def _contrastive(run: Run) -> None:
    logits = np.einsum("id,jd->ij", *UNITS) / 0.3
    same(run["loss"], s.cross_entropy(logits, np.arange(6)).mean())
    same(run["p"], special.softmax(logits, axis=1))
    same(run["found"], np.mean(logits.argmax(axis=1) == np.arange(6)))


LOGS = s.RAW[:16].reshape(4, 12)


def _preferences(run: Run) -> None:
    same(run[1], -np.mean(special.log_expit(s.RAW[:12, 0] - s.RAW[:12, 1])))
    policy, frozen = LOGS[0] - LOGS[1], LOGS[2] - LOGS[3]
    same(run["loss"], -np.mean(special.log_expit(0.1 * (policy - frozen))))
    same(run["metric"], LOGS[0].mean())


def _denoiser() -> Any:
    noisy, t = keras.Input((3,)), keras.Input(())
    both = keras.layers.Concatenate()([noisy, keras.layers.Reshape((1,))(t)])
    return keras.Model([noisy, t], keras.layers.Dense(3)(both))


def _diffusion(run: Run) -> None:
    [(out, loss)] = run.reports
    noise, kept = run["noise"], run["keep"][run["t"]]
    same(loss, np.mean((out - noise) ** 2))
    same(run["noisy"], np.sqrt(kept) * X + np.sqrt(1 - kept) * noise)
    same(stats.norm.fit(noise), (0, 1), atol=0.2)
    said = run.names["model"].predict([run["noisy"], run["t"]], verbose=0)
    same(run["clean_mean"], (run["noisy"] - np.sqrt(1 - kept) * said) / np.sqrt(kept), atol=1e-4)


def _distillation(run: Run) -> None:
    [(out, loss)] = run.reports
    targets = special.softmax(s.TEACHER[FEW] / 3, axis=1)
    same(loss, -9 * np.mean((targets * special.log_softmax(out / 3, axis=1)).sum(axis=1)))
    same(run["p"], special.softmax(out, axis=1))


def _compared(run: Run) -> None:
    new = np.random.default_rng(4).permutation(64)[44:]
    mean, dispersion = (np.ravel(v) for v in run["head"].parameters(run["raw"]).values())
    r = 1 / dispersion
    own = -stats.nbinom(r, r / (r + mean)).logpmf(s.VARIED[FEW][new]).mean()
    same(run["nll"]["negative binomial"][-1], own)
    assert [len(scores) for scores in run["nll"].values()] == [5, 5]
    same(run["gap"], np.subtract(*(run["nll"][k] for k in ("Poisson", "negative binomial"))))


def _estimated(run: Run) -> None:
    y = s.SCORE[FEW]
    (out, squared), (again, absolute), (_, pinball) = run.reports
    u = y - out[:, 0]
    same(again, out)
    same((squared, absolute), (np.mean(u**2), np.mean(np.abs(u))))
    cost = np.where(u > 0, 0.9 * u, -0.1 * u).mean()
    same(pinball, cost - np.log(0.9 * 0.1))


def _temperature(run: Run) -> None:
    same(run["T"], s.temperature(), rtol=1e-3)
    same(run["p"], special.softmax(s.SURE / s.temperature(), axis=1), rtol=0.01)


def _first(run: Run) -> None:
    same(run["expected"], np.log(2))
    same(run["first"], s.cross_entropy(s.RAW[:, :2], s.LABEL).mean())
    ends(run["last"], 1)
    same(run["last"](np.zeros((1, 3))), special.logit([[s.LABEL.mean()]]))


def _checked(run: Run) -> None:
    assert "relu" in run.printed


def _survival(run: Run) -> None:
    law = stats.weibull_min(run["shape"][:, 0], scale=run["scale"][:, 0])
    seen, time = s.ENDED[FEW] == 1, s.BIRTHS[FEW]
    reported(run, np.where(seen, law.logpdf(time), law.logsf(time)))
    same(run["three_years"][:, 0], law.sf(3.0))


CASES = {
    "04_mean": Case(
        trained(s.SCORE[FEW], x_validation=X, y_validation=s.SCORE[FEW]), _mean
    ),
    "05_median": Case(trained(s.SCORE[FEW]), _median),
    "06_two_classes": Case(trained(s.LABEL[FEW]), _two_classes),
    "07_clip": Case(trained(s.LABEL[FEW, None]), _two_classes),
    "08_ten_classes": Case(trained(CLASSES), _classes),
    "09_softmax": Case(trained(CLASSES, temperature=2.5), _classes),
    "10_several_objects": Case(trained(PRESENT), _labels),
    "12_learned_scale": Case(trained(s.SCORE[FEW]), _scale),
    "13_quantiles": Case(trained(s.SCORE[FEW, None].astype("float32")), _pinball),
    "14_robust": Case(trained(3 + 5 * s.SCORE[FEW]), _huber),
    "15_counts": Case(trained(s.VARIED[FEW]), _counts),
    "16_positive": Case(trained(s.AMOUNT[FEW]), _gamma),
    "17_shares": Case(trained(s.FRACTIONS[FEW]), _beta),
    "18_ordered": Case(trained(SEVEN), _ordinal),
    "19_angles": Case(trained(ANGLES), _angle),
    "20_mixtures": Case(trained(s.SCORE[FEW]), _mixture),
    "21_next_token": Case(
        lambda: {
            "vocabulary_size": 5, "tokens": TOKENS, "targets": TARGETS, "tokens_so_far": TOKENS,
            "before": TOKENS[:, :-1], "filling": keras.layers.Embedding(5, 6),
        },
        _next_token, ("before", "targets"),
    ),
    "22_contrastive": Case(lambda: {"f": UNITS[0], "g": UNITS[1], "T": 0.3}, _contrastive),
    "23_preferences": Case(
        lambda: {
            "reward": lambda answer: answer, "preferred": s.RAW[:12, 0], "rejected": s.RAW[:12, 1],
            "policy_preferred": LOGS[0], "frozen_preferred": LOGS[1], "policy_rejected": LOGS[2],
            "frozen_rejected": LOGS[3], "beta": 0.1,
        },
        _preferences,
    ),
    "24_diffusion": Case(
        lambda: {
            "rng": np.random.default_rng(6), "steps": 20, "x": X, "model": _denoiser(),
            "keep": np.linspace(0.9, 0.1, 20)[:, None],
        },
        _diffusion, ("[noisy, t]", "noise"),
    ),
    "25_distillation": Case(
        lambda: {"teacher": passing(3), "student": passing(3), "x": s.TEACHER[FEW], "T": 3.0},
        _distillation, ("x", "targets"),
    ),
    "26_every_pair": Case(trained(s.LABEL[FEW, None].astype(float)), _two_classes),
    "26_every_pair 2": Case(trained(CLASSES, classes=10), _classes),
    "27_wrong_assumption": Case(trained(s.VARIED[FEW]), _compared),
    "28_what_is_estimated": Case(trained(s.SCORE[FEW]), _estimated),
    "29_logits": Case(trained(s.LABEL[FEW]), _two_classes),
    "30_calibration": Case(
        lambda: {
            "model": passing(3), "x_validation": s.SURE, "y_validation": s.CLASS, "x_new": s.SURE,
        },
        _temperature,
    ),
    "31_first_loss": Case(
        lambda: {
            "x": s.RAW[:, :2], "y": s.LABEL, "classes": 2,
            "model": passing(2, keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
        },
        _first,
    ),
    "pairing": Case(
        lambda: {
            "model": keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, "relu")]),
            "x_train": X, "y_train": s.CLASS[FEW],
        },
        _checked, ("x_train", "y_train"),
    ),
    "survival": Case(trained(np.stack([s.BIRTHS, s.ENDED], axis=1)[FEW]), _survival),
}  # fmt: skip
"""By the chapter's file."""

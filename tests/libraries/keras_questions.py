"""What the Keras code of each question starts from and must give, by NumPy and SciPy."""

from dataclasses import replace

import numpy as np
import samples as s
from answers import ANSWERS
from keras_checks import (
    BINARY,
    COSINES,
    CROSS,
    FRACTIONS,
    IN_LOGS,
    IS_ANSWER,
    LABEL,
    LOG_SCALE,
    MANY,
    MASKED,
    MEANS,
    MSE,
    ONE,
    PINBALL,
    RATINGS,
    RAW,
    SCALES,
    SOFTMAX,
    SPOKEN,
    TABLE,
    UNITS,
    Fixed,
    P,
    X,
    answer,
    check_accuracy,
    check_angle,
    check_area,
    check_bias,
    check_boxes,
    check_by_heart,
    check_choice,
    check_components,
    check_conformal,
    check_contrasted,
    check_decision,
    check_early,
    check_ends_as,
    check_finite,
    check_heatmap,
    check_interval_inputs,
    check_intervals,
    check_levels,
    check_mixture,
    check_moved,
    check_only_one,
    check_own_loss,
    check_padding,
    check_rated,
    check_recalibrated,
    check_said,
    check_served,
    check_shifted,
    check_uncertain,
    check_variance,
    crossed,
    every,
    fitted,
    layer,
    learner,
    loss,
    normalise,
    of,
    relu,
    sparse,
    squared,
    tokens,
    value,
)
from keras_lines import Case, same
from lossbook import keras
from scipy import special, stats

CASES = {
    "q-bounded": of(
        every(
            layer(0, 1), loss(1, s.FRACTIONS[:, None], ONE, FRACTIONS),
            value(2, 1000 * P[:, None]),
        ),
        model_=squared, x=ONE,
    ),
    "q-mape": of(
        every(fitted(IN_LOGS, 0), value("median", np.exp(ONE))),
        model_=squared, x=ONE, y=s.AMOUNT,
    ),
    "q-asymmetric": of(
        every(
            value("level", 0.25),
            lambda run: same(run["loss"](s.SCORE, RAW[:, 0]), PINBALL.mean()),
        ),
        cost_too_low=1.0, cost_too_high=3.0,
    ),
    "q-same-answer": replace(of(check_by_heart, model_=learner, x=X, y=s.SCORE), few=False),
    "q-outliers": of(
        every(
            loss(0, s.SCORE, RAW[:, 0], np.mean((s.SCORE - RAW[:, 0]) ** 2)),
            loss(1, s.SCORE, RAW[:, 0], np.mean(np.abs(s.SCORE - RAW[:, 0]))),
            loss(2, s.SCORE, RAW[:, 0], special.huber(2.7, s.SCORE - RAW[:, 0]).mean()),
        ),
        noise=2.0,
    ),
    "q-huber-delta": of(
        value("delta", 1.35 * np.median(np.abs(s.SCORE)) / stats.norm.ppf(0.75), rtol=1e-3),
        y_validation=s.SCORE + 1, prediction=1.0,
    ),
    "q-log-target": of(
        every(
            fitted(IN_LOGS, 0), value("median", np.exp(ONE)),
            value("mean", stats.lognorm(0.3, scale=np.exp(ONE)).mean()),
        ),
        model_=squared, x=ONE, y=s.AMOUNT, residual_variance=0.09,
    ),
    "q-rmsle": of(
        every(fitted(np.mean((RAW[:, 0] - np.log1p(s.AMOUNT)) ** 2), 0), value(1, np.expm1(ONE))),
        model_=squared, x=ONE, y=s.AMOUNT,
    ),
    "q-zeros": of(
        every(check_choice("tweedie"), value("mean", s.COUNT.mean())),
        probability=np.mean(s.COUNT > 0), mean_if_positive=s.COUNT[s.COUNT > 0].mean(),
    ),
    "q-exposure": of(
        lambda run: same(
            run["loss"] + special.gammaln(s.COUNT + 1).mean(),
            -stats.poisson(s.TIME * np.logaddexp(0, RAW[:, 0])).logpmf(s.COUNT).mean(),
        ),
        exposure=s.TIME.astype("float32"), raw=RAW[:, 0], y=s.COUNT.astype("float32"),
    ),
    "q-counts-classes": of(check_choice("poisson")),
    "q-scale-target": of(
        every(
            fitted(np.mean((RAW[:, 0] - stats.zscore(s.SCORE)) ** 2), 1),
            value(2, ONE * s.SCORE.std() + s.SCORE.mean()),
        ),
        model_=squared, x=ONE, x_train=ONE, y_train=s.SCORE,
    ),
    "q-imbalanced": of(
        every(loss(0, LABEL[:, None], ONE, BINARY), check_decision),
        probability=P, cost_of_alarm=2.0, cost_of_miss=5.0,
    ),
    "q-pos-weight": answer(
        "q-pos-weight", "loss", "probability", pos_weight=s.POS_WEIGHT, y=s.TAGS
    ),
    "q-focal": of(loss(0, LABEL[:, None], ONE, s.focal())),
    "q-class-weight": of(
        every(
            lambda run: same(list(run["weights"].values()), s.BALANCED),
            fitted(np.mean(s.BALANCED[s.CLASS] * s.cross_entropy(s.RAW, s.CLASS)), 2),
        ),
        model_=sparse, x=RAW, y=s.CLASS,
    ),
    "q-prior-shift": of(check_shifted, logit=s.RAW[:, 0].copy(), real=0.1, train=0.4),
    "q-threshold": of(check_decision, probability=P, cost_alarm=2.0, cost_miss=5.0),
    "q-dice": of(
        every(loss(0, s.MASKS, s.PICTURES, MASKED.mean()), value("dice", s.dice()[0])),
        y=s.MASKS[0], p=special.expit(s.PICTURES[0]), sum=np.sum,
    ),
    "q-anomaly": of(check_bias, rate=0.02),
    "q-only-one-class": of(check_only_one, model_=crossed, x=ONE, y=s.LABEL),
    "q-missing": of(
        fitted(np.nansum((RAW[:, 0] - s.GAPS) ** 2) / s.N, 1), model_=squared, x=ONE, y=s.GAPS
    ),
    "q-multi-task": of(
        value("loss", np.sum(MSE / (2 * np.exp(LOG_SCALE) ** 2) + LOG_SCALE)),
        mse=MSE, log_scale=LOG_SCALE, outputs=range(2),
    ),
    "q-padding": of(check_padding, words=4),
    "q-soft-labels": of(
        value(0, -(s.VOTES * s.LOG_P).sum(axis=1).mean()), votes=s.VOTES, raw=RAW
    ),
    "q-smoothing": of(
        loss(0, s.ROWS, RAW, -((0.9 * s.ROWS + 0.1 / 3) * s.LOG_P).sum(axis=1).mean())
    ),
    "q-sample-weight": of(
        fitted(np.mean((1 + 4 * s.LABEL) * s.binary(s.RAW[:, 0], s.LABEL)), 0, 1),
        model_=crossed, x=ONE, y=s.LABEL,
    ),
    "q-noisy-labels": answer("q-noisy-labels", "loss"),
    "q-multilabel": of(
        every(layer(0, 3), loss(1, s.TAGS, RAW, MANY), value(2, special.expit(s.RAW) > 0.5)),
        labels=3, model_=lambda: squared(3), x=RAW,
    ),
    "q-none-of-these": of(
        every(
            layer(0, 4), loss(1, s.CLASS, RAW, CROSS), layer(2, 3), loss(3, s.TAGS, RAW, MANY)
        ),
        classes=3,
    ),
    "q-custom-loss": of(check_own_loss),
    "q-answer-only": of(
        fitted((IS_ANSWER * s.cross_entropy(TABLE[s.WORDS], s.WORDS[:, ::-1])).mean(), 0),
        model_=tokens, tokens=s.WORDS, targets=s.WORDS[:, ::-1], is_answer=IS_ANSWER,
    ),
    "q-averages": of(
        every(
            value("over_tokens", np.concatenate(SPOKEN).mean()),
            value("over_sequences", np.mean([row.mean() for row in SPOKEN])),
        ),
        each=s.TEXT[:, :, 0], real=s.WORDS > 0,
    ),
    "q-distill": answer("q-distill", "soft", "loss"),
    "q-accuracy": of(check_accuracy),
    "q-metric-as-loss": of(check_area, model_=learner, x=X, y=LABEL[:, None]),
    "q-auc": of(
        check_recalibrated, logit_validation=s.SCORE, y_validation=s.LABEL, logit=s.SCORE[:5]
    ),
    "q-trust": of(
        value(0, 0.5 * abs(s.LABEL[::2].mean() - 0.23) + 0.5 * abs(s.LABEL[1::2].mean() - 0.77)),
        probability=np.tile([0.23, 0.77], s.N // 2), y_validation=s.LABEL,
    ),
    "q-early-stopping": of(check_early),
    "q-train-higher": of(value(0, BINARY), model_=crossed, x_train=ONE, y_train=s.LABEL),
    "q-softmax-layer": of(
        every(layer(0, 10), loss(1, s.CLASS, RAW, CROSS), value(2, SOFTMAX)), model_=sparse, x=RAW
    ),
    "q-sigmoid-softmax": of(every(layer(0, 5), layer(1, 5)), K=5),
    "q-logit": of(
        every(value("logit", special.logit(P)), value("p", P)), p=P
    ),
    "q-from-logits": of(every(layer(0, 1), loss(1, LABEL[:, None], ONE, BINARY))),
    "q-binary-categorical": of(every(loss(0, s.ROWS, RAW, CROSS), loss(1, s.TAGS, RAW, MANY))),
    "q-sparse": of(every(loss(0, s.CLASS, RAW, CROSS), loss(1, s.ROWS, RAW, CROSS))),
    "q-one-unit": of(
        every(layer(0, 1), loss(1, LABEL[:, None], ONE, BINARY), loss(1, LABEL, ONE, BINARY))
    ),
    "q-nllloss": answer("q-nllloss", "loss", "same"),
    "q-probabilities": of(check_served, model_=sparse, x=RAW),
    "q-mse-classes": of(
        every(loss(0, LABEL[:, None], ONE, BINARY), value(1, np.mean((P - s.LABEL) ** 2))),
        y=s.LABEL, probability=P,
    ),
    "q-kl": of(
        value(0, special.rel_entr(s.SHARES, SOFTMAX).sum(axis=1).mean()),
        target_probabilities=s.SHARES.astype("float32"), logits=RAW,
    ),
    "q-heatmap": of(check_heatmap, keypoints=3),
    "q-boxes": of(
        check_boxes, centre=s.BOXES[1], size=s.BOXES[2], iou=0.0, enclosing=4.0, union=2.0
    ),
    "q-vae": of(
        every(
            value("kl", s.divergence()),
            value("loss", MASKED.sum((1, 2)).mean() + s.divergence().mean()),
        ),
        pixel_nll=MASKED[..., None], mean=s.MEAN, variance=s.VARIANCE,
    ),
    "q-triplet": of(
        check_contrasted(2, 0.07),
        normalise=normalise, anchor=3 * UNITS[0], positive=2 * UNITS[1], n=6,
    ),
    "q-ranking": of(
        every(
            value(0, s.binary(s.RAW[:, 0] - s.RAW[:, 1], s.LABEL).mean()), value(1, CROSS)
        ),
        first_is_better=LABEL[:, None], score_a=RAW[:, :1], score_b=RAW[:, 1:2],
        best=s.CLASS, scores=RAW,
    ),
    "q-audio": of(
        every(
            value(1, ANSWERS["q-audio"].expected["laplace"]),
            value(2, ANSWERS["q-audio"].expected["itakura_saito"]),
        ),
        power=s.POWER, said=s.SAID, eps=0.0,
    ),
    "q-cox": answer("q-cox", "loss"),
    "q-discrete-time": of(
        every(
            layer(0, 4), value(1, ANSWERS["q-discrete-time"].expected["loss"]),
            value("survival", ANSWERS["q-discrete-time"].expected["survival"]),
        ),
        intervals=4, event=s.HAPPENED, raw=s.INTERVALS, observed=s.WATCHED,
    ),
    "q-autoencoder": of(
        every(layer(0, 3), loss(1, s.SHARES, RAW, s.binary(s.RAW, s.SHARES).mean())), inputs=3
    ),
    "q-contrastive-temperature": of(
        check_contrasted(1, 0.2), a=UNITS[0], b=UNITS[1], temperature=0.2, n=6
    ),
    "q-perplexity": of(
        value("perplexity", 1 / stats.gmean(SOFTMAX[np.arange(s.N), s.CLASS])), loss=CROSS
    ),
    "q-ctc": of(value(0, s.alignments().mean()), labels=s.LABELS, raw=s.SPEECH.astype("float32")),
    "q-cosine": of(value(0, -np.mean(np.diag(COSINES))), y=UNITS[0], prediction=3 * UNITS[1]),
    "q-diffusion-flat": of(
        check_levels, noise=RAW, said=s.SURE.astype("float32"), level=s.CLASS, levels=3
    ),
    "q-gan": of(
        every(*(value(k, v) for k, v in ANSWERS["q-gan"].expected.items())),
        discriminator=lambda x: ONE, generator=lambda z: z, x=X, z=X,
        ones=np.ones((s.N, 1)), zeros=np.zeros((s.N, 1)),
    ),
    "q-intervals": Case(check_interval_inputs, check_intervals, ("data", "[y, y]")),
    "q-crossing": of(
        every(
            value(0, np.sort(RAW, axis=1)),
            value("quantiles", ANSWERS["q-crossing"].expected["quantiles"]),
        ),
        model_=lambda: squared(3), x=RAW, raw=RAW,
    ),
    "q-conformal": of(check_conformal, y=s.SCORE, low=np.full(s.N, -0.5), high=np.full(s.N, 0.5)),
    "q-variance": of(check_variance, filling_=lambda: keras.Input((3,)), x=X, y=s.SCORE),
    "q-aleatoric": of(
        check_uncertain, ensemble=range(5), parts=lambda member: (MEANS[member], SCALES[member])
    ),
    "q-bimodal": of(check_ends_as("gaussian_mixture", 9, s.SCORE.astype("float32"), check_mixture)),
    "q-ordinal": of(check_ends_as("ordinal", 4, RATINGS, check_rated)),
    "q-angle": of(
        check_angle, angle=np.arctan2(s.RAW[:, 1], s.RAW[:, 0]), prediction=s.RAW[:, :2]
    ),
    "q-proportions": of(
        every(
            layer(0, 3), loss(1, s.SHARES, RAW, -(s.SHARES * s.LOG_P).sum(axis=1).mean()),
            value(2, SOFTMAX),
        ),
        model_=lambda: squared(3), x=RAW,
    ),
    "q-ensemble-average": of(
        value("probability", (SOFTMAX + s.PROBABILITIES) / 2),
        ensemble=[Fixed(s.RAW), Fixed(np.log(s.PROBABILITIES))], x=X,
    ),
    "q-nan": of(check_finite, model_=learner, x=X, y=LABEL[:, None]),
    "q-inf": of(
        every(
            value("each", (ONE[:, 0] - s.SCORE) ** 2),
            value("worst", np.argsort(-np.abs(ONE[:, 0] - s.SCORE))[:10]),
        ),
        y=s.SCORE[:, None], prediction=ONE,
    ),
    "q-stuck": of(check_said, model_=relu, y_train=s.CLASS),
    "q-flat": of(check_moved, model_=learner, x=X, y=s.SCORE),
    "q-mdn-nan": of(
        check_components,
        y=s.SCORE[:, None], means=s.SURE, scales=1e-3 + np.logaddexp(0, s.RAW),
        log_weights=s.LOG_P, raw_scales=RAW,
    ),
}  # fmt: skip
"""By the label of the question; of a second block with its number."""

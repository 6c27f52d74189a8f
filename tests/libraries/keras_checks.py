"""Checks of the questions' Keras code, and the data that it starts from."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import samples as s
from answers import ANSWERS
from keras_lines import Case, Run, ends, passing, same
from lossbook import keras
from scipy import special, stats

RAW = s.RAW.astype("float32")
ONE = RAW[:, :1]
LABEL = s.LABEL.astype("float32")
X = s.X.astype("float32")


def of(check: Callable[[Run], None], /, **given: Any) -> Case:
    """A case; what can be called without arguments under a name ending in `_` is made for it."""

    def names() -> dict[str, Any]:
        return {k.rstrip("_"): v() if k.endswith("_") else v for k, v in given.items()}

    return Case(names, check)


def answer(label: str, *names: str, **more: Any) -> Case:
    """A case whose names are those of the other libraries' code, with the same results."""
    expected = ANSWERS[label].expected

    def check(run: Run) -> None:
        for name in names:
            same(run[name], expected[name])

    def given() -> dict[str, Any]:
        found = dict(ANSWERS[label].given) | more
        return {
            k: v.astype("float32") if isinstance(v, np.ndarray) and v.dtype == float else v
            for k, v in found.items()
        }

    return Case(given, check)


def loss(place: int, y: Any, raw: Any, expected: Any) -> Callable[[Run], None]:
    """The statement of that number is a loss, which gives this value."""
    return lambda run: same(run[place](y, raw), expected)


def fitted(expected: Any, *places: int) -> Callable[[Run], None]:
    """The statements of these numbers fit the model that passes on, and report this loss."""

    def check(run: Run) -> None:
        for place in places:
            same(run[place].history["loss"], [expected] * len(run[place].history["loss"]))

    return check


def layer(place: int, units: int) -> Callable[[Run], None]:
    return lambda run: ends(run[place], units)


def value(what: Any, expected: Any, **near: float) -> Callable[[Run], None]:
    """The name, or the statement of that number, has this value."""
    return lambda run: same(run[what], expected, **near)


def every(*checks: Callable[[Run], None]) -> Callable[[Run], None]:
    def check(run: Run) -> None:
        for one in checks:
            one(run)

    return check


def squared(units: int = 1) -> Any:
    return passing(units, "mean_squared_error")


def crossed() -> Any:
    return passing(1, keras.losses.BinaryCrossentropy(from_logits=True))


def sparse() -> Any:
    return passing(3, keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def learner() -> Any:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), "mean_squared_error")
    return model


def tokens() -> Any:
    """Raw outputs of (n, steps) tokens, each looked up in `TABLE`."""
    looked_up = keras.layers.Embedding(4, 4, embeddings_initializer=lambda *a, **b: TABLE)
    model = keras.Sequential([keras.Input((7,), dtype="int32"), looked_up])
    chosen = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.0), chosen)
    return model


TABLE = s.RAW[:16].ravel()[:16].reshape(4, 4).astype("float32")
PINBALL = np.where(RAW[:, 0] < s.SCORE, 0.25 * (s.SCORE - RAW[:, 0]), 0.75 * (RAW[:, 0] - s.SCORE))
P = special.expit(s.RAW[:, 0])
FRACTIONS = s.binary(s.RAW[:, 0], s.FRACTIONS).mean()
MASKED = s.binary(s.PICTURES, s.MASKS)
IN_LOGS = np.mean((s.RAW[:, 0] - np.log(s.AMOUNT)) ** 2)
BINARY = s.binary(s.RAW[:, 0], s.LABEL).mean()
MANY = s.binary(s.RAW, s.TAGS).mean()
SOFTMAX = special.softmax(s.RAW, axis=1)
CROSS = s.cross_entropy(s.RAW, s.CLASS).mean()
MSE, LOG_SCALE = np.array([4.0, 9.0]), np.array([0.3, -0.2])
IS_ANSWER = s.WORDS > 1
SPOKEN = [row[word > 0] for row, word in zip(s.TEXT[:, :, 0], s.WORDS, strict=True)]
UNITS = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in s.RAW[:12].reshape(2, 6, 3)]
COSINES = np.einsum("id,jd->ij", *UNITS)
HEAT = np.random.default_rng(6).dirichlet(np.ones(4096), (2, 3)).transpose(0, 2, 1)
PLACES = np.random.default_rng(7).normal(size=(2, 64, 64, 3)).astype("float32")


def normalise(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def check_bias(run: Run) -> None:
    same(run[0](np.zeros((1, 3))), special.logit([[0.02]]))


def check_by_heart(run: Run) -> None:
    assert run["y"].shape == (s.N, 1)
    assert run[1].history["loss"][-1] < 0.01 * run[1].history["loss"][0]


def check_decision(run: Run) -> None:
    cheaper = P * 5.0 > (1 - P) * 2.0  # what a miss costs, and what an alarm
    assert (run["positive"] == cheaper).all()


def check_shifted(run: Run) -> None:
    weight = P * 0.1 / 0.4, (1 - P) * 0.9 / 0.6
    same(special.expit(run["logit"]), weight[0] / sum(weight))


def check_choice(head: str) -> Callable[[Run], None]:
    def check(run: Run) -> None:
        assert head in [row.head for row in run.values[0]]

    return check


def check_padding(run: Run) -> None:
    assert run[0].compute_mask(s.WORDS).numpy().tolist() == (s.WORDS != 0).tolist()
    same(run[1](s.WORDS, s.TEXT), s.cross_entropy(s.TEXT, s.WORDS)[s.WORDS > 0].mean())


def check_own_loss(run: Run) -> None:
    expected = (s.SCORE - s.RAW[:, 0]) ** 2
    for y in (s.SCORE, s.SCORE[:, None]):
        same(run["loss"](y.astype("float32"), ONE), expected)


def check_accuracy(run: Run) -> None:
    for place, y, raw in ((0, s.CLASS, RAW), (1, s.ROWS, RAW), (2, LABEL[:, None], ONE)):
        [metric] = run[place]
        metric.update_state(y, raw)
        right = (ONE[:, 0] > 0) == s.LABEL if place == 2 else RAW.argmax(axis=1) == s.CLASS
        same(metric.result(), right.mean())


def check_area(run: Run) -> None:
    from sklearn.metrics import roc_auc_score

    [(out, [found, area])] = run.reports
    same(found, s.binary(out[:, 0], s.LABEL).mean())
    same(area, roc_auc_score(s.LABEL, out[:, 0]), atol=0.01)


def check_only_one(run: Run) -> None:
    from sklearn.metrics import roc_auc_score

    same(run["probability"][:, 0], P)
    same(run[2], roc_auc_score(s.LABEL, s.RAW[:, 0]))
    [printed] = re.findall(r"^\[([-+e\d. ]+)\]$", run.printed, re.MULTILINE)
    same(np.array(printed.split(), float), np.quantile(P, [0, 0.1, 0.5, 0.9, 1]))


def check_recalibrated(run: Run) -> None:
    import statsmodels.api as sm

    fit = sm.Logit(s.LABEL, sm.add_constant(s.SCORE)).fit(disp=0)
    found = run["calibrated"]
    same([*found.intercept_, *found.coef_[0]], fit.params, atol=1e-2)
    same(run["probability"], fit.predict(sm.add_constant(s.SCORE))[:5], atol=1e-2)


def check_early(run: Run) -> None:
    for place, monitored, better in ((0, "val_loss", -1), (1, "val_accuracy", 1)):
        callback = run[place]
        callback.set_model(passing(1))
        callback.model.stop_training = False
        callback.on_train_begin()
        rounds = 0
        for rounds in range(1, 30):
            # It gets better three times, then worse.
            callback.on_epoch_end(rounds, {monitored: better * -abs(rounds - 3)})
            if callback.model.stop_training:
                break
        assert rounds == 3 + 5
        assert callback.restore_best_weights


def check_served(run: Run) -> None:
    same(run[0], SOFTMAX)
    assert (run[1] == SOFTMAX.argmax(axis=1)).all()
    assert (run[2] == (special.expit(RAW) > 0.5)).all()
    same(run["served"](RAW), SOFTMAX)


def check_heatmap(run: Run) -> None:
    raw = run[0](PLACES)
    expected = -(HEAT * special.log_softmax(PLACES.reshape(2, 4096, 3), axis=1)).sum(axis=1)
    same(run[1](HEAT, raw), expected.mean())


def check_boxes(run: Run) -> None:
    same(run["target"], s.BOX_TARGETS)
    same(run[1](s.BOX_TARGETS, s.BOXES[0]), s.huber(s.BOXES[0] - s.BOX_TARGETS).mean())
    # Two unit squares that touch at a corner: no overlap, half of the square around them is empty.
    same(run["generalised"], -0.5)


def check_contrasted(place: int, temperature: float) -> Callable[[Run], None]:
    expected = s.cross_entropy(COSINES / temperature, np.arange(6)).mean()
    return lambda run: same(run[place], expected)


def check_levels(run: Run) -> None:
    each = ((s.RAW - s.SURE) ** 2).mean(axis=1)
    same(run["loss"], each)
    same([float(one) for one in run.values[1]], [each[k == s.CLASS].mean() for k in range(3)])


def check_intervals(run: Run) -> None:
    [([low, high], reported)] = run.reports
    y, total = s.SCORE, 0.0
    for level, out in ((0.1, low[:, 0]), (0.9, high[:, 0])):
        total += np.where(y > out, level * (y - out), (1 - level) * (out - y)).mean()
    same(np.atleast_1d(reported)[0], total)


def check_interval_inputs() -> dict[str, Any]:
    x = keras.Input((3,))
    y = s.SCORE[:, None].astype("float32")
    return {"x": x, "h": keras.layers.Dense(4)(x), "data": X, "y": y}


def check_conformal(run: Run) -> None:
    inside = (run["low"] <= s.SCORE) & (run["high"] >= s.SCORE)
    assert inside.sum() == np.ceil(0.9 * (s.N + 1))


def check_variance(run: Run) -> None:
    [(_, reported)] = run.reports
    law = stats.norm(run["parameters"]["mean"][:, 0], run["parameters"]["scale"][:, 0])
    same(reported, -law.logpdf(s.SCORE).mean())


def check_uncertain(run: Run) -> None:
    draws = np.random.default_rng(0).normal(MEANS, SCALES, (20_000, 5, 4))
    same(run["total"], draws.var(axis=(0, 1)), rtol=0.05)
    same(run["epistemic"], np.var(MEANS, axis=0))


MEANS, SCALES = s.RAW[:20].T[:1].reshape(5, 4), 1 + s.RAW[:20, 1].reshape(5, 4) ** 2


def check_ends_as(
    name: str, units: int, y: Any, density: Callable[[Any, Any], Any]
) -> Callable[[Run], None]:
    """The head's loss at raw outputs is the density that SciPy has at its parameters."""

    def check(run: Run) -> None:
        head = run.names["head"]
        assert head.name == name
        ends(run[1], units)
        raw = np.random.default_rng(6).normal(size=(s.N, units)).astype("float32")
        found = {k: np.asarray(v) for k, v in head.parameters(raw).items()}
        same(np.mean(run[2](y, raw)), -np.mean(density(head, found)), rtol=1e-3)

    return check


def check_mixture(head: Any, found: Any) -> Any:
    parts = stats.norm(found["means"], found["scales"]).logpdf(s.SCORE[:, None])
    return special.logsumexp(parts, axis=1, b=found["weights"])


RATINGS = np.random.default_rng(6).integers(0, 5, s.N)


def check_rated(head: Any, found: Any) -> Any:
    return np.log(np.asarray(head.predict(found))[np.arange(s.N), RATINGS])


def check_angle(run: Run) -> None:
    turned = np.arctan2(s.RAW[:, 1], s.RAW[:, 0])
    same(run["target"], s.RAW[:, :2] / np.hypot(s.RAW[:, 0], s.RAW[:, 1])[:, None])
    same(run["angle"], turned)


def check_components(run: Run) -> None:
    scales = 1e-3 + np.logaddexp(0, s.RAW)
    same(run["scales"], scales)
    parts = stats.norm(s.SURE, scales).logpdf(s.SCORE[:, None])
    expected = -special.logsumexp(parts + s.LOG_P, axis=1)
    same(run["loss"] + 0.5 * np.log(2 * np.pi), expected, rtol=1e-3)


@dataclass(frozen=True)
class Fixed:
    """A model whose answer is known."""

    out: np.ndarray

    def predict(self, x: Any, verbose: int = 0) -> np.ndarray:
        return self.out


def check_finite(run: Run) -> None:
    [(out, reported)] = run.reports
    same(reported, s.binary(out[:, 0], s.LABEL).mean())
    assert run["finite"]
    optimizer = run.names["model"].optimizer
    same((optimizer.clipnorm, optimizer.learning_rate), (1.0, 1e-4))
    run["stop"].set_model(run.names["model"])
    run.names["model"].stop_training = False
    run["stop"].on_batch_end(0, {"loss": np.nan})
    assert run.names["model"].stop_training


def relu() -> Any:
    """A model whose last layer does not suit its loss."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, "relu")])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def check_said(run: Run) -> None:
    assert "relu" in run.printed


def check_moved(run: Run) -> None:
    same(run["largest"], [0.1, 0.1], rtol=1e-3)  # Adam's first step is its learning rate

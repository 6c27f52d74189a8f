"""The drawn data that the code of questions and chapters starts from."""

import itertools

import numpy as np
import statsmodels.api as sm
from scipy import optimize, special, stats

N = 400
RNG = np.random.default_rng(4)
X = RNG.normal(size=(N, 3))
SCORE = X @ [1.0, -1.0, 0.5]
LABEL = (RNG.random(N) < special.expit(SCORE)).astype(int)
RAW = RNG.normal(size=(N, 3))
PROBABILITIES = special.softmax(X @ RNG.normal(size=(3, 3)), axis=1)
CLASS = (PROBABILITIES.cumsum(axis=1) < RNG.random((N, 1))).sum(axis=1)
ROWS = np.eye(3)[CLASS]
BALANCED = N / (3 * ROWS.sum(axis=0))
LOG_P = special.log_softmax(RAW, axis=1)
AMOUNT = np.exp(0.5 * SCORE + RNG.normal(0, 0.3, N))
TEXT = RNG.normal(size=(5, 7, 4))
WORDS = RNG.integers(1, 4, (5, 7)) * (np.arange(7) < [[7], [5], [2], [6], [3]])
PICTURES = RNG.normal(size=(6, 4, 5))
MASKS = (RNG.random((6, 4, 5)) < 0.3).astype(float)


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Of each sample, for class numbers."""
    log_p = special.log_softmax(logits, axis=-1)
    return -np.take_along_axis(log_p, labels[..., None], -1)[..., 0]


def binary(raw: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Binary cross entropy of each value, from raw outputs."""
    return np.logaddexp(0, raw) - y * raw


def huber(error: np.ndarray) -> np.ndarray:
    return special.huber(1.0, error)


TIME = RNG.uniform(0.2, 5, N)
COUNT = RNG.poisson(TIME * np.exp(0.5 * SCORE)).astype(float)
POISSON = sm.GLM(COUNT, sm.add_constant(X), family=sm.families.Poisson(), offset=np.log(TIME)).fit()
MEAN_COUNT = np.exp(1 + 0.5 * SCORE)
VARIED = np.random.default_rng(5).negative_binomial(2, 2 / (2 + MEAN_COUNT)).astype(float)
"""Counts of mean `MEAN_COUNT` and dispersion ½."""


GRADES = np.digitize(SCORE + RNG.normal(0, 0.5, N), [-1, 0, 1])
BIRTHS = RNG.exponential(np.exp(-SCORE))
ENDED = (RNG.random(N) < 0.7).astype(float)
COX = sm.PHReg(BIRTHS, X, status=ENDED, ties="breslow").fit()


def cox(score: np.ndarray) -> float:
    """Minus the logarithm of the partial likelihood, term by term."""
    return sum(
        special.logsumexp(score[time <= BIRTHS]) - own
        for time, own, ended in zip(BIRTHS, score, ENDED, strict=True)
        if ended
    )


WATCHED = (np.arange(4) <= RNG.integers(0, 4, (N, 1))).astype(float)
HAPPENED = (RNG.random((N, 4)) < special.expit(SCORE[:, None] - 1)) * WATCHED
INTERVALS = RNG.normal(size=(N, 4))


BOXES = RNG.normal(size=(9, 4)), RNG.normal(size=(9, 2)), np.exp(RNG.normal(size=(9, 2)))
BOX_TARGETS = np.hstack([BOXES[1] / BOXES[2], np.log(BOXES[2])])
MEAN, VARIANCE = RNG.normal(size=(6, 2)), RNG.uniform(0.5, 2, (6, 2))
POWER, SAID = RNG.uniform(0.5, 3, (2, 8, 9))
HEAT = special.softmax(RNG.normal(size=(2, 3, 4, 5)), axis=(2, 3))
PLACES = RNG.normal(size=(2, 3, 4, 5))
LABELS = np.array([[1, 2, 1], [2, 3, 0]])
SPEECH = RNG.normal(size=(2, 8, 4))
STUDENT, TEACHER = RNG.normal(size=(2, N, 3))
SOFT, HARD = (special.softmax(z / 3, axis=1) for z in (TEACHER, STUDENT))
POS_WEIGHT = np.array([9.0, 1.0, 3.0])
TAGS = (RNG.random((N, 3)) < 0.3).astype(float)
VOTES = RNG.multinomial(5, PROBABILITIES).astype(float)
SHARES = special.softmax(RNG.normal(size=(N, 3)), axis=1)

FRACTIONS = special.expit(SCORE + RNG.normal(0, 0.5, N))
GAPS = np.where(RNG.random(N) < 0.2, np.nan, SCORE)
SURE = 4 * np.log(PROBABILITIES) + RNG.normal(size=(N, 3))


def dice() -> np.ndarray:
    """One for each picture, in a loop over them."""
    found = []
    for raw, mask in zip(PICTURES, MASKS, strict=True):
        p = special.expit(raw)
        found.append(1 - (2 * np.sum(p * mask) + 1) / (p.sum() + mask.sum() + 1))
    return np.array(found)


def focal() -> float:
    """Both classes apart, with alpha 0.25 and gamma 2."""
    p = special.expit(RAW[:, 0])
    each = np.where(LABEL == 1, -0.25 * (1 - p) ** 2 * np.log(p), -0.75 * p**2 * np.log1p(-p))
    return each.mean()


def divergence() -> np.ndarray:
    """From a standard normal distribution, of each sample, by its definition."""
    scale = np.sqrt(VARIANCE)
    entropy = stats.norm(MEAN, scale).entropy()
    crossed = 0.5 * np.log(2 * np.pi) + 0.5 * (MEAN**2 + VARIANCE)
    return (crossed - entropy).sum(axis=1)


def alignments() -> np.ndarray:
    """Minus the log probability of the labels, summed over every path that spells them."""
    found = []
    for raw, labels in zip(SPEECH, LABELS, strict=True):
        log_p = special.log_softmax(raw, axis=1)
        total = []
        for path in itertools.product(range(4), repeat=len(raw)):
            spelt = [k for k, _ in itertools.groupby(path) if k]
            if spelt == [k for k in labels if k]:
                total.append(log_p[np.arange(len(raw)), path].sum())
        found.append(-special.logsumexp(total))
    return np.array(found)


def temperature(logits: np.ndarray = SURE) -> float:
    """That of the least cross entropy."""

    def cost(t: float) -> float:
        return cross_entropy(logits / t, CLASS).mean()

    return optimize.minimize_scalar(cost, bounds=(0.1, 50), method="bounded").x


SPOKEN = cross_entropy(TEXT, WORDS)
"""Of each token, padding included."""


def area(score: np.ndarray) -> float:
    """Under the ROC curve of `LABEL`: how often a positive case is ahead of a negative one."""
    ahead = score[LABEL == 1][:, None] - score[LABEL == 0]
    return float(np.mean((ahead > 0) + 0.5 * (ahead == 0)))


def shifted(p: np.ndarray, real: float, train: float) -> np.ndarray:
    """Bayes' rule: probabilities learnt with one proportion of positives, at another."""
    positive, negative = p * real / train, (1 - p) * (1 - real) / (1 - train)
    return positive / (positive + negative)


def hinge(raw: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far a raw output stays behind its margin of 1, on the side of its label."""
    return np.where(y == 1, np.maximum(0, 1 - raw), np.maximum(0, 1 + raw))


def margins() -> np.ndarray:
    """How far each class comes too near to the right one."""
    own = np.take_along_axis(RAW, CLASS[:, None], axis=1)
    return np.maximum(0, 1 + RAW - own)

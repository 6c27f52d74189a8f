"""Tables and figures of the chapter on every pair of activation and loss."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from workshop.plotting import Picture, canvas, heatmap, show
from workshop.tables import Table

ACTIVATIONS = ("linear", "clipped", "sigmoid", "tanh", "relu", "softplus", "softmax")
LOSSES = {
    "squared": "squared\nerror",
    "absolute": "absolute\nerror",
    "binary": "binary\ncross e.",
    "categorical": "categ.\ncross e.",
    "hinge": "hinge",
    "poisson": "Poisson",
}
MARK = "†"
"""Behind a number that differs from the rule's by more than the seeds' spread."""
Pair = tuple[str, str]
Run = dict[str, Any]
RULE: Pair = ("sigmoid", "binary")


def _pairs(**lines: str) -> tuple[Pair, ...]:
    """`sigmoid="binary hinge"` as pairs."""
    return tuple((a, loss) for a, losses in lines.items() for loss in losses.split())


GROUPS: dict[str, tuple[tuple[Pair, ...], str]] = {
    "The rule": (
        _pairs(sigmoid="binary", softmax="categorical"),
        "The likelihood of two classes, computed from raw outputs: the gradient is prediction "
        "minus target.",
    ),
    "Another proper loss": (
        _pairs(sigmoid="squared poisson", softmax="squared poisson", softplus="categorical"),
        "In expectation the loss is smallest at the class frequency, and the activation reaches "
        "every probability and nothing else.",
    ),
    "Proper, but can leave [0, 1]": (
        _pairs(linear="squared", tanh="squared", softplus="squared poisson"),
        "The loss still asks for the class frequency; outputs below 0 or above 1 must be cut off, "
        "and those that are wrong there cost most.",
    ),
    "Asks only which class is more likely": (
        _pairs(
            linear="absolute",
            tanh="absolute",
            softplus="absolute hinge",
            sigmoid="absolute hinge",
            softmax="absolute hinge",
        ),
        "The best output is the median of 0s and 1s, which is 0 or 1: the loss rewards "
        "certainty. On outputs from 0 to 1 the hinge is absolute error plus a constant.",
    ),
    "A margin": (
        _pairs(linear="hinge", tanh="hinge"),
        "The hinge keeps −1 and 1 apart and stops once the margin is kept. The score orders the "
        "pictures; it is no probability.",
    ),
    "Flat where it starts": (
        _pairs(
            clipped="squared absolute binary hinge poisson",
            relu="squared absolute binary hinge poisson",
        ),
        "Below 0 the activation has no slope. A start whose raw outputs are all negative never "
        "moves, whatever the loss.",
    ),
    "Keras clips for you": (
        _pairs(linear="binary", tanh="binary", softplus="binary"),
        "Keras cuts the output to [10⁻⁷, 1 − 10⁻⁷] before the logarithm, and with it the gradient "
        "outside: a clipped output in disguise. A softplus can only be cut above 1.",
    ),
    "Logarithm of a negative number": (
        _pairs(linear="poisson", tanh="poisson"),
        "The Poisson loss takes log of the output. The first output below −10⁻⁷ makes the loss "
        "NaN, and one NaN step makes every weight NaN.",
    ),
    "Divided by a sum": (
        _pairs(linear="categorical", tanh="categorical", clipped="categorical", relu="categorical"),
        "Keras divides the two outputs by their sum. Where both are 0 that is 0/0; where their "
        "signs differ it is a quotient that can be anything.",
    ),
    "Another model than you see": (
        _pairs(sigmoid="categorical", softmax="binary"),
        "Keras finds the raw outputs behind the activation and takes them for logits of the "
        "loss's own activation: trained as a softmax (or two sigmoids), read as something else.",
    ),
}
"""Every pair in one group: what happens there, in a sentence."""


def values(runs: Sequence[Run], value: Callable[[Run], float | None]) -> np.ndarray:
    """One number a run, `(activations, losses, seeds)`; NaN where there is none."""
    table = [
        [[value(r) for r in runs if (r["activation"], r["loss"]) == (a, loss)] for loss in LOSSES]
        for a in ACTIVATIONS
    ]
    return np.array(table, float)


def mean(table: np.ndarray) -> np.ndarray:
    """The mean over the seeds that have a number, NaN if none has."""
    count = np.isfinite(table).sum(axis=-1)
    total = np.nansum(table, axis=-1)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def lived(runs: Sequence[Run], value: Callable[[Run], float | None]) -> np.ndarray:
    """Like `values`, but only of runs that did not die: NaN for the others."""
    return values(runs, lambda r: value(r) if r["state"] == "trained" else None)


def heat(
    table: np.ndarray, *, alt: str, caption: str, format: str = "{:.2f}",
    marks: np.ndarray | None = None,
) -> Picture:  # fmt: skip
    """A number a pair, `(activations, losses)`, as a heat map; empty where there is none.

    `marks`, of the same shape, says which numbers get a MARK.
    """
    with canvas(height=3.3, wide=True) as (fig, ax):
        heatmap(ax, table, ACTIVATIONS, list(LOSSES.values()), format)
        for text in ax.texts if marks is not None else ():
            j, i = text.get_position()
            if marks is not None and marks[int(i), int(j)]:
                text.set_text(f"{text.get_text()}{MARK}")
        ax.xaxis.tick_top()
        ax.set(xlabel="loss", ylabel="activation")
        ax.xaxis.set_label_position("top")
    return show(fig, alt=alt, caption=caption)


def paired(table: np.ndarray, reference: Pair) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Differences to `reference` by seed: their mean, standard error, and adjusted p-value.

    Each `(activations, losses)`. A two-sided paired t test; p-values by Holm's method over all
    pairs that can be compared. The reference itself and incomplete pairs are NaN. Source: Holm,
    "A Simple Sequentially Rejective Multiple Test Procedure" (1979).
    """
    i, j = ACTIVATIONS.index(reference[0]), list(LOSSES).index(reference[1])
    difference = table - table[i, j]
    n = table.shape[-1]
    error = difference.std(axis=-1, ddof=1) / np.sqrt(n)
    centre = difference.mean(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.t.sf(np.abs(centre / error), n - 1)
    p[i, j] = np.nan
    tested = np.flatnonzero(np.isfinite(p.ravel()))
    order = tested[np.argsort(p.ravel()[tested])]
    adjusted = np.full(p.size, np.nan)
    worst = 0.0
    for rank, place in enumerate(order):
        worst = max(worst, min(1.0, p.ravel()[place] * (len(order) - rank)))
        adjusted[place] = worst
    return centre, error, adjusted.reshape(p.shape)


def beyond(runs: Sequence[Run], key: str, reference: Pair) -> tuple[np.ndarray, int]:
    """Which pairs differ from `reference` in `key` by more than the seeds' spread; how many tested.

    `(activations, losses)`, by `paired` at 5%. Pairs of which a run died are not tested.
    """
    table = lived(runs, lambda r: r[key])
    p = paired(table, reference)[2]
    return np.nan_to_num(p, nan=1.0) < 0.05, int(np.isfinite(p).sum())


def reasons(runs: Sequence[Run]) -> Table:
    """The groups: their pairs, what was measured, and why, a sentence each."""
    rows = []
    for name, (pairs, why) in GROUPS.items():
        found = [r for r in runs if (r["activation"], r["loss"]) in pairs]
        lived = [r["accuracy"] for r in found if r["state"] == "trained"]
        span = f"{min(lived):.2f} to {max(lived):.2f}" if lived else "none"
        named: dict[str, list[str]] = {}
        for a, loss in pairs:
            named.setdefault(a, []).append(loss)
        listed = "; ".join(f"{a} × {', '.join(losses)}" for a, losses in named.items())
        dead = len(found) - len(lived)
        rows.append([name, listed, span, f"{dead} of {len(found)}", why])
    header = ["", "pairs", "accuracy of those that learnt", "died", "why"]
    return Table("Why each pair does what it does", header, rows)


@dataclass(frozen=True)
class Seen:
    """What was recorded of one pair: numbers by name, and those of each run, NaN where it died."""

    means: Mapping[str, float]
    seeds: Mapping[str, np.ndarray]

    def __getitem__(self, key: str) -> float:
        return self.means[key]

    def least(self, key: str) -> float:
        """The smallest number of a run that lived, NaN if none did."""
        lived = self.seeds[key][np.isfinite(self.seeds[key])]
        return float(lived.min()) if lived.size else np.nan

    def apart(self, other: "Seen", key: str) -> tuple[float, float]:
        """The 95% t interval of the mean difference to `other`, seed by seed."""
        gap = self.seeds[key] - other.seeds[key]
        interval = stats.ttest_1samp(gap[np.isfinite(gap)], 0).confidence_interval(0.95)
        return float(interval.low), float(interval.high)


def measured(runs: Sequence[Run]) -> dict[Pair, Seen]:
    """What was recorded of each pair: counts of five runs, and means of the runs that lived.

    `died`, `nan` (runs that ended so); `start`, `end` and `stuck` (proportion of pictures without
    any gradient before and after training, and of the wrong ones after); `cut` (proportion of test
    pictures whose output lies on or outside 0 and 1), `wrong_cut` (and on the wrong side); the rest
    by the record's own names. NaN where no run lived.
    """
    tables = {
        "died": values(runs, lambda r: r["state"] != "trained").sum(axis=-1),
        "nan": values(runs, lambda r: r["state"] == "not finite").sum(axis=-1),
        "start": values(runs, lambda r: r["zero_start"]["all"]).mean(axis=-1),
    }
    ends: dict[str, Callable[[Run], float]] = {
        "end": lambda r: r["zero_end"]["all"],
        "stuck": lambda r: r["zero_end"]["wrong"],
        "cut": lambda r: r["certain"],
        "wrong_cut": lambda r: r["infinite"],
    }
    for key in ("accuracy", "log_loss", "calibration_error", "rescaled_log_loss"):
        ends[key] = operator.itemgetter(key)
    each = {name: lived(runs, value) for name, value in ends.items()}
    tables |= {name: mean(table) for name, table in each.items()}
    return {
        (a, loss): Seen(
            {name: float(table[i, j]) for name, table in tables.items()},
            {name: table[i, j] for name, table in each.items()},
        )
        for i, a in enumerate(ACTIVATIONS)
        for j, loss in enumerate(LOSSES)
    }

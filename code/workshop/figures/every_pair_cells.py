"""Why each pair of activation and loss does what it does: a sentence a cell, held to the record."""

from collections.abc import Sequence

import numpy as np

from workshop.figures.every_pair import (
    ACTIVATIONS,
    LOSSES,
    MARK,
    RULE,
    Pair,
    Run,
    beyond,
    measured,
)
from workshop.figures.every_pair_checks import (
    PROPER,
    Check,
    alive,
    both,
    decides,
    near,
    none_stuck,
    not_told_apart,
    rescued,
    same,
    some,
    stands_still,
    sure_and_wrong,
    worse,
    worse_in_every_run,
)
from workshop.tables import Table

CELLS: dict[Pair, tuple[str, Check]] = {
    ("linear", "squared"): (
        "The mean of 0s and 1s is the class frequency, but nothing keeps the output in [0, 1]: "
        "{cut:.0%} were cut off.",
        some("cut"),
    ),
    ("linear", "absolute"): (
        "The median of 0s and 1s is 0 or 1: decisions, no probabilities.",
        both(alive, decides),
    ),
    ("linear", "binary"): (
        "Keras clips the output at 0 and 1, so below 0 it is flat: {start:.0%} of the pictures "
        "begin there.",
        both(stands_still, lambda m, every: m["start"] == every["relu", "squared"]["start"]),
    ),
    ("linear", "categorical"): (
        "Divided by a sum that can be negative or near 0: {wrong_cut:.0%} of the answers are "
        "confidently wrong.",
        both(sure_and_wrong, worse_in_every_run),
    ),
    ("linear", "hinge"): (
        "{end:.0%} of the pictures keep the margin and no longer pull; the score orders well "
        "({rescaled_log_loss:.2f} nats rescaled), but it is no probability.",
        both(alive, some("end"), none_stuck, decides, rescued),
    ),
    ("linear", "poisson"): (
        "The logarithm of a negative output is NaN, and one NaN step spoils every weight.",
        lambda m, every: m["nan"] == 5,
    ),
    ("clipped", "squared"): (
        "Proper between 0 and 1, flat outside: a start with nearly all raw outputs below 0 never "
        "moves.",
        stands_still,
    ),
    ("clipped", "absolute"): (
        "The median drives every output to the flat parts: {stuck:.0%} of the wrong pictures have "
        "no gradient at the end.",
        some("stuck"),
    ),
    ("clipped", "binary"): (
        "Clipped here, and again by Keras at the same places: as linear with binary cross entropy.",
        same(("linear", "binary")),
    ),
    ("clipped", "categorical"): (
        "Where both units are below 0 their sum is 0, and 0/0 is NaN: {nan:.0f} runs; the other "
        "stood still.",
        lambda m, every: m["nan"] == 4 and m["died"] == 5,
    ),
    ("clipped", "hinge"): (
        "On [0, 1] the hinge is absolute error plus a constant: the same network, the same deaths.",
        same(("clipped", "absolute")),
    ),
    ("clipped", "poisson"): (
        "Flat outside, and the slope $1 - y/p$ has no bound near 0: one run more is lost than "
        "under squared error.",
        lambda m, every: m["died"] == every["clipped", "squared"]["died"] + 1,
    ),
    ("sigmoid", "squared"): (
        "Proper: in expectation it is least at the class frequency, which a sigmoid can reach.",
        PROPER,
    ),
    ("sigmoid", "absolute"): (
        "The median is 0 or 1, so the outputs run to the ends of the sigmoid.",
        both(alive, decides),
    ),
    ("sigmoid", "binary"): (
        "The rule: the likelihood of two classes; the gradient is prediction minus target.",
        lambda m, every: m["died"] == m["start"] == m["end"] == 0,
    ),
    ("sigmoid", "categorical"): (
        "Keras trains a softmax and answers with sigmoids over their sum: underconfident, which "
        "rescaling corrects ({rescaled_log_loss:.2f}).",
        both(worse("calibration_error"), rescued),
    ),
    ("sigmoid", "hinge"): (
        "On [0, 1] the hinge is absolute error plus a constant: the same network.",
        same(("sigmoid", "absolute")),
    ),
    ("sigmoid", "poisson"): (
        "$p - q\\log p$ is least at $p = q$: proper for classes too, though made for counts.",
        PROPER,
    ),
    ("tanh", "squared"): (
        "The class frequency, with {cut:.0%} of the outputs below 0 and cut off.",
        both(PROPER, some("cut")),
    ),
    ("tanh", "absolute"): (
        "The median is 0 or 1; {cut:.0%} of the outputs end below 0 or at 1.",
        both(alive, decides, some("cut")),
    ),
    ("tanh", "binary"): (
        "Keras clips what is below 0: flat there, as with a linear output.",
        lambda m, every: (
            m["start"] == every["linear", "binary"]["start"]
            and m["died"] == every["linear", "binary"]["died"]
        ),
    ),
    ("tanh", "categorical"): (
        "The two outputs differ in sign, and their quotient can be anything: {wrong_cut:.0%} are "
        "confidently wrong.",
        both(sure_and_wrong, worse_in_every_run),
    ),
    ("tanh", "hinge"): (
        "From −1 to 1 the hinge is a straight line, so outputs run to tanh's flat ends: "
        "{stuck:.0%} of the wrong pictures have no gradient left.",
        both(alive, decides, some("stuck")),
    ),
    ("tanh", "poisson"): (
        "The logarithm of a negative output is NaN, as with a linear output.",
        lambda m, every: m["nan"] == 5,
    ),
    ("relu", "squared"): (
        "The class frequency, but no slope below 0: a start with nearly all raw outputs there "
        "never moves.",
        stands_still,
    ),
    ("relu", "absolute"): (
        "The median 0 lies where relu is flat: {stuck:.0%} of the wrong pictures are stuck there.",
        some("stuck"),
    ),
    ("relu", "binary"): (
        "Flat below 0 by the relu and above 1 by Keras's clip: the clipped output again.",
        same(("clipped", "binary")),
    ),
    ("relu", "categorical"): (
        "Both units 0 makes 0/0: NaN in {nan:.0f} runs.",
        lambda m, every: m["nan"] == m["died"] >= 1,
    ),
    ("relu", "hinge"): (
        "Birds are pushed to 0, planes past 1, and stop there: {end:.0%} of the pictures, "
        "{stuck:.0%} of the wrong ones.",
        some("end", "stuck"),
    ),
    ("relu", "poisson"): (
        "No slope below 0, and no bound to $1 - y/p$ above: every run that lived has a higher log "
        "loss than the rule.",
        both(stands_still, worse_in_every_run),
    ),
    ("softplus", "squared"): (
        "The class frequency; {cut:.0%} of the outputs are above 1 and cut off.",
        both(PROPER, some("cut")),
    ),
    ("softplus", "absolute"): (
        "The median is 0 or 1; softplus reaches 0 only far out.",
        both(alive, decides),
    ),
    ("softplus", "binary"): (
        "Keras cuts above 1 only; {end:.0%} of the pictures end there, nearly all of them rightly.",
        both(
            alive,
            some("end"),
            lambda m, _: m["stuck"] * (1 - m["accuracy"]) < 0.05 * m["end"],
        ),
    ),
    ("softplus", "categorical"): (
        "Two positive numbers over their sum are a probability: proper.",
        PROPER,
    ),
    ("softplus", "hinge"): (
        "Planes are pushed past 1, where {end:.0%} of the pictures stop; birds towards 0.",
        both(alive, decides, some("end"), none_stuck),
    ),
    ("softplus", "poisson"): (
        "Proper for any mean above 0; {cut:.0%} of the outputs are above 1 and cut off.",
        both(alive, some("cut"), not_told_apart(RULE)),
    ),
    ("softmax", "squared"): (
        "Proper for frequencies, which softmax can reach.",
        PROPER,
    ),
    ("softmax", "absolute"): (
        "$1 - p$ of the true class: straight in $p$, so least at 0 or 1.",
        both(alive, decides),
    ),
    ("softmax", "binary"): (
        "Keras trains two sigmoids and answers with a softmax: overconfident, which rescaling "
        "corrects ({rescaled_log_loss:.2f}).",
        both(worse("calibration_error"), rescued),
    ),
    ("softmax", "categorical"): (
        "The rule for two units: the same likelihood.",
        PROPER,
    ),
    ("softmax", "hinge"): (
        "On [0, 1] the hinge is absolute error plus a constant; apart from rounding the same "
        "network.",
        not_told_apart(("softmax", "absolute")),
    ),
    ("softmax", "poisson"): (
        "The outputs sum to 1, so $\\sum p_k - y_k\\log p_k$ is cross entropy plus 1.",
        near(("softmax", "categorical")),
    ),
}  # fmt: skip
"""Every pair: a sentence that says why, with its numbers, and what the record must show for it."""


def cells(runs: Sequence[Run]) -> Table:
    """Every pair with its deaths, accuracy, log loss and the sentence that says why.

    Raises ValueError if the record does not bear a sentence out.
    """
    numbers = measured(runs)
    false = [pair for pair, (_, holds) in CELLS.items() if not holds(numbers[pair], numbers)]
    if false:
        listed = ", ".join(f"{a} × {loss}" for a, loss in false)
        raise ValueError(f"the record does not show what is said of {listed}: correct the sentence")
    marks = {key: beyond(runs, key, RULE)[0] for key in ("accuracy", "log_loss")}
    rows = []
    for i, activation in enumerate(ACTIVATIONS):
        for j, loss in enumerate(LOSSES):
            m = numbers[activation, loss]
            shown = [
                f"{m[key]:.2f}{MARK * int(marks[key][i, j])}" if np.isfinite(m[key]) else ""
                for key in marks
            ]
            why = CELLS[activation, loss][0].format(**m.means)
            rows.append([f"{activation} × {loss}", f"{m['died']:.0f}", *shown, why])
    return Table(
        "Every pair: deaths of five, accuracy, log loss, why",
        ["pair", "died", "accuracy", "log loss", "why"],
        rows,
    )

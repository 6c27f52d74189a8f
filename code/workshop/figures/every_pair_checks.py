"""What a sentence on a pair of activation and loss may claim of the record: checks over seeds.

Tolerances are 95% t intervals of seed-by-seed differences, or statements on every run.
"""

from collections.abc import Callable, Mapping

import numpy as np

from workshop.figures.every_pair import RULE, Pair, Seen

Check = Callable[[Seen, Mapping[Pair, Seen]], bool]
"""Whether a sentence holds, from the cell's own numbers and from those of all cells."""
TENTH = 0.1
"""Alike: the 95% interval of a difference in log loss lies within this part of the rule's."""
POINTS = 0.02
"""And that of a difference in accuracy within two points."""


def near(other: Pair) -> Check:
    """Alike, as far as the seeds tell: the whole 95% intervals are within TENTH and POINTS."""

    def check(m: Seen, every: Mapping[Pair, Seen]) -> bool:
        within = {"accuracy": POINTS, "log_loss": TENTH * every[RULE]["log_loss"]}
        intervals = {key: m.apart(every[other], key) for key in within}
        return all(-within[k] < low and high < within[k] for k, (low, high) in intervals.items())

    return check


def same(other: Pair) -> Check:
    """Equal to another cell's numbers run by run, as far as they are recorded."""
    return lambda m, every: all(
        np.allclose(m.seeds[key], every[other].seeds[key], rtol=0, atol=1e-5, equal_nan=True)
        for key in ("accuracy", "log_loss")
    )


def not_told_apart(other: Pair) -> Check:
    """The 95% interval of the difference in log loss contains 0."""

    def check(m: Seen, every: Mapping[Pair, Seen]) -> bool:
        low, high = m.apart(every[other], "log_loss")
        return low <= 0 <= high

    return check


def both(*checks: Check) -> Check:
    """All of them hold."""
    return lambda m, every: all(check(m, every) for check in checks)


def some(*keys: str) -> Check:
    """In every run that lived there are such pictures."""
    return lambda m, _: all(m.least(key) > 0 for key in keys)


def none_stuck(m: Seen, _: Mapping[Pair, Seen]) -> bool:
    """In no run is a wrong picture without gradient."""
    return m["stuck"] == 0


def alive(m: Seen, _: Mapping[Pair, Seen]) -> bool:
    """No run died."""
    return m["died"] == 0


def worse(key: str) -> Check:
    """The 95% interval of the difference to the rule lies above 0."""
    return lambda m, every: m.apart(every[RULE], key)[0] > 0


def worse_in_every_run(m: Seen, every: Mapping[Pair, Seen]) -> bool:
    """Every run that lived has a higher log loss than the rule from the same seed."""
    gap = m.seeds["log_loss"] - every[RULE].seeds["log_loss"]
    return bool((gap[np.isfinite(gap)] > 0).all())


def rescued(m: Seen, every: Mapping[Pair, Seen]) -> bool:
    """After Platt scaling the log loss exceeds the rule's by less than TENTH, in the interval."""
    high = m.apart(every[RULE], "rescaled_log_loss")[1]
    return high < TENTH * every[RULE]["rescaled_log_loss"]


def stands_still(m: Seen, every: Mapping[Pair, Seen]) -> bool:
    """As many runs as start below 0 under relu stood still, and none became NaN."""
    return m["nan"] == 0 and m["died"] == every["relu", "squared"]["died"] >= 1


decides = worse("log_loss")
"""Right decisions without probabilities: log loss above the rule's."""
PROPER = both(alive, near(RULE))


def sure_and_wrong(m: Seen, every: Mapping[Pair, Seen]) -> bool:
    """Some answers are 0 or 1 and wrong, of which the rule has none."""
    return m["wrong_cut"] > 0 == every[RULE]["wrong_cut"]

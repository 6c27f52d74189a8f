"""What Keras's lines for its losses that are no likelihood must give, by NumPy and SciPy."""

from collections.abc import Callable

import numpy as np
import samples as s
from answers_others import OTHERS, focal_of_each, generalised_of_each, undone
from keras_checks import LABEL, ONE, RAW, answer, every, of, value
from keras_lines import Case, Run

NEAREST = np.where(s.ROWS == 1, 0, s.RAW).max(axis=1)  # Keras compares with 0 too
HINGES = {
    **OTHERS["catalogue-hinge"].expected,
    "largest": np.maximum(0, 1 + NEAREST - (s.ROWS * s.RAW).sum(axis=1)).mean(),
}


def believed(label: str, each: Callable[[np.ndarray], np.ndarray], **more: object) -> Case:
    """The loss of the other libraries, and the probability that it stands for."""
    case = answer(label, "loss", **more)

    def check(run: Run) -> None:
        case.check(run)
        undone(each)({"probability": run["probability"]})

    return Case(case.given, check)


CASES = {
    "catalogue-hinge": of(
        every(*(value(k, HINGES[k]) for k in ("hinge", "squared", "largest"))),
        y=LABEL[:, None], z=ONE, one_hot=s.ROWS, raw=RAW,
    ),
    "catalogue-focal": believed("catalogue-focal", focal_of_each, one_hot=s.ROWS),
    "catalogue-generalised": believed("catalogue-generalised", generalised_of_each),
    "catalogue-mask": answer("catalogue-mask", "dice", "tversky"),
    "catalogue-circle": answer("catalogue-circle", "loss"),
    "catalogue-mape": answer("catalogue-mape", "loss"),
}  # fmt: skip
"""By the label in the catalogue."""

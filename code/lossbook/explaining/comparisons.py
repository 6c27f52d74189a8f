"""Losses that compare samples with one another, and have no labels of their own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook.explaining.known import Known, Point

Options = Mapping[str, Any]
EQUAL = "all embeddings, or all scores, are equal: nothing learnt yet, or collapsed"


def triplet(y: np.ndarray | None, options: Options) -> Known:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin)."""
    margin = float(options.get("margin", 1.0))
    return Known(
        "the same embedding for all",
        margin,
        0.0,
        "each negative beyond the margin",
        "",
        (Point("the margin", margin, EQUAL, "q-margin"),),
    )


def candidates(y: np.ndarray | None, options: Options) -> Known:
    """A softmax over the n candidates of a batch (InfoNCE, CLIP); y are the batch's labels."""
    if y is None or np.size(y) < 2:
        raise ValueError(
            "for InfoNCE give the labels of one batch, at least two: n is their number"
        )
    n = int(np.shape(y)[0])
    points = (
        Point(f"log {n}", float(np.log(n)), EQUAL),
        Point(
            f"log {2 * n - 1}",
            float(np.log(2 * n - 1)),
            f"{EQUAL} (two views of each sample, as SimCLR has them)",
        ),
    )
    return Known(
        "the same similarity for all",
        float(np.log(n)),
        0.0,
        "each positive far above its negatives",
        "nats",
        points,
    )


def preference(y: np.ndarray | None, options: Options) -> Known:
    """The log loss of a difference of two scores (Bradley-Terry, reward models, DPO)."""
    words = "no preference: equal scores, or in DPO a policy that still equals its reference"
    return Known(
        "equal scores",
        float(np.log(2)),
        0.0,
        "each better one far ahead",
        "nats",
        (Point("log 2", float(np.log(2)), words),),
    )

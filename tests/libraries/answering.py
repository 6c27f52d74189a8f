"""What the code of a tab starts from, and what it must give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Answer:
    """The names that the code takes, and what its names must hold afterwards."""

    given: Mapping[str, Any]
    expected: Mapping[str, Any] = field(default_factory=dict)
    """For networks: each name is compared."""
    fitted: Callable[[dict[str, Any]], None] | None = None
    """For models that the code fits: called with all names."""
    made: Callable[[str], dict[str, Any]] | None = None
    """For code that starts from a model of its library: by the library's name."""
    judged: Callable[[dict[str, Any]], None] | None = None
    """For what no value says: called with all names, in every library."""


def related(found: Any, truth: Any, least: float = 0.6) -> None:
    assert stats.spearmanr(np.ravel(found), np.ravel(truth)).statistic > least

"""What `explain` says: a value beside the constant's, the least, and the points it may sit on."""

import html
import json
import math
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from lossbook.explaining.known import Point
from lossbook.pairing.sections import BOOK

WIDTH = 72
PAGE = f"{BOOK}questions_symptoms.html"


@dataclass(frozen=True)
class Explanation:
    """What a loss value means for some labels; text in a console, a list on a page.

    `constant` is the loss of the best constant `prediction`, `least` the least possible value, or
    None if there is none (`why` says which). `skill` is the proportion of what separates the two
    that the model removes: 0 for the constant, 1 for the least, negative below knowing nothing;
    None without a least value. `gain` is the constant's loss less the value, in `unit`.
    `sits_on` are those of `points` that the value cannot be told from, the nearest first.
    """

    value: float
    loss: str
    unit: str
    prediction: str
    constant: float
    least: float | None
    why: str
    points: tuple[Point, ...] = ()
    sits_on: tuple[Point, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    @property
    def gain(self) -> float:
        """By how much the value is below the constant's loss, in `unit`."""
        return self.constant - self.value

    @property
    def skill(self) -> float | None:
        """What the model removes of the constant's loss above the least, R² for squared error."""
        if self.least is None or self.constant - self.least < 1e-12:
            return None
        return self.gain / (self.constant - self.least)

    @property
    def verdict(self) -> str:
        """The value in one sentence."""
        if math.isnan(self.value):
            return "NaN is no loss: a logarithm of 0, an overflow, or a label that is NaN"
        if math.isinf(self.value):
            return "an infinite loss: a logarithm of 0, or an overflow"
        if not math.isfinite(self.constant):
            return "labels that the loss does not take, and on which it has no least value"
        if self.least is not None and self.value < self.least - tolerance(self.value, self.least):
            return (
                "below the least possible value: the labels were others, a weight below 1 is in "
                "it, or it is another loss"
            )
        if abs(self.gain) <= tolerance(self.value, self.constant):
            return "what the best constant has: so far the inputs are not used"
        skill = self.skill
        if skill is None:
            better = "better" if self.gain > 0 else "worse"
            return f"{abs(self.gain):.4g} {self.unit} a sample {better} than the best constant"
        if skill < 0:
            return "worse than the best constant, which knows nothing of the inputs"
        return f"{skill:.1%} of what separates the constant from the least is removed"

    @property
    def link(self) -> str:
        """The section of the course on such a value."""
        if math.isnan(self.value):
            label = "q-nan"
        elif math.isinf(self.value):
            label = "q-inf"
        elif self.sits_on:
            label = self.sits_on[0].section
        else:
            label = "q-negative" if self.value < 0 else "q-good"
        return f"{PAGE}#{label}"

    def _rows(self) -> Iterator[tuple[str, str]]:
        unit = f" {self.unit}" if self.unit else ""
        yield "constant", f"{self.constant:.4g}{unit}, by {self.prediction}"
        least = "none" if self.least is None else f"{self.least:.4g}"
        yield "least", f"{least}: {self.why}"
        if self.skill is not None and math.isfinite(self.value):
            yield "skill", f"{round(self.skill, 3) + 0.0:.3f}"
        for point in self.sits_on:
            yield "sits on", f"{point.name} = {point.value:.4g}: {point.meaning}"
        for words in self.remarks:
            yield "note", words

    def __repr__(self) -> str:
        lines = [_fold(f"{self.loss} at {self.value:.4g}: {self.verdict}", "", "  ")]
        lines += [_fold(words, f"  {name:10s}", " " * 12) for name, words in self._rows()]
        return "\n".join([*lines, f"  {'see':10s}{self.link}"])

    def plain(self) -> dict[str, Any]:
        """The explanation as strings, numbers and lists, ready for JSON (NaN as a string)."""
        found = asdict(self)
        found |= {"skill": self.skill, "gain": self.gain, "verdict": self.verdict}
        for name, value in found.items():
            if isinstance(value, float) and not math.isfinite(value):
                found[name] = str(value)
        return {**found, "link": self.link}

    def json(self) -> str:
        """The same as JSON."""
        return json.dumps(self.plain(), indent=2, ensure_ascii=False, allow_nan=False)

    def _repr_html_(self) -> str:
        """The explanation as a notebook shows it."""
        listed = "".join(
            f"<dt>{name.capitalize()}</dt><dd>{html.escape(words)}</dd>"
            for name, words in self._rows()
        )
        said = html.escape(f"{self.loss} at {self.value:.4g}: {self.verdict}.")
        return (
            f'<div class="check-pairing"><section><p><strong>{said}</strong></p><dl>{listed}</dl>'
            f'<p><a href="{self.link}">What such a value means</a></p></section></div>'
        )


def tolerance(value: float, point: float) -> float:
    """How far a value may be from a point and still be it: what rounding hides, 2 % at most.

    A value with four decimals or fewer is taken as rounded there, a longer one to 0.2 %.
    """
    digits = next((k for k in range(5) if value == round(value, k)), None)
    rounded = 0.5 * 10.0 ** -max(digits, 1) if digits is not None else 0.0
    return min(max(0.002 * abs(point), rounded), 0.02 * abs(point) + 1e-9)


def _fold(words: str, first: str, rest: str) -> str:
    return textwrap.fill(
        words,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )

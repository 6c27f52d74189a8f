"""Hidden checks: calls of the student's functions on inputs from a seed that nobody else has.

The hidden region of a check cell defines `draw(rng)`, which yields `call(...)`. It runs here, with
the grader; the inputs go into the sandbox only after the notebook's own cells have run, and what
the reference solution returns never goes in.
"""

import copy
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader import compare, plain
from grader.errors import GradingError
from grader.exercise import Exercise

Judge = Callable[[Any, Any], float]


@dataclass(frozen=True)
class Call:
    """One hidden check: a function of the notebook, its inputs, and how its value is judged.

    Without `arguments` (None) it is a variable, whose value is taken.
    """

    question: str
    function: str
    arguments: tuple[Any, ...] | None
    weight: float
    rtol: float
    atol: float
    judge: Judge | None
    hint: str = ""

    def encoded(self) -> list[Any] | None:
        """The inputs as plain data."""
        if self.arguments is None:
            return None
        return [plain.encode(argument) for argument in self.arguments]

    def mark(self, reply: Any, expected: Any) -> tuple[float, str]:
        """The share of the weight, 0 to 1, for what came out of the sandbox, and why."""
        if not isinstance(reply, dict):
            return 0.0, "no answer"
        if "error" in reply:
            return 0.0, str(reply["error"])[:300]
        value = reply["value"]
        if self.judge is None:
            words = compare.verdict(value, expected, self.rtol, self.atol)
            return float(words == compare.RIGHT), words
        try:
            share = float(self.judge(value, expected))
        except Exception:  # a judge is written for values of the right kind
            share = 0.0
        share = min(max(share, 0.0), 1.0) if share == share else 0.0
        return share, compare.RIGHT if share == 1 else "not good enough"


def call(
    function: str,
    *arguments: Any,
    weight: float = 1.0,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    judge: Judge | None = None,
    hint: str = "",
) -> dict[str, Any]:
    """What `draw` yields: call `function` on `arguments`; compare with the reference's value.

    `judge(value, expected)` gives a share from 0 to 1 where there are many right answers; feedback
    shows `hint` to whoever fails.
    """
    return {
        "function": function,
        # As they stand now: `draw` may go on to change its arrays.
        "arguments": copy.deepcopy(arguments),
        "weight": weight,
        "rtol": rtol,
        "atol": atol,
        "judge": judge,
        "hint": hint,
    }


def value(name: str, **options: Any) -> dict[str, Any]:
    """What `draw` yields for a variable of the notebook; the options are those of `call`."""
    return {**call(name, **options), "arguments": None}


def calls(exercise: Exercise, secret: bytes, variant: int = 0) -> list[Call]:
    """Every hidden check of a variant of the exercise; the same for the same secret.

    Variables come first: a function that is called may change them.
    """
    found = []
    for question in exercise.questions:
        if not question.written:
            seed = f"/{exercise.name}/{question.name}" + (f"/{variant}" if variant else "")
            digest = hashlib.sha256(secret + seed.encode()).digest()
            rng = np.random.default_rng(int.from_bytes(digest, "big"))
            made = [Call(question.name, **item) for item in _draw(exercise, question, rng)]
            if not made:
                raise GradingError(f"{exercise.name}: {question.name} draws no hidden check")
            found += made
    return sorted(found, key=lambda one: one.arguments is not None)


def _draw(exercise: Exercise, question: Any, rng: np.random.Generator) -> Iterator[dict]:
    names: dict[str, Any] = {"np": np, "call": call, "value": value}
    where = f"{exercise.name}: the hidden checks of {question.name}"
    try:
        exec(compile(question.hidden, f"<{where}>", "exec"), names)  # the instructor's own code
        yield from names["draw"](rng)
    except Exception as problem:
        raise GradingError(f"{where}: {type(problem).__name__}: {problem}") from problem

"""Running nbgrader's converters from here: quietly, and with the real reason when one fails."""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters.base import BaseConverter, NbGraderException

from grader.errors import GradingError


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _said(trace: str) -> str:
    """The exception at the end of a traceback in one line, although its text may have several."""
    last = re.split(r"^Traceback \(most recent call last\):\n", trace, flags=re.MULTILINE)[-1]
    found = re.search(r"^\S.*", last, re.MULTILINE | re.DOTALL)  # the frames before are indented
    return " ".join((found[0] if found else last).split())


@contextmanager
def tools_on_path() -> Iterator[None]:
    """nbgrader starts `alembic` by its bare name; it lies beside the running Python."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def convert(converter: BaseConverter, what: str) -> None:
    """Start the converter; `GradingError` with what nbgrader's own traceback says at its end."""
    errors = _Errors()
    log = converter.log
    level, spread = log.level, log.propagate
    log.addHandler(errors)
    log.setLevel(logging.ERROR)
    log.propagate = False
    try:
        with tools_on_path():
            converter.start()
    except (NbGraderException, RuntimeError) as problem:
        traces = [text for text in errors.said if "Traceback (most recent call last):" in text]
        reason = _said(traces[-1]) if traces else str(problem)
        raise GradingError(f"{what}: {reason}") from problem
    finally:
        log.removeHandler(errors)
        log.setLevel(level)
        log.propagate = spread

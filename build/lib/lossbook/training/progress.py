"""Progress of a training run, for a terminal, a notebook or a log."""

import html
import sys
import time
from collections.abc import Mapping
from typing import Any

LINES_IN_A_LOG = 10
SECONDS_BETWEEN_UPDATES = 0.2


class Progress:
    """One line that is rewritten as epochs end; in a log, a line every tenth of the way.

    In a notebook, what remains is one line of HTML with the results, and beside it a plain text
    that is the same on every run, so that stored outputs can be compared. On a terminal or in a
    log the lines go to stderr.
    """

    def __init__(self, epochs: int, *, shown: bool = True) -> None:
        self.epochs = epochs
        self.shown = shown
        self._display = _notebook_display() if shown else None
        self._began = time.monotonic()
        self._last = 0.0
        if self._display is not None:
            self._display.display(self._data("…"), raw=True)

    def epoch(self, number: int, results: Mapping[str, float]) -> None:
        """Tell that epoch `number`, counted from 1, has ended with these results."""
        if not self.shown:
            return
        ended = number == self.epochs
        line = f"epoch {number} of {self.epochs} · {describe(results)}"
        if self._display is None and not sys.stderr.isatty():
            step = max(1, self.epochs // LINES_IN_A_LOG)
            if ended or number % step == 0:
                print(line, file=sys.stderr, flush=True)
            return
        now = time.monotonic()
        if not ended and now - self._last < SECONDS_BETWEEN_UPDATES:
            return
        self._last = now
        if self._display is not None:
            self._display.update(self._data(line), raw=True)
            return
        left = (now - self._began) / number * (self.epochs - number)
        when = "\n" if ended else f" · {left:.0f} s left"
        print(f"\r\x1b[K{line}{when}", end="", file=sys.stderr, flush=True)

    def _data(self, line: str) -> dict[str, str]:
        plain = f"trained for {self.epochs} epoch{'s' * (self.epochs != 1)}"
        return {"text/plain": plain, "text/html": f"<p>{html.escape(line)}</p>"}


def describe(results: Mapping[str, float]) -> str:
    """Results as "loss 0.693 · accuracy 0.512"."""
    return " · ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in results.items())


def _notebook_display() -> Any:
    """A display that can be updated if this is a notebook, else None."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import DisplayHandle

    return DisplayHandle()

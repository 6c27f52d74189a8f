"""How far the build is: rich's bars on a terminal, and in a log a line now and then."""

import re
import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

EVERY_SECONDS = 10.0
"""How often a log hears of a count that goes on."""
STAGES = {"read": "reading", "write": "writing"}


class Display:
    """Rows of bars that come and go, and lines that stay; use it as a context manager."""

    def __init__(self, unit: str) -> None:
        self._console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(unit),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    @property
    def live(self) -> bool:
        """Whether bars are seen."""
        return self._console.is_terminal

    def tell(self, line: str) -> None:
        """A line that stays."""
        self._console.print(f"  {escape(line)}")


class Chapters(Display):
    """Which chapters run, how far each is, which are done."""

    def __init__(self, total: int) -> None:
        super().__init__("cells")
        self._tasks: dict[str, TaskID] = {}
        self._total = total
        self._ended = 0

    def begin(self, name: str, cells: int) -> None:
        """A chapter has started."""
        self._tasks[name] = self._bars.add_task(name, total=cells)
        if not self.live:
            self.tell(f"running {name} ({cells} cells)")

    def advance(self, name: str, done: int, cells: int) -> None:
        """`done` of a chapter's `cells` have run."""
        self._bars.update(self._tasks[name], completed=done, total=cells)

    def end(self, name: str, seconds: float, *, failed: bool) -> None:
        """A chapter has ended."""
        self._ended += 1
        self._bars.remove_task(self._tasks.pop(name))
        word = "FAILED " if failed else "done   "
        self.tell(f"{word} {name} in {seconds:.1f} s ({self._ended}/{self._total})")


class Pages(Display):
    """How many pages are read and written, from what Sphinx says of each."""

    _TOTAL = re.compile(r"pages to (read|write): (\d+)$")
    _PAGE = re.compile(r"(reading) sources\.\.\. \[|(writing) output\.\.\. \[")

    def __init__(self) -> None:
        super().__init__("pages")
        self._totals: dict[str, int] = {}
        self._done: dict[str, int] = {}
        self._tasks: dict[str, TaskID] = {}
        self._told = time.monotonic()

    def hears(self, line: str) -> None:
        """A line of the program that renders."""
        if total := self._TOTAL.search(line):
            self._totals[STAGES[total.group(1)]] = int(total.group(2))
        if page := self._PAGE.match(line):
            self._page(page.group(1) or page.group(2))

    def _page(self, stage: str) -> None:
        done, total = self._done.get(stage, 0) + 1, self._totals.get(stage)
        self._done[stage] = done
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(f"{stage} pages", total=total)
        self._bars.update(self._tasks[stage], completed=done)
        if not self.live and time.monotonic() - self._told >= EVERY_SECONDS:
            self._told = time.monotonic()
            self.tell(f"{stage} pages: {done}" + (f" of {total}" if total else ""))

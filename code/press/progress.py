"""Live progress of chapters: rich's bars on a terminal, one line a chapter elsewhere."""

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress:
    """What is running, how far it is, what is done; use it as a context manager."""

    def __init__(self, total: int) -> None:
        self._console = Console(file=sys.stderr, highlight=False)
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("cells"),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._total = total
        self._ended = 0

    def __enter__(self) -> "Progress":
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def begin(self, name: str, cells: int) -> None:
        """A chapter has started."""
        self._tasks[name] = self._bars.add_task(name, total=cells)
        if not self._console.is_terminal:
            self._console.print(f"  running {name} ({cells} cells)")

    def advance(self, name: str, done: int, cells: int) -> None:
        """`done` of a chapter's `cells` have run."""
        self._bars.update(self._tasks[name], completed=done, total=cells)

    def end(self, name: str, seconds: float, *, failed: bool) -> None:
        """A chapter has ended."""
        self._ended += 1
        self._bars.remove_task(self._tasks.pop(name))
        word = "FAILED " if failed else "done   "
        self._console.print(f"  {word} {name} in {seconds:.1f} s ({self._ended}/{self._total})")

"""How far a long command is: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

EVERY_SECONDS = 10.0


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Gives a function to call with how many of `total` are done."""
    console = Console(file=sys.stderr, highlight=False)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
    task = bar.add_task(what, total=total)
    told = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        bar.update(task, completed=done)
        if not console.is_terminal and time.monotonic() - told >= EVERY_SECONDS:
            told = time.monotonic()
            console.print(f"  {what}: {done}/{total}")

    with bar:
        yield tell

"""Running chapters side by side, longest first, with a line of progress each."""

import ast
import asyncio
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from press import inputs, reference, store
from press.chapters import Chapter
from press.kernel import cores, kernel_environment
from press.progress import Chapters
from press.watched import QUIET, duration

CELL_TIMEOUT = 1800
"""Seconds that one cell may take; the longest trains for 50 epochs on 50,000 pictures."""

SILENT_TIMEOUT = 120
"""Seconds that a kernel may take for what is done before and after the cells."""


@dataclass
class Outcome:
    """What became of one chapter: `error` is None if every cell ran."""

    chapter: Chapter
    seconds: float = 0.0
    error: str | None = None
    reused: bool = False


@dataclass
class Summary:
    """What became of them all."""

    outcomes: list[Outcome] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failed(self) -> list[Outcome]:
        """The chapters that did not run to their end."""
        return [outcome for outcome in self.outcomes if outcome.error]

    def __str__(self) -> str:
        ran = sum(not outcome.reused for outcome in self.outcomes)
        return (
            f"{ran} of {len(self.outcomes)} chapters executed in {self.seconds:.0f} s, "
            f"{len(self.outcomes) - ran} unchanged, {len(self.failed)} failed"
        )


def complaints(notebook: nbformat.NotebookNode) -> str | None:
    """What cells wrote to the error stream: a chapter must not warn, or print plumbing."""
    for number, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                return (
                    f"cell {number} wrote to stderr, which counts as an error:\n"
                    f"{cell.source}\n---\n{output.text.strip()}"
                )
    return None


class _Teller:
    """Tells how far a chapter is, and every few minutes of a cell that has not ended."""

    def __init__(self, name: str, notebook: nbformat.NotebookNode, progress: Chapters) -> None:
        self._name, self._progress = name, progress
        self._cells = sum(cell.cell_type == "code" for cell in notebook.cells)
        self._done = 0
        self._timer: asyncio.TimerHandle | None = None
        progress.begin(name, self._cells)

    def cell_begins(self, **_: Any) -> None:
        """Called by nbclient."""
        self._wait(time.monotonic())

    def cell_ends(self, **_: Any) -> None:
        """Called by nbclient."""
        self.close()
        self._done += 1
        self._progress.advance(self._name, self._done, self._cells)

    def close(self) -> None:
        """Wait for no cell any more."""
        if self._timer:
            self._timer.cancel()

    def _wait(self, began: float) -> None:
        self.close()
        self._timer = asyncio.get_running_loop().call_later(QUIET, self._tell, began)

    def _tell(self, began: float) -> None:
        so_far = duration(time.monotonic() - began)
        self._progress.tell(
            f"{self._name}: cell {self._done + 1} of {self._cells} has been running for {so_far} "
            f"(it is ended after {duration(CELL_TIMEOUT)})"
        )
        self._wait(began)


async def _run_one(
    chapter: Chapter, jobs: int, progress: Chapters, take_signals: Callable[[], None]
) -> Outcome:
    """Execute one chapter in its own kernel and remember it if every cell ran.

    `take_signals` is called when nbclient has made Ctrl-C end this kernel alone.
    """
    began = time.monotonic()
    before = inputs.snapshot(chapter.root)
    notebook = chapter.notebook()
    teller = _Teller(chapter.name, notebook, progress)

    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        # Times in the cells' metadata would make each run a different notebook.
        record_timing=False,
        # One print may arrive in pieces; how many is chance.
        coalesce_streams=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(chapter.path.parent)}},
        on_cell_execute=teller.cell_begins,
        on_cell_executed=teller.cell_ends,
    )
    used: list[str] = []
    with tempfile.TemporaryDirectory() as sockets, tempfile.TemporaryFile() as said:
        if os.name == "posix":
            # Sockets in a folder of its own instead of ports, so that nobody else can listen.
            manager = client.create_kernel_manager()
            manager.transport, manager.ip = "ipc", os.path.join(sockets, "kernel")
        try:
            # What the kernel says of itself (not the cells) matters only if it dies.
            environment = kernel_environment(jobs, chapter.root)
            async with client.async_setup_kernel(env=environment, stderr=said):
                take_signals()
                used = await _execute_cells(client, str(chapter.root))
            error = complaints(notebook)
        except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as problem:
            error = f"{type(problem).__name__}: {problem}"
            if not isinstance(problem, CellExecutionError):
                said.seek(0)
                error += said.read()[-2000:].decode(errors="replace")
        finally:
            teller.close()
    task = asyncio.current_task()
    if task is not None and task.cancelling():  # which nbclient takes for the kernel's death
        raise asyncio.CancelledError
    outcome = Outcome(chapter, time.monotonic() - began, error)
    if error is None:
        described = inputs.describe(chapter.root, used, before)
        store.save(chapter, notebook, outcome.seconds, described)
    progress.end(chapter.name, outcome.seconds, failed=error is not None)
    return outcome


async def _execute_cells(client: NotebookClient, root: str) -> list[str]:
    """Run all cells in order; the files of the book that they used."""
    await _silently(client, inputs.START.format(root=root))
    for index, cell in enumerate(client.nb.cells):
        count = client.code_cells_executed + 1
        await client.async_execute_cell(cell, index, execution_count=count)
    return await _silently(client, "0", inputs.FINISH.format(root=root))


async def _silently(client: NotebookClient, code: str, expression: str | None = None) -> Any:
    """Run code that is not part of the chapter; the value of `expression`, which is JSON."""
    kernel: Any = client.kc
    wanted = {"value": expression} if expression else {}
    try:
        reply = await kernel.execute(
            code, silent=True, user_expressions=wanted, reply=True, timeout=SILENT_TIMEOUT
        )
    except TimeoutError:
        manager: Any = client.km
        alive = await manager.is_alive()
        how = f"did not answer for {SILENT_TIMEOUT} s" if alive else "died"
        raise RuntimeError(f"the kernel {how} before or after its cells") from None
    content = reply["content"]
    if content["status"] != "ok":
        raise RuntimeError(f"the kernel could not be prepared: {content.get('evalue')}")
    if expression is None:
        return None
    return json.loads(ast.literal_eval(content["user_expressions"]["value"]["data"]["text/plain"]))


async def _run_all(waiting: list[Chapter], jobs: int, progress: Chapters) -> list[Outcome]:
    slots = asyncio.Semaphore(jobs)
    loop, everything = asyncio.get_running_loop(), asyncio.current_task()
    assert everything is not None

    def stop() -> None:
        # nbclient leaves a task behind for each cell that it was waiting for.
        loop.set_exception_handler(lambda _loop, _context: None)
        everything.cancel()

    def take_signals() -> None:
        with suppress(RuntimeError):  # not the main thread, or Windows
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop)

    async def in_turn(chapter: Chapter) -> Outcome:
        async with slots:
            try:
                return await _run_one(chapter, jobs, progress, take_signals)
            finally:
                take_signals()

    # Unlike `gather`, a group that is cancelled waits until every kernel has been ended.
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(in_turn(chapter)) for chapter in waiting]
    return [task.result() for task in tasks]


def expected_seconds(chapter: Chapter) -> float:
    """How long the chapter took last time here, or when its reference outputs were written."""
    executed = store.load(chapter)
    return executed.seconds if executed else reference.seconds(chapter)


def execute(found: list[Chapter], *, fresh: bool = False, jobs: int | None = None) -> Summary:
    """Execute those chapters whose inputs changed (all, if `fresh`), `jobs` at a time.

    Raises KeyboardInterrupt when stopped by a signal, once every kernel has ended.
    """
    began = time.monotonic()
    jobs = jobs or cores()
    stale = [chapter for chapter in found if fresh or store.reasons_to_run(chapter)]
    stale.sort(key=expected_seconds, reverse=True)
    summary = Summary([Outcome(c, reused=True) for c in found if c not in stale])
    if stale:
        with Chapters(len(stale)) as progress:
            try:
                summary.outcomes += asyncio.run(_run_all(stale, min(jobs, len(stale)), progress))
            except asyncio.CancelledError:
                raise KeyboardInterrupt from None
    for outcome in summary.outcomes:
        executed = store.load(outcome.chapter)
        if executed is not None and outcome.reused:
            store.note_text(outcome.chapter, executed)
    summary.seconds = time.monotonic() - began
    return summary

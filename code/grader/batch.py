"""Grading all attempts: side by side, on this machine or on a Dask cluster, each once."""

import atexit
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader import marking, outcome
from grader.assemble import Assembled
from grader.errors import GradingError
from grader.intake import Attempt, Refused
from grader.sandbox.host import Host, Job, Run
from grader.sandbox.limits import Limits

_hosts: dict[tuple, Host] = {}
_lock = threading.Lock()


@dataclass
class Tally:
    """What the batch came to."""

    graded: int = 0
    known: int = 0
    look: int = 0


def run_anywhere(job: Job, imports: tuple[str, ...], limits: Limits, sandbox: bool) -> Run:
    """Run one submission with this process's warm host, which is started once. Dask ships this."""
    with _lock:
        host = _hosts.get((imports, limits, sandbox))
        if host is None:
            host = Host(imports, limits, sandbox=sandbox)
            host.start()
            _hosts[imports, limits, sandbox] = host
    run = host.execute(job)
    if run.problem and run.problem.startswith("the sandbox failed"):
        run = host.execute(job)  # not the student's doing: once more
    return run


def close_hosts() -> None:
    """End this process's warm hosts."""
    with _lock:
        for host in _hosts.values():
            host.close()
        _hosts.clear()


atexit.register(close_hosts)


@contextmanager
def executor(jobs: int | None, dask: str | None) -> Iterator[tuple[Executor, int]]:
    """Where to run, and how many runs to keep in flight."""
    if dask is None:
        count = jobs or os.cpu_count() or 1
        with ThreadPoolExecutor(count) as pool:
            yield pool, 2 * count
        return
    from distributed import Client

    try:
        client = Client(dask, timeout="10s")
    except (OSError, ValueError) as problem:
        raise GradingError(f"no Dask scheduler answers at {dask}: {problem}") from problem
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise GradingError(f"the Dask cluster at {dask} has no workers")
        yield client.get_executor(pure=False, retries=2), 2 * threads


def grade(
    prepared: marking.Prepared,
    attempts: Iterable[Attempt],
    folder: Path,
    settings: tuple[Limits, bool],
    where: tuple[Executor, int],
    *,
    again: bool = False,
    tell: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Grade every attempt that has no outcome in `folder` yet; `tell` hears after each."""
    pool, most = where
    tally = Tally()
    waiting: dict[Future, tuple[Attempt, Assembled, Path]] = {}

    def keep(result: outcome.Outcome, path: Path) -> None:
        result.write(path)
        tally.graded += 1
        tally.look += bool(result.look)
        tell(tally)

    def collect(least: int) -> None:
        while len(waiting) > least:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                attempt, assembled, path = waiting.pop(future)
                keep(marking.outcome(prepared, attempt, assembled, _result(future)), path)

    for attempt in attempts:
        path = _path(folder, prepared, attempt)
        if path.exists() and not again:
            tally.known += 1
            tell(tally)
            continue
        try:
            assembled, job = marking.job(prepared, attempt)
        except Refused as problem:
            keep(marking.refused(prepared, attempt, problem), path)
            continue
        future = pool.submit(run_anywhere, job, prepared.exercise.imports, *settings)
        waiting[future] = (attempt, assembled, path)
        collect(most - 1)
    collect(0)
    return tally


def _result(future: Future) -> Run:
    try:
        return future.result()
    except GradingError:
        raise
    except Exception as problem:  # a worker died too often, or the cluster lost it
        return Run(problem=f"the sandbox failed: {type(problem).__name__}: {problem}"[:300])


def _path(folder: Path, prepared: marking.Prepared, attempt: Attempt) -> Path:
    key = marking.attempt_key(prepared, attempt)
    return folder / marking.student_id(attempt.student) / f"{key}.json"


def read_all(folder: Path) -> dict[str, list[outcome.Outcome]]:
    """The outcomes in `folder` by student, each student's attempts in order of time."""
    found: dict[str, list[outcome.Outcome]] = {}
    for path in sorted(folder.glob("*/*.json")):
        result = outcome.read(path)
        found.setdefault(result.student, []).append(result)
    for results in found.values():
        results.sort(key=lambda result: result.when)
    return found

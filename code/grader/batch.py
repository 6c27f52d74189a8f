"""Grading all attempts: side by side, on this machine or on a Dask cluster, each once."""

import atexit
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader import intake, marking, outcome
from grader.assemble import Assembled
from grader.errors import GradingError
from grader.intake import Attempt, Entry, Refused
from grader.sandbox.host import Host, Job, Run
from grader.sandbox.limits import Limits

WITHOUT_WORKERS = 60.0
"""Seconds after which a cluster without any worker is given up."""
LOOK_SECONDS = 5.0
_hosts: dict[tuple, Host] = {}
_lock = threading.Lock()
_stopping = threading.Event()


@dataclass
class Tally:
    """What the batch came to."""

    graded: int = 0
    known: int = 0
    look: int = 0


def run_anywhere(job: Job, imports: tuple[str, ...], limits: Limits, sandbox: bool) -> Run:
    """Run one submission with this process's warm host, which is started once. Dask ships this."""
    with _lock:
        if _stopping.is_set():
            return Run(problem="the sandbox failed: the command is being stopped")
        key = (imports, limits, sandbox)
        host = _hosts.get(key)
        if host is None:
            host = _hosts[key] = Host(imports, limits, sandbox=sandbox)
            try:
                host.start()
            except BaseException:
                del _hosts[key]
                host.close()
                raise
    run = host.execute(job)
    if run.problem and run.problem.startswith("the sandbox failed") and not _stopping.is_set():
        run = host.execute(job)  # not the student's doing: once more
    return run


def close_hosts() -> None:
    """End this process's warm hosts, and one that is just being started."""
    for host in list(_hosts.values()):
        host.kill()
    with _lock:
        for host in _hosts.values():
            host.close()
        _hosts.clear()


atexit.register(close_hosts)


@dataclass
class Where:
    """Where to run, how many runs to keep in flight, and whether anybody is there to run them."""

    pool: Executor
    most: int
    alive: Callable[[], bool] = lambda: True


@contextmanager
def executor(jobs: int | None, dask: str | None) -> Iterator[Where]:
    """Threads of this process, each with a sandbox at a time, or the workers of a Dask cluster."""
    if dask is None:
        count = jobs or os.cpu_count() or 1
        pool = ThreadPoolExecutor(count)
        try:
            yield Where(pool, count + 1)
        except BaseException:
            _stopping.set()  # what waits in the pool ends without having begun
            close_hosts()
            raise
        finally:
            pool.shutdown()
            _stopping.clear()
        return
    try:
        from distributed import Client
    except ImportError:
        raise GradingError(
            "--dask needs the package distributed: pip install 'lossbook-course[cluster]'"
        ) from None

    try:
        client = Client(dask, timeout="10s")
    except (OSError, ValueError) as problem:
        raise GradingError(f"no Dask scheduler answers at {dask}: {problem}") from problem
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise GradingError(f"the Dask cluster at {dask} has no workers")
        pool = client.get_executor(pure=False, retries=2)
        yield Where(pool, 2 * threads, lambda: bool(client.nthreads()))


def grade(
    prepared: marking.Prepared,
    entries: Iterable[Entry],
    folder: Path,
    settings: tuple[Limits, bool],
    where: Where,
    *,
    again: bool = False,
    tell: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Grade every attempt that has no outcome in `folder` yet; `tell` hears after each.

    Only what is running is in memory.
    """
    tally = Tally()
    waiting: dict[Future, tuple[Attempt, Assembled, Path]] = {}

    def keep(attempt: Attempt, assembled: Assembled | None, run: Run, path: Path) -> None:
        try:
            result = marking.outcome(prepared, attempt, assembled, run)
        except Exception as problem:  # whatever a submission made of itself, the next ones follow
            words = f"it could not be marked ({type(problem).__name__})"
            result = marking.outcome(prepared, attempt, None, Run(problem=words))
        result.write(path)
        tally.graded += 1
        tally.look += bool(result.look)
        tell(tally)

    def collect(least: int) -> None:
        while len(waiting) > least:
            for future in _done(waiting, where.alive):
                attempt, assembled, path = waiting.pop(future)
                keep(attempt, assembled, _result(future), path)

    times: dict[tuple[str, str], set[str]] = defaultdict(set)
    stated: set[tuple[str, str]] = set()
    for entry in entries:
        attempt = intake.read(entry)
        times[attempt.student, attempt.content].add(attempt.when.isoformat())
        if entry.stated and attempt.content:
            stated.add((attempt.student, attempt.content))
        path = _path(folder, prepared, attempt)
        if path.exists() and not again:
            tally.known += 1
            tell(tally)
            continue
        try:
            assembled, job = marking.job(prepared, attempt)
        except Refused as problem:
            keep(attempt, None, Run(problem=str(problem)), path)
            continue
        except Exception as problem:
            words = f"the notebook cannot be read ({type(problem).__name__})"
            keep(attempt, None, Run(problem=words), path)
            continue
        attempt.files = {}
        future = where.pool.submit(run_anywhere, job, prepared.exercise.imports, *settings)
        waiting[future] = (attempt, assembled, path)
        collect(where.most - 1)
    collect(0)
    for student, content in stated:
        _restate(folder / student, content, times[student, content])
    return tally


def _restate(folder: Path, content: str, times: set[str]) -> None:
    """Forget the attempts of the same content at other times than those that are stated now."""
    for path in folder.glob("*.json"):
        result = outcome.read(path)
        if result.content == content and result.when not in times:
            path.unlink()
            path.with_suffix(".notebook").unlink(missing_ok=True)


def _done(waiting: Iterable[Future], alive: Callable[[], bool]) -> Iterable[Future]:
    """Those of the futures that have ended; `GradingError` if nobody is left to end any."""
    seen = time.monotonic()
    while True:
        done, _ = wait(waiting, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
        if done:
            return done
        if alive():
            seen = time.monotonic()
        elif time.monotonic() - seen > WITHOUT_WORKERS:
            raise GradingError(
                "all workers of the Dask cluster are gone; what is graded is kept, and the same "
                "command goes on from here"
            )


def _result(future: Future) -> Run:
    try:
        return future.result()
    except GradingError:
        raise
    except Exception as problem:  # a worker died too often, or the cluster lost it
        return Run(problem=f"the sandbox failed: {type(problem).__name__}: {problem}"[:300])


def _path(folder: Path, prepared: marking.Prepared, attempt: Attempt) -> Path:
    return folder / attempt.student / f"{marking.attempt_key(prepared, attempt)}.json"


def read_all(folder: Path) -> dict[str, list[outcome.Outcome]]:
    """The outcomes in `folder` by student, each student's attempts in order of time."""
    found: dict[str, list[outcome.Outcome]] = {}
    for path in sorted(folder.glob("*/*.json")):
        result = outcome.read(path)
        found.setdefault(result.student, []).append(result)
    for results in found.values():
        results.sort(key=lambda result: result.when)
    return found

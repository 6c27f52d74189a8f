"""Grading all attempts: side by side, on this machine or on a Dask cluster, each once."""

import atexit
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
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
    resubmitted: list[str] = field(default_factory=list)
    """Who handed in the same files as in an earlier run, at a later time that was stated."""


def warm(imports: tuple[str, ...], limits: Limits, sandbox: bool) -> Host:
    """This process's warm host, which is started once; `close_hosts` ends it."""
    with _lock:
        if _stopping.is_set():
            raise GradingError("the grader is being stopped")
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
        return host


def run_anywhere(job: Job, imports: tuple[str, ...], limits: Limits, sandbox: bool) -> Run:
    """Run one submission with the warm host of the process that it is in. Dask ships this."""
    host = warm(imports, limits, sandbox)
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


@contextmanager
def hosts() -> Iterator[Callable[[tuple[str, ...], Limits, bool], Host]]:
    """`warm`, for the runs of one command; all that it started has ended afterwards."""
    try:
        yield warm
    finally:
        close_hosts()


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
    correct: bool = False,
    tell: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Grade every attempt that has no outcome in `folder` yet; `tell` hears after each.

    Only what is running is in memory. The same files at another time are another attempt, unless
    that time is only a file's, or `correct` says that the times of earlier runs were wrong.
    """
    tally = Tally()
    before: dict[tuple[str, str], list[outcome.Outcome]] = defaultdict(list)
    for results in read_all(folder).values():
        for result in results:
            before[result.student, result.content].append(result)
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
    for entry in entries:
        attempt = intake.read(entry)
        same = before[attempt.student, attempt.content] if attempt.content else []
        if entry.stated and attempt.content:
            times[attempt.student, attempt.content].add(attempt.when.isoformat())
        elif not entry.stated:
            attempt.stated = any(one.stated for one in same)
            attempt.when = _known_time(attempt.when, same)
        path = _path(folder, prepared, attempt)
        known = path.exists() or (attempt.stated and not entry.stated)
        if known and not again:
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
    for (student, content), now in times.items():
        kept = [one for one in before[student, content] if not _wrong_time(one, now, correct)]
        for one in before[student, content]:
            if one not in kept and one.path:
                one.path.unlink()
                one.path.with_suffix(".notebook").unlink(missing_ok=True)
        if kept and now - {one.when for one in kept}:
            tally.resubmitted.append(student)
    return tally


def _known_time(when: datetime, same: list[outcome.Outcome]) -> datetime:
    """For files whose time is only a guess: the time that they are known with, if that is better.

    Whoever copies a folder, or leaves out the list of times, makes nobody late or in time by it.
    """
    stated = [one.moment for one in same if one.stated]
    return min(stated or [when, *(one.moment for one in same)])


def _wrong_time(one: outcome.Outcome, now: set[str], correct: bool) -> bool:
    """Whether the times that are stated now for the same files show the earlier one to be wrong.

    A guess is; and a system names the newest attempt, so that none can be newer. An older one may
    have been an attempt: whoever hands in the same again after the deadline was in time before.
    """
    return one.when not in now and (correct or not one.stated or one.when > max(now))


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

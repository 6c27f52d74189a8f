"""One submission's run, from outside its sandbox: make it, fill it, watch it, end it."""

import contextlib
import os
import select
import signal
import socket
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from grader.sandbox import call_filter, channel, kernel_calls
from grader.sandbox.bubble import HOME, Bubble
from grader.sandbox.cgroup import Group

WATCH_SECONDS = 0.25
FIRST_UID = 60_000
"""As root, submissions run under unprivileged user ids from here on, each its own."""
KEPT = 3


def supervise(job: dict[str, Any], status: socket.socket, data: socket.socket) -> None:
    """Run one submission until it ends or `status` is closed; then say on `status` how it went."""
    limits = job["limits"]
    group = Group(
        f"lossbook-{os.getpid()}", limits["memory"] + 2 * limits["disk"], limits["processes"]
    )
    bubble = None
    told: dict[str, Any] = {"memory": False}
    try:
        if job["sandbox"]:
            bubble = Bubble(limits["disk"], [Path(place) for place in job["shown"]])
        first = os.fork()
        if first == 0:
            _inside(bubble, group, limits, data, Path(job["folder"]))
        data.close()
        # Whatever loses its parent in the sandbox goes to the first process there.
        roots = [first, bubble.pid] if bubble else [os.getpid()]
        too_much = _watch(first, status, roots, None if group.active else limits["memory"])
        if bubble:
            bubble.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(first, signal.SIGKILL)
        if not bubble:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(first, signal.SIGKILL)
        _, code = os.waitpid(first, 0)
        told = {"memory": too_much or group.ran_out(), "exit": os.waitstatus_to_exitcode(code)}
    except Exception as problem:
        told["broken"] = str(problem)
        if bubble:
            bubble.close()
    finally:
        group.remove()
    with contextlib.suppress(OSError):
        channel.send(status, told)


def _watch(first: int, status: socket.socket, roots: list[int], memory: int | None) -> bool:
    """Wait for the end of `first`; true if all that runs below `roots` used more than `memory`."""
    ended = os.pidfd_open(first)
    poller = select.poll()
    poller.register(ended, select.POLLIN)
    poller.register(status, select.POLLIN | select.POLLHUP)
    try:
        while not poller.poll(WATCH_SECONDS * 1000):
            if memory is not None and sum(map(_resident, _below(roots))) > memory:
                return True
    finally:
        os.close(ended)
    return False


def _below(roots: list[int]) -> Iterator[int]:
    """All living processes below these, by the parents that the kernel tells of any process.

    Namespaces it tells only of those that allow it, and a process can forbid it.
    """
    children = defaultdict(list)
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            after = Path(f"/proc/{name}/stat").read_bytes().rpartition(b")")[2].split()
            children[int(after[1])].append(int(name))
    waiting = list(roots)
    while waiting:
        found = children.pop(waiting.pop(), [])
        yield from found
        waiting += found


def _resident(pid: int) -> int:
    """Bytes in memory; pages shared with the warm parent count in part (proportional share).

    What a process hides of itself counts in full.
    """
    for file, keys in (("smaps_rollup", {"Pss"}), ("status", {"RssAnon", "RssShmem"})):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/{file}").read_text("utf-8", "replace").splitlines()
            told = [line.split() for line in lines if line.partition(":")[0] in keys]
            return sum(int(words[1]) for words in told) * 1024
    return 0


def _inside(
    bubble: Bubble | None, group: Group, limits: dict, data: socket.socket, folder: Path
) -> NoReturn:
    """Become the process that runs the notebook. Never returns, whatever happens."""
    try:
        group.enter()
        if bubble:
            kernel_calls.join(bubble.pid, user=not bubble.root)
            child = os.fork()  # the process-id namespace holds for children only
            if child:
                _, code = os.waitpid(child, 0)
                os._exit(os.waitstatus_to_exitcode(code) & 0xFF)
            # Its own session: no terminal, and no process group outside that "0" could mean.
            os.setsid()
            kernel_calls.renounce(FIRST_UID + bubble.pid % 1000 if bubble.root else None)
            folder = Path(HOME)
        else:
            os.setsid()
        kernel_calls.die_with_parent()
        kernel_calls.restrict(limits, sandboxed=bubble is not None)
        if bubble:
            call_filter.install()
        _run(data, folder)
    except BaseException as problem:
        with contextlib.suppress(BaseException):
            channel.send(data, {"broken": f"{type(problem).__name__}: {problem}"})
    finally:
        os._exit(1)


def _run(data: socket.socket, folder: Path) -> NoReturn:
    from grader.sandbox import runner

    os.dup2(data.fileno(), KEPT)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > KEPT:
            with contextlib.suppress(OSError):
                os.close(int(name))
    os.environ.update(HOME=str(folder), TMPDIR=str(folder), USER="student", PWD=str(folder))
    os.chdir(folder)
    sys.path.insert(0, "")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    runner.serve(socket.socket(fileno=KEPT))
    os._exit(0)

"""The grader's side of a run: hands cells and inputs in, takes values out, keeps the time."""

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from grader import outputs, plain
from grader.errors import GradingError
from grader.sandbox import bubble, channel
from grader.sandbox.limits import WAITING, Limits

GRACE = 5.0
"""Seconds beyond a cell's limit after which a cell that ignores its alarm is ended from outside."""
IMPORT_SECONDS = 180.0
MOST_REPLY = 3 * plain.MOST_BYTES // 2
_START = (
    "import json, sys; sys.path[:0] = json.loads(sys.argv[3]); "
    "from grader.sandbox import zygote; zygote.main()"
)


_POOLS = ("MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


@dataclass(frozen=True)
class Job:
    """Cells to run in order, files to lay beside them, then calls `(function, arguments)`.

    Arguments are already encoded (`plain.encode`); None asks for a variable instead. `checks` are
    the numbers of those cells that must not change the names of the others.
    """

    cells: Sequence[str]
    calls: Sequence[tuple[str, list[Any] | None]] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    checks: Sequence[int] = ()


@dataclass
class Run:
    """What came out: outputs a cell, replies a call, and what went wrong, if anything."""

    outputs: list[Any] = field(default_factory=list)
    replies: list[Any] = field(default_factory=list)
    problem: str | None = None
    seconds: float = 0.0


class Host:
    """A warm process, and the runs forked from it; safe to use from several threads."""

    def __init__(self, imports: Sequence[str], limits: Limits, *, sandbox: bool = True) -> None:
        self._imports, self._limits, self._sandbox = list(imports), limits, sandbox
        self._shown = [str(place) for place in bubble.readable(self._imports)]
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None
        self._running: set[socket.socket] = set()
        self._closed = False
        self._home = tempfile.TemporaryDirectory(prefix="lossbook-grade-")

    def start(self) -> None:
        """Start the warm process and try the sandbox once; `GradingError` if either fails."""
        self._zygote()
        run = self.execute(Job(["1 + 1"]))
        if run.problem:
            raise GradingError(f"notebooks cannot be run here: {run.problem}")

    def kill(self) -> None:
        """End the warm process and every run at once; a `start` in another thread then fails.

        Waits for nothing: whoever started a run hears of its end.
        """
        self._closed = True
        process = self._process
        if process:
            process.kill()
        for data in list(self._running):  # its supervisor lives on without the warm process
            with contextlib.suppress(OSError):
                data.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the warm process and every run."""
        self.kill()
        with self._lock:
            self._end()
        self._home.cleanup()

    def __enter__(self) -> "Host":
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def _end(self) -> None:
        if self._control:
            self._control.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None

    def _zygote(self) -> socket.socket:
        with self._lock:
            self._check_open()
            if self._process and self._process.poll() is not None:
                self._end()
            if self._control is None:
                mine, theirs = socket.socketpair()
                self._process = subprocess.Popen(
                    [
                        *(sys.executable, "-I", "-W", "ignore", "-c", _START),
                        *(str(theirs.fileno()), json.dumps(self._imports)),
                        json.dumps(list(map(str, bubble.import_folders(self._imports)))),
                    ],
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # the terminal is the grader's alone
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=_environment(Path(self._home.name)),
                    cwd=self._home.name,
                )
                theirs.close()
                self._control = mine
                try:
                    channel.Reader(mine, 100).frame(time.monotonic() + IMPORT_SECONDS)
                except channel.ChannelError as problem:
                    self._end()
                    wanted = ", ".join(self._imports) or "nothing"
                    raise GradingError(f"a Python that imports {wanted} did not start") from problem
            return self._control

    def execute(self, job: Job) -> Run:
        """Run one submission in a sandbox of its own. Never raises for what the submission does."""
        began = time.monotonic()
        control = self._zygote()
        status, their_status = socket.socketpair()
        data, their_data = socket.socketpair()
        run = Run()
        with status, data, tempfile.TemporaryDirectory(dir=self._home.name) as folder:
            header = {
                "limits": self._limits.to_dict(),
                "sandbox": self._sandbox,
                "folder": folder,
                "shown": self._shown,
            }
            self._running.add(data)
            try:
                with their_status, their_data, self._lock:
                    self._check_open()
                    socket.send_fds(
                        control,
                        [json.dumps(header).encode()],
                        [their_status.fileno(), their_data.fileno()],
                    )
                self._converse(job, data, run)
            except channel.TooLate:
                run.problem = "the notebook did not finish in time"
            except channel.TooMuch:
                run.problem = "the notebook sent more output than is allowed"
            except (channel.ChannelError, OSError) as problem:
                run.problem = f"the notebook's process ended early ({problem})"
            finally:
                self._running.discard(data)
            self._finish(status, run)
        run.seconds = time.monotonic() - began
        return run

    def _check_open(self) -> None:
        if self._closed:
            raise GradingError("the grader is being stopped")

    def _converse(self, job: Job, data: socket.socket, run: Run) -> None:
        limits = self._limits
        last = time.monotonic() + limits.total_seconds
        reader = channel.Reader(data, limits.output)
        most = min(MOST_REPLY, limits.replies // max(len(job.calls), 1))

        def frame() -> Any:
            return reader.frame(min(last, time.monotonic() + WAITING * limits.cell_seconds + GRACE))

        def send(message: Any) -> None:
            data.settimeout(max(last - time.monotonic(), 0.1))
            channel.send(data, message)

        send(
            {
                "files": {name: base64.b64encode(b).decode() for name, b in job.files.items()},
                "cells": list(job.cells),
                "checks": list(job.checks),
                "calls": len(job.calls),
                "output": limits.output - (1 << 20),
                "reply": most,
                "cell_seconds": limits.cell_seconds,
            }
        )
        for number in range(len(job.cells)):
            said = _expected(frame(), "cell", number)
            run.outputs.append(outputs.clean(said.get("outputs")))
        _expected(frame(), "ready", True)
        # From here on the notebook knows the inputs, and nothing but replies is taken from it.
        for number, (function, arguments) in enumerate(job.calls):
            send({"function": function, "arguments": arguments})
            reader = channel.Reader(data, most + channel.LENGTH.size)
            run.replies.append(_reply(_expected(frame(), "call", number)))

    def _finish(self, status: socket.socket, run: Run) -> None:
        """End the sandbox, whatever still runs in it, and hear why it ended."""
        status.shutdown(socket.SHUT_WR)
        try:
            told = channel.Reader(status, 1 << 16).frame(time.monotonic() + 30)
        except channel.ChannelError:
            told = {"broken": "the sandbox's supervisor died"}
        if "broken" in told:
            run.problem = f"the sandbox failed: {told['broken']}"
        elif told["memory"] and run.problem:
            run.problem = "the notebook used more memory than is allowed"


def _expected(said: Any, key: str, value: Any) -> dict[str, Any]:
    if not isinstance(said, dict) or (said.get(key) is not value and said.get(key) != value):
        # Once the notebook knows the inputs, its words could carry them out to its author.
        if key != "call" and isinstance(said, dict) and "broken" in said:
            raise channel.ChannelError(outputs.line(said["broken"], 300))
        raise channel.ChannelError("it sent something else than what was asked")
    return said


def _reply(said: dict[str, Any]) -> dict[str, Any]:
    """`{"value": …}` decoded, or `{"error": …}` in one line."""
    if "error" in said:
        return {"error": outputs.line(said["error"])}
    try:
        return {"value": plain.decode(said.get("value"))}
    except plain.NotPlain as problem:
        return {"error": f"NotPlain: {problem}"}


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the grader's own environment but where programs are."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "LC_ALL": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": platformdirs.user_cache_dir("lossbook-grade-matplotlib"),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # Runs share the cores already; by default these pools have a thread a core.
        **dict.fromkeys(_POOLS, "1"),
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PIP_NO_INDEX": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }

"""The process that makes pages of feedback (`page_worker`), ended if one takes too long.

Markdown and highlighting run in time that grows with the square of what a student wrote, or worse.
"""

import json
import select
import subprocess
import sys
from pathlib import Path

PACKAGES = Path(__file__).resolve().parents[1]
_START = """
import sys
sys.path[:0] = [sys.argv[1]]
from grader.quick import leave_out_grammars
leave_out_grammars()
from grader import page_worker
page_worker.main(*sys.argv[2:])
"""


class Pager:
    """Makes one page after another; use it as a context manager, from one thread."""

    def __init__(self, root: Path, assignment: str) -> None:
        self._arguments = [str(root), assignment]
        self._process: subprocess.Popen[bytes] | None = None

    def page(self, student: str, seconds: float) -> str | None:
        """Make a student's page; why it could not be made, if so."""
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(json.dumps(student).encode() + b"\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], seconds)
            said = process.stdout.readline() if ready else None
        except OSError:
            said = b""
        if said is None:
            self._end()
            return f"it took more than {seconds:g} s to make"
        if not said:
            self._end()
            return "the program that makes it stopped"
        return json.loads(said)

    def stop(self) -> None:
        """End it from another thread, in the middle of a page."""
        if self._process:
            self._process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _START, str(PACKAGES), *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the grader, which then calls `stop`
        )
        return self._process

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._process = None

    def __enter__(self) -> "Pager":
        return self

    def __exit__(self, *_problem: object) -> None:
        self._end()

"""Running a long program, listening to what it says, and noticing when it does nothing any more.

To whoever waits, a program that hangs looks like one that works. So its silence is told, with the
last thing that it said; after a limit it is ended, and the place in its code where it stood is
part of the error.
"""

import codecs
import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

QUIET = 120.0
"""Seconds of silence after which it is told; a page takes a second or two."""
LIMIT = 900.0
"""Seconds of silence after which the program is ended."""
TICK = 0.5
LAST_WORDS = 5.0
"""Seconds that a program has to say where it stands, and again to end."""

PROLOGUE = "import faulthandler, signal; faulthandler.register(signal.SIGUSR1)"
"""What a Python program does first, so that it can say where it stands when it hangs."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Hung(Exception):
    """The program did nothing for the limit and was ended; the message says where it stood."""


@dataclass
class Watched:
    """A program, whose output is kept in `said`, in lines without colours.

    `hears` is called with each line (a carriage return ends one too), `tell` with what there is to
    say of a silent program. `quiet` and `limit` are seconds of silence, as above.
    """

    command: Sequence[str]
    name: str
    cwd: Path
    env: Mapping[str, str]
    hears: Callable[[str], None]
    tell: Callable[[str], None]
    quiet: float = QUIET
    limit: float = LIMIT
    said: list[str] = field(default_factory=list)
    _unended: str = ""

    def run(self) -> int:
        """Run it to its end; the exit status. Raises Hung. Whatever is raised ends it first."""
        with subprocess.Popen(
            self.command,
            cwd=self.cwd,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            try:
                self._listen(process)
            except BaseException:
                _end(process)
                raise
        return process.returncode

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        silence, told = 0.0, self.quiet
        while process.poll() is None:
            began = time.monotonic()
            if self._read(process, decoder, TICK):
                silence, told = 0.0, self.quiet
                continue
            # While both were stopped (Ctrl-Z) the clock went on, but that was no silence.
            silence += min(time.monotonic() - began, 2 * TICK)
            if silence >= self.limit:
                raise Hung(self._where_it_stands(process, decoder))
            if silence >= told:
                told *= 2
                self.tell(
                    f"{self.name} has said nothing for {duration(silence)} (it is ended after "
                    f"{duration(self.limit)}); its last words: {self._last_words()}"
                )
        # Not until the end of the file: a process that it left behind may hold the pipe open.
        while self._read(process, decoder, 0):
            pass
        self._end_line()

    def _read(
        self, process: subprocess.Popen[bytes], decoder: codecs.IncrementalDecoder, seconds: float
    ) -> bool:
        """Wait up to `seconds` for output; whether any came."""
        assert process.stdout is not None
        if not select.select([process.stdout], [], [], seconds)[0]:
            return False
        piece = os.read(process.stdout.fileno(), 1 << 16)
        if not piece:  # it closed its output, and goes on
            time.sleep(seconds)
            return False
        *ended, self._unended = re.split(r"[\r\n]+", self._unended + decoder.decode(piece))
        for line in ended:
            self._line(line)
        return True

    def _end_line(self) -> None:
        self._line(self._unended)
        self._unended = ""

    def _line(self, text: str) -> None:
        line = _COLOURS.sub("", text).rstrip()
        if line:
            self.said.append(line)
            self.hears(line)

    def _last_words(self) -> str:
        return _COLOURS.sub("", self._unended).strip() or (self.said[-1] if self.said else "none")

    def _where_it_stands(
        self, process: subprocess.Popen[bytes], decoder: codecs.IncrementalDecoder
    ) -> str:
        """What to say of a program that hangs. One without the prologue is ended by the signal."""
        words = self._last_words()
        self._end_line()
        before = len(self.said)
        process.send_signal(signal.SIGUSR1)
        until = time.monotonic() + LAST_WORDS
        while time.monotonic() < until and process.poll() is None:
            self._read(process, decoder, TICK)
        stack = "".join(f"\n{line}" for line in self.said[before:])
        return (
            f"{self.name} did nothing for {duration(self.limit)} and was ended; "
            f"its last words: {words}{stack}"
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(LAST_WORDS)
    except subprocess.TimeoutExpired:
        process.kill()


def duration(seconds: float) -> str:
    """In words for a line of progress."""
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} s"

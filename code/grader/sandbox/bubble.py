"""Starting bubblewrap around nothing yet: an empty sandbox that a warm process then joins."""

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

from grader.errors import GradingError

HOME = "/home/student"
INSTALL = (
    "bubblewrap (bwrap) 0.8 or later is needed to grade safely; install it (Debian, Ubuntu: "
    "apt-get install bubblewrap; Fedora: dnf install bubblewrap), or pass --no-sandbox to run "
    "students' code with your own rights"
)


def readable(imports: Sequence[str] = ()) -> list[Path]:
    """What a sandbox sees of this machine, read-only: programs, Python, what is imported."""
    places = [Path("/usr"), Path(sys.prefix), Path(sys.base_prefix).resolve()]
    return [place for place in [*places, *import_folders(imports)] if place.exists()]


def import_folders(imports: Sequence[str] = ()) -> list[Path]:
    """The folders outside of Python's own from which this package and `imports` come.

    All that such a folder holds can be imported in a sandbox, as it can outside.
    """
    found = []
    for name in dict.fromkeys([__name__, *imports]):
        spec = importlib.util.find_spec(name.partition(".")[0])
        for place in (spec and spec.submodule_search_locations) or ():
            folder = Path(place).resolve().parent
            if not folder.is_relative_to(sys.prefix) and folder not in found:
                found.append(folder)
    return found


def check(hidden: list[Path], imports: Sequence[str] = ()) -> None:
    """`GradingError` if bubblewrap is missing or old, or would show what must stay hidden."""
    if shutil.which("bwrap") is None:
        raise GradingError(INSTALL)
    told = subprocess.run(["bwrap", "--help"], capture_output=True, text=True, check=False)
    if "--disable-userns" not in told.stdout + told.stderr:
        raise GradingError(INSTALL)
    for folder in hidden:
        for shown in readable(imports):
            if folder.resolve().is_relative_to(shown):
                raise GradingError(
                    f"{folder} lies inside {shown}, which sandboxes can read; move it elsewhere"
                )


def command(disk: int, info: int, shown: Sequence[Path], *, root: bool) -> list[str]:
    """The bubblewrap command line; its program, `cat`, holds the sandbox open."""
    words = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    words += ["--unshare-cgroup-try", "--hostname", "exercise", "--die-with-parent"]
    words += ["--new-session", "--info-fd", str(info)]
    if not root:
        words += ["--unshare-user", "--disable-userns"]
    for name in ("/bin", "/sbin", "/lib", "/lib64"):
        place = Path(name)
        if place.is_symlink():
            words += ["--symlink", os.readlink(place), name]
        elif place.exists():
            words += ["--ro-bind", name, name]
    # Before what is shown, which may itself lie below one of them: a later mount covers an earlier.
    for folder in ("/tmp", HOME):
        words += ["--perms", "1777", "--size", str(disk), "--tmpfs", folder]
    for place in [*shown, Path("/etc/ld.so.cache")]:
        for parent in reversed(place.parents[:-1]):  # by default only their maker could enter them
            words += ["--perms", "0755", "--dir", str(parent)]
        words += ["--ro-bind-try", str(place), str(place)]
    # Terminals of its own, for `!command`; the one that it was started from cannot be opened.
    words += ["--proc", "/proc", "--dev", "/dev", "--ro-bind", "/dev/null", "/dev/tty"]
    words += ["--perms", "1777", "--size", str(disk), "--tmpfs", "/dev/shm"]
    # Everything else is a tmpfs that bubblewrap made for mount points, without a size.
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "cat"]


class Bubble:
    """A running sandbox with nothing in it; `pid` is its first process, seen from outside."""

    def __init__(self, disk: int, shown: Sequence[Path]) -> None:
        self.root = os.geteuid() == 0
        reading, writing = os.pipe()
        try:
            self._process = subprocess.Popen(
                command(disk, writing, shown, root=self.root),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[writing],
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            )
        finally:
            os.close(writing)
        with os.fdopen(reading, "rb") as info:
            told = info.read()
        asked, answered, complaints = (
            cast(IO[bytes], stream)
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr)
        )
        # `cat` answers only once every mount is in place.
        with contextlib.suppress(BrokenPipeError):
            os.write(asked.fileno(), b".")
        if not told or os.read(answered.fileno(), 1) != b".":
            said = complaints.read().decode("utf-8", "replace").strip()
            self._process.wait()
            raise GradingError(f"bubblewrap could not make a sandbox: {said or 'no reason given'}")
        self.pid = int(json.loads(told)["child-pid"])

    def close(self) -> None:
        """Kill everything in the sandbox: with its first process the kernel ends all others."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()

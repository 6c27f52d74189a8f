"""A control group a submission, where the grader may make one (root, cgroup v1 or v2)."""

import contextlib
import os
import time
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


def _place(controller: str) -> Path | None:
    """Where to make groups for `controller`: below our own group, or None if we may not."""
    for line in Path("/proc/self/cgroup").read_text("ascii").splitlines():
        _number, names, path = line.split(":", 2)
        if controller in names.split(","):
            folder = ROOT / controller / path.strip("/")
            return folder if os.access(folder, os.W_OK) else None
    # Version 2 has one tree; a group that has processes cannot hand controllers down, the root can.
    enabled = ROOT / "cgroup.subtree_control"
    if not enabled.exists() or not os.access(enabled, os.W_OK):
        return None
    return ROOT if controller in enabled.read_text("ascii").split() else None


class Group:
    """Caps memory and the number of processes of whatever is put into it.

    `active` is false where no group could be made; resource limits and the supervisor's own watch
    then hold alone.
    """

    def __init__(self, name: str, memory: int, processes: int) -> None:
        self._folders: list[Path] = []
        self._memory = self._make("memory", name)
        if self._memory:
            self._write(self._memory, ("memory.limit_in_bytes", "memory.max"), memory)
            with contextlib.suppress(OSError):  # swap accounting may be off: then no cap on swap
                self._write(self._memory, ("memory.memsw.limit_in_bytes",), memory)
                self._write(self._memory, ("memory.swap.max",), 0)
        folder = self._make("pids", name)
        if folder:
            self._write(folder, ("pids.max",), processes)

    @property
    def active(self) -> bool:
        """Whether memory is capped by a group."""
        return self._memory is not None

    def _make(self, controller: str, name: str) -> Path | None:
        place = _place(controller)
        if place is None:
            return None
        folder = place / name
        try:
            folder.mkdir(exist_ok=True)
        except OSError:
            return None
        if folder not in self._folders:
            self._folders.append(folder)
        return folder

    @staticmethod
    def _write(folder: Path, names: tuple[str, ...], value: int) -> None:
        for name in names:
            if (folder / name).exists():
                (folder / name).write_text(str(value), "ascii")

    def enter(self) -> None:
        """Put the calling process into the group."""
        for folder in self._folders:
            (folder / "cgroup.procs").write_text(str(os.getpid()), "ascii")

    def ran_out(self) -> bool:
        """Whether the kernel killed something for want of memory."""
        if not self._memory:
            return False
        for name in ("memory.oom_control", "memory.events"):
            file = self._memory / name
            if file.exists():
                for line in file.read_text("ascii").splitlines():
                    key, _, value = line.partition(" ")
                    if key == "oom_kill":
                        return int(value) > 0
        return False

    def remove(self) -> None:
        """Delete the group; its processes have been killed and may need a moment to vanish."""
        for folder in self._folders:
            for _ in range(50):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.02)

"""What the benchmarks share: a measured command, ratios with their spread, the machine's name."""

import os
import platform
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

OUT = Path("_build") / "bench"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Measured:
    """Wall seconds of a command, and the most memory (MiB) that it and all below it held."""

    seconds: float
    peak: float


def measured(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Measured:
    """Run a command to its end. SystemExit with its words if it fails.

    Memory is the sum of the private memory (USS) of the process and its descendants, sampled
    twice a second, so that shared libraries do not count once a process.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        list(command),
        cwd=folder,
        env=os.environ | dict(environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peak = 0.0
    ended = threading.Event()

    def sample() -> None:
        nonlocal peak
        while not ended.wait(0.5):
            peak = max(peak, held(process.pid))

    watch = threading.Thread(target=sample)
    watch.start()
    said, _ = process.communicate()
    seconds = time.perf_counter() - began
    ended.set()
    watch.join()
    if process.returncode:
        raise SystemExit(f"error: {' '.join(command)} failed:\n{said[-3000:]}")
    return Measured(seconds, peak)


def held(pid: int) -> float:
    """MiB of private memory that a process and its descendants hold now."""
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    total = 0
    for member in family:
        try:
            total += member.memory_full_info().uss
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return total / 2**20


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median (least to most), or the one value there is."""
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    low, middle, high = np.min(values), np.median(values), np.max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def machine() -> str:
    """The processor's name, and how many cores this process may use."""
    name = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return f"{name}, {len(os.sched_getaffinity(0))} cores"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"

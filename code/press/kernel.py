"""What a chapter's kernel is started with."""

import os
import subprocess
import sys
from pathlib import Path

MATPLOTLIB = Path("_build") / "matplotlib"
"""Matplotlib's own files: neither the user's settings nor an unwritable cache change a figure."""


def kernel_environment(jobs: int, root: Path) -> dict[str, str]:
    """The environment of a chapter's kernel: its share of the cores and nothing that is random."""
    threads = str(max(1, cores() // jobs))
    # OMP_NUM_THREADS also sizes oneDNN's pool, the others NumPy's and TensorFlow's.
    pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
    environment = (
        os.environ
        | dict.fromkeys(pools, threads)
        | {"TF_NUM_INTEROP_THREADS": "1", "PYTHONHASHSEED": "0", "TF_CPP_MIN_LOG_LEVEL": "3"}
        | {"MPLCONFIGDIR": str(root / MATPLOTLIB)}
    )
    _find_fonts(root, environment)
    return environment


def _find_fonts(root: Path, environment: dict[str, str]) -> None:
    """Make Matplotlib's list of fonts once, before any kernel needs it.

    A kernel would say on stderr that it takes a while, or that the user's cache cannot be written.
    """
    if not any((root / MATPLOTLIB).glob("fontlist-*.json")):
        (root / MATPLOTLIB).mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-c", "import matplotlib.font_manager"]
        subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=True)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""Fuzz what students can hand in: `python tools/grading/fuzz.py SECONDS` (default 600).

The properties are those of `tests/grading/test_fuzz.py`, with new examples each round.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Rounds until the time is over; the exit status of the first that finds something."""
    end, rounds = time.monotonic() + float((sys.argv[1:] or ["600"])[0]), 0
    while time.monotonic() < end:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += [str(ROOT / "tests" / "grading" / "test_fuzz.py")]
        environment = {**os.environ, "LOSSBOOK_FUZZ": "2000"}
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        if code:
            return code
        rounds += 1
    print(f"{rounds} rounds found nothing")
    return 0


if __name__ == "__main__":
    sys.exit(main())

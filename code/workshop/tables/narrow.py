"""Code in short lines, for tabs: a phone shows about 45 characters of a line, a desktop 93."""

import subprocess
import sys
from functools import cache

WIDTH = 64
"""Characters in a line. Fewer would pull calls apart that are read as one."""


@cache
def narrow(code: str) -> str:
    """The same code, laid out by ruff in lines of `WIDTH`, so far as names and comments allow.

    The comment at the end of a line that is too long goes above it. Raises ValueError if ruff
    cannot read the code.
    """
    if all(len(line) <= WIDTH for line in code.splitlines()):
        return code
    lines = "\n".join(_comment_first(line) for line in code.splitlines())
    command = [sys.executable, "-m", "ruff", "format", "--isolated", f"--line-length={WIDTH}", "-"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise ValueError(f"ruff cannot lay out this code: {done.stderr.strip()}\n{lines}")
    return done.stdout.rstrip("\n")


def _comment_first(line: str) -> str:
    """The line; if it is too long, what stands behind its last `  # ` comes first."""
    statement, mark, comment = line.rpartition("  # ")
    if len(line) <= WIDTH or not statement.strip():
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}{mark.lstrip()}{comment}\n{statement}"

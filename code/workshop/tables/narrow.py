"""Code in short lines, for tabs: a phone shows about 45 characters of a line, a desktop 93."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

WIDTH = 64
"""Characters in a line. Fewer would pull calls apart that are read as one."""
_laid_out: dict[str, str] = {}


def narrow(code: str) -> str:
    """The same code, laid out by ruff in lines of `WIDTH`, so far as names and comments allow.

    The comment at the end of a line that is too long goes above it. Raises ValueError if ruff
    cannot read the code.
    """
    prepare([code])
    return _laid_out.get(code, code)


def prepare(codes: Iterable[str]) -> None:
    """Lay out many pieces of code at once, because starting ruff takes longer than its work.

    Raises ValueError as `narrow` does.
    """
    wide = [code for code in dict.fromkeys(codes) if _is_wide(code) and code not in _laid_out]
    if not wide:
        return
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{place}.py" for place in range(len(wide))]
        for file, code in zip(files, wide, strict=True):
            lines = "\n".join(_comment_first(line) for line in code.splitlines())
            file.write_text(lines, encoding="utf-8")
        options = ["--isolated", "--no-cache", f"--line-length={WIDTH}"]
        command = [sys.executable, "-m", "ruff", "format", *options, folder]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        if done.returncode:
            raise ValueError(f"ruff cannot lay out this code: {done.stderr.strip()}\n{wide}")
        for file, code in zip(files, wide, strict=True):
            _laid_out[code] = file.read_text(encoding="utf-8").rstrip("\n")


def _is_wide(code: str) -> bool:
    return any(len(line) > WIDTH for line in code.splitlines())


def _comment_first(line: str) -> str:
    """The line; if it is too long, what stands behind its last `  # ` comes first."""
    statement, mark, comment = line.rpartition("  # ")
    if len(line) <= WIDTH or not statement.strip():
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}{mark.lstrip()}{comment}\n{statement}"

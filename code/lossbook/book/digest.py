"""Digests of files, and files written whole or not at all."""

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any


def digest_bytes(content: bytes) -> str:
    """SHA-256, shortened to 32 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()[:32]


def digest_json(value: Any) -> str:
    """The digest of a value that JSON can hold."""
    return digest_bytes(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


def digest_file(path: Path) -> str | None:
    """The digest of a file's content, or None if there is no such file."""
    try:
        return digest_bytes(path.read_bytes())
    except FileNotFoundError:
        return None


def write_whole(path: Path, content: str) -> None:
    """Write beside the target, then rename: whoever reads sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise

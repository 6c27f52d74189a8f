"""Digests of files and values."""

import hashlib
import json
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

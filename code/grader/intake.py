"""What one student handed in, read without trusting it: a notebook, a zip file, a folder.

Nothing is unpacked to disk, links are not followed, every size and depth is bounded, and whatever
goes wrong becomes a reason that names the student: one submission never stops the others.
"""

import hashlib
import io
import json
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any

from grader import bounded

MOST_FILE = 32 << 20
MOST_TOTAL = 64 << 20
MOST_FILES = 500
MOST_DEPTH = 20
MOST_NAME = 200
BESIDE = (".py", ".csv", ".txt", ".json", ".npz", ".npy", ".png", ".jpg", ".md", ".tsv", ".yml")
"""Files that may lie beside a notebook; all others are left out, and said so."""
CLUTTER = re.compile(r"(^|/)(\.|__MACOSX|__pycache__|Thumbs\.db|desktop\.ini|timestamp\.txt$)")


class Refused(Exception):
    """This submission cannot be read; the message is for the student and the instructor."""


@dataclass
class Attempt:
    """One thing handed in once: `when` in UTC, `files` by path, or why there are none.

    `stated`: its time is somebody's word, not that of a file.
    """

    student: str
    when: datetime
    files: dict[str, bytes] = field(default_factory=dict)
    refused: str | None = None
    notes: list[str] = field(default_factory=list)
    look: list[str] = field(default_factory=list)
    stated: bool = False

    @cached_property
    def content(self) -> str:
        """The same for the same files, whenever they were handed in; "" without any."""
        parts = hashlib.sha256()
        for name in sorted(self.files):
            parts.update(json.dumps([name, len(self.files[name])]).encode() + self.files[name])
        return parts.hexdigest() if self.files else ""

    @cached_property
    def digest(self) -> str:
        """The same for the same content."""
        parts = hashlib.sha256(json.dumps([self.student, self.when.isoformat()]).encode())
        for name in sorted(self.files):
            parts.update(json.dumps([name, len(self.files[name])]).encode() + self.files[name])
        parts.update(json.dumps([self.refused, self.look]).encode())
        return parts.hexdigest()


@dataclass(frozen=True)
class Entry:
    """Where an attempt lies: paths, each with the name that it has for the student."""

    student: str
    when: datetime
    paths: tuple[tuple[Path, str], ...]
    notes: tuple[str, ...] = ()
    look: tuple[str, ...] = ()
    refused: str | None = None
    stated: bool = False


def read(entry: Entry) -> Attempt:
    """The attempt; never raises for what is in it."""
    attempt = Attempt(entry.student, entry.when, notes=list(entry.notes), look=list(entry.look))
    attempt.refused, attempt.stated = entry.refused, entry.stated
    try:
        for path, name in entry.paths:
            _take(attempt, _contents(path, name))
    except Refused as problem:
        attempt.refused = str(problem)
    except OSError as problem:
        attempt.refused = f"it cannot be read: {problem.strerror or type(problem).__name__}"
    except Exception as problem:  # whatever a damaged file makes a library raise
        attempt.refused = f"it cannot be read ({type(problem).__name__})"
    if attempt.refused:
        attempt.files = {}
    return attempt


def _contents(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    kind = path.lstat().st_mode
    suffix = PurePosixPath(name).suffix.lower()
    if stat.S_ISDIR(kind):
        yield from _folder(path)
    elif not stat.S_ISREG(kind):
        raise Refused(f"{name} is a link or a special file")
    elif suffix == ".zip":
        yield from _zip(path, name)
    else:
        yield name, _read(path, name)


def _take(attempt: Attempt, found: Iterator[tuple[str, bytes]], *, inside: bool = False) -> None:
    """Keep the files that may be used; a zip file among them is opened if there is no notebook."""
    total, left_out, zips = sum(map(len, attempt.files.values())), [], []
    for number, (path, content) in enumerate(found):
        total += len(content)
        if number >= MOST_FILES or total > MOST_TOTAL:
            raise Refused(f"more than {MOST_FILES} files or {MOST_TOTAL >> 20} MiB")
        if CLUTTER.search(path):
            continue
        name = "/".join(part for part in PurePosixPath(path).parts if part not in ("/", ".", ".."))
        if not inside and name.lower().endswith(".zip"):
            zips.append((name, content))
            continue
        long = any(len(os.fsencode(part)) > MOST_NAME for part in PurePosixPath(name).parts)
        if long or PurePosixPath(name).suffix.lower() not in (".ipynb", *BESIDE):
            left_out.append(PurePosixPath(name).name[:60])
        elif name in attempt.files:
            attempt.notes.append(f"two files are called {name}; the first was taken")
        else:
            attempt.files[name] = content
    opened = not any(name.lower().endswith(".ipynb") for name in attempt.files)
    for name, content in zips:
        if opened:
            _take(attempt, _zip(io.BytesIO(content), name), inside=True)
        else:
            left_out.append(PurePosixPath(name).name[:60])
    if left_out:
        attempt.notes.append(f"left out, not on the list of files: {', '.join(left_out)[:200]}")


def _read(path: Path, name: str) -> bytes:
    with path.open("rb") as file:
        content = file.read(MOST_FILE + 1)
    if len(content) > MOST_FILE:
        raise Refused(f"{name} is larger than {MOST_FILE >> 20} MiB")
    return content


def _folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise Refused(f"its folders are more than {MOST_DEPTH} deep")
        for path in sorted(place.iterdir()):
            kind = path.lstat().st_mode
            name = path.relative_to(folder).as_posix()
            if stat.S_ISLNK(kind):
                raise Refused(f"{name} is a link")
            if stat.S_ISDIR(kind):
                waiting.append((path, depth + 1))
            elif not stat.S_ISREG(kind):
                raise Refused(f"{name} is a special file")
            elif not CLUTTER.search(name):
                yield name, _read(path, name)


def _zip(path: Path | IO[bytes], name: str) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                raise Refused(f"{name} has more than {MOST_FILES} files")
            for entry in entries:
                if not entry.filename or entry.is_dir():
                    continue
                if stat.S_ISLNK(entry.external_attr >> 16):
                    raise Refused(f"{name} has a link in it")
                with archive.open(entry) as file:
                    content = file.read(MOST_FILE + 1)  # never trusts the size it states
                if len(content) > MOST_FILE:
                    raise Refused(f"{name} has a file larger than {MOST_FILE >> 20} MiB")
                yield entry.filename.replace("\\", "/"), content
    except Refused:
        raise
    except Exception as problem:  # the decompressors raise errors of their own kinds
        why = str(problem) or type(problem).__name__
        raise Refused(f"{name} is not a zip file that can be unpacked: {why}") from problem


def choose(attempt: Attempt, assignment: str) -> tuple[Any, dict[str, bytes]]:
    """The attempt's notebook as parsed JSON, and the files beside it by their path from there.

    `Refused` if there is no notebook that can be read.
    """
    if attempt.refused:
        raise Refused(attempt.refused)
    names = [name for name in attempt.files if name.lower().endswith(".ipynb")]
    if not names:
        raise Refused("there is no notebook in it")
    name = names[0]
    if len(names) > 1:
        stamp = f'"assignment": "{assignment}"'.encode()
        stamped = [n for n in names if stamp in attempt.files[n]]
        exact = [n for n in names if PurePosixPath(n).name == f"{assignment}.ipynb"]
        name = (exact or stamped or names)[0]
        attempt.notes.append(f"several notebooks; {name} was graded")
    try:
        text = attempt.files[name].decode("utf-8-sig")
        notebook = bounded.loads(text, bounded.MOST_IN_A_NOTEBOOK)
    except bounded.TooMany as problem:
        raise Refused(f"{name} has {problem}") from problem
    except (ValueError, RecursionError) as problem:
        raise Refused(f"{name} is not a notebook: it is cut off or damaged") from problem
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Refused(f"{name} is not a notebook of format 4")
    return notebook, _beside(attempt, PurePosixPath(name).parent)


def _beside(attempt: Attempt, folder: PurePosixPath) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, content in attempt.files.items():
        path = PurePosixPath(name)
        if path.suffix.lower() != ".ipynb":
            inside = path.is_relative_to(folder)
            found.setdefault(str(path.relative_to(folder)) if inside else path.name, content)
    return found

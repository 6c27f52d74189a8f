"""What students handed in: folders, zip files or single notebooks, read without trusting them.

In the folder of submissions each entry is a student's: `ANNA.ipynb`, `ANNA.zip`, or a folder
`ANNA/`. If such a folder holds nothing but folders and zip files, each of these is one attempt.
Nothing is unpacked to disk, links are not followed, and every size is bounded.
"""

import hashlib
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from grader.course import moment
from grader.errors import GradingError

MOST_FILE = 32 << 20
MOST_TOTAL = 64 << 20
MOST_FILES = 500
BESIDE = (".py", ".csv", ".txt", ".json", ".npz", ".npy", ".png", ".jpg")
"""Files that may lie beside a notebook; all others are left out, and said so."""
CLUTTER = re.compile(r"(^|/)(\.|__MACOSX|__pycache__|Thumbs\.db|desktop\.ini|timestamp\.txt$)")


class Refused(Exception):
    """This submission cannot be read; the message is for the student and the instructor."""


@dataclass
class Attempt:
    """One thing handed in once: `when` in UTC, `files` by bare name, or why there are none."""

    student: str
    when: datetime
    files: dict[str, bytes] = field(default_factory=dict)
    refused: str | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The same for the same content."""
        parts = hashlib.sha256(json.dumps([self.student, self.when.isoformat()]).encode())
        for name in sorted(self.files):
            parts.update(json.dumps([name, len(self.files[name])]).encode() + self.files[name])
        parts.update((self.refused or "").encode())
        return parts.hexdigest()


def attempts(folder: Path) -> Iterator[Attempt]:
    """All attempts in a folder of submissions, student by student."""
    if not folder.is_dir():
        raise GradingError(f"there is no folder of submissions {folder}")
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        student = entry.name if _is_folder(entry) else entry.stem
        inner = sorted(entry.iterdir()) if _is_folder(entry) else []
        inner = [item for item in inner if not CLUTTER.search(item.name)]
        if inner and all(_is_folder(item) or item.suffix.lower() == ".zip" for item in inner):
            for item in inner:
                yield _attempt(student, item)
        else:
            yield _attempt(student, entry)


def _is_folder(entry: Path) -> bool:
    return stat.S_ISDIR(entry.lstat().st_mode)


def _attempt(student: str, entry: Path) -> Attempt:
    attempt = Attempt(student, _when(entry))
    try:
        kind = entry.lstat().st_mode
        if stat.S_ISDIR(kind):
            _take(attempt, _folder(entry))
        elif stat.S_ISREG(kind) and entry.suffix.lower() == ".zip":
            _take(attempt, _zip(entry))
        elif stat.S_ISREG(kind) and entry.suffix.lower() == ".ipynb":
            _take(attempt, iter([(entry.name, _read(entry))]))
        elif stat.S_ISREG(kind):
            raise Refused(f"{entry.name} is neither a notebook, a zip file nor a folder")
        else:
            raise Refused(f"{entry.name} is a link or a special file")
    except Refused as problem:
        attempt.refused = str(problem)
        attempt.files = {}
    except OSError as problem:
        attempt.refused = f"{entry.name} cannot be read: {problem.strerror}"
        attempt.files = {}
    return attempt


def _when(entry: Path) -> datetime:
    """nbgrader's timestamp.txt beside the files, else a time in the name, else the file's own.

    A timestamp inside an archive is the student's own claim and is not read.
    """
    try:
        note = entry / "timestamp.txt"
        if _is_folder(entry) and note.exists() and stat.S_ISREG(note.lstat().st_mode):
            return moment(note.read_text("utf-8")[:100])
        name = entry.stem if entry.suffix.lower() == ".zip" else entry.name
        found = re.search(r"(\d{4}-\d\d-\d\d)[T_ ](\d\d)[:.-]?(\d\d)", name)
        if found:
            return moment(f"{found[1]}T{found[2]}:{found[3]}Z")
    except (GradingError, OSError, ValueError):
        pass
    return datetime.fromtimestamp(entry.lstat().st_mtime, UTC).replace(tzinfo=None)


def _take(attempt: Attempt, found: Iterator[tuple[str, bytes]]) -> None:
    total, left_out = 0, []
    for number, (path, content) in enumerate(found):
        total += len(content)
        if number >= MOST_FILES or total > MOST_TOTAL:
            raise Refused(f"more than {MOST_FILES} files or {MOST_TOTAL >> 20} MiB")
        name = PurePosixPath(path).name
        if CLUTTER.search(path):
            continue
        if PurePosixPath(name).suffix.lower() not in (".ipynb", *BESIDE):
            left_out.append(name)
        elif name in attempt.files:
            attempt.notes.append(f"two files are called {name}; the first was taken")
        else:
            attempt.files[name] = content
    if left_out:
        attempt.notes.append(f"left out, not on the list of files: {', '.join(left_out)[:200]}")


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(MOST_FILE + 1)
    if len(content) > MOST_FILE:
        raise Refused(f"{path.name} is larger than {MOST_FILE >> 20} MiB")
    return content


def _folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):  # rglob does not follow links to folders
        kind = path.lstat().st_mode
        name = path.relative_to(folder).as_posix()
        if stat.S_ISLNK(kind):
            raise Refused(f"{name} is a link")
        if stat.S_ISREG(kind):
            if not CLUTTER.search(name):
                yield name, _read(path)
        elif not stat.S_ISDIR(kind):
            raise Refused(f"{name} is a special file")


def _zip(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                raise Refused(f"{path.name} has more than {MOST_FILES} files")
            for entry in entries:
                if entry.is_dir():
                    continue
                if stat.S_ISLNK(entry.external_attr >> 16):
                    raise Refused(f"{path.name} has a link in it")
                with archive.open(entry) as file:
                    content = file.read(MOST_FILE + 1)  # never trusts the size it states
                if len(content) > MOST_FILE:
                    raise Refused(f"{path.name} has a file larger than {MOST_FILE >> 20} MiB")
                yield entry.filename.replace("\\", "/"), content
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as problem:
        raise Refused(f"{path.name} is not a zip file that can be unpacked: {problem}") from problem


def choose(attempt: Attempt, assignment: str) -> Any:
    """The attempt's notebook as parsed JSON; `Refused` if there is none that can be read."""
    if attempt.refused:
        raise Refused(attempt.refused)
    names = [name for name in attempt.files if name.endswith(".ipynb")]
    if not names:
        raise Refused("there is no notebook in it")
    name = names[0]
    if len(names) > 1:
        stamped = [n for n in names if f'"assignment": "{assignment}"'.encode() in attempt.files[n]]
        exact = [n for n in names if n == f"{assignment}.ipynb"]
        name = (exact or stamped or names)[0]
        attempt.notes.append(f"several notebooks; {name} was graded")
    try:
        notebook = json.loads(attempt.files[name].decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise Refused(f"{name} is not a notebook: it is cut off or damaged") from problem
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Refused(f"{name} is not a notebook of format 4")
    return notebook

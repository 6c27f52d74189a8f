"""Who handed in what, and when: the layouts in which submissions come.

- *plain*: each entry is a student's: `ANNA.ipynb`, `ANNA.zip`, or a folder `ANNA/`; if such a
  folder holds nothing but folders and zip files, each of these is one attempt;
- *Canvas*, "Download Submissions": `smithbob_340934_208490284_name.ipynb`, with `_LATE` before the
  numbers if it was (`lib/content_zipper.rb` of instructure/canvas-lms);
- *Moodle*, "Download all submissions": `Bob Smith_12345_assignsubmission_file_/name.ipynb`, or the
  same as one flat name (`mod/assign/locallib.php` of moodle/moodle).

A download may be the zip file itself; it is then unpacked with bounds to a folder of ours.
"""

import hashlib
import re
import stat
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from grader.course import moment
from grader.errors import GradingError
from grader.intake import CLUTTER, MOST_FILE, Entry
from grader.roster import Roster, canvas_name, student_id

CANVAS = re.compile(r"^(?P<who>[^/]*?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<file>\d+)_(?P<name>.+)$")
CANVAS_TEXT = re.compile(r"^(?P<who>[^/]*?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<name>text|link)\.html$")
MOODLE = re.compile(
    r"^(?P<who>[^_]*)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<name>.*))?$"
)
SYSTEMS = ("auto", "plain", "canvas", "moodle")


@dataclass
class Found:
    """Attempts to read, and what a person should know of the folder as a whole."""

    entries: list[Entry] = field(default_factory=list)
    system: str = "plain"
    told: list[str] = field(default_factory=list)
    back: dict[str, str] = field(default_factory=dict)
    """For each student, what the system must find in a zip file of feedback, without its suffix."""


def find(folder: Path, system: str = "auto", roster: Roster | None = None, due: str = "") -> Found:
    """All attempts below `folder`, student by student."""
    if not folder.is_dir():
        raise GradingError(f"there is no folder of submissions {folder}")
    items = [i for i in sorted(folder.iterdir()) if not CLUTTER.search(i.name)]
    if system == "auto":
        system = _system(items)
    plain = system == "plain"
    found = _plain(items, roster) if plain else _downloaded(items, system, roster, due)
    found.system = system
    return found


def _system(items: list[Path]) -> str:
    for system, forms in (("moodle", (MOODLE,)), ("canvas", (CANVAS, CANVAS_TEXT))):
        fits = sum(any(form.match(item.name) for form in forms) for item in items)
        if items and 2 * fits > len(items):
            return system
    return "plain"


def _plain(items: list[Path], roster: Roster | None) -> Found:
    found = Found()
    names: dict[str, list[str]] = defaultdict(list)
    for item in items:
        name = item.name if _is_folder(item) else item.stem
        known = roster.by_name(name) if roster else None
        student = known.id if known else student_id(name)
        names[student].append(item.name)
        if roster and not known:
            found.told.append(f"{item.name} is nobody's on the roster; it was left out")
            continue
        found.entries += _plain_entries(student, item, roster)
    for student, same in names.items():
        if len(same) > 1:
            found.told.append(f"{', '.join(same)}: all taken as attempts of {student}")
    return found


def _plain_entries(student: str, item: Path, roster: Roster | None) -> Iterator[Entry]:
    parts = [item]
    try:
        inner = sorted(item.iterdir()) if _is_folder(item) else []
        inner = [part for part in inner if not CLUTTER.search(part.name)]
        if inner and all(_is_folder(p) or p.suffix.lower() == ".zip" for p in inner):
            parts = inner
    except OSError as problem:
        told = f"{item.name} cannot be read: {problem.strerror}"
        yield Entry(student, _when(item, own=True)[0], (), refused=told)
        return
    for part in parts:
        why = None
        if not _is_folder(part) and part.suffix.lower() not in (".ipynb", ".zip"):
            regular = stat.S_ISREG(part.lstat().st_mode)
            kind = "neither a notebook, a zip file nor a folder"
            why = f"{part.name} is {kind if regular else 'a link or a special file'}"
        given = roster.when(student) if roster else None
        when, look, stated = (given, (), True) if given else _when(part, own=part is item)
        paths = ((part, part.name),)
        yield Entry(student, when, paths, look=look, refused=why, stated=stated)


def _is_folder(item: Path) -> bool:
    return stat.S_ISDIR(item.lstat().st_mode)


def _when(item: Path, *, own: bool) -> tuple[datetime, tuple[str, ...], bool]:
    """nbgrader's timestamp.txt beside the files, else a time in an attempt's name, else the file's.

    Then what a person should know, and whether the time was stated.

    A timestamp inside an archive is the student's own claim and is not read; nor is a time in the
    name of what is named after a student (`own`). What says a time that cannot be read is told.
    """
    look: tuple[str, ...] = ()
    place = "timestamp.txt"
    try:
        note = item / place
        if _is_folder(item) and note.exists() and stat.S_ISREG(note.lstat().st_mode):
            with note.open(encoding="utf-8") as file:
                return moment(file.read(100)), (), True
        name = item.stem if item.suffix.lower() == ".zip" else item.name
        found = re.search(r"(\d{4}-\d\d-\d\d)[T_ ](\d\d)[:.-]?(\d\d)", name)
        if found and not own:
            place = item.name
            return moment(f"{found[1]}T{found[2]}:{found[3]}Z"), (), True
    except (GradingError, OSError, ValueError):
        look = (f"{place} gives no time that can be read: it has the time of its file",)
    return datetime.fromtimestamp(item.lstat().st_mtime, UTC).replace(tzinfo=None), look, False


@dataclass
class _Parts:
    late: bool = False
    paths: list[tuple[Path, str]] = field(default_factory=list)
    look: list[str] = field(default_factory=list)


def _downloaded(items: list[Path], system: str, roster: Roster | None, due: str) -> Found:
    found = Found()
    students: dict[str, _Parts] = defaultdict(_Parts)
    for item in items:
        told = _canvas(item, roster) if system == "canvas" else _moodle(item, roster)
        if told is None:
            found.told.append(f"{item.name}: not a name that {system.title()} gives; left out")
            continue
        student, name, late = told
        if student is None:
            found.told.append(f"{item.name} is nobody's on the roster; it was left out")
            continue
        parts = students[student]
        parts.late |= late
        if system == "moodle" or not CANVAS_TEXT.match(item.name):
            found.back.setdefault(student, _back(item.name))
        if name is None:
            parts.look.append("text was written in the online box; it is not graded")
        elif name:
            parts.paths.append((item, _original(name, parts.paths)))
        else:
            parts.paths.append((item, item.name))
    for student, parts in sorted(students.items()):
        when, unsure = _handed_in(student, parts, roster, due)
        why = None if parts.paths else "there is no notebook in it: only text in the online box"
        look = (*parts.look, *unsure)
        stated = roster is not None and roster.when(student) is not None
        found.entries.append(
            Entry(student, when, tuple(parts.paths), look=look, refused=why, stated=stated)
        )
    return found


def _handed_in(
    student: str, parts: _Parts, roster: Roster | None, due: str
) -> tuple[datetime, list[str]]:
    """When, by the system's own words: its list of times, else its mark for late ones."""
    given = roster.when(student) if roster else None
    if given:
        return given, []
    if not due:
        return datetime(1970, 1, 1), []
    if parts.late:
        words = "late, by the download; how late is not in it (a list of times: --times)"
        return moment(due) + timedelta(seconds=1), [words]
    return moment(due), []


def _canvas(item: Path, roster: Roster | None) -> tuple[str | None, str | None, bool] | None:
    """Student, the file's own name (None: text), late; None if it is not Canvas's name."""
    name = item.name
    if roster:
        for one in roster.students:
            for late, mark in ((True, "_LATE"), (False, "")):
                start = f"{canvas_name(one.name)}{mark}_{one.number}_"
                if one.number and name.startswith(start):
                    rest = name[len(start) :]
                    told = re.fullmatch(r"\d+_(.+)", rest)
                    if told:
                        return one.id, told[1], late
                    if rest in ("text.html", "link.html"):
                        return one.id, None, late
    text = CANVAS_TEXT.match(name)
    found = text or CANVAS.match(name)
    if not found:
        return None
    student: str | None = found["id"]
    if roster:
        # Names can be changed between download and roster; a number alone decides only if no other
        # number in the name could be meant.
        numbers = {n for n in name.split("_") if n.isdigit() and roster.by_number(n)}
        known = roster.by_number(numbers.pop()) if len(numbers) == 1 else None
        student = known.id if known else None
    return student, None if text else found["name"], bool(found["late"])


def _moodle(item: Path, roster: Roster | None) -> tuple[str | None, str | None, bool] | None:
    found = MOODLE.match(item.name)
    if not found:
        return None
    known = roster.by_number(found["id"]) if roster else None
    student = known.id if known else (None if roster else found["id"])
    if found["kind"] != "file":
        return student, None, False
    return student, found["name"] or "", False


def _back(name: str) -> str:
    """Canvas takes a page by the numbers before the name of a file, Moodle by the folder."""
    moodle = MOODLE.match(name)
    if moodle:
        return f"{moodle['who']}_{moodle['id']}_assignsubmission_file_/feedback"
    return PurePosixPath(name).stem


def _original(name: str, taken: list[tuple[Path, str]]) -> str:
    """Canvas calls a file that is handed in again `helper-1.py`; its notebook imports `helper`."""
    path = PurePosixPath(name)
    plain = re.sub(r"-\d{1,3}$", "", path.stem) + path.suffix
    return name if plain in [other for _, other in taken] else plain


def unpacked(given: Path, folder: Path, told: list[str]) -> Path:
    """The folder of submissions: itself, or for a downloaded zip file what is in it.

    What a person should know of single files is added to `told`.
    """
    if given.is_dir() or given.suffix.lower() != ".zip":
        return given
    try:
        with zipfile.ZipFile(given) as archive:
            for entry in archive.infolist():
                parts = [
                    p for p in PurePosixPath(entry.filename).parts if p not in ("/", "..", ".")
                ]
                if not parts or entry.is_dir():
                    continue
                if entry.flag_bits & 1:
                    raise GradingError(f"{given} has a password; unpack it first")
                try:
                    _unpack(archive, entry, folder.joinpath(*map(_shorter, parts)))
                except (FileExistsError, NotADirectoryError, IsADirectoryError):
                    told.append(f"{entry.filename} has the name of a folder; it was left out")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
        raise GradingError(f"{given} cannot be unpacked: {problem}") from problem
    return folder


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path) -> None:
    """Write an entry, of one that is damaged or too large so much that `intake` refuses it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as target:
        try:
            with archive.open(entry) as source:
                target.write(source.read(MOST_FILE + 1))
        except OSError as problem:
            if problem.errno is not None:  # of this machine, such as a full disk
                raise
            target.truncate(0)
        except Exception:  # the decompressors raise errors of their own kinds
            target.truncate(0)


def _shorter(name: str) -> str:
    """A name that this file system can hold: a student may have chosen up to 255 characters."""
    path = PurePosixPath(name.replace("\x00", ""))
    raw, suffix = path.stem.encode("utf-8", "replace"), path.suffix.encode("utf-8", "replace")
    if len(raw) + len(suffix) <= 255:
        return str(path)
    digest = hashlib.sha256(raw).hexdigest()[:8]
    return raw[:180].decode("utf-8", "ignore") + digest + suffix[:20].decode("utf-8", "ignore")

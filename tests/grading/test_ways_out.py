"""Every way out that docs/grading-security.md lists is tried, and whatever is tried is listed."""

import contextlib
import ctypes
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from grader.sandbox import bubble
from places import AS_WHOM, Place, right
from ways import WAYS

SECRET = "a-word-of-whoever-grades"
KEY = 0x10552026


@contextlib.contextmanager
def outside(place: Place) -> Iterator[dict]:
    """What is outside of the sandboxes, within reach if one of them leaks."""
    libc = ctypes.CDLL(None, use_errno=True)
    kinds = ["cgroup", "ipc", "mnt", "net", "pid", "uts", *(["user"] if place.nobody else [])]
    memory = Path("/dev/shm/lossbook-outside")
    path = place.root / "socket"
    memory.write_text(SECRET)
    memory.chmod(0o666)
    segment = libc.shmget(KEY, 4096, 0o1666)
    assert segment >= 0
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as named,
    ):
        abstract.bind("\0lossbook-ways")
        named.bind(str(path))
        for one in (abstract, named):
            one.listen()
        try:
            yield {
                "namespaces": {kind: os.readlink(f"/proc/self/ns/{kind}") for kind in kinds},
                "words": [SECRET, "instructor.json", "submissions", "gradebook"],
                "abstract": "\0lossbook-ways",
                "path": str(path),
                "port": tcp.getsockname()[1],
                "key": KEY,
                "shown": [
                    "/proc",
                    *{name for p in bubble.readable() for name in (str(p), str(p.resolve()))},
                ],
            }
        finally:
            memory.unlink()
            libc.shmctl(segment, 0, None)


@pytest.mark.parametrize("place", AS_WHOM, indirect=True)
def test_no_way_leads_out(place: Place):
    with outside(place) as found:
        ways = {name: f"OUTSIDE = {found!r}\n{source}" for name, source in WAYS.items()}
        students = [
            right(name, source + "\nprint('FOUND', found)") for name, source in ways.items()
        ]
        place.hand_in(*students, right("later", ways["files"] + "\nprint('FOUND', found)"))
        done = place.run("--jobs", "1", environment={"LOSSBOOK_SECRET": SECRET})
    assert done.returncode == 0, done.stderr
    printed = {name: place.printed(name) for name in [*WAYS, "later"]}
    assert {name: text for name, text in printed.items() if "FOUND []" not in text} == {}
    assert set(place.points().values()) == {7}


def _rows() -> list[list[str]]:
    text = (ROOT / "docs" / "grading-security.md").read_text("utf-8")
    table = text.partition("| Way out |")[2].partition("\n\n")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return [[cell.strip() for cell in row] for row in rows]


def test_the_list_names_a_test_for_every_way_out_and_every_such_test_is_there():
    tests = "\n".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = set()
    for way, _held, by in _rows():
        names = re.findall(r"`([^`]+)`", by)
        assert names, f"no test for {way}"
        for name in names:
            assert name in WAYS or f"def {name}(" in tests, f"{way}: there is no test {name}"
        named |= set(names)
    assert set(WAYS) <= named
    assert len(_rows()) >= 12

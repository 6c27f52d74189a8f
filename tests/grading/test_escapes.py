"""Ways out of the sandbox, tried to their end, each as who runs the tests and as an ordinary user.

What an attack does is bounded: what it types into a terminal only makes a witness file in the
test's own folder, and what it signals is the grader that the test itself started.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import cases
import pexpect
import pytest
from conftest import EXERCISES, grade
from grader import batch
from grader.course import Course
from grader.sandbox import bubble
from ordinary import as_nobody

AS_WHOM = ["self", pytest.param("nobody", marks=pytest.mark.skipif(os.geteuid() != 0, reason="no"))]


@dataclass
class Place:
    """A course of one released exercise in a folder that whoever grades may write to."""

    root: Path
    nobody: bool

    @property
    def course(self) -> Course:
        """The course; read it only after the grading."""
        return Course(self.root / "course")

    def hand_in(self, *given: cases.Case) -> None:
        """Write these submissions."""
        released = json.loads(self.course.released("02_likelihood").read_text())
        for case in given:
            case.hand_in(self.root / "submissions", released)

    def command(self, *options: str) -> list[str]:
        """The command line that grades them."""
        words = [sys.executable, "-m", "grader.cli"]
        words += ["--course", str(self.root / "course")]
        words += ["--exercises", str(self.root / "exercises"), "run", "02_likelihood"]
        words += [str(self.root / "submissions"), "--jobs", "2", "--cell-seconds", "3", *options]
        if not self.nobody:
            return words
        for path in [self.root, *self.root.rglob("*")]:
            os.chown(path, 65534, 65534)
        return as_nobody(words, [*bubble.readable(), self.root])

    def environment(self) -> dict[str, str]:
        """What the grader needs of ours."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "TMPDIR": str(self.root),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Grade in a session of its own, so that signals to "the group" stay with the grader."""
        return subprocess.run(
            self.command(*options),
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            timeout=200,
        )

    def points(self) -> dict[str, float]:
        """Each student's, by hidden checks."""
        found = batch.read_all(self.course.outcomes("02_likelihood"))
        return {student: results[-1].points for student, results in found.items()}

    def printed(self, student: str) -> str:
        """What the student's cells wrote."""
        (result,) = batch.read_all(self.course.outcomes("02_likelihood"))[student]
        cells = result.notebook["cells"]
        return "".join(o.get("text", "") for cell in cells for o in cell.get("outputs", []))


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = tmp_path_factory.mktemp("released") / "course"
    assert grade("--course", course, "--exercises", EXERCISES, "release", "02_likelihood") == 0
    return course


@pytest.fixture(params=AS_WHOM)
def place(request, released: Path, tmp_path: Path) -> Place:
    root = tmp_path / "graded"
    shutil.copytree(released, root / "course")
    shutil.copytree(EXERCISES, root / "exercises")
    return Place(root, request.param == "nobody")


def right(name: str, *before: str) -> cases.Case:
    return cases.Case(name, cases.NLL, cases.FIT, list(before))


TTY = """import fcntl, os, termios
reached = []
for name in ('/dev/tty', '/dev/console', '/dev/tty0', '/dev/tty1', '/dev/ttyS0', '/proc/1/fd/0',
             '/proc/1/fd/1', '/proc/1/fd/2', '/proc/self/fd/0', '/proc/self/fd/1', '/dev/stdin'):
    try: end = os.open(name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError: continue
    if os.isatty(end):
        reached.append(name)
        for c in b'\\ntouch WITNESS\\n':
            try: fcntl.ioctl(end, termios.TIOCSTI, bytes([c]))
            except OSError: break
print('FOUND', reached, os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid())"""


def test_nothing_is_typed_into_the_terminal_that_the_grader_was_started_from(place: Place):
    witness = place.root / "typed"
    place.hand_in(right("mallory", TTY.replace("WITNESS", str(witness))), right("anna"))
    command = place.command()
    shell = pexpect.spawn(
        "/bin/bash", ["--norc", "-i"], env=place.environment(), encoding="utf-8", timeout=150
    )
    try:
        shell.sendline(" ".join(command) + "; echo ended-$?")
        shell.expect(r"ended-(\d+)")
        assert shell.match.group(1) == "0", shell.before
        shell.sendline("echo the-shell-is-still-$((40 + 2))")
        shell.expect("the-shell-is-still-42")
    finally:
        shell.close(force=True)
    assert not witness.exists()
    assert place.points() == {"mallory": 7, "anna": 7}
    assert "FOUND [] True True" in place.printed("mallory")


SIGNALS = {
    "kill_group": "import os\nos.kill(0, 9)",
    "stop_group": "import os, signal\nos.kill(0, signal.SIGSTOP)",
    "term_group": "import os, signal\nos.killpg(0, signal.SIGTERM)",
    "kill_parent": "import os\nos.kill(os.getppid(), 9)",
    "kill_all": "import os\nos.kill(-1, 9)",
    "stop_all": "import os, signal\nos.kill(-1, signal.SIGSTOP)",
    "kill_low": "import os\nfor pid in range(1, 40):\n    try: os.kill(pid, 9)\n"
    "    except OSError: pass",
    "sibling": """import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
clone = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
if libc.syscall(clone, ctypes.c_ulong(0x8000 | 9), *[None] * 4) == 0: os._exit(0)""",
    "owner": """import fcntl, os, signal, socket
a, b = socket.socketpair()
for owner in (-1, 1, 2, 2**31 - 1, -os.getppid()):
    try:
        fcntl.fcntl(a, fcntl.F_SETOWN, owner)
        fcntl.fcntl(a, 10, signal.SIGKILL)
        fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC)
        b.send(b'x')
    except OSError: pass""",
    "peer": """import os, signal, socket
try:
    peer = socket.socket(fileno=os.dup(3)).getsockopt(socket.SOL_SOCKET, 77)  # SO_PEERPIDFD
    signal.pidfd_send_signal(peer, signal.SIGKILL)
except OSError: pass""",
}


def test_no_signal_leaves_the_sandbox(place: Place):
    """The class is graded whoever is in it, those who come after the attackers too."""
    attackers = [right(f"m_{name}", source) for name, source in SIGNALS.items()]
    place.hand_in(right("anna"), *attackers, right("zoe"))
    done = place.run("--total-seconds", "20")
    assert done.returncode == 0, (done.returncode, done.stderr)
    points = place.points()
    assert set(points) == {"anna", "zoe", *(case.name for case in attackers)}
    assert points["anna"] == points["zoe"] == 7
    assert points["m_kill_group"] == 0
    for name in ("m_kill_group", "m_stop_group", "m_term_group"):
        assert f"look: {name}" in done.stdout
    assert "zoe" not in done.stdout.partition("look:")[2]


FAMILIES = """import errno, socket
found = []
for family in range(1, 60):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
        try: socket.socket(family, kind).close()
        except OSError: continue
        if family not in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6): found.append(family)
        elif kind == socket.SOCK_RAW and family != socket.AF_UNIX: found.append('raw')
print('FOUND', found)"""

CALLS = """import ctypes, fcntl, os, termios
libc = ctypes.CDLL(None, use_errno=True)
found = []
mine = open('/home/student/mine', 'w')
for command in (1024, 1026):
    try: fcntl.fcntl(os.open('/home/student/mine', os.O_RDONLY), command, 0); found.append(command)
    except OSError: pass
if libc.ptrace(0, 0, 0, 0) == 0: found.append('ptrace')
if libc.personality(0xffffffff) == -1: found.append('cannot ask')
first, second = os.openpty()
try: fcntl.ioctl(second, termios.TIOCSTI, b'x'); found.append('own terminal')
except OSError: pass
print('FOUND', found)"""

DEVICES = """import os, stat
known = {'null', 'zero', 'full', 'random', 'urandom', 'fd', 'stdin', 'stdout', 'stderr', 'core',
         'shm', 'pts', 'ptmx'}
found = [n for n in os.listdir('/dev') if n not in known]
try: os.close(os.open('/dev/tty', os.O_RDONLY))
except OSError: found.remove('tty')
found += [n for n in os.listdir('/dev/pts') if n != 'ptmx']
found += [p for p in ('/sys', '/run', '/var', '/boot', '/mnt', '/opt/secret') if os.path.exists(p)]
import subprocess
assert subprocess.run(['true']).returncode == 0
print('FOUND', found)"""


@pytest.mark.parametrize("place", AS_WHOM, indirect=True)
def test_devices_calls_and_families_of_sockets_are_those_that_a_notebook_needs(place: Place):
    sources = {"families": FAMILIES, "calls": CALLS, "devices": DEVICES}
    place.hand_in(*(right(name, source) for name, source in sources.items()))
    assert place.run().returncode == 0
    for name in sources:
        assert "FOUND []" in place.printed(name), (name, place.printed(name))
    assert set(place.points().values()) == {7}


def test_what_a_student_writes_cannot_move_the_cursor_of_whoever_grades(place: Place):
    title = "\\x1b]0;owned\\x07\\x1b[2J\\u009b2J\\u202e all fine\\n  look: anna"
    broken = (
        "import os, json, struct\n"
        f'b = json.dumps({{"broken": "{title}"}}).encode()\n'
        'os.write(3, struct.pack(">I", len(b)) + b); os._exit(0)'
    )
    place.hand_in(right("mallory", broken), right("anna"))
    done = place.run()
    assert done.returncode == 0
    assert "owned" in done.stdout
    assert all(c.isprintable() or c == "\n" for c in done.stdout + done.stderr)
    assert done.stdout.count("\n  look: ") == 1

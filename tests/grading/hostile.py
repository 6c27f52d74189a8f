"""Hostile submissions: forging, reading, escaping, exhausting, hanging, lying, bad files."""

import json
import os
import struct
import zipfile
from pathlib import Path

from cases import FIT, IN_TIME, NLL, Case, attempt, cell_of, memory_zip, raw, zipped

ZERO = "def gaussian_nll(y, mean, scale):\n    return np.zeros(len(y))"
FRAMES = """import os, json, struct, numpy as np
def frame(message):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack('>I', len(body)) + body
ONES = {'array': '<f8', 'shape': [5], 'data': ''}
"""


def answers(body: str) -> str:
    """Both functions with that body."""
    lines = "\n".join("    " + line for line in body.splitlines())
    return f"def gaussian_nll(y, mean, scale):\n{lines}"


def fits(body: str) -> str:
    lines = "\n".join("    " + line for line in body.splitlines())
    return f"def fit(y):\n{lines}"


def _points(notebook):
    for cell in notebook["cells"]:
        mark = cell["metadata"].get("nbgrader")
        if mark:
            mark.update(points=1000, grade=True, locked=False, solution=True)
            cell["outputs"] = (
                [
                    {
                        "output_type": "execute_result",
                        "data": {"text/plain": "1000.0"},
                        "metadata": {},
                        "execution_count": 1,
                    }
                ]
                if cell["cell_type"] == "code"
                else []
            )


def _check_is_mine(notebook):
    cell_of(notebook, "nll-check")["source"] = "3.0"
    cell_of(notebook, "fit-check")["source"] = "4.0"


def _all_cells_are_checks(notebook):
    for cell in list(notebook["cells"]):
        cell["metadata"]["nbgrader"] = {"grade_id": "nll-check", "points": 3, "grade": True}


def _strange_metadata(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = [1, 2]
    notebook["metadata"] = "nothing"


def _strange_cells(notebook):
    notebook["cells"] += [None, 3]


def _strange_sources(notebook):
    for number, cell in enumerate(notebook["cells"]):
        cell["source"] = [{"a": 1}, 7, None] if number % 2 else {"x": "y"}


def _kernelspec(notebook):
    notebook["metadata"]["kernelspec"] = {"name": "bash", "language": "bash", "argv": ["/bin/sh"]}


def _other_assignment(notebook):
    notebook["metadata"]["lossbook"]["assignment"] = "09_softmax"


def _html(notebook):
    cell_of(notebook, "negative")["source"] = (
        "<script>document.title='owned'</script><img src=x onerror=alert(1)>"
        "[a link](javascript:alert(2)) <javascript:alert(3)> [b][1] $a<b$\n\n"
        "[1]: javascript:alert(4)"
    )


def _link_to(target: str):
    def write(path: Path, _content: bytes) -> None:
        path.mkdir()
        (path / "timestamp.txt").write_text(IN_TIME)
        (path / "02_likelihood.ipynb").symlink_to(path.parent / target)

    return write


def _linked_folder(path: Path, _content: bytes) -> None:
    path.symlink_to(path.parent / "right")


def _fifo(path: Path, _content: bytes) -> None:
    path.mkdir()
    os.mkfifo(path / "02_likelihood.ipynb")


def _folder_as_notebook(path: Path, content: bytes) -> None:
    (path / "02_likelihood.ipynb").mkdir(parents=True)
    (path / "readme.txt").write_text("see the folder")


def _shadowing(path: Path, content: bytes) -> None:
    attempt(path, content, IN_TIME)
    for name in ("numpy.py", "json.py", "base64.py", "socket.py", "lossbook.py"):
        (path / name).write_text("def allclose(*_, **__):\n    return True\n")


def _zip_link(path: Path, content: bytes) -> None:
    entry = zipfile.ZipInfo("02_likelihood.ipynb")
    entry.external_attr = 0o120777 << 16
    zipped([(entry, b"../right/02_likelihood.ipynb")])(path, content)


def _zip_lies(path: Path, content: bytes) -> None:
    """The central directory says that the file is small."""
    body = bytearray(memory_zip(80 << 20))
    at = body.rindex(b"PK\x01\x02")
    body[at + 24 : at + 28] = struct.pack("<I", 100)
    path.with_suffix(".zip").write_bytes(bytes(body))


FORGING = [
    Case("forge_prints_points", "print('3.0')\n3.0", "4.0"),
    Case("forge_points_in_metadata", ZERO, edit=_points),
    Case("forge_check_cells", ZERO, edit=_check_is_mine),
    Case("forge_every_cell_a_check", ZERO, edit=_all_cells_are_checks),
    Case(
        "forge_always_equal",
        """class Yes:
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.zeros(5)
    __le__ = __lt__ = __ge__ = __gt__ = __eq__
def gaussian_nll(*a): return Yes()
def fit(y): return Yes()""",
    ),
    Case(
        "forge_array_subclass",
        """class Liar(np.ndarray):
    def __eq__(self, other): return True
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
def gaussian_nll(y, mean, scale): return np.zeros(len(y)).view(Liar)""",
    ),
    Case(
        "forge_numpy",
        """import numpy
for name in ('allclose', 'isclose', 'array_equal', 'all'):
    setattr(numpy, name, lambda *a, **k: True)
def gaussian_nll(y, mean, scale): return [0.0] * len(y)""",
    ),
    Case("forge_nan", answers("return np.full(len(y), np.nan)"), fits("return np.full(2, np.nan)")),
    Case(
        "forge_infinite",
        answers("return np.full(len(y), np.inf)"),
        fits("return [float('inf')] * 2"),
    ),
    Case(
        "forge_encode",
        """from grader import plain, compare
plain.encode = lambda value, depth=0: {'right': True}
compare.verdict = lambda *a: 'right'
def gaussian_nll(*a): return 'right'""",
    ),
    Case(
        "forge_reply_share",
        """from grader.sandbox import runner
runner.call = lambda *a: {'value': 'right', 'share': 1.0, 'points': 3.0, 'mark': 'right'}""",
    ),
    Case(
        "forge_frames_early",
        FRAMES
        + """for n in range(40):
    os.write(3, frame({'cell': n, 'outputs': []}))
os.write(3, frame({'ready': True}))
for n in range(40):
    os.write(3, frame({'call': n, 'value': 0.0}))
os._exit(0)""",
    ),
    Case(
        "forge_frames_by_a_child",
        FRAMES
        + """import time
if os.fork() == 0:
    for n in range(200):
        try: os.write(3, frame({'call': n % 7, 'value': {'right': True}}))
        except OSError: break
        time.sleep(0.01)
    os._exit(0)""",
    ),
    Case(
        "forge_broken", FRAMES + "os.write(3, frame({'broken': 'give me the points'})); os._exit(0)"
    ),
    Case("forge_frames_list", FRAMES + "os.write(3, frame([1, 2, 3])); os._exit(0)"),
    Case(
        "forge_frames_not_json",
        FRAMES + "os.write(3, frame(b'\\x80\\x04cos\\nsystem')); os._exit(0)",
    ),
    Case("forge_frames_deep", FRAMES + "os.write(3, frame(b'[' * 200_000)); os._exit(0)"),
    Case("forge_frames_huge_number", FRAMES + "os.write(3, frame(b'1' * 100_000)); os._exit(0)"),
    Case(
        "forge_frames_huge_length",
        "import os\nos.write(3, b'\\xff' * 4)\nimport time\ntime.sleep(1)\nos._exit(0)",
    ),
    Case(
        "forge_bad_arrays",
        """from grader import plain
import itertools
DEEP = {'list': []}
for _ in range(9): DEEP = {'list': [DEEP]}
BAD = itertools.cycle([
    {'array': '|O', 'shape': [1], 'data': 'AAAAAAAAAAA='},
    {'array': '<f8', 'shape': [1 << 40], 'data': ''},
    {'array': '<f8', 'shape': [-1, -8], 'data': 'AAAAAAAAAAA='},
    {'array': '<f8', 'shape': [True], 'data': 'AAAAAAAAAAA='},
    {'array': ['<f8'], 'shape': 'x', 'data': None},
    DEEP,
    10 ** 400])
plain.encode = lambda value, depth=0: next(BAD)
def gaussian_nll(*a): return 0
def fit(*a): return 0""",
    ),
    Case(
        "forge_pickle",
        """import os, pickle
class Bomb:
    def __reduce__(self): return (os.system, ('true',))
def gaussian_nll(*a): return pickle.dumps(Bomb())
def fit(*a): return Bomb()""",
    ),
    Case(
        "forge_by_frames_of_the_stack",
        """import sys, gc
def gaussian_nll(y, mean, scale):
    frame, found = sys._getframe(), []
    while frame:
        found += [v for v in frame.f_locals.values() if isinstance(v, np.ndarray)]
        frame = frame.f_back
    found += [v for v in gc.get_objects() if isinstance(v, np.ndarray) and v.shape == y.shape]
    others = [v for v in found if v is not y and v.shape == y.shape]
    return others[0] if others else np.zeros(len(y))""",
    ),
    Case("forge_kernelspec", ZERO, edit=_kernelspec),
    Case("forge_shadow_files", ZERO, write=_shadowing),
    Case(
        "forge_writes_results",
        "open('grades.csv', 'w').write('right,1000')\n"
        "open('02_likelihood.ipynb', 'w').write('{}')\n" + ZERO,
    ),
]

READING = [
    Case(
        "read_files",
        """import os, pathlib
found = []
for place in ('/', '/tmp', '/root', '/home', '/var', '/etc', '/proc/1/root', '/proc/1/cwd'):
    for folder, names, files in os.walk(place):
        names[:] = [n for n in names if n not in ('usr', 'proc', 'dev', '.venv', '.pyenv', 'sys')]
        found += [n for n in files if n.endswith(('.db', '.ipynb', '.csv', '.key')) or
                  n in ('instructor.json', 'hostile.py', 'shadow', '02_likelihood.md')]
        if len(found) > 50: break
print('FOUND', [f for f in found if f != '02_likelihood.ipynb'])
def gaussian_nll(*a): return found""",
    ),
    Case(
        "read_processes",
        """import os
seen = []
for pid in filter(str.isdigit, os.listdir('/proc')):
    for what in ('environ', 'cmdline', 'maps'):
        try: seen.append(open(f'/proc/{pid}/{what}', 'rb').read())
        except OSError: pass
text = b' '.join(seen)
words = (b'submissions', b'gradebook', b'instructor.json', b'pytest')
print('FOUND', [w for w in words if w in text])
def gaussian_nll(*a): return text.decode('latin1')[:9000]""",
    ),
    Case(
        "read_network",
        """import socket
reached = []
for host, port in (('127.0.0.1', PORT), ('localhost', PORT)):
    try:
        socket.create_connection((host, port), timeout=1).sendall(b'hello')
        reached.append(host)
    except OSError: pass
try:
    link = socket.socket(socket.AF_UNIX); link.connect('\\0lossbook-test'); reached.append('unix')
except OSError: pass
print('FOUND', reached)""",
    ),
    Case(
        "read_descriptors",
        """import os
paths = [f'/proc/self/fd/{n}' for n in os.listdir('/proc/self/fd')]
names = [os.readlink(path) for path in paths if os.path.lexists(path)]
known = ('/dev/null', 'socket:', '/proc')
print('FOUND', [n for n in names if not n.startswith(known)])""",
    ),
    Case(
        "read_secret_in_memory",
        """import gc
import sys
words = ['instructor' + '.json', 'def ' + 'draw', 'HIDDEN' + ' TESTS']
texts = [o for o in gc.get_objects() if isinstance(o, (dict, list, tuple))]
texts = [t for o in texts for t in (o.values() if isinstance(o, dict) else o)]
texts = [t if isinstance(t, str) else t.decode('latin1') for t in texts
         if type(t) in (str, bytes)]
print('FOUND', [w for w in words if any(w in t for t in texts if t != w)])""",
    ),
    Case(
        "read_inputs_into_feedback",
        """from grader.sandbox import runner
def gaussian_nll(y, mean, scale):
    print('LEAK', y)
    raise ValueError(f'LEAK {list(y)}')""",
    ),
    Case(
        "read_inputs_by_an_exception",
        """class Leak(Exception):
    pass
def gaussian_nll(y, mean, scale):
    raise Leak(f'{list(y)} {mean} {scale} is not defined')""",
    ),
    Case(
        "read_inputs_by_a_broken_frame",
        FRAMES
        + """def gaussian_nll(y, mean, scale):
    if not isinstance(scale, float) or len(y) == 3:
        raise ValueError('not yet')
    os.write(3, frame({'broken': f'{list(y)} {mean} {scale}'}))
    os._exit(0)""",
    ),
]

ESCAPING = [
    Case(
        "escape_mount",
        """import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = []
if libc.mount(b'tmpfs', b'/home/student', b'tmpfs', 0, None) == 0: done.append('mount')
if libc.unshare(0x00020000) == 0: done.append('unshare')
if libc.sethostname(b'x', 1) == 0: done.append('sethostname')
for call in (lambda: os.setuid(0), lambda: os.chroot('/tmp')):
    try: call(); done.append('privilege')
    except OSError: pass
print('FOUND', done)""",
    ),
    Case(
        "escape_user_namespace",
        """import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
new_user, done = 0x10000000, []
clone = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
flags = (ctypes.c_uint64 * 8)(new_user, 0, 0, 0, 17, 0, 0, 0)
ways = {'unshare': lambda: libc.unshare(new_user),
        'clone': lambda: libc.syscall(clone, ctypes.c_ulong(new_user | 17), *[None] * 4),
        'clone3': lambda: libc.syscall(435, flags, ctypes.c_size_t(64))}
for name, way in ways.items():
    end, begin = os.pipe()
    if (first := os.fork()) == 0:
        before = os.readlink('/proc/self/ns/user')
        way()
        if os.readlink('/proc/self/ns/user') != before: os.write(begin, b'!')
        os._exit(0)
    os.waitpid(first, 0)
    os.close(begin)
    if os.read(end, 1): done.append(name)
print('FOUND', done)""",
    ),
    Case(
        "escape_write_package",
        """import lossbook, sys, os
done = []
for place in (lossbook.__file__, os.path.join(sys.prefix, 'x.pth'), '/usr/x', '/x', '/dev/x',
              '/etc/x', '/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger'):
    try: open(place, 'a').close(); done.append(place)
    except OSError: pass
print('FOUND', done)""",
    ),
    Case(
        "escape_leave_files",
        """import os
for place in ('/tmp', '/dev/shm', '/home/student', '/var/tmp'):
    try: open(f'{place}/left-behind', 'w').write('for the next one')
    except OSError: pass
print('ok')""",
    ),
    Case(
        "escape_find_left_files",
        """import os, time
time.sleep(0.5)
places = ('/tmp', '/dev/shm', '/home/student', '/var/tmp')
print('FOUND', [p for p in places if os.path.exists(f'{p}/left-behind')])""",
    ),
    Case(
        "escape_kill_everything",
        "import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getpid(), 9)",
    ),
    Case(
        "escape_kill_parent",
        """import os
for pid in filter(None, (os.getppid(), 1, 2)):
    try: os.kill(pid, 9)
    except OSError: pass""",
    ),
    Case(
        "escape_daemon",
        """import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        try: open('/proc/self/comm', 'w').write('left-daemon')
        except OSError: pass
        time.sleep(40)
    os._exit(0)""",
    ),
    Case(
        "escape_ptrace",
        """import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print('FOUND', [p for p in (1, 2, 3) if p != os.getpid() and libc.ptrace(16, p, 0, 0) == 0])""",
    ),
]

EXHAUSTING = [
    Case("exhaust_memory", "hog = []\nfor _ in range(40):\n    hog.append(np.ones(16 << 20))", FIT),
    Case(
        "exhaust_memory_children",
        """import os, time
for _ in range(20):
    if os.fork() == 0:
        hog = bytearray(100 << 20)
        for i in range(0, len(hog), 4096): hog[i] = 1
        time.sleep(3)
        os._exit(0)
time.sleep(4)""",
    ),
    Case(
        "exhaust_processes",
        """import os, time
made = 0
for _ in range(50):
    try:
        if os.fork() == 0:
            time.sleep(3)
            os._exit(0)
        made += 1
    except OSError: break
print('made', made)""",
    ),
    Case(
        "exhaust_threads",
        """import threading, time
for _ in range(100):
    try: threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
    except RuntimeError: break""",
    ),
    Case(
        "exhaust_disk",
        """import tempfile
total = 0
for n in range(20):
    try:
        with open(f'{tempfile.gettempdir()}/big{n}', 'wb') as file:
            total += file.write(b'x' * (10 << 20))
    except OSError: break
print('FOUND', [] if total <= 64 << 20 else [total])""",
    ),
    Case(
        "exhaust_file_size",
        """import signal, tempfile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open(tempfile.gettempdir() + '/big', 'wb') as file:
        for _ in range(6): file.write(b'x' * (10 << 20))
    print('FOUND', ['no limit'])
except OSError: print('FOUND', [])""",
    ),
    Case(
        "exhaust_descriptors",
        """kept = []
try:
    for _ in range(5000): kept.append(open('/dev/null'))
except OSError: pass
print('FOUND', [] if len(kept) < 300 else [len(kept)])""",
    ),
    Case(
        "exhaust_channel",
        """import os
try:
    for _ in range(400): os.write(3, b'\\x00\\x01\\x00\\x00' + b'x' * 65536)
except OSError: pass
os._exit(0)""",
    ),
    Case(
        "exhaust_channel_frames",
        FRAMES
        + """big = json.dumps({'cell': 1, 'outputs': ['x' * 1_000_000]}).encode()
for _ in range(60): os.write(3, frame(big))""",
    ),
    Case(
        "exhaust_value",
        answers("return np.zeros((3000, 3000))"),
        fits("return ['x' * 100] * 200_000"),
    ),
    Case(
        "exhaust_recursion",
        answers("import sys\nsys.setrecursionlimit(10**8)\nf = lambda n: f(n + 1)\nreturn f(0)"),
    ),
]

HANGING = [
    Case("hang_forever", "while True:\n    pass", FIT),
    Case(
        "hang_ignoring_alarm",
        """import time
end = time.time() + 60
while time.time() < end:
    try: time.sleep(0.2)
    except BaseException: pass""",
    ),
    Case("hang_in_c", "import re\nre.match('(a+)+$', 'a' * 40 + 'b')"),
    Case(
        "hang_without_signals",
        """import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
time.sleep(60)""",
    ),
    Case("hang_in_the_check", answers("import time\ntime.sleep(60)"), FIT),
    Case("hang_stopped", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
    Case(
        "hang_not_reading",
        """from grader.sandbox import channel
import time
channel.Reader.frame = lambda *a: time.sleep(60)""",
    ),
    Case("die_exit", "import os\nos._exit(0)"),
    Case("die_kill", "import os\nos.kill(os.getpid(), 9)"),
    Case("die_segfault", "import ctypes\nctypes.string_at(0)"),
    Case("die_in_the_second_check", NLL, fits("import os\nos._exit(0)")),
    Case("die_closes_channel", "import os\nos.close(3)"),
]

FILES = [
    Case("file_link_to_other", write=_link_to("right/02_likelihood.ipynb")),
    Case("file_link_outside", write=_link_to("../course/instructor.json")),
    Case("file_linked_folder", write=_linked_folder),
    Case("file_fifo", write=_fifo),
    Case("file_folder_as_notebook", write=_folder_as_notebook),
    Case("file_cut_off", NLL, FIT, write=raw(".ipynb", lambda c: c[: len(c) // 2])),
    Case("file_empty", write=raw(".ipynb", lambda c: b"")),
    Case("file_not_text", write=raw(".ipynb", lambda c: bytes(range(256)) * 40)),
    Case("file_deep", write=raw(".ipynb", lambda c: b'{"cells": ' + b"[" * 200_000)),
    Case("file_list", write=raw(".ipynb", lambda c: b"[1, 2]")),
    Case("file_enormous", write=raw(".ipynb", lambda c: c + b" " * (33 << 20))),
    Case(
        "file_many_cells",
        write=raw(
            ".ipynb",
            lambda c: json.dumps(
                {"cells": [{"cell_type": "code", "source": "1", "metadata": {}}] * 5000}
            ).encode(),
        ),
    ),
    Case("file_unknown_kind", write=raw(".rar", lambda c: c)),
    Case("file_other_assignment", NLL, FIT, edit=_other_assignment),
    Case(
        "file_another_notebook",
        write=raw(
            ".ipynb",
            lambda c: json.dumps(
                {"cells": [{"cell_type": "code", "source": NLL, "metadata": {}}], "metadata": {}}
            ).encode(),
        ),
    ),
    Case("file_strange_metadata", NLL, FIT, edit=_strange_metadata),
    Case("file_strange_cells", NLL, FIT, edit=_strange_cells),
    Case("file_strange_sources", NLL, FIT, edit=_strange_sources),
    Case("file_html", edit=_html),
    Case("zip_corrupt", write=raw(".zip", lambda c: b"PK\x03\x04" + b"\x00" * 400)),
    Case("zip_bomb", write=raw(".zip", lambda c: memory_zip(80 << 20))),
    Case("zip_lies_about_size", write=_zip_lies),
    Case("zip_link", write=_zip_link),
    Case(
        "zip_climbs",
        ZERO,
        write=zipped(
            [
                ("../../right/02_likelihood.ipynb", b"NOTEBOOK"),
                ("../../../expected.csv", b"zip_climbs,hostile,3,4,,"),
            ]
        ),
    ),
    Case("zip_absolute", ZERO, write=zipped([("/tmp/02_likelihood.ipynb", b"NOTEBOOK")])),
    Case("zip_many_files", write=zipped([(f"{n}.txt", b"") for n in range(600)])),
    Case("zip_no_notebook", write=zipped([("essay.txt", b"my dog ate it")])),
    Case(
        "zip_claims_a_time",
        NLL,
        FIT,
        write=zipped(
            [("02_likelihood.ipynb", b"NOTEBOOK"), ("timestamp.txt", b"2020-01-01T00:00Z")]
        ),
    ),
    Case("=cmd|' !A1", ZERO),
]

HOSTILE = FORGING + READING + ESCAPING + EXHAUSTING + HANGING + FILES

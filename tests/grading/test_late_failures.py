"""Kinds of submissions that fail late, lie or hide what they use: each costs its own check at most.

What a cell shows and what a function returns or raises are objects of the notebook's own classes,
and so are their methods, which the grader's side of the sandbox must not need.
"""

import sys

import pytest
from cases import FIT, Case
from places import CLUSTER, Place, right

LATE_TEXT = """class T(str):
    def __format__(self, spec): raise E()
    def __getitem__(self, key): raise E()
class E(Exception):
    def __str__(self): return T('x')
"""
ENDLESS_TEXT = """class E(Exception):
    def __str__(self):
        while True: pass
"""
FORGED = """from grader import plain
def encode(value, depth=0, encode=plain.encode):
    if not isinstance(value, str): return encode(value, depth)
    return {'array': '<f8', 'shape': [1 << 22] * 3 + [0], 'data': ''}
plain.encode = encode
"""
KEEPS = """import ctypes, os
libc = ctypes.CDLL(None)
kept = 0
for _ in range(10):
    try: end = os.memfd_create('x')
    except OSError: break
    kept += sum(os.write(end, bytes(1 << 20)) for _ in range(30))
libc.shmat.restype = ctypes.c_void_p
for _ in range(10):
    segment = libc.shmget(0, 30 << 20, 0o1600)
    if segment < 0: break
    place = libc.shmat(segment, None, 0)
    ctypes.memset(place, 1, 30 << 20)
    kept += 30 << 20
    libc.shmdt(ctypes.c_void_p(place))
print('KEPT', kept, 'bytes')"""

DESCRIPTORS = """import os, socket, struct
from grader.sandbox import channel
line = socket.socket(fileno=os.dup(3))
def send_body(link, body):
    body = struct.pack('>I', len(body)) + body
    one, other = socket.socketpair()
    sent = socket.send_fds(line, [body[:1]], [one.fileno(), other.fileno(), 3])
    link.sendall(body[sent:])
channel.send_body = send_body"""
HOOKS = """import gc, signal, sys, threading
def trace(frame, event, value): return trace
sys.settrace(trace); threading.settrace(trace); sys.setprofile(lambda *of: None)
gc.callbacks.append(lambda *of: 1 / 0); gc.set_threshold(1, 1, 1)
sys.unraisablehook = sys.excepthook = lambda *of: None
def ring(*of): raise TimeoutError('mine')
signal.signal(signal.SIGALRM, ring); signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)"""
BARE = """import atexit, os, sys, threading, time, weakref
class K: pass
kept = K()
weakref.finalize(kept, time.sleep, 100); atexit.register(time.sleep, 100)
threading.Thread(target=time.sleep, args=(100,)).start()
os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); os.umask(0o777); os.environ.clear()
sys.path.clear(); sys.argv.clear(); sys.meta_path.clear(); sys.path_hooks.clear()
for name in ('json', 'socket', 'struct', 'base64', 'numpy', 'signal', 'grader', 'grader.plain'):
    sys.modules.pop(name, None)
for number in (0, 1, 2): os.close(number)
sys.stdout = sys.stderr = sys.stdin = sys.__stdout__ = sys.__stderr__ = None"""
CHILDREN = """import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid(); time.sleep(60); os._exit(0)
"""
REWRITES = """shell = get_ipython()
shell.input_transformers_post.append(lambda lines: ['gaussian_nll = fit = lambda *of: True\\n'])
shell.events.register('pre_run_cell', lambda info: setattr(info, 'raw_cell', '3.0'))
shell.events.register('post_run_cell', lambda result: setattr(result, 'result', 3.0))"""


def answer(before: str, body: str) -> str:
    return f"{before}\ndef gaussian_nll(y, mean, scale):\n    {body}"


FULL = {
    "shows_no_dict": "from IPython.display import display\ndisplay('hello', raw=True)",
    "shows_no_picture": "from IPython.display import display\ndisplay({'image/png': 3}, raw=True)",
    "shows_what_has_no_text": LATE_TEXT
    + """class W:
    def __str__(self): raise E()
class M:
    def _repr_mimebundle_(self, **of): return {'text/plain': W()}
M()""",
    "raises_a_text_that_fails_later": LATE_TEXT + "E.__name__ = T('E')\nraise E()",
    "asks_for_the_encoding": "import sys\nprint('é'.encode(sys.stdout.encoding))",
    "keeps_memory_unmapped": KEEPS,
    "sends_descriptors_with_each_frame": DESCRIPTORS,
    "hooks_that_stay": HOOKS,
    "nothing_left_to_stand_on": BARE,
    "children_keep_the_line": CHILDREN,
    "clears_all_names": "%reset -f\nimport numpy as np\nfrom grader import hints",
}
NONE = {
    "rewrites_later_cells": REWRITES,
    "dies_and_a_child_keeps_the_line": CHILDREN + "os._exit(0)",
}
HALF = {
    "text_that_fails_later": answer(LATE_TEXT, "raise E()"),
    "text_without_an_end": answer(ENDLESS_TEXT, "raise E()"),
    "says_that_it_is_a_float": answer(
        "class Liar:\n    __class__ = property(lambda self: float)", "return Liar()"
    ),
    "number_that_hides_its_size": answer(
        "class I(int):\n    def __abs__(self): return 0", "return I(10**5000)"
    ),
    "shape_too_large_to_be_empty": answer(FORGED, "return 'forged'"),
}


@pytest.mark.parametrize("through", ["threads", "dask"])
def test_each_costs_its_own_check_at_most_and_the_others_nothing(place: Place, through):
    full = [right(name, source) for name, source in FULL.items()]
    half = [Case(name, source, FIT) for name, source in HALF.items()]
    none = [right(name, source) for name, source in NONE.items()]
    place.hand_in(right("anna"), *full, *half, *none, right("zoe"))
    if through == "threads":
        done = place.run("--cell-seconds", "2")
    else:
        (place.root / "cluster.py").write_text(CLUSTER)
        words = [sys.executable, str(place.root / "cluster.py")]
        done = place.start(place.as_whom(words + place.arguments("--cell-seconds", "2")), {})
    assert done.returncode == 0, done.stderr
    wanted = {**dict.fromkeys(["anna", "zoe", *FULL], 7.0), **dict.fromkeys(HALF, 4.0)}
    wanted |= dict.fromkeys(NONE, 0.0)
    assert place.points() == wanted, done.stdout
    assert done.stdout.count("look: ") == done.stdout.count("look: dies_and_a_child_keeps") == 1
    assert "KEPT 0 bytes" in place.printed("keeps_memory_unmapped")
    assert "b'\\xc3\\xa9'" in place.printed("asks_for_the_encoding")

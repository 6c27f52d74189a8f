"""Ways out that take a terminal, a signal or a sentence, tried to their end.

Each as who runs the tests and as an ordinary user; what an attack does is bounded: what it types
only makes a witness file in the test's own folder, and what it signals is the grader that the test
itself started. `test_ways_out` has those that a cell can try and tell of.
"""

import pexpect
from places import Place, right
from ways import SIGNALS

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
        "/bin/bash", ["--norc", "-i"], env=place.environment(), encoding="utf-8", timeout=600
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

"""Ways through the commands that a single batch cannot show."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Future

import cases
import pytest
from conftest import EXERCISES, grade
from distributed import LocalCluster
from grader import batch
from grader.course import Course
from grader.errors import GradingError
from grader.sandbox import bubble
from ordinary import as_nobody
from places import CLUSTER, Place, right
from ways import SIGNALS

STUDENTS = 12


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Course:
    found = Course(tmp_path_factory.mktemp("released") / "course")
    assert grade(*common(found), "release", "02_likelihood") == 0
    return found


@pytest.fixture
def course(released, tmp_path) -> Course:
    shutil.copytree(released.root, tmp_path / "course")
    return Course(tmp_path / "course")


def common(course: Course) -> tuple:
    return ("--course", course.root, "--exercises", EXERCISES)


@pytest.fixture
def submissions(course, tmp_path):
    """Some students, each of whom takes a moment; one is right, the next half right, and so on."""
    released = json.loads(course.released("02_likelihood").read_text())
    for cell in released["cells"]:
        cell["source"] = "".join(cell["source"])
    folder = tmp_path / "submissions"
    for number in range(STUDENTS):
        fit = cases.FIT if number % 2 else None
        wait = ["import time\ntime.sleep(0.8)"]
        cases.Case(f"s{number:02}", cases.NLL, fit, wait).hand_in(folder, released)
    return folder


def points(course: Course) -> dict[str, float]:
    with course.gradebook() as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions("02_likelihood")}


ALL = {f"s{number:02}": 7.0 if number % 2 else 3.0 for number in range(STUDENTS)}


def runs(folder) -> int:
    return len(list(folder.glob("*/*.json")))


def test_a_killed_run_goes_on_where_it_stopped(course, submissions, capsys):
    command = [sys.executable, "-m", "grader.cli", *map(str, common(course))]
    command += ["run", "02_likelihood", str(submissions), "--jobs", "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    outcomes = course.root / "outcomes" / "02_likelihood"
    end = time.monotonic() + 600
    while not list(outcomes.glob("*/*/*.json")) and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = runs(course.outcomes("02_likelihood"))
    assert 0 < before < STUDENTS
    capsys.readouterr()
    assert grade(*common(course), "run", "02_likelihood", submissions) == 0
    assert f"{STUDENTS - before} attempts graded, {before} graded before" in capsys.readouterr().out
    assert points(course) == ALL


def test_dask_loses_nothing_when_a_worker_is_killed(course, submissions, capsys):
    with LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        pid = next(iter(cluster.workers.values())).pid
        killed = []

        def kill(tally):
            if tally.graded == 2 and not killed:
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

        before = batch.grade

        def grade_and_kill(*arguments, tell, **options):
            return before(*arguments, tell=lambda t: (kill(t), tell(t)), **options)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(batch, "grade", grade_and_kill)
            address = cluster.scheduler_address
            assert (
                grade(*common(course), "run", "02_likelihood", submissions, "--dask", address) == 0
            )
    assert killed
    assert f"{STUDENTS} attempts graded, 0 graded before, 0 to look at" in capsys.readouterr().out
    assert runs(course.outcomes("02_likelihood")) == STUDENTS
    assert points(course) == ALL


@pytest.mark.parametrize(("keep", "score", "penalty"), [("best", 7.0, 0.0), ("last", 3.0, 0.9)])
def test_which_attempt_counts_can_change_without_running_again(
    course, tmp_path, capsys, keep, score, penalty
):
    """Right and in time, then half right and a day late; nine points in all, a tenth a day."""
    released = json.loads(course.released("02_likelihood").read_text())
    for cell in released["cells"]:
        cell["source"] = "".join(cell["source"])
    folder = tmp_path / "two"
    late = "2026-01-10T06:00Z"
    write = cases.attempts((cases.IN_TIME, cases.NLL, cases.FIT), (late, cases.NLL, None))
    folder.mkdir()
    cases.Case("anna", write=write).hand_in(folder, released)
    assert grade(*common(course), "run", "02_likelihood", folder) == 0
    policy = ("--due", cases.DUE, "--keep", keep)
    assert grade(*common(course), "release", "02_likelihood", *policy) == 0
    assert grade(*common(course), "run", "02_likelihood", folder) == 0
    assert "0 attempts graded, 2 graded before" in capsys.readouterr().out
    with course.gradebook() as gradebook:
        found = gradebook.find_submission("02_likelihood", "anna")
        assert (found.score, found.late_submission_penalty) == (score, pytest.approx(penalty))


def test_without_bubblewrap_grading_stops_and_says_how_to_install_it(
    course, submissions, monkeypatch, capsys
):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert grade(*common(course), "run", "02_likelihood", submissions) == 1
    told = capsys.readouterr()
    assert "apt-get install bubblewrap" in told.err
    assert points(course) == {}
    for extra in sorted(submissions.iterdir())[2:]:
        shutil.rmtree(extra)
    arguments = ("run", "02_likelihood", submissions, "--no-sandbox")
    assert grade(*common(course), *arguments) == 0
    assert "warning: --no-sandbox" in capsys.readouterr().err
    assert points(course) == {"s00": 3.0, "s01": 7.0}


def test_a_course_that_sandboxes_could_read_is_refused(course):
    with pytest.raises(bubble.GradingError, match="move it elsewhere"):
        bubble.check([bubble.readable()[0] / "share"])


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_as_an_ordinary_user(course, submissions, tmp_path):
    """Without root there are no control groups and no other user ids: a user namespace, limits."""
    hog = cases.Case("hog", cases.NLL.replace("    z", "    global hog\n    z"), cases.FIT)
    hog.before = [
        "import os, time\nfor _ in range(12):\n    if os.fork() == 0:\n"
        "        hog = bytearray(b'x' * (100 << 20))\n        time.sleep(20)\n        os._exit(0)\n"
        "time.sleep(20)"
    ]
    hider = cases.Case("hider", cases.NLL, cases.FIT)
    hider.before = [
        "import ctypes, mmap, os, time\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # not dumpable\n"
        "for number in range(12):\n    if os.fork() == 0:\n"
        "        if os.fork(): os._exit(0)  # nor anybody's child\n"
        "        if number % 2: hog = bytearray(b'x' * (100 << 20))\n"
        "        else: hog = mmap.mmap(-1, 100 << 20); hog.write(b'x' * (100 << 20))\n"
        "        time.sleep(20)\n        os._exit(0)\n"
        "time.sleep(20)"
    ]
    spy = cases.Case("spy", "import os\nprint('CAPS', open('/proc/self/status').read())", cases.FIT)
    released = json.loads(course.released("02_likelihood").read_text())
    for case in (hog, hider, spy):
        case.hand_in(submissions, released)
    for extra in sorted(submissions.glob("s[01]*"))[2:]:
        shutil.rmtree(extra)
    everything = tmp_path / "nobody"
    everything.mkdir()
    for folder in (course.root, submissions, EXERCISES):
        shutil.copytree(folder, everything / folder.name)
    for path in [everything, *everything.rglob("*")]:
        os.chown(path, 65534, 65534)
    script = f"""
import os
from concurrent.futures import Future
from pathlib import Path
from grader import cli
assert os.geteuid() == 65534
here = Path({str(everything)!r})
raise SystemExit(cli.main(["--course", str(here / "course"), "--exercises", str(here / "exercises"),
    "run", "02_likelihood", str(here / "submissions"), "--memory", "512", "--total-seconds", "60"]))
"""
    (everything / "run.py").write_text(script)
    done = subprocess.run(
        as_nobody([sys.executable, str(everything / "run.py")], [*bubble.readable(), everything]),
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(everything),
            "TMPDIR": str(everything),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shutil.copytree(everything / "course", tmp_path / "after")
    after = Course(tmp_path / "after")
    found = {s: r[0] for s, r in batch.read_all(after.outcomes("02_likelihood")).items()}
    assert found["s01"].points == 7
    for name in ("hog", "hider"):
        assert found[name].problem == "the notebook used more memory than is allowed"
    assert found["spy"].points == 4
    status = json.dumps(found["spy"].notebook)
    assert "CapEff:\\t0000000000000000" in status
    assert "NoNewPrivs:\\t1" in status


def test_a_cluster_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = r"needs the package distributed: pip install '.*cluster"
    with pytest.raises(GradingError, match=said), batch.executor(None, "tcp://127.0.0.1:1"):
        pass


def test_signals_cost_a_cluster_no_worker(place: Place):
    """Both workers run every attack on the group, the parent and all; as root and as a user."""
    attackers = [right(f"m_{name}", source) for name, source in SIGNALS.items()]
    place.hand_in(right("anna"), *attackers, right("zoe"))
    (place.root / "cluster.py").write_text(CLUSTER)
    words = [sys.executable, str(place.root / "cluster.py")]
    words += place.arguments("--total-seconds", "20")
    done = place.start(place.as_whom(words), {})
    assert done.returncode == 0, (done.stdout, done.stderr)
    found = place.points()
    assert set(found) == {"anna", "zoe", *(case.name for case in attackers)}
    assert found["anna"] == found["zoe"] == 7
    assert found["m_kill_group"] == 0


def test_a_cluster_whose_workers_are_gone_is_given_up(monkeypatch):
    monkeypatch.setattr(batch, "WITHOUT_WORKERS", 0.2)
    monkeypatch.setattr(batch, "LOOK_SECONDS", 0.05)
    waiting = [Future()]
    with pytest.raises(batch.GradingError, match="all workers of the Dask cluster are gone"):
        batch._done(waiting, lambda: False)
    waiting[0].set_result(None)
    assert set(batch._done(waiting, lambda: False)) == set(waiting)

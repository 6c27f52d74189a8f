"""What is mistyped on the command line does no harm, and is told in a line."""

import os
import zipfile
from pathlib import Path

import pytest
from grader import batch, layouts, roster
from grader.errors import GradingError
from test_workflow import DUE, RIGHT, Class


@pytest.fixture
def graded(tmp_path: Path) -> Class:
    rates = Class(tmp_path)
    assert rates.command("release", "rates", *DUE) == 0
    rates.hand_in("anna", "2026-01-09T12:00Z", RIGHT)
    rates.hand_in("O'Neil", "2026-01-09T12:00Z", RIGHT)
    assert rates.run() == 0
    return rates


def students(rates: Class) -> list[str]:
    return sorted(batch.read_all(rates.course.outcomes("rates")))


def test_only_the_student_of_that_name_is_removed(graded, capsys):
    everybody = students(graded)
    for name in ("", ".", "..", "*", "../..", "../../release", "/", "an"):
        assert graded.command("remove", "rates", name) == 1, name
        assert "has no submission of" in capsys.readouterr().err
        assert students(graded) == everybody
    assert (graded.course.root / "release" / "rates").is_dir()
    assert graded.command("remove", "rates", "O'Neil") == 0
    assert students(graded) == ["anna"]


def test_an_extension_for_nobody_is_told(graded, capsys):
    later = ("--due", "2026-02-01T00:00Z")
    assert graded.command("extend", "rates", "O'Neil", *later) == 0
    assert "note:" not in capsys.readouterr().out
    assert list(graded.course.policy("rates").extensions) == students(graded)[:1]
    assert graded.command("extend", "rates", "ana", *later) == 0
    assert "no submission of ana has been graded yet" in capsys.readouterr().out
    table = graded.root / "class.csv"
    table.write_text("username,email\nanna,anna@uni.example\n")
    assert graded.run("--roster", table) == 0
    assert graded.command("extend", "rates", "Anna@uni.example", *later) == 0
    assert graded.course.policy("rates").extensions["anna"] == later[1]
    assert graded.command("extend", "rates", "ben", *later) == 1
    assert "nobody on the roster" in capsys.readouterr().err


def test_a_roster_that_cannot_be_read_replaces_none(graded, capsys):
    table = graded.root / "class.csv"
    table.write_text("username\nanna\n")
    assert graded.run("--roster", table) == 0
    table.write_text("colour\nred\n")
    (graded.root / "long.csv").write_text("username\n" + "a" * 200_000)
    for given in (table, graded.root / "none.csv", graded.root, graded.root / "long.csv"):
        assert graded.run("--roster", given) == 1
        assert capsys.readouterr().err.startswith("error: ")
    assert graded.run("--times", graded.root / "none.csv") == 1
    for zone in ("Nowhere/City", "Europe", "../etc"):
        assert graded.run("--timezone", zone) == 1
        assert f"no time zone {zone!r}" in capsys.readouterr().err
    kept = graded.course.root / "rosters" / "rates.csv"
    assert kept.read_text() == "username\nanna\n"
    assert graded.run("--roster", kept) == 0


def test_the_courses_own_folders_are_no_submissions(graded, capsys):
    everybody = students(graded)
    for name in ("", "outcomes", "autograded", "release/rates"):
        assert graded.command("run", "rates", graded.course.root / name) == 1
        assert "not submissions" in capsys.readouterr().err
        assert students(graded) == everybody
    (graded.course.root / "submitted").mkdir()
    assert graded.command("run", "rates", graded.course.root / "submitted") == 0


def test_a_time_that_can_be_read_in_two_ways_is_refused(tmp_path):
    table = tmp_path / "times.csv"
    for text, right in {
        "2026-01-10 14:00": True,
        "31/01/2026 14:00": True,
        "10/01/2026": False,
    }.items():
        table.write_text(f"student,submitted_at\nanna,{text}\n")
        if right:
            when = roster.read(table, "UTC").students[0].when
            assert when is not None
            assert (when.year, when.month) == (2026, 1)
        else:
            with pytest.raises(GradingError, match=r"line 2: .* in two ways"):
                roster.read(table, "UTC")
    table.write_text("student,submitted_at\nanna,0001-01-01T00:00+10:00\n")
    with pytest.raises(GradingError, match=r"line 2: .* not a time"):
        roster.read(table)


def test_one_file_of_a_download_that_cannot_be_unpacked_stops_no_other(tmp_path):
    start = "Bob Smith_{}_assignsubmission_file_"
    path, told = tmp_path / "download.zip", []
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(start.format(1) + "/rates.ipynb", "{}")
        archive.writestr(start.format(2) + "/" + "\N{GRINNING FACE}" * 250 + ".ipynb", "{}")
        archive.writestr(start.format(3) + "n" * 250 + ".ipynb", "{}")
        archive.writestr(start.format(4) + "/rates.ipynb", b"to be damaged")
        archive.writestr(start.format(5) + "/x", "a file")
        archive.writestr(start.format(5) + "/x/rates.ipynb", "in a folder of its name")
    path.write_bytes(path.read_bytes().replace(b"to be damaged", b"two be damage"))
    folder = tmp_path / "unpacked"
    folder.mkdir()
    found = layouts.find(layouts.unpacked(path, folder, told), "moodle")
    assert [entry.student for entry in found.entries] == ["1", "2", "3", "4", "5"]
    assert [p.suffix for p in found.entries[1].paths[0][0].iterdir()] == [".ipynb"]
    assert [words.endswith("it was left out") for words in told] == [True]
    assert found.entries[2].paths[0][1].endswith(".ipynb")


def test_entries_of_one_name_are_attempts_of_one_student_and_said(tmp_path):
    for name in ("anna.ipynb", "anna.zip", "ben.ipynb"):
        (tmp_path / name).write_text("{}")
    found = layouts.find(tmp_path)
    assert [entry.student for entry in found.entries] == ["anna", "anna", "ben"]
    assert found.told == ["anna.ipynb, anna.zip: all taken as attempts of anna"]


def attempts(rates: Class, student: str = "anna") -> list[str]:
    """When each of a student's attempts was handed in, by the outcomes."""
    found = batch.read_all(rates.course.outcomes("rates"))[student]
    return [result.when for result in found]


def test_a_time_that_is_corrected_replaces_the_wrong_one(graded):
    """Of the same content; another content is another attempt."""
    for keep in ("best", "last"):
        assert graded.command("release", "rates", *DUE, "--keep", keep) == 0
        assert graded.command("remove", "rates", "anna") == 0
        for when, points, options in (
            ("2026-01-09T12:00Z", 4.0, ()),
            ("2026-01-12T12:00Z", 1.0, ("--correct-times",)),  # three days begun, of 10 points
            ("2026-01-11T12:00Z", 2.0, ()),
            ("2026-01-30T12:00Z", 0.0, ("--correct-times",)),
            ("2026-01-08T12:00Z", 4.0, ()),
        ):
            graded.hand_in("anna", when, RIGHT)
            assert graded.run(*options) == 0
            assert graded.reported()["anna"] == points, (keep, when)
            assert len(attempts(graded)) == 1
    graded.hand_in("anna", "2026-01-12T12:00Z", RIGHT + " + 0")
    assert graded.run("--correct-times") == 0
    assert graded.reported()["anna"] == 1.0
    assert len(attempts(graded)) == 2


@pytest.mark.parametrize(("keep", "points"), [("best", 4.0), ("last", 1.0)])
def test_who_hands_in_the_same_after_the_deadline_was_in_time_before(graded, capsys, keep, points):
    """A download names the newest attempt only, so that the first is known from an earlier run."""
    assert graded.command("release", "rates", *DUE, "--keep", keep) == 0
    assert graded.command("remove", "rates", "anna") == 0
    table = graded.root / "class.csv"
    for day in (9, 12):
        table.write_text(f"username,submitted_at\nanna,2026-01-{day:02}T12:00Z\nO'Neil,-\n")
        graded.hand_in("anna", f"2026-01-{day:02}T12:00Z", RIGHT)
        capsys.readouterr()
        assert graded.run("--roster", table) == 0
    told = capsys.readouterr().out
    assert "the same files as before at a later time: anna; both count" in told
    assert attempts(graded) == ["2026-01-09T12:00:00", "2026-01-12T12:00:00"]
    assert graded.reported()["anna"] == points
    assert graded.run("--again") == 0
    assert "the same files" not in capsys.readouterr().out
    assert graded.reported()["anna"] == points


def test_the_time_of_a_copied_file_replaces_none(graded, capsys):
    """Neither the time of a file nor a mark of being late says more than a time that was stated."""
    (graded.root / "submissions" / "anna" / "timestamp.txt").unlink()
    for keep in ("best", "last"):
        assert graded.command("release", "rates", *DUE, "--keep", keep) == 0
        for options, count in (((), 0), (("--again",), 2)):
            capsys.readouterr()
            assert graded.run(*options) == 0
            assert f"{count} attempts graded" in capsys.readouterr().out
            assert attempts(graded) == ["2026-01-09T12:00:00"]
            assert graded.reported()["anna"] == 4.0


def test_copying_a_folder_makes_nobody_late(graded):
    """Where nothing but the files themselves tells a time."""
    assert graded.command("release", "rates", *DUE, "--keep", "last") == 0
    assert graded.command("remove", "rates", "anna") == 0
    graded.hand_in("anna", "2026-01-12T12:00Z", RIGHT)
    folder = graded.root / "submissions" / "anna"
    (folder / "timestamp.txt").unlink()
    for time in (1_767_960_000, 1_768_219_200, 1_767_950_000):  # 9 January, 12 January, 9 January
        os.utime(folder, (time, time))
        assert graded.run() == 0
        assert graded.reported()["anna"] == 4.0
    assert attempts(graded) == ["2026-01-09T09:13:20", "2026-01-09T12:00:00"]
    graded.hand_in("anna", "2026-01-12T12:00Z", RIGHT)
    assert graded.run() == 0
    assert attempts(graded) == ["2026-01-12T12:00:00"], "a time that is stated replaces guesses"
    assert graded.reported()["anna"] == 1.0

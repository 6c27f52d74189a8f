"""What is mistyped on the command line does no harm, and is told in a line."""

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


def test_a_time_that_is_corrected_replaces_the_wrong_one(graded):
    """Of the same content; another content is another attempt."""
    for keep in ("best", "last"):
        assert graded.command("release", "rates", *DUE, "--keep", keep) == 0
        assert graded.command("remove", "rates", "anna") == 0
        for when, points in {
            "2026-01-09T12:00Z": 4.0,
            "2026-01-12T12:00Z": 1.0,  # three days begun, of 10 points
            "2026-01-11T12:00Z": 2.0,
            "2026-01-30T12:00Z": 0.0,
            "2026-01-08T12:00Z": 4.0,
        }.items():
            graded.hand_in("anna", when, RIGHT)
            assert graded.run() == 0
            assert graded.reported()["anna"] == points, (keep, when)
            assert len(batch.read_all(graded.course.outcomes("rates"))["anna"]) == 1
    graded.hand_in("anna", "2026-01-12T12:00Z", RIGHT + " + 0")
    assert graded.run() == 0
    assert graded.reported()["anna"] == 1.0
    assert len(batch.read_all(graded.course.outcomes("rates"))["anna"]) == 2


def test_the_time_of_a_copied_file_replaces_none(graded):
    folder = graded.root / "submissions" / "anna"
    (folder / "timestamp.txt").unlink()
    assert graded.run() == 0
    assert graded.reported()["anna"] == 4.0

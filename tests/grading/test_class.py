"""A class of thirty as Canvas and as Moodle give it, and what each takes back.

The names are made as the systems' public sources make them: Canvas `lib/content_zipper.rb`, Moodle
`mod/assign/locallib.php`. What is taken back is held against their importers' own rules: Canvas
`lib/gradebook_importer.rb` and `infer_comment_context_from_filename` (`app/models/assignment.rb`);
Moodle `importgradeslib.php` and `importziplib.php` in `mod/assign/feedback/`, and
`grade/import/csv/classes/load_data.php`.
"""

import csv
import json
import re
import shutil
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from cases import FIT, NLL, Case
from conftest import EXERCISES, grade
from grader import batch, layouts, roster
from grader.course import Course
from grader.errors import GradingError

DUE = "2026-01-10T00:00Z"
COUNT = 30
MISSING, LATE, AGAIN, TEXT, HALF = 3, 5, 8, 12, 20


@dataclass(frozen=True)
class Person:
    number: int

    @property
    def first(self) -> str:
        return ["Zoë", "Bob", "Li", "Anna Maria", "O'Neil"][self.number % 5]

    @property
    def last(self) -> str:
        return f"Smith{'abcdefghij'[self.number % 10]}{'xyz'[self.number // 10]}"

    @property
    def user(self) -> int:
        return 340_900 + self.number

    @property
    def login(self) -> str:
        return f"s{self.number:03}"

    @property
    def points(self) -> float:
        """By hidden checks; nine points in all, a tenth of them a day late."""
        full = {MISSING: 0.0, LATE: 7 - 0.9, TEXT: 0.0, HALF: 3.0}
        return full.get(self.number, 7.0)


PEOPLE = [Person(number) for number in range(COUNT)]


def canvas_name(person: Person) -> str:
    name = f"{person.last}, {person.first}".lower()
    return re.sub(r"[^\w]", "", name)


def canvas(folder: Path, content) -> None:
    """Files as `add_upload_submission` and `add_text_or_url` call them."""
    folder.mkdir()
    for person in PEOPLE:
        late = "_LATE" if person.number == LATE else ""
        start = f"{canvas_name(person)}{late}_{person.user}"
        if person.number == TEXT:
            (folder / f"{start}_text.html").write_text("<p>I could not upload</p>")
        elif person.number != MISSING:
            again = "-1" if person.number == AGAIN else ""
            name = f"{start}_{208_490_000 + person.number}_02_likelihood{again}.ipynb"
            (folder / name).write_bytes(content(person))
    # A name that a student chose: it claims another's number and a time.
    forged = f"{canvas_name(PEOPLE[1])}_{PEOPLE[1].user}_{208_490_900}"
    (folder / f"{forged}_LATE_{PEOPLE[2].user}_7_ex_2020-01-01T00-00.txt").write_text("x")


CANVAS_COLUMNS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Exercise 2 (4711)"]


def canvas_roster(path: Path) -> None:
    """As the gradebook's Export writes it."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        table = csv.writer(file)
        table.writerow(CANVAS_COLUMNS)
        table.writerow(["    Points Possible", "", "", "", "", "9"])
        for p in PEOPLE:
            table.writerow([f"{p.last}, {p.first}", p.user, f"U{p.user}", p.login, "A", ""])
        table.writerow(["Student, Test", "", "", "5f3c", "A", ""])


def moodle(folder: Path, content) -> None:
    """Folders as `download_submissions` calls them, with and without the last underscore."""
    folder.mkdir()
    for person in PEOPLE:
        end = "_" if person.number % 2 else ""
        start = f"{person.first} {person.last}_{person.user}_assignsubmission"
        if person.number in (TEXT, AGAIN):
            (folder / f"{start}_onlinetext{end}").mkdir()
            (folder / f"{start}_onlinetext{end}" / "onlinetext.html").write_text("<p>see file</p>")
        if person.number not in (TEXT, MISSING):
            (folder / f"{start}_file{end}").mkdir()
            (folder / f"{start}_file{end}" / "02_likelihood.ipynb").write_bytes(content(person))


MOODLE_COLUMNS = [
    *("Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum Grade"),
    *("Grade can be changed", "Last modified (submission)", "Last modified (grade)"),
    "Feedback comments",
]


def moodle_worksheet(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        table = csv.writer(file)
        table.writerow(MOODLE_COLUMNS)
        for p in PEOPLE:
            day = 10 if p.number == LATE else 9
            when = datetime(2026, 1, day, 14, 5).strftime("%A, %d %B %Y, %I:%M %p")
            when = "-" if p.number == MISSING else when
            table.writerow(
                [
                    *(f"Participant {p.user}", f"{p.first} {p.last}", ""),
                    *(f"{p.login}@uni.example", "Submitted for grading", "", "9.00"),
                    *("Yes", when, "-", ""),
                ]
            )


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = Course(tmp_path_factory.mktemp("class") / "course")
    common = ("--course", course.root, "--exercises", EXERCISES)
    assert grade(*common, "release", "02_likelihood", "--due", DUE, "--untried") == 0
    return course


def content_of(course: Course):
    notebook = json.loads(course.released("02_likelihood").read_text())

    def content(person: Person) -> bytes:
        fit = None if person.number == HALF else FIT
        return Case(person.login, f"# {person.login}\n{NLL}", fit).notebook(notebook)

    return content


def walk(released: Course, root: Path, system: str, capsys, *options: object) -> Course:
    """Download, grade, import files, feedback; with the submissions as one zip file."""
    shutil.copytree(released.root, root / "course")
    course = Course(root / "course")
    fill, table = (canvas, canvas_roster) if system == "canvas" else (moodle, moodle_worksheet)
    fill(root / "download", content_of(course))
    table(root / "roster.csv")
    archive = shutil.make_archive(str(root / "submissions"), "zip", root / "download")
    common = ("--course", course.root, "--exercises", EXERCISES)
    run = ("run", "02_likelihood", archive, "--roster", root / "roster.csv", *options)
    assert grade(*common, *run) == 0
    told = capsys.readouterr().out
    assert f"a download of {system.title()}" in told
    missing = PEOPLE[MISSING]
    address = missing.login if system == "canvas" else f"{missing.login}@uni.example"
    assert f"{COUNT} on the roster; handed in nothing: {address}\n" in told
    assert grade(*common, "feedback", "02_likelihood") == 0
    assert grade(*common, "report", "02_likelihood", "--column", "Exercise 2 (4711)") == 0
    return course


def test_canvas_there_and_back(released: Course, tmp_path: Path, capsys):
    course = walk(released, tmp_path, "canvas", capsys)
    with (course.root / "report" / "02_likelihood" / "canvas.csv").open(encoding="utf-8") as file:
        header, possible, *rows = list(csv.reader(file))
    # The importer reads these columns by name, students by ID, and finds "Title (ID)".
    assert header == CANVAS_COLUMNS
    assert possible[0].strip() == "Points Possible"
    assert float(possible[-1]) == 9
    assert {int(row[1]): float(row[-1]) for row in rows} == {
        p.user: pytest.approx(p.points) for p in PEOPLE
    }
    assert [row[3] for row in rows] == [p.login for p in PEOPLE]
    with (course.root / "report" / "02_likelihood" / "grades.csv").open(encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {len(header)}
    names = {(row[header.index("first_name")], row[header.index("last_name")]) for row in rows}
    assert names == {(p.first, p.last) for p in PEOPLE}
    results = batch.read_all(course.outcomes("02_likelihood"))
    assert any("how late is not in it" in why for why in results[PEOPLE[LATE].login][0].look)
    with zipfile.ZipFile(course.root / "feedback" / "02_likelihood-canvas.zip") as archive:
        found = {}
        for name in archive.namelist():
            numbers = [part for part in name.split("_") if re.fullmatch(r"\d+", part)]
            found[int(numbers[0])] = int(numbers[1])
    expected = {p.user: 208_490_000 + p.number for p in PEOPLE if p.number not in (MISSING, TEXT)}
    assert found == expected


def test_canvas_with_times_of_its_own(released: Course, tmp_path: Path):
    canvas(tmp_path / "download", lambda person: b"{}")
    canvas_roster(tmp_path / "roster.csv")
    (tmp_path / "times.csv").write_text(
        "user_id,submitted_at\n"
        + "".join(f"{p.user},2026-01-{12 if p.number == LATE else 9}T10:00:00Z\n" for p in PEOPLE)
        + "99,2026-01-09T10:00:00Z\n"
    )
    people = roster.read(tmp_path / "roster.csv")
    told = people.add_times(roster.read(tmp_path / "times.csv"))
    assert told == ["99 has a time and is not on the roster"]
    found = layouts.find(tmp_path / "download", "auto", people, DUE)
    assert found.system == "canvas"
    whens = {entry.student: entry.when for entry in found.entries}
    assert len(whens) == len(found.entries) == COUNT - 1
    assert whens[PEOPLE[LATE].login] == datetime(2026, 1, 12, 10)
    assert set(whens.values()) == {datetime(2026, 1, 12, 10), datetime(2026, 1, 9, 10)}
    (text,) = [entry for entry in found.entries if entry.student == PEOPLE[TEXT].login]
    assert "only text" in text.refused


def test_moodle_there_and_back(released: Course, tmp_path: Path, capsys):
    course = walk(released, tmp_path, "moodle", capsys, "--timezone", "Europe/Berlin")
    folder = course.root / "report" / "02_likelihood"
    assert not (folder / "canvas.csv").exists()
    with (folder / "moodle-worksheet.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    # The importer wants Identifier, Grade, Last modified (grade), and strips "Participant ".
    assert list(rows[0]) == MOODLE_COLUMNS
    grades = {int(row["Identifier"][len("Participant ") :]): float(row["Grade"]) for row in rows}
    assert grades == {p.user: pytest.approx(p.points) for p in PEOPLE}
    assert all(0 <= float(row["Grade"]) <= float(row["Maximum Grade"]) for row in rows)
    with (folder / "moodle.csv").open(encoding="utf-8") as file:
        general = list(csv.DictReader(file))
    assert {row["email"] for row in general} == {f"{p.login}@uni.example" for p in PEOPLE}
    with zipfile.ZipFile(course.root / "feedback" / "02_likelihood-moodle.zip") as archive:
        users = []
        for name in archive.namelist():
            info = name.split("/")[0].split("_", 4)
            assert len(info) >= 4
            assert info[2:4] == ["assignsubmission", "file"]
            users.append(int(info[1]))
    assert sorted(users) == [p.user for p in PEOPLE if p.number != MISSING]
    results = batch.read_all(course.outcomes("02_likelihood"))
    again = results[f"{PEOPLE[AGAIN].login}@uni.example"][0]
    assert again.points == 7
    assert "online box" in again.look[0]


def test_times_without_a_zone_and_twice_the_same_student_are_refused(tmp_path: Path):
    moodle_worksheet(tmp_path / "worksheet.csv")
    with pytest.raises(GradingError, match=r"line 2: .* has no time zone"):
        roster.read(tmp_path / "worksheet.csv")
    (tmp_path / "twice.csv").write_text("username,email\nanna,a@x\nben,b@x\nanna,c@x\n")
    with pytest.raises(GradingError, match="line 4: anna is on the roster twice"):
        roster.read(tmp_path / "twice.csv")
    (tmp_path / "other.csv").write_text("colour,size\nred,1\n")
    with pytest.raises(GradingError, match="no column names the students"):
        roster.read(tmp_path / "other.csv")


def test_a_name_that_a_student_can_choose_is_nobody_elses(tmp_path: Path):
    """Canvas's display name may end like a number, and a file may be called anything."""
    canvas_roster(tmp_path / "roster.csv")
    people = roster.read(tmp_path / "roster.csv")
    (tmp_path / "in").mkdir()
    victim, other = PEOPLE[1], PEOPLE[2]
    (tmp_path / "in" / f"evil_{victim.user}_{other.user}_77_x.ipynb").write_text("{}")
    (tmp_path / "in" / f"renamed_{victim.user}_78_x.ipynb").write_text("{}")
    found = layouts.find(tmp_path / "in", "canvas", people, DUE)
    assert [entry.student for entry in found.entries] == [victim.login]
    assert "evil" in found.told[0]


def test_a_time_that_cannot_be_read_is_for_a_person_to_look_at(tmp_path: Path):
    """The file's own time may be that of a download, and then costs all points."""
    said = {
        "anna": "2026-01-09 12:00:00",
        "ben": "2026-01-09T24:00Z",
        "carl": "9. Januar",
        "dora": "9999-12-31T23:59:59-14:00",
        "eva": "",
    }
    for name, text in said.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.ipynb").write_text("{}")
        (tmp_path / name / "timestamp.txt").write_text(text)
    found = {entry.student: entry for entry in layouts.find(tmp_path).entries}
    assert found.keys() == said.keys()
    assert found.pop("anna").look == ()
    assert {look for entry in found.values() for look in entry.look} == {
        "timestamp.txt gives no time that can be read: it has the time of its file"
    }
    assert all(len(entry.look) == 1 for entry in found.values())

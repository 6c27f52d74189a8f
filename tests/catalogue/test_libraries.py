"""The table of other libraries, and the record of its last check."""

import re
from pathlib import Path

from lossbook.catalogue.libraries import FACTORS, LIBRARIES, LINES
from lossbook.heads import HEADS
from workshop import recorded

REQUIREMENTS = Path(__file__).resolve().parents[1] / "libraries" / "requirements.txt"


def test_the_record_is_of_this_table():
    record = recorded.load("libraries")
    assert list(record["lines"]) == [line.key for line in LINES]
    assert list(record["factors"]) == [entry.title for entry in FACTORS]
    assert max([*record["lines"].values(), *record["factors"].values()]) < 2e-5


def test_the_record_is_of_the_versions_that_are_required():
    pinned = dict(re.findall(r"^(\S+)==(\S+)$", REQUIREMENTS.read_text(encoding="utf-8"), re.M))
    found = recorded.load("libraries").versions
    assert {name: version.split("+")[0] for name, version in found.items()} == pinned


def test_every_line_names_a_head_and_a_library_that_there_are():
    assert len({line.key for line in LINES}) == len(LINES)
    for line in LINES:
        HEADS[line.head](**line.options)
        assert line.library in LIBRARIES
        assert bool(line.scale and line.offset) != (line.kind == "fit"), line.key
        assert bool(line.metric and line.predicts) == (line.kind == "tree"), line.key
        assert line.predicts in {"", *(p.name for p in HEADS[line.head].declared)}

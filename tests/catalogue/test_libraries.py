"""The table of other libraries, and the record of its last check."""

import re
from pathlib import Path

import pytest
from lossbook.catalogue.libraries import FACTORS, LIBRARIES, LINES
from lossbook.heads import HEADS
from workshop import recorded
from workshop.tables import libraries as tables

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "tests" / "libraries" / "requirements.txt"


def test_the_record_is_of_this_table():
    record = recorded.load("libraries")
    assert list(record["lines"]) == [line.key for line in LINES]
    assert list(record["factors"]) == [entry.title for entry in FACTORS]
    assert max([*record["lines"].values(), *record["factors"].values()]) < 2e-5


def test_the_record_is_of_the_versions_that_are_required():
    pinned = dict(re.findall(r"^(\S+)==(\S+)$", REQUIREMENTS.read_text(encoding="utf-8"), re.M))
    del pinned["numpyro"]  # the heads' tests alone ask for it
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


def test_the_page_prints_every_line_and_factor_once():
    page = (ROOT / "chapters" / "libraries.md").read_text(encoding="utf-8")
    shown = re.findall(r'libraries\.lines\("(\w+)"\)', page)
    assert sorted(shown) == sorted({line.head for line in LINES})
    printed = [text for head in shown for text in repr(tables.lines(head)).splitlines()]
    for line in LINES:
        here = repr(tables.lines(line.head))
        assert here.count(f"`{line.write}`") == 1
        assert line.trap in here
    assert sum(text.startswith("  *Trap:*") for text in printed) == len(LINES)
    assert repr(tables.factors()).count("`there = ") == len(FACTORS)
    with pytest.raises(ValueError, match="no library has a loss for 'weibull'"):
        tables.lines("weibull")


def test_the_relation_is_written_as_it_was_checked():
    lines = {line.key: line for line in LINES}
    rmse = next(line for key, line in lines.items() if "reg:squarederror" in key)
    assert tables.relation(rmse) == "`nll = 0.5 * metric**2 + 0.5 * log(2 * pi)`"
    deviance = next(line for key, line in lines.items() if "mean_tweedie_deviance" in key)
    assert tables.relation(deviance) == "`nll = 0.5 * loss + 4 * sqrt(y) - log_a`"
    level = next(line for key, line in lines.items() if "mean_pinball" in key)
    assert tables.relation(level) == "`nll = loss - log(0.9 * 0.1)`"

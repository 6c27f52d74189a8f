"""The table of other libraries, and the record of its last check."""

import ast
import re
from pathlib import Path

import pytest
from lossbook.catalogue import writing
from lossbook.catalogue.libraries import FACTORS, LIBRARIES, LINES, NONE, TABS
from lossbook.catalogue.library_losses import LOSSES
from lossbook.heads import HEADS
from workshop import recorded
from workshop.tables import libraries as tables
from workshop.tables import narrow as narrow_module
from workshop.tables import tabs
from workshop.tables.narrow import WIDTH, narrow

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "tests" / "libraries" / "requirements.txt"


def test_the_record_is_of_this_table():
    record = recorded.load("libraries")
    assert list(record["lines"]) == [line.key for line in LINES]
    assert record["losses"] == [f"{entry.library} {entry.name}" for entry in LOSSES]
    assert list(record["factors"]) == [entry.title for entry in FACTORS]
    assert [entry.key for entry in NONE] == list(record["alternatives"])
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
        assert bool(line.metric) == (line.kind == "tree"), line.key
        assert line.kind != "tree" or line.predicts, line.key
        assert line.predicts in {"", *(p.name for p in HEADS[line.head].declared)}


def test_the_page_prints_every_line_and_factor_once():
    page = (ROOT / "chapters" / "libraries.md").read_text(encoding="utf-8")
    shown = re.findall(r'libraries\.lines\("(\w+)"\)', page)
    assert sorted(shown) == sorted(HEADS)
    printed = [text for head in shown for text in repr(tables.lines(head)).splitlines()]
    for line in LINES:
        here = repr(tables.lines(line.head))
        assert here.count(f"`{line.write}`") == 1
        assert line.trap in here
    assert sum(text.startswith("  *Trap:*") for text in printed) == len(LINES)
    assert repr(tables.factors()).count("\n  there: ") == len(FACTORS)
    with pytest.raises(ValueError, match="there is no head 'wibull'"):
        tables.lines("wibull")


def test_the_relation_is_written_as_it_was_checked():
    lines = {line.key: line for line in LINES}
    rmse = next(line for key, line in lines.items() if "reg:squarederror" in key)
    assert tables.relation(rmse) == "`nll = 0.5 * metric**2 + 0.5 * log(2 * pi)`"
    deviance = next(line for key, line in lines.items() if "mean_tweedie_deviance" in key)
    assert tables.relation(deviance) == "`nll = 0.5 * loss + 4 * sqrt(y) - log_a`"
    level = next(line for key, line in lines.items() if "mean_pinball" in key)
    assert tables.relation(level) == "`nll = loss - log(0.9 * 0.1)`"


@pytest.mark.parametrize("library", TABS)
@pytest.mark.parametrize("head", HEADS)
def test_every_head_has_an_answer_in_every_library(head, library):
    assert writing.filled(head, library), (
        f"{head} in {library}: add a line, or what to take instead"
    )
    said = tabs.said(head, library)
    assert "```python\n" in said


def test_nothing_is_said_to_be_missing_that_there_is():
    for one in NONE:
        assert one.head in HEADS, one
        assert one.library in TABS, one
        assert not writing.lines(one.head, one.library), one
        assert not one.take.endswith("."), one
    assert len({(one.head, one.library) for one in NONE}) == len(NONE)


def test_every_loss_of_a_library_says_what_it_is_and_is_on_its_page_once():
    page = (ROOT / "chapters" / "library_losses.md").read_text(encoding="utf-8")
    shown = re.findall(r'libraries\.losses\("([\w-]+)"\)', page)
    assert sorted(shown) == sorted({entry.library for entry in LOSSES})
    for library in shown:
        text = repr(tables.losses(library)).splitlines()
        names = [entry.name for entry in LOSSES if entry.library == library]
        assert [line for line in text if not line.startswith("  ")] == names
        assert len(set(names)) == len(names)
    for entry in LOSSES:
        assert entry.head or entry.why, f"{entry.name}: whose likelihood is it, or why is it none?"
        assert not entry.head or entry.head in HEADS
        assert entry.line or entry.shown, f"{entry.name}: nothing compares it with the library"
        assert entry.predicts or entry.line, f"{entry.name}: what does it predict?"
    with pytest.raises(ValueError, match="no losses of 'MXNet'"):
        tables.losses("MXNet")


@pytest.mark.parametrize("library", TABS)
def test_no_line_of_code_in_a_tab_is_wider_than_the_pages_want_it(library):
    for head in HEADS:
        for block in re.findall(r"```python\n(.*?)\n```", tabs.said(head, library), re.S):
            assert max(map(len, block.splitlines())) <= WIDTH, block


@pytest.mark.parametrize("library", TABS)
def test_the_code_in_a_tab_is_the_code_that_was_run(library):
    for head in HEADS:
        for line in writing.lines(head, library)[:1]:
            code = writing.keras(head) if library == "Keras" else writing.code(line)
            shown = re.search(r"```python\n(.*?)\n```", tabs.said(head, library), re.S)[1]
            assert ast.dump(ast.parse(shown)) == ast.dump(ast.parse(code)), head


def test_code_in_narrow_lines_is_the_same_code():
    wide = "found = head.parameters(raw)  # " + "location, scale, " * 5
    statement, _, comment = wide.partition("  # ")
    assert narrow(wide) == f"# {comment.strip()}\n{statement}"
    split = "value = function(" + ", ".join(f"argument_{k}" for k in range(9)) + ")"
    assert len(narrow(split).splitlines()) > 1
    assert ast.dump(ast.parse(narrow(split))) == ast.dump(ast.parse(split))
    assert narrow("short = 1  # and  spaced  as it was") == "short = 1  # and  spaced  as it was"
    with pytest.raises(ValueError, match="ruff cannot lay out this code"):
        narrow("if so" + " and so" * 20)


def test_tabs_begin_with_what_the_page_has_for_keras():
    found = tabs.contents(["poisson", "negative_binomial"], "as in the chapter\n")
    assert [library for library, _ in found] == list(TABS)
    assert found[0] == ("Keras", "as in the chapter")
    assert found[1][1].startswith("**Poisson**\n\n```python\n")
    assert "**Negative binomial**" in found[1][1]
    assert "keras.losses.Poisson()" in tabs.contents(["poisson"])[0][1]
    recipe = dict(tabs.contents(["contrastive"], "its own"))
    assert list(recipe) == list(TABS)
    assert "cross_entropy(logits, seats)" in recipe["PyTorch"]
    assert tabs.note(["contrastive"]) != tabs.note(["poisson"])
    own = dict(tabs.contents(["poisson"], f"```python\nx = 1  # {'long ' * 12}\n```\n\nSo."))
    assert own["Keras"] == f"```python\n# {'long ' * 11}long\nx = 1\n```\n\nSo."
    with pytest.raises(ValueError, match="contrastive: write Keras's code between the fences"):
        tabs.contents(["contrastive"])
    with pytest.raises(ValueError, match="there is no head poison; there are"):
        tabs.contents(["poison"])


def test_the_parts_of_a_tab_for_scripts_are_its_code_and_its_words():
    said = dict(tabs.contents(["poisson"]))
    (first, code), (second, words), *_ = tabs.parts(said["PyTorch"])
    assert (first, second) == ("code", "text")
    assert "PoissonNLLLoss" in code
    assert "```" not in code
    assert words.startswith("`nll = loss + lgamma(y + 1)`")
    assert "Trap: it takes the log" in words
    for head in HEADS:
        for _, text in tabs.contents([head]):
            plain = [words for kind, words in tabs.parts(text) if kind == "text"]
            assert not [words for words in plain if "{ref}" in words or "```" in words]
            assert all(words.count("`") % 2 == 0 for words in plain)


def test_all_code_can_be_laid_out_before_pages_ask_for_it(monkeypatch):
    tabs.prepare()
    monkeypatch.setattr(narrow_module.subprocess, "run", None)
    for head in HEADS:
        tabs.contents([head])

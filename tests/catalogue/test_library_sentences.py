"""No sentence on other libraries' losses and activations changes without a look at its check."""

import json
from collections import defaultdict
from pathlib import Path

import sentences_of_libraries as written
from lossbook.catalogue.libraries import FACTORS, LINES, NONE
from lossbook.catalogue.library_activations import LIBRARY_ACTIVATIONS
from lossbook.catalogue.library_losses import LOSSES

CHAPTERS = Path(__file__).resolve().parents[1] / "chapters"


def said(entries, *fields):
    found = defaultdict(list)
    for entry in entries:
        for field in fields:
            if sentence := getattr(entry, field):
                found[sentence].append(f"{entry.library} {entry.name} {field}")
    return dict(found)


def assert_written(found, expected):
    changed = {s for s in {*found, *expected} if found.get(s) != expected.get(s)}
    assert not changed, (
        f"changed or moved: {sorted(changed)}. See in tests/libraries what shows each by number, "
        "then write it into tests/catalogue/sentences_of_libraries.py"
    )


def test_sentences_on_losses_stand_as_they_were_checked():
    assert_written(said(LOSSES, "density", "predicts", "why"), written.LOSSES)


def test_sentences_on_activations_stand_as_they_were_checked():
    assert_written(said(LIBRARY_ACTIVATIONS, "note", "why"), written.ACTIVATIONS)


def test_a_sentence_without_a_line_has_an_expression_that_shows_it():
    for entry in LOSSES:
        assert entry.line or entry.shown, entry
    for entry in LIBRARY_ACTIVATIONS:
        assert bool(entry.keras) != bool(entry.shown and entry.why), entry


def test_traps_stand_as_the_page_was_last_reviewed():
    """In the page's expected outputs; many of PyTorch and JAX by number in tests/libraries."""
    recorded = (CHAPTERS / "libraries.json").read_text(encoding="utf-8")
    text = "\n".join(found for found in strings(json.loads(recorded)))
    for line in LINES:
        assert f"*Trap:* {line.trap}." in text, line.key
    for one in NONE:
        assert f"None: {one.take}." in text, one.key
    for factor in FACTORS:
        assert f": {factor.why}." in text, factor.title


def strings(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, (list, dict)):
        for part in node.values() if isinstance(node, dict) else node:
            yield from strings(part)

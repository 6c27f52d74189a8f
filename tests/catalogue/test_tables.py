"""What the pages print: every loss and activation once."""

import re

import pytest
from lossbook.catalogue import ACTIVATIONS, LIKELIHOODS, OTHERS
from lossbook.catalogue.library_activations import LIBRARY_ACTIVATIONS
from lossbook.chooser.rows import OUTCOMES, ROWS
from workshop.tables import answers as answers
from workshop.tables import catalogue as tables


def test_every_loss_is_printed_once():
    for listing, entries in ((tables.likelihoods(), LIKELIHOODS), (tables.others(), OTHERS)):
        text, markdown = repr(listing), listing._repr_markdown_()
        for entry in entries:
            assert re.search(rf"^{entry.loss}$", text, re.MULTILINE)
            assert (
                markdown.count(f"\n`{entry.loss}`\n") + markdown.startswith(f"`{entry.loss}`") == 1
            )
            assert entry.predicts in markdown


def test_every_activation_is_printed_once():
    names = [row[0] for fit in (True, False) for row in tables.activations(fit).rows]
    assert sorted(names) == sorted(f"`{name}`" for name in ACTIVATIONS)
    # A bar would end a cell of a Markdown table.
    assert all("|" not in cell for fit in (True, False) for row in tables.activations(fit).rows
               for cell in row)  # fmt: skip


def test_every_activation_of_other_libraries_is_printed_once_beside_the_one_that_it_equals():
    rows = tables.activations_elsewhere().rows
    assert [row[0] for row in rows[: len(ACTIVATIONS)]].count("none") == 0
    printed = [cell for row in rows for cell in row]
    for entry in LIBRARY_ACTIVATIONS:
        assert sum(cell.count(f"`{entry.write}`") for cell in printed) == 1
        [row] = [row for row in rows if f"`{entry.write}`" in "".join(row)]
        assert row[0] == (f"`{entry.keras}`" if entry.keras else "none")
        assert row[1] == (entry.constraint or "none")
    assert not any("|" in cell for cell in printed)


def test_the_choosers_tables_hold_every_row():
    table = answers.answers(*OUTCOMES)
    assert len(table.rows) == len(ROWS)
    with pytest.raises(ValueError, match="y cannot be colour; choose real"):
        answers.answers("colour")

"""What the table proposes where a library has no loss for a head is run on the head's samples."""

import re

import alternatives
import pytest
from lossbook.catalogue.libraries import TABS
from lossbook.heads import HEADS

pytestmark = pytest.mark.filterwarnings(
    "ignore:X does not have valid feature names:UserWarning",
    "ignore:After 0.17 or January 2028:FutureWarning",
)


@pytest.mark.parametrize("entry", alternatives.NONE, ids=lambda entry: entry.key)
def test_what_is_nearest_runs_and_finds_how_the_outcome_depends_on_the_inputs(entry):
    found, by_chance = alternatives.agreement(entry)
    # Three and a half standard errors of a correlation of unrelated ranks.
    assert found > by_chance + 0.2


def test_every_entry_is_of_a_head_and_a_library_and_names_what_its_code_takes():
    for entry in alternatives.NONE:
        assert entry.head in HEADS
        assert entry.library in TABS
        named = [name.split(".")[-1] for name in re.findall(r"`(?:\w+\.)*([A-Z]\w+)`", entry.take)]
        assert not named or any(name in entry.code for name in named), entry.key

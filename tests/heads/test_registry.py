"""The registry of heads: names, modules and classes agree; what is not asked for stays out."""

import subprocess
import sys

import pytest
from lossbook import heads

ASK = """
import sys
from lossbook.heads import HEADS, VonMises
assert HEADS["gaussian"].name == "gaussian"
print(*sorted(name for name in sys.modules if name.startswith("lossbook.heads.")))
"""


def test_only_the_heads_that_are_asked_for_are_imported():
    said = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    taken = {name.rpartition(".")[2] for name in said.stdout.split()}
    assert {"gaussian", "von_mises"} <= taken
    assert not taken & (set(heads.HEADS) - {"gaussian", "von_mises"})


def test_each_head_has_the_name_of_its_module_and_can_be_imported_by_class():
    for name, head in heads.HEADS.items():
        assert head.name == name
        assert head.__module__ == f"lossbook.heads.{name}"
        assert getattr(heads, head.__name__) is head
        assert head.__name__ in heads.__all__
    assert set(heads.__all__) <= set(dir(heads))


def test_an_unknown_head_is_told_which_there_are():
    with pytest.raises(KeyError, match=r"'gauss'; there are: gaussian, "):
        heads.HEADS["gauss"]
    with pytest.raises(AttributeError, match="Gauss"):
        heads.Gauss  # noqa: B018

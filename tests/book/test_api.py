"""Docstrings on the page of the library: Markdown's code, read as reStructuredText."""

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from press.extensions.api import as_rst


@pytest.mark.parametrize(
    ("text", "code", "read"),
    [
        ("`y` is `(n,)`, not `None`.", ["y", "(n,)", "None"], "y is (n,), not None."),
        ("the `Row`s of *a* table|_x", ["Row"], "the Rows of *a* table|_x"),
        ("from `head.\nnll`, |y - m| / b", ["head. nll"], "from head. nll, |y - m| / b"),
        ('"" if none, "x" else', ['""'], '"" if none, "x" else'),
    ],
)
def test_a_docstring_is_read_as_it_was_meant(text, code, read):
    tree = publish_doctree(as_rst(text), settings_overrides={"report_level": 1, "halt_level": 1})
    assert [" ".join(one.astext().split()) for one in tree.findall(nodes.literal)] == code
    assert " ".join(tree.astext().split()) == read

"""What is done to a page's words: formulas keep their full stop, long names break well."""

from docutils import nodes
from docutils.core import publish_doctree
from press.extensions import katex, lean, search

PAGE = """A section
=========

For every :math:`a`. Where (:math:`b`), and :math:`c` alone; :math:`d`-th, ``e``. Then ::

   answer = default_rng(0)

the end.

Another
=======

More.
"""


def test_a_formula_and_the_punctuation_beside_it_are_one_piece():
    doctree = publish_doctree(PAGE)
    before = doctree.astext()
    katex._keep(None, doctree, "")
    kept = [node.astext() for node in doctree.findall(nodes.inline) if "kept" in node["classes"]]
    assert kept == ["a.", "(b),"]
    assert doctree.astext() == before
    assert [math.astext() for math in doctree.findall(nodes.math)] == ["a", "b", "c", "d"]


def test_the_names_in_code_stand_below_the_text_of_a_section():
    [first, _] = search.sections(publish_doctree(PAGE), "page")
    prose, names = first["text"].split("\n")
    assert prose == "For every a. Where (b), and c alone; d -th, e. Then the end."
    assert names == "default_rng"


def test_long_code_breaks_where_its_parts_end():
    shown = '<code class="docutils literal notranslate">{}</code>'.format
    for code, expected in {
        "(n, 1)": "(n, 1)",
        "from_logits=True": "from_logits=True",
        "heads.Logistic(scale=1.0).loss": "heads.<wbr>Logistic(<wbr>scale=1.0).<wbr>loss",
        "cross_entropy_with_integer_labels": (
            "cross_<wbr>entropy_<wbr>with_<wbr>integer_<wbr>labels"
        ),
    }.items():
        assert lean.tidy(shown(code)) == shown(expected)

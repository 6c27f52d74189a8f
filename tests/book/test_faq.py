"""Pages of questions: listed on one page, and told to search engines with their answers."""

import re

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from press.chapters import BookError, find_root
from press.extensions import faq
from press.extensions.course import Sheet

ROOT = find_root()
PAGE = """Questions about something
=========================

An introduction.

.. _q-first:

Is it?
------

It is, *mostly*
for ``y``.

More words.

.. _q-second:

And then?
---------

No.
"""


def test_each_section_is_a_question_and_its_first_paragraph_the_answer():
    doctree = publish_doctree(PAGE, settings_overrides={"doctitle_xform": False})
    told = faq.structured("chapters/questions_x", "https://example.org/questions_x.html", doctree)
    assert told["@type"] == "FAQPage"
    [first, second] = told["mainEntity"]
    assert first["name"] == "Is it?"
    assert first["acceptedAnswer"] == {"@type": "Answer", "text": "It is, mostly for y."}
    assert first["url"] == "https://example.org/questions_x.html#q-first"
    assert second["acceptedAnswer"]["text"] == "No."


def test_other_pages_are_no_faq():
    document = publish_doctree(PAGE)
    assert isinstance(document, nodes.document)
    assert faq.structured("chapters/04_mean", "https://example.org/", document) is None
    assert faq.structured("chapters/questions", "https://example.org/", document) is None


def test_questions_are_read_from_a_page_without_its_code(tmp_path):
    page = "(all)=\n# All\n\n(q-a)=\n## A `b`?\n\n```python\n## no heading\n```\n\n(q-c)=\n## C?\n"
    (tmp_path / "questions_x.md").write_text(page)
    sheet = Sheet(tmp_path, "questions_x", "")
    assert faq.asked(sheet) == [faq.Asked("q-a", "A `b`?"), faq.Asked("q-c", "C?")]
    (tmp_path / "questions_x.md").write_text("(all)=\n# All\n\n## A?\n")
    with pytest.raises(BookError, match="put a label"):
        faq.asked(sheet)


@pytest.mark.parametrize("sheet", faq.sheets(ROOT), ids=lambda sheet: sheet.name.split("_")[-1])
def test_every_question_begins_with_its_answer_in_a_few_plain_sentences(sheet):
    text = (ROOT / f"{sheet.name}.md").read_text(encoding="utf-8")
    assert faq.asked(sheet)
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, rest = part.partition("\n")
        answer = rest.strip().split("\n\n")[0]
        assert re.match(r"\w|`\w", answer), f"{sheet.name}: “{heading}” must begin with its answer"
        assert "$" not in answer, f"{sheet.name}: “{heading}”: the answer is shown without formulas"


def test_labels_of_questions_differ():
    labels = [one.label for sheet in faq.sheets(ROOT) for one in faq.asked(sheet)]
    assert len(set(labels)) == len(labels) >= 27


def test_a_heading_shows_its_code_and_its_emphasis():
    def shown(heading):
        return "".join(str(node) for node in faq._shown(heading))

    assert shown("How do I predict *when* it happens?") == (
        "How do I predict <emphasis>when</emphasis> it happens?"
    )
    assert shown("`a*b*c` or 2 * 3 * 4 < 30?") == "<literal>a*b*c</literal> or 2 * 3 * 4 < 30?"

"""What makes every page be written anew, and what only its own."""

import pytest
from press import render
from press.extensions import course, printed

PARTS = """format: jb-book
root: chapters/a
parts:
- caption: Both
  chapters:
  - file: chapters/a
  - file: chapters/b
"""


@pytest.mark.parametrize(
    ("old", "new", "all_pages"),
    [
        ("Some prose.", "Better prose.", False),
        ("# Chapter b", "# Another title", True),
        ("kernelspec:", "myst:\n  html_meta:\n    description: New words\nkernelspec:", True),
    ],
    ids=["prose", "title", "description"],
)
def test_what_other_pages_show_of_a_page_writes_them_all(book, old, new, all_pages):
    book.write("_toc.yml", PARTS)
    before = render._state(book.root)
    book.edit("chapters/b.md", old, new)
    after = render._state(book.root)
    assert before["pages"] != after["pages"]
    assert (before["frame"] != after["frame"]) == all_pages


def test_pdfs_are_offered_while_they_show_what_the_pages_show(book):
    before = render._state(book.root)
    book.write("_build/pdf/book.pdf", "half printed")
    assert render._state(book.root) == before, "not noted as whole"
    book.write("_build/pdf/book.pdf", "printed")
    printed.note(book.root, render.pages_digest(book.root))
    offering = render._state(book.root)
    assert offering["frame"] != before["frame"], "every page links to it"
    assert [path.name for path in printed.offered(book.root)] == ["book.pdf"]
    book.edit("chapters/b.md", "Some prose.", "Better prose.")
    edited = render._state(book.root)
    assert edited["frame"] == before["frame"]
    assert printed.offered(book.root), "asking removes nothing"
    printed.drop_outdated(book.root, edited["pages"])
    assert printed.offered(book.root) == []


def test_reading_time_leaves_out_what_is_folded(tmp_path):
    words, code = "word " * 340, "x = 1\n" * 38
    shown = f"```{{code-cell}} python3\n{code}```"
    folded = f"```{{code-cell}} python3\n:tags: [hide-input]\n{code}```"
    dropdown = f":::{{dropdown}} More\n{words}\n:::"
    minutes = []
    for parts in ([words], [words, dropdown, folded], [words, dropdown, shown]):
        (tmp_path / "a.md").write_text("\n\n".join(["---\na: b\n---", *parts, ""]))
        minutes.append(course.Sheet(tmp_path, "a", "").minutes)
    assert minutes == [2, 2, 4]

"""Every chapter has reference outputs, and every file of them has its chapter."""

from press import reference
from press.chapters import chapters, find_root

ROOT = find_root()


def test_every_chapter_has_a_reference_and_the_reverse():
    expected = {reference.location(chapter).name for chapter in chapters(ROOT)}
    present = {path.name for path in (ROOT / reference.FOLDER).glob("*.json")}
    assert not expected - present, f"run `make reference` to write {expected - present}"
    assert not present - expected, (
        f"{reference.FOLDER} has {present - expected}, and _toc.yml no such chapter: remove them"
    )


def test_cells_without_a_reference_assert_what_they_show():
    """A cell whose output is not compared must be followed by an assertion in its chapter."""
    for chapter in chapters(ROOT):
        cells = [cell for cell in chapter.notebook().cells if cell.cell_type == "code"]
        for number, cell in enumerate(cells):
            if not reference.is_compared(cell):
                later = "\n".join(c.source for c in cells[number:])
                assert "assert" in later or "testing" in later, (
                    f"{chapter.name}.md, code cell {number}: nothing compares what it prints (it "
                    f"is tagged {reference.IGNORE}): assert what it shows, there or below"
                )

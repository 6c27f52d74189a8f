"""Every chapter has reference outputs, and every file of them has its chapter."""

from press import reference
from press.chapters import chapters, find_root

ROOT = find_root()


def test_every_chapter_has_a_reference_and_the_reverse():
    expected = {reference.location(chapter) for chapter in chapters(ROOT)}
    present = set((ROOT / reference.FOLDER).glob("*.json"))
    assert present == expected


def test_cells_without_a_reference_assert_what_they_show():
    """A cell whose output is not compared must be followed by an assertion in its chapter."""
    for chapter in chapters(ROOT):
        cells = [cell for cell in chapter.notebook().cells if cell.cell_type == "code"]
        for number, cell in enumerate(cells):
            if not reference.is_compared(cell):
                later = "\n".join(c.source for c in cells[number:])
                assert "assert" in later or "testing" in later, f"{chapter.name}, cell {number}"

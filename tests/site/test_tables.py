"""Wide tables of words on a phone: a list, each cell with its heading; elsewhere a table."""

import pytest
from browsing import SITE

PAGES = ("chapters/choose.html", "chapters/cheatsheet.html", "chapters/questions_symptoms.html")
pytestmark = pytest.mark.skipif(
    not (SITE / PAGES[0]).exists(), reason="the site is not built; run `make book`"
)
SEEN = """boxes => boxes.map(box => ({
    spare: box.clientWidth - box.scrollWidth,
    listed: box.firstElementChild.classList.contains("as-list"),
    headings: [...box.querySelectorAll("thead th")].map(cell => cell.textContent.trim()),
    shown: [...box.querySelector("tbody tr").cells].map(
        cell => getComputedStyle(cell, "::before").content.slice(1, -1)
    ),
}))"""


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_no_table_of_words_has_to_be_scrolled(reader, name):
    with reader.visit(name, theme="light", width=390) as visit:
        tables = visit.page.locator(".table-box").evaluate_all(SEEN)
        assert tables
        assert any(one["listed"] for one in tables)
        assert all(one["spare"] >= 0 for one in tables)
        assert all(one["shown"] == one["headings"] for one in tables if one["listed"])
        visit.page.set_viewport_size({"width": 1280, "height": 900})
        visit.page.wait_for_function("!document.querySelector('.as-list')")
        tables = visit.page.locator(".table-box").evaluate_all(SEEN)
        assert all(one["spare"] >= 0 for one in tables)
        assert not visit.complaints

"""The tabs of libraries: one choice for all sets and pages, kept; keyboard; without scripts."""

import pytest
from browsing import ROOT

AXE = (ROOT / "tests" / "site" / "vendor" / "axe" / "axe.min.js").read_text(encoding="utf-8")
PAGE, OTHER = "chapters/15_counts.html", "chapters/05_median.html"
SETS = ".sd-tab-set"


def opened(page):
    """The library of each set that is open, by what can be seen."""
    labels = page.locator(f"{SETS} > label").all()
    panels = page.locator(f"{SETS} > .sd-tab-content").all()
    pairs = zip(labels, panels, strict=True)
    return [label.inner_text() for label, panel in pairs if panel.is_visible()]


def test_the_first_tab_is_keras_and_a_choice_stays_on_every_page(reader):
    with reader.visit(PAGE, theme="light") as visit:
        page = visit.page
        sets = page.locator(SETS).count()
        assert opened(page) == ["Keras"] * sets
        page.locator(f"{SETS} > label", has_text="PyTorch").first.click()
        assert opened(page) == ["PyTorch"] * sets
        page.goto(f"{reader.address}{OTHER}", wait_until="networkidle")
        assert set(opened(page)) == {"PyTorch"}
        page.evaluate("localStorage.setItem('tab-library', 'a library that is gone')")
        page.reload(wait_until="networkidle")
        assert set(opened(page)) == {"Keras"}
        assert not visit.complaints


def test_tabs_are_chosen_by_keyboard_and_the_page_stays_where_it_is(reader):
    with reader.visit(PAGE, theme="light") as visit:
        page = visit.page
        last = page.locator(SETS).last
        last.locator("input").first.focus()
        label = last.locator("label").first
        outline = label.evaluate("e => getComputedStyle(e).outlineStyle")
        before = label.bounding_box()["y"]
        page.keyboard.press("ArrowRight")
        assert set(opened(page)) == {"PyTorch"}
        assert abs(label.bounding_box()["y"] - before) < 2
        focused = page.evaluate("document.activeElement.labels[0].textContent.trim()")
        assert focused == "PyTorch"
        assert outline == "solid"


def test_without_scripts_the_first_tab_is_open_and_the_others_can_be_opened(reader):
    context = reader._browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{reader.address}{PAGE}")
    assert set(opened(page)) == {"Keras"}
    page.locator(f"{SETS} > label", has_text="JAX").first.click()
    assert "JAX" in opened(page)
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_open_tab_is_clean_by_axe(reader, theme, width):
    with reader.visit(PAGE, theme=theme, width=width) as visit:
        page = visit.page
        page.evaluate(AXE)
        labels = page.locator(SETS).first.locator("label")
        for number in range(labels.count()):
            labels.nth(number).click()
            found = page.evaluate("axe.run(document.querySelector('main')).then(r => r.violations)")
            assert not found, [(v["id"], v["nodes"][0]["html"]) for v in found]
            assert page.evaluate("document.documentElement.scrollWidth") <= width

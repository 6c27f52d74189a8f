"""What a reader's browser finds on each page: errors, other hosts, barriers, width, print."""

from pathlib import Path

import pytest
from browsing import SITE, THEMES, page_names
from printing import JOIN

AXE = (Path(__file__).parent / "vendor" / "axe" / "axe.min.js").read_text(encoding="utf-8")
NAMES = page_names()

pytestmark = pytest.mark.skipif(not NAMES, reason="the site is not built; run `make book`")


# The page itself waits for a quiet moment before it looks what scrolls.
SETTLED = """document.fonts.ready.then(
  () => new Promise((done) => requestIdleCallback(done, {timeout: 3000})))"""
BROKEN_IMAGES = """
async () => {
  const images = [...document.images];
  // Pictures that wait until they come into view are fetched now.
  for (const image of images) image.loading = 'eager';
  await Promise.allSettled(images.map(image => image.decode()));
  return images.filter(image => !image.naturalWidth).map(image => image.src);
}
"""
WIDER = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('main *')]
    .filter(e => e.getBoundingClientRect().right > width + 1)
    .slice(0, 5).map(e => e.outerHTML.slice(0, 160)).concat('the page is too wide');
}
"""
PAPER = 642
"""A4 without its margins, in pixels."""
OFF_PAPER = """
() => [...document.querySelectorAll('main *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  // A root's sign is drawn far longer than it shows; what scripts and voices read shows nothing.
  .filter(e => !e.closest('.katex svg, .katex-mathml, .said, thead') && !e.closest('svg *'))
  .slice(0, 5).map(e => e.outerHTML.slice(0, 160))
"""
SHOWN_OF_TABS = """sets => sets.map(one => [...one.children]
  .filter(e => e.tagName !== 'INPUT' && getComputedStyle(e).display !== 'none')
  .map(e => e.tagName))"""


def barriers(page):
    """What axe finds. Loads axe where the page does not have it yet."""
    page.evaluate(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("name", NAMES)
def test_page_on_a_phone_on_a_desktop_in_both_themes_and_printed(reader, name):
    """One visit for all, since a page is opened more slowly than it is looked at."""
    with reader.visit(name, theme="light", width=360) as visit:
        page = visit.page
        page.evaluate(SETTLED)
        assert page.evaluate(WIDER) == [], "scrolls sideways on a phone"
        page.set_viewport_size({"width": 1280, "height": 900})
        assert page.evaluate(BROKEN_IMAGES) == []
        assert barriers(page) == [], "light"
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        assert barriers(page) == [], "dark"
        page.emulate_media(media="print")
        assert page.locator("main").is_visible()
        for part in page.locator(".bd-sidebar-primary, .bd-sidebar-secondary, .bd-header").all():
            assert not part.is_visible(), "printed"
        page.set_viewport_size({"width": PAPER, "height": 900})
        assert page.evaluate(OFF_PAPER) == [], "cut off in print"
        assert visit.foreign == []
        assert visit.complaints == []


def test_each_set_of_tabs_shows_one_of_them_in_the_printed_book(reader):
    tabbed = [name for name in NAMES if "sd-tab-set" in (SITE / name).read_text(encoding="utf-8")]
    first, *others = tabbed[:6]
    assert others
    with reader.visit(first, theme="light") as visit:
        page = visit.page
        page.emulate_media(media="print")
        page.evaluate(JOIN, [name.removesuffix(".html") for name in others])
        shown = page.locator(".sd-tab-set").evaluate_all(SHOWN_OF_TABS)
        assert len(shown) > len(others)
        assert all(kinds == ["LABEL", "DIV"] for kinds in shown), shown


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_that_was_chosen_is_there_from_the_start(reader, theme):
    with reader.visit(NAMES[0], theme=theme) as visit:
        assert visit.page.evaluate("document.documentElement.dataset.theme") == theme


def test_axe_would_find_a_barrier_in_either_theme(reader):
    with reader.visit(NAMES[0], theme="light") as visit:
        visit.page.evaluate(
            """document.querySelector('article').innerHTML +=
              '<img src="data:,"><p style="color: #1d1f21">Ink of the light theme</p>'"""
        )
        assert [found.split(":")[0] for found in barriers(visit.page)] == ["image-alt"]
        visit.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        found = {found.split(":")[0] for found in barriers(visit.page)}
        assert found == {"image-alt", "color-contrast"}


def test_a_request_to_another_host_is_noted_and_comes_to_nothing(reader):
    with reader.visit(NAMES[0], theme="light") as visit:
        address = "http://elsewhere.example/picture.png"
        asked = f"fetch('{address}').then(() => 'came', () => 'failed')"
        assert visit.page.evaluate(asked) == "failed"
        assert visit.foreign == [address]


@pytest.mark.parametrize(("width", "cut"), [(390, True), (1280, False)])
def test_the_caption_of_a_figure_wider_than_the_screen_says_so(reader, width, cut):
    with reader.visit("chapters/22_contrastive.html", theme="light", width=width) as visit:
        caption = visit.page.locator("#figure-3 figcaption")
        visit.page.evaluate(SETTLED)
        said = caption.evaluate("caption => getComputedStyle(caption, '::after').content")
        assert ("sideways" in said) is cut
